"""A form that has a question of every type, those that CONTRIBUTING.md shows: checked, built, merged."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from author_examples import author_examples, example_blocks
from tiny_course import change, write_tiny_course

from alliances.course.build_units import Course
from alliances.course.check import check
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import build_assignment
from alliances.i18n import LANGUAGES, Language
from alliances.questions.registry import type_of
from alliances_grader.merge import merge_form

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    """The miniature course, with every example in its form and no code door."""
    tree = write_tiny_course(tmp_path)
    path = tree.exercises / "tiny" / "form.yaml"
    examples = "".join(re.sub("(?m)^(?=.)", "      ", block) for block in example_blocks())
    path.write_text(path.read_text(encoding="utf-8") + examples, encoding="utf-8")
    outcomes = sorted({raw["outcome"] for raw in author_examples().values()})
    known = "".join(f', "{outcome}"' for outcome in outcomes)
    change(path.with_name("exercise.toml"), '"tell", "count"', f'"tell", "count"{known}')
    change(path.with_name("exercise.toml"), '["form", "code"]', '["form"]')
    return tree


def test_the_lint_reads_every_type(tree: CourseTree) -> None:
    """What it finds is a second and a third open answer, and points: no type stops it."""
    found = [(finding.rule, finding.line) for finding in check(tree) if finding.path.name == "form.yaml"]
    lines = (tree.exercises / "tiny" / "form.yaml").read_text(encoding="utf-8").splitlines()
    open_ones = [
        place for place, line in enumerate(lines, start=1) if line.endswith(("id: my_service", "id: minutes"))
    ]
    assert [(rule, line) for rule, line in found if rule == "second_text"] == [
        ("second_text", n) for n in open_ones
    ]
    assert {rule for rule, _ in found} == {"second_text"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_becomes_cells_and_takes_its_answer(tree: CourseTree, language: Language) -> None:
    """Built, each question has its prompt and its cell; model answers merge into it; no copy is flagged."""
    course = Course(tree)
    exercise = read_exercise(tree.exercises / "tiny" / "exercise.toml")
    made = build_assignment(
        tree, exercise, "form", language, cases=course.cases, references=course.references
    )
    release = json.loads(made.release)
    asked = json.loads(made.questions)["questions"]
    names = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in release["cells"]}
    assert set(asked) <= names
    assert {f"{name}_prompt" for name in asked} <= names
    for cell in release["cells"]:
        cell["source"] = "".join(cell["source"])
    answers: dict[str, Any] = {name: {"unknown": True} for name in asked}
    assert merge_form(release, answers).flags == ()
    free = {
        "my_service": {"rows": [{"risk": "Retrait", "level": 2}, {}]},
        "minutes": {"name": "a", "text": "b"},
    }
    merged = merge_form(release, free)
    assert merged.flags == ()
    sources = {
        c["metadata"].get("nbgrader", {}).get("grade_id"): c["source"] for c in merged.notebook["cells"]
    }
    assert "risk: Retrait | level: 2" in sources["my_service"]
    assert type_of("classify").name in {question["type"] for question in asked.values()}
