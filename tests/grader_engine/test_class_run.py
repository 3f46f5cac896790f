"""A class graded: what is found again, what a person gave, what was late, and copies that are not whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from run_course import GOOD, copy_of, executed, hand_in, logged, make_course, marks

from alliances.errors import AlliancesError
from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.copies import Brought, read_copy
from alliances_grader.course_manifest import Course
from alliances_grader.gradebook import GradebookWriter
from alliances_grader.kit import Kit
from alliances_grader.kit_load import load_kit
from alliances_grader.modules import modules_of
from alliances_grader.receipts_graded import read_receipt

pytestmark = pytest.mark.grader
PLUGIN = '''
from nbgrader.plugins import BasePlugin


class Half(BasePlugin):
    """Takes half of the score, and one point more from ada."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2 + (student_id == "ada")
'''


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Course]:
    """Return the courses in which nobody has handed in yet: with one notebook, and with two."""
    return {
        names: make_course(tmp_path_factory.mktemp("made") / "course", names)
        for names in (("nb",), ("nb", "second"))
    }


@pytest.fixture
def course(made: dict[tuple[str, ...], Course], tmp_path: Path) -> Course:
    """Return a fresh course of one notebook."""
    return copy_of(made["nb",], tmp_path / "course")


def grade(course: Course, *students: str, **options: Any) -> list[Outcome]:
    return list(run_class(course, ClassRun({"ps": students}, **{"sandbox": "none", "jobs": 1, **options})))


def states(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


def sql(course: Course, statement: str, *values: object) -> list[Any]:
    book = sqlite3.connect(course.root / "gradebook.db")
    try:
        with book:
            return book.execute(statement, values).fetchall()
    finally:
        book.close()


def give(course: Course, points: float) -> None:
    """Do what formgrader does when a person marks the text."""
    sql(
        course,
        "UPDATE grade SET manual_score = ?, needs_manual_grade = 0"
        " WHERE cell_id IN (SELECT id FROM base_cell WHERE name = 'essay')",
        points,
    )


def test_a_copy_that_did_not_change_is_found_again(course: Course, tmp_path: Path) -> None:
    """A second run executes nothing and tells the same marks; --force executes and gives the same."""
    log = tmp_path / "executed"
    hand_in(course, "ada", logged(log, "ada"))
    hand_in(course, "bob", logged(log, "bob", "total = 1"))
    first = grade(course, "ada", "bob")
    again = grade(course, "ada", "bob")
    forced = grade(course, "ada", "bob", force=True)
    told = [[(item.student, item.points, item.max_points, item.to_mark) for item in run] for run in
            (first, again, forced)]  # fmt: skip
    assert told == [[("ada", 2.0, 5.0, 1), ("bob", 0.0, 5.0, 1)]] * 3
    assert [states(run) for run in (first, again, forced)] == [
        ["graded"] * 2, ["unchanged"] * 2, ["graded"] * 2,
    ]  # fmt: skip
    assert executed(log) == ["ada", "bob", "ada", "bob"]


def change_copy(course: Course) -> None:
    """Hand another copy in."""
    hand_in(course, "ada", GOOD + "\n# again")


def change_source(course: Course) -> None:
    """Mend a test of the course."""
    path = course.root / "source/ps/nb.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("total([]) == 0", "total([0]) == 0"))


def change_data(course: Course) -> None:
    """Add a file that the course gives with the assignment."""
    (course.root / "source/ps/data.csv").write_text("1", encoding="utf-8")


def remove_graded(course: Course) -> None:
    """Take the graded notebook away."""
    (course.root / "autograded/ada/ps/nb.ipynb").unlink()


def change_graded(course: Course) -> None:
    """Leave the graded notebook of a run that was killed before it told the journal."""
    path = course.root / "autograded/ada/ps/nb.receipt.json"
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps(data | {"source": "sha256:of another copy"}), encoding="utf-8")


def forget_marks(course: Course) -> None:
    """Take the learner's copy out of the gradebook, as a new gradebook would."""
    for table in ("grade", "comment", "submitted_notebook", "submitted_assignment"):
        sql(course, f"DELETE FROM {table}")  # noqa: S608 - names of our own


CHANGES = [change_copy, change_source, change_data, remove_graded, change_graded, forget_marks]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_what_changed_is_graded_again(course: Course, change: Any) -> None:
    """A copy is graded anew when it, the course, or what the grading left is not what it was."""
    hand_in(course, "ada")
    grade(course, "ada")
    change(course)
    assert states(grade(course, "ada")) == ["graded"]
    assert states(grade(course, "ada")) == ["unchanged"]


def test_another_mode_grades_again(course: Course) -> None:
    """Marks by other rules are not taken for these."""
    hand_in(course, "ada")
    assert states(grade(course, "ada")) == ["graded"]
    assert states(grade(course, "ada", mode="nbgrader")) == ["graded"]
    assert states(grade(course, "ada", mode="nbgrader")) == ["unchanged"]


@pytest.mark.parametrize(
    ("essay", "answer", "look"),
    [("Un avis.", GOOD + "\n# again", False), ("Un autre avis.", GOOD, True)],
    ids=["same text", "new text"],
)
def test_a_persons_mark_survives(course: Course, essay: str, answer: str, look: bool) -> None:
    """A regrade keeps the mark that a person gave, and asks for another look only when the text changed."""
    hand_in(course, "ada")
    grade(course, "ada")
    give(course, 2.5)
    hand_in(course, "ada", answer, essay=essay)
    assert states(grade(course, "ada")) == ["graded"]
    assert marks(course)["ada"]["essay"] == (None, 2.5, look)


def test_a_notebook_that_nobody_vouches_for_is_no_past(course: Course) -> None:
    """A graded notebook left by a killed run says nothing about what a person has marked."""
    hand_in(course, "ada")
    grade(course, "ada")
    give(course, 2.5)
    # A run was killed between writing this text and telling the gradebook of it.
    path = course.root / "autograded/ada/ps/nb.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("Un avis.", "Un autre avis."), encoding="utf-8")
    change_graded(course)
    hand_in(course, "ada", essay="Un autre avis.")
    grade(course, "ada")
    assert marks(course)["ada"]["essay"] == (None, 2.5, True)


def late(course: Course) -> dict[str, float | None]:
    """Return the penalty of each learner."""
    found = sql(
        course,
        "SELECT a.student_id, s.late_submission_penalty FROM submitted_notebook s"
        " JOIN submitted_assignment a ON a.id = s.assignment_id",
    )
    return dict(found)


def due(course: Course) -> None:
    """Let the assignment be due on the first of June 2026, at noon."""
    sql(course, "UPDATE assignment SET duedate = ?", "2026-06-01 12:00:00.000000")


def test_late_copies_are_counted_from_the_due_date_with_extension(course: Course) -> None:
    """Late seconds start at due date and extension; nbgrader's method « zero » takes the whole score."""
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n", encoding="utf-8"
    )
    due(course)
    for student, stamp in (("ada", "13:00"), ("bob", "11:59"), ("eva", "13:00"), ("max", "")):
        files = {"timestamp.txt": f"2026-06-01 {stamp}:00 UTC".encode()} if stamp else {}
        hand_in(course, student, files=files)
    grade(course, "ada", "bob", "eva", "max")
    assert late(course) == {"ada": 2.0, "bob": None, "eva": 2.0, "max": None}
    # Two hours more for eva: the formgrader's own unit.
    sql(
        course, "UPDATE submitted_assignment SET extension = ? WHERE student_id = 'eva'",
        "1970-01-01 02:00:00.000000",
    )  # fmt: skip
    again = {item.student: item.state for item in grade(course, "ada", "bob", "eva", "max")}
    assert again == {"ada": "unchanged", "bob": "unchanged", "eva": "graded", "max": "unchanged"}
    assert late(course) == {"ada": 2.0, "bob": None, "eva": None, "max": None}


@pytest.mark.parametrize("named", ["late_plugin.Half", None], ids=["by name", "by class"])
def test_the_trainers_own_penalty(course: Course, named: str | None) -> None:
    """A plug-in of the course's configuration is asked, and kept within the score."""
    (course.root / "late_plugin.py").write_text(PLUGIN, encoding="utf-8")
    setting = repr(named) if named else "Half"
    own = "" if named else PLUGIN
    (course.root / "nbgrader_config.py").write_text(
        f"c = get_config()\n{own}\nc.AssignLatePenalties.plugin_class = {setting}\n", encoding="utf-8"
    )
    due(course)
    for student in ("ada", "bob"):
        hand_in(course, student, files={"timestamp.txt": b"2026-06-02 12:00:00 UTC"})
    grade(course, "ada", "bob")
    assert late(course) == {"ada": 2.0, "bob": 1.0}


RULES = {
    "none": ("", {"ada": None, "bob": None}),
    "zero": ("c.LateSubmissionPlugin.penalty_method = 'zero'", {"ada": 2.0, "bob": None}),
    "half": (f"{PLUGIN}\nc.AssignLatePenalties.plugin_class = Half", {"ada": 2.0, "bob": None}),
}


def rule(course: Course, name: str) -> None:
    """Set the late rule of the course."""
    (course.root / "nbgrader_config.py").write_text(f"c = get_config()\n{RULES[name][0]}\n", encoding="utf-8")


@pytest.mark.parametrize("before", sorted(RULES))
@pytest.mark.parametrize("after", sorted(RULES))
def test_a_new_late_rule_is_applied_without_running_anything(
    course: Course, tmp_path: Path, before: str, after: str
) -> None:
    """The next run writes the new penalty, says so where it differs, and executes no copy again."""
    due(course)
    log = tmp_path / "executed"
    for student, stamp in (("ada", "13:00"), ("bob", "11:00")):
        files = {"timestamp.txt": f"2026-06-01 {stamp}:00 UTC".encode()}
        hand_in(course, student, logged(log, student), files=files)
    rule(course, before)
    grade(course, "ada", "bob")
    assert late(course) == RULES[before][1]
    rule(course, after)
    last = {item.student: item for item in grade(course, "ada", "bob")}
    assert late(course) == RULES[after][1]
    assert executed(log) == ["ada", "bob"]
    assert states(list(last.values())) == ["unchanged"] * 2
    differs = RULES[before][1] != RULES[after][1]
    assert [finding.key for finding in last["ada"].findings] == ["late_rule"] * differs
    assert last["bob"].findings == ()
    # Told once: the run after that has nothing to say.
    assert [item.findings for item in grade(course, "ada", "bob")] == [(), ()]


def test_a_new_late_rule_leaves_what_a_person_settled(course: Course) -> None:
    """A mark, and a flag that was taken down, stay as they are; the mark counts for the penalty."""
    due(course)
    hand_in(course, "ada", files={"timestamp.txt": b"2026-06-01 13:00:00 UTC"})
    grade(course, "ada")
    give(course, 2.5)
    rule(course, "zero")
    (_, last) = grade(course, "ada")
    assert (last.state, last.findings[0].values) == ("unchanged", {"before": "0", "now": "4.5"})
    assert late(course) == {"ada": 4.5}
    assert marks(course)["ada"]["essay"] == (None, 2.5, False)


@pytest.mark.parametrize(
    "config",
    [
        "c.LateSubmissionPlugin.penalty_method = 'half'",
        "c.AssignLatePenalties.plugin_class = 'no.such.plugin'",
        "1/0",
    ],
)
def test_a_configuration_that_cannot_be_used_is_refused(course: Course, config: str) -> None:
    """Before any copy is run the trainer is told, and the course is free again."""
    (course.root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n", encoding="utf-8")
    hand_in(course, "ada")
    with pytest.raises(AlliancesError, match=r"half|No module named|ZeroDivisionError"):
        grade(course, "ada")
    assert not (course.root / ".alliances/grading.lock").exists()
    assert marks(course) == {}


def test_a_missing_notebook_costs_its_own_points(made: dict[tuple[str, ...], Course], tmp_path: Path) -> None:
    """Of two notebooks the one handed in is graded; the other has nothing, nor a graded copy (S20)."""
    course = copy_of(made["nb", "second"], tmp_path / "course")
    hand_in(course, "ada")
    hand_in(course, "bob")
    hand_in(course, "bob", name="second")
    outcomes = {item.student: item for item in grade(course, "ada", "bob")}
    assert {name: (item.points, item.max_points) for name, item in outcomes.items()} == {
        "ada": (2.0, 10.0),
        "bob": (4.0, 10.0),
    }
    graded = sorted(path.name for path in (course.root / "autograded/ada/ps").iterdir())
    assert graded == ["nb.ipynb", "nb.receipt.json"]
    assert marks(course)["ada"]["second.test"] == (0.0, None, False)
    assert marks(course)["bob"]["second.test"] == (2.0, None, False)
    assert states(grade(course, "ada", "bob")) == ["unchanged"] * 2
    # Taken back: its marks go with it.
    (course.root / "submitted/bob/ps/second.ipynb").unlink()
    assert [item.points for item in grade(course, "bob")] == [2.0]
    assert not (course.root / "autograded/bob/ps/second.ipynb").exists()


def test_a_copy_without_any_notebook_is_refused(course: Course) -> None:
    """A folder that holds no notebook of the assignment is named, and nothing is written for it."""
    folder = hand_in(course, "ada", files={"notes.txt": b"x"})
    (folder / "nb.ipynb").unlink()
    (outcome,) = grade(course, "ada")
    assert (outcome.state, str(outcome.reason)) == (
        "refused",
        "La copie de « ada » ne contient aucun carnet de ce devoir.",
    )
    assert marks(course) == {}
    assert not (course.root / "autograded").exists()


def test_what_is_known_is_told_before_grading_ends(course: Course) -> None:
    """Copies that need no grading are told as they are met, and in order."""
    for student in ("ada", "bob", "eva"):
        hand_in(course, student)
    grade(course, "ada", "bob")
    run = run_class(course, ClassRun({"ps": ["ada", "bob", "none", "eva"]}, sandbox="none", jobs=1))
    assert [next(run).state for _ in range(3)] == ["unchanged", "unchanged", "refused"]
    assert [item.state for item in run] == ["graded"]


def test_the_receipt_tells_of_the_run(course: Course) -> None:
    """Beside the graded notebook stands what was graded, by which rules, and what it took."""
    hand_in(course, "ada")
    grade(course, "ada")
    receipt = read_receipt(course.root / "autograded/ada/ps", "nb")
    assert receipt is not None
    assert (receipt.terms["mode"], receipt.terms["sandbox"]) == ("strict", "none")
    assert receipt.run["ended"] == ""


def test_a_kit_travels_as_bytes(course: Course) -> None:
    """A worker gets the kit that was sent, byte for byte the same again; of another version it takes none."""
    (course.root / "source/ps/data.bin").write_bytes(bytes(range(256)))
    writer = GradebookWriter(f"sqlite:///{course.root / 'gradebook.db'}")
    kit = load_kit(course, "ps", writer.source_texts("ps"), mode="nbgrader", sandbox="landlock")
    assert Kit.from_bytes(kit.to_bytes()) == kit
    assert Kit.from_bytes(kit.to_bytes()).to_bytes() == kit.to_bytes()
    assert kit.files == {"data.bin": bytes(range(256))}
    with pytest.raises(ValueError, match="another version"):
        Kit.from_bytes(kit.to_bytes().replace(b'"version": 3', b'"version": 2'))


def test_a_copy_travels_as_bytes(course: Course) -> None:
    """A copy with odd names and bytes comes back as it was, and its fingerprint with it."""
    hand_in(course, "ada", files={"données/é \n.bin": bytes(range(256))})
    copy = read_copy(course.root, "ada", "ps")
    back = Brought.from_bytes(copy.to_bytes())
    assert back == copy
    assert back.fingerprint == copy.fingerprint
    other = Brought(copy.student, copy.assignment, {**copy.files, "more": b""})
    assert other.fingerprint != copy.fingerprint


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("import json", ("json",)),
        ("import json, csv as table", ("csv", "json")),
        ("%matplotlib inline\nimport json\n!pip install x", ("json",)),
        ("def f():\n    import csv", ("csv",)),
        ("from json import decoder, loads", ("json", "json.decoder")),
        ("from . import csv\nfrom .csv import x", ()),
        ("import no_such_module, json", ("json",)),
        ("import json.no_such_part", ()),
        ("import = 3\nfrom json", ()),
        ("text = '''\nimport json\n'''", ("json",)),
        ("importance = 1", ()),
    ],
)
def test_the_modules_of_an_assignment(program: str, found: tuple[str, ...]) -> None:
    """What cells import and is installed is imported once for the class, whatever stands between."""
    assert modules_of([program]) == found


def test_times_of_the_gradebook_are_read(course: Course) -> None:
    """The due date that formgrader writes is the one that counts."""
    due(course)
    writer = GradebookWriter(f"sqlite:///{course.root / 'gradebook.db'}")
    assert writer.due_date("ps") == datetime(2026, 6, 1, 12)  # noqa: DTZ001 - as nbgrader keeps it
