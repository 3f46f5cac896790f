"""Our Markdown as HTML for a learning platform: links into the course keep their words only."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from alliances.i18n import Language, text
from alliances.questions.prose import block_html, inline_html, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["block", "feedback", "line", "listed", "plain", "prompt"]

_COURSE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)\s]*\)")
# XML 1.0 has no place for these, even escaped; a file that holds one is refused whole.
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _alone(markdown: str) -> str:
    return _NOT_XML.sub("", _COURSE_LINK.sub(r"\1", markdown)).strip()


def block(markdown: str) -> str:
    """Return paragraphs, lists and tables as HTML."""
    return block_html(_alone(markdown))


def line(markdown: str) -> str:
    """Return one sentence as HTML, without a paragraph around it."""
    written = inline_html(_alone(markdown))
    # GIFT would read « %50% » at the start of an option as what it is worth.
    return f"&#37;{written[1:]}" if written.startswith("%") else written


def plain(markdown: str) -> str:
    """Return the words alone, on one line."""
    return " ".join(plain_text(_alone(markdown)).split())


def listed(entries: list[tuple[str, str]]) -> str:
    """Return ``(name, words)`` lines as an HTML list; empty when there are none."""
    if not entries:
        return ""
    items = "".join(f"<li>{_named(name)}{line(words)}</li>" for name, words in entries)
    return f"<ul>{items}</ul>"


def _named(name: str) -> str:
    return f"<strong>{html.escape(plain(name))}</strong> – " if name.strip() else ""


def prompt(question: Mapping[str, Any]) -> str:
    """Return a compiled question's text: the case it reads, if any, then the prompt."""
    case = question.get("case")
    told = ""
    if isinstance(case, dict):
        told = f"<h4>{line(case['title'])}</h4>{block(case['text'])}"
        if case.get("source_line"):
            told += f"<p><small>{line(case['source_line'])}</small></p>"
    return told + block(str(question.get("prompt") or ""))


def feedback(question: Mapping[str, Any], *sentences: str) -> str:
    """Return what everybody reads afterwards: the sentences given, then the next step."""
    lang: Language = question["lang"]
    told = [*sentences]
    if question.get("next_step"):
        told.append(text("questions.next_step", lang, step=question["next_step"]))
    return "".join(
        block(sentence) if not sentence.startswith("<ul>") else sentence for sentence in told if sentence
    )
