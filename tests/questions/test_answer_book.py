"""The answers of the Python side: written at once, merged with the disk, never lost to a full one."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.questions.answer_book import AnswerBook
from alliances.questions.answer_merge import changed
from alliances.questions.answers import AnswerFile, read_answers, seed_for, write_answers
from alliances.storage import previous_of


def book_of(folder: Path, **other: Any) -> AnswerBook:
    return AnswerBook(folder, **{"exercise": "tiny", "door": "code", "learner": "p01", "lang": "fr", **other})


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_answer_is_written_at_once(tmp_path: Path) -> None:
    """What was put is on the disk, whole and intact, under the code, exercise, door and seed of the book."""
    book = book_of(tmp_path / "new")
    assert book.get("c01") is None
    assert book.put("c01", {"option": "a"}) is None
    file = read_answers(book.path)
    assert (file.learner, file.exercise, file.door, file.language) == ("p01", "tiny", "code", "fr")
    assert (file.answers, file.seed, file.intact) == ({"c01": {"option": "a"}}, seed_for("p01", "tiny"), True)
    assert book_of(tmp_path / "new").get("c01") == {"option": "a"}


def test_opening_writes_nothing(tmp_path: Path) -> None:
    """A book that was only read leaves no file."""
    book_of(tmp_path).get("c01")
    assert list(tmp_path.iterdir()) == []


def test_two_books_share_one_file(tmp_path: Path) -> None:
    """Two kernels on one file see each other's answers; the last put to a question wins."""
    one, two = book_of(tmp_path), book_of(tmp_path)
    one.put("c01", {"option": "a"})
    two.put("c02", {"option": "b"})
    assert one.get("c02") == {"option": "b"}
    two.put("c01", {"option": "c"})
    assert one.get("c01") == {"option": "c"}
    assert one.put("c01", None) is None
    assert two.get("c01") is None
    assert one.answers == two.answers == {"c02": {"option": "b"}}
    assert one.replaced == two.replaced == ()


