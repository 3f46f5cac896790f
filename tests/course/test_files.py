"""Reading and writing the course's files."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from alliances.course.files import read_text
from alliances.errors import EnvironmentFault, SourceError
from alliances.storage import write_safely

if TYPE_CHECKING:
    from pathlib import Path


def test_windows_line_ends_and_mark_are_read(tmp_path: Path) -> None:
    """A file saved on Windows reads as one saved elsewhere."""
    path = tmp_path / "a.md"
    path.write_bytes("\ufeffun\r\ndeux\r".encode())
    assert read_text(path) == "un\ndeux\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A missing file is a refusal that names it."""
    with pytest.raises(SourceError, match=r"a\.md: ce fichier manque → créez-le"):
        read_text(tmp_path / "a.md")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    """A folder in the place of a file is a refusal."""
    with pytest.raises(SourceError, match="ce fichier ne peut pas être lu"):
        read_text(tmp_path)


def test_the_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """Text in another encoding is refused with its line."""
    path = tmp_path / "a.md"
    path.write_bytes(b"un\ndeux\n\xe9t\xe9\n")
    with pytest.raises(SourceError, match=r"a\.md:3: cette ligne n'est pas en UTF-8"):
        read_text(path)


@pytest.mark.parametrize(
    ("code", "french", "english"),
    [
        (errno.ENOSPC, "le disque est plein. L'ancien fichier est intact", "the disk is full. The old file"),
        (
            errno.EROFS,
            "l'accès est refusé. L'ancien fichier est intact",
            "access is refused. The old file is intact",
        ),
        (errno.EACCES, "rendez ce dossier accessible en écriture", "make this folder writable"),
        (errno.EIO, "L'ancien fichier est intact → vérifiez ce chemin", "The old file is intact → check"),
    ],
)
def test_a_machine_that_cannot_write_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, french: str, english: str
) -> None:
    """When writing fails half-way the old file is whole, no draft is left, and both languages say why."""
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def refuse(_number: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentFault) as caught:
        write_safely(path, b"new")
    assert french in caught.value.in_language("fr")
    assert english in caught.value.in_language("en")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """A path that goes through a file cannot be written."""
    (tmp_path / "build").write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        write_safely(tmp_path / "build" / "a.json", b"new")
