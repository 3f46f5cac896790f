"""The question types by name; each is imported at first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from alliances.questions.kind import QuestionType

__all__ = ["TYPES", "type_of"]

#: In the order in which authors meet them.
TYPES: Final = (
    "choice", "choices", "classify", "matching", "ordering", "number", "allocation", "matrix", "placement",
    "table", "text", "file", "confidence", "theory_of_change", "agreement", "roadmap",
)  # fmt: skip


@cache
def type_of(name: str) -> QuestionType:
    """Return a question type.

    Raises:
        ValueError: there is no such type.
    """
    if name not in TYPES:
        raise ValueError(f"type must be one of {', '.join(TYPES)} (got {name!r})")
    return cast("QuestionType", import_module(f"alliances.questions.types.{name}").TYPE)
