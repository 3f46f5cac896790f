"""What a tool keeps of a person's work: one file, the version before it, and a damaged one set aside."""

from __future__ import annotations

import contextlib
import json
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from alliances.storage import previous_of, write_fault, write_safely

__all__ = ["WorkStore", "tool_file"]

_VERSION: Final = 1
_Work = TypeVar("_Work")


def tool_file(name: str) -> Path | None:
    """Return where the learner's folder keeps a file; None when the environment names no folder."""
    folder = os.environ.get("ALLIANCES_WORK")
    return Path(folder) / name if folder else None


class WorkStore(ABC, Generic[_Work]):
    """Reads and writes the work of one tool; without a folder it keeps nothing.

    ``notice`` is the key of a text of the tool with its values, when something happened at reading.
    """

    form: ClassVar[str]
    """What the file says that it is."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notice: tuple[str, dict[str, str]] | None = None

    @abstractmethod
    def from_dict(self, data: dict[str, Any]) -> _Work:
        """Read any JSON object; what has another form counts as not given, so an empty one is no work."""

    @abstractmethod
    def to_dict(self, work: _Work) -> dict[str, Any]:
        """Return the JSON value."""

    def read(self) -> _Work:
        """Return the kept work; a damaged file is replaced by the version before it, or set aside."""
        self.notice = None
        if self.path is None:
            return self.from_dict({})
        for place, path in enumerate((self.path, previous_of(self.path))):
            work = self._read(path)
            if work is not None:
                if place and self.path.exists():
                    self.notice = ("recovered", {})
                return work
        if self.path.exists():
            aside = self.path.with_name(self.path.name + ".damaged")
            with contextlib.suppress(OSError):
                self.path.replace(aside)
            self.notice = ("set_aside", {"name": aside.name})
        return self.from_dict({})

    def write(self, work: _Work) -> None:
        """Keep the work, and the version before it.

        Raises:
            EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
        """
        if self.path is None:
            return
        content = {"format": self.form, "version": _VERSION, **self.to_dict(work)}
        data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        whole = self._read(self.path) is not None
        write_safely(self.path, data.encode("utf-8", "backslashreplace"), keep_previous=whole)

    def erase(self) -> None:
        """Remove the work and every copy of it.

        Raises:
            EnvironmentFault: a file cannot be removed.
        """
        if self.path is None:
            return
        for path in (self.path, previous_of(self.path), self.path.with_name(self.path.name + ".damaged")):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise write_fault(path, error) from error

    def _read(self, path: Path) -> _Work | None:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or data.get("format") != self.form:
            return None
        return self.from_dict(data)
