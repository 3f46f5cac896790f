"""The learner's version of a notebook, cut into its questions once for the whole class."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from alliances_grader.cells import (
    Cell,
    Notebook,
    by_id,
    criteria_of,
    grade_id,
    is_open_answer,
    is_task,
    marks,
)
from alliances_grader.course_manifest import Exercise
from alliances_grader.feedback_checks import squashed

__all__ = ["Block", "Release", "question_id", "release_of"]


@dataclass(frozen=True)
class Block:
    """One question as released: its cells, the one with the points last, its prompt, its outcome's id."""

    cells: tuple[Cell, ...]
    prompt: str
    outcome: str


@dataclass(frozen=True)
class Release:
    """A released notebook.

    Attributes:
        notebook: as ``feedback_source`` reads it.
        by_id: its cells by nbgrader's id.
        blocks: its questions, in order.
        text: all of its text without spaces.
        rubrics: ids of the open questions whose tasks are criteria of one answer.
    """

    notebook: Notebook
    by_id: Mapping[str, Cell]
    blocks: tuple[Block, ...]
    text: str
    rubrics: frozenset[str] = frozenset()

    def has_rubric(self, question: str) -> bool:
        """Say whether the tasks called ``<question>_…`` are criteria of that question's answer."""
        return question in self.rubrics


def release_of(notebook: Notebook, exercise: Exercise | None) -> Release:
    """Prepare a released notebook; tasks are criteria only where the course has a rubric for them."""
    rubrics = frozenset(exercise.rubrics) if exercise is not None else frozenset()
    criteria = {name for question in rubrics for name in criteria_of(notebook, question)}
    blocks = tuple(Block(cells, _prompt(cells), _outcome(cells[-1])) for cells in _cut(notebook, criteria))
    text = squashed("\n".join(cell["source"] for cell in notebook["cells"]))
    return Release(notebook, by_id(notebook), blocks, text, rubrics)


def question_id(cell: Cell) -> str:
    """Return the id of the question that a cell with points belongs to."""
    about = cell["metadata"].get("alliances")
    named = about.get("question") if isinstance(about, Mapping) else None
    return named if isinstance(named, str) else grade_id(cell).removesuffix("_test")


def _outcome(cell: Cell) -> str:
    about = cell["metadata"].get("alliances")
    named = about.get("outcome") if isinstance(about, Mapping) else None
    return named if isinstance(named, str) else ""


def _cut(notebook: Notebook, criteria: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    """Cut the notebook after each cell that carries points: its prompt and answer stand before it."""
    block: list[Cell] = []
    for cell in notebook["cells"]:
        if grade_id(cell) in criteria:
            block = []
            continue
        block.append(cell)
        if marks(cell).get("grade") is True or is_task(cell):
            yield tuple(block)
            block = []


def _prompt(cells: tuple[Cell, ...]) -> str:
    """Return the Markdown that introduces a question: from its last heading on, or its last text."""
    texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown" and not is_open_answer(cell)]
    start = max(
        (place for place, text in enumerate(texts) if text.lstrip().startswith("#")), default=len(texts) - 1
    )
    return "\n\n".join(texts[max(start, 0) :])
