"""What nbgrader's metadata (schema 3) says of a cell, read without trusting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = [
    "Cell",
    "Notebook",
    "by_id",
    "criteria_of",
    "grade_id",
    "is_answer_code",
    "is_open_answer",
    "is_task",
    "marks",
]

Cell = Any
"""An ``nbformat`` cell: a dictionary with attribute access, of no type of its own."""
Notebook = Any
"""An ``nbformat`` notebook."""


def marks(cell: Cell) -> dict[str, Any]:
    """Return the cell's nbgrader block, empty when it has none or something else in its place."""
    metadata = cell.get("metadata")
    block = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return block if isinstance(block, dict) else {}


def grade_id(cell: Cell) -> str:
    """Return the cell's id in the gradebook, or an empty text."""
    found = marks(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def by_id(notebook: Notebook) -> dict[str, Cell]:
    """Return the cells that have an id, in the notebook's order."""
    return {name: cell for cell in notebook["cells"] if (name := grade_id(cell))}


def is_answer_code(cell: Cell) -> bool:
    """Say whether the learner answers here with code that other cells test (grade F, solution T)."""
    block = marks(cell)
    return cell["cell_type"] == "code" and block.get("solution") is True and block.get("grade") is not True


def is_open_answer(cell: Cell) -> bool:
    """Say whether the learner writes a text here that a person reads (markdown, grade T, solution T)."""
    block = marks(cell)
    return cell["cell_type"] == "markdown" and block.get("solution") is True and block.get("grade") is True


def is_task(cell: Cell) -> bool:
    """Say whether the cell is one criterion that a person marks."""
    return marks(cell).get("task") is True


def criteria_of(notebook: Notebook, question: str) -> Iterator[str]:
    """Yield the ids of the criteria of an open question: the task cells called ``<question>_<criterion>``."""
    for name, cell in by_id(notebook).items():
        if is_task(cell) and name.startswith(f"{question}_"):
            yield name
