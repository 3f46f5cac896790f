"""A class graded: nbgrader's scores, what formgrader then shows, and marks given by a person."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD, hand_in, hand_in_code

from alliances.cli import main
from alliances.desk.collecting import collect
from alliances.desk.copies_asked import GradeRequest
from alliances.desk.feedback import write_feedback
from alliances.desk.grading import grade_class
from alliances.desk.marks_export import collect_marks
from alliances.errors import AlliancesError
from alliances_grader import box
from alliances_grader.class_asked import Outcome
from alliances_grader.course_manifest import Course
from alliances_grader.findings import needs_attention
from alliances_grader.nbgrader_api import open_api, open_gradebook
from alliances_grader.receipts_graded import read_receipt

pytestmark = pytest.mark.grader

CODE = {
    "c01": 'c01 = {"category": "giving", "reason": "direction"}',
    "k01": "def total(numbers):\n    return sum(numbers)",
    "k02": "is_gift = False",
}
HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>"


def grade(course: Course, name: str, **options: Any) -> list[Outcome]:
    return grade_class(
        course, GradeRequest([name], no_sandbox=True, **options), lambda _place, _count, _outcome: None
    )


def scores(course: Course, name: str) -> dict[str, dict[str, tuple[float | None, float]]]:
    """Return automatic and total score of every cell of every copy, by learner."""
    with open_gradebook(course.root) as gradebook:
        return {
            row.student.id: {grade.name: (grade.auto_score, grade.score) for grade in row.notebooks[0].grades}
            for row in gradebook.assignment_submissions(name)
        }


def give(course: Course, student: str, cell: str, points: float, comment: str = "") -> None:
    """Do what formgrader does when a person marks a criterion."""
    name = "tiny_form"
    with open_gradebook(course.root) as gradebook:
        grade = gradebook.find_grade(cell, name, name, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment(cell, name, name, student).manual_comment = comment
        gradebook.db.commit()


def test_our_scores_are_stock_nbgraders(tiny_course: Callable[[], Course], tmp_path: Path) -> None:
    """On the same merged copies the command « nbgrader autograde » gives each cell the same score.

    Only what no score depends on differs: automatic zeros on cells worth nothing and on criteria left blank.
    """
    course = tiny_course()
    release = course.root / "release/tiny_code/tiny_code.ipynb"
    hand_in(tmp_path / "in", "p01", GOOD)
    hand_in(tmp_path / "in", "p02", {"c01": {"category": "giving", "reason": None}, "n01": {"value": "5"}})
    hand_in_code(tmp_path / "in", "p01", release, CODE)
    hand_in_code(tmp_path / "in", "p03", release, {"k01": "raise SystemExit", "k01_test": None})
    assert collect(course, tmp_path / "in").refused == []
    shutil.copytree(course.root, tmp_path / "stock")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for name in ("tiny_form", "tiny_code"):
        grade(course, name, mode="nbgrader")
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", name],
            cwd=tmp_path / "stock", env={**os.environ, "PATH": path}, check=True, capture_output=True,
        )  # fmt: skip
        ours = scores(course, name)
        stock = scores(Course(tmp_path / "stock", "fr"), name)
        assert ours.keys() == stock.keys()
        for student, cells in stock.items():
            for cell, (auto, score) in cells.items():
                assert ours[student][cell][1] == score, (student, cell)
                if not cell.startswith("j01"):
                    assert ours[student][cell][0] == auto, (student, cell)


def test_formgrader_sees_what_is_left_to_mark(tiny_course: Callable[[], Course], tmp_path: Path) -> None:
    """Written answers need a person for each criterion; blank ones have their zero and a comment."""
    course = tiny_course()
    hand_in(tmp_path / "in", "p01", {**GOOD, "j01": {"text": HOSTILE}})
    hand_in(tmp_path / "in", "p02", {name: answer for name, answer in GOOD.items() if name != "j01"})
    collect(course, tmp_path / "in")
    assert [(item.points, item.to_mark) for item in grade(course, "tiny_form")] == [(6.0, 1), (6.0, 0)]
    api = open_api(course.root)
    submissions = {item["student"]: item for item in api.get_submissions("tiny_form")}
    assert {name: item["needs_manual_grade"] for name, item in submissions.items()} == {
        "p01": True,
        "p02": False,
    }
    assert submissions["p01"]["autograded"]
    with open_gradebook(course.root) as gradebook:
        blank = gradebook.find_grade("j01_facts", "tiny_form", "tiny_form", "p02")
        comment = gradebook.find_comment("j01_facts", "tiny_form", "tiny_form", "p02")
        assert (blank.auto_score, blank.max_score, comment.auto_comment) == (0.0, 3.0, "Sans réponse.")
        assert gradebook.find_grade("j01_facts", "tiny_form", "tiny_form", "p01").needs_manual_grade
        assert not gradebook.find_grade("j01", "tiny_form", "tiny_form", "p01").needs_manual_grade


def test_formgraders_page_runs_nothing_of_a_learner(
    tiny_course: Callable[[], Course], tmp_path: Path
) -> None:
    """The page that stock formgrader makes of a stored copy holds the text escaped, and the criterion."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    course = tiny_course()
    hand_in(tmp_path / "in", "p01", {**GOOD, "j01": {"text": HOSTILE}})
    collect(course, tmp_path / "in")
    grade(course, "tiny_form")
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {
        "assignment_id": "tiny_form", "notebook_id": "tiny_form", "submission_id": "s", "index": 0,
        "total": 1, "base_url": "", "student": "p01", "last_name": None, "first_name": None,
        "notebook_path": "",
    }  # fmt: skip
    path = course.root / "autograded/p01/tiny_form/tiny_form.ipynb"
    html, _ = HTMLExporter(config=config).from_filename(str(path), resources=resources)
    assert HOSTILE not in html
    assert "&lt;script&gt;document.title" in html
    assert 'id="j01_facts"' in html


