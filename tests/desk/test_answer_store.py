"""Answers are saved as they are, never lost, handed in as they stand."""

from __future__ import annotations

import errno
import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alliances.desk.answer_store import MAX_BYTES, AnswerStore
from alliances.desk.receipts import receipt_trouble
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances.i18n import Language
from alliances.questions.answers import seed_for

EXERCISE, DOOR = "alliance_models", "form"


def body(revision: int = 0, base: object = None, **answers: object) -> bytes:
    """Return what a form page sends: these answers, each as the change of that number."""
    file = {
        "format": "alliances-answers",
        "version": 2,
        "learner": "",
        "exercise": EXERCISE,
        "door": DOOR,
        "language": "fr",
        "seed": None,
        "answers": answers,
        "revisions": dict.fromkeys(answers, revision),
        "replaced": [],
        "base": base,
        "hash": "",
    }
    return json.dumps(file).encode()


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    """Return the store of one learner."""
    return AnswerStore(tmp_path, "moi")


def test_a_first_visit_gives_the_seed_and_writes_nothing(store: AnswerStore) -> None:
    """Before the first save there are no answers, but a learner has a code and a seed already."""
    loaded = store.load(EXERCISE, DOOR, "en")
    assert (loaded["answers"], loaded["learner"], loaded["language"]) == ({}, "moi", "en")
    assert loaded["seed"] == seed_for("moi", EXERCISE)
    assert not store.folder(EXERCISE, DOOR).exists()


def test_the_seed_never_changes(store: AnswerStore) -> None:
    """The first answers saved fix the seed, whether the page had drawn it or takes the server's."""
    drawn = body(1, c01={"unknown": True}).replace(b'"seed": null', b'"seed": "feedbeef"')
    assert store.save(EXERCISE, DOOR, drawn)["seed"] == "feedbeef"
    other = body(2, c02={"unknown": True}).replace(b'"seed": null', b'"seed": "00000000"')
    assert store.save(EXERCISE, DOOR, other)["seed"] == "feedbeef"
    assert store.save(EXERCISE, "code", body(1, c01=None))["seed"] == seed_for("moi", EXERCISE)


def test_saving_merges(store: AnswerStore) -> None:
    """Two computers that saved at once keep their answers; what lost is returned to both."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}, c02={"option": "b"}))
    back = store.save(EXERCISE, DOOR, body(2, c01={"option": "c"}, c03={"option": "d"}))
    assert back["answers"] == {"c01": {"option": "c"}, "c02": {"option": "b"}, "c03": {"option": "d"}}
    assert back["replaced"] == [{"question": "c01", "answer": {"option": "a"}, "revision": 1}]
    back.pop("hash")
    kept = store.load(EXERCISE, DOOR)
    assert {name: kept[name] for name in back} == back


def test_what_a_page_wrote_over_knowingly_is_not_kept(store: AnswerStore) -> None:
    """A page that names what its answer replaced replaces it without a trace; what is misnamed stays."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    base = {"c01": [{"answer": {"option": "a"}, "revision": 1}]}
    assert store.save(EXERCISE, DOOR, body(2, base, c01={"option": "b"}))["replaced"] == []
    back = store.save(EXERCISE, DOOR, body(3, base, c01={"option": "c"}))
    assert [entry["answer"] for entry in back["replaced"]] == [{"option": "b"}]


@pytest.mark.parametrize(
    "base", [3, [], {"c01": 3}, {"c01": [3]}, {"c01": [{"revision": "1"}]}, {"c01": [[]]}]
)
def test_a_base_of_another_form_says_nothing(store: AnswerStore, base: object) -> None:
    """Whatever stands there, the answers are saved and the earlier one is kept."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    assert len(store.save(EXERCISE, DOOR, body(2, base, c01={"option": "b"}))["replaced"]) == 1


def test_an_erased_answer_is_saved(store: AnswerStore) -> None:
    """Emptying an answer is a change like another: an older page does not bring it back."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    store.save(EXERCISE, DOOR, body(2, c01=None))
    assert store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))["answers"] == {"c01": None}


