"""Reading the course's sources, with errors that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text"]


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
