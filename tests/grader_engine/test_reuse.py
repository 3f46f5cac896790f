"""What the same cells gave is used again where the author declared that it may be, and nowhere else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from copies import private_tree, put_sample
from run_course import GOOD, STUB, copy_of, hand_in, make_course, marks

from alliances.course.myst_source import read_notebook
from alliances.course.tree import CourseTree, find_tree
from alliances.desk.copies_asked import GradeRequest, learners_of
from alliances.desk.course_folder import create_course
from alliances.desk.grading import grade_class
from alliances.i18n import LANGUAGES
from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.course_manifest import Course, read_course, write_course
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.receipts_graded import read_receipt
from alliances_grader.results_sql import notebook_results
from alliances_grader.reuse import Memory, Reusing, is_dependable, same_each_time
from alliances_grader.shell_inputs import CellSource
from alliances_grader.verdicts import CellRun, CopyRun, Finding, Mode

KIT = Kit("ps", "", "", "fr", (), pure=True)
NOTEBOOK = NotebookKit("nb", {}, {})
CELLS = (CellSource(0, "answer", "x = 1"), CellSource(2, "test", "assert x == 1", guarded=True))
SHOWN = {"output_type": "stream", "name": "stdout", "text": "1\n"}
RUN = CopyRun((CellRun(0, "answer", "ok", (SHOWN,), 1), CellRun(2, "test", "ok", (), 2)))


class Counting:
    """A runner that gives ``result`` and counts; ``seeds`` are those it was given."""

    def __init__(self, result: CopyRun = RUN) -> None:
        self.result = result
        self.seeds: list[int] = []

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run nothing."""
        self.seeds.append(seed)
        return self.result


def twice(
    first: CopyRun = RUN,
    cells: tuple[CellSource, ...] = CELLS,
    files: Mapping[str, bytes] | None = None,
    name: str = "nb",
) -> tuple[Counting, CopyRun]:
    """Run the usual cells, then these, and return the runner and what the second copy got."""
    runner = Counting(first)
    reusing = Reusing(runner, replace(KIT))
    reusing.run(NOTEBOOK, CELLS, {"data.csv": b"1"}, seed=1)
    wanted = {"data.csv": b"1"} if files is None else files
    return runner, reusing.run(NotebookKit(name, {}, {}), cells, wanted, seed=2)


def test_the_same_content_is_run_once() -> None:
    """The second copy gets outputs of the first, says so, and took no time of its own."""
    runner, second = twice(replace(RUN, cpu_seconds=1.0, wall_seconds=2.0, peak_bytes=3))
    assert len(runner.seeds) == 1
    assert second.cells == RUN.cells
    assert (second.reused, second.digest[:7]) == (True, "sha256:")
    assert (second.cpu_seconds, second.wall_seconds, second.peak_bytes) == (0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("cells", "files", "name"),
    [
        ((replace(CELLS[0], source="x = 1.0"), CELLS[1]), None, "nb"),
        ((replace(CELLS[0], source="x = 1;"), CELLS[1]), None, "nb"),
        ((replace(CELLS[0], grade_id="other"), CELLS[1]), None, "nb"),
        ((replace(CELLS[0], index=1), CELLS[1]), None, "nb"),
        ((replace(CELLS[0], guarded=True), CELLS[1]), None, "nb"),
        ((replace(CELLS[0], skip=True), CELLS[1]), None, "nb"),
        ((CELLS[0], replace(CELLS[1], source="assert x == 2")), None, "nb"),
        (CELLS[::-1], None, "nb"),
        (CELLS[:1], None, "nb"),
        (CELLS, {"data.csv": b"2"}, "nb"),
        (CELLS, {"data2.csv": b"1"}, "nb"),
        (CELLS, {}, "nb"),
        (CELLS, None, "other"),
    ],
    ids=[
        "byte",
        "semicolon",
        "id",
        "place",
        "guard",
        "skipped",
        "test",
        "order",
        "fewer",
        "data",
        "name",
        "none",
        "book",
    ],
)
def test_any_difference_runs_anew(cells: Any, files: Any, name: str) -> None:
    """The program of a cell, its place, its id, a file beside it: what is not the same is run."""
    runner, second = twice(cells=cells, files=files, name=name)
    assert len(runner.seeds) == 2
    assert not second.reused