def test_a_persons_marks_survive_unless_the_text_changed(
    tiny_course: Callable[[], Course], tmp_path: Path
) -> None:
    """Grading again keeps the marks; a new text under a marked criterion asks for another look."""
    course = tiny_course()
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(course, tmp_path / "in")
    grade(course, "tiny_form")
    give(course, "p01", "j01_facts", 2.0, "Deux faits, bien choisis. <b>")
    assert [(item.state, item.points, item.to_mark) for item in grade(course, "tiny_form")] == [
        ("unchanged", 8.0, 0)
    ]
    again = grade(course, "tiny_form", force=True)
    assert [(item.state, item.points, item.to_mark) for item in again] == [("graded", 8.0, 0)]
    hand_in(tmp_path / "again", "p01", {**GOOD, "j01": {"text": "Un tout autre texte."}})
    assert collect(course, tmp_path / "again").taken[0].state == "newer"
    assert [(item.state, item.points, item.to_mark) for item in grade(course, "tiny_form")] == [
        ("graded", 8.0, 1)
    ]
    page = write_feedback(course, "tiny_form")[0].path.read_text(encoding="utf-8")
    assert "Lecture à venir" in page
    give(course, "p01", "j01_facts", 3.0)
    page = write_feedback(course, "tiny_form")[0].path.read_text(encoding="utf-8")
    assert "Deux faits, bien choisis. &lt;b&gt;" in page
    assert "9 / 9" in page


def test_one_broken_copy_never_stops_the_class(tiny_course: Callable[[], Course], tmp_path: Path) -> None:
    """A copy spoiled after it was collected is refused by name; before and after it, all are graded."""
    course = tiny_course()
    for learner in ("p01", "p02", "p03"):
        hand_in(tmp_path / "in", learner, GOOD)
    collect(course, tmp_path / "in")
    (course.root / "submitted/p02/tiny_form/answers.json").write_text("{", encoding="utf-8")
    outcomes = grade(course, "tiny_form")
    assert [item.state for item in outcomes] == ["graded", "refused", "graded"]
    with pytest.raises(AlliancesError, match=r"p02.*incomplet ou abîmé"):
        raise outcomes[1].reason  # type: ignore[misc]


def test_a_result_beyond_the_maximum_earns_nothing_and_is_told(
    tiny_course: Callable[[], Course], tmp_path: Path
) -> None:
    """Nbgrader gives such a copy up; here the cell earns 0, the trainer is told, and the class goes on."""
    course = tiny_course()
    release = course.root / "release/tiny_code/tiny_code.ipynb"
    cheat = (
        "get_ipython().events.register('pre_execute', lambda: get_ipython().displayhook(10**9))\n"
        "def total(numbers):\n    return 0"
    )
    hand_in_code(tmp_path / "in", "p01", release, {"k01": cheat})
    hand_in_code(tmp_path / "in", "p02", release, CODE)
    collect(course, tmp_path / "in")
    outcomes = grade(course, "tiny_code")
    assert [item.state for item in outcomes] == ["graded", "graded"]
    assert outcomes[0].points == 0.0
    assert any(map(needs_attention, outcomes[0].findings))
    assert outcomes[1].points == 3.0


