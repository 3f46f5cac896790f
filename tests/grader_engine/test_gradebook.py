"""The gradebook writer: nbgrader's rows, row for row, in whole batches or not at all."""

from __future__ import annotations

import math
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gradebooks import all_rows, grades_of, make_gradebook, sql, verdict
from sqlalchemy.dialects import postgresql

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import gradebook_rows as rows
from alliances_grader.gradebook import GradebookWriter
from alliances_grader.gradebook_address import gradebook_address
from alliances_grader.gradebook_entries import BookEntry, entry_from_json, entry_to_json
from alliances_grader.verdicts import CellVerdict, Finding

pytestmark = pytest.mark.grader


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_gradebook(tmp_path_factory.mktemp("gradebook"))


@pytest.fixture
def address(made: Path, tmp_path: Path) -> str:
    """Return the address of a small gradebook of this test's own."""
    return f"sqlite:///{shutil.copy(made, tmp_path / 'gradebook.db')}"


@pytest.fixture
def writer(address: str) -> GradebookWriter:
    """Return a writer on the small gradebook."""
    return GradebookWriter(address)


def path_of(address: str) -> Path:
    return Path(address.removeprefix("sqlite:///"))


def test_the_tables_are_nbgraders() -> None:
    """Every column that we write has nbgrader's type, and every unique rule that we rely on is nbgrader's."""
    from nbgrader.api import Base

    for table in rows.METADATA.sorted_tables:
        theirs = Base.metadata.tables[table.name]
        assert [column.name for column in table.columns] == [column.name for column in theirs.columns]
        for column in table.columns:
            peer = theirs.c[column.name]
            assert column.nullable == peer.nullable or column.primary_key, f"{table.name}.{column.name}"
            assert column.type.python_type is peer.type.python_type, f"{table.name}.{column.name}"
        assert uniques(table) == uniques(theirs)


def uniques(table: Any) -> set[frozenset[str]]:
    from sqlalchemy import UniqueConstraint

    return {
        frozenset(column.name for column in rule.columns)
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
    }


def test_an_absent_gradebook_is_made_by_nbgrader(tmp_path: Path, made: Path) -> None:
    """What is made where nothing was has nbgrader's tables, stamp and course, and nothing lies beside it."""
    address = f"sqlite:///{tmp_path / 'deep' / 'gradebook.db'}"
    GradebookWriter(address, course_id="c1")
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["gradebook.db"]
    assert sql(address, "SELECT id FROM course") == [("c1",)]
    stamp = "SELECT version_num FROM alembic_version"
    assert sql(address, stamp) == sql(f"sqlite:///{made}", stamp)
    schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    assert sql(address, schema) == sql(f"sqlite:///{made}", schema)


def test_nbgrader_reads_what_was_written(address: str, writer: GradebookWriter) -> None:
    """The gradebook opened by nbgrader gives the scores, the flag and what is left to mark."""
    from nbgrader.api import Gradebook

    writer.write([BookEntry(verdict(), flagged=True)])
    with Gradebook(address) as book:
        row = book.find_submission_notebook("nb", "ps", "ada")
        assert (row.score, row.max_score, row.needs_manual_grade, row.flagged) == (2.0, 9.0, True, True)
        assert row.assignment.late_submission_penalty == 0.0


def test_writing_again_changes_nothing(address: str, writer: GradebookWriter) -> None:
    """The same batch twice gives the same rows, ids included."""
    batch = [verdict("ada"), verdict("bob", test=0.0, timestamp=datetime.fromisoformat("2026-03-01T12:00"))]
    writer.write(batch)
    before = sql(address, "SELECT * FROM grade ORDER BY id"), all_rows(path_of(address))
    writer.write(batch)
    assert before == (sql(address, "SELECT * FROM grade ORDER BY id"), all_rows(path_of(address)))


def test_the_later_of_two_verdicts_on_one_copy_counts(address: str, writer: GradebookWriter) -> None:
    """Two entries for one notebook of one learner give one row, with the later's score."""
    assert writer.write([verdict(test=0.0), verdict(test=1.0)]).copies == 1
    assert grades_of(address, "ada")["test"][0] == 1.0


