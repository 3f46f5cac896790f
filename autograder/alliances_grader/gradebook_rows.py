"""nbgrader's gradebook as SQL: its tables, and the few statements that record a batch of copies.

The tables are those of nbgrader 0.9.6 (``nbgrader/api.py``; a test compares), written again because importing
that file costs seconds and a gradebook that exists needs nothing else of it. Each statement writes one kind
of row for a whole batch: inserted where it is new, updated where it is there, in one step, so that a mark
that a person gives at the same moment in formgrader is never read, kept and written back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Interval,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.selectable import Select

__all__ = [
    "ASSIGNMENT",
    "BASE_CELL",
    "COMMENT",
    "GRADE",
    "METADATA",
    "NOTEBOOK",
    "SOURCE_CELL",
    "STUDENT",
    "SUBMISSION",
    "SUBMITTED",
    "Query",
    "Statements",
    "Writing",
    "cells_of",
    "id_maker",
    "notebook_scores",
    "notebooks_of",
    "penalty_update",
    "statements",
    "submission_ids",
    "submitted_ids",
]

METADATA: Final = MetaData()
_ID: Final = 32
_NAME: Final = 128

ASSIGNMENT: Final = Table(
    "assignment",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("name", String(_NAME), unique=True, nullable=False),
    Column("duedate", DateTime()),
    Column("course_id", String(_NAME), nullable=False),
)
NOTEBOOK: Final = Table(
    "notebook",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("name", String(_NAME), nullable=False),
    Column("assignment_id", String(_ID), ForeignKey("assignment.id")),
    Column("kernelspec", String(1024)),
    UniqueConstraint("name", "assignment_id"),
)
BASE_CELL: Final = Table(
    "base_cell",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("name", String(_NAME), nullable=False),
    Column("notebook_id", String(_ID), ForeignKey("notebook.id"), nullable=False),
    Column("type", String(50)),
    UniqueConstraint("name", "notebook_id", "type"),
)
SOURCE_CELL: Final = Table(
    "source_cell",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("name", String(_NAME), nullable=False),
    Column("cell_type", String(8), nullable=False),
    Column("locked", Boolean(), nullable=False),
    Column("source", Text()),
    Column("checksum", String(_NAME)),
    Column("notebook_id", String(_ID), ForeignKey("notebook.id")),
    UniqueConstraint("name", "notebook_id"),
)
STUDENT: Final = Table(
    "student",
    METADATA,
    Column("id", String(_NAME), primary_key=True, nullable=False),
    Column("first_name", String(_NAME)),
    Column("last_name", String(_NAME)),
    Column("email", String(_NAME)),
    Column("lms_user_id", String(_NAME)),
)
SUBMISSION: Final = Table(
    "submitted_assignment",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("assignment_id", String(_ID), ForeignKey("assignment.id")),
    Column("student_id", String(_NAME), ForeignKey("student.id")),
    Column("timestamp", DateTime()),
    Column("extension", Interval()),
    UniqueConstraint("assignment_id", "student_id"),
)
SUBMITTED: Final = Table(
    "submitted_notebook",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("assignment_id", String(_ID), ForeignKey("submitted_assignment.id")),
    Column("notebook_id", String(_ID), ForeignKey("notebook.id")),
    Column("flagged", Boolean()),
    Column("late_submission_penalty", Float()),
    UniqueConstraint("notebook_id", "assignment_id"),
)
GRADE: Final = Table(
    "grade",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("notebook_id", String(_ID), ForeignKey("submitted_notebook.id")),
    Column("cell_id", String(_ID), ForeignKey("base_cell.id")),
    Column("auto_score", Float()),
    Column("manual_score", Float()),
    Column("extra_credit", Float()),
    Column("needs_manual_grade", Boolean(), nullable=False),
    UniqueConstraint("cell_id", "notebook_id"),
)
COMMENT: Final = Table(
    "comment",
    METADATA,
    Column("id", String(_ID), primary_key=True),
    Column("notebook_id", String(_ID), ForeignKey("submitted_notebook.id")),
    Column("cell_id", String(_ID), ForeignKey("base_cell.id")),
    Column("auto_comment", Text()),
    Column("manual_comment", Text()),
    UniqueConstraint("cell_id", "notebook_id"),
)

Writing: TypeAlias = Insert | Update
Query: TypeAlias = Select[Any]


def id_maker() -> Callable[[], str]:
    """Return a maker of ids of 32 hexadecimal digits, as nbgrader's are, each greater than the one before.

    Rows in the order of their ids keep an index growing at its end: random ones cost several times as much.
    """
    start = f"{time.time_ns():016x}{secrets.token_hex(4)}"
    number = iter(range(1 << 32))
    return lambda: f"{start}{next(number):08x}"


@dataclass(frozen=True)
class Statements:
    """The writing statements of one kind of database; each is run with a list of rows.

    Attributes:
        student: new learners, by id alone; those known are left as they are.
        submission: a copy; a time is replaced by a newer word, never by none.
        submitted: a notebook of a copy, with its penalty and flag; a flag that is up stays up.
        other_submitted: a notebook that the batch says nothing about; left alone where it exists.
        grade: score by machine; a cell that a person has marked asks for another look.
        unchanged_grade: the same, but a mark that a person gave stands, and asks for nobody.
        other_grade: a cell that the batch says nothing about, waiting for a person; left alone where it is.
        comment: automatic comment.
        other_comment: as ``other_grade``, without a comment.
    """

    student: Insert
    submission: Insert
    submitted: Insert
    other_submitted: Insert
    grade: Insert
    unchanged_grade: Insert
    other_grade: Insert
    comment: Insert
    other_comment: Insert


def statements(backend: str) -> Statements:
    """Return the statements for ``"sqlite"`` or ``"postgresql"``."""
    # Both know « on conflict », each in its own module: the other one is not loaded.
    insert: Any = import_module(f"sqlalchemy.dialects.{backend}").insert
    cell = ["cell_id", "notebook_id"]
    submission, submitted, grade, comment = map(insert, (SUBMISSION, SUBMITTED, GRADE, COMMENT))
    machine = {"auto_score": grade.excluded.auto_score}
    return Statements(
        student=insert(STUDENT).on_conflict_do_nothing(index_elements=["id"]),
        submission=submission.on_conflict_do_update(
            index_elements=["assignment_id", "student_id"],
            set_={"timestamp": func.coalesce(submission.excluded.timestamp, SUBMISSION.c.timestamp)},
        ),
        submitted=submitted.on_conflict_do_update(
            index_elements=["notebook_id", "assignment_id"],
            set_={
                "late_submission_penalty": submitted.excluded.late_submission_penalty,
                "flagged": or_(SUBMITTED.c.flagged, submitted.excluded.flagged),
            },
        ),
        other_submitted=submitted.on_conflict_do_nothing(index_elements=["notebook_id", "assignment_id"]),
        grade=grade.on_conflict_do_update(
            index_elements=cell,
            set_=machine
            | {
                "needs_manual_grade": or_(
                    grade.excluded.needs_manual_grade, GRADE.c.manual_score.is_not(None)
                )
            },
        ),
        unchanged_grade=grade.on_conflict_do_update(
            index_elements=cell,
            set_=machine
            | {"needs_manual_grade": and_(grade.excluded.needs_manual_grade, GRADE.c.manual_score.is_(None))},
        ),
        other_grade=grade.on_conflict_do_nothing(index_elements=cell),
        comment=comment.on_conflict_do_update(
            index_elements=cell, set_={"auto_comment": comment.excluded.auto_comment}
        ),
        other_comment=comment.on_conflict_do_nothing(index_elements=cell),
    )


def notebooks_of(assignments: list[str]) -> Select[Any]:
    """Select assignment name and id, notebook name and id."""
    return (
        select(ASSIGNMENT.c.name, ASSIGNMENT.c.id, NOTEBOOK.c.name, NOTEBOOK.c.id)
        .outerjoin(NOTEBOOK, NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
        .where(ASSIGNMENT.c.name.in_(assignments))
        .order_by(ASSIGNMENT.c.name, NOTEBOOK.c.name)
    )


def cells_of(notebook_ids: list[str]) -> Select[Any]:
    """Select notebook id, cell name, cell id, and its type as nbgrader names its classes."""
    return (
        select(BASE_CELL.c.notebook_id, BASE_CELL.c.name, BASE_CELL.c.id, BASE_CELL.c.type)
        .where(BASE_CELL.c.notebook_id.in_(notebook_ids))
        .order_by(BASE_CELL.c.name, BASE_CELL.c.type)
    )


def submission_ids(assignment_id: str, students: list[str]) -> Select[Any]:
    """Select student and id of the copies of an assignment."""
    return select(SUBMISSION.c.student_id, SUBMISSION.c.id).where(
        and_(SUBMISSION.c.assignment_id == assignment_id, SUBMISSION.c.student_id.in_(students))
    )


def submitted_ids(submissions: list[str]) -> Select[Any]:
    """Select copy id, notebook id and id of the notebooks of copies."""
    return select(SUBMITTED.c.assignment_id, SUBMITTED.c.notebook_id, SUBMITTED.c.id).where(
        SUBMITTED.c.assignment_id.in_(submissions)
    )


def notebook_scores(submitted: list[str]) -> Select[Any]:
    """Select id and score of notebooks of copies: a person's mark before the machine's, plus extra credit."""
    extra = func.coalesce(GRADE.c.extra_credit, 0.0)
    score = case(
        (GRADE.c.manual_score.is_not(None), GRADE.c.manual_score + extra),
        (GRADE.c.auto_score.is_not(None), GRADE.c.auto_score + extra),
        else_=0.0,
    )
    return (
        select(GRADE.c.notebook_id, func.sum(score))
        .where(GRADE.c.notebook_id.in_(submitted))
        .group_by(GRADE.c.notebook_id)
    )


def penalty_update() -> Update:
    """Update the penalty of one notebook of a copy: ``submitted`` and ``penalty``."""
    return (
        update(SUBMITTED)
        .where(SUBMITTED.c.id == bindparam("submitted"))
        .values(late_submission_penalty=bindparam("penalty"))
    )
