"""Third step: the cells of the restored copy are run, and what they showed is put into it."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alliances_grader.chance import named_by
from alliances_grader.copies import ANSWERS, TIMESTAMP
from alliances_grader.grading_source import SourceCell, block_of, name_of
from alliances_grader.probe_split import ProbeTest, split_test
from alliances_grader.shell_inputs import CellSource
from alliances_grader.verdicts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alliances_grader.pipeline import Work
    from alliances_grader.verdicts import Mode

__all__ = ["cells_to_run", "execute"]

_LEFT_OUT = "skip-execution"


def execute(work: Work) -> None:
    """Run the copy, unless nothing in it earns points by being run."""
    if work.restored is None:
        return
    cells = tuple(cells_to_run(work.restored, work.notebook.source.cells, work.kit.mode))
    if not any(cell.grade_id and _is_test(work, cell.grade_id) for cell in cells):
        return
    files = {
        name: content
        for name, content in work.copy.files.items()
        if not name.endswith(".ipynb") and name not in {ANSWERS, TIMESTAMP}
    }
    seed = zlib.crc32(f"{work.copy.student}\n{work.kit.assignment}".encode("utf-8", "surrogatepass"))
    work.run = work.runner.run(work.notebook, cells, {**files, **work.kit.files}, seed)
    if work.run.apart:
        apart = (cell for cell in cells if cell.test is not None and cell.test.judged == "two_process")
        work.judged_apart = frozenset(cell.grade_id for cell in apart)
    by_index = {cell.index: cell for cell in work.run.cells}
    for index, cell in enumerate(work.restored["cells"]):
        if index in by_index:
            cell["outputs"] = list(by_index[index].outputs)
            cell["execution_count"] = by_index[index].execution_count
    work.findings += work.run.findings
    work.findings += _of_the_course(work, cells)
    if work.kit.steady:
        work.findings += named_by(cells)
    if work.run.ended:
        work.findings.append(Finding("copy_ended", values={"how": work.run.ended}))


def _of_the_course(work: Work, cells: tuple[CellSource, ...]) -> Iterator[Finding]:
    """Yield a finding for each cell of the course that prepares the exercise and did not run to its end."""
    statuses = {cell.index: cell.status for cell in work.run.cells} if work.run is not None else {}
    for cell in cells:
        preparing = cell.guarded and not _is_test(work, cell.grade_id)
        if preparing and statuses.get(cell.index) in {"error", "timeout", "killed"}:
            yield Finding("course_cell_failed", cell.grade_id)


def _is_test(work: Work, name: str) -> bool:
    own = work.notebook.source.cells.get(name)
    return own is not None and own.grade and not own.solution


def cells_to_run(
    notebook: Mapping[str, Any], course: Mapping[str, SourceCell], mode: Mode
) -> Iterator[CellSource]:
    """Yield the code cells of a restored copy, the course's own tests cut in two where that can be done."""
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        name = name_of(cell)
        own = course.get(name)
        theirs = own is not None and own.locked and own.cell_type == "code" and cell["source"] == own.text
        tags = cell["metadata"].get("tags")
        skip = mode == "nbgrader" and isinstance(tags, list) and _LEFT_OUT in tags
        test = _cut(cell["source"], mode) if theirs and block_of(cell).get("grade") else None
        yield CellSource(index, name, cell["source"], guarded=theirs, skip=skip, test=test)


@lru_cache(maxsize=512)
def _cut(source: str, mode: Mode) -> ProbeTest | None:
    test = split_test(source)
    if test is None or mode == "strict":
        return test
    # nbgrader's marks are of assertions beside the learner's code: only its author's own probes leave it.
    own = any(step.side == "judge" and not step.original for step in test.steps)
    return test if own else None
