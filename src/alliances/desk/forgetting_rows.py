"""One person's rows of the gradebook, counted and erased so that the file no longer holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.sql.selectable import Select

from alliances_grader import gradebook_rows as rows
from alliances_grader.gradebook_address import (
    READING,
    SQLITE,
    database_faults,
    gradebook_address,
    open_database,
)

__all__ = ["count_marks", "erase_rows"]

_PATIENCE: Final = 30.0
_TABLES: Final = (rows.COMMENT, rows.GRADE, rows.SUBMITTED, rows.SUBMISSION, rows.STUDENT)
"""Tables with rows about a person, those that point to others first."""


def count_marks(root: Path, student: str) -> tuple[str, ...] | None:
    """Return the assignments that the gradebook has a person's copy of; ``None`` for nobody it knows.

    Raises:
        AlliancesError: the gradebook's address is malformed.
        EnvironmentFault: it cannot be read.
    """
    engine = _engine(root)
    if engine is None:
        return None
    with database_faults(engine), engine.connect() as connection:
        reading = connection.execution_options(**{READING: True})
        if not engine.dialect.has_table(reading, rows.STUDENT.name):
            return None
        known = reading.execute(select(rows.STUDENT.c.id).where(rows.STUDENT.c.id == student)).first()
        wanted = (
            select(rows.ASSIGNMENT.c.name)
            .join(rows.SUBMISSION, rows.SUBMISSION.c.assignment_id == rows.ASSIGNMENT.c.id)
            .where(rows.SUBMISSION.c.student_id == student)
        )
        return None if known is None else tuple(sorted(str(name) for (name,) in reading.execute(wanted)))


def erase_rows(root: Path, student: str) -> None:
    """Erase a person's rows in one transaction, then have the database give their place back.

    On a PostgreSQL server the write-ahead log and backups keep what they kept: the server's to settle.

    Raises:
        AlliancesError: the gradebook's address is malformed.
        EnvironmentFault: it is locked, read-only or out of reach; nothing was erased.
    """
    engine = _engine(root)
    if engine is None:
        return
    with database_faults(engine):
        with engine.begin() as connection:
            _delete(connection, student)
        _sweep(engine)


def _engine(root: Path) -> Engine | None:
    """Return an engine on the course's gradebook, ``None`` where there is no such file."""
    address, _ = gradebook_address(root)
    url = make_url(address) if address.startswith(SQLITE) else None
    if url is not None and not Path(str(url.database)).is_file():
        return None
    return open_database(address, _PATIENCE)


def _delete(connection: Connection, student: str) -> None:
    copies = select(rows.SUBMISSION.c.id).where(rows.SUBMISSION.c.student_id == student)
    notebooks: Select[tuple[str]] = select(rows.SUBMITTED.c.id).where(
        rows.SUBMITTED.c.assignment_id.in_(copies)
    )
    connection.execute(delete(rows.COMMENT).where(rows.COMMENT.c.notebook_id.in_(notebooks)))
    connection.execute(delete(rows.GRADE).where(rows.GRADE.c.notebook_id.in_(notebooks)))
    connection.execute(delete(rows.SUBMITTED).where(rows.SUBMITTED.c.assignment_id.in_(copies)))
    connection.execute(delete(rows.SUBMISSION).where(rows.SUBMISSION.c.student_id == student))
    connection.execute(delete(rows.STUDENT).where(rows.STUDENT.c.id == student))


def _sweep(engine: Engine) -> None:
    """Write the tables anew: a deleted row stays readable in the file until its place is used again."""
    connection = engine.raw_connection()
    try:
        driver = connection.driver_connection
        if engine.url.get_backend_name() != SQLITE:
            driver.autocommit = True  # type: ignore[union-attr]
        cursor = connection.cursor()
        if engine.url.get_backend_name() == SQLITE:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for table in _TABLES:
                cursor.execute(f'VACUUM FULL "{table.name}"')
        cursor.close()
    finally:
        connection.close()
