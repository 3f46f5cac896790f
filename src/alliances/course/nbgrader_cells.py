"""nbgrader's cells (metadata schema 3), and the release of an assignment: what a learner receives.

``release`` does what nbgrader 0.9.6's ``generate_assignment`` does to cells, checksums included; a test runs
the stock command on the same sources and compares.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from alliances.course.regions import HIDDEN_TESTS, MARK_SCHEME, SOLUTION, remove_region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliances.course.notebook_file import Cell
    from alliances.i18n import Language

__all__ = ["CODE_STUBS", "KINDS", "TEXT_STUBS", "graded", "release"]

# nbgrader's own words in English, so that a stock configuration gives the same release.
CODE_STUBS: Final[dict[Language, str]] = {
    "fr": "# VOTRE CODE ICI\nraise NotImplementedError()",
    "en": "# YOUR CODE HERE\nraise NotImplementedError()",
}
TEXT_STUBS: Final[dict[Language, str]] = {"fr": "VOTRE RÉPONSE ICI", "en": "YOUR ANSWER HERE"}

# kind: grade, solution, locked, task
KINDS: Final[dict[str, tuple[bool, bool, bool, bool]]] = {
    "answer": (False, True, False, False),
    "tests": (True, False, True, False),
    "manual": (True, True, False, False),
    "locked": (False, False, True, False),
    "task": (False, False, True, True),
}


def graded(cell: Cell, kind: str, name: str, points: float | None = None, **about: Any) -> Cell:  # noqa: ANN401
    """Return the cell with nbgrader's metadata.

    Args:
        cell: a code or Markdown cell.
        kind: one of ``KINDS``.
        name: nbgrader's ``grade_id``, unique in the notebook.
        points: what the cell is worth, for tests, manual answers and tasks.
        **about: what our own reports need to know (outcome, question), under the key ``alliances``.
    """
    grade, solution, locked, task = KINDS[kind]
    marks: dict[str, Any] = {
        "cell_type": cell["cell_type"], "grade": grade, "grade_id": name, "locked": locked,
        "schema_version": 3, "solution": solution, "task": task,
    }  # fmt: skip
    if points is not None:
        marks["points"] = int(points) if points == int(points) else points
    metadata = {**cell["metadata"], "nbgrader": marks}
    if about:
        metadata["alliances"] = about
    return {**cell, "metadata": metadata}


def release(cells: Iterable[Cell], language: Language) -> list[Cell]:
    """Return the learner's copies of the cells: regions out, stubs in, cells locked, checksums computed.

    Raises:
        RegionError: a region is malformed.
    """
    return [_released(deepcopy(cell), language) for cell in cells]


def _released(cell: Cell, language: Language) -> Cell:
    marks = cell["metadata"].get("nbgrader")
    if marks is None:
        return cell
    is_code = cell["cell_type"] == "code"
    stub = (CODE_STUBS if is_code else TEXT_STUBS)[language]
    source, replaced = remove_region(cell["source"], SOLUTION, stub)
    if marks["solution"] and not replaced:
        source = stub
    source, _ = remove_region(source, HIDDEN_TESTS)
    source, _ = remove_region(source, MARK_SCHEME)
    cell["source"] = source
    cell["metadata"]["deletable"] = False
    if not marks["solution"]:
        cell["metadata"]["editable"] = False
    marks["checksum"] = _checksum(cell)
    return cell


def _checksum(cell: Cell) -> str:
    """Return nbgrader's checksum: it tells an untouched cell from one that was written in."""
    marks = cell["metadata"]["nbgrader"]
    locked = not marks["solution"] and (marks["grade"] or marks["locked"])
    parts = [cell["source"], cell["cell_type"], marks["grade"], marks["solution"], locked, marks["grade_id"]]
    if marks["grade"]:
        parts.append(float(marks["points"]))
    return hashlib.md5("".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
