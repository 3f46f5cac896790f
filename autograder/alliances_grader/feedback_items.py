"""What a feedback page says of each question, gathered as plain values from the copy and the gradebook.

The prompts come from the released notebook and the public questions, never from the source with its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alliances.questions.registry import TYPES, type_of
from alliances_grader.cells import (
    Cell,
    Notebook,
    by_id,
    criteria_of,
    grade_id,
    is_answer_code,
    is_open_answer,
    is_task,
    marks,
)
from alliances_grader.course_manifest import CriterionText, Exercise
from alliances_grader.inert_text import visible
from alliances_grader.literal import read_assignment
from alliances_grader.marks import CellMark, read_mark, verdict_of
from alliances_grader.merge import written_answer
from alliances_grader.results import CellResult, CopyResult

__all__ = ["CriterionItem", "Item", "gather_items"]


@dataclass(frozen=True)
class CriterionItem:
    """One criterion of an open answer; ``result`` is ``None`` when the gradebook has no row for it."""

    id: str
    words: CriterionText | None
    result: CellResult | None
    comment: str


@dataclass(frozen=True)
class Item:
    """One question of a copy; ``kind``: ``marked`` (by rule), ``code`` (by tests) or ``open`` (by a person).

    ``answer`` is the decoded value of a marked question, the source of a code question, the text of an open
    one; ``error`` the error that the learner's own code stopped on; points are marks.
    """

    id: str
    kind: str
    question: Mapping[str, Any]
    prompt: str
    answer: object
    points: float
    max_points: float
    verdict: str
    to_mark: bool
    mark: CellMark | None = None
    error: str = ""
    comment: str = ""
    criteria: tuple[CriterionItem, ...] = ()


@dataclass(frozen=True)
class _Sources:
    """Where an item is gathered from: see ``gather_items``."""

    exercise: Exercise | None
    release: Notebook
    copies: Mapping[str, Cell]
    results: Mapping[str, CellResult]
    comments: Mapping[str, str]

    def question(self, name: str) -> Mapping[str, Any]:
        """Return the public question, empty when the course does not know it."""
        return self.exercise.questions.get(name, {}) if self.exercise is not None else {}


def gather_items(
    exercise: Exercise | None, release: Notebook, graded: Notebook, result: CopyResult
) -> list[Item]:
    """Return the questions of a copy in the release's order.

    Args:
        exercise: its public questions and rubrics, when the course knows them.
        release: the learner's version of the assignment.
        graded: the copy in ``autograded/``.
        result: what the gradebook says of the copy.
    """
    results = {cell.id: cell for cell in result.cells}
    at = _Sources(exercise, release, by_id(graded), results, result.comments)
    items = []
    for block in _blocks(release):
        cell = block[-1]
        name = grade_id(cell)
        if marks(cell).get("solution") is True:
            items.append(_open(block, at))
        elif name in results and (results[name].max_points > 0 or not _counts(cell, at)):
            items.append(_tested(block, at))
    return items


def _counts(cell: Cell, at: _Sources) -> bool:
    """Say whether the question of a test cell is one that counts: how sure somebody was does not."""
    kind = at.question(_question_id(cell)).get("type")
    return kind not in TYPES or type_of(kind).counts


def _blocks(release: Notebook) -> Iterator[list[Cell]]:
    """Cut the notebook after each cell that carries points: its prompt and answer stand before it."""
    block: list[Cell] = []
    for cell in release["cells"]:
        if is_task(cell):
            block = []
            continue
        block.append(cell)
        if marks(cell).get("grade") is True:
            yield block
            block = []


def _question_id(cell: Cell) -> str:
    about = cell["metadata"].get("alliances")
    named = about.get("question") if isinstance(about, Mapping) else None
    return named if isinstance(named, str) else grade_id(cell).removesuffix("_test")


def _prompt(block: list[Cell]) -> str:
    """Return the Markdown that introduces a block: from its last heading on, or its last text."""
    texts = [cell["source"] for cell in block if cell["cell_type"] == "markdown" and not is_open_answer(cell)]
    start = max(
        (place for place, text in enumerate(texts) if text.lstrip().startswith("#")), default=len(texts) - 1
    )
    return "\n\n".join(texts[max(start, 0) :])


def _tested(block: list[Cell], at: _Sources) -> Item:
    test = block[-1]
    name, result = _question_id(test), at.results[grade_id(test)]
    question = at.question(name)
    copied = [
        at.copies[grade_id(cell)] for cell in block if is_answer_code(cell) and grade_id(cell) in at.copies
    ]
    source = "\n\n".join(str(cell["source"]) for cell in copied)
    parsed, value = read_assignment(source, name) if question else (False, None)
    mark = read_mark(at.copies.get(grade_id(test)))
    return Item(
        id=name,
        kind="marked" if parsed else "code",
        question=question,
        prompt=_prompt(block),
        answer=value if parsed else source,
        points=result.points,
        max_points=result.max_points,
        verdict=verdict_of(result.points, result.max_points, mark),
        to_mark=result.to_mark,
        mark=mark,
        error=_own_error(copied),
        comment="\n".join(at.comments[grade_id(cell)] for cell in copied if grade_id(cell) in at.comments),
    )


def _own_error(answers: list[Cell]) -> str:
    """Return the error of the learner's own cells; those of tests could quote a hidden one."""
    for cell in answers:
        for output in cell.get("outputs") or []:
            if output.get("output_type") == "error":
                return visible(f"{output.get('ename')}: {output.get('evalue')}", 300)
    return ""


def _open(block: list[Cell], at: _Sources) -> Item:
    cell = block[-1]
    name = grade_id(cell)
    copied = at.copies.get(name)
    text = written_answer(copied, cell) if copied is not None else ""
    criteria = tuple(_criterion(name, full, at) for full in criteria_of(at.release, name))
    marked = [item.result for item in criteria if item.result is not None]
    if name in at.results:
        marked.append(at.results[name])
    to_mark = any(result.to_mark for result in marked)
    points, max_points = sum(item.points for item in marked), sum(item.max_points for item in marked)
    judged = "person" if to_mark else verdict_of(points, max_points, None)
    return Item(
        id=name,
        kind="open",
        question=at.question(name),
        prompt=_prompt(block),
        answer=text,
        points=points,
        max_points=max_points,
        verdict=judged if text else "unanswered",
        to_mark=to_mark,
        comment=at.comments.get(name, "") if text else "",
        criteria=criteria,
    )


def _criterion(question: str, name: str, at: _Sources) -> CriterionItem:
    rubric = at.exercise.rubrics.get(question, ()) if at.exercise is not None else ()
    words = next((item for item in rubric if f"{question}_{item.id}" == name), None)
    return CriterionItem(name, words, at.results.get(name), at.comments.get(name, ""))
