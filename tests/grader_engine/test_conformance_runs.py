"""Whole runs of stock nbgrader 0.9.6 and of ours over the same classes: the same gradebooks, row by row.

Compared for each copy: automatic score, whether a person has to look, comment, points of each cell; time
stamp, date due, extension and late penalty of each notebook. Where nbgrader stops there is nothing to
compare: ours grades the copy and says so. What differs on purpose stands in ``MEANT``.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbgrader
import pytest
from exercise_course import all_exercises, class_of_mutants, class_of_samples
from mutants import all_kinds, mixed_mutants, mutants
from whole_runs import Class, Compared

from alliances_grader.grading_source import name_of

pytestmark = [
    pytest.mark.grader,
    # Notebooks older than cell ids: nbformat gives them some, and says that it will not for ever.
    pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning"),
]

FILES = Path(nbgrader.__file__).parent / "tests"
GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"

MEANT = {
    "an open answer worth nothing by itself: its criteria are marked, not the text":
        "nbgrader asks a person for a mark on a cell that is worth no point",
    "a criterion of an answer left blank: nobody has to read it":
        "nbgrader asks a person to mark, criterion by criterion, an answer that is not there",
}  # fmt: skip
"""Deviations in our own exercises, which no other course has, and why."""

CELLS = {
    "behaviours": 140, "damaged": 120, "ours": 500, "mutants": 500, "wheel": 30, "guide": 10, "dates": 12,
}  # fmt: skip
"""Marked cells that each class must at least give; together over 500."""


def as_bytes(notebook: Mapping[str, Any]) -> bytes:
    return json.dumps(notebook).encode()


def sheet() -> dict[str, Any]:
    """Return the sheet with each kind of cell; the one worth nothing shows no value: nbgrader stops on it."""
    found = all_kinds()
    next(cell for cell in found["cells"] if name_of(cell) == "nothing")["source"] = "pass"
    return found


COPIES = 20
"""Mutants of each code door in a test run."""

REFUSED = {
    "cells/submitted-answer-cell-type-changed": "grader.notebook_invalid",
    "cells/submitted-grade-cell-type-changed": "grader.notebook_invalid",
}
"""Copies that both engines leave ungraded: files that nbformat does not take for notebooks."""


def check(found: Compared, name: str) -> None:
    """Check that nothing differed that is not meant, over enough cells."""
    assert found.differences == []
    assert found.refused.items() <= REFUSED.items()
    assert found.reasons.keys() <= MEANT.keys()
    assert found.cells >= CELLS[name], sorted(found.stopped)


def test_enough_cells_are_compared() -> None:
    """The classes of this file compare at least 500 marked cells."""
    assert sum(CELLS.values()) >= 500


# What a test cell shows is what the learner's function does when it is called: effects, then a value.
EFFECTS = {
    "": "",
    "stdout": "print('said')",
    "stderr": "import sys; print('warned', file=sys.stderr)",
    "display": "display(0.25)",
    "flood": "print('line\\n' * 1200)",
}
VALUES = {
    "right": "x / 2",
    "zero": "0.0",
    "over": "99",
    "negative": "-1",
    "nan": "float('nan')",
    "inf": "float('inf')",
    "true": "True",
    "word": "'ok'",
    "lines": "[list(range(60)) for _ in range(3)]",
    "none": "None",
    "raises": "1 / 0",
    # Not exit(): a kernel asked to leave may answer one more cell or not; stock then stops by chance.
    "leaves": "__import__('os')._exit(0)",
}
SEQUENCES = [
    *[(effect, "right") for effect in EFFECTS],
    *[("", value) for value in VALUES if value != "right"],
    ("stdout", "zero"), ("stderr", "zero"), ("display", "raises"), ("stdout", "raises"), ("display", "word"),
    ("stderr", "over"), ("flood", "zero"),
]  # fmt: skip


def behaving(notebook: dict[str, Any], effect: str, value: str) -> dict[str, Any]:
    """Return a copy whose answer shows something and gives a value."""
    made: dict[str, Any] = json.loads(json.dumps(notebook))
    for cell in made["cells"]:
        if name_of(cell) == "half":
            cell["source"] = f"def half(x):\n    {EFFECTS[effect] or 'pass'}\n    return {VALUES[value]}"
        elif name_of(cell) == "why" and len(value) % 2:
            cell["source"] = "Because."
    return made


def test_what_cells_show_scores_as_in_nbgrader(tmp_path: Path) -> None:
    """Values, errors, streams and displays of running tests, in several orders (S1 to S18, S33, S35)."""
    course = Class(tmp_path)
    course.add_assignment("sheet", {"p1": as_bytes(sheet())})
    assert course.release() == ["sheet"]
    released = course.released("sheet", "p1")
    for effect, value in SEQUENCES:
        copy = as_bytes(behaving(released, effect, value))
        course.hand_in("sheet", f"{effect or 'plain'}-{value}", {"p1": copy})
    found = course.compare()
    check(found, "behaviours")
    assert found.stopped


def test_damaged_copies_score_as_in_nbgrader(tmp_path: Path) -> None:
    """A sample of each damage of a cell or a copy, and several at once (S19, S21, S22, S24 to S26)."""
    course = Class(tmp_path)
    course.add_assignment("sheet", {"p1": as_bytes(sheet())})
    course.release()
    released = course.released("sheet", "p1")
    damaged = [*itertools.islice(mutants(released), 0, None, 13), *mixed_mutants(released, 8)]
    for number, (_, copy) in enumerate(damaged):
        course.hand_in("sheet", f"m{number:03}", {"p1": as_bytes(copy)})
    found = course.compare()
    check(found, "damaged")
    assert 0 < len(found.stopped) < len(damaged)


@pytest.fixture(scope="module")
def exercises(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the course of all our exercises."""
    return all_exercises(tmp_path_factory.mktemp("exercises"))


