"""Reading and writing files of the course, with errors that say what to do.

Writing is atomic: a new file takes the old one's place only once it is whole, so a full disk or a
folder that cannot be written leaves what was there.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING, Final

from alliances.errors import EnvironmentFault, SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text", "write_atomically"]

_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})


def read_text(path: Path) -> str:
    """Return the text of a source file, whatever its line ends.

    Raises:
        SourceError: the file is missing, cannot be read, or is not UTF-8 (the line is named).
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceError("course.file_missing", path=path) from None
    except OSError as error:
        raise SourceError("course.file_unreadable", path=path, reason=error.strerror or error) from error
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError("course.not_utf8", path=path, line=line) from None
    return content.replace("\r\n", "\n").replace("\r", "\n")


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, making its folder; the old file stays whole if this fails.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise _fault(path, error) from error


def _fault(path: Path, error: OSError) -> EnvironmentFault:
    if error.errno in _FULL:
        return EnvironmentFault("course.disk_full", path=path)
    if error.errno in _REFUSED:
        return EnvironmentFault("course.not_writable", path=path)
    return EnvironmentFault("course.write_failed", path=path, reason=error.strerror or error)
