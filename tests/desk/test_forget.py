"""``alliances forget``: after it, no byte of the course is about the person; everybody else's stays."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from copies import GOOD, bare_course, hand_in
from gradebooks import make_gradebook, verdict
from postgres import postgres_server
from sqlalchemy import create_engine, text

from alliances.cli import main
from alliances.desk.collecting import collect
from alliances.desk.forgetting import erase, list_holdings
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances_grader.course_manifest import Course
from alliances_grader.gradebook import GradebookWriter
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.journal import Finished, Journal, journal_path
from alliances_grader.receipts_graded import Terms, receipt_of, write_receipt
from alliances_grader.run_lock import RunLock

pytestmark = pytest.mark.grader

CODE = "secretcode"
ANSWER = "Une phrase que personne d'autre n'aurait pu formuler ainsi."
STEPS = ("submitted", "submitted/.received", "submitted/.previous", "autograded", "feedback", "logs")


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("forget")
    course = bare_course(root)
    make_gradebook(course.root)
    return course.root


@pytest.fixture
def course(_made: Path, tmp_path: Path) -> Course:
    """Return a course with two people's copies, marks, comments, receipts, feedback, journals and logs."""
    root = tmp_path / "course"
    shutil.copytree(_made, root)
    made = replace(_course(root), root=root)
    for round_number, open_text in enumerate((ANSWER, ANSWER + " Encore.")):
        folder = tmp_path / f"in{round_number}"
        for learner, words in ((CODE, open_text), ("p01", "Autre chose.")):
            hand_in(folder, learner, {**GOOD, "j01": {"text": words}})
        collect(made, folder)
    for learner, words in ((CODE, ANSWER), ("p01", "Autre chose.")):
        entry = BookEntry(replace(verdict(learner), late_seconds=1.0))
        _grade(root, learner, words, entry)
    (root / ".nbgrader.log").write_text(f"[AutogradeApp | ERROR] {CODE}\n{ANSWER}\n", encoding="utf-8")
    (root / "logs/other.log").write_text("[AutogradeApp | INFO] p01\n", encoding="utf-8")
    return made


def _course(root: Path) -> Course:
    from alliances_grader.course_manifest import read_course

    return read_course(root)


def _grade(root: Path, learner: str, words: str, entry: BookEntry) -> None:
    for step in ("autograded", "feedback", "logs"):
        place = root / step / learner / "tiny_form"
        place.mkdir(parents=True)
        (place / "page.html").write_text(f"{learner}: {words}", encoding="utf-8")
    terms = Terms("strict", "not_needed")
    write_receipt(
        root / "autograded" / learner / "tiny_form",
        receipt_of(entry, source=f"sha256:{learner}", graded=words.encode(), terms=terms),
    )
    with Journal(journal_path(root, "ps"), "ps", terms) as journal:
        journal.keep(journal.append([Finished(entry, f"sha256:{learner}")]))
    GradebookWriter(f"sqlite:///{root / 'gradebook.db'}").write([entry])
    with sqlite3.connect(root / "gradebook.db") as book:
        book.execute(
            "UPDATE comment SET manual_comment = ? WHERE notebook_id IN (SELECT s.id FROM"
            " submitted_notebook s JOIN submitted_assignment a ON a.id = s.assignment_id"
            " WHERE a.student_id = ?)",
            (f"{learner} a écrit : {words}", learner),
        )
    book.close()


def everything(root: Path) -> Iterator[tuple[Path, bytes]]:
    for folder, inner, names in os.walk(root):
        for name in (*inner, *names):
            path = Path(folder) / name
            yield path, path.read_bytes() if path.is_file() else b""


def traces(root: Path) -> list[str]:
    """Return every path or file of a folder that holds the person's code or words."""
    wanted = (CODE.encode(), ANSWER.encode(), json.dumps(ANSWER).encode().strip(b'"'))
    return [
        str(path)
        for path, content in everything(root)
        if CODE in path.name or any(word in content for word in wanted)
    ]


def of_others(root: Path) -> dict[Path, bytes]:
    return {path: content for path, content in everything(root) if b"p01" in content or path.name == "p01"}


