"""The answers file: written in one step, read without trust."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.questions.answer_merge import merge_answers
from alliances.questions.answers import (
    AnswerFile,
    Replaced,
    answers_from_dict,
    parse_answers,
    read_answers,
    read_or_set_aside,
    seed_for,
    write_answers,
)
from alliances.questions.strict_json import content_hash
from alliances.storage import previous_of

FILE = AnswerFile(
    "moi", "tiny", "form", "fr", None, {"c01": {"category": "giving", "reason": None}, "j01": None}
)
NEXT = AnswerFile("moi", "tiny", "form", "fr", None, {"c01": {"unknown": True}})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the answers of a test are."""
    return tmp_path / "answers.json"


def test_what_is_written_is_read(path: Path) -> None:
    """A file comes back as it was, marked intact, and nothing else is left in the folder."""
    write_answers(path, FILE)
    back = read_answers(path)
    assert back == FILE
    assert (back.intact, back.recovered) == (True, False)
    assert list(path.parent.iterdir()) == [path]


def test_the_previous_version_is_kept(path: Path) -> None:
    """A second save keeps the first one beside it."""
    write_answers(path, FILE)
    write_answers(path, NEXT)
    assert read_answers(path) == NEXT
    assert read_answers(previous_of(path)) == FILE


@pytest.mark.parametrize("cut", [0, 1, 40, -2])
def test_a_half_written_file_gives_way_to_the_previous_one(path: Path, cut: int) -> None:
    """When the last save was cut, the one before it is read, and said to be so."""
    write_answers(path, FILE)
    write_answers(path, NEXT)
    path.write_bytes(path.read_bytes()[:cut])
    back = read_answers(path)
    assert back == FILE
    assert back.recovered


def test_a_lost_file_gives_way_to_the_previous_one(path: Path) -> None:
    """A file that vanished between two saves is found again."""
    write_answers(path, FILE)
    path.rename(previous_of(path))
    assert read_answers(path).recovered


