"""The texts that components show, in one language: JavaScript receives them, it holds none of its own."""

from __future__ import annotations

from typing import Final

from alliances.i18n import Language, area_texts
from alliances.questions.prose import typographic

__all__ = ["labels_of", "typeset_labels"]

_ANSWERING: Final = (
    "check", "unknown", "your_answer", "not_marked_here",
    "verdict_right", "verdict_partly", "verdict_wrong", "verdict_unknown", "verdict_unanswered",
    "verdict_person", "verdict_line", "next_step",
)  # fmt: skip
_OF_COMPONENT: Final[dict[str, tuple[str, ...]]] = {
    "choice": (),
    "classify": ("decided", "decided_hint", "choose_reason"),
    "number": ("number_hint", "understood", "not_a_number"),
    "text": ("words_free", "words_between", "words_at_least", "words_at_most"),
    "report": (
        "report_title", "report_total", "report_empty", "points_of", "to_be_marked",
    ),
}  # fmt: skip
_MARKING: Final = (
    "unanswered", "wrong_shape", "not_an_option", "not_a_number", "said_unknown", "expected", "read_as",
    "reading", "admitted", "reading_supported", "reason_missing", "reason_unsupporting",
    "reading_not_admitted", "a_person_marks", "words_short", "words_long", "words_fit",
)  # fmt: skip


def labels_of(component: str, language: Language, *, marking: bool = False) -> dict[str, str]:
    """Return the texts that one component needs, places such as ``{words}`` left to fill.

    Args:
        component: ``choice``, ``classify``, ``number``, ``text`` or ``report``.
        language: language of the texts.
        marking: whether the component marks by itself (practice) and needs what a mark says.
    """
    names = [*_ANSWERING, *_OF_COMPONENT[component], *(_MARKING if marking else ())]
    texts = {**area_texts("questions"), **area_texts("widgets")}
    return typeset_labels({name: texts[name][language] for name in names}, language)


def typeset_labels(labels: dict[str, str], language: Language) -> dict[str, str]:
    """Return labels with the typography of their language."""
    return {name: typographic(label, language) for name, label in labels.items()}
