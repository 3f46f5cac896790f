"""What one question must have, type by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alliances.questions.kind import Checking
from alliances.questions.options import LEAST_REASON_WORDS
from alliances.questions.registry import TYPES, type_of

if TYPE_CHECKING:
    from alliances.questions.source import Field

__all__ = ["LEAST_REASON_WORDS", "MOST_POINTS", "check_question"]

MOST_POINTS: Final = 1000
_COMMON: Final = ("id", "type", "outcome", "points", "prompt", "title", "next_step")


def check_question(
    field: Field, at: Checking, *, extra: tuple[str, ...] = (), points_needed: bool = False
) -> None:
    """Check a question of any type.

    Args:
        field: the question in its file.
        at: named lists and known mistakes that it may refer to.
        extra: names of fields that the caller has checked.
        points_needed: whether points must be written (a form) or are 1 by default (an item).

    Raises:
        SourceError: with file, line, field and what was expected.
    """
    field["type"].word(TYPES)
    kind = type_of(field["type"].value)
    needed = [*kind.required]
    if points_needed and kind.counts and not kind.read_by_person(field.value):
        needed.append("points")
    fields = field.mapping(["id", "type", "outcome", *needed], [*_COMMON, *kind.optional, *extra])
    for name in ("prompt", "title", "next_step"):
        if name in fields:
            fields[name].bilingual()
    if "points" in fields:
        points = fields["points"].number(minimum=0)
        # Marks are in hundredths: a third of one, the key itself could not earn.
        if points > MOST_POINTS or round(points, 2) != points:
            fields["points"].refuse("question_sources.points_in_hundredths", most=MOST_POINTS)
    kind.check(fields, at)
