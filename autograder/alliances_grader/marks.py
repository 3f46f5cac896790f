"""Verdicts that a test cell left in its outputs, read as data from outside: bounded, typed, never believed.

By the code door a learner's code can write any output. So the points always come from the gradebook, and a
verdict that does not go with them gives way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alliances_grader.cells import Cell
from alliances_grader.inert import MARK_MIME

__all__ = ["VERDICTS", "CellMark", "read_mark", "verdict_of"]

VERDICTS: Final = frozenset({"right", "partly", "wrong", "unknown", "unanswered", "person", "noted"})
_MAX_TEXT: Final = 3_000
_NEAR: Final = 1e-6


@dataclass(frozen=True)
class CellMark:
    """What a test cell said: ``verdict`` is one of ``VERDICTS``; reason and next step are Markdown."""

    verdict: str
    reason: str
    next_step: str


def read_mark(cell: Cell | None) -> CellMark | None:
    """Return the first well-formed mark among the cell's outputs, or ``None``."""
    outputs = cell.get("outputs") if cell is not None else None
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, Mapping) else None
        value = data.get(MARK_MIME) if isinstance(data, Mapping) else None
        verdict = value.get("verdict") if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and isinstance(verdict, str) and verdict in VERDICTS:
            return CellMark(verdict, _text(value, "reason"), _text(value, "next_step"))
    return None


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found[:_MAX_TEXT] if isinstance(found, str) else ""


def verdict_of(points: float, max_points: float, mark: CellMark | None) -> str:
    """Return the verdict that goes with the points: the mark's own where the two agree."""
    if max_points <= _NEAR:
        return mark.verdict if mark is not None and mark.verdict in {"noted", "unknown"} else "unanswered"
    if points >= max_points - _NEAR:
        return "right"
    if points > _NEAR:
        return "partly"
    return mark.verdict if mark is not None and mark.verdict in {"unknown", "unanswered"} else "wrong"
