"""A form copy graded with no process at all: its answers are literals, read and never run.

By the form door a copy is the course's own notebook with an answer in each answer cell, and every test goes
to the judge. What a run would give, output for output, can then be said without one; a copy in which anything
else stands is refused by name, so that it gets a real run.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from alliances_grader.literal import read_assignment
from alliances_grader.probe import NotPlainError, from_wire, to_wire
from alliances_grader.probe_judge import Judge, JudgingStoppedError
from alliances_grader.probe_rules import names_stored
from alliances_grader.probe_split import ProbeTest
from alliances_grader.shell_inputs import CellSource, RunLimits
from alliances_grader.shell_outputs import OutputRecorder
from alliances_grader.verdicts import CellRun, CopyRun, Finding, Status

__all__ = ["NeedsProcessError", "run_form"]

_KNOWN_MODULES: Final = frozenset({"alliances", "alliances_grader", "json", "math"})


class NeedsProcessError(JudgingStoppedError):
    """The copy has to be run: a cell does more than name an answer, or a test asks for more than an answer.

    Internal: whoever calls ``run_form`` runs the copy in its box instead.
    """


def run_form(cells: Sequence[CellSource], limits: RunLimits | None = None) -> CopyRun:
    """Return what running a form copy would give: statuses, outputs, execution counts.

    Args:
        cells: the code cells of the merged and restored copy; its tests with ``test``.
        limits: how much of the outputs is kept, as for a real run.

    Raises:
        NeedsProcessError: a cell is neither an answer (``name = literal``), nor imports of the course's own
            modules, nor a test for the judge; or a test needs more than the names of answers.
    """
    began, used = time.monotonic(), time.process_time()
    recorder = OutputRecorder(limits or RunLimits())
    answers: dict[str, Any] = {}
    runs: list[CellRun] = []
    count = 0
    for cell in cells:
        if cell.skip or not cell.source.strip():
            runs.append(CellRun(cell.index, cell.grade_id, "skipped"))
            continue
        count += 1
        recorder.start(cell.index)
        status: Status = "ok"
        if cell.test is not None:
            status = _judged(cell.test, answers, recorder, count)
        elif cell.guarded:
            _set_up(cell.source, answers)
        else:
            _answer(cell, answers)
        runs.append(CellRun(cell.index, cell.grade_id, status, recorder.of(cell.index), count))
    cut = (cell for cell in cells if cell.index in recorder.cut)
    return CopyRun(
        cells=tuple(runs),
        cpu_seconds=time.process_time() - used,
        wall_seconds=time.monotonic() - began,
        findings=tuple(Finding("output_cut", cell.grade_id) for cell in cut),
    )


def _answer(cell: CellSource, answers: dict[str, Any]) -> None:
    name = cell.grade_id
    read, value = read_assignment(cell.source, name)
    # Reading passes over the release's last line; running does not.
    if not read or ("raise" in cell.source and len(ast.parse(cell.source).body) > 1):
        raise NeedsProcessError(f"cell {cell.index}")
    answers[name] = value


def _set_up(source: str, answers: dict[str, Any]) -> None:
    stored = _names_set_up(source)
    if stored is None:
        raise NeedsProcessError(source[:80])
    for name in stored:
        answers.pop(name, None)


@lru_cache(maxsize=256)
def _names_set_up(source: str) -> tuple[str, ...] | None:
    """Return the names that the course's own set-up imports; None when it does more than that and ``use``."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    plain = all(_is_import(node) or _sets_language(node) for node in tree.body)
    return tuple(names_stored(tree)) if plain else None


def _is_import(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return all(name.name.partition(".")[0] in _KNOWN_MODULES for name in node.names)
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    return (node.module or "").partition(".")[0] in _KNOWN_MODULES


def _sets_language(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Call(ast.Name("use"), [ast.Constant("fr" | "en")], [])):
            return True
    return False


def _judged(test: ProbeTest, answers: dict[str, Any], recorder: OutputRecorder, count: int) -> Status:
    def ask(expression: str, *, exact: bool) -> Any:  # noqa: ANN401 - plain data
        if expression not in answers:
            raise NeedsProcessError(expression)
        try:
            return from_wire(to_wire(answers[expression], exact=exact))
        except NotPlainError:
            # The box would try again beside the learner's code.
            raise NeedsProcessError(expression) from None

    judge = Judge(ask, test.aliases)
    for place, step in enumerate(test.steps):
        if step.side == "run":
            _set_up(step.source, answers)
            continue
        verdict = judge.step(step.source)
        for bundle in verdict.displays:
            recorder.take({"type": "display_data", "data": bundle})
        if verdict.error:
            lines = [] if step.hidden else [step.original or step.source]
            lines.append(f"{verdict.error}: {verdict.text}" if verdict.text else verdict.error)
            recorder.error(verdict.error, verdict.text, lines)
            return "error"
        if verdict.value is not None and place == len(test.steps) - 1:
            data = {"text/plain": verdict.value}
            recorder.take({"type": "execute_result", "data": data, "execution_count": count})
    return "ok"
