"""Copies found in a folder: no link is followed, no pipe opened, no device read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from alliances.desk.copy_names import is_odd_name, place_of, shown
from alliances.desk.intake_flat import Loose, flat_copies, is_flat_name
from alliances.desk.intake_types import Found, Limits
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.files import read_bounded

__all__ = ["copies_of_folder"]

_DEPTH: Final = 4


def copies_of_folder(source: Path, limits: Limits) -> list[Found]:
    """Return the copies in a folder, by learner and assignment.

    Raises:
        AlliancesError: more files than the limit.
        EnvironmentFault: a folder cannot be read.
    """
    found: dict[tuple[str, str], Found] = {}
    loose: list[Loose] = []
    for count, path in enumerate(_walk(source, _DEPTH), start=1):
        if count > limits.entries:
            raise AlliancesError("course_folder.too_many_files", path=source, limit=limits.entries)
        parts = path.relative_to(source).parts
        if is_flat_name(parts):
            loose.append(Loose(path.name, partial(_read, path), _problem(path)))
        place = place_of(parts)
        if place is not None:
            learner, assignment, name = place
            copy = found.setdefault((learner, assignment), Found(learner, assignment))
            copy.add(name, partial(_read, path), _problem(path))
    return [*(copy for _, copy in sorted(found.items())), *flat_copies(loose, limits)]


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield whatever is no folder, at most ``depth`` levels down, following no link."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault("course_folder.cannot_read", path=folder, reason=reason) from error
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if depth > 1:
                yield from _walk(path, depth - 1)
        elif entry.is_symlink() and entry.is_dir() and depth > 1:
            # A link in a folder's place stands for a copy: shown as its file, so that the copy is refused.
            yield path / "answers.json"
        else:
            yield path


def _problem(path: Path) -> AlliancesError | None:
    if path.parent.is_symlink():
        return AlliancesError("course_folder.link", name=shown(path.parent.name))
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
