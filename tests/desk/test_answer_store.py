"""Answers are saved as they are, never lost, handed in as they stand."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from alliances.desk.answer_store import MAX_BYTES, AnswerStore
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances.i18n import Language

EXERCISE, DOOR = "alliance_models", "form"


def body(**answers: object) -> bytes:
    """Return what a form page sends."""
    file = {
        "format": "alliances-answers",
        "version": 1,
        "learner": "",
        "exercise": EXERCISE,
        "door": DOOR,
        "language": "fr",
        "seed": None,
        "answers": answers,
        "hash": "",
    }
    return json.dumps(file).encode()


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    """Return the store of one learner."""
    return AnswerStore(tmp_path, "moi")


def test_nothing_saved_is_an_empty_object(store: AnswerStore) -> None:
    """Before the first save there is nothing, and that is no error."""
    assert store.load(EXERCISE, DOOR) == {}


def test_what_was_saved_is_found_again(store: AnswerStore) -> None:
    """Answers come back as saved, under this learner's code whatever the page sent."""
    store.save(
        EXERCISE,
        DOOR,
        body(c01={"category": "giving", "reason": "direction"}).replace(b'""', b'"mallory"', 1),
    )
    loaded = store.load(EXERCISE, DOOR)
    assert loaded["answers"] == {"c01": {"category": "giving", "reason": "direction"}}
    assert loaded["learner"] == "moi"
    assert "recovered" not in loaded


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"{", "réponses n'ont pas pu être lues"),
        (b"[]", "réponses n'ont pas pu être lues"),
        (b"[" * 100_000, "réponses n'ont pas pu être lues"),
        (b'{"format": "other"}', "format"),
        (body().replace(b'"version": 1', b'"version": 9'), "9"),
        (b" " * (MAX_BYTES + 1), "raccourcissez"),
        (body(c01="giving"), "c01"),
    ],
    ids=["half-written", "not an object", "too deep", "not ours", "newer", "too large", "wrong shape"],
)
def test_a_bad_body_is_refused_and_changes_nothing(store: AnswerStore, sent: bytes, message: str) -> None:
    """Whatever the page sends, what was saved before stays."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    with pytest.raises(AlliancesError, match=message):
        store.save(EXERCISE, DOOR, sent)
    assert store.load(EXERCISE, DOOR)["answers"] == {"c01": {"unknown": True}}


@pytest.mark.parametrize(("language", "message"), [("fr", "raccourcissez"), ("en", "shorten")])
def test_messages_exist_in_both_languages(store: AnswerStore, language: Language, message: str) -> None:
    """A refusal can be said in either language."""
    with pytest.raises(AlliancesError) as caught:
        store.save(EXERCISE, DOOR, b" " * (MAX_BYTES + 1))
    assert message in caught.value.in_language(language)


def test_a_half_written_file_gives_its_previous_version(store: AnswerStore) -> None:
    """After a crash in the middle of a write, the version before it comes back, and is said so."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    store.save(EXERCISE, DOOR, body(c01={"category": "giving", "reason": None}))
    path = store.folder(EXERCISE, DOOR) / "answers.json"
    path.write_bytes(path.read_bytes()[:60])
    loaded = store.load(EXERCISE, DOOR)
    assert loaded["answers"] == {"c01": {"unknown": True}}
    assert loaded["recovered"] is True


def test_a_full_disk_is_named_and_loses_nothing(store: AnswerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the page is told, and the saved answers are intact."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(EnvironmentFault, match="plein"):
            store.save(EXERCISE, DOOR, body(c01={"category": "giving"}))
    assert store.load(EXERCISE, DOOR)["answers"] == {"c01": {"unknown": True}}


def test_a_copy_handed_in_again_keeps_the_first(store: AnswerStore) -> None:
    """The drop has the newest copy; the earlier one is beside it, not gone."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    first = store.hand_in(EXERCISE, DOOR)
    store.save(EXERCISE, DOOR, body(c01={"category": "giving"}))
    second = store.hand_in(EXERCISE, DOOR)
    drop = store.drop(EXERCISE, DOOR)
    assert json.loads((drop / "answers.json").read_text())["answers"] == {"c01": {"category": "giving"}}
    assert (drop / "timestamp.txt").read_text().endswith(" UTC")
    kept = list((drop.parent / ".previous").glob("*/answers.json"))
    assert [json.loads(path.read_text())["answers"] for path in kept] == [{"c01": {"unknown": True}}]
    assert first.number != second.number


def test_handing_in_nothing_is_refused(store: AnswerStore) -> None:
    """There must be something to hand in."""
    with pytest.raises(AlliancesError, match="rien à remettre"):
        store.hand_in(EXERCISE, DOOR)


def test_the_code_door_hands_in_its_notebook(store: AnswerStore) -> None:
    """A copy by the code door is the notebook as saved."""
    notebook = store.folder(EXERCISE, "code") / f"{EXERCISE}_code.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    store.hand_in(EXERCISE, "code")
    assert (store.drop(EXERCISE, "code") / notebook.name).read_text() == "{}"


def test_erasing_leaves_what_was_handed_in(store: AnswerStore) -> None:
    """« Terminer et effacer » clears the saved answers and their previous version only."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    store.hand_in(EXERCISE, DOOR)
    store.erase(EXERCISE, DOOR)
    assert store.load(EXERCISE, DOOR) == {}
    assert list(store.folder(EXERCISE, DOOR).iterdir()) == []
    assert (store.drop(EXERCISE, DOOR) / "answers.json").is_file()


@pytest.mark.parametrize("code", ["", "../moi", "a/b", "course", "HandIn", "é", "-x", "a" * 65, "a\n"])
def test_a_code_that_is_no_folder_name_is_refused(tmp_path: Path, code: str) -> None:
    """A learner's code cannot leave the folder of work nor take a reserved name."""
    with pytest.raises(UsageError, match="ne convient pas"):
        AnswerStore(tmp_path, code)


@pytest.mark.parametrize(
    ("exercise", "door"), [("../x", "form"), ("alliance_models", "window"), ("A", "form")]
)
def test_an_odd_exercise_or_door_is_refused(store: AnswerStore, exercise: str, door: str) -> None:
    """Names in an address are checked before any file is touched."""
    with pytest.raises(UsageError, match=r"n'est pas le nom|n'est pas un nom"):
        store.load(exercise, door)
