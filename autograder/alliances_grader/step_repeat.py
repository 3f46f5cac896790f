"""Where the trainer asks for it: a copy is run once more, and marks that differ are pointed out.

A result may depend on the time, on chance, on the order in which threads come through. The generators of the
second run start from another seed: an answer that is right for one learner's numbers only shows by that. What
the first run gave stands, be it more or less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from alliances_grader.verdicts import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances_grader.kit import NotebookKit
    from alliances_grader.pipeline import Runner, Work
    from alliances_grader.shell_inputs import CellSource
    from alliances_grader.verdicts import CellVerdict, CopyRun

__all__ = ["differing", "repeat"]

_OTHER_SEED: Final = 0x5EED5EED


@dataclass(frozen=True)
class _OtherSeed:
    """A runner whose random generators start elsewhere."""

    runner: Runner

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells, from another seed."""
        return self.runner.run(notebook, cells, files, seed ^ _OTHER_SEED)


def repeat(work: Work) -> None:
    """Run and score the copy again, if the kit says so; cells whose marks differ ask for a look.

    A run that was ended early is not repeated: that it was is told already.

    Raises:
        AlliancesError, EnvironmentFault: as the first run.
    """
    if not work.kit.repeat or work.run is None or work.run.ended or work.kit.door == "form":
        return
    # Imported late: the list of steps holds this one too.
    from alliances_grader.step_execute import execute
    from alliances_grader.step_read import read
    from alliances_grader.step_repair import repair
    from alliances_grader.step_score import score

    again = replace(
        work,
        runner=_OtherSeed(work.runner),
        findings=[],
        brought=None,
        restored=None,
        judged_apart=frozenset(),
        run=None,
        cells=(),
    )
    for step in (read, repair, execute, score):
        step(again)
    cells = []
    for first, second in zip(work.cells, again.cells, strict=True):
        unlike = differing(first, second)
        if unlike is not None:
            work.findings.append(unlike)
        cells.append(first if unlike is None else replace(first, needs_manual=True))
    work.cells = tuple(cells)


def differing(first: CellVerdict, second: CellVerdict) -> Finding | None:
    """Return what to say of a cell that two runs mark otherwise; None when they agree, or a person marks."""
    if first.auto_score is None or second.auto_score is None or first.auto_score == second.auto_score:
        return None
    marks = {"first": f"{first.auto_score:g}", "second": f"{second.auto_score:g}"}
    return Finding("unstable", first.grade_id, marks)
