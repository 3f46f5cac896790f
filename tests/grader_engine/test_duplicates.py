"""Answers that stand in several copies are told to the trainer, on each of them, and cost nobody anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD as FORM_ANSWERS
from copies import tiny_release
from run_course import GOOD, STUB, copy_of, hand_in, make_course, marks, notebook

from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.course_manifest import Course
from alliances_grader.duplicates import LEAST_CODE, LEAST_TEXT, Answers, digest_of, examples, written_answers
from alliances_grader.feedback_remarks import told_keys
from alliances_grader.findings import needs_attention, say
from alliances_grader.gradebook_entries import BookEntry, entry_from_json, entry_to_json
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.merge import fill, merge_form
from alliances_grader.verdicts import CopyVerdict

LONG = "La ville et l'association décident ensemble du budget, et portent ensemble le risque du projet."
OTHER = "Ici la commune achète une prestation ; rien n'est décidé à deux, et le prix était fixé d'avance."
PROGRAM = (
    "def total(numbers):\n"
    "    running = 0\n"
    "    for position, number in enumerate(numbers):\n"
    "        contribution = number if position >= 0 else 0\n"
    "        running = running + contribution\n"
    "        assert running is not None, 'the running sum is lost, which cannot be'\n"
    "    return running\n"
)


def answers_of(answer: str = STUB, essay: str = "VOTRE RÉPONSE ICI") -> dict[str, str]:
    """Return what is compared of a copy of a course that stock nbgrader made."""
    part = NotebookKit("nb", notebook(), notebook())
    return dict(written_answers(notebook(answer, essay), Kit("ps", "", "", "fr", (part,)), part))


@pytest.mark.parametrize(
    ("answer", "essay", "compared"),
    [
        (STUB, "VOTRE RÉPONSE ICI", set()),
        (GOOD, "Un avis.", set()),
        (GOOD, "x" * (LEAST_TEXT - 1), set()),
        (GOOD, "x" * LEAST_TEXT, {"essay"}),
        (GOOD, " \n" * LEAST_TEXT, set()),
        (PROGRAM, "", {"answer"}),
        ("x = '" + "y" * (LEAST_CODE - 7) + "'", "", set()),
        ("x = '" + "y" * (LEAST_CODE - 6) + "'", "", {"answer"}),
        (f"{STUB}\n" * 20, f"{LONG}\nVOTRE RÉPONSE ICI", {"essay"}),
    ],
    ids=["stub", "short", "79", "80", "blank", "program", "199", "200", "stub again"],
)
def test_only_long_answers_are_compared(answer: str, essay: str, compared: set[str]) -> None:
    """What was handed out does not count towards the length, nor do spaces."""
    assert set(answers_of(answer, essay)) == compared


@pytest.mark.parametrize("door", ["form", "code"])
def test_closed_questions_are_not_compared(tmp_path: Path, door: Any) -> None:
    """Of our own exercises the open texts are, by both doors: a right answer is everybody's."""
    release = tiny_release(tmp_path, door)
    part = NotebookKit("nb", release, release)
    # However long the answer: another value, but one of a closed question.
    answers = {**FORM_ANSWERS, "j01": {"text": LONG}, "n01": {"value": "4" * 2 * LEAST_CODE}}
    if door == "form":
        copy = merge_form(release, answers).notebook
    else:
        copy = json.loads(json.dumps(release))
        fill(copy, release, answers)
    found = dict(written_answers(copy, Kit(f"tiny_{door}", "tiny", door, "fr", (part,)), part))
    assert found == {"j01": digest_of(LONG)}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (LONG, LONG.replace(" ", "  \n"), True),
        (LONG, f"\t{LONG}\r\n\n", True),
        (LONG, LONG.upper(), False),
        (LONG, LONG[:-1], False),
        (LONG, LONG.replace("é", "e"), False),
    ],
)
def test_spaces_make_no_difference(one: str, other: str, same: bool) -> None:
    """Two texts are the same when their words are, in order, letter by letter."""
    assert (digest_of(one) == digest_of(other)) is same