@pytest.mark.parametrize(
    "change",
    [
        {"ended": "memory"},
        {"ended": "copy_time"},
        {"ended": "quit"},
        {"findings": (Finding("bent"),)},
        {"findings": (Finding("output_cut", "answer"),)},
        {"apart": False},
        {"cells": (CellRun(0, "answer", "timeout"),)},
        {"cells": (CellRun(0, "answer", "killed"),)},
        {"cells": (CellRun(0, "answer", "ok"), CellRun(2, "test", "not_run"))},
        {"cpu_seconds": 31.0},
        {"wall_seconds": 16.0},
        {"peak_bytes": 600 << 20},
    ],
    ids=lambda change: "-".join(f"{name}" for name in change),
)
def test_an_unusual_run_is_nobody_elses(change: dict[str, Any]) -> None:
    """A run that was stopped, came near a limit or was reported on counts for its own copy only."""
    odd = replace(RUN, **change)
    assert not is_dependable(odd, KIT)
    runner, second = twice(odd)
    assert len(runner.seeds) == 2
    assert (second.reused, second.digest) == (False, "")


@pytest.mark.parametrize("status", ["ok", "error", "skipped"])
def test_a_wrong_answer_is_an_ordinary_run(status: Any) -> None:
    """An error of the program is a result like another one."""
    assert is_dependable(CopyRun((CellRun(0, "answer", status),)), KIT)


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        ("x = 1", True),
        ("note = 'time and datetime, at random'  # os", True),
        ("import random\nx = random.random()", True),
        ("import numpy as np\nx = np.random.rand()", True),
        ("import time", False),
        ("from datetime import date", False),
        ("import pandas as pd\npd.Timestamp.now()", False),
        ("import numpy as np\nnp.random.default_rng()", False),
        ("import random\nrandom.seed()", False),
        ("x = id(x)", False),
        ("x = open('/proc/uptime')", False),
        ("import os.path", False),
        ("eval('1')", False),
        ("%timeit 1", False),
        ("def f(:", False),
        ("x = " + "(" * 1000, False),
    ],
)
def test_learners_cells_that_look_outside_are_run(source: str, stays: bool) -> None:
    """A program that names the clock, the machine or chance of its own is run for itself."""
    assert same_each_time(["y = 2", source]) is stays
    runner = Counting()
    reusing = Reusing(runner, replace(KIT))
    cells = (replace(CELLS[0], source=source), CELLS[1])
    told = [reusing.run(NOTEBOOK, cells, {}, seed).reused for seed in (1, 2)]
    assert (told, len(runner.seeds)) == (([False, True], 1) if stays else ([False, False], 2))


def test_equal_copies_draw_equal_numbers() -> None:
    """The seed comes from the content: a copy that is run elsewhere draws what a copy used again has."""
    seeds = [seed for learner in (1, 2) for seed in _seeds(learner)]
    assert len(set(seeds)) == 1
    looking = Counting()
    Reusing(looking, replace(KIT)).run(NOTEBOOK, (CellSource(0, "", "import time"),), {}, seed=7)
    assert looking.seeds == [7]


def _seeds(learner: int) -> list[int]:
    runner = Counting()
    Reusing(runner, replace(KIT)).run(NOTEBOOK, CELLS, {}, seed=learner)
    return runner.seeds


TEXTS = ["x = 1"]


def test_what_is_given_out_is_nobody_elses() -> None:
    """Later steps change outputs in their place: what is kept stays as it was."""
    memory = Memory(b"")
    memory.keep("a", TEXTS, (), RUN)
    for _ in range(2):
        found = memory.find("a", TEXTS)
        assert found is not None
        assert found.cells == RUN.cells
        found.cells[0].outputs[0]["text"] = "changed"


def test_a_memory_is_bounded() -> None:
    """What was not used for longest gives way, by number and by size; one huge run is not kept at all."""
    memory = Memory(b"")
    for number in range(600):
        memory.keep(str(number), TEXTS, (), RUN)
        memory.find("0", TEXTS)
    assert [memory.find(name, TEXTS) is not None for name in ("0", "1", "599")] == [True, False, True]
    big = replace(RUN, cells=(CellRun(0, "", "ok", ({"text": "x" * 7_000_000},)),))
    for number in range(5):
        memory.keep(f"big{number}", TEXTS, (0,), big)
    kept = sum(memory.find(f"big{number}", TEXTS) is not None for number in range(5))
    assert 1 <= kept < 5
    huge = replace(RUN, cells=(CellRun(0, "", "ok", ({"text": "x" * 9_000_000},)),))
    memory.keep("huge", TEXTS, (), huge)
    assert memory.find("huge", TEXTS) is None


