"""nbgrader's assignments, one a door: the source with keys, and the learner's copy without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliances.course.code_cells import code_door_cells
from alliances.course.form_cells import part_cells
from alliances.course.form_source import SHARED_PART, form_parts
from alliances.course.nbgrader_cells import graded, release
from alliances.course.notebook_file import Cell, markdown_cell, notebook_bytes
from alliances.course.typography import typeset
from alliances.i18n import Language, format_number, text
from alliances.questions.released import released_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.course.csv_source import CsvRow
    from alliances.course.exercise_manifest import ExerciseManifest
    from alliances.course.references import References
    from alliances.course.tree import CourseTree
    from alliances.questions.answers import Door

__all__ = ["Assignment", "assignment_name", "build_assignment"]


@dataclass(frozen=True)
class Assignment:
    """One door of an exercise: two notebooks and the public questions; ``source`` never reaches learners."""

    name: str
    source: bytes
    release: bytes
    questions: bytes


def assignment_name(slug: str, door: Door) -> str:
    """Return the name of the nbgrader assignment of one door."""
    return f"{slug}_{door}"


def build_assignment(  # noqa: PLR0913 - what an assignment is made of
    tree: CourseTree,
    exercise: ExerciseManifest,
    door: Door,
    language: Language,
    *,
    cases: Mapping[str, CsvRow],
    references: References,
) -> Assignment:
    """Build one door of an exercise in one language: same sources, same bytes.

    Raises:
        SourceError: the form or the code door is malformed.
    """
    name = assignment_name(exercise.slug, door)
    parts = form_parts(tree, exercise, language, cases, references)
    blocks = {part.id: part_cells(part, exercise.rubrics, language) for part in parts}
    if door == "form":
        body = [cell for part in parts for cell in blocks[part.id]]
    else:
        path = tree.exercises / exercise.slug / f"code.{language}.md"
        body = code_door_cells(path, blocks[SHARED_PART], language)
    cells = [_title(exercise, door, language), *body]
    about = {"exercise": exercise.slug, "door": door, "lang": language, "version": 1}
    title = typeset(exercise.title[language], language)

    def written(copy: list[Cell]) -> bytes:
        return notebook_bytes(copy, name, language, alliances=about, title=title)

    asked = (
        question for part in parts if door == "form" or part.id == SHARED_PART for question in part.questions
    )
    questions = released_bytes(exercise.slug, door, language, asked)
    return Assignment(name, written(cells), written(release(cells, language)), questions)


def _title(exercise: ExerciseManifest, door: Door, language: Language) -> Cell:
    whole = exercise.points == int(exercise.points)
    block = text(
        "course.exercise_title",
        language,
        title=exercise.title[language],
        door=text(f"course.door_{door}", language),
        points=format_number(exercise.points, 0 if whole else 1, language),
        minutes=exercise.minutes,
        ai_rule=exercise.ai_rule[language],
    )
    return graded(markdown_cell(typeset(block.strip(), language)), "locked", "introduction")
