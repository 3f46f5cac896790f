"""Several programs that write one answers file at the same moment: page, kernels, a second notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from alliances import storage
from alliances.questions.answer_book import AnswerBook
from alliances.questions.answers import read_answers
from alliances.storage import one_at_a_time

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = 25
_PAGE = """
import json, sys
from pathlib import Path
from alliances.desk.answer_store import AnswerStore
store = AnswerStore(Path(sys.argv[1]), "p01")
for number in range(int(sys.argv[2])):
    name = f"{sys.argv[3]}_{number}"
    sent = {"format": "alliances-answers", "version": 2, "language": "fr", "seed": None,
            "answers": {name: {"value": "1"}}, "revisions": {name: 1}, "replaced": []}
    store.save("tiny", "code", json.dumps(sent).encode())
"""
_KERNEL = """
import sys
from pathlib import Path
from alliances.questions.answer_book import AnswerBook
book = AnswerBook(Path(sys.argv[1]) / "p01" / "tiny_code", exercise="tiny", door="code", learner="p01")
for number in range(int(sys.argv[2])):
    assert book.put(f"{sys.argv[3]}_{number}", {"value": "1"}) is None
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there: merging alone protects")
def test_two_pages_and_a_kernel_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each answer of three programs that write without a pause is in the file at the end, and only those."""
    programs = {"page_a": _PAGE, "page_b": _PAGE, "kernel": _KERNEL}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(_COUNT), name])
        for name, code in programs.items()
    ]
    assert [one.wait() for one in running] == [0, 0, 0]
    folder = tmp_path / "p01" / "tiny_code"
    file = read_answers(folder / "answers.json")
    assert set(file.answers) == {f"{name}_{number}" for name in programs for number in range(_COUNT)}
    assert file.intact
    assert {path.name for path in folder.iterdir()} == {"answers.json", "answers.json.previous"}


def test_a_holder_that_hangs_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its tries a save goes on: merging still keeps what was read."""
    monkeypatch.setattr(storage, "_TRIES", 2)
    monkeypatch.setattr(storage, "_PAUSE", 0)
    book = AnswerBook(tmp_path, exercise="tiny")
    with one_at_a_time(tmp_path):
        assert book.put("c01", {"value": "1"}) is None
    assert read_answers(book.path).answers == {"c01": {"value": "1"}}


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there: merging alone protects")
def test_the_lock_is_let_go(tmp_path: Path) -> None:
    """A save that fails in the middle leaves the folder free, and nothing in it."""
    with pytest.raises(KeyError), one_at_a_time(tmp_path):
        raise KeyError
    number = storage._locked(tmp_path)
    assert number is not None
    os.close(number)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_locked_answers_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a browser and on Windows there is no such lock, and saving works."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    book = AnswerBook(tmp_path, exercise="tiny")
    assert book.put("c01", {"value": "1"}) is None
    assert read_answers(book.path).answers == {"c01": {"value": "1"}}