def test_saving_the_same_again_writes_nothing(store: AnswerStore) -> None:
    """The previous version stays the previous one when nothing changed."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    store.save(EXERCISE, DOOR, body(2, c01={"option": "b"}))
    files = {path: path.read_bytes() for path in store.folder(EXERCISE, DOOR).iterdir()}
    store.save(EXERCISE, DOOR, body(2, c01={"option": "b"}))
    assert {path: path.read_bytes() for path in store.folder(EXERCISE, DOOR).iterdir()} == files


def test_a_file_that_nothing_can_read_does_not_stop_a_save(store: AnswerStore) -> None:
    """It is set aside, the page is told its name, and saving goes on."""
    path = store.folder(EXERCISE, DOOR) / "answers.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert store.load(EXERCISE, DOOR)["set_aside"] == "answers.json.damaged"
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    assert path.with_name("answers.json.damaged").read_text(encoding="utf-8") == "{"


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
        (body().replace(b'"version": 2', b'"version": 9'), "9"),
        (body(c01={"value": 1}).replace(b'"value": 1', b'"value": NaN'), "réponses n'ont pas pu être lues"),
        (body(c01={"value": 1}).replace(b'"value": 1', b'"value": 1e999'), "réponses n'ont pas pu être lues"),
        (body(-1, c01={"value": 1}), "revisions"),
        (b" " * (MAX_BYTES + 1), "raccourcissez"),
        (body(c01="giving"), "c01"),
    ],
    ids=[
        "half-written",
        "list",
        "deep",
        "not-ours",
        "newer",
        "NaN",
        "infinite",
        "revision",
        "too-large",
        "wrong-shape",
    ],
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
    store.save(EXERCISE, DOOR, body(1, c01={"unknown": True}))
    store.save(EXERCISE, DOOR, body(2, c01={"category": "giving", "reason": None}))
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
    store.save(EXERCISE, DOOR, body(1, c01={"category": "giving"}))
    second = store.hand_in(EXERCISE, DOOR)
    drop = store.drop(EXERCISE, DOOR)
    assert json.loads((drop / "answers.json").read_text())["answers"] == {"c01": {"category": "giving"}}
    assert (drop / "timestamp.txt").read_text().endswith(" UTC")
    kept = list((drop.parent / ".previous").glob("*/answers.json"))
    assert [json.loads(path.read_text())["answers"] for path in kept] == [{"c01": {"unknown": True}}]
    assert first.number != second.number


@pytest.mark.parametrize("step", ["write", "move"])
def test_a_hand_in_that_fails_leaves_the_earlier_copy(
    store: AnswerStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A disk that refuses is said, the drop holds what it held, and nothing half-made stays beside it."""
    store.save(EXERCISE, DOOR, body(c01={"unknown": True}))
    store.hand_in(EXERCISE, DOOR)
    store.save(EXERCISE, DOOR, body(1, c01={"category": "giving"}))
    move = Path.rename

    def full(path: Any, *to: Any) -> Any:
        if step == "write" or (isinstance(path, Path) and path.name.endswith("-arriving")):
            raise OSError(errno.ENOSPC, "No space left on device")
        return move(path, *to)

    with monkeypatch.context() as patch:
        patch.setattr(*(("os.fsync", full) if step == "write" else (Path, "rename", full)))
        with pytest.raises(EnvironmentFault, match="plein"):
            store.hand_in(EXERCISE, DOOR)
    drop = store.drop(EXERCISE, DOOR)
    assert json.loads((drop / "answers.json").read_text())["answers"] == {"c01": {"unknown": True}}
    assert [path.name for path in drop.parent.iterdir() if path.name != ".previous"] == [drop.name]
    assert list((drop.parent / ".previous").glob("*")) == []
    store.hand_in(EXERCISE, DOOR)
    assert json.loads((drop / "answers.json").read_text())["answers"] == {"c01": {"category": "giving"}}