# ---- whole classes

HOSTILE = "import builtins\nbuiltins.sum = lambda numbers: 3\n" + GOOD
ENDS = GOOD + "\nquit()"
CLASS = {
    "good1": GOOD,
    "good2": GOOD,
    "good3": GOOD + "\n",
    "part1": "def total(numbers):\n    return 3",
    "part2": "def total(numbers):\n    return 3",
    "stub1": STUB,
    "stub2": STUB,
    "host1": HOSTILE,
    "host2": HOSTILE,
    "ends1": ENDS,
    "ends2": ENDS,
    "luck1": "import random\ndef total(numbers):\n    return sum(numbers) + 0 * random.random()",
    "luck2": "import random\ndef total(numbers):\n    return sum(numbers) + 0 * random.random()",
}
SHARED = {"good2", "good3", "part2", "stub2", "luck2"}
"""Those whose content was run before: hostile copies and those that end early are run each time."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which the class has handed in."""
    course = make_course(tmp_path_factory.mktemp("made") / "course")
    for student, answer in CLASS.items():
        hand_in(course, student, answer, essay=f"Un avis de {student}.")
    return course


def declare(course: Course, *, pure: object) -> None:
    """Write the author's promise, or something else, into the course's notebooks."""
    for folder in ("source", "release"):
        path = course.root / folder / "ps" / "nb.ipynb"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["metadata"]["alliances"] = {"pure": pure}
        path.write_text(json.dumps(data), encoding="utf-8")


def grade(course: Course, **options: Any) -> list[Outcome]:
    asked = ClassRun({"ps": sorted(CLASS)}, **{"sandbox": "none", "jobs": 1, **options})
    return list(run_class(course, asked))


def reused(course: Course, students: Sequence[str] = tuple(CLASS)) -> dict[str, str]:
    """Return who took over a run, and whose by its digest."""
    found = {}
    for student in students:
        receipt = read_receipt(course.root / "autograded" / student / "ps", "nb")
        assert receipt is not None
        if "reused_from" in receipt.run:
            found[student] = str(receipt.run["reused_from"])
    return found


def graded_cells(course: Course, student: str) -> Any:
    """Return the cells of a graded notebook, without the process number that tracebacks show."""
    content = (course.root / f"autograded/{student}/ps/nb.ipynb").read_text(encoding="utf-8")
    return json.loads(re.sub(r"ipykernel_\d+", "ipykernel", content))["cells"]


@pytest.mark.grader
@pytest.mark.parametrize("mode", ["strict", "nbgrader"])
def test_marks_are_those_of_running_each_copy(made: Course, tmp_path: Path, mode: Mode) -> None:
    """Good, partial, untouched and hostile copies earn, and show, what they do when each is run."""
    run, shared = copy_of(made, tmp_path / "run"), copy_of(made, tmp_path / "shared")
    declare(shared, pure=True)
    told = [
        {item.student: (item.points, item.to_mark, item.findings) for item in grade(course, mode=mode)}
        for course in (run, shared)
    ]
    assert told[0] == told[1]
    assert marks(run) == marks(shared)
    assert reused(run) == {}
    assert set(reused(shared)) == SHARED
    for student in CLASS:
        one, other = (graded_cells(course, student) for course in (run, shared))
        assert one == other


@pytest.mark.grader
def test_a_receipt_names_the_run_and_no_learner(made: Course, tmp_path: Path) -> None:
    """Who took over a run is told its digest, which stands in the receipt of the copy that was run."""
    course = copy_of(made, tmp_path / "course")
    declare(course, pure=True)
    outcomes = {item.student: item for item in grade(course)}
    first = read_receipt(course.root / "autograded/good1/ps", "nb")
    second = read_receipt(course.root / "autograded/good2/ps", "nb")
    assert first is not None
    assert second is not None
    assert second.run["reused_from"] == first.run["digest"]
    assert second.run["cpu_seconds"] == 0
    assert "good1" not in json.dumps(vars(second), default=str)
    assert {name for name, item in outcomes.items() if item.reused} == SHARED
    # A second command finds them all, and tells it of none.
    assert [item.reused for item in grade(course)] == [False] * len(CLASS)