def test_code_is_run_only_when_it_was_typed(
    tiny_course: Callable[[], Course],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With no sandbox the code door is refused with what to do; with --no-sandbox, each mark says so."""
    course = tiny_course()
    hand_in_code(tmp_path / "in", "p01", course.root / "release/tiny_code/tiny_code.ipynb", CODE)
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(course, tmp_path / "in")
    monkeypatch.setattr(box, "level", lambda: box.Level("none"))
    command = ["grade", "tiny_code", "--course", str(course.root)]
    assert main(command) == 1
    assert "--no-sandbox" in (said := capsys.readouterr().err)
    assert "conteneur" in said
    assert not (course.root / "autograded").exists()
    assert main([*command, "--no-sandbox", "--json"]) == 0
    copies = json.loads(capsys.readouterr().out)["copies"]
    assert [(item["student"], item["state"], item["points"]) for item in copies] == [("p01", "graded", 3.0)]
    assert main(["grade", "tiny_form", "--course", str(course.root)]) == 0
    receipt = read_receipt(course.root / "autograded/p01/tiny_code", "tiny_code")
    assert receipt is not None
    assert (receipt.terms["mode"], receipt.terms["sandbox"]) == ("strict", "none")
    rows = collect_marks(course)
    assert [(row.door, row.both_doors, row.points, row.sandbox) for row in rows] == [
        ("form", True, 6.0, "not_needed")
    ]


def test_wrong_words_are_told_apart(
    tiny_course: Callable[[], Course], capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown assignment, learner or folder is status 1 or 2 with a message, never a traceback."""
    course = str(tiny_course().root)
    for words, status, message in [
        (["grade", "nothing", "--course", course], 1, "n.est pas un devoir|n’est pas un devoir"),
        (["grade", "tiny_form", "--course", course], 1, "Aucune copie"),
        (["grade", "tiny_form", "--course", course, "--student", "a/b"], 2, "ne convient pas"),
        (["feedback", "tiny_form", "--course", course], 1, "Aucune copie notée"),
        (["export", "--course", "nowhere"], 1, "pas un cours"),
        (["forget", "p99", "--course", course], 0, ""),
    ]:
        assert main(words) == status, words
        said = capsys.readouterr()
        assert re.search(message, said.err), words


def test_forgetting_lists_then_erases(
    tiny_course: Callable[[], Course], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --yes nothing goes; with it nothing of the person is left in files or gradebook."""
    course = tiny_course()
    for learner in ("p01", "secretcode"):
        hand_in(tmp_path / "in", learner, GOOD)
    collect(course, tmp_path / "in")
    hand_in(tmp_path / "again", "secretcode", {**GOOD, "j01": {"text": "Autre."}})
    collect(course, tmp_path / "again")
    grade(course, "tiny_form")
    write_feedback(course, "tiny_form")
    command = ["forget", "secretcode", "--course", str(course.root)]
    assert main(command) == 1
    listed = capsys.readouterr().out
    for folder in ("submitted", ".received", ".previous", "autograded", "feedback"):
        assert f"{folder}/secretcode" in listed
    assert "tiny_form" in listed
    assert (course.root / "submitted/secretcode").is_dir()
    assert main([*command, "--yes"]) == 0
    assert list(course.root.rglob("*secretcode*")) == []
    assert b"secretcode" not in (course.root / "gradebook.db").read_bytes()
    assert [row.learner for row in collect_marks(course)] == ["p01"]
    assert main(command) == 0


def test_the_commands_follow_each_other(
    tiny_course: Callable[[], Course], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Collect, grade, feedback, export: each says what it did, on the right output, and names the next."""
    course = str(tiny_course().root)
    for learner in ("p01", "p02"):
        hand_in(tmp_path / "in", learner, GOOD)
    assert main(["collect", str(tmp_path / "in"), "--course", course]) == 0
    assert main(["grade", "tiny_form", "--course", course]) == 0
    said = capfd.readouterr()
    assert "[1/2] p01  6,00 / 9,00  (à relire : 1)" in said.err.replace("\u00a0", " ")
    assert "formgrader" in said.out
    assert "WARNING" not in said.err
    assert main(["feedback", "tiny_form", "--course", course, "--student", "p02", "--track", "agents"]) == 0
    assert [path.parent.parent.name for path in Path(course).glob("feedback/*/*/*.html")] == ["p02"]
    assert main(["export", "--course", course, "--bom", "--separator", ";"]) == 0
    exported = capfd.readouterr().out
    assert exported.split("\ufeff")[1].startswith('"learner";"exercise"')
    assert main(["export", "--course", course, "--out", str(tmp_path / "marks.csv")]) == 0
    assert (tmp_path / "marks.csv").read_text(encoding="utf-8").count('"tiny"') == 2
    capfd.readouterr()
    assert main(["export", "--course", course, "--json"]) == 0
    assert [row["learner"] for row in json.loads(capfd.readouterr().out)] == ["p01", "p02"]
