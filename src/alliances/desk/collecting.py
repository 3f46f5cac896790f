"""Copies into ``submitted/``, as nbgrader wants them: newer ones replace older ones, every one is kept.

``submitted/.received/`` keeps each copy's files byte for byte, ``submitted/.previous/`` the copies they
replaced and those that came after a newer one; nbgrader looks into neither. The course's lock is held
meanwhile: a grading run never reads half a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import shown
from alliances.desk.intake import LIMITS, Known, Limits, RawCopy, Refused, Wish, take_in
from alliances.desk.intake_types import folded
from alliances.desk.learners import DEFAULT_LEARNER, check_student
from alliances.desk.receipts import RECEIPT, receipt_trouble
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_fault, write_safely
from alliances_grader.course_manifest import Course
from alliances_grader.files import write_notebook
from alliances_grader.flags import Flag
from alliances_grader.merge_files import merge_copy
from alliances_grader.run_lock import RunLock

__all__ = ["Collected", "Collection", "collect", "known_of"]

_STAMP: Final = "timestamp.txt"
_FORMAT: Final = "%Y-%m-%d %H:%M:%S.%f UTC"
_OF_ONE_TIME: Final = frozenset({RECEIPT, "submission_secret.txt"})
_BY_PLATFORM: Final = frozenset({"exchange", "moodle"})
"""Origins that say by themselves whose a copy is, whatever code stands in it."""


@dataclass(frozen=True)
class Collected:
    """One copy taken.

    Attributes:
        learner: code.
        assignment: nbgrader's name of it.
        state: ``new``, ``newer``, ``unchanged`` or ``older`` (kept aside, the one in the course stays).
        handed_in: UTC.
        flags: what a person should know.
        passed_over: names of files that are no part of it.
        origin: as in ``RawCopy``.
        participant: Moodle's number.
    """

    learner: str
    assignment: str
    state: str
    handed_in: datetime
    flags: tuple[Flag, ...] = ()
    passed_over: tuple[str, ...] = ()
    origin: str = "folder"
    participant: str = ""


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
    *,
    wish: Wish = Wish(),  # noqa: B008 - frozen
) -> Collection:
    """Take every copy of a source into the course; a bad one is reported and stops no other.

    Args:
        course: where to.
        source: folder or zip, in one of the layouts of ``intake``.
        limits: how much is taken.
        progress: called with each copy.
        wish: assignment and codes that the trainer named, and how long to wait for a grading run.

    Raises:
        AlliancesError: the source as a whole is refused, or a grading run goes on.
        EnvironmentFault: the course's folder cannot be written, or the disk is full; what was there stays.
    """
    known = known_of(course)
    if wish.assignment and wish.assignment not in known.notebooks:
        raise _unknown(course, wish.assignment)
    _refuse_own(course, source)
    result = Collection()
    with RunLock(course.root).acquire(wait=wish.wait, tell=wish.tell):
        learners = {folded(path.name): path.name for path in (course.root / "submitted").glob("[!.]*")}
        for copy in take_in(source, known, limits, wish, lambda: _course_id(course)):
            taken = copy if isinstance(copy, Refused) else _take(course, known, copy, learners)
            if isinstance(taken, Refused):
                result.refused.append(taken)
            else:
                result.taken.append(taken)
            progress(taken)
    return result


def known_of(course: Course) -> Known:
    """Return what a course can take, by what it has released."""
    folders = [path for path in (course.root / "release").glob("*") if path.is_dir()]
    notebooks = {path.name: frozenset(book.name for book in path.glob("*.ipynb")) for path in folders}
    return Known(notebooks, frozenset(name for name in notebooks if course.exercise_of(name) is not None))


def _course_id(course: Course) -> str:
    from alliances_grader.gradebook_address import gradebook_address

    return gradebook_address(course.root)[1]


def _refuse_own(course: Course, source: Path) -> None:
    own = course.root.resolve()
    if source.resolve() in {own, own / "submitted"}:
        raise AlliancesError("intake.own_folder", path=source)


def _take(course: Course, known: Known, copy: RawCopy, learners: dict[str, str]) -> Collected | Refused:
    try:
        _check(course, known, copy, learners)
        return _put(course, known, copy)
    except EnvironmentFault:
        raise
    except AlliancesError as error:
        path = error.values.get("path")
        if isinstance(path, Path):
            # The trainer knows the file by where it was handed in, not by where it was put for reading.
            error.values["path"] = Path(copy.learner, copy.assignment, path.name)
        return Refused(copy.learner, copy.assignment, error)


def _check(course: Course, known: Known, copy: RawCopy, learners: dict[str, str]) -> None:
    check_student(copy.learner, ours=course.ours)
    if copy.assignment not in known.notebooks:
        raise _unknown(course, copy.assignment)
    other = learners.setdefault(folded(copy.learner), copy.learner)
    if other != copy.learner:
        raise AlliancesError("intake.case_collision", code=copy.learner, other=other)


def _unknown(course: Course, name: str) -> AlliancesError:
    known = ", ".join(course.assignments()) or "–"
    return AlliancesError("course_folder.unknown_assignment", name=name, known=known)


def _put(course: Course, known: Known, copy: RawCopy) -> Collected:
    submitted = course.root / "submitted"
    place = Path(copy.learner) / copy.assignment
    received = submitted / ".received" / place
    target = submitted / place
    state = _state(copy, submitted, place)
    if state == "unchanged":
        return _collected(copy, state)
    arriving = submitted / ".arriving" / place
    try:
        shutil.rmtree(arriving, ignore_errors=True)
        for name, content in copy.files.items():
            write_safely(arriving / name, content)
        if state == "older":
            _keep_older(copy, arriving, submitted / ".previous" / place)
            return _collected(copy, state)
        flags = _make_ready(course, known, copy, arriving)
        _set_aside(submitted, place, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        arriving.rename(target)
        for name, content in copy.files.items():
            write_safely(received / name, content)
    except OSError as error:
        raise write_fault(target, error) from error
    finally:
        shutil.rmtree(submitted / ".arriving", ignore_errors=True)
    return _collected(copy, state, flags)


def _collected(copy: RawCopy, state: str, flags: tuple[Flag, ...] = ()) -> Collected:
    return Collected(
        copy.learner,
        copy.assignment,
        state,
        copy.handed_in,
        flags,
        copy.passed_over,
        copy.origin,
        copy.participant,
    )


def _make_ready(course: Course, known: Known, copy: RawCopy, folder: Path) -> tuple[Flag, ...]:
    """Leave in ``folder`` what nbgrader and the grader read, and return what was noticed."""
    flags: list[Flag] = []
    if copy.assignment in known.ours:
        # Merging reads the answers, so a half-written copy is refused before anything here changes.
        notebook, flags = merge_copy(course, copy.assignment, folder)
        flags = [flag for flag in flags if not _expected(flag, copy)]
        flags += _receipt_flags(copy)
        _write_answers(copy, folder)
        write_notebook(folder / f"{copy.assignment}.ipynb", notebook)
    write_safely(folder / _STAMP, copy.handed_in.strftime(_FORMAT).encode())
    return tuple(flags)


def _expected(flag: Flag, copy: RawCopy) -> bool:
    """Say whether a flag is no news: a page that nobody gave a code writes its own into the file."""
    return (
        flag.key == "learner_differs"
        and copy.origin in _BY_PLATFORM
        and flag.values.get("found") == DEFAULT_LEARNER
    )


def _receipt_flags(copy: RawCopy) -> list[Flag]:
    """Say where a copy's receipt, if it has one, does not agree with its files: it is taken all the same."""
    if RECEIPT not in copy.files:
        return []
    wrong = receipt_trouble(copy.files[RECEIPT], copy.files)
    return [Flag("receipt_mismatch", {"files": shown(wrong)})] if wrong else []