def give_marks(address: str) -> None:
    sql(
        address,
        "UPDATE grade SET manual_score = 1.5, extra_credit = 0.25, needs_manual_grade = 0 WHERE cell_id IN"
        " (SELECT id FROM base_cell WHERE name IN ('test', 'essay', 'task'))",
    )
    sql(address, "UPDATE comment SET manual_comment = 'bien vu'")


def test_a_regrade_keeps_a_persons_marks_and_asks_again(address: str, writer: GradebookWriter) -> None:
    """Manual mark, extra credit and comment stay; every marked cell wants another look (S29)."""
    writer.write([verdict()])
    give_marks(address)
    writer.write([verdict(test=0.0)])
    found = grades_of(address, "ada")
    assert found["test"] == (0.0, 1.5, 0.25, True)
    assert found["essay"] == (None, 1.5, 0.25, True)
    assert found["task"] == (None, 1.5, 0.25, False), "nbgrader's machine never touches a task's row"
    assert {row[0] for row in sql(address, "SELECT manual_comment FROM comment")} == {"bien vu"}


@pytest.mark.parametrize(
    ("marked", "sets", "expected"),
    [
        (False, {"changed"}, (0.0, None, None, False)),
        (False, {"unchanged"}, (0.0, None, None, False)),
        (False, set(), (None, None, None, True)),
        (True, {"changed"}, (0.0, 1.5, 0.25, True)),
        (True, {"unchanged"}, (0.0, 1.5, 0.25, False)),
        (True, set(), (None, 1.5, 0.25, False)),
    ],
)
def test_what_is_known_of_the_text_decides_about_another_look(
    address: str, writer: GradebookWriter, marked: bool, sets: set[str], expected: tuple[Any, ...]
) -> None:
    """A mark on a text that is the same stands, one on a new text asks; untold, a task is left alone."""
    writer.write([verdict()])
    if marked:
        give_marks(address)
    blank = CellVerdict("task", "task", 4.0, 0.0, False, "Sans réponse.")
    cells = (*verdict().cells[:-1], blank)
    writer.write([BookEntry(verdict(cells=cells), **{name: frozenset({"task"}) for name in sets})])
    assert grades_of(address, "ada")["task"] == expected


def test_a_flag_goes_up_and_never_down(address: str, writer: GradebookWriter) -> None:
    """A trainer's flag, or an earlier one of ours, survives a regrade."""
    flags = []
    for flagged in (False, True, False):
        writer.write([BookEntry(verdict(), flagged=flagged)])
        flags += sql(
            address,
            "SELECT s.flagged FROM submitted_notebook s JOIN notebook n ON n.id = s.notebook_id"
            " WHERE n.name = 'nb'",
        )
    assert flags == [(0,), (1,), (1,)]


def test_a_time_is_kept_when_none_comes(address: str, writer: GradebookWriter) -> None:
    """A regrade without a time leaves the time that is there; a new one replaces it; an extension stays."""
    first, second = (
        datetime.fromisoformat("2026-03-01T12:00"),
        datetime.fromisoformat("2026-03-02T12:00:00.000005"),
    )
    writer.write([verdict(timestamp=first)])
    from nbgrader.api import Gradebook

    with Gradebook(address) as book:
        book.grant_extension("ps", "ada", hours=2)
    writer.write([verdict()])
    assert writer.submissions("ps")["ada"].timestamp == first
    writer.write([verdict(timestamp=second)])
    known = writer.submissions("ps")["ada"]
    assert (known.timestamp, known.extension) == (second, timedelta(hours=2))


def test_a_missing_notebook_earns_nothing_and_asks_for_nobody(address: str, writer: GradebookWriter) -> None:
    """Of a notebook that was not handed in every graded cell gets 0, none is left to mark (S20)."""
    writer.write([verdict(), BookEntry(verdict(notebook="second", cells=()), missing=True)])
    assert grades_of(address, "ada", "second") == {"only": (0.0, None, None, False)}


