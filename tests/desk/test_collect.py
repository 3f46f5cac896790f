"""Copies collected from folders and zips, good and hostile."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from copies import GOOD, bare_course, hand_in, hand_in_code, zipped

from alliances.cli import main
from alliances.desk.collecting import Collection, collect
from alliances_grader.cells import by_id
from alliances_grader.course_manifest import Course
from alliances_grader.files import read_notebook


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
    """The older copy is kept aside, the same one changes nothing, an older one is left."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    at(hand_in(tmp_path / "first", "p01", {"n01": {"value": "1"}}), noon)
    at(hand_in(tmp_path / "second", "p01", {"n01": {"value": "2"}}), noon + timedelta(hours=1))
    at(hand_in(tmp_path / "late", "p01", {"n01": {"value": "3"}}), noon - timedelta(hours=1))
    states = [
        collect(course, tmp_path / name).taken[0].state for name in ("first", "first", "second", "late")
    ]
    assert states == ["new", "unchanged", "newer", "older"]
    answers = json.loads((course.root / "submitted/p01/tiny_form/answers.json").read_text(encoding="utf-8"))
    assert answers["answers"] == {"n01": {"value": "2"}}
    kept = list((course.root / "submitted/.previous/p01/tiny_form").iterdir())
    assert len(kept) == 1
    assert json.loads((kept[0] / "answers.json").read_text(encoding="utf-8"))["answers"] == {
        "n01": {"value": "1"}
    }
    assert (kept[0] / "received/answers.json").is_file()


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
    """The merged notebook is repaired; the learner's own file is kept byte for byte beside it."""
    release = course.root / "release/tiny_code/tiny_code.ipynb"
    place = hand_in_code(
        tmp_path / "in", "p01", release, {"k01": "def total(n):\n    return 0", "k02_test": None}
    )
    result = collect(course, tmp_path / "in")
    assert [flag.key for flag in result.taken[0].flags] == ["missing_cell"]
    received = course.root / "submitted/.received/p01/tiny_code/tiny_code.ipynb"
    assert received.read_bytes() == (place / "tiny_code.ipynb").read_bytes()
    assert "k02_test" in by_id(read_notebook(course.root / "submitted/p01/tiny_code/tiny_code.ipynb"))


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