def _write_answers(copy: RawCopy, folder: Path) -> None:
    """Leave one answers file, whole, under the code that the platform vouches for."""
    from alliances.questions.answers import read_answers, write_answers

    answers = folder / "answers.json"
    if answers.exists() or (folder / "answers.json.previous").exists():
        file = read_answers(answers)
        readdressed = copy.origin in _BY_PLATFORM and file.intact and file.learner != copy.learner
        if readdressed:
            file = replace(file, learner=copy.learner)
        if file.recovered or readdressed:
            write_answers(answers, file)
    # The receipt is of the files as received, which are kept beside: here they have just been merged.
    for name in ("answers.json.previous", RECEIPT):
        (folder / name).unlink(missing_ok=True)


def _state(copy: RawCopy, submitted: Path, place: Path) -> str:
    target = submitted / place
    if not target.exists():
        return "new"
    if _holds_all(submitted / ".received" / place, copy):
        return "unchanged"
    if copy.handed_in >= _time_of(target):
        return "newer"
    kept = (submitted / ".previous" / place).glob("*/received")
    return "unchanged" if any(_holds_all(folder, copy) for folder in kept) else "older"


def _holds_all(folder: Path, copy: RawCopy) -> bool:
    # The same work handed in again has another time, and so another receipt and another secret.
    work = {name: content for name, content in copy.files.items() if name not in _OF_ONE_TIME}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return names - _OF_ONE_TIME == work.keys() and all(
        _holds(folder / name, content) for name, content in work.items()
    )


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _time_of(folder: Path) -> datetime:
    try:
        said = (folder / _STAMP).read_text(encoding="utf-8").strip()
        return datetime.strptime(said, _FORMAT).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _keep_older(copy: RawCopy, arriving: Path, previous: Path) -> None:
    """Keep a copy that came after a newer one, as it was received."""
    kept = _free(previous, copy.handed_in)
    kept.mkdir(parents=True)
    arriving.rename(kept / "received")
    write_safely(kept / _STAMP, copy.handed_in.strftime(_FORMAT).encode())


def _set_aside(submitted: Path, place: Path, target: Path) -> None:
    """Move the copy that is replaced, and what was received for it, under ``.previous``."""
    received = submitted / ".received" / place
    present = [path for path in (target, received) if path.exists()]
    if not present:
        return
    kept = _free(submitted / ".previous" / place, _time_of(present[0]))
    kept.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(kept)
    if received.exists():
        kept.mkdir(exist_ok=True)
        received.rename(kept / "received")


def _free(folder: Path, moment: datetime) -> Path:
    stamp = moment.strftime("%Y%m%dT%H%M%S%f")
    kept = folder / stamp
    number = 1
    while kept.exists():
        kept = folder / f"{stamp}-{number}"
        number += 1
    return kept