def test_an_answer_that_the_course_shows_is_everybodys() -> None:
    """A copy that equals the source's own solution shares it with the course, not with a learner."""
    source = notebook(PROGRAM.replace("    running = 0", "    ### BEGIN SOLUTION\n    running = 0"))
    given = Answers()
    for student in ("ada", "bob"):
        given.add(student, "nb", answers_of(PROGRAM, LONG).items())
    assert [item.place[1] for item in given.shared()] == ["answer", "essay"]
    assert [item.place[1] for item in given.shared(examples(source, "nb"))] == ["essay"]


def test_a_finding_accuses_nobody() -> None:
    """It says what is the same and in which copies, at most five by name, and that no mark changes."""
    given = Answers()
    for number in range(8):
        given.add(f"p{number}", "nb", [("essay", "d")])
    (shared,) = given.shared()
    finding = shared.finding("p0")
    assert say(finding, "fr") == (
        "essay : Même texte que dans 7 autre(s) copie(s) : p1, p2, p3, p4, p5, …. "
        "Cela peut avoir bien des raisons ; les points ne changent pas."
    )
    assert say(finding, "en").startswith("essay: Same text as in 7 other copy or copies: p1, ")
    assert not needs_attention(finding)
    assert "same_text" not in told_keys()


def test_answers_of_two_places_are_two_answers() -> None:
    """The same words in another cell, or another notebook, are compared with their like only."""
    given = Answers()
    for student, book, cell in (("a", "nb", "x"), ("b", "nb", "y"), ("c", "other", "x"), ("a", "nb", "x")):
        given.add(student, book, [(cell, "d")])
    assert given.shared() == []


def test_the_journal_keeps_what_is_compared() -> None:
    """A copy that is not graded again is compared all the same; an older journal has nothing to compare."""
    entry = BookEntry(CopyVerdict("ada", "ps", "nb", None, 0.0, 0.0, ()), answers=(("essay", "d"),))
    assert entry_from_json(json.loads(json.dumps(entry_to_json(entry)))) == entry
    data = entry_to_json(entry)
    del data["answers"]
    assert entry_from_json(data).answers == ()


# ---- whole classes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which nobody has handed in."""
    return make_course(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def course(made: Course, tmp_path: Path) -> Course:
    """Return a fresh course in which two of three learners wrote the same text."""
    course = copy_of(made, tmp_path / "course")
    for student, essay in (("ada", LONG), ("bob", LONG.replace(" ", "\n")), ("eva", OTHER)):
        hand_in(course, student, essay=essay)
    return course


def told(course: Course, **options: Any) -> dict[str, list[str]]:
    """Grade and return what is said at the end of each copy, by key."""
    asked = ClassRun({"ps": ["ada", "bob", "eva"]}, **{"sandbox": "none", "jobs": 1, **options})
    last: dict[str, Outcome] = {item.student: item for item in run_class(course, asked)}
    return {name: [finding.key for finding in item.findings] for name, item in last.items()}


@pytest.mark.grader
@pytest.mark.parametrize("mode", ["strict", "nbgrader"])
def test_both_copies_are_named(course: Course, mode: Any) -> None:
    """Graded or found unchanged, each of the two copies is told of, in both modes; marks are as alone."""
    wanted = {"ada": ["same_text"], "bob": ["same_text"], "eva": []}
    assert told(course, mode=mode) == wanted
    assert told(course, mode=mode) == wanted
    assert {name: cells["test"] for name, cells in marks(course).items()} == dict.fromkeys(
        wanted, (2.0, None, False)
    )
    hand_in(course, "bob", essay=f"{OTHER} Je le pense aussi.")
    assert told(course, mode=mode) == {"ada": [], "bob": [], "eva": []}


@pytest.mark.grader
def test_nothing_of_it_is_kept_with_the_copy(course: Course) -> None:
    """Neither receipt nor graded notebook speaks of another learner."""
    told(course)
    for path in (course.root / "autograded/ada").rglob("*"):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            assert "same_text" not in content
            assert "bob" not in content