def test_a_damaged_file_never_replaces_a_good_previous_one(path: Path) -> None:
    """Saving over a damaged file leaves the good previous version where it is."""
    write_answers(path, FILE)
    write_answers(path, NEXT)
    path.write_text("{", encoding="utf-8")
    write_answers(path, NEXT)
    assert read_answers(previous_of(path)) == FILE


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "incomplet ou abîmé"),
        (b"{", "incomplet ou abîmé"),
        (b"\xff\xfe", "incomplet ou abîmé"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[" * 100_000, "incomplet ou abîmé"),
        (b"[]", "n’a pas la forme attendue"),
        (b'{"format": "x"}', "« format »"),
        (b" " * 2_100_000, "dépasse 2 Mo"),
        (b'{"a": 1e999}', "is too large"),
        (b'{"a": -1e999}', "is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "incomplet ou abîmé"),
        (b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", "> 40 levels"),
        (b'{"a": "\x80"}', "incomplet ou abîmé"),
        (b"\x00\x00", "incomplet ou abîmé"),
    ],
)
def test_what_is_no_answers_file_is_refused(path: Path, content: bytes, message: str) -> None:
    """Malformed, hostile and oversized files get a message and stay as they were."""
    path.write_bytes(content)
    with pytest.raises(AlliancesError) as caught:
        read_answers(path)
    assert message in str(caught.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("version", True),
        ("version", 0),
        ("learner", ""),
        ("learner", 3),
        ("learner", "x" * 201),
        ("exercise", None),
        ("door", "window"),
        ("language", "de"),
        ("seed", [1]),
        ("seed", True),
        ("answers", []),
        ("answers", {"c01": "giving"}),
        ("answers", {"": None}),
        ("revisions", [1]),
        ("revisions", {"c01": "1"}),
        ("revisions", {"c01": True}),
        ("revisions", {"c01": -1}),
        ("revisions", {"c01": 1.5}),
        ("revisions", {"c01": 2**53}),
        ("revisions", {"": 1}),
        ("replaced", {}),
        ("replaced", ["c01"]),
        ("replaced", [{"question": "c01"}]),
        ("replaced", [{"question": 3, "answer": None, "revision": 1}]),
        ("replaced", [{"question": "c01", "answer": None, "revision": -1}]),
        ("replaced", [{"question": "c01", "answer": None, "revision": 1}] * 201),
    ],
)
def test_each_field_is_checked(field: str, value: Any) -> None:
    """A field of the wrong form is named."""
    with pytest.raises(AlliancesError, match=f"champ «\\s{field}"):
        answers_from_dict({**FILE.to_dict(), field: value})


def test_a_newer_file_is_left_alone(path: Path) -> None:
    """A newer version is refused even where an older copy exists: falling back would look like lost work."""
    write_answers(path, FILE)
    write_answers(path, NEXT)
    path.write_text(json.dumps({**NEXT.to_dict(), "version": 3}), encoding="utf-8")
    with pytest.raises(AlliancesError, match="vient d’une version plus récente du cours"):
        read_answers(path)


def _version_1(file: AnswerFile) -> dict[str, Any]:
    content = {name: value for name, value in file.content().items() if name not in {"revisions", "replaced"}}
    content["version"] = 1
    return {**content, "hash": content_hash(content)}


def test_a_file_of_version_1_is_read(path: Path) -> None:
    """What the course wrote before answers had an order is read, intact, and written again as version 2."""
    path.write_text(json.dumps(_version_1(FILE)), encoding="utf-8")
    back = read_answers(path)
    assert (back, back.intact, back.revisions, back.replaced) == (FILE, True, {}, ())
    write_answers(path, back)
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 2
    assert read_answers(path).intact


def test_order_and_replaced_answers_are_written_and_read(path: Path) -> None:
    """A file comes back with its revisions and its replaced answers, and its hash covers both."""
    file = replace(
        FILE,
        revisions={"c01": 3, "j01": 4},
        replaced=(Replaced("c01", {"category": "none"}, 2),),
        seed="0a1b2c3d",
    )
    write_answers(path, file)
    assert read_answers(path) == file
    data = json.loads(path.read_text(encoding="utf-8"))
    data["revisions"]["c01"] = 9
    assert answers_from_dict(data).intact is False


def test_a_mark_at_the_start_and_a_field_written_twice_are_read(path: Path) -> None:
    """A byte order mark is passed over; of a field written twice the last one counts."""
    text = json.dumps(FILE.to_dict()).replace('"door": "form"', '"door": "code", "door": "form"')
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_answers(path) == FILE


def test_a_file_set_aside_gives_way_to_its_previous_version(path: Path) -> None:
    """A file without its fields is moved out of the way, and the version before it is read."""
    write_answers(path, FILE)
    write_answers(path, NEXT)
    path.write_text('{"format": "x"}', encoding="utf-8")
    back, aside = read_or_set_aside(path)
    assert (back, aside) == (FILE, path.with_name("answers.json.damaged"))
    assert read_or_set_aside(path.with_name("none.json")) == (None, None)


def test_the_seed_depends_on_learner_and_exercise_only() -> None:
    """Eight hexadecimal characters: the same each time, others for another person or exercise."""
    assert seed_for("p01", "tiny") == seed_for("p01", "tiny") == "906e1403"
    assert len({seed_for(*who) for who in (("p01", "tiny"), ("p02", "tiny"), ("p01", "other"))}) == 3


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FILE.to_dict(), "other"]), _JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_read_or_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    """Fields that hold anything are read or refused with a message; what is read can be written again."""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({**FILE.to_dict(), **change}), encoding="utf-8", errors="surrogatepass")
    try:
        file = read_answers(path)
    except AlliancesError as error:
        refused = [error.in_language("fr"), error.in_language("en")]
    else:
        refused = []
    assert all(str(path) in message for message in refused)
    if refused:
        return
    assert merge_answers(file, file).answers.keys() == {*file.answers, *file.revisions}
    write_answers(path, file)
    assert read_answers(path) == file
    previous_of(path).unlink(missing_ok=True)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands in the file, reading ends in a file or in a message."""
    for whole in (content, json.dumps(FILE.to_dict()).encode()[: len(content) * 3] + content):
        with contextlib.suppress(AlliancesError):
            parse_answers(whole)


def test_a_changed_file_is_flagged_not_refused(path: Path) -> None:
    """Answers changed by hand are read, and marked as not intact."""
    data = FILE.to_dict()
    data["answers"]["c01"] = {"category": "no_alliance"}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert read_answers(path).intact is False
    path.write_text(json.dumps({**FILE.content()}), encoding="utf-8")
    assert read_answers(path).intact is False


def test_the_hash_does_not_depend_on_the_order_of_fields() -> None:
    """The hash is that of the canonical JSON."""
    content = FILE.content()
    assert content_hash(content) == content_hash(dict(reversed(content.items())))
    assert FILE.to_dict()["hash"].startswith("sha256:")


def test_half_a_surrogate_pair_can_be_saved(path: Path) -> None:
    """A broken character that a browser let through does not stop a save."""
    file = AnswerFile("moi", "tiny", "form", "fr", answers={"j01": {"text": "a\ud83d b"}})
    write_answers(path, file)
    back = read_answers(path)
    assert back == file
    assert back.intact


def _failing(code: int) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EROFS, "l'accès est refusé"),
        (errno.EIO, "L'ancien fichier est intact"),
    ],
)
def test_a_failed_save_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int, message: str
) -> None:
    """A full disk or a read-only folder is said, the old file stays whole, and no temporary file remains."""
    write_answers(path, FILE)
    before = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), _failing(code))
        with pytest.raises(EnvironmentFault, match=message) as caught:
            write_answers(path, NEXT)
    assert "intact" in caught.value.in_language("en")
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".*"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Where a file stands in the place of the folder, the message names the path."""
    (tmp_path / "work").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        write_answers(tmp_path / "work" / "answers.json", FILE)


def test_no_file_is_said(path: Path) -> None:
    """Reading where nothing was saved is an error of its own."""
    with pytest.raises(AlliancesError, match="Il n’y a pas de fichier de réponses"):
        read_answers(path)


_ANSWERS = st.dictionaries(
    st.text(min_size=1, max_size=20),
    st.none()
    | st.dictionaries(st.text(max_size=8), st.text() | st.booleans() | st.integers() | st.none(), max_size=3),
    max_size=5,
)


@given(_ANSWERS)
def test_any_answers_survive_json(answers: dict[str, Any]) -> None:
    """Whatever was typed, writing and reading gives it back with a matching hash."""
    file = AnswerFile("moi", "tiny", "code", "en", 7, answers)
    back = answers_from_dict(json.loads(json.dumps(file.to_dict())))
    assert back == file
    assert back.intact
