"""The readings of one's group, or of an invented one as an example."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["LEAST_PEOPLE", "Cohort", "cohort_file", "cohort_readings"]

LEAST_PEOPLE: Final = 3  # fewer, and a count points at somebody
_COLUMNS: Final = {"rater", "case_id", "family"}
_LIMIT: Final = 5_000_000  # bytes of a file of readings


@dataclass(frozen=True)
class Cohort:
    """How many people read each case in each family.

    Attributes:
        people: number of different raters.
        counts: case → family → people; ``unknown`` counts « Je ne sais pas ».
        synthetic: whether the people are invented.
        unreadable: name of a file that was there and could not be read; empty otherwise.
    """

    people: int
    counts: dict[str, Counter[str]]
    synthetic: bool
    unreadable: str = ""

    @property
    def too_small(self) -> bool:
        """Whether showing counts would point at somebody."""
        return not self.synthetic and self.people < LEAST_PEOPLE


def cohort_file() -> Path | None:
    """Return the file of the group's readings, if there is one.

    ``ALLIANCES_COHORT_READINGS`` names it; otherwise ``readings.csv`` above the learner's work folder.
    """
    named = os.environ.get("ALLIANCES_COHORT_READINGS")
    if named:
        return Path(named)
    work = os.environ.get("ALLIANCES_WORK")
    path = Path(work).parent / "readings.csv" if work else None
    return path if path is not None and path.is_file() else None


def cohort_readings() -> Cohort:
    """Return the group's readings; without a file of them, those of the invented raters."""
    path = cohort_file()
    if path is not None:
        lines = _lines(path)
        if lines is None:
            return Cohort(0, {}, synthetic=False, unreadable=path.name)
        return _counted(lines, synthetic=False)
    from alliances.data import rows

    return _counted(rows("syn_readings"), synthetic=True)


def _lines(path: Path) -> list[dict[str, str]] | None:
    """Read a CSV file by comma or semicolon; None when it is not such a table."""
    try:
        if path.stat().st_size > _LIMIT:
            return None
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None
    head = content.partition("\n")[0]
    reader = csv.DictReader(content.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        lines = [
            {name: value or "" for name, value in row.items() if isinstance(name, str)} for row in reader
        ]
    except csv.Error:
        return None
    return lines if set(reader.fieldnames or ()) >= _COLUMNS else None


def _counted(lines: list[dict[str, str]], *, synthetic: bool) -> Cohort:
    # The last line of a person on a case counts: files put together may repeat earlier ones.
    last = {(line["rater"], line["case_id"]): line["family"] for line in lines if line["rater"]}
    counts: dict[str, Counter[str]] = {}
    for (_, case), family in last.items():
        counts.setdefault(case, Counter())[family] += 1
    return Cohort(len({rater for rater, _ in last}), counts, synthetic=synthetic)
