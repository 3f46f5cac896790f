"""``alliances course create``: stock nbgrader accepts what it makes, and nothing of others is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from copies import GOOD, hand_in
from tiny_course import change, write_tiny_course

from alliances.cli import main
from alliances.desk.collecting import collect
from alliances.desk.copies_asked import GradeRequest
from alliances.desk.course_folder import create_course
from alliances.desk.grading import grade_class
from alliances.errors import AlliancesError
from alliances_grader.course_manifest import Course, read_course
from alliances_grader.nbgrader_api import open_api

pytestmark = pytest.mark.grader


def test_a_course_is_nbgraders(tiny_course: Callable[[], Course]) -> None:
    """One assignment a door, released, known to nbgrader with its points; no key in release or manifest."""
    course = tiny_course()
    api = open_api(course.root)
    found = {item["name"]: item for item in api.get_assignments()}
    assert {name: item["max_score"] for name, item in found.items()} == {"tiny_form": 9.0, "tiny_code": 9.0}
    assert api.get_released_assignments() == set()
    for path in [*course.root.glob("release/*/*.ipynb"), course.root / "alliances.json"]:
        text = path.read_text(encoding="utf-8")
        assert "mark_cell" not in text
        assert '"readings"' not in text
        assert "BEGIN" not in text
    exercise = course.exercises["tiny"]
    assert list(exercise.questions) == ["c01", "c02", "j01", "n01", "q01"]
    assert exercise.rubrics["j01"][0].levels[3] == "Trois faits."


def test_the_command_renews_and_keeps_copies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run takes changed prompts over, leaves copies and the trainer's configuration, and says so."""
    tree = write_tiny_course(tmp_path / "tree")
    monkeypatch.setenv("ALLIANCES_ROOT", str(tree.root))
    folder = tmp_path / "course"
    command = ["course", "create", str(folder), "--lang", "en"]
    assert main(command) == 0
    assert "tiny_form" in capsys.readouterr().out
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(read_course(folder), tmp_path / "in")
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    change(tree.exercises / "tiny" / "form.yaml", "How much is 2 and 2?", "How many are 2 and 2?")
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["renewed"] is True
    assert "How many are 2 and 2?" in (folder / "release/tiny_form/tiny_form.ipynb").read_text(
        encoding="utf-8"
    )
    assert (folder / "submitted/p01/tiny_form/answers.json").is_file()
    assert config.read_text(encoding="utf-8").endswith("# mine\n")
    assert main(["course", "create", str(folder), "--lang", "fr"]) == 1


@pytest.mark.parametrize(
    ("kind", "message"), [("full", "autre chose qu.un cours"), ("file", "est un fichier")]
)
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, kind: str, message: str) -> None:
    """A folder with other files, or a file in its place, is refused and unchanged."""
    target = tmp_path / "mine"
    if kind == "full":
        target.mkdir()
        (target / "thesis.md").write_text("x", encoding="utf-8")
    else:
        target.write_text("x", encoding="utf-8")
    with pytest.raises(AlliancesError, match=message):
        create_course(write_tiny_course(tmp_path / "tree"), target, "fr")
    assert [path.name for path in tmp_path.rglob("*") if path.is_relative_to(target)] in (
        ["mine"],
        ["mine", "thesis.md"],
    )


def test_cells_changed_after_grading_are_refused_and_put_back(
    tiny_course: Callable[[], Course], tmp_path: Path
) -> None:
    """Nbgrader refuses to lose a cell that has marks: the message says so and the old version stays."""
    course = tiny_course()
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(course, tmp_path / "in")
    grade_class(course, GradeRequest(["tiny_form"]), lambda _place, _count, _outcome: None)
    before = (course.root / "source/tiny_form/tiny_form.ipynb").read_bytes()
    tree = write_tiny_course(tmp_path / "tree")
    change(tree.exercises / "tiny" / "form.yaml", "- id: n01", "- id: n02")
    with pytest.raises(AlliancesError, match=r"refuse de publier tiny_form.*Journal"):
        create_course(tree, course.root, "fr")
    assert (course.root / "source/tiny_form/tiny_form.ipynb").read_bytes() == before
    assert (course.root / "release/tiny_form/tiny_form.ipynb").is_file()
    assert (course.root / "logs/tiny_form.log").is_file()


def test_a_broken_configuration_is_named(tiny_course: Callable[[], Course]) -> None:
    """An error in the trainer's nbgrader_config.py is reported with its file."""
    course = tiny_course()
    (course.root / "nbgrader_config.py").write_text("c = get_config()\nc.X = 1 / 0\n", encoding="utf-8")
    with pytest.raises(AlliancesError, match=r"nbgrader_config.py.*ZeroDivisionError"):
        open_api(course.root)
