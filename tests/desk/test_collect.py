"""Copies collected from folders and zips, good and hostile."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from copies import GOOD, bare_course, hand_in, hand_in_code, zipped

from alliances.cli import main
from alliances.desk.collecting import Collection, collect
from alliances.desk.intake import Wish
from alliances.errors import AlliancesError
from alliances.i18n import area_texts
from alliances.questions.answers import read_answers
from alliances_grader.cells import by_id
from alliances_grader.course_manifest import Course
from alliances_grader.files import read_notebook
from alliances_grader.run_lock import RunLock


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bare_course(tmp_path)


def tree_of(course: Course) -> dict[str, bytes]:
    folder = course.root / "submitted"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def reasons(result: Collection) -> str:
    return " | ".join(str(copy.reason) for copy in result.refused)


@pytest.mark.parametrize("kind", ["folder", "zip", "wrapped", "work"])
def test_copies_are_taken(course: Course, tmp_path: Path, kind: str) -> None:
    """From a folder, a zip, one folder around it, or a whole work folder of which only the drop counts."""
    inside = {"folder": "", "zip": "", "wrapped": "groupe-1", "work": "handin"}[kind]
    for learner in ("p01", "p02"):
        hand_in(tmp_path / "in" / inside, learner, GOOD)
    if kind == "work":
        hand_in(tmp_path / "in", "draft", GOOD)
    source = zipped(tmp_path / "in", tmp_path / "in.zip") if kind == "zip" else tmp_path / "in"
    result = collect(course, source)
    assert [(copy.learner, copy.state) for copy in result.taken] == [("p01", "new"), ("p02", "new")]
    assert result.refused == []
    merged = read_notebook(course.root / "submitted/p01/tiny_form/tiny_form.ipynb")
    assert by_id(merged)["n01"]["source"] == "n01 = {'value': '4'}"


def test_the_time_is_the_drops(course: Course, tmp_path: Path) -> None:
    """timestamp.txt of the drop becomes nbgrader's; one in the future does not count."""
    hand_in(tmp_path / "in", "p01", GOOD)
    (tmp_path / "in/p01/tiny_form/timestamp.txt").write_text(
        "2026-01-02 03:04:05.000000 UTC", encoding="utf-8"
    )
    hand_in(tmp_path / "in", "p02", GOOD)
    (tmp_path / "in/p02/tiny_form/timestamp.txt").write_text("2999-01-01 00:00:00 UTC", encoding="utf-8")
    collect(course, tmp_path / "in")
    said = (course.root / "submitted/p01/tiny_form/timestamp.txt").read_text(encoding="utf-8")
    assert said == "2026-01-02 03:04:05.000000 UTC"
    assert (
        not (course.root / "submitted/p02/tiny_form/timestamp.txt")
        .read_text(encoding="utf-8")
        .startswith("2999")
    )


def at(place: Path, moment: datetime) -> None:
    (place / "timestamp.txt").write_text(moment.strftime("%Y-%m-%d %H:%M:%S.%f UTC"), encoding="utf-8")


def test_a_newer_copy_replaces_an_older_one(course: Course, tmp_path: Path) -> None:
    """What it replaces is kept aside, the same one changes nothing, one that comes late is kept aside too."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    at(hand_in(tmp_path / "first", "p01", {"n01": {"value": "1"}}), noon)
    at(hand_in(tmp_path / "second", "p01", {"n01": {"value": "2"}}), noon + timedelta(hours=1))
    at(hand_in(tmp_path / "late", "p01", {"n01": {"value": "3"}}), noon - timedelta(hours=1))
    states = [
        collect(course, tmp_path / name).taken[0].state
        for name in ("first", "first", "second", "late", "late", "first")
    ]
    assert states == ["new", "unchanged", "newer", "older", "unchanged", "unchanged"]
    answers = json.loads((course.root / "submitted/p01/tiny_form/answers.json").read_text(encoding="utf-8"))
    assert answers["answers"] == {"n01": {"value": "2"}}
    late, first = sorted((course.root / "submitted/.previous/p01/tiny_form").iterdir())
    assert read_answers(first / "answers.json").answers == {"n01": {"value": "1"}}
    assert (first / "received/answers.json").is_file()
    assert read_answers(late / "received/answers.json").answers == {"n01": {"value": "3"}}


def test_going_back_to_an_earlier_answer_is_a_newer_copy(course: Course, tmp_path: Path) -> None:
    """The same content as a copy that was replaced counts again when it is handed in after the other."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for hour, value in enumerate(("1", "2", "1")):
        place = hand_in(tmp_path / str(hour), "p01", {"n01": {"value": value}})
        at(place, noon + timedelta(hours=hour))
        collect(course, tmp_path / str(hour))
    taken = read_answers(course.root / "submitted/p01/tiny_form/answers.json")
    assert taken.answers == {"n01": {"value": "1"}}
    assert len(list((course.root / "submitted/.previous/p01/tiny_form").iterdir())) == 2


def test_a_half_written_copy_stops_no_other(course: Course, tmp_path: Path) -> None:
    """It is refused by its own name, leaves nothing behind, and the others are taken."""
    for learner in ("p01", "p02", "p03"):
        hand_in(tmp_path / "in", learner, GOOD)
    (tmp_path / "in/p02/tiny_form/answers.json").write_text('{"format": "alliances-', encoding="utf-8")
    result = collect(course, tmp_path / "in")
    assert [copy.learner for copy in result.taken] == ["p01", "p03"]
    assert "p02/tiny_form/answers.json" in reasons(result)
    assert not any("p02" in name or "arriving" in name for name in tree_of(course))


