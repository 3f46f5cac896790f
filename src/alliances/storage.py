"""Writing a file so that a crash, a full disk or a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["one_at_a_time", "previous_of", "write_fault", "write_safely"]

_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})


_TRIES: Final = 200
_PAUSE: Final = 0.01  # seconds between two tries


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process at a time read, merge and write back what is in ``folder``, which is made if need be.

    The system lets go when a process ends, however it ends, and nothing is left in the folder. Where folders
    cannot be locked (Windows, a browser, some network disks), or a holder hangs for two seconds, none waits.
    Not to be nested.
    """
    number = _locked(folder)
    try:
        yield
    finally:
        if number is not None:
            os.close(number)


def _locked(folder: Path) -> int | None:
    """Return the open folder that holds the lock, None when there is no lock to be had."""
    try:
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        number = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    for _ in range(_TRIES):
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError:
            break
        else:
            return number
    os.close(number)
    return None


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
