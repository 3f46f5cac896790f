"""Copies into ``submitted/``, as nbgrader wants them: newer ones replace older ones, older ones are kept.

``submitted/.received/`` keeps each copy's files byte for byte, ``submitted/.previous/`` the copies they
replaced; nbgrader looks into neither.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import shown
from alliances.desk.intake import LIMITS, Limits, RawCopy, Refused, take_in
from alliances.desk.learners import check_learner
from alliances.desk.receipts import RECEIPT, receipt_trouble
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_fault, write_safely
from alliances_grader.course_manifest import Course
from alliances_grader.files import write_notebook
from alliances_grader.flags import Flag
from alliances_grader.pipeline import merge_copy

__all__ = ["Collected", "Collection", "collect"]

_STAMP: Final = "timestamp.txt"
_FORMAT: Final = "%Y-%m-%d %H:%M:%S.%f UTC"


@dataclass(frozen=True)
class Collected:
    """One copy taken. ``state`` is ``new``, ``newer``, ``unchanged`` or ``older`` (the one here stays)."""

    learner: str
    assignment: str
    state: str
    handed_in: datetime
    flags: tuple[Flag, ...] = ()
    passed_over: tuple[str, ...] = ()


@dataclass
class Collection:
    """What came of a collection."""

    taken: list[Collected] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def collect(
    course: Course,
    source: Path,
    limits: Limits = LIMITS,
    progress: Callable[[Collected | Refused], None] = lambda _copy: None,
) -> Collection:
    """Take every copy of a folder or zip into the course; a bad one is reported and stops no other.

    Raises:
        AlliancesError: the source as a whole is refused.
        EnvironmentFault: the course's folder cannot be written, or the disk is full; what was there stays.
    """
    result = Collection()
    for copy in take_in(source, limits):
        taken = copy if isinstance(copy, Refused) else _take(course, copy)
        if isinstance(taken, Refused):
            result.refused.append(taken)
        else:
            result.taken.append(taken)
        progress(taken)
    return result


def _take(course: Course, copy: RawCopy) -> Collected | Refused:
    try:
        _check(course, copy)
        return _put(course, copy)
    except EnvironmentFault:
        raise
    except AlliancesError as error:
        path = error.values.get("path")
        if isinstance(path, Path):
            # The trainer knows the file by where it was handed in, not by where it was put for reading.
            error.values["path"] = Path(copy.learner, copy.assignment, path.name)
        return Refused(copy.learner, copy.assignment, error)


def _check(course: Course, copy: RawCopy) -> None:
    check_learner(copy.learner)
    if not (course.root / "release" / copy.assignment).is_dir():
        known = ", ".join(course.assignments()) or "–"
        raise AlliancesError("course_folder.unknown_assignment", name=copy.assignment, known=known)


def _put(course: Course, copy: RawCopy) -> Collected:
    submitted = course.root / "submitted"
    place = Path(copy.learner) / copy.assignment
    received = submitted / ".received" / place
    target = submitted / place
    state = _state(copy, received, target)
    if state in {"unchanged", "older"}:
        return Collected(copy.learner, copy.assignment, state, copy.handed_in, (), copy.passed_over)
    arriving = submitted / ".arriving" / place
    try:
        shutil.rmtree(arriving, ignore_errors=True)
        for name, content in copy.files.items():
            write_safely(arriving / name, content)
        # Merging reads the answers, so a half-written copy is refused before anything here changes.
        notebook, flags = merge_copy(course, copy.assignment, arriving)
        flags += _receipt_flags(copy)
        _write_ready(copy, arriving, notebook)
        if target.exists():
            _set_aside(submitted, place, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        arriving.rename(target)
        for name, content in copy.files.items():
            write_safely(received / name, content)
    except OSError as error:
        raise write_fault(target, error) from error
    finally:
        shutil.rmtree(submitted / ".arriving", ignore_errors=True)
    return Collected(copy.learner, copy.assignment, state, copy.handed_in, tuple(flags), copy.passed_over)


def _receipt_flags(copy: RawCopy) -> list[Flag]:
    """Say where a copy's receipt, if it has one, does not agree with its files: it is taken all the same."""
    if RECEIPT not in copy.files:
        return []
    wrong = receipt_trouble(copy.files[RECEIPT], copy.files)
    return [Flag("receipt_mismatch", {"files": shown(wrong)})] if wrong else []


def _write_ready(copy: RawCopy, folder: Path, notebook: object) -> None:
    """Leave in ``folder`` what nbgrader and the grader read: one answers file, one notebook, one time."""
    from alliances.questions.answers import read_answers, write_answers

    answers = folder / "answers.json"
    if answers.exists() or (folder / "answers.json.previous").exists():
        file = read_answers(answers)
        if file.recovered:
            write_answers(answers, file)
    # The receipt is of the files as received, which are kept beside: here they have just been merged.
    for name in ("answers.json.previous", RECEIPT):
        (folder / name).unlink(missing_ok=True)
    write_notebook(folder / f"{copy.assignment}.ipynb", notebook)
    write_safely(folder / _STAMP, copy.handed_in.strftime(_FORMAT).encode())


def _state(copy: RawCopy, received: Path, target: Path) -> str:
    if not target.exists():
        return "new"
    # The same work handed in again has another time, and so another receipt.
    work = {name: content for name, content in copy.files.items() if name != RECEIPT}
    if all(_holds(received / name, content) for name, content in work.items()):
        return "unchanged"
    return "older" if copy.handed_in < _time_of(target) else "newer"


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _time_of(folder: Path) -> datetime:
    try:
        said = (folder / _STAMP).read_text(encoding="utf-8").strip()
        return datetime.strptime(said, _FORMAT).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _set_aside(submitted: Path, place: Path, target: Path) -> None:
    """Move the copy that is replaced, and what was received for it, under ``.previous``."""
    stamp = _time_of(target).strftime("%Y%m%dT%H%M%S%f")
    kept = submitted / ".previous" / place / stamp
    number = 1
    while kept.exists():
        kept = kept.with_name(f"{stamp}-{number}")
        number += 1
    kept.parent.mkdir(parents=True, exist_ok=True)
    target.rename(kept)
    received = submitted / ".received" / place
    if received.exists():
        received.rename(kept / "received")
