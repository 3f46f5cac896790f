"""The files of a zip: nothing is unpacked to the disk, and no declared size is believed."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final

from alliances.desk.copy_names import is_odd_name, shown
from alliances.desk.intake_types import Entry, Limits
from alliances.errors import AlliancesError, EnvironmentFault

__all__ = ["other_archive", "zip_entries"]

_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHER_PACKINGS: Final = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz", 98: "PPMd"}
_HEADER: Final = 30
"""Bytes of a file's own header, its name apart."""
_DIRECTORY_ENTRY: Final = 400
"""Bytes that a file may take in the list of contents, more than any path of a copy needs."""
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_NO_DISK: Final = frozenset({0, 0xFFFF})
_TAR_AT: Final = 257

_OTHERS: Final = (
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b", "gzip (.tar.gz)"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF", "cab"),
)


def other_archive(start: bytes) -> str:
    """Return the kind of archive that a file's first 512 bytes show; empty when it is none but zip."""
    if start[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "tar"
    return next((kind for mark, kind in _OTHERS if start.startswith(mark)), "")


@contextmanager
def zip_entries(stream: IO[bytes], name: Path | str, limits: Limits, most: int) -> Iterator[list[Entry]]:
    """Give the files of a zip, at most ``most``, in the archive's order; they are read while it is open.

    Raises:
        AlliancesError: no zip, another kind of archive, several volumes, too many entries, far too much once
            unpacked, entries that share their bytes, a name that leaves the archive.
        EnvironmentFault: the file cannot be read.
    """
    try:
        _check_outside(stream, name, most)
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise AlliancesError("course_folder.not_a_zip", path=name) from error
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault("course_folder.cannot_read", path=name, reason=reason) from error
    with archive:
        entries = archive.infolist()
        if len(entries) > most:
            raise AlliancesError("course_folder.too_many_files", path=name, limit=most)
        _refuse_bomb(name, entries, limits)
        _refuse_overlaps(name, archive)
        yield [_entry(archive, name, entry) for entry in entries if _stays(name, entry)]


def _check_outside(stream: IO[bytes], name: Path | str, most: int) -> None:
    """Look at an archive before its list of contents is read into memory."""
    start = stream.read(512)
    if kind := other_archive(start):
        raise AlliancesError("intake.other_archive", path=name, kind=kind)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END.size - 0xFFFF))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        if start.startswith(b"PK\x07\x08"):
            raise AlliancesError("intake.volumes", path=name)
        return
    _, disk, first_disk, _, _, length, _, _ = _END.unpack_from(tail, at)
    if not {disk, first_disk} <= _NO_DISK:
        raise AlliancesError("intake.volumes", path=name)
    if at >= _LOCATOR_64.size and tail[at - _LOCATOR_64.size :].startswith(b"PK\x06\x07"):
        _, _, place, disks = _LOCATOR_64.unpack_from(tail, at - _LOCATOR_64.size)
        if disks > 1:
            raise AlliancesError("intake.volumes", path=name)
        stream.seek(place)
        record = stream.read(_END_64.size)
        length = _END_64.unpack(record)[-2] if record.startswith(b"PK\x06\x06") else length
    if length > most * _DIRECTORY_ENTRY:
        raise AlliancesError("course_folder.too_many_files", path=name, limit=most)
    stream.seek(0)


def _refuse_bomb(name: Path | str, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    swollen = unpacked > limits.notebook and unpacked > limits.ratio * max(packed, 1)
    if unpacked > limits.total or swollen:
        raise AlliancesError("course_folder.bomb", path=name, size=unpacked // 1_000_000)


def _refuse_overlaps(name: Path | str, archive: zipfile.ZipFile) -> None:
    # Entries that share their bytes unpack to far more than the archive holds, with honest sizes.
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise AlliancesError("intake.overlap", path=name, name=shown(entry.orig_filename))
        end = entry.header_offset + _HEADER + entry.compress_size
    if end > archive.start_dir:
        raise AlliancesError("course_folder.not_a_zip", path=name)


def _stays(source: Path | str, entry: zipfile.ZipInfo) -> bool:
    """Say whether an entry is a file; refuse the archive when its name leaves it."""
    raw = entry.orig_filename
    # One such name means that the archive was not made by zipping a folder: none of it is taken.
    if raw.startswith("/") or "\\" in raw or ".." in raw.split("/") or re.match(r"[A-Za-z]:", raw):
        raise AlliancesError("course_folder.leaves_archive", path=source, name=shown(raw))
    return not raw.endswith("/")


def _entry(archive: zipfile.ZipFile, source: Path | str, entry: zipfile.ZipInfo) -> Entry:
    parts = PurePosixPath(entry.orig_filename).parts
    name = parts[-1] if parts else ""
    return Entry(parts or (str(source),), partial(_read, archive, entry, name), _problem(entry, name))


def _problem(entry: zipfile.ZipInfo, name: str) -> AlliancesError | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & _ENCRYPTED:
        return AlliancesError("course_folder.encrypted", name=shown(name))
    if kind == stat.S_IFLNK:
        return AlliancesError("course_folder.link", name=shown(name))
    if kind not in {0, stat.S_IFREG}:
        return AlliancesError("course_folder.special", name=shown(name))
    if entry.compress_type not in _PACKINGS:
        # Others may ask for gigabytes of memory before they give a byte.
        packing = _OTHER_PACKINGS.get(entry.compress_type, str(entry.compress_type))
        return AlliancesError("intake.packing", name=shown(name), packing=packing)
    return AlliancesError("course_folder.odd_name", name=shown(name)) if is_odd_name(name) else None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limit: int) -> tuple[bytes, datetime]:
    try:
        # The declared size may lie: what is read is bounded, not what is announced.
        with archive.open(entry) as stream:
            content = stream.read(limit + 1)
        changed = datetime(*entry.date_time).astimezone(UTC)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise AlliancesError("course_folder.bad_entry", name=shown(name), reason=str(error)[:200]) from error
    except Exception as error:
        # zlib.error: each way of packing has an error of its own.
        raise AlliancesError(
            "course_folder.bad_entry", name=shown(name), reason=type(error).__name__
        ) from error
    if len(content) > limit:
        raise AlliancesError("grader.too_large", path=name, limit=limit // 1000)
    return content, changed
