"""The texts that components show, in one language: JavaScript receives them, it holds none of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from alliances.i18n import Language, area_texts
from alliances.questions.prose import typographic

__all__ = ["labels_of", "typeset_labels"]

_ANSWERING: Final = (
    "check", "unknown", "your_answer", "not_marked_here",
    "verdict_right", "verdict_partly", "verdict_wrong", "verdict_unknown", "verdict_unanswered",
    "verdict_person", "verdict_noted", "verdict_line", "next_step",
)  # fmt: skip


def labels_of(component: str, language: Language) -> dict[str, str]:
    """Return the texts that one component needs, places such as ``{words}`` left to fill.

    Those that every question has, and the whole catalogue ``component_<name>`` where there is one.
    """
    common = {**area_texts("questions"), **area_texts("widgets")}
    texts = {name: common[name] for name in _ANSWERING}
    with suppress(KeyError):  # a component that says nothing of its own
        texts |= area_texts(f"component_{component}")
    return typeset_labels({name: entry[language] for name, entry in texts.items()}, language)


def typeset_labels(labels: dict[str, str], language: Language) -> dict[str, str]:
    """Return labels with the typography of their language."""
    return {name: typographic(label, language) for name, label in labels.items()}
