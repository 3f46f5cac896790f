"""Writing a file so that a crash, a full disk or a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import Final

from alliances.errors import EnvironmentFault

__all__ = ["previous_of", "write_fault", "write_safely"]

_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})


def previous_of(path: Path) -> Path:
    """Return where the version before the current one is kept."""
    return path.with_name(path.name + ".previous")


def write_safely(path: Path, content: bytes, *, keep_previous: bool = False, wait: bool = True) -> None:
    """Write ``content`` to ``path`` in one step, and keep the old version beside it if asked.

    Without ``wait`` the disk is not waited for: after a power cut the file may be missing or empty. For what
    can be made again.

    Raises:
        EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = _written_beside(path, content, wait=wait)
    except OSError as error:
        raise write_fault(path, error) from error
    try:
        if keep_previous and path.exists():
            old = _written_beside(previous_of(path), path.read_bytes(), wait=wait)
            _replace(old, previous_of(path))
        _replace(fresh, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise write_fault(path, error) from error


def _written_beside(path: Path, content: bytes, *, wait: bool) -> Path:
    """Write a temporary file in the folder of ``path``: a rename across disks would not be one step."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            if wait:
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


def write_fault(path: Path, error: OSError) -> EnvironmentFault:
    """Return what to raise when ``path`` cannot be written: full disk, no right, or the system's reason."""
    if error.errno in _FULL:
        return EnvironmentFault("storage.disk_full", path=path)
    if error.errno in _REFUSED:
        return EnvironmentFault("storage.not_writable", path=path)
    return EnvironmentFault("storage.write_failed", path=path, reason=error.strerror or error)
