"""Copies taken from a folder or a zip, as bytes: nothing is followed or unpacked, everything is bounded.

Each file is looked at by its path, and the first way of handing in that knows such a path has it:

=================  ==================================================================================
exchange           ``[exchange/course/]inbound/<student>+<assignment>+<time>[+<random>]/…``
Moodle             ``<name>_<number>_assignsubmission_file_/…``, or the same without a folder
folder             ``[folder/]<learner>/<assignment>/…``: the room's drop, nbgrader's ``submitted``
loose              ``<slug>_form….json`` at the top, as the form door's page downloads it
=================  ==================================================================================

What is shaped otherwise is passed over; what is dangerous is refused with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import is_odd_name, place_of, read_timestamp, shown, wanted_files
from alliances.desk.intake_exchange import exchange_copies, inbound_of, is_exchange_path
from alliances.desk.intake_flat import flat_copies, is_flat_name
from alliances.desk.intake_folder import folder_entries
from alliances.desk.intake_learners import Roster
from alliances.desk.intake_moodle import is_moodle_path, moodle_copies
from alliances.desk.intake_types import LIMITS, Entry, Found, Known, Limits, folded
from alliances.desk.intake_zip import zip_entries
from alliances.errors import AlliancesError, EnvironmentFault

__all__ = ["LIMITS", "Known", "Limits", "RawCopy", "Refused", "Wish", "take_in"]

_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Wish:
    """What the trainer said about a source.

    Attributes:
        assignment: the only one that is taken, and that of copies that do not say it; empty for all.
        roster: codes of people.
        wait: seconds to wait for the end of a grading run.
        tell: called once with a sentence when waiting begins.
    """

    assignment: str = ""
    roster: Roster | None = None
    wait: float = 0.0
    tell: Callable[[str], None] | None = None


@dataclass(frozen=True)
class RawCopy:
    """One copy as received: bytes by file name.

    Attributes:
        learner: code.
        assignment: nbgrader's name of it.
        files: content by name, ``/`` between folders.
        handed_in: UTC.
        passed_over: names of other files.
        origin: ``folder``, ``loose``, ``exchange`` or ``moodle``.
        participant: Moodle's number.
    """

    learner: str
    assignment: str
    files: dict[str, bytes]
    handed_in: datetime
    passed_over: tuple[str, ...] = ()
    origin: str = "folder"
    participant: str = ""


@dataclass(frozen=True)
class Refused:
    """One copy that is not taken, and why."""

    learner: str
    assignment: str
    reason: AlliancesError


def take_in(
    source: Path,
    known: Known,
    limits: Limits = LIMITS,
    wish: Wish = Wish(),
    course_id: Callable[[], str] = lambda: "",
) -> Iterator[RawCopy | Refused]:
    """Yield the copies in a folder or a zip, by learner and assignment, a learner's newest first.

    Args:
        source: folder or zip.
        known: what the course can take.
        limits: how much is taken.
        wish: what the trainer said.
        course_id: gives nbgrader's id of the course, asked for only where an exchange holds several.

    Raises:
        AlliancesError: the source as a whole is refused: not there, no zip, a path that leaves it, too many
            or too big files, an exchange of other courses.
        EnvironmentFault: it cannot be read.
    """
    with _entries(source, limits, course_id) as entries:
        for found in _copies(entries, known, limits, wish):
            yield _read(found, limits, wish)


@contextmanager
def _entries(source: Path, limits: Limits, course_id: Callable[[], str]) -> Iterator[list[Entry]]:
    if source.is_dir():
        yield folder_entries(_narrowed(source, course_id), limits)
    elif source.is_file():
        try:
            stream = source.open("rb")
        except OSError as error:
            raise EnvironmentFault(
                "course_folder.cannot_read", path=source, reason=error.strerror or error
            ) from error
        with stream, zip_entries(stream, source, limits, limits.entries) as entries:
            yield entries
    else:
        raise AlliancesError("course_folder.no_source", path=source)


def _narrowed(source: Path, course_id: Callable[[], str]) -> Path:
    """Return the part of a folder that holds what was handed in."""
    # A whole work folder holds drafts too, a whole course what was handed out and marked.
    if (source / "handin").is_dir():
        return source / "handin"
    if (source / "submitted").is_dir() and (source / "source").is_dir():
        return source / "submitted"
    return inbound_of(source, course_id) or source


def _copies(entries: list[Entry], known: Known, limits: Limits, wish: Wish) -> Iterator[Found]:
    exchange: list[Entry] = []
    moodle: list[Entry] = []
    loose: list[Entry] = []
    plain: dict[tuple[str, str], Found] = {}
    closed: list[Found] = []
    taken: set[str] = set()
    for entry in entries:
        place = place_of(entry.parts, known.notebooks)
        if is_exchange_path(entry.parts):
            exchange.append(_single(entry, taken))
        elif is_moodle_path(entry.parts):
            moodle.append(entry)
        elif place is not None:
            learner, assignment, name = place
            copy = plain.setdefault((learner, assignment), Found(learner, assignment))
            copy.whole = assignment in known.notebooks and assignment not in known.ours
            copy.add(name, entry.reader, _single(entry, taken).problem)
        elif entry.closed:
            closed.append(Found(shown("/".join(entry.parts[:-1])), wish.assignment, problem=entry.problem))
        elif is_flat_name(entry.parts):
            loose.append(entry)
    structured = chain(
        closed,
        (copy for _, copy in sorted(plain.items())),
        exchange_copies(exchange, known),
        flat_copies(loose, limits),
    )
    yield from (copy for copy in structured if wish.assignment in {"", copy.assignment})
    yield from moodle_copies(moodle, known, limits, wish.roster, wish.assignment)


def _single(entry: Entry, taken: set[str]) -> Entry:
    """Return the entry, with a reason to refuse it when another has its path, but for case and accents."""
    path = folded("/".join(entry.parts))
    if path not in taken:
        taken.add(path)
        return entry
    twin = AlliancesError("course_folder.twice", name=shown(entry.parts[-1]))
    return replace(entry, problem=entry.problem or twin)


def _read(found: Found, limits: Limits, wish: Wish) -> RawCopy | Refused:
    try:
        return _read_files(found, limits, wish)
    except AlliancesError as error:
        # A file that cannot be read is this copy's trouble: a link put in its place, a right withdrawn.
        return Refused(found.learner, found.assignment, error)


def _read_files(found: Found, limits: Limits, wish: Wish) -> RawCopy:
    if found.problem is not None:
        raise found.problem
    learner = found.learner
    if wish.roster is not None and found.origin != "moodle":
        learner = wish.roster.code_of(learner)
    files: dict[str, bytes] = {}
    times: list[datetime] = []
    sizes = {} if found.whole else wanted_files(found.assignment)
    _check_names(found, limits)
    left = limits.copy
    for name, reader in found.files.items():
        content, changed = reader(min(left, getattr(limits, sizes.get(name, "notebook"))))
        left -= len(content)
        files[name] = content
        times.append(changed)
    stamp = files.pop("timestamp.txt", b"")
    if not files.keys() - {"receipt.json", "submission_secret.txt"}:
        raise AlliancesError("course_folder.empty_copy", name=found.assignment)
    passed_over = tuple(shown(name) for name in sorted(found.passed_over))
    time = _handed_in(read_timestamp(stamp), found.said, min(max(times), datetime.now(UTC)))
    return RawCopy(learner, found.assignment, files, time, passed_over, found.origin, found.participant)


def _check_names(found: Found, limits: Limits) -> None:
    if len(found.files) > limits.files:
        raise AlliancesError("intake.too_many_in_copy", limit=limits.files)
    for name in found.files:
        if any(is_odd_name(part) for part in name.split("/")):
            raise AlliancesError("course_folder.odd_name", name=shown(name))


def _handed_in(stamp: datetime | None, said: datetime | None, changed: datetime) -> datetime:
    latest = datetime.now(UTC) + _SKEW
    # A time to come is nobody's time of handing in.
    return next((time for time in (stamp, said) if time is not None and time <= latest), changed)
