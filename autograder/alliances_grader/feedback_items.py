"""What a feedback page says of each question, gathered as plain values from the copy and the gradebook.

The prompts come from the released notebook and the public questions, never from the source with its keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from alliances.i18n import Language, area_texts
from alliances.questions.registry import TYPES, type_of
from alliances_grader.cells import (
    Cell,
    Notebook,
    by_id,
    criteria_of,
    grade_id,
    is_answer_code,
    is_task,
    marks,
)
from alliances_grader.course_manifest import CriterionText, Exercise
from alliances_grader.feedback_checks import FailedCheck, Secrets, error_words, failed_check
from alliances_grader.feedback_release import Release, question_id
from alliances_grader.literal import read_assignment
from alliances_grader.marks import CellMark, read_mark, verdict_of
from alliances_grader.merge import written_answer
from alliances_grader.results import CellResult, CopyResult

__all__ = ["CriterionItem", "Item", "gather_items"]

_AUTOMATIC: Final = frozenset({"No response.", *area_texts("grader")["no_answer"].values()})
"""What nbgrader and the grader remark on a blank answer: the page says so in its own words."""


@dataclass(frozen=True)
class CriterionItem:
    """One criterion of an open answer; ``result`` is ``None`` when the gradebook has no row for it."""

    id: str
    words: CriterionText | None
    result: CellResult | None
    comment: str


@dataclass(frozen=True)
class Item:
    """One question of a copy.

    Attributes:
        kind: ``marked`` (by rule), ``code`` (by tests, or by a person who reads code), ``open`` (a text that
            a person reads), ``task`` (work anywhere in the notebook that a person marks).
        answer: decoded value of a marked question, source of a code question, text of an open one.
        points, max_points: marks.
        error: what the learner's own code stopped on.
        check: of a code question, the check that was not passed.
        outcome: id of the outcome that the question bears on, empty when the course names none.
        by_person: no machine gives these points.
        cells: ids of the course's cells that belong to it.
        told_in: language of the mark's words, ``None`` when it is the page's.
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
    check: FailedCheck | None = None
    outcome: str = ""
    by_person: bool = False
    cells: frozenset[str] = frozenset()
    told_in: Language | None = None


@dataclass(frozen=True)
class _Sources:
    """Where an item is gathered from: see ``gather_items``."""

    exercise: Exercise | None
    release: Release
    copies: Mapping[str, Cell]
    results: Mapping[str, CellResult]
    comments: Mapping[str, str]
    secrets: Secrets

    def question(self, name: str) -> Mapping[str, Any]:
        """Return the public question, empty when the course does not know it."""
        return self.exercise.questions.get(name, {}) if self.exercise is not None else {}


def gather_items(
    exercise: Exercise | None, release: Release, graded: Notebook, result: CopyResult
) -> list[Item]:
    """Return the questions of a copy in the release's order.

    Args:
        exercise: its public questions and rubrics, when the course knows them.
        release: the learner's version of the notebook.
        graded: the copy in ``autograded/``.
        result: what the gradebook says of the notebook.
    """
    results = {cell.id: cell for cell in result.cells}
    copies = by_id(graded)
    secrets = Secrets(release.by_id, release.text, graded)
    at = _Sources(exercise, release, copies, results, result.comments, secrets)
    items: list[Item] = []
    taken: set[str] = set()
    for block in release.blocks:
        item = _item(block.cells, at)
        if item is None:
            continue
        cells = frozenset(filter(None, map(grade_id, block.cells))) | {entry.id for entry in item.criteria}
        # Two cells may ask for one name (« q1 » and « q1_test »): the page needs one address each.
        name = item.id if item.id not in taken else grade_id(block.cells[-1])
        taken.add(name)
        outcome = str(item.question.get("outcome") or block.outcome)
        items.append(replace(item, id=name, prompt=block.prompt, outcome=outcome, cells=cells))
    return items


def _item(cells: tuple[Cell, ...], at: _Sources) -> Item | None:
    cell = cells[-1]
    name = grade_id(cell)
    if is_task(cell):
        return _task(cell, at) if name in at.results else None
    if marks(cell).get("solution") is True:
        return _open(cell, at)
    if name in at.results and (at.results[name].max_points > 0 or not _counts(cell, at)):
        return _tested(cells, at)
    return None