def test_a_cell_without_verdict_waits_for_a_person(address: str, writer: GradebookWriter) -> None:
    """A test cell that the copy no longer has keeps its empty row (S19), as do notebooks not yet graded."""
    cells = tuple(cell for cell in verdict().cells if cell.grade_id != "test")
    writer.write([verdict(cells=cells)])
    assert grades_of(address, "ada")["test"] == (None, None, None, True)
    assert grades_of(address, "ada", "second")["only"] == (None, None, None, True)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [(None, None), (-1.0, 0.0), (0.5, 0.5), (99.0, 2.75)],
    ids=["no word", "negative", "some", "more than there is"],
)
def test_a_late_penalty_is_asked_of_the_score_that_stands(
    address: str, taken: float | None, expected: float | None
) -> None:
    """The rule sees the score with a person's marks and extra credit, and stays between 0 and it (S31)."""
    asked = []

    def rule(student: str, score: float, seconds: float) -> float | None:
        asked.append((student, score, seconds))
        return taken

    late = verdict(late_seconds=60.0)
    GradebookWriter(address).write([late, verdict("bob")])
    sql(
        address,
        "UPDATE grade SET manual_score = 2.5, extra_credit = 0.25 WHERE cell_id IN"
        " (SELECT id FROM base_cell WHERE name = 'test')",
    )
    GradebookWriter(address, late_penalty=rule).write([late, verdict("bob")])
    assert asked == [("ada", 2.75, 60.0)]
    penalties = sql(
        address,
        "SELECT late_submission_penalty FROM submitted_notebook ORDER BY late_submission_penalty DESC",
    )
    assert penalties[0] == (expected,)
    assert {row[0] for row in penalties[1:]} == {None}


def test_a_penalty_goes_away_with_its_reason(address: str, writer: GradebookWriter) -> None:
    """Without a rule the verdict's penalty is written, and none clears the one that was there."""
    wanted = "SELECT max(late_submission_penalty) FROM submitted_notebook"
    writer.write([verdict(late_seconds=9.0, penalty=1.5)])
    assert sql(address, wanted) == [(1.5,)]
    writer.write([verdict()])
    assert sql(address, wanted) == [(None,)]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "assignment": ({"assignment": "nowhere"}, "unknown_assignment"),
    "notebook": ({"notebook": "nowhere"}, "unknown_notebook"),
    "cell": ({"cells": (CellVerdict("stray", "grade", 1.0, 1.0, False),)}, "unknown_cell"),
    "kind of cell": ({"cells": (CellVerdict("answer", "grade", 1.0, 1.0, False),)}, "unknown_cell"),
    "no number": ({"cells": (CellVerdict("test", "grade", 2.0, math.nan, False),)}, "bad_score"),
    "endless number": ({"cells": (CellVerdict("test", "grade", 2.0, math.inf, False),)}, "bad_score"),
    "penalty": ({"penalty": math.nan}, "bad_score"),
    "no name": ({"student": ""}, "bad_student"),
    "long name": ({"student": "x" * 129}, "bad_student"),
    "name that is no text": ({"student": "caf\udce9"}, "bad_student"),
    "name with a NUL": ({"student": "a\0b"}, "bad_student"),
}


@pytest.mark.parametrize(("changes", "key"), REFUSED.values(), ids=REFUSED)
def test_a_copy_that_cannot_be_written_costs_that_copy(
    address: str, writer: GradebookWriter, changes: dict[str, Any], key: str
) -> None:
    """It is refused by name, the other copies of its batch are written, and it leaves no row."""
    result = writer.write([verdict("ada"), verdict(**({"student": "eve"} | changes)), verdict("zoe")])
    assert result.copies == 2
    assert [refused.reason.key for refused in result.refused] == [f"grading_run.{key}"]
    assert str(result.refused[0].reason).encode()
    assert sql(address, "SELECT id FROM student ORDER BY id") == [("ada",), ("zoe",)]


def test_marks_given_meanwhile_are_not_undone(address: str, writer: GradebookWriter) -> None:
    """What a person marks while a batch is being written is there afterwards: no row is read and put back."""
    from sqlalchemy import event

    writer.write([verdict()])
    give_marks(address)
    written: list[str] = []
    event.listen(writer.engine, "before_cursor_execute", lambda *call: written.append(call[2]))
    writer.write([verdict()])
    assert not any("manual_score" in line.split("DO UPDATE SET")[0] for line in written)
    assert grades_of(address, "ada")["test"][1:3] == (1.5, 0.25)