def test_nothing_of_the_person_is_left_in_any_byte(course: Course) -> None:
    """Files, database, journals, receipts and logs: all of the person's is gone, others' is as it was."""
    assert {path for path in of_others(course.root) if path.suffix == ".db"}
    before = of_others(course.root)
    assert len(traces(course.root)) > 10
    erased = erase(course, CODE)
    assert traces(course.root) == []
    assert erased.mentions == ()
    after = of_others(course.root)
    rewritten = {course.root / "gradebook.db", journal_path(course.root, "ps")}
    assert before.keys() == after.keys()
    assert all(before[path] == after[path] for path in before.keys() - rewritten)
    with Journal(journal_path(course.root, "ps"), "ps", Terms("strict", "not_needed")) as journal:
        assert journal.find("p01", "nb", "sha256:p01") is not None
    book = sqlite3.connect(course.root / "gradebook.db")
    assert book.execute("SELECT id FROM student").fetchall() == [("p01",)]
    assert book.execute("SELECT count(*) FROM grade").fetchone()[0] >= 3
    assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    book.close()
    assert not erase(course, CODE).holdings


def test_the_gradebook_is_the_one_that_nbgrader_goes_on_with(course: Course) -> None:
    """Stock nbgrader opens it, knows the other person and their marks, and not this one."""
    from nbgrader.api import Gradebook

    erase(course, CODE)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        assert [student.id for student in book.students] == ["p01"]
        assert book.find_submission("ps", "p01").score == 2.0
        assert [copy.student.id for copy in book.assignment_submissions("ps")] == ["p01"]


def test_a_gradebook_with_a_write_ahead_log_keeps_nothing(course: Course) -> None:
    """In SQLite's other mode of writing, the log beside the file is emptied too."""
    book = sqlite3.connect(course.root / "gradebook.db")
    book.execute("PRAGMA journal_mode = WAL")
    book.execute("UPDATE comment SET manual_comment = manual_comment || ' (relu)'")
    book.commit()
    erase(course, CODE)
    assert traces(course.root) == []
    book.close()


