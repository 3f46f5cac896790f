"""Copies and archives that would do harm: refused by name, and nothing of others lost."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from copies import GOOD, bare_course, hand_in, zipped

from alliances.desk.collecting import collect
from alliances.desk.intake import LIMITS
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.course_manifest import Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bare_course(tmp_path)


def tree_of(course: Course) -> dict[str, bytes]:
    folder = course.root / "submitted"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def at(place: Path, moment: datetime) -> None:
    (place / "timestamp.txt").write_text(moment.strftime("%Y-%m-%d %H:%M:%S.%f UTC"), encoding="utf-8")


@pytest.mark.parametrize(
    ("learner", "assignment", "message"),
    [
        ("moi moi", "tiny_form", "Le code « moi moi »"),
        ("course", "tiny_form", "réservés"),
        ("=cmd", "tiny_form", "ne convient pas"),
        ("é", "tiny_form", "ne convient pas"),
        ("p01", "other_form", "n.est pas un devoir de ce cours. Devoirs : tiny_code, tiny_form"),
    ],
)
def test_names_that_are_none_are_refused(
    course: Course, tmp_path: Path, learner: str, assignment: str, message: str
) -> None:
    """A learner's code or an assignment that the course has not is named in the refusal."""
    hand_in(tmp_path / "in", learner, GOOD, assignment)
    result = collect(course, tmp_path / "in")
    assert result.taken == []
    with pytest.raises(AlliancesError, match=message):
        raise result.refused[0].reason


def test_answers_to_something_else_are_refused(course: Course, tmp_path: Path) -> None:
    """The file says which exercise and door it answers; the folder cannot change that."""
    place = hand_in(tmp_path / "in", "p01", GOOD, "tiny_code")
    (place.parent / "tiny_form").mkdir()
    (place / "answers.json").rename(place.parent / "tiny_form" / "answers.json")
    place.rmdir()
    with pytest.raises(AlliancesError, match="répond à « tiny_code », pas à « tiny_form »"):
        raise collect(course, tmp_path / "in").refused[0].reason


def test_another_learners_code_and_a_changed_file_are_flagged(course: Course, tmp_path: Path) -> None:
    """The folder's name counts; a person is told."""
    place = hand_in(tmp_path / "in", "p01", GOOD, learner="p02")
    text = (place / "answers.json").read_text(encoding="utf-8")
    (place / "answers.json").write_text(text.replace('"4"', '"5"'), encoding="utf-8")
    flags = collect(course, tmp_path / "in").taken[0].flags
    assert [flag.key for flag in flags] == ["learner_differs", "hash_mismatch"]


def link(place: Path) -> None:
    (place / "answers.json").rename(place.parent / "elsewhere.json")
    (place / "answers.json").symlink_to(place.parent / "elsewhere.json")


def hard_link(place: Path) -> None:
    os.link(place / "answers.json", place.parent / "elsewhere.json")


def linked_folder(place: Path) -> None:
    place.rename(place.parent / "real")
    place.symlink_to(place.parent / "real", target_is_directory=True)


def pipe(place: Path) -> None:
    (place / "answers.json").unlink()
    os.mkfifo(place / "answers.json")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (link, "est un lien"),
        (hard_link, "est un lien"),
        (linked_folder, "est un lien"),
        (pipe, "n.est pas un fichier ordinaire"),
        (lambda place: (place / "CON.txt").write_text("x"), "CON.txt .réservé"),
        (lambda place: (place / "a\nb").write_text("x"), "a⏎b"),
        (lambda place: (place / "a\u202eb").write_text("x"), r"U\+202E"),
        (lambda place: (place / "answers.json").unlink(), None),
        (lambda place: (place / "answers.json").write_bytes(b"x" * 1_000_001), "dépasse 1000 Ko"),
    ],
)
def test_dangerous_files_are_refused(
    course: Course, tmp_path: Path, harm: Callable[[Path], object], message: str | None
) -> None:
    """Links, pipes, names of devices, names that deceive, endless files: that copy is refused, others not."""
    harm(hand_in(tmp_path / "in", "p01", GOOD))
    hand_in(tmp_path / "in", "p02", GOOD)
    result = collect(course, tmp_path / "in")
    assert [copy.learner for copy in result.taken] == ["p02"]
    if message is None:
        assert result.refused == []
        return
    with pytest.raises(AlliancesError, match=message):
        raise result.refused[0].reason


