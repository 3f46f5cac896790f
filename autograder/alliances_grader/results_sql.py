"""The gradebook read for a whole class in a few statements, as plain values.

nbgrader's own objects cost several queries a cell, and importing them seconds. Here a chunk of copies takes
two statements, in a short transaction of its own, so that a person can give marks in formgrader meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Float, MetaData, String, Table, and_, func, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError

from alliances_grader import gradebook_rows as rows
from alliances_grader.gradebook_address import (
    READING,
    SQLITE,
    database_faults,
    gradebook_address,
    open_database,
)
from alliances_grader.results import CellResult, CopyResult

__all__ = ["notebook_results"]

_CHUNK: Final = 200
_PATIENCE: Final = 30.0

# The two kinds of cell that carry points, as in ``nbgrader/api.py`` 0.9.6; the rest is in ``gradebook_rows``.
_MORE: Final = MetaData()
_GRADE_CELL: Final = Table("grade_cells", _MORE, Column("id", String(32)), Column("max_score", Float()))
_TASK_CELL: Final = Table("task_cells", _MORE, Column("id", String(32)), Column("max_score", Float()))


@dataclass(frozen=True)
class _Cell:
    """A cell of the course: its name, the id of its notebook, its maximum."""

    name: str
    notebook: str
    max_points: float


def notebook_results(
    root: Path, assignment: str, student: str | None = None, *, patience: float = _PATIENCE
) -> Iterator[CopyResult]:
    """Yield what the gradebook of a course says of each notebook of each copy, by learner and notebook.

    Nothing is yielded where there is no gradebook yet, or it does not know the assignment.

    Args:
        root: the course folder; its ``nbgrader_config.py`` says where the gradebook is.
        assignment: nbgrader's name of it.
        student: this learner only.
        patience: seconds to wait for another program's lock.

    Raises:
        AlliancesError: the configuration or the address cannot be read.
        EnvironmentFault: the database cannot be read.
    """
    address, _ = gradebook_address(root)
    if not _exists(address):
        return
    engine = open_database(address, patience)
    try:
        cells = _cells(engine, assignment)
        copies = _copies(engine, assignment, student)
        for start in range(0, len(copies), _CHUNK):
            yield from _results(engine, assignment, copies[start : start + _CHUNK], cells)
    finally:
        engine.dispose()


def _exists(address: str) -> bool:
    # Connecting to a SQLite file that is not there would make an empty one, which nbgrader then cannot use.
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return True
    return url.get_backend_name() != SQLITE or not url.database or Path(url.database).is_file()


def _read(engine: Engine, query: rows.Query) -> list[Any]:
    with database_faults(engine), engine.connect() as connection:
        return list(connection.execution_options(**{READING: True}).execute(query))


def _cells(engine: Engine, assignment: str) -> dict[str, _Cell]:
    cell, notebook = rows.BASE_CELL.c, rows.NOTEBOOK.c
    worth = func.coalesce(_GRADE_CELL.c.max_score, _TASK_CELL.c.max_score, 0.0)
    query = (
        select(cell.id, cell.name, cell.notebook_id, worth)
        .join(rows.NOTEBOOK, notebook.id == cell.notebook_id)
        .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == notebook.assignment_id)
        .outerjoin(_GRADE_CELL, _GRADE_CELL.c.id == cell.id)
        .outerjoin(_TASK_CELL, _TASK_CELL.c.id == cell.id)
        .where(rows.ASSIGNMENT.c.name == assignment)
    )
    return {
        str(name): _Cell(str(label), str(place), float(points or 0.0))
        for name, label, place, points in _read(engine, query)
    }


def _copies(engine: Engine, assignment: str, student: str | None) -> list[Any]:
    submitted, submission, notebook = rows.SUBMITTED.c, rows.SUBMISSION.c, rows.NOTEBOOK.c
    wanted = rows.ASSIGNMENT.c.name == assignment
    if student is not None:
        wanted = and_(wanted, submission.student_id == student)
    query = (
        select(
            submitted.id,
            submission.student_id,
            notebook.name,
            notebook.id.label("notebook_id"),
            submission.timestamp,
            submitted.late_submission_penalty,
        )
        .join(rows.SUBMISSION, submission.id == submitted.assignment_id)
        .join(rows.NOTEBOOK, notebook.id == submitted.notebook_id)
        .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == submission.assignment_id)
        .where(wanted)
    )
    return sorted(_read(engine, query), key=lambda row: (str(row.student_id), str(row.name)))


def _results(
    engine: Engine, assignment: str, copies: list[Any], cells: dict[str, _Cell]
) -> Iterator[CopyResult]:
    ids = [row.id for row in copies]
    grade, comment = rows.GRADE.c, rows.COMMENT.c
    marks = select(
        grade.notebook_id,
        grade.cell_id,
        grade.auto_score,
        grade.manual_score,
        grade.extra_credit,
        grade.needs_manual_grade,
    ).where(grade.notebook_id.in_(ids))
    # A person's comment stands before the machine's, even an empty one: as nbgrader has it.
    said = func.coalesce(comment.manual_comment, comment.auto_comment)
    remarks = select(comment.notebook_id, comment.cell_id, said).where(
        and_(comment.notebook_id.in_(ids), said != "")
    )
    marked: dict[str, list[CellResult]] = {}
    for copy, cell, *values in _read(engine, marks):
        if cell in cells:
            marked.setdefault(str(copy), []).append(_cell_result(cells[cell], *values))
    told: dict[str, dict[str, str]] = {}
    for copy, cell, words in _read(engine, remarks):
        if cell in cells:
            told.setdefault(str(copy), {})[cells[cell].name] = str(words)
    worth: dict[str, float] = {}
    for item in cells.values():
        worth[item.notebook] = worth.get(item.notebook, 0.0) + item.max_points
    for row in copies:
        found = tuple(sorted(marked.get(row.id, ()), key=lambda cell: cell.id))
        yield CopyResult(
            student=str(row.student_id),
            assignment=assignment,
            handed_in=row.timestamp,
            cells=found,
            comments=told.get(row.id, {}),
            points=sum(cell.points for cell in found),
            max_points=worth.get(row.notebook_id, 0.0),
            late_penalty=float(row.late_submission_penalty or 0.0),
            notebook=str(row.name),
        )


def _cell_result(
    cell: _Cell, auto: float | None, manual: float | None, extra: float | None, waits: object
) -> CellResult:
    base = manual if manual is not None else auto
    return CellResult(
        id=cell.name,
        points=0.0 if base is None else base + (extra or 0.0),
        max_points=cell.max_points,
        auto=auto,
        manual=manual,
        extra=float(extra or 0.0),
        to_mark=bool(waits),
    )
