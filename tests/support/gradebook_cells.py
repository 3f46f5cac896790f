"""Two gradebooks of one class compared row by row through SQL: what nbgrader wrote, and what we wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Key", "Row", "cells_of", "compared", "copies_of", "settled_by_us"]

_CELLS = """
SELECT a.student_id, n.name, c.name, c.type, k.max_score, t.max_score, g.auto_score, g.needs_manual_grade,
       m.auto_comment
FROM submitted_assignment a
JOIN assignment x ON x.id = a.assignment_id AND x.name = ?
JOIN submitted_notebook s ON s.assignment_id = a.id
JOIN notebook n ON n.id = s.notebook_id
JOIN base_cell c ON c.notebook_id = n.id
LEFT JOIN grade_cells k ON k.id = c.id
LEFT JOIN task_cells t ON t.id = c.id
LEFT JOIN grade g ON g.cell_id = c.id AND g.notebook_id = s.id
LEFT JOIN comment m ON m.cell_id = c.id AND m.notebook_id = s.id
WHERE c.type IN ('GradeCell', 'SolutionCell', 'TaskCell')
"""
_COPIES = """
SELECT a.student_id, n.name, a.timestamp, s.late_submission_penalty, x.duedate, a.extension
FROM submitted_assignment a
JOIN assignment x ON x.id = a.assignment_id AND x.name = ?
JOIN submitted_notebook s ON s.assignment_id = a.id
JOIN notebook n ON n.id = s.notebook_id
"""

Key = tuple[str, str, str, str]
"""Learner, notebook, cell, kind of its row."""


@dataclass(frozen=True)
class Row:
    """What a gradebook holds of one cell of one copy; a solution cell has a comment only."""

    max_score: float | None
    auto: float | None
    needs_manual: bool | None
    comment: str | None

    @property
    def marked(self) -> bool:
        """Whether the cell carries a mark."""
        return self.max_score is not None


def _rows(root: Path, query: str, name: str) -> list[tuple[Any, ...]]:
    book = sqlite3.connect(root / "gradebook.db")
    try:
        return book.execute(query, (name,)).fetchall()
    finally:
        book.close()


def cells_of(root: Path, name: str) -> dict[Key, Row]:
    """Return every cell of every copy of an assignment."""
    found: dict[Key, Row] = {}
    for student, notebook, cell, kind, points, task, auto, manual, comment in _rows(root, _CELLS, name):
        worth = points if points is not None else task
        found[student, notebook, cell, kind] = Row(
            worth, auto, None if manual is None else bool(manual), comment
        )
    return found


def copies_of(root: Path, name: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return, by learner and notebook: time stamp, penalty, due date, extension."""
    return {(row[0], row[1]): tuple(row[2:]) for row in _rows(root, _COPIES, name)}


def compared(  # noqa: PLR0913, PLR0917 - two courses, and what to make of their differences
    stock: Path,
    ours: Path,
    name: str,
    reason: Callable[[Key, Row, Row], str] = lambda _key, _stock, _ours: "",
    reasons: dict[str, int] | None = None,
    without: Collection[str] = (),
) -> tuple[int, list[str]]:
    """Compare what two courses' gradebooks say of the copies that stock graded.

    Args:
        stock: course that nbgrader graded.
        ours: course that we graded, of the same copies or more.
        name: the assignment.
        reason: says why a difference is meant; empty when it is not.
        reasons: counts the reasons that were given.
        without: learners whose copies are left out.

    Returns:
        How many marked cells were compared, and each difference without a reason.
    """
    theirs, mine = cells_of(stock, name), cells_of(ours, name)
    differences, marked = [], 0
    for key, row in theirs.items():
        if key[0] in without:
            continue
        found = mine.get(key)
        marked += row.marked
        if found == row:
            continue
        why = reason(key, row, found) if found is not None else ""
        if why and reasons is not None:
            reasons[why] = reasons.get(why, 0) + 1
        if not why:
            differences.append(f"{'/'.join(key[:3])}: nbgrader {row}, ours {found}")
    return marked, differences


def settled_by_us(key: Key, stock: Row, ours: Row) -> str:
    """Say why a row of one of our own exercises is otherwise than nbgrader's; empty when it is not meant."""
    del key
    if stock.auto is None and stock.needs_manual and ours.auto == 0.0 and not ours.needs_manual:
        if stock.max_score == 0.0 and ours.comment == stock.comment:
            return "an open answer worth nothing by itself: its criteria are marked, not the text"
        if ours.comment:
            return "a criterion of an answer left blank: nobody has to read it"
    return ""
