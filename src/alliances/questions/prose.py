"""Markdown of questions to HTML that is safe to insert: raw HTML is always shown as text."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from alliances.i18n import Language

__all__ = ["block_html", "inline_html", "plain_text", "typographic"]

_MOST_KEPT = 2048  # sentences: those of a form said again for each of ten thousand copies
_LINK = re.compile(r"\[([^\]]+)\]\(((?:https?://|#|\.{0,2}/)?[^\s:()]*(?:\([^\s()]*\))?)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?!\w)")
_CODE = re.compile(r"`([^`]+)`")
# Only spaces that are there become unbreakable, so that code, addresses and ids stay as written.
_FRENCH = (
    (re.compile("(?<=\\S)[ \u00a0](?=[;!?»])"), "\u202f"),
    (re.compile("(?<=«)[ \u00a0]"), "\u202f"),
    (re.compile(r"(?<=\S) (?=:(?:\s|$))"), "\u00a0"),
    (re.compile(r"(?<=\d) (?=%|€|M€)"), "\u202f"),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_«])"), "’"),
)
_ENGLISH = (
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’"),
    (re.compile(r"(?<=s)'(?=[ ,.;:)](?!'))"), "’"),
)


def block_html(markdown: str) -> str:
    """Return paragraphs, lists and tables as HTML, without a blank line inside."""
    renderer = _renderer()
    if renderer is not None:
        rendered = str(renderer.render(markdown))
    else:
        parts = [part.strip() for part in re.split(r"\n\s*\n", markdown) if part.strip()]
        rendered = "\n".join(f"<p>{_small(part)}</p>" for part in parts)
    # The corner of a two-way table heads nothing; an empty header is announced as a riddle.
    rendered = re.sub(r"<th[^>]*></th>", "<td></td>", rendered)
    # A blank line would end an HTML block of a Markdown page around it.
    return re.sub(r"\n\s*\n+", "\n", rendered).strip()


def inline_html(markdown: str) -> str:
    """Return a sentence with its links and emphasis as HTML, without a paragraph around it."""
    renderer = _renderer()
    rendered = str(renderer.renderInline(markdown)) if renderer is not None else _small(markdown)
    return re.sub(r"\n\s*\n+", "\n", rendered).strip()


def plain_text(markdown: str) -> str:
    """Return the words alone: links keep their text, emphasis its words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", markdown)
    return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", _CODE.sub(r"\1", text)))


@lru_cache(maxsize=_MOST_KEPT)
def typographic(text: str, language: Language) -> str:
    """Return the text with ’ for ', and in French with spaces that cannot break before ; : ! ? and in « ».

    Code between backticks is left as it is. Doing it twice changes nothing more.
    """
    parts = re.split(r"(`[^`]*`)", text)
    for place in range(0, len(parts), 2):
        for pattern, replacement in _FRENCH if language == "fr" else _ENGLISH:
            parts[place] = pattern.sub(replacement, parts[place])
    return "".join(parts)


def _small(markdown: str) -> str:
    """Render links, strong, emphasis and code: what a browser without markdown-it still needs."""
    text = html.escape(markdown, quote=True)
    passes: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
        (_CODE, r"<code>\1</code>"),
        (_LINK, r'<a href="\2">\1</a>'),
        (_STRONG, r"<strong>\1</strong>"),
        (_EMPHASIS, r"<em>\1</em>"),
    ]
    for pattern, replacement in passes:
        text = pattern.sub(replacement, text)
    return text


@cache
def _renderer() -> Any:  # noqa: ANN401 - an optional library's object
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        return None
    return MarkdownIt("commonmark", {"html": False}).enable("table")
