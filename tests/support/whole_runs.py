"""One class graded twice, by stock nbgrader (``stock_nbgrader``) and by ``run_class``, then compared.

A class is made once, in the folder ``stock`` of a course; a copy of that folder, ``ours``, is graded by us.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradebook_cells import Key, Row, compared, copies_of, settled_by_us
from stock_nbgrader import stock

from alliances_grader.box import level
from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.course_manifest import read_course

__all__ = ["Class", "Compared"]

_STOPS = ("stops_", "run_ended")
"""Findings by which our grader says that nbgrader would have stopped on a copy."""

_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "peer"
c.IncludeHeaderFooter.header = ""
c.LateSubmissionPlugin.penalty_method = "zero"
"""


@dataclass
class Compared:
    """What came of comparing one class.

    Attributes:
        cells: marked cells that both engines marked.
        copies: copies in all.
        stopped: copies on which nbgrader stopped, and its words.
        refused: those of them that ours refuses too, and the key of the reason.
        differences: what is otherwise without a reason.
        reasons: how often each reason was given.
    """

    cells: int = 0
    copies: int = 0
    stopped: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


class Class:
    """A course of stock nbgrader and its copies.

    Args:
        root: an empty folder.
    """

    def __init__(self, root: Path) -> None:
        self.stock, self.ours = root / "stock", root / "ours"
        self._due: dict[str, str] = {}
        self._sources: list[str] = []
        self._copies: list[tuple[str, str]] = []
        self.stock.mkdir(parents=True)
        (self.stock / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")

    @classmethod
    def of(cls, root: Path, made: Path) -> Class:
        """Return the class of a course that is made already, gradebook and copies included."""
        found = cls(root)
        shutil.copytree(made, found.stock, dirs_exist_ok=True)
        for place in sorted((found.stock / "submitted").glob("[!.]*/*")):
            found._copies.append((place.name, place.parent.name))
        return found

    def set_due(self, name: str, due: str) -> None:
        """Set the date by which an assignment is due: ISO 8601, UTC."""
        self._due[name] = due

    def add_assignment(
        self,
        name: str,
        notebooks: Mapping[str, bytes],
        files: Mapping[str, bytes] | None = None,
        due: str = "",
    ) -> None:
        """Put the source of an assignment in its place; ``due`` is ISO 8601, UTC."""
        self._sources.append(name)
        if due:
            self._due[name] = due
        self._write(self.stock / "source" / name, {**_named(notebooks), **(files or {})})

    def release(self) -> list[str]:
        """Have nbgrader make the assignments, and return those that it made."""
        stock().run(self.stock, self._sources)
        return [name for name in self._sources if any((self.stock / "release" / name).glob("*.ipynb"))]

    def released(self, name: str, notebook: str) -> dict[str, Any]:
        """Return a notebook as learners receive it."""
        found: dict[str, Any] = json.loads((self.stock / "release" / name / f"{notebook}.ipynb").read_bytes())
        for cell in found["cells"]:
            cell["source"] = "".join(cell["source"])
        return found

    def hand_in(
        self,
        name: str,
        student: str,
        notebooks: Mapping[str, bytes],
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Put a copy where both engines look."""
        self._copies.append((name, student))
        self._write(self.stock / "submitted" / student / name, {**_named(notebooks), **(files or {})})

    def compare(self) -> Compared:
        """Grade the class by both engines and compare their gradebooks."""
        # Dates first, so that both start from the same gradebook.
        if self._due:
            stock().run(self.stock, due=self._due)
        shutil.copytree(self.stock, self.ours)
        stopped = stock().run(self.stock, copies=self._copies)
        result = Compared(copies=len(self._copies))
        for name in dict.fromkeys(name for name, _ in self._copies):
            students = [student for other, student in self._copies if other == name]
            outcomes = self._graded(name, students)
            for student in students:
                why = stopped[f"{name}/{student}"]
                if why:
                    result.stopped[f"{name}/{student}"] = why
                self._check(result, f"{name}/{student}", outcomes[student], stopped=bool(why))
            gone = {student for student in students if stopped[f"{name}/{student}"]}
            self._compare_rows(result, name, gone)
        return result

    def _graded(self, name: str, students: list[str]) -> dict[str, Outcome]:
        course = read_course(self.ours)
        sandbox = "not_needed" if course.door_of(name) == "form" else level().name
        asked = ClassRun({name: students}, mode="nbgrader", sandbox=sandbox, jobs=1)
        return {outcome.student: outcome for outcome in run_class(course, asked)}

    @staticmethod
    def _check(result: Compared, place: str, outcome: Outcome, *, stopped: bool) -> None:
        """A copy on which nbgrader stops is graded by ours and says so, and no other says so."""
        said = [finding.key for finding in outcome.findings if finding.key.startswith(_STOPS)]
        if stopped and outcome.state == "refused" and outcome.reason is not None:
            result.refused[place] = outcome.reason.key
        elif outcome.state != "graded":
            result.differences.append(f"{place}: ours {outcome.state}, {outcome.reason}")
        elif stopped != bool(said):
            result.differences.append(
                f"{place}: nbgrader {'stops' if stopped else 'goes on'}, ours says {said}"
            )

    def _compare_rows(self, result: Compared, name: str, gone: set[str]) -> None:
        reason = settled_by_us if read_course(self.ours).exercise_of(name) is not None else _no_reason
        cells, differences = compared(self.stock, self.ours, name, reason, result.reasons, without=gone)
        result.cells += cells
        result.differences += differences
        theirs, ours = copies_of(self.stock, name), copies_of(self.ours, name)
        for place, row in theirs.items():
            if place[0] not in gone and ours.get(place) != row:
                result.differences.append(f"{place}: nbgrader {row}, ours {ours.get(place)}")

    @staticmethod
    def _write(folder: Path, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _named(notebooks: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.ipynb": content for name, content in notebooks.items()}


def _no_reason(_key: Key, _stock: Row, _ours: Row) -> str:
    return ""