def symlink_entry(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("p09/tiny_form/answers.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def encrypted_entry(archive: zipfile.ZipFile) -> None:
    archive.writestr("p09/tiny_form/answers.json", "{}")
    archive.filelist[-1].flag_bits |= 0x1


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (symlink_entry, "est un lien"),
        (encrypted_entry, "mot de passe"),
        (lambda z: z.writestr("p09/tiny_form/aux.json", "x"), "aux.json .réservé"),
        (lambda z: z.writestr("P01/tiny_form/answers.json", "x"), "deux fois"),
        (lambda z: z.writestr("p09/tiny_form/answers.json", "x" * 1_000_001), "dépasse 1000 Ko"),
    ],
)
def test_one_bad_entry_costs_its_copy(
    course: Course, tmp_path: Path, harm: Callable[[zipfile.ZipFile], object], message: str
) -> None:
    """The other copies of the zip are taken."""
    hand_in(tmp_path / "in", "p01", GOOD)
    result = collect(course, zipped(tmp_path / "in", tmp_path / "in.zip", harm))
    assert [copy.learner for copy in result.taken] == ["p01"]
    with pytest.raises(AlliancesError, match=message):
        raise result.refused[0].reason


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/x", "p01\\tiny_form\\answers.json", "C:/x", "a/../../x"]
)
def test_a_zip_that_leaves_its_folder_is_refused_whole(course: Course, tmp_path: Path, name: str) -> None:
    """Nothing of it is taken, and the name is shown."""
    hand_in(tmp_path / "in", "p01", GOOD)
    archive = zipped(tmp_path / "in", tmp_path / "in.zip", lambda z: z.writestr(name, "x"))
    with pytest.raises(AlliancesError, match="sortirait du dossier"):
        collect(course, archive)
    assert tree_of(course) == {}


def test_a_bomb_is_refused_before_it_is_opened(course: Course, tmp_path: Path) -> None:
    """Sizes announced are added up, and what is read is bounded whatever they say."""
    hand_in(tmp_path / "in", "p01", GOOD)
    archive = zipped(tmp_path / "in", tmp_path / "in.zip", lambda z: z.writestr("x", bytes(30_000_000)))
    with pytest.raises(AlliancesError, match="donnerait 30 Mo"):
        collect(course, archive)


def test_a_size_that_lies_is_found_out(course: Course, tmp_path: Path) -> None:
    """An entry that announces ten bytes and unpacks to a megabyte is refused while it is read."""
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("p01/tiny_form/answers.json", "x" * 2_000_000)
    content = archive.read_bytes().replace((2_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(content)
    result = collect(course, archive)
    assert (len(result.taken), len(result.refused)) == (0, 1)


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_too_many_files_are_refused(course: Course, tmp_path: Path, kind: str) -> None:
    """The limit counts before anything is read."""
    for number in range(4):
        hand_in(tmp_path / "in", f"p{number}", GOOD)
    source = tmp_path / "in" if kind == "folder" else zipped(tmp_path / "in", tmp_path / "in.zip")
    with pytest.raises(AlliancesError, match="plus de 3 fichiers"):
        collect(course, source, replace(LIMITS, entries=3))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "n.existe pas"), (b"Rar!", "ni un dossier ni une archive"), (b"", "ni un dossier")],
)
def test_what_is_no_source_is_refused(
    course: Course, tmp_path: Path, content: bytes | None, message: str
) -> None:
    """The message says what is expected."""
    path = tmp_path / "copies.rar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AlliancesError, match=message):
        collect(course, path)


def test_a_cut_zip_is_refused(course: Course, tmp_path: Path) -> None:
    """Half an archive is no archive."""
    hand_in(tmp_path / "in", "p01", GOOD)
    archive = zipped(tmp_path / "in", tmp_path / "in.zip")
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(AlliancesError, match="ni un dossier ni une archive"):
        collect(course, archive)


def test_a_full_disk_leaves_the_earlier_copy(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a newer copy cannot be written, the one that was there stays whole, and the fault is said."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    at(hand_in(tmp_path / "first", "p01", {"n01": {"value": "1"}}), noon)
    at(hand_in(tmp_path / "second", "p01", {"n01": {"value": "2"}}), noon + timedelta(hours=1))
    collect(course, tmp_path / "first")
    before = tree_of(course)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match="le disque est plein"):
        collect(course, tmp_path / "second")
    assert tree_of(course) == before
