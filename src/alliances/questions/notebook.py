"""Marking inside a notebook's hidden test cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import Language, format_number, text
from alliances.questions.marking import Mark, mark
from alliances.questions.prose import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MARK_TYPE", "mark_cell", "sentence"]

MARK_TYPE: Final = "application/vnd.alliances.mark+json"


def mark_cell(question: Mapping[str, Any], answer: object, lang: Language) -> float:
    """Mark an answer, show the reasons, and return the points as the cell's value.

    nbgrader takes the value of a test cell (``execute_result``) as partial credit and passes over what is
    displayed: the reasons are displayed, the points returned.

    Args:
        question: a compiled question, keys included.
        answer: the learner's variable, whatever it holds.
        lang: language of the reasons.

    Returns:
        Points from 0 to the question's maximum, two decimals at most.
    """
    result = mark(question, answer, lang)
    words = sentence(result, lang)
    bundle = {"text/plain": words, MARK_TYPE: {"id": question.get("id"), **result.to_dict()}}
    try:
        from IPython.display import display
    except ImportError:
        print(words)  # noqa: T201 - outside Jupyter the reasons still have to be seen
    else:
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
    return result.points


def sentence(result: Mark, lang: Language) -> str:
    """Return a mark as one paragraph: verdict, points, reason, next step."""
    points = _figure(result.points, lang)
    head = text(
        "questions.verdict_line",
        lang,
        verdict=text(f"questions.verdict_{result.verdict}", lang),
        points=points,
        maximum=_figure(result.max_points, lang),
    )
    if result.verdict == "person":
        head = text("questions.verdict_person", lang)
    step = text("questions.next_step", lang, step=plain_text(result.next_step)) if result.next_step else ""
    return " ".join(part for part in (f"{head}.", result.reason.replace("\n", " "), step) if part)


def _figure(points: float, lang: Language) -> str:
    return format_number(points, 0 if points == int(points) else 2, lang)
