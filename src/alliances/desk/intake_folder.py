"""The files of a folder: no link is followed, no pipe opened, no device read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import is_hidden, is_odd_name, shown
from alliances.desk.intake_types import Entry, Limits
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.files import read_bounded

__all__ = ["folder_entries"]

_DEPTH: Final = 8


def folder_entries(source: Path, limits: Limits) -> list[Entry]:
    """Return the files in a folder, in the order of their names.

    Raises:
        AlliancesError: more files than the limit.
        EnvironmentFault: the folder itself cannot be read.
    """
    found: list[Entry] = []
    for entry in _walk(source, (), _DEPTH):
        found.append(entry)
        if len(found) > limits.entries:
            raise AlliancesError("course_folder.too_many_files", path=source, limit=limits.entries)
    return found


def _walk(folder: Path, parts: tuple[str, ...], depth: int) -> Iterator[Entry]:
    """Yield whatever is no folder, at most ``depth`` levels down, following no link."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or error
        if not parts:
            raise EnvironmentFault("course_folder.cannot_read", path=folder, reason=reason) from error
        # One person's folder that nobody may open must not keep the class waiting.
        problem = AlliancesError("course_folder.cannot_read", path=shown("/".join(parts)), reason=reason)
        yield _closed(parts, problem)
        return
    for entry in entries:
        path, below = Path(entry.path), (*parts, entry.name)
        if is_hidden(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth > 1:
                yield from _walk(path, below, depth - 1)
        elif entry.is_symlink() and entry.is_dir():
            # A link in a folder's place may stand for a copy: that copy is refused.
            yield _closed(below, AlliancesError("course_folder.link", name=shown(entry.name)))
        else:
            yield Entry(below, partial(_read, path), _problem(path))


def _closed(parts: tuple[str, ...], problem: AlliancesError) -> Entry:
    def read(_limit: int) -> tuple[bytes, datetime]:
        raise problem

    return Entry((*parts, "answers.json"), read, problem, closed=True)


def _problem(path: Path) -> AlliancesError | None:
    if is_odd_name(path.name):
        return AlliancesError("course_folder.odd_name", name=shown(path.name))
    try:
        status = path.lstat()
    except OSError as error:
        return AlliancesError(
            "course_folder.cannot_read", path=shown(path.name), reason=error.strerror or error
        )
    # A second name of a file may be somebody else's: the copy would be theirs.
    if stat.S_ISLNK(status.st_mode) or status.st_nlink > 1:
        return AlliancesError("course_folder.link", name=shown(path.name))
    return (
        None
        if stat.S_ISREG(status.st_mode)
        else AlliancesError("course_folder.special", name=shown(path.name))
    )


def _read(path: Path, limit: int) -> tuple[bytes, datetime]:
    return read_bounded(path, limit), datetime.fromtimestamp(path.lstat().st_mtime, UTC)