def test_our_exercises_score_as_in_nbgrader(exercises: Path, tmp_path: Path) -> None:
    """Every sample of both doors that nbgrader can grade gets its scores; what we settle is listed."""
    # On the one left out nbgrader stops by chance: it asks a kernel to leave.
    found = class_of_samples(exercises, tmp_path, without=["code_exit"]).compare()
    check(found, "ours")
    assert found.stopped == {}


def test_mutants_of_our_exercises_score_as_in_nbgrader(exercises: Path, tmp_path: Path) -> None:
    """A few damaged copies of each code door, drawn by a seed, some late (S1 to S26, S30, S31, S33 to S35).

    Their tests are judged outside by us and in the learner's process by stock: the scores are equal all the
    same. ``tests/bench/conformance.py`` compares more of them.
    """
    found = class_of_mutants(exercises, tmp_path, COPIES).compare()
    check(found, "mutants")
    assert 0 < len(found.stopped) < found.copies / 2


# Those that never end would take stock nbgrader's thirty seconds a cell.
ENDLESS = {"infinite-loop", "infinite-loop-with-output", "infinite-recursion", "timeout"}
WHEEL = {
    "answers": ("apps", "submitted-unchanged", [
        "submitted-unchanged", "submitted-changed", "submitted-cheat-attempt", "submitted-grade-cell-changed",
        "submitted-cheat-attempt-alternative", "submitted-locked-cell-changed"]),
    "hidden": ("apps", "test-hidden-tests", ["test-hidden-tests"]),
    "environment": ("apps", "validating-environment-variable", ["validating-environment-variable"]),
    "effects": ("apps", "side-effects", ["side-effects"]),
    "no_points": ("apps", "validation-zero-points", ["validation-zero-points"]),
    "by_hand": ("preprocessors", "manually-graded-code-cell", ["manually-graded-code-cell"]),
    "task": ("preprocessors", "test_taskcell", ["test_taskcell"]),
    "long": ("preprocessors", "long-output", ["long-output"]),
    "warning": ("preprocessors", "warning-pattern", ["warning-pattern"]),
    "cells": ("preprocessors", "submitted-unchanged", [
        "submitted-unchanged", "submitted-changed", "submitted-grade-cell-changed",
        "submitted-answer-cell-type-changed", "submitted-grade-cell-type-changed"]),
}  # fmt: skip


def test_the_notebooks_of_the_wheel_score_as_in_nbgrader(tmp_path: Path) -> None:
    """The test notebooks of nbgrader itself, as courses and as copies of them."""
    course = Class(tmp_path)
    for name, (folder, source, _) in WHEEL.items():
        course.add_assignment(name, {"p1": (FILES / folder / "files" / f"{source}.ipynb").read_bytes()})
    made = course.release()
    assert len(made) >= len(WHEEL) - 2, made
    for name in made:
        folder, _, copies = WHEEL[name]
        for copy in copies:
            content = (FILES / folder / "files" / f"{copy}.ipynb").read_bytes()
            course.hand_in(name, copy, {"p1": content})
    check(course.compare(), "wheel")


@pytest.mark.skipif(not GUIDE.is_dir(), reason="this nbgrader was installed without its user guide")
def test_the_course_of_the_user_guide_scores_as_in_nbgrader(tmp_path: Path) -> None:
    """The user guide's own course: two notebooks a copy, time stamps, pictures, two learners."""
    course = Class(tmp_path)
    parts = _parts(GUIDE / "source" / "ps1")
    course.add_assignment("ps1", *parts, due="2015-02-02 17:00:00 UTC")
    assert course.release() == ["ps1"]
    for place in sorted((GUIDE / "submitted").glob("*/ps1")):
        course.hand_in("ps1", place.parent.name, *_parts(place))
    check(course.compare(), "guide")


def _parts(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    books = {
        name.removesuffix(".ipynb"): content for name, content in found.items() if name.endswith("ipynb")
    }
    return books, {name: content for name, content in found.items() if not name.endswith("ipynb")}


STAMPS = {
    "early": b"2026-02-28 12:00:00 UTC",
    "on_time": b"2026-03-01 12:00:00.000000 UTC",
    "late": b"2026-03-01 12:00:01 UTC",
    "zone": b"2026-03-01 13:30:00 +0100",
}


def _small(names: str) -> bytes:
    whole = sheet()
    return as_bytes({**whole, "cells": [cell for cell in whole["cells"] if name_of(cell) in names.split()]})


def test_dates_and_missing_notebooks_score_as_in_nbgrader(tmp_path: Path) -> None:
    """Late copies, a notebook that is missing, one that nobody knows (S20, S23, S30, S31)."""
    course = Class(tmp_path)
    books = {"p1": _small("half half_test why"), "p2": _small("compare nothing")}
    course.add_assignment("two", books, due="2026-03-01 12:00:00 UTC")
    course.release()
    given = {name: as_bytes(course.released("two", name)) for name in books}
    for student, stamp in STAMPS.items():
        course.hand_in("two", student, given, {"timestamp.txt": stamp})
    course.hand_in("two", "one_only", {"p1": given["p1"]}, {"timestamp.txt": STAMPS["late"]})
    course.hand_in("two", "stranger", {**given, "p9": given["p1"]})
    check(course.compare(), "dates")