def test_handing_in_nothing_is_refused(store: AnswerStore) -> None:
    """There must be something to hand in."""
    with pytest.raises(AlliancesError, match="rien à remettre"):
        store.hand_in(EXERCISE, DOOR)


def test_the_code_door_hands_in_its_notebook(store: AnswerStore) -> None:
    """A copy by the code door is the notebook as saved."""
    notebook = store.folder(EXERCISE, "code") / f"{EXERCISE}_code.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    receipt = store.hand_in(EXERCISE, "code")
    assert (store.drop(EXERCISE, "code") / notebook.name).read_text() == "{}"
    assert (list(receipt.files), receipt.answered) == ([notebook.name], None)


def test_the_receipt_says_what_was_handed_in(store: AnswerStore) -> None:
    """It names exercise, door, code, UTC time, each file with its hash, how many answers, and a number."""
    store.save(
        EXERCISE, DOOR, body(1, c01={"option": "a"}, c02={"category": "x", "reason": None}, zz={"value": "1"})
    )
    receipt = store.hand_in(EXERCISE, DOOR, ["c01", "c02", "c03"])
    drop = store.drop(EXERCISE, DOOR)
    said = json.loads((drop / "receipt.json").read_text(encoding="utf-8"))
    assert said == receipt.to_dict()
    assert (said["format"], said["version"], said["exercise"], said["door"]) == (
        "alliances-receipt", 1, EXERCISE, DOOR,
    )  # fmt: skip
    assert (said["learner"], said["answered"], said["total"]) == ("moi", 1, 3)
    assert datetime.fromisoformat(said["handed_in"]).utcoffset() == timedelta(0)
    content = (drop / "answers.json").read_bytes()
    assert said["files"] == {"answers.json": hashlib.sha256(content).hexdigest()}
    assert re.fullmatch("[0-9A-F]{8}", said["number"])
    assert receipt_trouble((drop / "receipt.json").read_bytes(), {"answers.json": content}) == ""
    assert store.hand_in(EXERCISE, DOOR).to_dict()["total"] is None


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (lambda said, files: files.update({"answers.json": b"{}"}), "answers.json"),
        (lambda said, files: files.clear(), "answers.json"),
        (lambda said, files: said.update(learner="other"), "receipt.json"),
        (lambda said, files: said.update(handed_in="2001-01-01T00:00:00+00:00"), "receipt.json"),
        (lambda said, files: said.update(format="x"), "receipt.json"),
        (lambda said, files: said.update(files=3), "receipt.json"),
        (lambda said, files: said.clear(), "receipt.json"),
    ],
)
def test_a_receipt_tells_what_was_changed(store: AnswerStore, spoil: Any, trouble: str) -> None:
    """A file or a field that is not as handed in is named; nothing is raised."""
    store.save(EXERCISE, DOOR, body(1, c01={"option": "a"}))
    said = store.hand_in(EXERCISE, DOOR).to_dict()
    files = {"answers.json": (store.drop(EXERCISE, DOOR) / "answers.json").read_bytes()}
    spoil(said, files)
    assert receipt_trouble(json.dumps(said).encode(), files) == trouble


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_receipt_is_named(content: bytes) -> None:
    """Bytes of any kind in the place of a receipt are a trouble, not a crash."""
    assert receipt_trouble(content, {}) == "receipt.json"


def test_erasing_leaves_what_was_handed_in(store: AnswerStore) -> None:
    """« Terminer et effacer » clears the saved answers and their previous version only."""
    store.save(EXERCISE, DOOR, body(1, c01={"unknown": True}))
    store.save(EXERCISE, DOOR, body(2, c01={"option": "a"}))
    store.hand_in(EXERCISE, DOOR)
    store.erase(EXERCISE, DOOR)
    loaded = store.load(EXERCISE, DOOR)
    assert (loaded["answers"], loaded["replaced"]) == ({}, [])
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
