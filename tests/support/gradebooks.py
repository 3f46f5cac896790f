"""Gradebooks for tests: small ones made fast, and every row of one told without its random ids."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alliances_grader.verdicts import CellVerdict, CopyVerdict

__all__ = ["all_rows", "grades_of", "make_gradebook", "sql", "verdict"]

_OWN_ID_IS_A_NAME = {"student", "course", "alembic_version"}
# Which columns tell a row from others, once the ids in them are told by names.
_NAMES = {
    "assignment": ("name",),
    "notebook": ("assignment_id", "name"),
    "base_cell": ("notebook_id", "name", "type"),
    "grade_cells": ("id",),
    "solution_cells": ("id",),
    "task_cells": ("id",),
    "source_cell": ("notebook_id", "name"),
    "submitted_assignment": ("assignment_id", "student_id"),
    "submitted_notebook": ("assignment_id", "notebook_id"),
}
_POINTS_TO = {
    ("notebook", "assignment_id"): "assignment",
    ("base_cell", "notebook_id"): "notebook",
    ("source_cell", "notebook_id"): "notebook",
    ("grade_cells", "id"): "base_cell",
    ("solution_cells", "id"): "base_cell",
    ("task_cells", "id"): "base_cell",
    ("submitted_assignment", "assignment_id"): "assignment",
    ("submitted_notebook", "assignment_id"): "submitted_assignment",
    ("submitted_notebook", "notebook_id"): "notebook",
    ("grade", "notebook_id"): "submitted_notebook",
    ("grade", "cell_id"): "base_cell",
    ("comment", "notebook_id"): "submitted_notebook",
    ("comment", "cell_id"): "base_cell",
}


def make_gradebook(folder: Path) -> Path:
    """Make the small gradebook by nbgrader's own hand: assignment ``ps``, notebooks ``nb`` and ``second``."""
    from nbgrader.api import Gradebook

    from alliances_grader.nbgrader_api import reach_programs

    reach_programs()
    path = folder / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment("ps")
        book.add_assignment("other")
        book.add_notebook("nb", "ps")
        book.add_notebook("second", "ps")
        book.add_solution_cell("answer", "nb", "ps")
        book.add_grade_cell("test", "nb", "ps", max_score=2, cell_type="code")
        book.add_solution_cell("essay", "nb", "ps")
        book.add_grade_cell("essay", "nb", "ps", max_score=3, cell_type="markdown")
        book.add_task_cell("task", "nb", "ps", max_score=4, cell_type="markdown")
        book.add_grade_cell("only", "second", "ps", max_score=5, cell_type="code")
    return path


def verdict(student: str = "ada", *, test: float | None = 2.0, **changes: Any) -> CopyVerdict:
    """Return a verdict on the small notebook: the test passed, the two manual cells wait for a person."""
    cells = (
        CellVerdict("answer", "solution", 0.0, None, False),
        CellVerdict("test", "grade", 2.0, test, test is None),
        CellVerdict("essay", "grade", 3.0, None, True),
        CellVerdict("task", "task", 4.0, None, True),
    )
    values: dict[str, Any] = {
        "student": student,
        "assignment": "ps",
        "notebook": "nb",
        "timestamp": None,
        "late_seconds": 0.0,
        "penalty": 0.0,
        "cells": cells,
    }
    return CopyVerdict(**(values | changes))


def sql(address: str, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement on a SQLite gradebook and return its rows."""
    book = sqlite3.connect(address.removeprefix("sqlite:///"))
    try:
        with book:
            return book.execute(query, values).fetchall()
    finally:
        book.close()


def grades_of(address: str, student: str, notebook: str = "nb") -> dict[str, tuple[Any, ...]]:
    """Return auto, manual, extra and needs-a-person of each graded cell of a learner's notebook."""
    found = sql(
        address,
        "SELECT c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade FROM grade g"
        " JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook s ON s.id = g.notebook_id"
        " JOIN submitted_assignment a ON a.id = s.assignment_id JOIN notebook n ON n.id = s.notebook_id"
        " WHERE a.student_id = ? AND n.name = ?",
        (student, notebook),
    )
    return {name: (auto, manual, extra, bool(look)) for name, auto, manual, extra, look in found}


def all_rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, ids replaced by what they stand for, in an order of their own."""
    book = sqlite3.connect(path)
    book.row_factory = sqlite3.Row
    try:
        tables = [row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        raw = {name: [dict(row) for row in book.execute(f"SELECT * FROM {name}")] for name in tables}  # noqa: S608
    finally:
        book.close()
    by_id = {(table, row["id"]): row for table, found in raw.items() for row in found if "id" in row}

    def told(table: str, column: str, value: Any) -> Any:
        target = _POINTS_TO.get((table, column))
        if target is None or value is None:
            return value
        row = by_id[target, value]
        return "/".join(str(told(target, name, row[name])) for name in _NAMES[target])

    def plain(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: told(table, name, value)
            for name, value in row.items()
            if name != "id" or table in _OWN_ID_IS_A_NAME or (table, name) in _POINTS_TO
        }

    return {
        table: sorted((plain(table, row) for row in found), key=lambda row: repr(list(row.values())))
        for table, found in sorted(raw.items())
    }
