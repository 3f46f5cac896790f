"""Copies found in a zip: nothing is unpacked to the disk, and no declared size is believed."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from alliances.desk.copy_names import is_odd_name, place_of, shown
from alliances.desk.intake_flat import Loose, flat_copies, is_flat_name
from alliances.desk.intake_types import Found, Limits
from alliances.errors import AlliancesError, EnvironmentFault

__all__ = ["copies_of_zip"]

_ENCRYPTED: Final = 0x1


def copies_of_zip(source: Path, limits: Limits) -> Iterator[Found]:
    """Yield the copies in a zip, by learner and assignment; each is read before the next is asked for.

    Raises:
        AlliancesError: no zip, too many entries, far too much once unpacked, a name that leaves the archive.
        EnvironmentFault: the file cannot be read.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise AlliancesError("course_folder.not_a_zip", path=source) from error
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault("course_folder.cannot_read", path=source, reason=reason) from error
    with archive:
        entries = archive.infolist()
        if len(entries) > limits.entries:
            raise AlliancesError("course_folder.too_many_files", path=source, limit=limits.entries)
        _refuse_bomb(source, entries, limits)
        found: dict[tuple[str, str], Found] = {}
        taken: set[str] = set()
        loose: list[Loose] = []
        for entry in entries:
            _note(archive, source, entry, found, taken)
            if is_flat_name(PurePosixPath(entry.orig_filename).parts) and not entry.is_dir():
                name = entry.orig_filename
                loose.append(Loose(name, partial(_read, archive, entry, name), _problem(entry, name)))
        for _, copy in sorted(found.items()):
            yield copy
        yield from flat_copies(loose, limits)


def _refuse_bomb(source: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    swollen = unpacked > limits.notebook and unpacked > limits.ratio * max(packed, 1)
    if unpacked > limits.total or swollen:
        raise AlliancesError("course_folder.bomb", path=source, size=unpacked // 1_000_000)


def _note(
    archive: zipfile.ZipFile,
    source: Path,
    entry: zipfile.ZipInfo,
    found: dict[tuple[str, str], Found],
    taken: set[str],
) -> None:
    raw = entry.orig_filename
    parts = PurePosixPath(raw).parts
    # One such name means that the archive was not made by zipping a folder: none of it is taken.
    if raw.startswith("/") or "\\" in raw or ".." in parts or re.match(r"[A-Za-z]:", raw):
        raise AlliancesError("course_folder.leaves_archive", path=source, name=shown(raw))
    place = None if entry.is_dir() else place_of(parts)
    if place is None:
        return
    learner, assignment, name = place
    copy = found.setdefault((learner, assignment), Found(learner, assignment))
    folded = raw.casefold()
    problem = _problem(entry, name)
    if folded in taken:
        problem = problem or AlliancesError("course_folder.twice", name=shown(name))
    taken.add(folded)
    copy.add(name, partial(_read, archive, entry, name), problem)


def _problem(entry: zipfile.ZipInfo, name: str) -> AlliancesError | None:
    if entry.flag_bits & _ENCRYPTED:
        return AlliancesError("course_folder.encrypted", name=shown(name))
    if stat.S_ISLNK(entry.external_attr >> 16):
        return AlliancesError("course_folder.link", name=shown(name))
    return AlliancesError("course_folder.odd_name", name=shown(name)) if is_odd_name(name) else None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limit: int) -> tuple[bytes, datetime]:
    try:
        # The declared size may lie: what is read is bounded, not what is announced.
        with archive.open(entry) as stream:
            content = stream.read(limit + 1)
        changed = datetime(*entry.date_time).astimezone(UTC)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise AlliancesError("course_folder.bad_entry", name=name, reason=str(error)[:200]) from error
    except Exception as error:
        # zlib.error, lzma.LZMAError: each way of packing has an error of its own.
        raise AlliancesError("course_folder.bad_entry", name=name, reason=type(error).__name__) from error
    if len(content) > limit:
        raise AlliancesError("grader.too_large", path=name, limit=limit // 1000)
    return content, changed
