"""One command for a whole course: the marks of grading each assignment by itself, each under its name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from copies import GOOD, hand_in, hand_in_code

from alliances.cli import main
from alliances.desk.collecting import collect
from alliances.desk.copies_asked import GradeRequest, copies_asked_for
from alliances.desk.grading import grade_class
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import use
from alliances_grader import box
from alliances_grader.class_asked import Outcome
from alliances_grader.course_manifest import Course

pytestmark = pytest.mark.grader

CODE = {"k01": "def total(numbers):\n    return sum(numbers)", "k02": "is_gift = False"}


@pytest.fixture
def course(tiny_course: Callable[[], Course], tmp_path: Path) -> Course:
    """Return a course in which three learners have handed in by one door, and one by both."""
    found = tiny_course()
    release = found.root / "release/tiny_code/tiny_code.ipynb"
    for learner in ("p01", "p02"):
        hand_in(tmp_path / "in", learner, GOOD)
    for learner in ("p01", "p03", "p04"):
        hand_in_code(tmp_path / "in", learner, release, CODE)
    assert collect(found, tmp_path / "in").refused == []
    return found


def told(outcomes: list[Outcome]) -> dict[tuple[str, str], tuple[str, float, int]]:
    """Return what came of each copy, but for the time that it took."""
    return {(one.assignment, one.student): (one.state, one.points, one.to_mark) for one in outcomes}


def grade(course: Course, *names: str, **options: object) -> list[Outcome]:
    """Grade without a sandbox."""
    return grade_class(course, GradeRequest(names, no_sandbox=True, **options), lambda *_: None)  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [1, 2])
def test_marks_are_those_of_each_assignment_by_itself(course: Course, tmp_path: Path, jobs: int) -> None:
    """The same copies earn the same, whether they were graded together, by one process or two, or apart."""
    apart = Course(tmp_path / "apart", course.language, course.exercises)
    shutil.copytree(course.root, apart.root)
    single = told(grade(apart, "tiny_code") + grade(apart, "tiny_form"))
    whole = grade(course, jobs=jobs)
    assert told(whole) == single
    assert [one.assignment for one in whole] == ["tiny_code"] * 3 + ["tiny_form"] * 2
    assert {one.state for one in whole} == {"graded"}
    assert {one.state for one in grade(course)} == {"unchanged"}


def test_a_learner_s_copies_are_graded_together(course: Course) -> None:
    """Without a name, a learner's are those of every assignment that they handed in."""
    assert list(told(grade(course, student="p01"))) == [("tiny_code", "p01"), ("tiny_form", "p01")]
    assert list(told(grade(course, student="p02", force=True))) == [("tiny_form", "p02")]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (GradeRequest(student="p99"), "Aucune copie de « p99 » dans ce cours"),
        (GradeRequest(since=datetime(2100, 1, 1, tzinfo=UTC)), "rendue depuis le 2100-01-01 00:00 UTC"),
        (GradeRequest(["tiny_form", "other"]), "other"),
        (GradeRequest(["tiny_form"], student="p03"), "p03"),
        (GradeRequest(["tiny_code", "tiny_form"], student="p03"), "p03"),
    ],
    ids=["student", "since", "unknown", "not_of_this", "not_of_both"],
)
def test_nothing_to_grade_is_said(course: Course, request_: GradeRequest, message: str) -> None:
    """What was named has to be there; without a name, something has to be."""
    with pytest.raises(AlliancesError, match=message):
        copies_asked_for(course, request_)


def test_a_course_without_copies_names_the_next_step(tiny_course: Callable[[], Course]) -> None:
    """Nobody has handed in: the message says how copies come there."""
    with pytest.raises(AlliancesError, match="alliances collect"):
        grade(tiny_course())


def command(course: Course, *words: str) -> int:
    """Run the command."""
    return main(["grade", *words, "--course", str(course.root), "--no-sandbox"])


