"""What tests of drawn courses ask of the sources: questions, built assignments, what a solution earns."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from alliances.course.build_units import Course
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import Assignment, build_assignment
from alliances.questions.spec import load_form

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language
    from alliances.questions.answers import Door

__all__ = ["assignment", "name_of", "points_of", "questions"]

_SHARED = re.compile(r"[csj]\d\d")
"""Names of the cells of a shared block; those of the code door itself begin with ``k``."""


def questions(tree: CourseTree, slug: str) -> dict[str, dict[str, Any]]:
    """Return the questions of a form as its file has them."""
    return {entry.id: entry.raw for entry in load_form(tree.exercises / slug / "form.yaml").questions}


def assignment(tree: CourseTree, slug: str, door: Door, language: Language) -> Assignment:
    """Build one door."""
    course = Course(tree)
    exercise = read_exercise(tree.exercises / slug / "exercise.toml")
    return build_assignment(tree, exercise, door, language, cases=course.cases, references=course.references)


def name_of(cell: dict[str, Any]) -> str:
    """Return the nbgrader name of a cell."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def points_of(notebook: bytes) -> float:
    """Run the code cells after the shared block; a tests cell is worth its last value, or its points."""
    space: dict[str, Any] = {"__name__": "notebook"}
    total = 0.0
    for cell in json.loads(notebook)["cells"]:
        name, source = name_of(cell), "".join(cell["source"])
        if cell["cell_type"] != "code" or _SHARED.match(name):
            continue
        body = ast.parse(source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        try:
            exec(compile(ast.Module(body, []), name, "exec"), space)  # noqa: S102 - the course's own solution
            value = eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None  # noqa: S307 - as above
        except AssertionError:
            continue
        if name.endswith("_test"):
            points = cell["metadata"]["nbgrader"]["points"]
            total += value if isinstance(value, float) else points
    return total
