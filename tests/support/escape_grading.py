"""Grades the copies of the escape suite as a worker does: bytes in, verdicts and a notebook to show out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from escape_corpus.attack import Attack
from escape_course import ASSIGNMENT, MODULES, honest, recorded, release

from alliances.errors import AlliancesError
from alliances_grader.box import Box, BoxLevel
from alliances_grader.box_limits import Limits
from alliances_grader.copies import read_copy
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.graded import Graded
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.shell_inputs import RunLimits
from alliances_grader.verdicts import CellVerdict, Finding
from alliances_grader.worker import Worker

__all__ = ["Grading", "Result", "escape_kit", "graded_in"]

_RUN_LIMITS = ("cell_seconds", "copy_seconds", "grace_seconds", "flood_bytes")


def escape_kit(level: BoxLevel) -> Kit:
    """Return what grading the exercise needs."""
    return Kit(
        assignment=ASSIGNMENT,
        slug="",
        door="",
        language="fr",
        notebooks=(NotebookKit(ASSIGNMENT, recorded(), release()),),
        modules=MODULES,
        steady=True,
        sandbox=level,
        run_limits=RunLimits(grace_seconds=1.0),
    )


@dataclass(frozen=True)
class Result:
    """What came of one copy.

    Attributes:
        graded: the worker's own answer.
        notebook: the graded notebook as it may be shown, empty when the copy was refused.
    """

    graded: Graded
    notebook: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> str:
        """Key of the error with which the copy was refused, empty when it was graded."""
        return "" if self.graded.refused is None else self.graded.refused.key

    @property
    def entry(self) -> BookEntry | None:
        """What goes into the gradebook."""
        return self.graded.notebooks[0].entry if self.graded.notebooks else None

    @property
    def cells(self) -> Mapping[str, CellVerdict]:
        """The verdicts by cell."""
        return {} if self.entry is None else {cell.grade_id: cell for cell in self.entry.verdict.cells}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the trainer is told."""
        return () if self.entry is None else self.entry.verdict.findings

    @property
    def ended(self) -> str:
        """How the run ended early, empty when it reached its last cell."""
        return str(self.graded.notebooks[0].run.get("ended", "")) if self.graded.notebooks else ""

    @property
    def points(self) -> dict[str, float]:
        """What the machine gave, by test; manual marks are left out."""
        return {name: cell.auto_score for name, cell in self.cells.items() if cell.auto_score is not None}

    @property
    def keys(self) -> set[str]:
        """The findings' keys."""
        return {finding.key for finding in self.findings}

    def about(self, name: str) -> set[str]:
        """Return the keys of findings about one cell."""
        return {finding.key for finding in self.findings if finding.cell == name}

    @property
    def printed(self) -> list[str]:
        """The lines that the copy printed."""
        outputs = (output for cell in self.notebook.get("cells", ()) for output in cell.get("outputs", ()))
        texts = (output["text"] for output in outputs if output["output_type"] == "stream")
        return [line for text in texts for line in "".join(text).splitlines()]


class Grading:
    """A worker with the exercise in hand."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.usual = 0
        """How many processes the box has between two copies."""

    @property
    def box(self) -> Box:
        """The box around the worker's warm parent; there once a copy was run."""
        runner = self._worker._runner
        parent = runner._parents.known(runner._wanted)
        assert parent is not None
        assert parent.box is not None
        return parent.box

    def attack(self, attack: Attack, student: str = "mallory") -> Result:
        """Grade an attack's copy in ``strict`` mode."""
        return self.copy(attack.make(honest()), student, **attack.limits)

    def copy(self, files: Mapping[str, bytes], student: str = "alix", **limits: float) -> Result:
        """Grade one copy in ``strict`` mode; fields of ``Limits`` and of ``RunLimits`` may differ."""
        whole = self._worker.kit
        own: dict[str, Any] = {name: limits[name] for name in _RUN_LIMITS if name in limits}
        boxed: dict[str, Any] = {name: value for name, value in limits.items() if name not in own}
        changed = replace(
            whole,
            run_limits=replace(whole.run_limits, **own),
            box_limits=Limits(**{**whole.box_limits.as_json(), **boxed}),
        )
        # One warm parent serves every limit: limits travel with each copy.
        self._worker.kit = self._worker._runner._kit = changed
        try:
            graded = Graded.from_bytes(self._graded(files, student).to_bytes())
        finally:
            self._worker.kit = self._worker._runner._kit = whole
        content = graded.notebooks[0].content if graded.notebooks else None
        return Result(graded, {} if content is None else json.loads(content))

    def _graded(self, files: Mapping[str, bytes], student: str) -> Graded:
        with tempfile.TemporaryDirectory(prefix="alliances-escape-") as name:
            for path, content in files.items():
                place = Path(name, "submitted", student, ASSIGNMENT, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            try:
                return self._worker.grade(read_copy(Path(name), student, ASSIGNMENT))
            except AlliancesError as error:
                return Graded(student, refused=error)


@contextmanager
def graded_in(level: BoxLevel) -> Iterator[Grading]:
    """Give a worker whose copies run at that level of the sandbox."""
    with Worker(escape_kit(level)) as worker:
        yield Grading(worker)
