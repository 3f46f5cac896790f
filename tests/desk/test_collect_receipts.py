"""Receipts checked, and downloaded copies recognised, when copies are collected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from copies import GOOD, bare_course, zipped

from alliances.desk.answer_store import AnswerStore
from alliances.desk.collecting import Collection, collect
from alliances.questions.answers import AnswerFile, answers_to_bytes, read_answers
from alliances_grader.course_manifest import Course
from alliances_grader.merge_files import merge_copy


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bare_course(tmp_path)


def handed(work: Path, learner: str = "p01") -> Path:
    """Hand the good answers in as the page does, and return the drop's folder of this copy."""
    store = AnswerStore(work, learner)
    file = AnswerFile(learner, "tiny", "form", "fr", answers=GOOD, revisions=dict.fromkeys(GOOD, 1))
    store.save("tiny", "form", answers_to_bytes(file))
    store.hand_in("tiny", "form", list(GOOD))
    return store.drop("tiny", "form")


def loose(folder: Path, name: str, learner: str = "p01", **fields: object) -> Path:
    """Write a copy as a page downloads it."""
    given = {"exercise": "tiny", "door": "form", "language": "fr", "answers": GOOD, **fields}
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(answers_to_bytes(AnswerFile(learner, **given)))  # type: ignore[arg-type]
    return folder


def reasons(result: Collection) -> str:
    return " | ".join(copy.reason.in_language("fr") for copy in result.refused)


def test_a_copy_with_its_receipt_is_taken_without_remark(course: Course, tmp_path: Path) -> None:
    """The receipt is checked and kept with what was received; nbgrader's folder does not get it."""
    handed(tmp_path / "work")
    (copy,) = collect(course, tmp_path / "work").taken
    assert (copy.state, copy.flags, copy.passed_over) == ("new", (), ())
    assert (course.root / "submitted/.received/p01/tiny_form/receipt.json").is_file()
    assert not (course.root / "submitted/p01/tiny_form/receipt.json").exists()


def test_a_receipt_that_does_not_match_is_a_remark(course: Course, tmp_path: Path) -> None:
    """Answers changed after handing in are taken all the same, and the remark names the file."""
    drop = handed(tmp_path / "work")
    other = AnswerFile("p01", "tiny", "form", "fr", answers={"n01": {"value": "4"}})
    (drop / "answers.json").write_bytes(answers_to_bytes(other))
    (copy,) = collect(course, tmp_path / "work").taken
    (flag,) = copy.flags
    assert (flag.key, flag.values) == ("receipt_mismatch", {"files": "answers.json"})
    assert "le reçu ne correspond pas" in flag.say("fr")
    assert "the receipt does not match" in flag.say("en")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "alliances-receipt", "files": {}}'])
def test_a_damaged_receipt_costs_nothing(course: Course, tmp_path: Path, content: bytes) -> None:
    """A receipt that cannot be read is a remark on a copy that is taken."""
    (handed(tmp_path / "work") / "receipt.json").write_bytes(content)
    (copy,) = collect(course, tmp_path / "work").taken
    assert [flag.values["files"] for flag in copy.flags] == ["receipt.json"]


def test_a_receipt_alone_is_no_copy(course: Course, tmp_path: Path) -> None:
    """Without answers there is nothing to take."""
    (handed(tmp_path / "work") / "answers.json").unlink()
    assert "aucun fichier de réponses" in reasons(collect(course, tmp_path / "work"))


