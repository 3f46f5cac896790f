"""Copies taken from nbgrader's exchange and from an nbgrader course's ``submitted`` folder."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD, bare_course, zipped

from alliances.desk.collecting import Collection, collect
from alliances.desk.copy_names import read_timestamp
from alliances.desk.intake import Wish
from alliances.errors import AlliancesError
from alliances.questions.answers import AnswerFile, read_answers, write_answers
from alliances_grader.course_manifest import Course, read_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = bare_course(tmp_path)
    (made.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'alliance'\n", encoding="utf-8"
    )
    return made


def submit(inbound: Path, student: str, time: str, value: str = "4", end: str = "+aB3_-xYz90Qw") -> Path:
    """Put a copy where ``nbgrader submit`` does, under the name that it gives."""
    place = inbound / f"{student}+tiny_form+{time}{end}"
    answers = {**GOOD, "n01": {"value": value}}
    write_answers(place / "answers.json", AnswerFile("moi", "tiny", "form", "fr", answers=answers))
    (place / "timestamp.txt").write_text(time, encoding="utf-8")
    (place / "submission_secret.txt").write_text("abc", encoding="utf-8")
    return place


def states(result: Collection) -> list[tuple[str, str]]:
    return [(copy.learner, copy.state) for copy in result.taken]


def number(path: Path) -> Any:
    return read_answers(path / "answers.json").answers["n01"]["value"]


@pytest.mark.parametrize("end", ["+aB3_-xYz90Qw", ""])
@pytest.mark.parametrize("place", ["exchange", "exchange/alliance", "exchange/alliance/inbound"])
def test_the_newest_counts_and_the_earlier_are_kept(
    course: Course, tmp_path: Path, place: str, end: str
) -> None:
    """Named at any height, with or without the random end: the newest is graded, each earlier one is kept."""
    inbound = tmp_path / "exchange/alliance/inbound"
    for day, value in (("02", "2"), ("03", "3"), ("01", "1")):
        submit(inbound, "p01", f"2026-03-{day} 10:00:00.000000 UTC", value, end)
    submit(tmp_path / "exchange/other/inbound", "p09", "2026-03-01 10:00:00.000000 UTC")
    result = collect(course, tmp_path / place)
    assert states(result) == [("p01", "new"), ("p01", "older"), ("p01", "older")]
    assert number(course.root / "submitted/p01/tiny_form") == "3"
    kept = sorted((course.root / "submitted/.previous/p01/tiny_form").iterdir())
    assert [number(path / "received") for path in kept] == ["1", "2"]
    assert {state for _, state in states(collect(course, tmp_path / place))} == {"unchanged"}


def test_what_nbgrader_needs_afterwards_is_there(course: Course, tmp_path: Path) -> None:
    """Time and secret stand beside the copy as nbgrader's own collecting leaves them; no flag is raised."""
    submit(tmp_path / "inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    (copy,) = collect(course, tmp_path / "inbound").taken
    place = course.root / "submitted/p01/tiny_form"
    assert (place / "timestamp.txt").read_text(encoding="utf-8") == "2026-03-02 10:00:00.000000 UTC"
    assert (place / "submission_secret.txt").read_text(encoding="utf-8") == "abc"
    assert copy.flags == ()
    assert copy.handed_in == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.grader
@pytest.mark.parametrize("random_end", [True, False])
def test_what_stock_nbgrader_submits_is_collected(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, random_end: bool
) -> None:
    """``nbgrader submit`` itself fills the exchange, twice: the second copy counts, the first is kept."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeSubmit
    from traitlets.config import Config

    exchange = tmp_path / "exchange"
    shutil.copytree(course.root / "release/tiny_form", exchange / "alliance/outbound/tiny_form")
    (exchange / "alliance/inbound").mkdir()
    config = Config()
    config.CourseDirectory = Config(course_id="alliance", assignment_id="tiny_form", student_id="p01")
    config.Exchange = Config(root=str(exchange), cache=str(tmp_path / "cache"))
    config.ExchangeSubmit = Config(
        assignment_dir=str(tmp_path / "mine"), add_random_string=random_end, timezone="Europe/Paris"
    )
    monkeypatch.chdir(tmp_path)
    for value in ("1", "2"):
        place = tmp_path / "mine/tiny_form"
        shutil.copytree(course.root / "release/tiny_form", place, dirs_exist_ok=True)
        answers = {**GOOD, "n01": {"value": value}}
        write_answers(place / "answers.json", AnswerFile("moi", "tiny", "form", "fr", answers=answers))
        courses = CourseDirectory(config=config)
        ExchangeSubmit(coursedir=courses, authenticator=Authenticator(config=config), config=config).start()
    result = collect(course, exchange)
    assert states(result) == [("p01", "new"), ("p01", "older")]
    assert number(course.root / "submitted/p01/tiny_form") == "2"
    assert all(abs((datetime.now(UTC) - copy.handed_in).total_seconds()) < 300 for copy in result.taken)


def test_the_folders_name_tells_the_time_where_the_file_does_not(course: Course, tmp_path: Path) -> None:
    """Without timestamp.txt, or with one that is none, the name that nbgrader gave counts."""
    place = submit(tmp_path / "inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    (place / "timestamp.txt").write_text("yesterday", encoding="utf-8")
    (copy,) = collect(course, tmp_path / "inbound").taken
    assert copy.handed_in == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("2026-03-02 10:00:00.000000 UTC", 10),
        ("2026-03-02 10:00:00.000000 +0100", 9),
        ("2026-03-02 10:00:00.000000 CET", 9),
        ("2026-03-02T10:00:00+01:00", 9),
        ("2026-03-02 10:00:00", 10),
        ("2026-03-02 10:00:00.000000 /etc/passwd", None),
        ("2026-03-02 10:00:00.000000 ../UTC", None),
        ("2026-03-02 10:00 UTC then", None),
        ("0001-01-01 00:00:00+23:00", None),
        ("\ud83d\ude00", None),
    ],
)
def test_times_are_read_as_nbgrader_writes_them(said: str, hour: int | None) -> None:
    """Zones by name or offset become UTC; a zone that names a file, or no time at all, is no time."""
    moment = read_timestamp(said.encode("utf-8", "surrogatepass"))
    assert (None if moment is None else moment.hour) == hour


def test_a_student_may_have_a_plus_in_the_name(course: Course, tmp_path: Path) -> None:
    """The name is read from its end, as nbgrader does; the refusal shows the whole of it."""
    submit(tmp_path / "inbound", "a+b", "2026-03-02 10:00:00.000000 UTC")
    submit(tmp_path / "inbound", "p02", "2026-03-02 10:00:00.000000 +0100")
    result = collect(course, tmp_path / "inbound")
    assert states(result) == [("p02", "new")]
    assert [copy.learner for copy in result.refused] == ["a+b"]


def test_an_exchange_of_other_courses_is_refused(course: Course, tmp_path: Path) -> None:
    """Copies of another course never come into this one by mistake."""
    submit(tmp_path / "exchange/maths/inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    with pytest.raises(AlliancesError, match=r"d'autres cours : maths.*« alliance »"):
        collect(course, tmp_path / "exchange")


def test_a_zip_of_several_courses_is_refused(course: Course, tmp_path: Path) -> None:
    """Two courses may call an assignment the same: their copies are never mixed."""
    for name in ("alliance", "maths"):
        submit(tmp_path / f"in/{name}/inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    with pytest.raises(AlliancesError, match="alliance/inbound, maths/inbound"):
        collect(course, zipped(tmp_path / "in", tmp_path / "in.zip"))
    assert not (course.root / "submitted").exists()


def test_a_folder_that_nobody_may_open_costs_its_copy(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner who withdraws the right to read is refused by name; the class is collected."""
    place = submit(tmp_path / "inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    submit(tmp_path / "inbound", "p02", "2026-03-02 10:00:00.000000 UTC")
    scan = os.scandir

    def refusing(path: Any) -> Any:
        if str(path) == str(place):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = collect(course, tmp_path / "inbound")
    assert states(result) == [("p02", "new")]
    assert [(copy.learner, "Impossible de lire" in str(copy.reason)) for copy in result.refused] == [
        ("p01", True)
    ]


def test_one_assignment_can_be_asked_for(course: Course, tmp_path: Path) -> None:
    """Copies of the others stay where they are, without a word."""
    submit(tmp_path / "inbound", "p01", "2026-03-02 10:00:00.000000 UTC")
    result = collect(course, tmp_path / "inbound", wish=Wish("tiny_code"))
    assert (result.taken, result.refused) == ([], [])


@pytest.fixture
def stock(tmp_path: Path) -> Course:
    """Return a course folder as stock nbgrader makes it: two notebooks in one assignment, no manifest."""
    root = tmp_path / "stock"
    for step in ("source", "release"):
        for name in ("problem1", "problem2"):
            path = root / step / "ps1" / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    return read_course(root)


def stock_copy(place: Path, **files: str) -> Path:
    for name, content in {"problem1.ipynb": "{}", "data/villes.csv": "a,b", **files}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")
    return place


@pytest.mark.parametrize("kind", ["inbound", "submitted", "course", "zip"])
def test_another_courses_assignment_is_taken_whole(stock: Course, tmp_path: Path, kind: str) -> None:
    """Notebooks and data as they were handed in, under nbgrader's own name of the person."""
    name = "jean.dupont+ps1+2026-03-02 10:00:00.000000 UTC"
    if kind == "inbound":
        source = stock_copy(tmp_path / "in/inbound" / name).parent
    else:
        (tmp_path / "in/source").mkdir(parents=True)
        stock_copy(tmp_path / "in/submitted/jean.dupont/ps1")
        source = tmp_path / "in" if kind != "submitted" else tmp_path / "in/submitted"
        if kind == "zip":
            source = zipped(tmp_path / "in/submitted", tmp_path / "in.zip")
    (copy,) = collect(stock, source).taken
    assert (copy.learner, copy.assignment, copy.state) == ("jean.dupont", "ps1", "new")
    place = stock.root / "submitted/jean.dupont/ps1"
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert found == {"problem1.ipynb", "data/villes.csv", "timestamp.txt"}
    assert json.loads((place / "problem1.ipynb").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({f"n{number}.txt": "" for number in range(201)}, "plus de 200 fichiers"),
        ({"Data.csv": "", "data.csv": ""}, "deux fois"),
        ({"aux/x.csv": ""}, "aux"),
    ],
)
def test_a_whole_copy_has_its_limits(
    stock: Course, tmp_path: Path, files: dict[str, str], message: str
) -> None:
    """Too many files, two names that are one elsewhere, a reserved folder: that copy is refused by name."""
    stock_copy(tmp_path / "in/p01/ps1", **files)
    stock_copy(tmp_path / "in/p02/ps1")
    result = collect(stock, tmp_path / "in")
    assert states(result) == [("p02", "new")]
    assert message in str(result.refused[0].reason)
