"""What every way of handing in has in common: limits, a file of a source, a copy found but not read yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from alliances.desk.copy_names import shown, wanted_files
from alliances.errors import AlliancesError

__all__ = ["LIMITS", "Entry", "Found", "Known", "Limits", "Reader", "folded"]

Reader = Callable[[int], tuple[bytes, datetime]]
"""Reads a file of at most so many bytes; gives its content and when it was changed (UTC)."""


@dataclass(frozen=True)
class Limits:
    """What is taken at most.

    Attributes:
        entries: files of one source.
        nested: files of a zip that one person handed in.
        files: files of one copy of another course's assignment.
        copy: bytes of all files of one copy, unpacked.
        answers: bytes of an answers file, unpacked.
        notebook: bytes of a notebook or any other file, unpacked.
        total: bytes of a whole source, unpacked.
        ratio: unpacked to packed size.
    """

    entries: int = 100_000
    nested: int = 1_000
    files: int = 200
    copy: int = 100_000_000
    answers: int = 1_000_000
    notebook: int = 20_000_000
    total: int = 8_000_000_000
    ratio: int = 200


LIMITS: Final = Limits()


@dataclass(frozen=True)
class Entry:
    """One file of a source, by its path in it; ``problem`` is a reason not to read it.

    ``closed`` says that it stands for a whole folder, which is a link or cannot be read.
    """

    parts: tuple[str, ...]
    reader: Reader
    problem: AlliancesError | None = None
    closed: bool = False


@dataclass(frozen=True)
class Known:
    """What the course can take: notebooks by assignment, and which assignments have our answers file."""

    notebooks: Mapping[str, frozenset[str]]
    ours: frozenset[str]


@dataclass
class Found:
    """One copy whose files are known by name; ``problem`` is the first reason to refuse it.

    Attributes:
        learner: code, or what the source calls the person until a code is found.
        assignment: nbgrader's name of it; empty when nothing says which.
        origin: ``folder``, ``loose``, ``exchange`` or ``moodle``.
        said: when the source's own name says that it was handed in (UTC).
        whole: every file of the copy is taken, not only those that our exercises have.
        participant: Moodle's number.
    """

    learner: str
    assignment: str
    origin: str = "folder"
    files: dict[str, Reader] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    problem: AlliancesError | None = None
    said: datetime | None = None
    whole: bool = False
    participant: str = ""
    _names: set[str] = field(default_factory=set, repr=False)

    def add(self, name: str, reader: Reader, problem: AlliancesError | None) -> None:
        """Note one file, by its path inside the copy."""
        self.problem = self.problem or problem
        if self.whole or name in wanted_files(self.assignment):
            if folded(name) in self._names:
                self.problem = self.problem or AlliancesError("course_folder.twice", name=shown(name))
            self._names.add(folded(name))
            self.files[name] = reader
        else:
            self.passed_over.append(name)


def folded(name: str) -> str:
    """Return what a name is on a system that knows neither case nor two ways of writing an accent."""
    return unicodedata.normalize("NFC", name).casefold()
