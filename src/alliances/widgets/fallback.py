"""A question as plain HTML: what is read where JavaScript is off, in print, and in a saved notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from alliances.i18n import Language, text
from alliances.questions.marking import mark
from alliances.questions.prose import block_html, inline_html, typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fallback_of"]


def fallback_of(question: Mapping[str, Any], language: Language, *, keys: bool) -> str:
    """Return the question, what can be answered, and, with ``keys``, why each answer is right or not."""
    prompt = question.get("prompt_html") or block_html(str(question.get("prompt", "")))
    kind = question["type"]
    parts = []
    case = question.get("case")
    if kind == "classify" and isinstance(case, dict):
        parts.append(f"<h3>{escape(case.get('title', ''))}</h3><p>{escape(case.get('text', ''))}</p>")
        if case.get("source_line"):
            parts.append(f'<p class="al-case__source">{escape(case["source_line"])}</p>')
    parts.append(f'<div class="al-prompt">{prompt}</div>')
    if kind == "choice":
        parts.append(_listed(option["text"] for option in question["options"]))
    if kind == "classify":
        parts.append(_listed(category["text"] for category in question["categories"]))
    if keys:
        parts.append(_reasons(question, language))
    else:
        parts.append(f'<p class="al-hint">{escape(_say("needs_script", language))}</p>')
    return "".join(parts)


def _listed(texts: Any) -> str:  # noqa: ANN401 - any iterable of texts
    return "<ul>" + "".join(f"<li>{escape(entry)}</li>" for entry in texts) + "</ul>"


def _reasons(question: Mapping[str, Any], language: Language) -> str:
    """Return a closed block with the verdict and reason of each answer, then the next step."""
    if question["type"] == "choice":
        lines = []
        for option in question["options"]:
            verdict = _say("answer_right" if option.get("correct") else "answer_wrong", language)
            lines.append(
                f"<dt>{escape(option['text'])}</dt>"
                f"<dd><strong>{escape(verdict)}</strong> {escape(option['reason'])}</dd>"
            )
        inside = f"<dl>{''.join(lines)}</dl>"
        title = _say("see_reasons", language)
    else:
        # « Je ne sais pas » is answered by what there is to know.
        known = mark(question, {"unknown": True}, language).reason
        said = text("questions.said_unknown", language)
        inside = f"<p>{escape(known.removeprefix(said).strip())}</p>"
        title = _say("see_reason", language)
    step = ""
    if question.get("next_step"):
        html = question.get("next_step_html") or inline_html(question["next_step"])
        before, _, after = text("questions.next_step", language, step="\0").partition("\0")
        step = f"<p>{escape(before)}{html}{escape(after)}</p>"
    return f'<details class="al-details"><summary>{escape(title)}</summary>{inside}{step}</details>'


def _say(key: str, language: Language) -> str:
    words = text(f"widgets.{key}", language)
    return typographic(words, language)
