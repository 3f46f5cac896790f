"""Copies taken from a folder or a zip, as bytes: nothing is followed or unpacked, everything is bounded.

The layout is ``<learner>/<slug>_<door>/answers.json`` (and the notebook, by the code door), with at most one
folder around it; or, at the top, files as the form door's page downloads them (``intake_flat``). What is not
shaped so is passed over; what is dangerous is refused with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import read_timestamp, shown, wanted_files
from alliances.desk.intake_folder import copies_of_folder
from alliances.desk.intake_types import LIMITS, Found, Limits
from alliances.desk.intake_zip import copies_of_zip
from alliances.errors import AlliancesError

__all__ = ["LIMITS", "Limits", "RawCopy", "Refused", "take_in"]

_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class RawCopy:
    """One copy as received: bytes by file name. ``handed_in`` is UTC; ``passed_over`` names other files."""

    learner: str
    assignment: str
    files: dict[str, bytes]
    handed_in: datetime
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """One copy that is not taken, and why."""

    learner: str
    assignment: str
    reason: AlliancesError


def take_in(source: Path, limits: Limits = LIMITS) -> Iterator[RawCopy | Refused]:
    """Yield the copies in a folder or a zip, by learner and assignment.

    Raises:
        AlliancesError: the source as a whole is refused: not there, no zip, a path that leaves it, too many
            or too big files.
        EnvironmentFault: it cannot be read.
    """
    if source.is_dir():
        # A whole work folder holds drafts too: only what was handed in is collected from it.
        drop = source / "handin"
        copies: Iterable[Found] = copies_of_folder(drop if drop.is_dir() else source, limits)
    elif source.is_file():
        copies = copies_of_zip(source, limits)
    else:
        raise AlliancesError("course_folder.no_source", path=source)
    for found in copies:
        yield _read(found, limits)


def _read(found: Found, limits: Limits) -> RawCopy | Refused:
    if found.problem is not None:
        return Refused(found.learner, found.assignment, found.problem)
    files: dict[str, bytes] = {}
    times: list[datetime] = []
    sizes = wanted_files(found.assignment)
    for name, reader in found.files.items():
        try:
            content, changed = reader(getattr(limits, sizes[name]))
        except AlliancesError as error:
            # A file that cannot be read is this copy's trouble: a link put in its place, a right withdrawn.
            return Refused(found.learner, found.assignment, error)
        files[name] = content
        times.append(changed)
    stamp = files.pop("timestamp.txt", b"")
    if not files.keys() - {"receipt.json"}:
        problem = AlliancesError("course_folder.empty_copy", name=found.assignment)
        return Refused(found.learner, found.assignment, problem)
    passed_over = tuple(shown(name) for name in sorted(found.passed_over))
    return RawCopy(found.learner, found.assignment, files, _handed_in(stamp, times), passed_over)


def _handed_in(stamp: bytes, times: list[datetime]) -> datetime:
    now = datetime.now(UTC)
    said = read_timestamp(stamp)
    # A time to come is nobody's time of handing in.
    return said if said is not None and said <= now + _SKEW else min(max(times), now)
