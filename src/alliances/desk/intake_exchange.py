"""Copies in nbgrader's exchange: ``[<course>/]inbound/<student>+<assignment>+<time>[+<random>]/…``.

The names are those that ``nbgrader submit`` writes (``nbgrader/exchange/default/submit.py``, 0.9.6; older
versions had no random end). Every time of handing in is a copy of its own. Who owns the folders is not looked
at: on many systems all belong to one account, and nbgrader itself only warns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import read_timestamp, shown
from alliances.desk.intake_types import Entry, Found, Known
from alliances.errors import AlliancesError

__all__ = ["exchange_copies", "inbound_of", "is_exchange_path"]

INBOUND: Final = "inbound"
_MOST_PARTS: Final = 3
_BEFORE_TIME: Final = 2
_SHORTEST_TIME: Final = 16
"""Characters: a random end, which has 12, is never read as a time."""


@dataclass(frozen=True)
class _HandedIn:
    """What the name of one handed-in folder says."""

    student: str
    assignment: str
    time: datetime


def inbound_of(source: Path, course_id: Callable[[], str]) -> Path | None:
    """Return the ``inbound`` folder of the exchange that ``source`` is in some way, ``None`` if it is none.

    Raises:
        AlliancesError: it is an exchange of several courses, and this one's id is none of them.
    """
    if source.name == INBOUND:
        return source
    if (source / INBOUND).is_dir():
        return source / INBOUND
    try:
        courses = {path.parent.name: path for path in source.glob(f"*/{INBOUND}") if path.is_dir()}
    except OSError:
        return None
    if not courses:
        return None
    wanted = course_id()
    if wanted in courses:
        return courses[wanted]
    raise AlliancesError(
        "intake.other_courses", path=source, course=wanted, names=", ".join(shown(n) for n in sorted(courses))
    )


def is_exchange_path(parts: tuple[str, ...]) -> bool:
    """Say whether a path lies in a folder that ``nbgrader submit`` named."""
    return _split(parts) is not None


def exchange_copies(entries: Iterable[Entry], known: Known) -> list[Found]:
    """Return the copies, by learner and assignment, the newest first.

    Raises:
        AlliancesError: they lie in the exchanges of several courses.
    """
    copies: dict[str, tuple[_HandedIn, Found]] = {}
    for entry in entries:
        place = _split(entry.parts)
        if place is None:
            continue
        handed, folder, rest = place
        if folder not in copies:
            found = Found(handed.student, handed.assignment, "exchange", said=handed.time)
            found.whole = handed.assignment not in known.ours
            copies[folder] = (handed, found)
        copies[folder][1].add("/".join(rest), entry.reader, entry.problem)
    inbounds = sorted({folder.rpartition("/")[0] for folder in copies})
    if len(inbounds) > 1:
        raise AlliancesError("intake.several_courses", names=", ".join(shown(name) for name in inbounds[:8]))
    order = sorted(copies.values(), key=lambda pair: pair[0].time, reverse=True)
    order.sort(key=lambda pair: (pair[0].student, pair[0].assignment))
    return [found for _, found in order]


def _split(parts: tuple[str, ...]) -> tuple[_HandedIn, str, tuple[str, ...]] | None:
    for number, part in enumerate(parts[:_MOST_PARTS]):
        handed = _read_name(part)
        if handed is not None and parts[number + 1 :]:
            return handed, "/".join(parts[: number + 1]), parts[number + 1 :]
    return None


def _read_name(name: str) -> _HandedIn | None:
    """Read a folder's name from its end: a student's name may hold a ``+`` too, a time only within itself."""
    words = name.split("+")
    # The last word may be the random one; a zone such as +0100 would be cut in two, and is put together.
    for end in (len(words), len(words) - 1):
        for start in (end - 1, end - 2):
            said = "+".join(words[start:end]) if start >= _BEFORE_TIME else ""
            time = read_timestamp(said.encode()) if len(said) >= _SHORTEST_TIME else None
            if time is not None:
                student, assignment = "+".join(words[: start - 1]), words[start - 1]
                return _HandedIn(student, assignment, time)
    return None