def _counts(cell: Cell, at: _Sources) -> bool:
    """Say whether the question of a test cell is one that counts: how sure somebody was does not."""
    kind = at.question(question_id(cell)).get("type")
    return kind not in TYPES or type_of(kind).counts


def _tested(cells: tuple[Cell, ...], at: _Sources) -> Item:
    test = cells[-1]
    name, result = question_id(test), at.results[grade_id(test)]
    question = at.question(name)
    answers = [grade_id(cell) for cell in cells if is_answer_code(cell)]
    copied = [at.copies[answer] for answer in answers if answer in at.copies]
    source = "\n\n".join(str(cell["source"]) for cell in copied)
    parsed, value = read_assignment(source, name) if question else (False, None)
    graded = at.copies.get(grade_id(test))
    mark = read_mark(graded)
    verdict = verdict_of(result.points, result.max_points, mark)
    untouched = bool(copied) and all(_untouched(cell, at) for cell in copied)
    if untouched and verdict == "wrong" and not parsed:
        verdict, source = "unanswered", ""
    failed = None
    if not parsed and mark is None and verdict in {"wrong", "partly"} and graded is not None:
        failed = failed_check(test["source"], graded["source"], graded["outputs"], at.secrets)
    return Item(
        id=name,
        kind="marked" if parsed else "code",
        question=question,
        prompt="",
        answer=value if parsed else source,
        points=result.points,
        max_points=result.max_points,
        verdict=verdict,
        to_mark=result.to_mark,
        mark=mark,
        error="" if verdict == "unanswered" else _own_error(copied, at.secrets),
        comment=_comment([grade_id(test), *answers], at),
        check=failed,
    )


def _untouched(cell: Cell, at: _Sources) -> bool:
    released = at.release.by_id.get(grade_id(cell))
    return released is not None and cell["source"].strip() == released["source"].strip()


def _comment(names: list[str], at: _Sources) -> str:
    found = (at.comments.get(name, "") for name in dict.fromkeys(names))
    return "\n".join(comment for comment in found if comment and comment not in _AUTOMATIC)


def _own_error(answers: list[Cell], secrets: Secrets) -> str:
    """Return the error of the learner's own cells; those of tests are told in ``feedback_checks``."""
    for cell in answers:
        for output in cell["outputs"]:
            if output.get("output_type") == "error":
                return error_words(output, secrets)
    return ""


def _open(cell: Cell, at: _Sources) -> Item:
    name = grade_id(cell)
    code = cell["cell_type"] == "code"
    copied = at.copies.get(name)
    text = written_answer(copied, cell) if copied is not None else ""
    rubric = criteria_of(at.release.notebook, name) if at.release.has_rubric(name) else ()
    criteria = tuple(_criterion(name, full, at) for full in rubric)
    marked = [item.result for item in criteria if item.result is not None]
    if name in at.results:
        marked.append(at.results[name])
    to_mark = any(result.to_mark for result in marked)
    points, max_points = sum(item.points for item in marked), sum(item.max_points for item in marked)
    judged = "person" if to_mark else verdict_of(points, max_points, None)
    return Item(
        id=name,
        kind="code" if code else "open",
        question=at.question(name),
        prompt="",
        answer=text,
        points=points,
        max_points=max_points,
        verdict=judged if text else "unanswered",
        to_mark=to_mark,
        error=_own_error([copied], at.secrets) if code and text and copied is not None else "",
        comment=_comment([name], at),
        criteria=criteria,
        by_person=True,
    )


def _task(cell: Cell, at: _Sources) -> Item:
    name = grade_id(cell)
    result = at.results[name]
    judged = "person" if result.to_mark else verdict_of(result.points, result.max_points, None)
    return Item(
        id=name,
        kind="task",
        question={},
        prompt="",
        answer="",
        points=result.points,
        max_points=result.max_points,
        verdict=judged,
        to_mark=result.to_mark,
        comment=_comment([name], at),
        by_person=True,
    )


def _criterion(question: str, name: str, at: _Sources) -> CriterionItem:
    rubric = at.exercise.rubrics.get(question, ()) if at.exercise is not None else ()
    words = next((item for item in rubric if f"{question}_{item.id}" == name), None)
    return CriterionItem(name, words, at.results.get(name), _comment([name], at))
