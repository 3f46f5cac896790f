"""Where a gradebook is, how it is opened, and what its faults mean in words.

Two kinds are known: a SQLite file and a PostgreSQL server. One that does not exist yet is made by nbgrader
itself, so that its tables and its migration stamp are nbgrader's.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, event, inspect
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import gradebook_rows as rows

__all__ = ["READING", "SQLITE", "database_faults", "ensure_gradebook", "gradebook_address", "open_database"]

SQLITE: Final = "sqlite"
_KINDS: Final = frozenset({SQLITE, "postgresql"})
READING: Final = "alliances_reading"
"""Execution option of a connection that only reads, and so leaves the file free for writers."""

# PostgreSQL's codes: lock not available, deadlock, disk full, insufficient privilege, read-only transaction.
_POSTGRES: Final = {
    "55P03": "database_locked",
    "40P01": "database_locked",
    "53100": "database_full",
    "42501": "database_read_only",
    "25006": "database_read_only",
}
_SQLITE: Final = {
    "SQLITE_BUSY": "database_locked",
    "SQLITE_LOCKED": "database_locked",
    "SQLITE_FULL": "database_full",
    "SQLITE_IOERR": "database_not_written",
    "SQLITE_READONLY": "database_read_only",
    "SQLITE_CANTOPEN": "database_read_only",
    "SQLITE_PERM": "database_read_only",
    "SQLITE_CORRUPT": "database_damaged",
    "SQLITE_NOTADB": "database_damaged",
}


def gradebook_address(root: Path) -> tuple[str, str]:
    """Return the address of a course's gradebook and its course id, as ``nbgrader_config.py`` says.

    Raises:
        AlliancesError: the configuration cannot be read.
    """
    from alliances_grader.nbgrader_api import course_config

    section = course_config(root).CourseDirectory
    address = section.get("db_url") or f"sqlite:///{root.resolve() / 'gradebook.db'}"
    return str(address), str(section.get("course_id") or "default_course")


def shown(url: URL) -> str:
    """Return an address without its password; of a SQLite file, its path."""
    if url.get_backend_name() == SQLITE:
        return str(url.database)
    return url.render_as_string(hide_password=True)


def open_database(address: str, patience: float) -> Engine:
    """Return an engine on a gradebook; nothing is connected yet.

    Args:
        address: ``sqlite:///path`` or ``postgresql://…``, as SQLAlchemy and nbgrader write it.
        patience: seconds to wait for a lock that another program holds.

    Raises:
        AlliancesError: the address is malformed or names another kind of database.
        EnvironmentFault: the driver of this database is not installed.
    """
    try:
        url = make_url(address)
        kind = url.get_backend_name()
        if kind not in _KINDS or (kind == SQLITE and url.database in {None, "", ":memory:"}):
            raise AlliancesError("grading_run.bad_address", address=shown(url))
        # A connection a batch: none is held across a fork or while nothing is written.
        engine = create_engine(url, poolclass=NullPool, connect_args=_waits(url, patience))
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise AlliancesError("grading_run.bad_address", address=_without_password(address)) from None
    except ImportError as error:
        raise EnvironmentFault("grading_run.no_driver", address=shown(url), package=error.name) from error
    if kind == SQLITE:
        _take_transactions_over(engine)
    else:
        _limit_lock_waits(engine, patience)
    return engine


def _waits(url: URL, patience: float) -> dict[str, float]:
    if url.get_backend_name() == SQLITE:
        return {"timeout": patience}
    # psycopg's two versions share libpq's word for it; other drivers have their own.
    return {"connect_timeout": max(1, int(patience))} if "psycopg" in url.get_driver_name() else {}


def _without_password(address: str) -> str:
    place, at, rest = address.rpartition("@")
    return f"{place.split(':')[0]}://***@{rest}" if at else address


def _take_transactions_over(engine: Engine) -> None:
    # sqlite3 would begin late, at the first write: what was read before could be stale by then.
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        # Kibibytes: the pages that a batch touches stay in memory until they are written.
        connection.execute("PRAGMA cache_size = -65536")

    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)


def _limit_lock_waits(engine: Engine, patience: float) -> None:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(patience * 1000)}ms'")

    event.listen(engine, "begin", begin)


@contextmanager
def database_faults(engine: Engine) -> Iterator[None]:
    """Turn what the database raises into an ``EnvironmentFault`` that names the gradebook."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig or error).strip().split("\n")[0]
        raise EnvironmentFault(
            f"grading_run.{_fault_key(error.orig)}", address=shown(engine.url), reason=reason
        ) from error


def _fault_key(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        # Extended codes (SQLITE_IOERR_WRITE …) start with the name of their kind.
        name = getattr(error, "sqlite_errorname", None) or ""
        return _SQLITE.get("_".join(name.split("_")[:2]), "database_failed")
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return _POSTGRES.get(str(code), "database_failed")


def ensure_gradebook(engine: Engine, course_id: str) -> None:
    """Make the gradebook by nbgrader's own hand when there is none; look at the one that is there.

    Raises:
        EnvironmentFault: it cannot be reached or made, or nbgrader is not installed.
        AlliancesError: it was made by an nbgrader too old to be written.
    """
    with database_faults(engine):
        if engine.url.get_backend_name() == SQLITE and not _has_content(engine):
            _make_file(engine, course_id)
        with engine.connect() as connection:
            tables = inspect(connection.execution_options(**{READING: True})).get_table_names()
        if not tables:
            _make_by_nbgrader(engine.url, course_id)
        with engine.connect() as connection:
            _refuse_old(connection.execution_options(**{READING: True}))


def _has_content(engine: Engine) -> bool:
    path = Path(str(engine.url.database))
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise EnvironmentFault("grader.cannot_read", path=path, reason=error.strerror or error) from error


def _make_file(engine: Engine, course_id: str) -> None:
    """Make a SQLite gradebook beside its place and put it there whole.

    nbgrader stamps a file that it finds empty and no other: one half made would never be stamped.
    """
    from alliances.storage import write_fault

    path = Path(str(engine.url.database)).resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            part = Path(folder) / path.name
            _make_by_nbgrader(engine.url.set(database=str(part)), course_id)
            handle = os.open(part, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(path)
    except OSError as error:
        raise write_fault(path, error) from error


def _make_by_nbgrader(url: URL, course_id: str) -> None:
    from alliances_grader.nbgrader_api import reach_programs

    reach_programs()
    try:
        from nbgrader.api import Gradebook
    except ImportError as error:
        raise EnvironmentFault("grader.no_nbgrader") from error
    Gradebook(url.render_as_string(hide_password=False), course_id).close()


def _refuse_old(connection: Connection) -> None:
    found: Any = inspect(connection)
    present = set(found.get_table_names())
    for table in rows.METADATA.sorted_tables:
        columns = found.get_columns(table.name) if table.name in present else []
        if missing := {column.name for column in table.columns} - {column["name"] for column in columns}:
            raise AlliancesError(
                "grading_run.old_gradebook",
                address=shown(connection.engine.url),
                missing=f"{table.name}.{min(missing)}",
            )
