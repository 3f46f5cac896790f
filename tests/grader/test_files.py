"""Files that are read with a limit, and what a broken one says."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from copies import bare_course, hand_in_code

from alliances.desk.collecting import collect
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import Language
from alliances.storage import write_safely
from alliances_grader.course_manifest import Course, Exercise, read_course, split_assignment, write_course
from alliances_grader.files import parse_copy, parse_notebook, read_bounded, read_notebook
from alliances_grader.findings import needs_attention, say
from alliances_grader.fingerprints import fingerprint
from alliances_grader.flags import Flag


def notebook(**changes: Any) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["un\n", "deux"]}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell], **changes}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ligne 1, colonne 1"),
        (b'{\n "cells": [', "ligne 2"),
        (b"<html>", "n'est pas un carnet lisible|n’est pas un carnet lisible"),
        (b"\xff\xfe{\x00}\x00", "lisible"),
        (b"[" * 100_000, "lisible"),
        (b"[]", "valable"),
        (b"{}", "valable"),
        (json.dumps(notebook(nbformat=3)).encode(), "format de carnet 3"),
        (json.dumps(notebook(cells={})).encode(), "valable"),
        (json.dumps(notebook(cells=[{"cell_type": "x"}])).encode(), "valable"),
    ],
)
def test_what_is_no_notebook_is_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    """The message names the file, where it breaks, and what to ask for."""
    path = tmp_path / "copie.ipynb"
    path.write_bytes(content)
    with pytest.raises(AlliancesError, match=message) as caught:
        read_notebook(path)
    assert "copie.ipynb" in str(caught.value)


@pytest.mark.parametrize("minor", [0, 4, 5, 999])
def test_minor_versions_are_read(tmp_path: Path, minor: int) -> None:
    """An older or newer minor version of format 4 is read as 4.5, its lists of lines joined."""
    path = tmp_path / "copie.ipynb"
    path.write_text(json.dumps(notebook(nbformat_minor=minor)), encoding="utf-8")
    found = read_notebook(path)
    assert (found["nbformat_minor"], found["cells"][0]["source"]) == (5, "un\ndeux")


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """One byte more than the limit is too much, and the limit is said."""
    path = tmp_path / "big"
    path.write_bytes(b"x" * 2001)
    with pytest.raises(AlliancesError, match="dépasse 2 Ko"):
        read_bounded(path, 2000)
    assert len(read_bounded(path, 2001)) == 2001


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """The last part of a name may have been replaced by a link to somebody else's file."""
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(EnvironmentFault, match="Impossible de lire"):
        read_bounded(tmp_path / "link", 100)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_refused_and_left(tmp_path: Path, make: Any) -> None:
    """A folder or a pipe in the place of a file is named, at once, and no descriptor stays open."""
    make(tmp_path / "x")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(EnvironmentFault, match="Impossible de lire"):
            read_bounded(tmp_path / "x", 100)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def cell(kind: str, **more: Any) -> dict[str, Any]:
    code: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": "x", **code, **more}


@pytest.mark.parametrize(
    ("kind", "left", "fields"),
    [
        ("markdown", {"outputs": []}, "outputs"),
        ("markdown", {"outputs": [], "execution_count": 3}, "execution_count, outputs"),
        ("raw", {"execution_count": None}, "execution_count"),
        ("code", {"attachments": {"a.png": {"image/png": ""}}}, "attachments"),
    ],
)
@pytest.mark.parametrize("minor", [4, 5])
def test_a_cell_that_changed_its_kind_is_read(
    kind: str, left: dict[str, Any], fields: str, minor: int
) -> None:
    """What it kept of the other kind is taken out and named by the cell's place; the rest is as it was."""
    cells = [cell("markdown", id="a"), cell(kind, id="b", **left)]
    content = json.dumps(notebook(cells=cells, nbformat_minor=minor)).encode()
    with pytest.raises(AlliancesError, match="valable"):
        parse_notebook(content, Path("copie.ipynb"))
    found, (noticed,) = parse_copy(content, Path("copie.ipynb"))
    assert found["cells"] == [cell("markdown", id="a"), cell(kind, id="b")]
    assert (noticed.key, noticed.values) == ("fields_dropped", {"place": 2, "fields": fields})
    assert not needs_attention(noticed)
    (stops,) = parse_copy(content, Path("copie.ipynb"), "nbgrader")[1]
    assert needs_attention(stops)
    for language in ("fr", "en"):
        assert all(
            "ell" in say(item, language) and fields in say(item, language) for item in (noticed, stops)
        )


