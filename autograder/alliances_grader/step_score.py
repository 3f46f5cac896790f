"""Fourth step: what each cell earns, and which open answers a person still has to read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from alliances.i18n import text
from alliances_grader.open_answers import OpenAnswer, open_answers
from alliances_grader.scoring import score as score_cells
from alliances_grader.scoring import score_absent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliances_grader.pipeline import Work
    from alliances_grader.verdicts import CellVerdict

__all__ = ["score", "settled"]


def score(work: Work) -> None:
    """Give each cell its verdict."""
    source = work.notebook.source
    if work.restored is None:
        work.cells = score_absent(source)
        return
    cells, noticed = score_cells(work.restored, source, work.run, work.kit.mode, work.kit.rules)
    work.cells = tuple(_judged_apart(cells, work))
    work.findings += noticed
    if work.kit.ours:
        answers = open_answers(work.restored, work.notebook.release)
        work.cells = tuple(settled(work.cells, answers, text("grader.no_answer", work.kit.language)))


def _judged_apart(cells: Iterable[CellVerdict], work: Work) -> Iterable[CellVerdict]:
    """Name the tests whose values were compared outside the learner's process, all of them."""
    beside = {finding.cell for finding in work.findings if finding.key == "judged_beside"}
    apart = work.judged_apart - beside
    for cell in cells:
        yield replace(cell, judged="two_process") if cell.grade_id in apart else cell


def settled(
    cells: Iterable[CellVerdict], answers: Iterable[OpenAnswer], blank_comment: str
) -> Iterable[CellVerdict]:
    """Yield verdicts that ask a person for the criteria of what was written, and for nothing else.

    nbgrader asks for a mark on every changed open answer, even one worth no point, and on every criterion,
    even of an answer left blank.
    """
    questions = {answer.question for answer in answers}
    blank = {criterion: not answer.written for answer in answers for criterion in answer.criteria}
    for cell in cells:
        if cell.grade_id in blank:
            empty = blank[cell.grade_id]
            yield replace(
                cell,
                auto_score=0.0 if empty else None,
                needs_manual=not empty,
                comment=blank_comment if empty else None,
            )
        elif cell.grade_id in questions and not cell.max_score:
            yield replace(cell, auto_score=0.0, needs_manual=False)
        else:
            yield cell
