"""The course as it is in this checkout: proof-read, built, and equal to what is committed."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import nbformat
import pytest

from alliances.course.build import build
from alliances.course.check import check
from alliances.course.syllabus import read_syllabus
from alliances.course.tree import CourseTree, find_tree
from alliances.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.lessons
REAL = find_tree()
SLUGS = read_syllabus(REAL).written


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> CourseTree:
    """Return a built copy of the checkout's sources."""
    root: Path = tmp_path_factory.mktemp("course")
    for name in ("modules", "exercises", "datasets"):
        shutil.copytree(REAL.root / name, root / name)
    tree = CourseTree(root)
    started = time.perf_counter()
    report = build(tree, pages=False)
    assert report.refusals == []
    assert time.perf_counter() - started < 10, "the whole course, pages apart, builds in seconds"
    return tree


def test_the_lint_finds_no_error() -> None:
    """The course keeps its own contracts."""
    told = [
        f"{finding.place(REAL.root)}: {finding.message('en')}"
        for finding in check(REAL)
        if finding.level == "error"
    ]
    assert told == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_committed_notebook_is_the_built_one(copy: CourseTree, slug: str, language: Language) -> None:
    """What is committed beside a lesson is, byte for byte, what the lesson gives."""
    committed = REAL.lesson(slug, language).with_suffix(".ipynb").read_bytes()
    assert copy.built_lesson(slug, language).read_bytes() == committed


def test_built_notebooks_are_valid_and_carry_no_output(copy: CourseTree) -> None:
    """Each built notebook is valid nbformat 4.5, without outputs, its ids unique."""
    paths = sorted(copy.build.rglob("*.ipynb"))
    assert paths
    for path in paths:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
        assert not any(cell.get("outputs") for cell in notebook.cells)


def test_releases_hold_no_key(copy: CourseTree) -> None:
    """No delimiter, marking call or solution is left in what learners receive."""
    for language in LANGUAGES:
        for path in sorted(copy.exercise_releases(language).rglob("*.ipynb")):
            text = "\n".join("".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"])
            for secret in ("BEGIN SOLUTION", "HIDDEN TESTS", "mark_cell", "team_reason", "MARK SCHEME"):
                assert secret not in text, f"{path.name}: {secret}"


def test_both_languages_of_an_assignment_have_the_same_cells(copy: CourseTree) -> None:
    """A learner may change language: graded cells and points are the same in both."""
    for path in sorted(copy.exercise_sources("fr").rglob("*.ipynb")):
        twin = copy.exercise_sources("en") / path.relative_to(copy.exercise_sources("fr"))
        marks = [
            [cell["metadata"].get("nbgrader") for cell in json.loads(place.read_bytes())["cells"]]
            for place in (path, twin)
        ]
        assert marks[0] == marks[1]
