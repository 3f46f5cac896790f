"""Marks of a course, a row a learner and exercise, both doors merged; as CSV that no spreadsheet executes.

When a learner handed in by both doors, the better result counts (the later copy when they are equal) and the
row says so: doors are not ranked against each other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from alliances.desk.copies_asked import learners_of
from alliances_grader.course_manifest import Course, split_assignment
from alliances_grader.nbgrader_api import NBGRADER
from alliances_grader.receipts_graded import Receipt, read_receipt
from alliances_grader.results import CopyResult
from alliances_grader.results_sql import notebook_results
from alliances_grader.results_whole import whole_copies

__all__ = ["MarkRow", "collect_marks", "marks_csv"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class MarkRow:
    """One learner's marks in one exercise.

    ``points`` are after the late penalty; ``auto_points + person_points`` are before it. ``None`` means that
    the copy was handed in and not graded yet. ``to_mark`` counts cells that wait for a person; ``handed_in``
    is UTC, ISO 8601; ``both_doors`` says that the learner also handed in by the other door.
    """

    learner: str
    exercise: str
    door: str
    both_doors: bool
    auto_points: float | None
    person_points: float | None
    points: float | None
    max_points: float | None
    late_penalty: float | None
    to_mark: int | None
    handed_in: str
    mode: str
    sandbox: str


def collect_marks(course: Course) -> list[MarkRow]:
    """Return the rows of a course, by exercise then learner.

    Raises:
        AlliancesError: the gradebook cannot be opened.
    """
    copies: dict[tuple[str, str], list[MarkRow]] = {}
    for name in course.assignments():
        results = whole_copies(notebook_results(course.root, name))
        for learner in learners_of(course, name):
            row = _row(course, name, learner, results.get(learner))
            copies.setdefault((row.exercise, learner), []).append(row)
    return [_merged(rows) for _, rows in sorted(copies.items())]


def _row(course: Course, name: str, learner: str, result: CopyResult | None) -> MarkRow:
    slug, door = split_assignment(name)
    folder = course.root / "autograded" / learner / name
    if result is None or not (folder / f"{name}.ipynb").is_file():
        return MarkRow(learner, slug, door, False, None, None, None, None, None, None, "", "", "")
    receipt = read_receipt(folder, name)
    return MarkRow(
        learner=learner,
        exercise=slug,
        door=door,
        both_doors=False,
        auto_points=_tidy(result.auto_points),
        person_points=_tidy(result.person_points),
        points=_tidy(result.final),
        max_points=_tidy(result.max_points),
        late_penalty=_tidy(result.late_penalty),
        to_mark=result.to_mark,
        handed_in=_iso(result.handed_in),
        # Without a receipt the copy was graded by nbgrader's own command, outside any sandbox of ours.
        mode=str(receipt.terms.get("mode", "")) if receipt is not None else NBGRADER,
        # On a cluster each worker says which level it has.
        sandbox=_sandbox(receipt) if receipt is not None else "none",
    )


def _sandbox(receipt: Receipt) -> str:
    return str(receipt.run.get("sandbox") or receipt.terms.get("sandbox", ""))


def _tidy(value: float) -> float:
    return round(value, 2)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _merged(rows: list[MarkRow]) -> MarkRow:
    best = max(rows, key=lambda row: (row.points is not None, row.points or 0.0, row.handed_in))
    return MarkRow(**{**asdict(best), "both_doors": len(rows) > 1})


def marks_csv(rows: Iterable[MarkRow], *, bom: bool = False, separator: str = ",") -> str:
    """Return the rows as CSV: every text quoted, numbers plain with a point, ends of line CR LF.

    A text that a spreadsheet would run as a formula gets an apostrophe in front. ``bom`` puts in front the
    mark by which Excel recognises UTF-8.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([item.name for item in fields(MarkRow)])
    for row in rows:
        writer.writerow([_cell(value) for value in asdict(row).values()])
    return ("\ufeff" if bom else "") + stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value
