"""From a copy handed in to a copy marked: the steps, in order, each doing one thing in a file of its own.

read → repair → execute → score → repeat → record; the feedback that learners read is made from what
``record`` left, by its own command, once persons have given their marks. A step that cannot go on raises
``AlliancesError``: the copy is refused by name, and the class goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from alliances_grader.copies import Brought
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.reuse import Reusing
from alliances_grader.shell_inputs import CellSource
from alliances_grader.step_execute import execute
from alliances_grader.step_read import read
from alliances_grader.step_record import record
from alliances_grader.step_repair import repair
from alliances_grader.step_repeat import repeat
from alliances_grader.step_score import score
from alliances_grader.verdicts import CellVerdict, CopyRun, Finding

__all__ = ["STEPS", "Runner", "Work", "grade_notebook"]


class Runner(Protocol):
    """Runs the cells of one notebook of one copy, wherever learners' code is held."""

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells in a folder that holds ``files``.

        Raises:
            EnvironmentFault: the sandbox or an interpreter is missing.
        """


@dataclass
class Work:
    """One notebook of one copy on its way through the steps: each fills in what comes after it needs."""

    kit: Kit
    notebook: NotebookKit
    copy: Brought
    runner: Runner
    findings: list[Finding] = field(default_factory=list)
    timestamp: datetime | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    brought: dict[str, Any] | None = None
    restored: dict[str, Any] | None = None
    judged_apart: frozenset[str] = frozenset()
    run: CopyRun | None = None
    cells: tuple[CellVerdict, ...] = ()
    entry: BookEntry | None = None
    graded: bytes | None = None


STEPS: Final[tuple[Callable[[Work], None], ...]] = (read, repair, execute, score, repeat, record)


def grade_notebook(work: Work) -> Work:
    """Take one notebook of a copy through all the steps.

    Raises:
        AlliancesError: the copy is refused; the message says why.
        EnvironmentFault: the machine is at fault, not the copy.
    """
    if work.kit.pure and not work.kit.repeat:
        work.runner = Reusing(work.runner, work.kit)
    for step in STEPS:
        step(work)
    return work
