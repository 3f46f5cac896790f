"""One alternative among several that the exercise writes out: what belongs together is drawn together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.questions.source import Field

__all__ = ["one_of"]


def one_of(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:  # noqa: ARG001
    """Draw one entry of ``choose``, each a mapping with the same keys as the first.

    A value may be a text, a number, a text in both languages, or whole fields of a question; a field of a
    question that is nothing but one place, such as ``"{file_case}"``, becomes the value itself.

    Returns:
        The fields of the entry drawn.

    Raises:
        SourceError: there are fewer than two entries, or one lacks a key of the first or has another.
    """
    entries = place.mapping(["make", "choose"])["choose"].entries(minimum=2)
    keys = list(entries[0].mapping())
    for entry in entries:
        entry.mapping(keys, [])
    value: dict[str, Any] = entries[chance.below(len(entries), "one_of", *place.keys)].value
    return value
