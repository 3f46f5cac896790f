"""Every sample copy of every exercise gets the marks that its expected.toml announces.

A new folder in ``exercises/<slug>/submissions/`` is a new test.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from acting import acting_tags
from copies import hidden_lines, private_tree, put_sample

from alliances.course.tree import CourseTree, find_tree
from alliances.desk.collecting import Collection, collect
from alliances.desk.copies_asked import GradeRequest
from alliances.desk.course_folder import create_course
from alliances.desk.feedback import write_feedback
from alliances.desk.grading import grade_class
from alliances.i18n import LANGUAGES, Language
from alliances_grader.cells import by_id
from alliances_grader.class_asked import Outcome
from alliances_grader.course_manifest import Course
from alliances_grader.files import read_notebook
from alliances_grader.marks import read_mark, verdict_of
from alliances_grader.results import CopyResult
from alliances_grader.results_sql import notebook_results
from alliances_grader.results_whole import whole_copies
from alliances_grader.verdicts import Mode

pytestmark = pytest.mark.grader

CHECKOUT = find_tree()
MODES: tuple[Mode, ...] = ("strict", "nbgrader")
SAMPLES = sorted(path.parent for path in CHECKOUT.exercises.glob("*/submissions/*/expected.toml"))
# A deleted test cell is put back in strict mode, and the answer gets the points it is worth; nbgrader asks.
PUT_BACK = {"code_deleted_cell": {"k02": 3.0}}


def label(sample: Path) -> str:
    return f"{sample.parent.parent.name}-{sample.name}"


def expected(sample: Path) -> dict[str, Any]:
    return tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))


def name_of(sample: Path) -> str:
    return f"{sample.parent.parent.name}_{expected(sample)['door']}"


@dataclass
class Graded:
    """One language's course with all samples of that language collected and graded."""

    course: Course
    collection: Collection
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    results: dict[tuple[str, str], CopyResult] = field(default_factory=dict)
    """By assignment and sample: two exercises may have a sample of one name."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Graded]:
    """Return what grades all samples of a language in a mode, once."""

    @cache
    def graded_in(language: Language, mode: Mode = "strict") -> Graded:
        root = tmp_path_factory.mktemp(f"samples-{language}-{mode}")
        tree = CourseTree(private_tree(CHECKOUT.root, root / "tree"))
        course = create_course(tree, root / "course", language).course
        mine = [sample for sample in SAMPLES if expected(sample)["language"] == language]
        for sample in mine:
            name = name_of(sample)
            put_sample(sample, root / "in", course.root / "release" / name / f"{name}.ipynb")
        made = Graded(course, collect(course, root / "in"))
        for name in sorted({name_of(sample) for sample in mine}):
            outcomes = grade_class(course, GradeRequest([name], mode=mode), lambda _place, _count, _it: None)
            made.outcomes.update({(name, outcome.student): outcome for outcome in outcomes})
            copies = whole_copies(notebook_results(course.root, name))
            made.results.update({(name, student): copy for student, copy in copies.items()})
        return made

    return graded_in


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sample", SAMPLES, ids=label)
def test_a_sample_gets_the_marks_it_announces(
    graded: Callable[..., Graded], sample: Path, mode: Mode
) -> None:
    """Points by question, what a person must mark, flags, or the refusal are announced, for both modes."""
    wanted = expected(sample)
    made = graded(wanted["language"], mode)
    if "error" in wanted:
        asked = (sample.name, name_of(sample))
        refused = next(copy for copy in made.collection.refused if (copy.learner, copy.assignment) == asked)
        assert refused.reason.key == wanted["error"]
        for language in LANGUAGES:
            assert wanted[f"message_{language}"] in refused.reason.in_language(language)
        return
    copy = (name_of(sample), sample.name)
    result, outcome = made.results[copy], made.outcomes[copy]
    assert outcome.state == "graded"
    back = PUT_BACK.get(sample.name, {}) if mode == "strict" else {}
    scores = {**wanted["scores"], **back}
    found = {cell.id.removesuffix("_test"): cell.points for cell in result.cells if cell.id.endswith("_test")}
    assert {name: found[name] for name in scores} == scores
    assert result.auto_points == sum(scores.values())
    assert {cell.id for cell in result.cells if cell.to_mark} == to_mark(wanted, back)
    assert ("hash_mismatch" in [item.key for item in outcome.findings]) is not wanted.get("intact", True)
    named = {item.values["question"] for item in outcome.findings if item.key == "unknown_question"}
    assert named == set(wanted.get("ignored", [])) - set(found)


def to_mark(wanted: dict[str, Any], back: Iterable[str]) -> set[str]:
    """Return the cells that wait for a person: criteria of written answers, never a cell worth no point."""
    blank = {name for name, verdict in wanted["verdicts"].items() if verdict == "unanswered"}
    criteria = {name for name in wanted["needs_manual"] if "_" in name and name.split("_")[0] not in blank}
    return criteria - {f"{name}_test" for name in back}


@pytest.mark.parametrize("sample", [path for path in SAMPLES if "error" not in expected(path)], ids=label)
def test_a_samples_verdicts_are_the_announced_ones(graded: Callable[..., Graded], sample: Path) -> None:
    """The verdict that feedback shows for each marked question is the one announced."""
    wanted = expected(sample)
    made, name = graded(wanted["language"]), name_of(sample)
    cells = by_id(read_notebook(made.course.root / "autograded" / sample.name / name / f"{name}.ipynb"))
    points = {cell.id: cell for cell in made.results[name, sample.name].cells}
    tests = {question: f"{question}_test" for question in wanted["verdicts"] if f"{question}_test" in points}
    found = {
        question: verdict_of(points[test].points, points[test].max_points, read_mark(cells[test]))
        for question, test in tests.items()
    }
    assert found == {question: wanted["verdicts"][question] for question in tests}


@pytest.mark.parametrize("door", ["form", "code"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_feedback_shows_no_key(graded: Callable[..., Graded], language: Language, door: str) -> None:
    """No page holds a line of a solution or a hidden test, a marking call, or anything that acts."""
    course = graded(language).course
    names = sorted({name_of(path) for path in SAMPLES if expected(path)["door"] == door})
    secrets = set[str]().union(*(hidden_lines(course.root, name) for name in names))
    assert len(secrets) > 20
    for page in [page for name in names for page in write_feedback(course, name)]:
        html = page.path.read_text(encoding="utf-8")
        assert acting_tags(html.split("</head>")[1]) == [], page.student
        # Their own code may happen to be the solution's, word for word: it stands in <pre>, escaped.
        told = unescape(re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL))
        assert [line for line in secrets if line in told] == [], page.student
        assert "mark_cell" not in told
        assert "BEGIN " not in told