@pytest.mark.parametrize(
    ("tongue", "lines"),
    [
        (
            "fr",
            ["tiny_code : Copies notées : 3. Refusées : 0.", "tiny_form : Copies notées : 2. Refusées : 0."],
        ),
        ("en", ["tiny_code: Copies graded: 3. Refused: 0.", "tiny_form: Copies graded: 2. Refused: 0."]),
    ],
)
def test_each_copy_is_told_with_its_assignment(
    course: Course, capsys: pytest.CaptureFixture[str], tongue: str, lines: list[str]
) -> None:
    """One learner may have two copies: progress and summary say of which assignment they speak."""
    use(tongue)  # type: ignore[arg-type]
    try:
        assert command(course) == 0
    finally:
        use("fr")
    said = capsys.readouterr()
    assert {"tiny_form/p01", "tiny_code/p01"} <= set(said.err.split())
    assert [line for line in lines if line not in said.out] == []


def test_json_has_a_list_where_several_may_be_meant(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """One name gives one object, as ever; none, or several, a list of them."""
    assert command(course, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["assignment"] for one in found["assignments"]] == ["tiny_code", "tiny_form"]
    assert (found["mode"], found["failed"]) == ("strict", [])
    assert command(course, "tiny_form", "--json") == 0
    alone = json.loads(capsys.readouterr().out)
    assert [copy["student"] for copy in alone["copies"]] == ["p01", "p02"]
    assert alone["assignment"] == "tiny_form"


def test_an_assignment_that_cannot_be_graded_stops_no_other(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named with its reason and the command ends with 1; asked for alone, it is the error."""
    shutil.rmtree(course.root / "release/tiny_code")
    assert command(course, "--json") == 1
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert [one["assignment"] for one in found["assignments"]] == ["tiny_form"]
    assert [one["assignment"] for one in found["failed"]] == ["tiny_code"]
    assert "tiny_code : pas corrigé." in said.err
    with pytest.raises(AlliancesError, match="tiny_code"):
        grade(course, "tiny_code")


def test_forms_are_graded_where_no_sandbox_holds(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs no code needs none: the code door is named as not graded, and alone it is the error."""
    monkeypatch.setattr(box, "level", lambda: SimpleNamespace(name="none"))
    failed: dict[str, AlliancesError] = {}
    outcomes = grade_class(course, GradeRequest(), lambda *_: None, failed=failed.__setitem__)
    assert {one.assignment for one in outcomes} == {"tiny_form"}
    assert list(failed) == ["tiny_code"]
    assert isinstance(failed["tiny_code"], EnvironmentFault)
    with pytest.raises(EnvironmentFault, match="tiny_code"):
        grade_class(course, GradeRequest(["tiny_code"]), lambda *_: None)


def test_feedback_without_a_name_is_for_all_that_is_graded(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page a learner and assignment; of one learner theirs; nothing graded is said."""
    feedback = ["feedback", "--course", str(course.root)]
    assert main(feedback) == 1
    assert "alliances grade" in capsys.readouterr().err
    assert command(course) == 0
    assert main([*feedback, "--student", "p02"]) == 0
    assert written(course) == ["p02/tiny_form"]
    assert main(feedback) == 0
    all_five = [f"p0{number}/tiny_code" for number in (1, 3, 4)] + ["p01/tiny_form", "p02/tiny_form"]
    assert written(course) == sorted(all_five)
    capsys.readouterr()
    assert main([*feedback, "tiny_code", "tiny_form", "--json"]) == 0
    paths = [Path(page["path"]) for page in json.loads(capsys.readouterr().out)]
    assert [path.parent.name for path in paths] == ["tiny_code"] * 3 + ["tiny_form"] * 2


def written(course: Course) -> list[str]:
    """Return learner and assignment of each page."""
    pages = course.root / "feedback"
    return sorted(path.relative_to(pages).parent.as_posix() for path in pages.glob("*/*/*.html"))
