"""Everything about one person, listed and erased: folders, rows of the gradebook, journals, logs."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alliances.desk.forgetting_rows import count_marks, erase_rows
from alliances.desk.learners import check_student
from alliances.errors import EnvironmentFault
from alliances_grader.course_manifest import Course
from alliances_grader.journal import JOURNAL_FOLDER, forget_in_journals
from alliances_grader.run_lock import RunLock

__all__ = ["Erased", "Holdings", "erase", "list_holdings"]

_NOBODYS: Final = frozenset({"source", "release"})
"""Folders whose folders are assignments: one that is called like a person is not theirs."""
_PRIVATE: Final = ".alliances"
_LOG_NAMES: Final = (".nbgrader.log", "*.log", "logs/*.log", "logs/*/*.log", f"{_PRIVATE}/*.log")
_PIECE: Final = 1 << 20
_MOST_NAMED: Final = 20


@dataclass(frozen=True)
class Holdings:
    """What the course holds about one person.

    Attributes:
        student: the code.
        folders: folders of theirs, with their number of files.
        assignments: those with rows in the gradebook.
        in_gradebook: whether the gradebook knows the person, with marks or without.
        journals: verdicts in the journals of grading.
        logs: technical logs that name the person.
    """

    student: str
    folders: dict[Path, int]
    assignments: tuple[str, ...]
    in_gradebook: bool
    journals: int = 0
    logs: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.folders or self.in_gradebook or self.journals or self.logs)


@dataclass(frozen=True)
class Erased:
    """What was erased, and files of others that still hold the code, which a person should look at."""

    holdings: Holdings
    mentions: tuple[Path, ...] = ()


def list_holdings(course: Course, student: str) -> Holdings:
    """Return what the course holds about one person; nothing is changed.

    Raises:
        UsageError: the code cannot be one.
        AlliancesError: the gradebook's address is malformed.
        EnvironmentFault: the gradebook or a folder cannot be read.
    """
    check_student(student, ours=course.ours)
    folders = {folder: _count(folder) for folder in _folders_of(course.root, student)}
    marks = count_marks(course.root, student)
    logs = tuple(path for path in _logs(course.root) if _names(path, student))
    journals = _in_journals(course.root, student)
    return Holdings(student, folders, marks or (), marks is not None, journals, logs)


def erase(
    course: Course, student: str, *, wait: float = 0.0, tell: Callable[[str], None] | None = None
) -> Erased:
    """Erase everything about one person, and say what it was.

    The course's lock is held: a grading run under way would write the person's marks again. The gradebook
    comes first: a mark without its copy would be the harder one to notice. Logs that name the person go
    whole: what stands around a name in them may be the person's code.

    Raises:
        UsageError: the code cannot be one.
        AlliancesError: a grading run goes on.
        EnvironmentFault: something cannot be erased; run again, what is gone stays gone.
    """
    check_student(student, ours=course.ours)
    with RunLock(course.root).acquire(wait=wait, tell=tell):
        holdings = list_holdings(course, student)
        if holdings.in_gradebook:
            erase_rows(course.root, student)
        forget_in_journals(course.root, student)
        for path in (*holdings.folders, *holdings.logs):
            _remove(path)
        return Erased(holdings, _mentions(course.root, student))


def _folders_of(root: Path, student: str) -> Iterator[Path]:
    """Yield each folder or file called like the person, one or two levels down."""
    steps = [path for path in _folders_in(root) if path.name not in _NOBODYS]
    kept_beside = [path for step in steps for path in _folders_in(step) if path.name.startswith(".")]
    own = [path for step in steps if step.name == _PRIVATE for path in _folders_in(step)]
    for folder in (*steps, *kept_beside, *own):
        place = folder / student
        if os.path.lexists(place):
            yield place


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise _unreadable(folder, error) from error


def _count(place: Path) -> int:
    if place.is_symlink() or not place.is_dir():
        return 1
    return sum(len(files) for _, _, files in os.walk(place))


def _logs(root: Path) -> list[Path]:
    found = {path for pattern in _LOG_NAMES for path in root.glob(pattern)}
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _in_journals(root: Path, student: str) -> int:
    found = 0
    theirs = b'"student":' + json.dumps(student).encode()
    for path in (root / JOURNAL_FOLDER).glob("*.jsonl"):
        try:
            with path.open("rb") as file:
                found += sum(theirs in line for line in file)
        except OSError as error:
            raise _unreadable(path, error) from error
    return found


def _unreadable(path: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault("course_folder.cannot_read", path=path, reason=error.strerror or error)


def _remove(place: Path) -> None:
    try:
        if place.is_symlink() or not place.is_dir():
            place.unlink(missing_ok=True)
        else:
            shutil.rmtree(place)
    except OSError as error:
        raise EnvironmentFault(
            "course_folder.cannot_erase", path=place, reason=error.strerror or error
        ) from error


def _mentions(root: Path, student: str) -> tuple[Path, ...]:
    """Return files that still hold the code as a word: another's copy may have been taken from this one."""
    found: list[Path] = []
    for folder, inner, names in os.walk(root):
        if Path(folder) == root:
            inner[:] = [name for name in inner if name not in _NOBODYS]
        paths = (Path(folder) / name for name in names)
        found += [p for p in paths if p.is_file() and not p.is_symlink() and _may_name(p, student)]
    return tuple(sorted(found)[:_MOST_NAMED])


def _may_name(path: Path, student: str) -> bool:
    try:
        return _names(path, student)
    except EnvironmentFault:
        # What cannot be read is for a person to look at.
        return True


def _names(path: Path, student: str) -> bool:
    """Say whether a file holds the code as a word of its own."""
    word, rest = _word(student), b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if word.search(rest + piece):
                    return True
                rest = piece[-len(student.encode()) - 2 :]
    except OSError as error:
        raise _unreadable(path, error) from error
    return False


def _word(student: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![A-Za-z0-9_-])" + re.escape(student.encode()) + rb"(?![A-Za-z0-9_-])")
