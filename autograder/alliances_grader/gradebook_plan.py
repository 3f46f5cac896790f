"""Which rows a batch of verdicts comes to: what the gradebook knows of an assignment, what each cell gets."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.engine import Connection

from alliances.errors import AlliancesError
from alliances_grader import gradebook_rows as rows
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.inert_text import visible
from alliances_grader.verdicts import CellVerdict

__all__ = ["CellRows", "PlannedAssignment", "PlannedNotebook", "cell_rows", "read_assignments", "refusal"]

_MAX_NAME: Final = 128


@dataclass(frozen=True)
class PlannedNotebook:
    """A notebook of an assignment: by name, the ids of its cells that have a grade, or a comment.

    A cell that is a task and graded has two rows of each; a machine writes to the graded cell's, as nbgrader
    does, and ``spare`` are the others.
    """

    id: str
    graded: dict[str, str] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)
    commented: dict[str, str] = field(default_factory=dict)
    spare_grades: list[str] = field(default_factory=list)
    spare_comments: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PlannedAssignment:
    """An assignment and its notebooks by name."""

    id: str
    notebooks: dict[str, PlannedNotebook] = field(default_factory=dict)


@dataclass
class CellRows:
    """Rows of a batch, by the statement that they are for."""

    grade: list[dict[str, Any]] = field(default_factory=list)
    unchanged_grade: list[dict[str, Any]] = field(default_factory=list)
    other_grade: list[dict[str, Any]] = field(default_factory=list)
    comment: list[dict[str, Any]] = field(default_factory=list)
    other_comment: list[dict[str, Any]] = field(default_factory=list)


def read_assignments(connection: Connection, names: list[str]) -> dict[str, PlannedAssignment]:
    """Return those of the named assignments that the gradebook knows, by name."""
    assignments: dict[str, PlannedAssignment] = {}
    notebooks: dict[str, PlannedNotebook] = {}
    for name, assignment_id, notebook, notebook_id in connection.execute(rows.notebooks_of(names)):
        assignment = assignments.setdefault(name, PlannedAssignment(assignment_id))
        if notebook_id is not None:
            assignment.notebooks[notebook] = notebooks[notebook_id] = PlannedNotebook(notebook_id)
    for notebook_id, cell, cell_id, kind in connection.execute(rows.cells_of(list(notebooks))):
        found = notebooks[notebook_id]
        if kind == "GradeCell":
            found.graded[cell] = cell_id
        elif kind == "SolutionCell":
            found.commented[cell] = cell_id
        elif kind == "TaskCell":
            # GradeCell and SolutionCell come before it in the alphabet, and so in the answer.
            if cell in found.graded:
                found.spare_grades.append(cell_id)
            else:
                found.graded[cell] = cell_id
                found.tasks.add(cell)
            if cell in found.commented:
                found.spare_comments.append(cell_id)
            else:
                found.commented[cell] = cell_id
    return assignments


def refusal(entry: BookEntry, assignments: dict[str, PlannedAssignment]) -> AlliancesError | None:
    """Return why an entry cannot be written, ``None`` when it can."""
    verdict = entry.verdict
    student, name = verdict.student, verdict.notebook
    if not student or len(student) > _MAX_NAME or not _writable(student):
        return AlliancesError("grading_run.bad_student", student=visible(student, 80))
    if verdict.assignment not in assignments:
        return AlliancesError("grading_run.unknown_assignment", assignment=verdict.assignment)
    notebook = assignments[verdict.assignment].notebooks.get(name)
    if notebook is None:
        return AlliancesError("grading_run.unknown_notebook", notebook=name, assignment=verdict.assignment)
    return _bad_value(entry, notebook)


def _bad_value(entry: BookEntry, notebook: PlannedNotebook) -> AlliancesError | None:
    verdict = entry.verdict
    student, name = verdict.student, verdict.notebook
    if not math.isfinite(verdict.penalty):
        return AlliancesError("grading_run.bad_score", student=student, cell=name, found=verdict.penalty)
    for cell in () if entry.missing else verdict.cells:
        place = notebook.commented if cell.kind == "solution" else notebook.graded
        if cell.grade_id not in place:
            return AlliancesError("grading_run.unknown_cell", cell=visible(cell.grade_id, 80), notebook=name)
        if cell.auto_score is not None and not math.isfinite(cell.auto_score):
            return AlliancesError(
                "grading_run.bad_score", student=student, cell=cell.grade_id, found=cell.auto_score
            )
    return None


def _writable(value: str) -> bool:
    # A folder whose name is no UTF-8 reaches Python as half surrogates; PostgreSQL takes no NUL.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def cell_rows(
    target: PlannedAssignment,
    group: list[BookEntry],
    copies: dict[str, str],
    submitted: dict[tuple[str, str], str],
) -> CellRows:
    """Return the rows of cells of a group of copies of one assignment, without their own ids.

    Args:
        target: the assignment.
        group: the entries on it, one a copy and notebook.
        copies: ids of the copies by learner.
        submitted: ids of their notebooks by copy id and notebook id.
    """
    made = CellRows()
    said = {(copies[e.verdict.student], target.notebooks[e.verdict.notebook].id): e for e in group}
    for copy in copies.values():
        for notebook in target.notebooks.values():
            entry = said.get((copy, notebook.id))
            _notebook_rows(made, notebook, submitted[copy, notebook.id], entry)
    return made


def _notebook_rows(
    made: CellRows, notebook: PlannedNotebook, submitted: str, entry: BookEntry | None
) -> None:
    cells: dict[str, CellVerdict] = {}
    if entry is not None and not entry.missing:
        cells = {cell.grade_id: cell for cell in entry.verdict.cells}
    silent = made.unchanged_grade if entry is not None and entry.missing else made.other_grade
    default = (
        {"auto_score": 0.0, "needs_manual_grade": False}
        if entry is not None and entry.missing
        else {"auto_score": None, "needs_manual_grade": True}
    )
    for name, cell_id in notebook.graded.items():
        cell = cells.get(name)
        place = {"notebook_id": submitted, "cell_id": cell_id}
        chosen = _grade_rows(made, notebook, entry, cell)
        if cell is None or chosen is None:
            silent.append(place | default)
        else:
            chosen.append(place | {"auto_score": cell.auto_score, "needs_manual_grade": cell.needs_manual})
    for name, cell_id in notebook.commented.items():
        cell = cells.get(name)
        said = {"notebook_id": submitted, "cell_id": cell_id, "auto_comment": cell.comment if cell else None}
        (made.other_comment if cell is None else made.comment).append(said)
    for cell_id in notebook.spare_grades:
        silent.append({"notebook_id": submitted, "cell_id": cell_id} | default)
    for cell_id in notebook.spare_comments:
        made.other_comment.append({"notebook_id": submitted, "cell_id": cell_id, "auto_comment": None})


def _grade_rows(
    made: CellRows, notebook: PlannedNotebook, entry: BookEntry | None, cell: CellVerdict | None
) -> list[dict[str, Any]] | None:
    """Return where a verdict's row belongs; ``None`` when the machine has no word on that cell."""
    if entry is None or cell is None or cell.kind == "solution":
        return None
    if cell.grade_id in entry.unchanged:
        return made.unchanged_grade
    if cell.grade_id in notebook.tasks and cell.grade_id not in entry.changed:
        return None
    return made.grade