def test_a_locked_gradebook_is_named_and_left_alone(address: str) -> None:
    """When another program holds the database, the fault says so and nothing was written."""
    writer = GradebookWriter(address, patience=0.05)
    other = sqlite3.connect(path_of(address), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(EnvironmentFault, match="un autre programme tient le carnet de notes"):
            writer.write([verdict()])
    finally:
        other.close()
    assert sql(address, "SELECT count(*) FROM student") == [(0,)]
    assert writer.write([verdict()]).copies == 1


def test_a_reader_that_stays_delays_and_does_not_break(address: str) -> None:
    """A commit that a reader holds up ends in the same fault, and the batch is not there in half."""
    writer = GradebookWriter(address, patience=0.05)
    other = sqlite3.connect(path_of(address), isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM student").fetchall()
    try:
        with pytest.raises(EnvironmentFault, match="un autre programme"):
            writer.write([verdict(f"s{number}") for number in range(50)])
    finally:
        other.close()
    assert sql(address, "SELECT count(*) FROM student") == [(0,)]


FULL = """\
    import resource, sys
    from pathlib import Path
    sys.path.insert(0, {support!r})
    from gradebooks import verdict
    from alliances.errors import EnvironmentFault
    from alliances_grader.gradebook import GradebookWriter
    address = sys.argv[1]
    writer = GradebookWriter(address)
    size = Path(address.removeprefix("sqlite:///")).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, size + 100_000))
    done = 0
    try:
        while True:
            done += writer.write([verdict(f"s{{done + n:05}}") for n in range(100)]).copies
    except EnvironmentFault as fault:
        print(done, fault.key)
"""


def test_a_full_disk_leaves_whole_batches_only(address: str) -> None:
    """Where the file may grow no further the fault names it, and only the batches before are there."""
    support = str(Path(__file__).parents[1] / "support")
    program = textwrap.dedent(FULL).format(support=support)
    result = subprocess.run(
        [sys.executable, "-c", program, address], capture_output=True, text=True, check=True, timeout=120
    )
    done, key = result.stdout.split()
    assert key in {"grading_run.database_not_written", "grading_run.database_full"}
    assert int(done) % 100 == 0
    assert sql(address, "SELECT count(*) FROM student") == [(int(done),)]
    assert sql(address, "PRAGMA integrity_check") == [("ok",)]
    assert GradebookWriter(address).write([verdict("after")]).copies == 1


def break_columns(path: Path) -> None:
    with sqlite3.connect(path) as book:
        book.execute("ALTER TABLE grade DROP COLUMN extra_credit")
    book.close()


BROKEN: dict[str, tuple[Callable[[Path], object], type[AlliancesError], str]] = {
    "no database": (lambda path: path.write_bytes(b"x" * 5000), EnvironmentFault, "abîmé"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:3000]), EnvironmentFault, "abîmé"),
    "old": (break_columns, AlliancesError, r"plus ancien \(il y manque grade.extra_credit\)"),
}


@pytest.mark.parametrize(("harm", "kind", "message"), BROKEN.values(), ids=BROKEN)
def test_a_gradebook_that_cannot_be_used_is_refused_at_opening(
    address: str, harm: Callable[[Path], object], kind: type[AlliancesError], message: str
) -> None:
    """A damaged or old gradebook is refused with the way out, and not one byte of it is changed."""
    harm(path_of(address))
    before = path_of(address).read_bytes()
    with pytest.raises(kind, match=message):
        GradebookWriter(address)
    assert path_of(address).read_bytes() == before


@pytest.mark.parametrize(
    "address",
    ["", "gradebook.db", "sqlite://", "sqlite:///:memory:", "mysql://u:geheim@h/b", "nope://u:geheim@h/b"],
)
def test_an_address_of_another_kind_is_refused_without_its_password(address: str) -> None:
    """Only SQLite files and PostgreSQL servers are taken; a password never reaches a message."""
    with pytest.raises(AlliancesError, match="n'est pas l'adresse") as caught:
        GradebookWriter(address)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("name", list(rows.Statements.__dataclass_fields__))
