"""Stock nbgrader grades a small class; our writer writes the same verdicts: the two gradebooks are equal."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gradebooks import all_rows, sql
from nbgrader_course import NbgraderCourse

from alliances_grader.gradebook import GradebookWriter
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.verdicts import CellVerdict, CopyVerdict

pytestmark = pytest.mark.grader

DUE = datetime.fromisoformat("2026-03-01T12:00")


def cell(
    name: str, source: str, kind: str = "code", points: float | None = None, **marks: bool
) -> dict[str, Any]:
    block = {"grade_id": name, "schema_version": 3, "grade": False, "solution": False, "locked": False}
    block |= {"task": False} | marks | ({} if points is None else {"points": points})
    made: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {"nbgrader": block}, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> bytes:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    data = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(data).encode()


TASK = "Planifiez.\n\n=== BEGIN MARK SCHEME ===\nTrois étapes.\n=== END MARK SCHEME ==="
MAIN = notebook(
    cell(
        "double",
        "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        solution=True,
    ),
    cell("test_double", "assert double(2) == 4", points=2, grade=True, locked=True),
    cell("partial", "double(1)", points=3, grade=True, locked=True),
    cell("why", "Parce que.", "markdown", 2, grade=True, solution=True),
    cell("plan", TASK, "markdown", 4, locked=True, task=True),
    cell("both", TASK, "markdown", 1, grade=True, locked=True, task=True),
)
ESSAY = notebook(cell("text", "Un texte.", "markdown", 5, grade=True, solution=True))


def answered(released: dict[str, Any], answers: dict[str, str], without: str = "") -> bytes:
    data = copy.deepcopy(released)
    for found in data["cells"]:
        name = found["metadata"]["nbgrader"]["grade_id"]
        found["source"] = answers.get(name, found["source"])
    data["cells"] = [c for c in data["cells"] if c["metadata"]["nbgrader"]["grade_id"] != without]
    return json.dumps(data).encode()


def main_verdict(
    student: str, seconds: int | None, scores: dict[str, Any], *, silent: bool = False
) -> CopyVerdict:
    """Return what nbgrader's rules give, stated here by hand; ``silent``: nothing was answered."""
    word = "No response." if silent else None
    cells = [
        CellVerdict("double", "solution", 0, None, False, word),
        CellVerdict("test_double", "grade", 2, scores.get("test_double"), False),
        CellVerdict("partial", "grade", 3, scores["partial"], False),
        CellVerdict("why", "grade", 2, 0.0 if silent else None, not silent, word),
        CellVerdict("plan", "task", 4, None, True),
        CellVerdict("both", "task", 1, None, True),
    ]
    kept = tuple(c for c in cells if c.grade_id != "test_double" or "test_double" in scores)
    return timed(CopyVerdict(student, "ps1", "ps1", None, 0, 0, kept), seconds)


def essay_verdict(student: str, seconds: int | None) -> CopyVerdict:
    return timed(
        CopyVerdict(student, "ps1", "essay", None, 0, 0, (CellVerdict("text", "grade", 5, None, True),)),
        seconds,
    )


def timed(verdict: CopyVerdict, seconds: int | None) -> CopyVerdict:
    from dataclasses import replace

    if seconds is None:
        return verdict
    return replace(verdict, timestamp=DUE + timedelta(seconds=seconds), late_seconds=float(max(0, seconds)))


def everything_off(_student: str, score: float, _seconds: float) -> float:
    """Take everything off, as nbgrader's method ``zero`` does."""
    return score


class Class:
    """A course that stock grades, and the gradebook as it was before it did."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.course = NbgraderCourse(root, "fr", monkeypatch)
        self.course.api.config.LateSubmissionPlugin.penalty_method = "zero"
        self.root = root
        self.course.add_source("ps1", MAIN)
        (root / "source" / "ps1" / "essay.ipynb").write_bytes(ESSAY)
        self.released = {"ps1": self.course.generate("ps1")}
        self.released["essay"] = json.loads((root / "release" / "ps1" / "essay.ipynb").read_bytes())
        with self.course.api.gradebook as book:
            book.update_or_create_assignment("ps1", duedate=DUE)
        self.stock = root / "gradebook.db"
        self.ours = Path(shutil.copy(self.stock, root / "ours.db"))

    def submit(self, student: str, seconds: int | None, **notebooks: bytes) -> None:
        """Put a copy where stock finds it, handed in so many seconds after the due date."""
        folder = self.root / "submitted" / student / "ps1"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in notebooks.items():
            (folder / f"{name}.ipynb").write_bytes(content)
        if seconds is not None:
            time = DUE + timedelta(seconds=seconds)
            (folder / "timestamp.txt").write_text(f"{time} UTC", encoding="utf-8")

    def write(self, *entries: BookEntry | CopyVerdict) -> None:
        """Write verdicts into our gradebook."""
        writer = GradebookWriter(f"sqlite:///{self.ours}", late_penalty=everything_off)
        assert writer.write(entries).refused == ()

    def assert_equal(self) -> None:
        """Compare every row of every table."""
        stock, ours = all_rows(self.stock), all_rows(self.ours)
        assert set(stock) == set(ours)
        for table, found in stock.items():
            assert ours[table] == found, table


GOOD = {"double": "def double(x):\n    return 2 * x", "why": "Parce que deux fois."}


def test_our_rows_are_stocks_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is equal, first when a class is graded, then when copies come again after marks by hand."""
    group = Class(tmp_path, monkeypatch)
    good = answered(group.released["ps1"], GOOD)
    essay = answered(group.released["essay"], {"text": "Un essai."})
    blank = answered(group.released["ps1"], {})
    gap = answered(group.released["ps1"], GOOD, without="test_double")

    group.submit("ada", -60, ps1=good, essay=essay)
    group.submit("bob", 60, ps1=blank)
    group.submit("dan", None, ps1=gap)
    for student in ("ada", "bob", "dan"):
        group.course.autograde(student, "ps1")
    missing = BookEntry(CopyVerdict("bob", "ps1", "essay", None, 0, 0, ()), missing=True)
    dan = main_verdict("dan", None, {"partial": 2.0})
    group.write(
        main_verdict("ada", -60, {"test_double": 2.0, "partial": 2.0}),
        essay_verdict("ada", -60),
        main_verdict("bob", 60, {"test_double": 0.0, "partial": 0.0}, silent=True),
        missing,
        dan,
        BookEntry(CopyVerdict("dan", "ps1", "essay", None, 0, 0, ()), missing=True),
    )
    group.assert_equal()

    for path in (group.stock, group.ours):
        sql(
            f"sqlite:///{path}",
            "UPDATE grade SET manual_score = 1.5, extra_credit = 0.5, needs_manual_grade = 0 WHERE cell_id IN"
            " (SELECT id FROM base_cell WHERE name IN ('test_double', 'why', 'plan', 'both', 'text'))",
        )
        sql(f"sqlite:///{path}", "UPDATE comment SET manual_comment = 'vu'")
    group.submit("ada", 3600, ps1=good, essay=essay)
    group.submit("bob", None, ps1=good)
    for student in ("ada", "bob"):
        group.course.autograde(student, "ps1")
    late_bob = main_verdict("bob", 60, {"test_double": 2.0, "partial": 2.0})
    group.write(
        main_verdict("ada", 3600, {"test_double": 2.0, "partial": 2.0}),
        essay_verdict("ada", 3600),
        late_bob,
        missing,
    )
    group.assert_equal()
