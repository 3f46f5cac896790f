"""Writing a file so that a crash, a full disk or a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import NoReturn

from alliances.errors import EnvironmentFault

__all__ = ["previous_of", "write_safely"]


def previous_of(path: Path) -> Path:
    """Return where the version before the current one is kept."""
    return path.with_name(path.name + ".previous")


def write_safely(path: Path, content: bytes, *, keep_previous: bool = False) -> None:
    """Write ``content`` to ``path`` in one step, and keep the old version beside it if asked.

    Raises:
        EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = _written_beside(path, content)
    except OSError as error:
        _fail(path, error)
    try:
        if keep_previous and path.exists():
            old = _written_beside(previous_of(path), path.read_bytes())
            _replace(old, previous_of(path))
        _replace(fresh, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        _fail(path, error)


def _written_beside(path: Path, content: bytes) -> Path:
    """Write a temporary file in the folder of ``path``: a rename across disks would not be one step."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return part


def _replace(part: Path, path: Path) -> None:
    """Put a written file in its place."""
    try:
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _fail(path: Path, error: OSError) -> NoReturn:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise EnvironmentFault("questions.disk_full", path=path) from error
    raise EnvironmentFault("questions.cannot_write", path=path, reason=error.strerror or error) from error
