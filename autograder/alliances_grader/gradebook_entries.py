"""What is handed to the gradebook for one copy, and its form as JSON for the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alliances_grader.verdicts import CellVerdict, CopyVerdict, Finding

__all__ = ["BookEntry", "as_entry", "entry_from_json", "entry_to_json", "finding_to_json"]


@dataclass(frozen=True)
class BookEntry:
    """One copy's verdict and what the gradebook has to know beside it.

    Of cells in neither ``changed`` nor ``unchanged`` nbgrader's own habits hold: a marked answer or test asks
    for another look after every regrade, and the row of a task is not touched by a machine at all.

    Attributes:
        verdict: what the copy earns.
        flagged: raise formgrader's flag on the notebook; a flag that is up is never lowered.
        changed: ids of manually marked cells whose text is new since a person last marked it: a mark that is
            there asks for another look.
        unchanged: ids of those whose text is the same: a mark that is there stands.
        missing: the notebook was not handed in: every graded cell earns 0 and asks for nobody (the verdict's
            cells are not read).
        answers: cells and digests of the answers long enough to be compared with other learners' (see
            ``duplicates``); the gradebook is not told.
    """

    verdict: CopyVerdict
    flagged: bool = False
    changed: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    missing: bool = False
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Student, assignment, notebook: there is one row of the gradebook for each."""
        return self.verdict.student, self.verdict.assignment, self.verdict.notebook


def as_entry(value: BookEntry | CopyVerdict) -> BookEntry:
    """Return a bare verdict as an entry."""
    return value if isinstance(value, BookEntry) else BookEntry(value)


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values; values of other types become their text."""
    values = {
        str(name): value if isinstance(value, str | int | float | bool) or value is None else str(value)
        for name, value in finding.values.items()
    }
    return {"key": finding.key, "cell": finding.cell, "values": values}


def entry_to_json(entry: BookEntry) -> dict[str, Any]:
    """Return an entry as JSON values, in few characters: there may be 10,000."""
    verdict = entry.verdict
    data: dict[str, Any] = {
        "student": verdict.student,
        "assignment": verdict.assignment,
        "notebook": verdict.notebook,
        "timestamp": verdict.timestamp.isoformat() if verdict.timestamp else None,
        "late": verdict.late_seconds,
        "penalty": verdict.penalty,
        "mode": verdict.mode,
        "cells": [
            [c.grade_id, c.kind, c.max_score, c.auto_score, c.needs_manual, c.comment, c.judged]
            for c in verdict.cells
        ],
    }
    if verdict.findings:
        data["findings"] = [finding_to_json(finding) for finding in verdict.findings]
    if entry.flagged:
        data["flagged"] = True
    for name in ("changed", "unchanged"):
        if getattr(entry, name):
            data[name] = sorted(getattr(entry, name))
    if entry.missing:
        data["missing"] = True
    if entry.answers:
        data["answers"] = dict(entry.answers)
    return data


def entry_from_json(data: dict[str, Any]) -> BookEntry:
    """Return the entry that ``entry_to_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError: ``data`` is no such thing.
    """
    timestamp = data["timestamp"]
    verdict = CopyVerdict(
        student=data["student"],
        assignment=data["assignment"],
        notebook=data["notebook"],
        timestamp=datetime.fromisoformat(timestamp) if timestamp else None,
        late_seconds=data["late"],
        penalty=data["penalty"],
        cells=tuple(CellVerdict(*cell) for cell in data["cells"]),
        findings=tuple(
            Finding(item["key"], item["cell"], item["values"]) for item in data.get("findings", ())
        ),
        mode=data["mode"],
    )
    return BookEntry(
        verdict,
        flagged=data.get("flagged", False),
        changed=frozenset(data.get("changed", ())),
        unchanged=frozenset(data.get("unchanged", ())),
        missing=data.get("missing", False),
        answers=tuple((str(cell), str(digest)) for cell, digest in data.get("answers", {}).items()),
    )