def test_every_statement_is_postgresql_too(name: str) -> None:
    """Each writing statement compiles for PostgreSQL, as one insert that meets an existing row."""
    statement = getattr(rows.statements("postgresql"), name)
    assert "ON CONFLICT" in str(statement.compile(dialect=postgresql.dialect()))


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PostgreSQL's driver the message says what to install, and keeps the password to itself."""
    from alliances_grader import gradebook_address as module

    def create(*_words: object, **_options: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(module, "create_engine", create)
    with pytest.raises(
        EnvironmentFault, match=r"demande le module Python « psycopg ».*pip install"
    ) as caught:
        GradebookWriter("postgresql://marie:geheim@localhost/notes")
    assert "geheim" not in str(caught.value)


class ServerError(Exception):
    """What a PostgreSQL driver raises."""

    def __init__(self, code: str | None) -> None:
        super().__init__("no")
        self.sqlstate = code


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (ServerError("55P03"), "database_locked"),
        (ServerError("53100"), "database_full"),
        (ServerError("42501"), "database_read_only"),
        (ServerError("08006"), "database_failed"),
        (ServerError(None), "database_failed"),
        (sqlite3.OperationalError("no code"), "database_failed"),
        (None, "database_failed"),
    ],
)
def test_a_fault_of_the_database_has_its_own_words(error: Exception | None, key: str) -> None:
    """Codes of PostgreSQL and SQLite lead to the sentence that says what to do."""
    from alliances_grader.gradebook_address import _fault_key

    assert _fault_key(error) == key


def test_sqlites_own_word_for_full_is_known(address: str) -> None:
    """SQLite's « database or disk is full » ends in the fault that says so, with nothing written."""
    from sqlalchemy import event

    writer = GradebookWriter(address)
    event.listen(
        writer.engine, "connect", lambda connection, _record: connection.execute("PRAGMA max_page_count = 1")
    )
    with pytest.raises(EnvironmentFault, match="plus de place pour le carnet de notes"):
        writer.write([verdict(f"s{number:03}") for number in range(500)])
    assert sql(address, "SELECT count(*) FROM student") == [(0,)]


def test_ids_are_nbgraders_in_shape_and_rise() -> None:
    """Ids have 32 hexadecimal digits, never meet, and come in order."""
    made = [make() for make in (rows.id_maker(), rows.id_maker()) for _ in range(1000)]
    assert all(len(name) == 32 and int(name, 16) for name in made)
    assert len(set(made)) == 2000
    assert made[:1000] == sorted(made[:1000])


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", ("sqlite:///{root}/gradebook.db", "default_course")),
        ("c.CourseDirectory.course_id = 'c7'", ("sqlite:///{root}/gradebook.db", "c7")),
        ("c.CourseDirectory.db_url = 'postgresql://h/b'", ("postgresql://h/b", "default_course")),
    ],
)
def test_the_address_is_the_courses(tmp_path: Path, config: str, expected: tuple[str, str]) -> None:
    """``nbgrader_config.py`` says where the gradebook is; without a word it lies in the course."""
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n", encoding="utf-8")
    assert gradebook_address(tmp_path) == tuple(text.format(root=tmp_path) for text in expected)


def test_due_dates_and_copies_are_read(address: str, writer: GradebookWriter) -> None:
    """The due date of an assignment and the copies that are there can be asked for; others are refused."""
    writer.write([verdict()])
    assert writer.recorded("ps") == {("ada", "nb"), ("ada", "second")}
    assert writer.due_date("ps") is None
    sql(address, "UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000' WHERE name = 'ps'")
    assert writer.due_date("ps") == datetime.fromisoformat("2026-03-01")
    with pytest.raises(AlliancesError, match="ne connaît pas le devoir « nowhere »"):
        writer.due_date("nowhere")


def test_an_entry_survives_its_form_as_json() -> None:
    """What the journal keeps of an entry is all of it."""
    entry = BookEntry(
        verdict(
            timestamp=datetime.fromisoformat("2026-03-01T12:00:00.000007"),
            late_seconds=3.5,
            penalty=0.25,
            findings=(Finding("k", "c", {"n": 1, "s": "é"}),),
            mode="nbgrader",
        ),
        flagged=True,
        changed=frozenset({"b", "a"}),
        unchanged=frozenset({"c"}),
        missing=True,
    )
    assert entry_from_json(entry_to_json(entry)) == entry
    assert entry_from_json(entry_to_json(BookEntry(verdict()))) == BookEntry(verdict())
