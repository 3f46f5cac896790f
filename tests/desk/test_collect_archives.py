"""A corpus of archives that would do harm or are none: each is refused by name, with what to do about it."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from copies import GOOD, bare_course, hand_in, zipped

from alliances.desk.collecting import collect
from alliances.desk.intake import LIMITS
from alliances.errors import AlliancesError
from alliances_grader.course_manifest import Course

PLACE = "p09/tiny_form/answers.json"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bare_course(tmp_path)


def raw_zip(
    entries: list[tuple[bytes, int, int, int]], data: bytes, *, disk: int = 0, directory: bytes = b""
) -> bytes:
    """Write a zip by hand: entries are name, offset of the header, packed size, unpacked size."""
    listed = b"".join(
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, packed, size, len(n), 0, 0, 0, 0, 0, at
        )
        + n
        for n, at, packed, size in entries
    )
    listed += directory
    count = len(entries)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", disk, disk, count, count, len(listed), len(data), 0)
    return data + listed + end


def overlapping() -> bytes:
    """Two entries with honest sizes whose headers lead to the same packed bytes, as a quoted-kernel bomb."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packed.compress(bytes(1000)) + packed.flush()
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(kernel), 1000, 1, 0) + b"a"
    return raw_zip([(b"a", 0, len(kernel), 1000), (b"a", 0, len(kernel), 1000)], head + kernel)


def endless_directory() -> bytes:
    """A list of contents far longer than any class needs, though the count at its end is small."""
    return raw_zip([], b"", directory=bytes(2_000))


def tar(kind: bytes = tarfile.REGTYPE) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo(PLACE)
        entry.type = kind
        entry.linkname = "/etc/passwd" if kind != tarfile.REGTYPE else ""
        archive.addfile(entry)
    return stream.getvalue()


WHOLE: dict[str, tuple[bytes, str]] = {
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "archive 7z.*Décompressez-la"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "archive RAR.*Décompressez-la"),
    "tar": (tar(), "archive tar.*Décompressez-la"),
    "tar with a hard link": (tar(tarfile.LNKTYPE), "archive tar"),
    "tar.gz": (b"\x1f\x8b\x08\x00", "archive gzip"),
    "tar.xz": (b"\xfd7zXZ\x00\x00", "archive xz"),
    "tar.bz2": (b"BZh91AY", "archive bzip2"),
    "tar.zst": (b"\x28\xb5\x2f\xfd", "archive zstd"),
    "cab": (b"MSCF\x00\x00", "archive cab"),
    "first of several volumes": (b"PK\x07\x08PK\x03\x04", "plusieurs volumes.*Réunissez"),
    "last of several volumes": (raw_zip([], b"", disk=2), "plusieurs volumes"),
    "overlapping entries": (overlapping(), "mêmes octets"),
    "list of contents too long": (endless_directory(), "plus de 3 fichiers"),
    "entry beyond the list of contents": (
        raw_zip([(b"a", 0, 500, 500)], b""),
        "ni un dossier ni une archive",
    ),
    "nothing": (b"", "ni un dossier ni une archive"),
    "end of a zip alone, in the middle": (b"PK\x05\x06", "ni un dossier ni une archive"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_an_archive_that_is_a_trap_or_no_zip_is_refused_whole(
    course: Course, tmp_path: Path, name: str
) -> None:
    """Nothing of it is taken, whatever its file is called; the message names its kind and the way out."""
    content, message = WHOLE[name]
    (tmp_path / "copies.zip").write_bytes(content)
    with pytest.raises(AlliancesError, match=message):
        collect(course, tmp_path / "copies.zip", replace(LIMITS, entries=3))
    assert not (course.root / "submitted").exists()


def special(kind: int) -> Callable[[zipfile.ZipFile], None]:
    def add(archive: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo(PLACE)
        entry.create_system = 3
        entry.external_attr = (kind | 0o666) << 16
        archive.writestr(entry, "x")

    return add


def packed_as(kind: int) -> Callable[[zipfile.ZipFile], None]:
    return lambda archive: archive.writestr(PLACE, "x", kind)


def two_accents(archive: zipfile.ZipFile) -> None:
    for name in ("\u00e9", "e\u0301"):
        archive.writestr(f"p09/tiny_form/{name}", "x")


ENTRIES: dict[str, tuple[Callable[[zipfile.ZipFile], object], str]] = {
    "symbolic link": (special(stat.S_IFLNK), "est un lien"),
    "FIFO": (special(stat.S_IFIFO), "pas un fichier ordinaire"),
    "character device": (special(stat.S_IFCHR), "pas un fichier ordinaire"),
    "block device": (special(stat.S_IFBLK), "pas un fichier ordinaire"),
    "socket": (special(stat.S_IFSOCK), "pas un fichier ordinaire"),
    "bzip2 inside": (packed_as(zipfile.ZIP_BZIP2), r"inhabituelle \(bzip2\)"),
    "lzma inside": (packed_as(zipfile.ZIP_LZMA), r"inhabituelle \(lzma\)"),
    "control character": (lambda z: z.writestr("p09/tiny_form/a\x07b", "x"), "nom de fichier refusé"),
    "reserved name": (lambda z: z.writestr("p09/tiny_form/NUL.txt", "x"), "NUL.txt .réservé"),
    "trailing dot": (lambda z: z.writestr("p09/tiny_form/a.", "x"), "nom de fichier refusé"),
    "too long a name": (lambda z: z.writestr(f"p09/tiny_form/{'a' * 256}", "x"), "nom de fichier refusé"),
    "only the case differs": (lambda z: z.writestr("p01/tiny_form/Answers.json", "x"), "deux fois"),
    "only the way of writing é differs": (two_accents, "deux fois"),
    "larger than announced": (lambda z: z.writestr(PLACE, "x" * 1_000_001), "dépasse 1000"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_bad_entry_is_refused_by_name_and_costs_only_its_copy(
    course: Course, tmp_path: Path, name: str
) -> None:
    """Another learner's copy in the same archive is taken."""
    harm, message = ENTRIES[name]
    hand_in(tmp_path / "in", "p01", GOOD)
    hand_in(tmp_path / "in", "p02", GOOD)
    result = collect(course, zipped(tmp_path / "in", tmp_path / "in.zip", harm))
    assert "p02" in [copy.learner for copy in result.taken]
    with pytest.raises(AlliancesError, match=message):
        raise result.refused[0].reason
    assert not list((course.root / "submitted").rglob("p09"))


def test_an_archive_in_another_ones_place_is_set_aside_unopened(course: Course, tmp_path: Path) -> None:
    """A zip inside a copy of ours is no part of it: it is named, and never unpacked."""
    hand_in(tmp_path / "in", "p01", GOOD)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(10_000_000))
    source = zipped(
        tmp_path / "in", tmp_path / "in.zip", lambda z: z.writestr("p01/tiny_form/b.zip", inner.getvalue())
    )
    (copy,) = collect(course, source).taken
    assert copy.passed_over == ("b.zip",)


def test_an_archive_of_the_longer_form_is_read(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zip64, which large classes need, is a zip like another: its own count and length are looked at."""
    hand_in(tmp_path / "in", "p01", GOOD)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
    archive = zipped(tmp_path / "in", tmp_path / "in.zip")
    monkeypatch.undo()
    assert b"PK\x06\x06" in archive.read_bytes()
    with pytest.raises(AlliancesError, match="plus de 0 fichiers"):
        collect(course, archive, replace(LIMITS, entries=0))
    assert len(collect(course, archive).taken) == 1
