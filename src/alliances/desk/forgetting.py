"""Everything about one person, listed and erased: folders of the course and rows of the gradebook."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.course_manifest import Course
from alliances_grader.nbgrader_api import open_gradebook

__all__ = ["Holdings", "erase", "list_holdings"]

_FOLDERS: Final = (
    "submitted",
    "submitted/.received",
    "submitted/.previous",
    "submitted/.arriving",
    "autograded",
    "feedback",
    "logs",
)


@dataclass(frozen=True)
class Holdings:
    """What the course holds about one person: folders and their files, assignments with marks."""

    student: str
    folders: dict[Path, int]
    assignments: tuple[str, ...]
    in_gradebook: bool

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.folders) or self.in_gradebook


def list_holdings(course: Course, student: str) -> Holdings:
    """Return what the course holds about one person; nothing is changed.

    Raises:
        UsageError: the code cannot be one.
    """
    check_learner(student)
    folders = {}
    for name in _FOLDERS:
        folder = course.root / name / student
        if folder.is_dir():
            folders[folder] = sum(path.is_file() for path in folder.rglob("*"))
    if not (course.root / "gradebook.db").is_file() and not _external(course):
        return Holdings(student, folders, (), in_gradebook=False)
    with open_gradebook(course.root) as gradebook:
        known = any(row.id == student for row in gradebook.students)
        rows = gradebook.student_submissions(student) if known else []
        names = tuple(sorted(str(row.assignment.name) for row in rows))
    return Holdings(student, folders, names, in_gradebook=known)


def _external(course: Course) -> bool:
    config = course.root / "nbgrader_config.py"
    return config.is_file() and "db_url" in config.read_text(encoding="utf-8", errors="replace")


def erase(course: Course, holdings: Holdings) -> None:
    """Erase what was listed, gradebook first: a mark without its copy would be the harder one to notice.

    Raises:
        AlliancesError: the gradebook refuses.
        EnvironmentFault: a folder cannot be erased; run again, what is gone stays gone.
    """
    if holdings.in_gradebook:
        with open_gradebook(course.root) as gradebook:
            _erase_rows(gradebook, holdings.student)
    for folder in holdings.folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise EnvironmentFault(
                "course_folder.cannot_erase", path=folder, reason=error.strerror or error
            ) from error


def _erase_rows(gradebook: Any, student: str) -> None:  # noqa: ANN401 - nbgrader ships no types
    from sqlalchemy import text as sql

    is_sqlite = gradebook.engine.dialect.name == "sqlite"
    try:
        if is_sqlite:
            # Without it SQLite keeps what was deleted in free pages of the file.
            gradebook.db.execute(sql("PRAGMA secure_delete = ON"))
        gradebook.remove_student(student)
    except ValueError as error:
        raise AlliancesError(
            "course_folder.gradebook_refuses", student=student, reason=str(error)[:200]
        ) from error
    if is_sqlite:
        gradebook.db.remove()
        with gradebook.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sql("VACUUM"))