def test_an_answer_replaced_elsewhere_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that could not be written loses against a later one, is listed, and comes back on demand."""
    one, two = book_of(tmp_path), book_of(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        one.put("c01", {"value": "4"})
    two.put("c01", {"value": "1"})
    two.put("c01", {"value": "5"})
    assert one.get("c01") == {"value": "5"}
    (entry,) = one.replaced
    assert entry.answer == {"value": "4"}
    assert one.take_back(entry) is None
    assert two.get("c01") == {"value": "4"}
    assert [other.answer for other in two.replaced] == [{"value": "5"}]


def test_a_full_disk_is_said_and_the_answers_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal comes back as a message in both languages; memory keeps all, and the next put writes it."""
    book = book_of(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        fault = book.put("c01", {"value": "4"})
        assert isinstance(fault, EnvironmentFault)
        assert book.fault is fault
        assert "plein" in fault.in_language("fr")
        assert "full" in fault.in_language("en")
        assert book.get("c01") == {"value": "4"}
    assert book.put("c02", {"value": "5"}) is None
    assert book.fault is None
    assert read_answers(book.path).answers == {"c01": {"value": "4"}, "c02": {"value": "5"}}


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Where a file stands in the folder's place, putting says so and raises nothing."""
    (tmp_path / "work").write_text("x", encoding="utf-8")
    book = book_of(tmp_path / "work")
    assert isinstance(book.put("c01", {"value": "4"}), EnvironmentFault)
    assert book.answers == {"c01": {"value": "4"}}


def test_the_version_before_is_kept(tmp_path: Path) -> None:
    """After a crash in the middle of a write the version before it comes back."""
    book = book_of(tmp_path)
    book.put("c01", {"value": "4"})
    book.put("c01", {"value": "5"})
    book.path.write_bytes(book.path.read_bytes()[:50])
    fresh = book_of(tmp_path)
    assert fresh.get("c01") == {"value": "4"}
    assert fresh.put("c02", {"value": "1"}) is None
    assert read_answers(book.path).intact


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"format": "x"}', b"[" * 50_000])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """A file that nothing can read is kept beside the new one, each under a name of its own."""
    path = tmp_path / "answers.json"
    for number in ("", "1"):
        path.write_bytes(content)
        previous_of(path).unlink(missing_ok=True)
        book = book_of(tmp_path)
        assert book.put("c01", {"value": "4"}) is None
        assert (tmp_path / f"answers.json.damaged{number}").read_bytes() == content
    assert read_answers(path).answers == {"c01": {"value": "4"}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 9}, "version plus récente"),
        ({"exercise": "other"}, "other_code au lieu de tiny_code"),
        ({"door": "form"}, "tiny_form au lieu de tiny_code"),
    ],
)
def test_a_file_that_is_not_the_books_is_never_written_over(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """A newer file or another exercise's is left as it is; the book says why and keeps its answers."""
    import json

    path = tmp_path / "answers.json"
    file = AnswerFile("p01", "tiny", "code", "fr", answers={"c01": {"value": "1"}})
    path.write_text(json.dumps({**file.to_dict(), **change}), encoding="utf-8")
    before = path.read_bytes()
    book = book_of(tmp_path)
    fault = book.put("c01", {"value": "4"})
    assert isinstance(fault, AlliancesError)
    assert message in fault.in_language("fr")
    assert path.read_bytes() == before
    assert book.answers == {"c01": {"value": "4"}}


def test_a_file_of_version_1_is_taken_over(tmp_path: Path) -> None:
    """What an earlier version of the course wrote is read, and a new answer wins over it."""
    import json

    old = AnswerFile("p01", "tiny", "code", "fr", answers={"c01": {"value": "1"}}).content()
    old = {name: value for name, value in old.items() if name not in {"revisions", "replaced"}} | {
        "version": 1
    }
    (tmp_path / "answers.json").write_text(json.dumps(old), encoding="utf-8")
    book = book_of(tmp_path)
    assert book.get("c01") == {"value": "1"}
    assert book.put("c01", {"value": "2"}) is None
    assert read_answers(book.path).revisions == {"c01": 1}


def test_the_seed_of_the_file_stays(tmp_path: Path) -> None:
    """A file that came with a seed keeps it, whatever the code of the book."""
    write_answers(tmp_path / "answers.json", AnswerFile("moi", "tiny", "code", "fr", "ffffffff"))
    book = book_of(tmp_path)
    book.put("c01", {"value": "4"})
    assert (book.seed, read_answers(book.path).seed) == ("ffffffff", "ffffffff")


def test_erasing_leaves_nothing(tmp_path: Path) -> None:
    """Erasing clears the file, those kept beside it and what was replaced; later answers start anew."""
    (tmp_path / "answers.json").write_text("{", encoding="utf-8")
    book = book_of(tmp_path)
    book.put("c01", {"value": "4"})
    assert (tmp_path / "answers.json.damaged").exists()
    book.put("c01", {"value": "5"})
    book.erase()
    assert list(tmp_path.iterdir()) == []
    assert (book.answers, book.replaced) == ({}, ())


@pytest.mark.parametrize("answer", ["giving", 3, [1], {"a": float("nan")}, {"a": {1, 2}}, {"a": object()}])
def test_what_is_no_answer_is_refused(tmp_path: Path, answer: Any) -> None:
    """Only a dict of JSON values, or None, is an answer; nothing is written."""
    with pytest.raises(ValueError, match=r"answer must be|not JSON|Out of range"):
        book_of(tmp_path).put("c01", answer)
    assert list(tmp_path.iterdir()) == []


def test_what_is_put_is_a_copy(tmp_path: Path) -> None:
    """Changing a value after it was put changes nothing in the book."""
    book = book_of(tmp_path)
    answer = {"order": ["a"]}
    book.put("c01", answer)
    answer["order"].append("b")
    assert book.get("c01") == {"order": ["a"]}


def test_a_page_and_a_book_agree(tmp_path: Path) -> None:
    """A change made elsewhere in the file is taken in at the next reading."""
    book = book_of(tmp_path)
    book.put("c01", {"value": "4"})
    write_answers(book.path, changed(read_answers(book.path), "c01", {"value": "6"}))
    assert book.get("c01") == {"value": "6"}
    assert book.replaced == ()


def test_the_same_answer_again_is_no_change(tmp_path: Path) -> None:
    """A component that shows an answer and reports it back leaves every file as it is."""
    book = book_of(tmp_path)
    assert book.put("c01", None) is None
    assert list(tmp_path.iterdir()) == []
    book.put("c01", {"value": "4"})
    book.put("c01", {"value": "5"})
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert book.put("c01", {"value": "5"}) is None
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_book_without_a_code_keeps_the_files(tmp_path: Path) -> None:
    """Where nobody said whose answers these are, the code in the file stays; a code that was given wins."""
    write_answers(tmp_path / "answers.json", AnswerFile("p07", "tiny", "code", "fr"))
    book_of(tmp_path, learner="moi").put("c01", {"value": "4"})
    assert read_answers(tmp_path / "answers.json").learner == "p07"
    book_of(tmp_path, learner="p08").put("c01", {"value": "5"})
    assert read_answers(tmp_path / "answers.json").learner == "p08"
