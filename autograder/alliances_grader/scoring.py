"""From an executed copy to what each of its cells earns.

In ``nbgrader`` mode score for score what nbgrader 0.9.6 records (``SaveAutoGrades``); in ``strict`` mode only
what the course asked for and a run that is known to have ended well has earned. ``restore`` comes before, in
the same mode. What a person gave is not seen here: the writer of the gradebook keeps it, and asks for another
look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from alliances_grader.grading_source import Source, SourceCell, block_of, checksum, name_of, read_source
from alliances_grader.restore_cells import shown
from alliances_grader.scoring_outputs import (
    OutputRules,
    limited,
    score_as_nbgrader,
    score_strictly,
)
from alliances_grader.verdicts import CellRun, CellVerdict, CopyRun, Finding, Mode, Status

__all__ = ["NO_RESPONSE", "cell_comment", "cell_total", "failed_tests", "score", "score_absent"]

NO_RESPONSE: Final = "No response."
"""nbgrader's comment on an answer left as it was handed out."""

_STOCK: Final = OutputRules()


def score(
    notebook: Mapping[str, Any],
    source: Mapping[str, Any] | Source,
    run: CopyRun | None,
    mode: Mode = "strict",
    rules: OutputRules = _STOCK,
) -> tuple[tuple[CellVerdict, ...], tuple[Finding, ...]]:
    """Return a verdict for each marked or answered cell of the course, in its order, and what was noticed.

    Args:
        notebook: the restored copy with its outputs.
        source: the recorded notebook; see ``recorded_source``.
        run: how each cell ended; ``None`` when only the outputs are known, which in ``strict`` mode earns
            points by a number alone.
        mode: see the module's text.
        rules: what the course's configuration does to outputs before scoring.
    """
    course = source if isinstance(source, Source) else read_source(source)
    findings: list[Finding] = []
    marking = _Marking(mode, rules, findings)
    statuses = {} if run is None else {cell.index: cell for cell in run.cells}
    graded: dict[str, tuple[int, Mapping[str, Any]]] = {}
    answered: dict[str, Mapping[str, Any]] = {}
    for index, cell in enumerate(notebook["cells"]):
        name, block = name_of(cell), block_of(cell)
        if name not in course.cells:
            continue
        if block.get("grade"):
            graded[name] = (index, cell)
        if block.get("solution") or block.get("task"):
            answered[name] = cell
    verdicts = []
    for name, own in course.cells.items():
        if not (own.marked or own.solution):
            continue
        mark = _Mark(None, own.marked)
        if own.grade and name in graded:
            index, cell = graded[name]
            status = _status(statuses.get(index), name, known=run is not None)
            mark = marking.mark(own, cell, status)
        elif own.grade and mode == "strict":
            findings.append(Finding("cell_missing", name))
        verdicts.append(
            CellVerdict(
                grade_id=name,
                kind="task" if own.task else "grade" if own.grade else "solution",
                max_score=own.points,
                auto_score=mark.points,
                needs_manual=mark.manual,
                comment=_comment(own, answered.get(name)),
                judged=mark.judged,
            )
        )
    return tuple(verdicts), tuple(findings)


def _status(cell: CellRun | None, name: str, *, known: bool) -> Status | None:
    """Return how a cell ended; in a run that says nothing of it, it was not run."""
    if cell is not None and cell.grade_id == name:
        return cell.status
    return "not_run" if known else None


@dataclass(frozen=True)
class _Mark:
    points: float | None
    manual: bool
    judged: Literal["same_process", "none"] = "none"


@dataclass(frozen=True)
class _Marking:
    """How one copy is marked, and what is noticed meanwhile."""

    mode: Mode
    rules: OutputRules
    findings: list[Finding]

    def mark(self, own: SourceCell, cell: Mapping[str, Any], status: Status | None) -> _Mark:
        """Mark one cell that carries points."""
        block = block_of(cell)
        if block.get("solution"):
            untouched = block.get("checksum") == checksum(cell)
            return _Mark(0.0, manual=False) if untouched else _Mark(None, manual=True)
        if cell["cell_type"] != "code":
            return _Mark(None, manual=True)
        scorer = score_strictly if self.mode == "strict" else score_as_nbgrader
        outcome = scorer(limited(cell["outputs"], self.rules), own.points, status)
        values = {"found": shown(outcome.found), "points": outcome.points, "max_points": own.points}
        self.findings.extend(Finding(key, own.name, values) for key in outcome.notes)
        return _Mark(outcome.points, outcome.unsure, "same_process")


def _comment(own: SourceCell, cell: Mapping[str, Any] | None) -> str | None:
    if cell is None or not (own.solution or own.task):
        return None
    block = block_of(cell)
    untouched = block.get("checksum") == checksum(cell) and not block.get("task")
    return NO_RESPONSE if untouched else None


def score_absent(source: Mapping[str, Any] | Source) -> tuple[CellVerdict, ...]:
    """Return the verdicts of a notebook that was not handed in: nothing earned, nothing to look at (S20)."""
    course = source if isinstance(source, Source) else read_source(source)
    return tuple(
        CellVerdict(
            grade_id=name,
            kind="task" if own.task else "grade" if own.grade else "solution",
            max_score=own.points,
            auto_score=0.0 if own.marked else None,
            needs_manual=False,
        )
        for name, own in course.cells.items()
        if own.marked or own.solution
    )


def cell_total(auto: float | None, manual: float | None = None, extra: float | None = None) -> float:
    """Return a cell's score, not clipped: the person's, else the machine's, plus extra credit (S27)."""
    given = manual if manual is not None else auto
    # nbgrader adds extra credit to a mark only: where there is none, there is nothing to add to.
    return 0.0 if given is None else given + (extra or 0.0)


def cell_comment(auto: str | None, manual: str | None = None) -> str | None:
    """Return the comment that is shown: the person's if there is one, else the machine's (S28)."""
    return manual if manual is not None else auto


def failed_tests(verdict: CellVerdict, source: Source) -> bool:
    """Say whether nbgrader counts a cell among the failed tests (S35)."""
    own = source.cells[verdict.grade_id]
    if not own.grade or own.cell_type != "code" or verdict.auto_score is None:
        return False
    return verdict.auto_score < own.points