def test_collecting_takes_such_a_copy(tmp_path: Path) -> None:
    """It is collected without what it kept of the other kind, which is told, and graded like any other."""
    course = bare_course(tmp_path)
    release = course.root / "release/tiny_code/tiny_code.ipynb"
    path = hand_in_code(tmp_path / "in", "p01", release, {}) / release.name
    data = json.loads(path.read_bytes())
    place = next(place for place, one in enumerate(data["cells"]) if one["cell_type"] == "markdown")
    data["cells"][place] |= {"outputs": [], "execution_count": 2}
    path.write_text(json.dumps(data), encoding="utf-8")
    result = collect(course, tmp_path / "in")
    assert [(copy.learner, [flag.key for flag in copy.flags]) for copy in result.taken] == [
        ("p01", ["fields_dropped"])
    ]
    kept = json.loads((course.root / "submitted/p01/tiny_code/tiny_code.ipynb").read_bytes())
    assert "outputs" not in kept["cells"][place]


@pytest.mark.parametrize("change", [{"nbformat": 3}, {"metadata": 3}, {"cells": [{"cell_type": "x"}]}])
def test_what_cannot_be_mended_is_refused_as_ever(change: dict[str, Any]) -> None:
    """Taking fields out is no way round the checks."""
    cells = {"cells": [cell("markdown", id="a", outputs=[])]}
    with pytest.raises(AlliancesError, match="carnet"):
        parse_copy(json.dumps(notebook(**{**cells, **change})).encode(), Path("copie.ipynb"))


def test_missing_and_double_ids_are_given_silently() -> None:
    """Nothing reaches the error output, two readings agree, and an id that stands is kept."""
    cells = [cell("markdown"), cell("code", id="a"), cell("raw", id="a"), cell("code", id="cell-1")]
    content = json.dumps(notebook(cells=cells, nbformat_minor=4)).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = [parse_notebook(content, Path("copie.ipynb")) for _ in range(2)]
    assert read[0] == read[1]
    ids = [one["id"] for one in read[0]["cells"]]
    assert (ids[1], ids[3], len(set(ids))) == ("a", "cell-1", 4)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails the old content stands, no draft stays, and the message says so."""
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match=r"le disque est plein.*intact"):
        write_safely(path, b"new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_fingerprint_keeps_its_parts_apart() -> None:
    """Two splits of one text have two fingerprints."""
    assert fingerprint(b"ab", b"c") != fingerprint(b"a", b"bc")


def test_a_manifest_reads_back(tmp_path: Path) -> None:
    """Language and exercises come back; doors decide whether code is run."""
    course = Course(
        tmp_path,
        "en",
        {"tiny": Exercise("tiny", "Tiny", ("form", "code"), {"c01": {"id": "c01"}}, pure=True)},
    )
    write_course(course)
    assert read_course(tmp_path) == course
    assert [course.door_of(name) for name in ("tiny_form", "tiny_code", "other_form", "ps1")] == [
        "form", "code", "code", "code",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "abîmé"),
        ("{}", "abîmé"),
        ('{"format": "alliances-course", "version": 2, "language": "fr"}', "version plus récente"),
        ('{"format": "alliances-course", "version": 1, "language": "de"}', "abîmé"),
        ('{"format": "alliances-course", "version": 1, "language": "fr", "exercises": 3}', "abîmé"),
    ],
)
def test_a_broken_manifest_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """The message says how to get a good one."""
    (tmp_path / "alliances.json").write_text(content, encoding="utf-8")
    with pytest.raises(AlliancesError, match=message):
        read_course(tmp_path)


def test_a_folder_that_is_no_course_says_so(tmp_path: Path) -> None:
    """The message names the command that makes one."""
    with pytest.raises(AlliancesError, match="alliances course create"):
        read_course(tmp_path)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a_b_form", ("a_b", "form")),
        ("a_code", ("a", "code")),
        ("ps1", ("ps1", "")),
        ("_form", ("_form", "")),
    ],
)
def test_assignment_names_are_split(name: str, parts: tuple[str, str]) -> None:
    """The door is what follows the last underscore, where it is a door."""
    assert split_assignment(name) == parts


@pytest.mark.parametrize(("language", "word"), [("fr", "empreinte différente"), ("en", "outside the form")])
def test_a_flag_speaks_both_languages(language: Language, word: str) -> None:
    """A flag is a key until somebody reads it."""
    assert word in Flag("hash_mismatch").say(language)