def test_the_command_lists_then_erases(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes nothing goes and the status is 1, with --dry-run 0; with --yes it says what went."""
    command = ["forget", CODE, "--course", str(course.root)]
    before = sorted(traces(course.root))
    assert main(command) == 1
    said = capsys.readouterr()
    for step in STEPS:
        assert f"{step}/{CODE} (" in said.out
    for words in ("carnet de notes : ps", "journaux de correction : 1", ".nbgrader.log : journal technique"):
        assert words in said.out
    assert "--yes" in said.err
    assert main([*command, "--dry-run"]) == 0
    assert sorted(traces(course.root)) == before
    capsys.readouterr()
    assert main([*command, "--yes"]) == 0
    said = capsys.readouterr()
    assert "Tout est effacé" in said.out
    assert "liste de codes" in said.out
    assert traces(course.root) == []
    assert main(command) == 0
    assert "ne contient rien" in capsys.readouterr().out


def test_the_command_speaks_json(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json one value says what is held, and whether it was erased."""
    command = ["forget", CODE, "--course", str(course.root), "--json"]
    assert main(command) == 1
    held = json.loads(capsys.readouterr().out)
    assert main([*command, "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out) == held
    assert main([*command, "--yes"]) == 0
    gone = json.loads(capsys.readouterr().out)
    assert gone == held | {"erased": True}
    assert gone["assignments"] == ["ps"]
    assert gone["journal_entries"] == 1
    assert gone["folders"][str(course.root / "submitted" / CODE)] >= 3
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["folders"] == {}


def test_a_code_in_anothers_copy_is_named(course: Course, tmp_path: Path) -> None:
    """Another person's file that carries the code is theirs: it stays, and is shown to be looked at."""
    hand_in(tmp_path / "copied", "p03", GOOD, learner=CODE)
    collect(course, tmp_path / "copied")
    mentions = erase(course, CODE).mentions
    assert course.root / "submitted/p03/tiny_form/answers.json" in mentions
    assert all("p03" in path.parts for path in mentions)


def test_a_longer_code_is_somebody_elses(course: Course, tmp_path: Path) -> None:
    """Whoever's code starts or ends with this one keeps everything, and is not mentioned."""
    for learner in (f"{CODE}2", f"x-{CODE}"):
        hand_in(tmp_path / "more", learner, GOOD)
    collect(course, tmp_path / "more")
    assert erase(course, CODE).mentions == ()
    assert (course.root / f"submitted/{CODE}2/tiny_form/answers.json").is_file()
    assert list_holdings(course, f"x-{CODE}").folders


def test_an_assignment_called_like_the_person_stays(course: Course) -> None:
    """Source and release hold assignments, nobody's copies."""
    (course.root / "source" / CODE).mkdir()
    erase(course, CODE)
    assert (course.root / "source" / CODE).is_dir()


def test_a_link_in_a_folders_place_is_cut_and_not_followed(course: Course, tmp_path: Path) -> None:
    """What a link leads to is not the course's to erase."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x", encoding="utf-8")
    shutil.rmtree(course.root / "feedback" / CODE)
    (course.root / "feedback" / CODE).symlink_to(outside, target_is_directory=True)
    erase(course, CODE)
    assert not (course.root / "feedback" / CODE).is_symlink()
    assert (outside / "kept").is_file()


def test_a_grading_run_is_waited_for(course: Course) -> None:
    """While the course is being graded nothing is erased: the run would write the marks again."""
    before = traces(course.root)
    with RunLock(course.root).acquire(), pytest.raises(AlliancesError, match="est en cours"):
        erase(course, CODE)
    assert traces(course.root) == before


def test_a_locked_gradebook_keeps_everything(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the marks cannot be erased, the copies are still there, and the message says why."""
    from alliances.desk import forgetting_rows as module

    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    book = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    book.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(EnvironmentFault, match="un autre programme tient le carnet de notes"):
            erase(course, CODE)
    finally:
        book.close()
    assert (course.root / "submitted" / CODE).is_dir()


@pytest.mark.parametrize("code", ["", "../p01", "a/b", ".received", "*"])
def test_a_code_that_is_none_is_refused(course: Course, code: str) -> None:
    """No word on the command line leads out of a learner's own folders."""
    for asked in (course, replace(course, ours=False)):
        with pytest.raises(UsageError, match="ne convient pas"):
            erase(asked, code)


def test_a_course_without_gradebook_has_folders_only(course: Course) -> None:
    """Before the first grading there are copies and no marks; no gradebook is made."""
    (course.root / "gradebook.db").unlink()
    held = list_holdings(course, CODE)
    assert (held.in_gradebook, held.assignments) == (False, ())
    erase(course, CODE)
    assert not (course.root / "gradebook.db").exists()
    assert traces(course.root) == []


def test_a_gradebook_on_a_server_is_cleared_too(course: Course, tmp_path: Path) -> None:
    """By its address, on PostgreSQL: the person's rows are gone from every table, others' are there."""
    server = tmp_path / "pg"
    server.mkdir()
    with postgres_server(server) as address:
        (course.root / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n", encoding="utf-8"
        )
        (course.root / "gradebook.db").unlink()
        _fill(address)
        held = list_holdings(course, CODE)
        assert (held.in_gradebook, held.assignments) == (True, ("ps",))
        erase(course, CODE)
        engine = create_engine(address)
        with engine.connect() as connection:
            counts = {
                table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608
                for table in ("student", "submitted_assignment", "submitted_notebook")
            }
            left = connection.execute(text("SELECT count(*) FROM grade")).scalar()
        engine.dispose()
        assert counts == {"student": 1, "submitted_assignment": 1, "submitted_notebook": 2}
        assert left is not None
        assert left >= 3
        assert list_holdings(course, CODE).in_gradebook is False


def _fill(address: str) -> None:
    """Make the small gradebook on a server by nbgrader's own hand, with two people's marks."""
    from nbgrader.api import Gradebook

    writer = GradebookWriter(address)
    with Gradebook(address) as book:
        book.add_assignment("ps")
        for name in ("nb", "second"):
            book.add_notebook(name, "ps")
        book.add_solution_cell("answer", "nb", "ps")
        book.add_grade_cell("test", "nb", "ps", max_score=2, cell_type="code")
        book.add_solution_cell("essay", "nb", "ps")
        book.add_grade_cell("essay", "nb", "ps", max_score=3, cell_type="markdown")
        book.add_task_cell("task", "nb", "ps", max_score=4, cell_type="markdown")
        book.add_grade_cell("only", "second", "ps", max_score=5, cell_type="code")
    assert writer.write([verdict(CODE), verdict("p01")]).copies == 2
