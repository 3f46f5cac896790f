"""Hidden tests of the code doors are judged outside the learner's program: each can be, and each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.course.code_cells import code_mark
from alliances.course.myst_source import read_notebook
from alliances.course.rules.finding import Finding
from alliances.i18n import LANGUAGES
from alliances_grader.probe_split import beside, lint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alliances.course.myst_source import SourceCell
    from alliances.course.rules.inspected import Inspected

__all__ = ["hidden_test_rules"]


def hidden_test_rules(course: Inspected) -> Iterator[Finding]:
    """Yield each hidden statement that is not pure, or that the graded program itself would decide."""
    for exercise in course.exercises:
        if "code" not in exercise.doors:
            continue
        for language in LANGUAGES:
            path = course.tree.exercises / exercise.slug / f"code.{language}.md"
            for cell in course.attempt(path, lambda path=path: _tests(path)) or ():  # type: ignore[misc]
                for complaint in lint(cell.source) or beside(cell.source):
                    line = cell.line + complaint.line - 1
                    yield Finding(
                        path, line, "error", f"execution.{complaint.key}", {"found": complaint.found}
                    )


def _tests(path: Path) -> tuple[SourceCell, ...]:
    cells = (cell for cell in read_notebook(path).cells if cell.kind == "code")
    return tuple(cell for cell in cells if code_mark(cell, path).get("kind") == "tests")
