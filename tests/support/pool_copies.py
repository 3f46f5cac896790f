"""Copies of the small course and its kit, for worker processes without a sandbox."""

from __future__ import annotations

import json
from typing import Final

from run_course import GOOD, notebook

from alliances_grader.copies import Brought
from alliances_grader.grading_source import recorded_source
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.pool import Done
from alliances_grader.shell_inputs import RunLimits

__all__ = ["brought", "kit_of", "points"]

_LIMITS: Final = RunLimits(cell_seconds=60.0)


def kit_of(modules: tuple[str, ...] = ()) -> Kit:
    """Return the small course's kit, without a sandbox."""
    source, release = notebook(), notebook(test="assert total([1, 2]) == 3")
    item = NotebookKit("nb", recorded_source(source, release), release)
    return Kit("ps", "", "", "fr", (item,), modules=modules, sandbox="none", run_limits=_LIMITS)


def brought(student: str, answer: str = GOOD) -> Brought:
    """Return a copy."""
    content = json.dumps(notebook(answer, test="assert total([1, 2]) == 3")).encode()
    return Brought(student, "ps", {"nb.ipynb": content})


def points(done: Done) -> float:
    """Return what the machine gave."""
    (item,) = done.graded.notebooks
    return sum(cell.auto_score or 0.0 for cell in item.entry.verdict.cells)