def test_a_half_written_file_falls_back_on_its_previous_version(course: Course, tmp_path: Path) -> None:
    """Where the copy brings the version before, that one is taken, and the copy says so."""
    place = hand_in(tmp_path / "in", "p01", GOOD)
    (place / "answers.json").rename(place / "answers.json.previous")
    (place / "answers.json").write_text("{", encoding="utf-8")
    result = collect(course, tmp_path / "in")
    assert [flag.key for flag in result.taken[0].flags] == ["recovered"]
    assert (
        json.loads((course.root / "submitted/p01/tiny_form/answers.json").read_text(encoding="utf-8"))[
            "answers"
        ]
        == GOOD
    )
    assert (course.root / "submitted/.received/p01/tiny_form/answers.json").read_text(encoding="utf-8") == "{"


def test_a_form_copy_never_brings_its_notebook(course: Course, tmp_path: Path) -> None:
    """The course's own release is graded, whatever notebook stands beside the answers."""
    place = hand_in(tmp_path / "in", "p01", GOOD)
    (place / "tiny_form.ipynb").write_text('{"cells": [], "evil": "!rm"}', encoding="utf-8")
    (place / "evil.html").write_text("<script>", encoding="utf-8")
    result = collect(course, tmp_path / "in")
    assert result.taken[0].passed_over == ("evil.html",)
    assert "evil" not in (course.root / "submitted/p01/tiny_form/tiny_form.ipynb").read_text(encoding="utf-8")
    assert "submitted/p01/tiny_form/evil.html" not in tree_of(course)


def test_a_code_copy_keeps_what_was_received(course: Course, tmp_path: Path) -> None:
    """The merged notebook is written; the learner's own file is kept byte for byte beside it."""
    release = course.root / "release/tiny_code/tiny_code.ipynb"
    place = hand_in_code(
        tmp_path / "in", "p01", release, {"k01": "def total(n):\n    return 0", "k02_test": None}
    )
    result = collect(course, tmp_path / "in")
    assert [(copy.learner, copy.state) for copy in result.taken] == [("p01", "new")]
    received = course.root / "submitted/.received/p01/tiny_code/tiny_code.ipynb"
    assert received.read_bytes() == (place / "tiny_code.ipynb").read_bytes()
    merged = by_id(read_notebook(course.root / "submitted/p01/tiny_code/tiny_code.ipynb"))
    assert merged["k01"]["source"] == "def total(n):\n    return 0"


def test_the_command_reports_and_returns_one(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies taken and refused are named on the error output in the reader's language; a refusal gives 1."""
    hand_in(tmp_path / "in", "p01", GOOD)
    (tmp_path / "in/p02/tiny_form").mkdir(parents=True)
    (tmp_path / "in/p02/tiny_form/answers.json").write_text("{", encoding="utf-8")
    for language, word in (("fr", "REFUSÉE"), ("en", "REFUSED")):
        monkeypatch.setenv("ALLIANCES_LANG", language)
        assert main(["collect", str(tmp_path / "in"), "--course", str(course.root)]) == 1
        said = capsys.readouterr()
        assert f"p02/tiny_form  {word}" in said.err
        assert "p01/tiny_form" in said.err


def test_the_command_speaks_json(course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the output is one JSON value and nothing else."""
    hand_in(tmp_path / "in", "p01", GOOD)
    assert main(["collect", str(tmp_path / "in"), "--course", str(course.root), "--json"]) == 0
    said = capsys.readouterr()
    data = json.load(io.StringIO(said.out))
    assert (data["taken"][0]["learner"], data["taken"][0]["state"], data["refused"]) == ("p01", "new", [])
    assert said.err == ""


def test_a_grading_run_is_waited_for(course: Course, tmp_path: Path) -> None:
    """While the course is being graded nothing is written: the run is named, and waiting has an end."""
    hand_in(tmp_path / "in", "p01", GOOD)
    said: list[str] = []
    with RunLock(course.root).acquire():
        with pytest.raises(AlliancesError, match="est en cours"):
            collect(course, tmp_path / "in", wish=Wish(wait=0.3, tell=said.append))
        assert not (course.root / "submitted").exists()
    assert len(said) == 1
    assert len(collect(course, tmp_path / "in").taken) == 1
    assert not (course.root / ".alliances/grading.lock").exists()


def test_a_source_without_copies_says_what_is_expected(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in which nothing is recognised is no error, but it is said."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/notes.txt").write_text("x", encoding="utf-8")
    assert main(["collect", str(tmp_path / "in"), "--course", str(course.root)]) == 0
    assert "Aucune copie reconnue" in capsys.readouterr().err


def test_codes_that_differ_by_case_are_refused(course: Course, tmp_path: Path) -> None:
    """On another system one folder would be the other: the second is refused by name."""
    hand_in(tmp_path / "first", "p01", GOOD)
    collect(course, tmp_path / "first")
    hand_in(tmp_path / "second", "P01", GOOD)
    assert "« P01 » ne diffère de « p01 »" in reasons(collect(course, tmp_path / "second"))


@pytest.mark.parametrize("place", ["", "submitted"])
def test_the_course_itself_is_no_source(course: Course, tmp_path: Path, place: str) -> None:
    """What is in the course already is graded, not collected."""
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(course, tmp_path / "in")
    with pytest.raises(AlliancesError, match="alliances grade"):
        collect(course, course.root / place)


@pytest.mark.parametrize("area", ["forget", "intake"])
def test_messages_take_the_same_values_in_both_languages(area: str) -> None:
    """French and English of each message name the same values."""
    for name, both in area_texts(area).items():
        fields = [set(re.findall(r"{(\w+)}", both[language])) for language in ("fr", "en")]
        assert fields[0] == fields[1], name
