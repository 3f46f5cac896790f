"""What the gradebook says of one copy, as plain values: no row of a database leaves this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["CellResult", "CopyResult", "copy_result", "copy_results"]


@dataclass(frozen=True)
class CellResult:
    """One graded cell: points are marks; ``manual`` is ``None`` until a person gave some."""

    id: str
    points: float
    max_points: float
    auto: float | None
    manual: float | None
    extra: float
    to_mark: bool


@dataclass(frozen=True)
class CopyResult:
    """One graded copy. ``points`` includes extra credit and excludes the late penalty; times are UTC."""

    student: str
    assignment: str
    handed_in: datetime | None
    cells: tuple[CellResult, ...]
    comments: dict[str, str]
    points: float
    max_points: float
    late_penalty: float

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


def copy_results(gradebook: Any, assignment: str) -> list[CopyResult]:  # noqa: ANN401 - nbgrader ships no types
    """Return the copies of an assignment that the gradebook knows, by learner."""
    rows = gradebook.assignment_submissions(assignment)
    return sorted((copy_result(row) for row in rows), key=lambda result: result.student)


def copy_result(row: Any) -> CopyResult:  # noqa: ANN401 - nbgrader ships no types
    """Return one ``SubmittedAssignment`` as plain values."""
    grades = [grade for notebook in row.notebooks for grade in notebook.grades]
    comments = [comment for notebook in row.notebooks for comment in notebook.comments]
    return CopyResult(
        student=row.student.id,
        assignment=row.assignment.name,
        handed_in=row.timestamp,
        cells=tuple(_cell(grade) for grade in sorted(grades, key=lambda grade: str(grade.name))),
        comments={str(comment.name): str(comment.comment) for comment in comments if comment.comment},
        points=float(row.score or 0.0),
        max_points=float(row.max_score or 0.0),
        late_penalty=float(row.late_submission_penalty or 0.0),
    )


def _cell(grade: Any) -> CellResult:  # noqa: ANN401 - nbgrader ships no types
    return CellResult(
        id=str(grade.name),
        points=float(grade.score or 0.0),
        max_points=float(grade.max_score or 0.0),
        auto=grade.auto_score,
        manual=grade.manual_score,
        extra=float(grade.extra_credit or 0.0),
        to_mark=bool(grade.needs_manual_grade),
    )
