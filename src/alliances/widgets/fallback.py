"""A question as plain HTML: what is read where JavaScript is off, in print, and in a saved notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from alliances.i18n import Language, text
from alliances.questions.compiling import public
from alliances.questions.drawing import with_figures
from alliances.questions.marking import mark
from alliances.questions.prose import block_html, inline_html, typographic
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fallback_of"]


def fallback_of(question: Mapping[str, Any], language: Language, *, keys: bool) -> str:
    """Return the question, what can be answered, and, with ``keys``, why each answer is right or not."""
    # Figures are drawn from no seed, as the page draws them before it knows a learner.
    question = with_figures(question, "")
    shown = question if keys else public(question)
    prompt = shown.get("prompt_html") or block_html(str(shown.get("prompt", "")))
    parts = []
    case = shown.get("case")
    if isinstance(case, dict):
        parts.append(f"<h3>{escape(case.get('title', ''))}</h3><p>{escape(case.get('text', ''))}</p>")
        if case.get("source_line"):
            parts.append(f'<p class="al-case__source">{escape(case["source_line"])}</p>')
    parts.append(f'<div class="al-prompt">{prompt}</div>')
    for title, entries in type_of(shown["type"]).codes(shown, language):
        parts.append(f"<p>{inline_html(title)}</p>" if title else "")
        parts.append(_listed(words for _, words in entries))
    if keys:
        parts.append(_reasons(question, language))
    else:
        parts.append(f'<p class="al-hint">{escape(_say("needs_script", language))}</p>')
    return "".join(parts)


def _listed(texts: Any) -> str:  # noqa: ANN401 - any iterable of texts
    return "<ul>" + "".join(f"<li>{escape(entry)}</li>" for entry in texts) + "</ul>"


def _reasons(question: Mapping[str, Any], language: Language) -> str:
    """Return a closed block with the verdict and reason of each answer, then the next step."""
    options = question.get("options")
    if isinstance(options, list) and all("reason" in option for option in options):
        lines = []
        for option in options:
            verdict = _say("answer_right" if option.get("correct") else "answer_wrong", language)
            lines.append(
                f"<dt>{escape(option['text'])}</dt>"
                f"<dd><strong>{escape(verdict)}</strong> {escape(option['reason'])}</dd>"
            )
        inside = f"<dl>{''.join(lines)}</dl>"
        title = _say("see_reasons", language)
    else:
        # « Je ne sais pas » is answered by what there is to know.
        known = mark(question, {"unknown": True, "drawn": question.get("drawn")}, language).reason
        said = typographic(text("questions.said_unknown", language), language)
        expected = known.removeprefix(said).strip()
        if not expected:
            return ""  # an open question: there is nothing that rules expect
        inside = "".join(f"<p>{escape(line)}</p>" for line in expected.split("\n"))
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