@pytest.mark.grader
@pytest.mark.parametrize("said", [False, "true", 1, None])
def test_what_is_not_declared_is_run(made: Course, tmp_path: Path, said: object) -> None:
    """Anything but the author's plain ``true`` is no promise; nor is what a copy says of itself."""
    course = copy_of(made, tmp_path / "course")
    declare(course, pure=said)
    for student in CLASS:
        path = course.root / f"submitted/{student}/ps/nb.ipynb"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["metadata"]["alliances"] = {"pure": True}
        path.write_text(json.dumps(data), encoding="utf-8")
    grade(course)
    assert reused(course) == {}


# ---- our own exercises


CHECKOUT = find_tree()
DECLARED = sorted(
    path.parent.name
    for path in CHECKOUT.exercises.glob("*/exercise.toml")
    if "pure = true" in path.read_text(encoding="utf-8")
)


@pytest.mark.checkout
@pytest.mark.parametrize("slug", DECLARED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_declared_looks_at_nothing_outside(slug: str, language: str) -> None:
    """No cell of the author's, solution or test, names the clock, the machine or chance."""
    cells = read_notebook(CHECKOUT.exercises / slug / f"code.{language}.md").cells
    sources = [cell.source for cell in cells if cell.kind == "code"]
    assert sources
    assert same_each_time(sources)
    assert not any(re.search(r"\.(sample|shuffle)\(|\brandom\.", source) for source in sources)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which each French sample of a code door was handed in by two learners.

    The second one has put a comment under each answer.
    """
    root = tmp_path_factory.mktemp("ours")
    tree = CourseTree(private_tree(CHECKOUT.root, root / "tree"))
    course = create_course(tree, root / "course", "fr").course
    for slug in DECLARED:
        name = f"{slug}_code"
        release = course.root / "release" / name / f"{name}.ipynb"
        for sample in sorted((CHECKOUT.exercises / slug / "submissions").glob("code_*")):
            if "english" not in sample.name:
                first = put_sample(sample, course.root / "submitted", release)
                twin = course.root / "submitted" / f"{sample.name}_twin" / name
                shutil.copytree(first, twin)
                _comment(twin / f"{name}.ipynb")
    return course


def _comment(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "".join(cell["source"]) + "\n# so it is"
    path.write_text(json.dumps(data), encoding="utf-8")


def _outputs(course: Course, name: str, student: str) -> str:
    """Return what a graded copy shows, without numbers of processes and names of cells' files."""
    path = course.root / "autograded" / student / name / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = json.dumps([cell.get("outputs", []) for cell in cells])
    return re.sub(r"ipykernel_\d+/\d+", "ipykernel", shown)


@pytest.mark.grader
@pytest.mark.checkout
@pytest.mark.parametrize("slug", DECLARED)
def test_our_exercises_keep_their_promise(ours: Course, slug: str) -> None:
    """Twins take over runs; marks and what copies show are those of a course where every copy is run."""
    name = f"{slug}_code"
    learners = learners_of(ours, name)
    marked, outputs = [], []
    for pure in (True, False):
        course = read_course(ours.root)
        exercises = {**course.exercises, slug: replace(course.exercises[slug], pure=pure)}
        write_course(replace(course, exercises=exercises))
        request = GradeRequest([name], jobs=1, force=True)
        outcomes = grade_class(read_course(ours.root), request, lambda *_: None)
        taken = {item.student for item in outcomes if item.reused}
        # Twins come after those they are twins of; which of them need a run of their own is seen elsewhere.
        assert all(learner.endswith("_twin") for learner in taken)
        assert any("good" in learner for learner in taken) is pure, taken
        marked.append(
            [(item.student, item.notebook, item.cells) for item in notebook_results(ours.root, name)]
        )
        outputs.append({learner: _outputs(course, name, learner) for learner in learners})
        said = {
            item.student: [finding for finding in item.findings if finding.key != "same_text"]
            for item in outcomes
        }
        assert all(
            said[learner] == said[f"{learner}_twin"] for learner in learners if f"{learner}_twin" in said
        )
    assert marked[0] == marked[1]
    assert outputs[0] == outputs[1]
