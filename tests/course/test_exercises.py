"""Assignments: what a learner receives holds no key; what is malformed is refused with its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tiny_course import REASON_EN, REASON_FR, change, write_tiny_course

from alliances.course.build_units import Course
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import Assignment, build_assignment
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language
from alliances.questions.answers import DOORS, Door

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def made(tree: CourseTree, door: Door, language: Language = "fr") -> Assignment:
    course = Course(tree)
    exercise = read_exercise(tree.exercises / "tiny/exercise.toml")
    return build_assignment(tree, exercise, door, language, cases=course.cases, references=course.references)


def cells(notebook: bytes) -> dict[str, dict[str, Any]]:
    found = {}
    for cell in json.loads(notebook)["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["source"] = "".join(cell["source"])
            found[cell["metadata"]["nbgrader"]["grade_id"]] = cell
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("door", DOORS)
def test_the_same_sources_give_the_same_bytes(tree: CourseTree, door: Door, language: Language) -> None:
    """Building an assignment twice gives the same two notebooks."""
    assert made(tree, door, language) == made(tree, door, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("door", DOORS)
def test_a_release_holds_no_key(tree: CourseTree, door: Door, language: Language) -> None:
    """No reading, reason, right answer, solution or hidden test is in what learners receive."""
    content = made(tree, door, language).release.decode()
    secrets = [
        "mark_cell",
        "BEGIN",
        "END ",
        "'readings'",
        "correct",
        "team_reason",
        "return sum",
        "is_gift is",
    ]
    for secret in [*secrets, REASON_FR[:30], REASON_EN[:30]]:
        assert secret not in content, secret


@pytest.mark.parametrize("door", DOORS)
def test_both_doors_hold_the_same_shared_block(tree: CourseTree, door: Door) -> None:
    """The shared questions have the same ids and points by both doors."""
    found = cells(made(tree, door).source)
    names = ["part_shared", "c01_prompt", "c01", "c01_test", "c02_prompt", "c02", "c02_test", "j01_prompt"]
    assert [name for name in found if name.startswith(("part_shared", "c0", "j0"))] == [
        *names,
        "j01",
        "j01_facts",
    ]
    marks = found["c01_test"]["metadata"]
    assert marks["nbgrader"]["points"] == 1
    assert marks["alliances"] == {"question": "c01", "outcome": "tell"}


def test_an_open_answer_is_marked_by_criteria(tree: CourseTree) -> None:
    """An open answer is worth nothing by itself; each criterion is one task with its points."""
    found = cells(made(tree, "form").release)
    answer, task = (found[name]["metadata"]["nbgrader"] for name in ("j01", "j01_facts"))
    assert (answer["grade"], answer["solution"], answer["points"]) == (True, True, 0)
    assert (task["task"], task["locked"], task["grade"], task["points"]) == (True, True, False, 3)
    assert found["j01"]["source"] == "VOTRE RÉPONSE ICI"


def test_an_answer_cell_starts_with_nothing_given(tree: CourseTree) -> None:
    """An untouched answer cell defines an answer with nothing in it, then says that it is untouched."""
    source = cells(made(tree, "form", "en").release)["c01"]["source"]
    assert source == (
        'c01 = {"category": None, "reason": None}\n# YOUR CODE HERE\nraise NotImplementedError()'
    )


CODE = [
    ("{shared}\n", "", r"le bloc commun a 0 place"),
    ("Lisez, puis codez.", "{shared}", r"code\.fr\.md:\d+: le bloc commun a 2 place"),
    ('{"id": "k01", "kind": "answer"}', '{"id": "k01", "kind": "game"}', "« game » est inconnu"),
    ('{"id": "k01", "kind": "answer"}', '{"kind": "answer"}', r":\d+: il manque « id » .* « answer »"),
    ('{"id": "k01", "kind": "answer"}', "answer", r":\d+: les options de cette cellule sont illisibles"),
    ('{"id": "k02", "kind": "answer"}', '{"id": "k01", "kind": "answer"}', "« k01 » sert deux fois"),
    ('{"id": "k02", "kind": "answer"}', '{"id": "c01", "kind": "answer"}', "« c01 » sert deux fois"),
    ('"kind": "tests", "points": 2, "outcome": "count"', '"kind": "tests", "outcome": "count"', "« points »"),
    ("    ### END SOLUTION\n", "", r":\d+: une région est mal délimitée ici .* « ### END SOLUTION »"),
    (
        "    ### BEGIN SOLUTION\n    return sum(numbers)\n    ### END SOLUTION",
        "    return sum(numbers)",
        "la cellule réponse « k01 » n'a pas de solution",
    ),
    ('{"id": "k01", "kind": "answer"}', '{"id": "k01", "kind": "locked"}', "sa place est dans .* « answer »"),
]


@pytest.mark.parametrize(("old", "new", "message"), CODE)
def test_a_malformed_code_door_is_refused(tree: CourseTree, old: str, new: str, message: str) -> None:
    """A slip in a code door is refused with its line."""
    change(tree.exercises / "tiny/code.fr.md", old, new)
    with pytest.raises(SourceError, match=message):
        made(tree, "code")


FORM = [
    ("case: real_case", "case: no_case", r"form\.yaml:\d+: le cas « no_case » n'existe pas"),
    ("criteria: justification", "criteria: style", r"la grille « style » n'existe pas"),
    ("  - id: shared\n", "  - id: common\n", "le formulaire n'a pas de partie « shared »"),
    ("parts:\n", "parts: [\n", r"form\.yaml:\d+"),
    ('en: "Defend one reading."', 'de: "x"', r"form\.yaml:\d+"),
]


@pytest.mark.parametrize(("old", "new", "message"), FORM)
def test_a_malformed_form_is_refused(tree: CourseTree, old: str, new: str, message: str) -> None:
    """A slip in a form is refused with its file, and its line where there is one."""
    change(tree.exercises / "tiny/form.yaml", old, new)
    with pytest.raises(SourceError, match=message):
        made(tree, "form")
