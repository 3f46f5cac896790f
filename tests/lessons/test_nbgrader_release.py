"""Stock nbgrader and our builder make the same assignment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from nbgrader_course import NbgraderCourse
from tiny_course import write_tiny_course

from alliances.course.build_units import Course
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import Assignment, build_assignment
from alliances.course.tree import CourseTree, find_tree
from alliances.i18n import LANGUAGES, Language
from alliances.questions.answers import DOORS, AnswerFile, Door

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.grader
REAL = find_tree()
EXERCISES = sorted(path.parent.name for path in REAL.exercises.glob("*/exercise.toml"))


def made(tree: CourseTree, slug: str, door: Door, language: Language) -> Assignment:
    course = Course(tree)
    exercise = read_exercise(tree.exercises / slug / "exercise.toml")
    return build_assignment(tree, exercise, door, language, cases=course.cases, references=course.references)


def comparable(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_stock_nbgrader_makes_our_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    """Nbgrader's generate_assignment accepts the sources and gives our releases, checksums included."""
    tree = write_tiny_course(tmp_path / "tree")
    (tmp_path / "course").mkdir()
    course = NbgraderCourse(tmp_path / "course", language, monkeypatch)
    for door in DOORS:
        ours = made(tree, "tiny", door, language)
        course.add_source(ours.name, ours.source)
        assert comparable(json.loads(ours.release)) == comparable(course.generate(ours.name))
        assert course.max_score(ours.name) == 9


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", EXERCISES)
def test_stock_nbgrader_accepts_each_exercise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slug: str, language: Language
) -> None:
    """Each exercise of the course is released by nbgrader as by our builder, for the points it declares."""
    course = NbgraderCourse(tmp_path, language, monkeypatch)
    exercise = read_exercise(REAL.exercises / slug / "exercise.toml")
    for door in exercise.doors:
        ours = made(REAL, slug, door, language)
        course.add_source(ours.name, ours.source)
        assert comparable(json.loads(ours.release)) == comparable(course.generate(ours.name))
        assert course.max_score(ours.name) == exercise.points


def test_the_source_earns_full_marks_and_the_release_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Graded by stock nbgrader, the solution earns each machine-marked point, the untouched copy none."""
    tree = write_tiny_course(tmp_path / "tree")
    (tmp_path / "course").mkdir()
    course = NbgraderCourse(tmp_path / "course", "fr", monkeypatch)
    for door in DOORS:
        ours = made(tree, "tiny", door, "fr")
        course.add_source(ours.name, ours.source)
        course.generate(ours.name)
        course.submit("solved", ours.name, ours.source)
        course.submit("untouched", ours.name, ours.release)
        assert sum(course.autograde("solved", ours.name).values()) == 6
        assert sum(course.autograde("untouched", ours.name).values()) == 0


def test_stock_nbgrader_marks_what_was_answered_by_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell « c01 = ask("c01") » and its answers.json earn the same by stock nbgrader as an answer typed."""
    tree = write_tiny_course(tmp_path / "tree")
    (tmp_path / "course").mkdir()
    course = NbgraderCourse(tmp_path / "course", "fr", monkeypatch)
    ours = made(tree, "tiny", "code", "fr")
    course.add_source(ours.name, ours.source)
    course.generate(ours.name)
    solved, asked = json.loads(ours.source), json.loads(ours.release)
    answers: dict[str, Any] = {}
    for full, cell in zip(solved["cells"], asked["cells"], strict=True):
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in json.loads(ours.questions)["questions"] and cell["cell_type"] == "code":
            space: dict[str, Any] = {}
            exec("".join(full["source"]), space)  # noqa: S102 - our own solution
            answers[name] = space[name]
            cell["source"] = f'from alliances.questions import ask\n\n{name} = ask("{name}")\n{name}'
    assert answers
    kept = AnswerFile("lea", "tiny", "code", "fr", None, answers).to_dict()
    copy = json.dumps(asked).encode()
    course.submit("lea", ours.name, copy, answers=json.dumps(kept).encode(), questions=ours.questions)
    course.submit("solved", ours.name, ours.source)
    marks, full_marks = course.autograde("lea", ours.name), course.autograde("solved", ours.name)
    for name in answers:
        assert marks[f"{name}_test"] == full_marks[f"{name}_test"] > 0
