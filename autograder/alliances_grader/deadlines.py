"""When a copy came, how late that is, and what it costs: rules S30 to S32, as nbgrader 0.9.6 counts.

Times are UTC without zone, as nbgrader keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances_grader.restore_cells import shown
from alliances_grader.scoring import cell_total
from alliances_grader.verdicts import CellVerdict, Finding

__all__ = [
    "LATE_METHODS",
    "LateMethod",
    "final_score",
    "late_method",
    "late_penalty",
    "late_seconds",
    "notebook_score",
    "parse_timestamp",
]

LateMethod = Callable[[str, float, float], float | None]
"""nbgrader's ``late_submission_penalty``: student, score and seconds late to a penalty or None."""

_MAX_TIMESTAMP: Final = 200
_PARTS_WITH_ZONE: Final = 3


def parse_timestamp(written: str) -> tuple[datetime | None, tuple[Finding, ...]]:
    """Return the time in a ``timestamp.txt``, ``None`` when there is none or it cannot be read.

    nbgrader's own form is ``2015-02-02 15:58:23.948203 UTC``; it reads whatever ``dateutil`` does, and stops
    the run on the rest.
    """
    text = written.strip() if len(written) <= _MAX_TIMESTAMP else written
    if not text:
        return None, ()
    if len(text) > _MAX_TIMESTAMP:
        return None, (Finding("timestamp_unreadable", values={"found": shown(text)}),)
    try:
        return _utc(text), ()
    except (ValueError, OverflowError, TypeError):
        return None, (Finding("timestamp_unreadable", values={"found": shown(text)}),)


def _utc(text: str) -> datetime:
    from dateutil import parser, tz  # type: ignore[import-untyped]

    found: datetime
    words = text.split(" ")
    if len(words) == _PARTS_WITH_ZONE:
        zone: Any
        try:
            zone = int(words[2])
        except ValueError:
            zone = tz.gettz(words[2])
        found = parser.parse(" ".join([*words[:2], "TZ"]), tzinfos={"TZ": zone})
    else:
        found = parser.parse(text)
    offset = found.utcoffset() if found.tzinfo is not None else None
    return found if offset is None else (found - offset).replace(tzinfo=None)


def late_seconds(
    timestamp: datetime | None, duedate: datetime | None, extension: timedelta | None = None
) -> float:
    """Return how many seconds after its due date, extension included, a copy came; 0 without either (S30)."""
    if timestamp is None or duedate is None:
        return 0.0
    return max(0.0, (timestamp - (duedate + (extension or timedelta()))).total_seconds())


def _no_penalty(_student: str, _score: float, _seconds: float) -> float | None:
    return None


def _whole_score(_student: str, score: float, _seconds: float) -> float | None:
    return score


LATE_METHODS: Final[Mapping[str, LateMethod]] = {"none": _no_penalty, "zero": _whole_score}
"""nbgrader's ``LateSubmissionPlugin.penalty_method``."""


def late_method(name: str) -> LateMethod:
    """Return one of nbgrader's own methods by its name.

    Raises:
        AlliancesError: nbgrader has no method of that name.
    """
    if name not in LATE_METHODS:
        raise AlliancesError("grading_findings.late_method", found=name, known=", ".join(LATE_METHODS))
    return LATE_METHODS[name]


def notebook_score(
    verdicts: Iterable[CellVerdict],
    given: Mapping[str, tuple[float | None, float | None]] | None = None,
) -> float:
    """Return a notebook's score: its cells' totals, with what persons gave before.

    Args:
        verdicts: of one notebook.
        given: by ``grade_id`` the manual score and the extra credit that the gradebook holds.
    """
    marks = given or {}
    return sum(
        cell_total(verdict.auto_score, *marks.get(verdict.grade_id, (None, None)))
        for verdict in verdicts
        if verdict.kind != "solution"
    )


def late_penalty(method: LateMethod, student: str, score: float, seconds: float) -> float | None:
    """Return the penalty of one notebook, within [0, ``score``]; ``None`` when none is set (S31).

    nbgrader asks only when the copy is late, and forgets the penalty of an earlier grading first.
    """
    if not seconds > 0:
        return None
    penalty = method(student, score, seconds)
    if penalty is None:
        return None
    return 0.0 if penalty < 0 else min(penalty, score)


def final_score(score: float, penalty: float | None) -> float:
    """Return what the export says: the score less the penalty, never below 0 (S32)."""
    return max(0.0, score - (penalty or 0.0))