def test_the_same_work_handed_in_again_is_unchanged(course: Course, tmp_path: Path) -> None:
    """A second receipt for the same answers does not make a newer copy."""
    handed(tmp_path / "work")
    collect(course, tmp_path / "work")
    handed(tmp_path / "work")
    (copy,) = collect(course, tmp_path / "work").taken
    assert copy.state == "unchanged"


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_downloaded_files_are_copies(course: Course, tmp_path: Path, kind: str) -> None:
    """A flat folder or zip of downloads gives one copy a person, named by the code in the file."""
    folder = loose(tmp_path / "in", "tiny_form.json", "p01")
    loose(folder, "tiny_form (1).json", "p02")
    loose(folder, "tiny_form-Awa.json", "p03")
    source = folder if kind == "folder" else zipped(folder, tmp_path / "in.zip")
    result = collect(course, source)
    assert [(copy.learner, copy.assignment, copy.state, copy.flags) for copy in result.taken] == [
        (learner, "tiny_form", "new", ()) for learner in ("p01", "p02", "p03")
    ]
    assert result.refused == []
    kept = read_answers(course.root / "submitted/p02/tiny_form/answers.json")
    assert (kept.answers, kept.intact) == (GOOD, True)
    notebook, flags = merge_copy(course, "tiny_form", course.root / "submitted/p02/tiny_form")
    assert notebook["cells"]
    assert flags == []


def test_other_loose_files_are_passed_over(course: Course, tmp_path: Path) -> None:
    """A name that no page gives is not opened, however much it looks like answers inside."""
    folder = loose(tmp_path / "in", "tiny_form.json")
    for name in (
        "answers.json",
        "notes.json",
        "tiny_formula.json",
        "tiny_form.txt",
        "Tiny_form.json",
        "tiny_code.json",
    ):
        loose(folder, name, "p09")
    assert [copy.learner for copy in collect(course, folder).taken] == ["p01"]


def test_two_files_with_one_code_are_both_refused(course: Course, tmp_path: Path) -> None:
    """Pages without a server write « moi »: two different copies under one code are both refused."""
    folder = loose(tmp_path / "in", "tiny_form.json", "moi")
    loose(folder, "tiny_form (1).json", "moi", answers={"n01": {"value": "1"}})
    loose(folder, "tiny_form (2).json", "p02")
    loose(folder, "tiny_form (3).json", "p02")
    result = collect(course, folder)
    assert [copy.learner for copy in result.taken] == ["p02"]
    assert "tiny_form (1).json, tiny_form.json portent le même code, moi" in reasons(result)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "incomplet ou abîmé"),
        (b"[]", "n’a pas la forme attendue"),
        (b" " * 1_000_001, "1000 Ko"),
        (json.dumps({"format": "alliances-answers", "version": 9}).encode(), "version plus récente"),
    ],
)
def test_a_bad_loose_file_stops_no_other(
    course: Course, tmp_path: Path, content: bytes, message: str
) -> None:
    """It is refused by its own name with its reason; the others are taken."""
    folder = loose(tmp_path / "in", "tiny_form.json", "p01")
    (folder / "tiny_form (1).json").write_bytes(content)
    result = collect(course, folder)
    assert [copy.learner for copy in result.taken] == ["p01"]
    assert message in reasons(result).replace("\u202f", " ").replace("\u00a0", " ")
    assert result.refused[0].learner == "tiny_form (1).json"


@pytest.mark.parametrize(
    ("fields", "learner", "message"),
    [
        ({"exercise": "unknown"}, "p01", "unknown_form"),
        ({"exercise": "../../x"}, "p01", "n'est pas un devoir"),
        ({}, "../moi", "ne convient pas"),
        ({"door": "code"}, "p01", "porte code"),
    ],
)
def test_what_a_loose_file_claims_is_checked(
    course: Course, tmp_path: Path, fields: dict[str, object], learner: str, message: str
) -> None:
    """An unknown exercise, a code that is no name, or the other door is refused; nothing is written."""
    folder = loose(tmp_path / "in", "tiny_form.json", learner, **fields)
    result = collect(course, folder)
    assert result.taken == []
    assert message in reasons(result)
    assert not (course.root / "submitted").exists()


def test_a_link_among_loose_files_is_refused(course: Course, tmp_path: Path) -> None:
    """A link in the place of a download is not followed."""
    folder = loose(tmp_path / "in", "other.json")
    (folder / "tiny_form.json").symlink_to(folder / "other.json")
    assert "est un lien" in reasons(collect(course, folder))
