"""Marking an answer outside the learner's process: what ``mark_cell`` shows and returns, without showing it.

The key never leaves the judge's side; the answer arrives as plain data. What is made here is what
``alliances.questions.mark_cell`` displays in a notebook (a test compares both).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alliances.questions.marking import marker
from alliances.questions.notebook import MARK_TYPE, sentence

__all__ = ["Marker", "key_marker"]

Marker = Callable[[object], tuple[float, dict[str, Any]]]
"""Takes an answer; gives its points and the bundle that the cell displays."""


def key_marker(question: Mapping[str, Any], lang: Any) -> Marker:  # noqa: ANN401 - as the author wrote it
    """Return what marks answers to one question; its table is made once.

    Args:
        question: a compiled question, keys included.
        lang: language of the reasons.

    Raises:
        ValueError: there is no such type of question.
    """
    marked = marker(question, lang)

    def mark(answer: object) -> tuple[float, dict[str, Any]]:
        result = marked(answer)
        bundle = {
            "text/plain": sentence(result, lang),
            MARK_TYPE: {"id": question.get("id"), **result.to_dict()},
        }
        return result.points, bundle

    return mark
