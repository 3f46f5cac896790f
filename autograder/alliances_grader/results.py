"""What the gradebook says of one copy, as plain values: no row of a database leaves this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["CellResult", "CopyResult"]


@dataclass(frozen=True, slots=True)
class CellResult:
    """One graded cell: points are marks; ``manual`` is ``None`` until a person gave some."""

    id: str
    points: float
    max_points: float
    auto: float | None
    manual: float | None
    extra: float
    to_mark: bool


@dataclass(frozen=True, slots=True)
class CopyResult:
    """One graded copy, or one of its notebooks, which ``notebook`` then names.

    ``points`` includes extra credit and excludes the late penalty; times are UTC.
    """

    student: str
    assignment: str
    handed_in: datetime | None
    cells: tuple[CellResult, ...]
    comments: dict[str, str]
    points: float
    max_points: float
    late_penalty: float
    notebook: str = ""

    @property
    def final(self) -> float:
        """Points less the late penalty, never below zero: what nbgrader exports."""
        return max(0.0, self.points - self.late_penalty)

    @property
    def to_mark(self) -> int:
        """How many cells a person still has to mark."""
        return sum(cell.to_mark for cell in self.cells)

    @property
    def person_points(self) -> float:
        """Points that a person gave, extra credit included."""
        return sum((cell.manual or 0.0) + cell.extra for cell in self.cells)

    @property
    def auto_points(self) -> float:
        """Points that no person changed."""
        return sum(cell.auto or 0.0 for cell in self.cells if cell.manual is None)
