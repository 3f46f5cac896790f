"""A copy as it was brought: the bytes of its files, and what was graded of it before.

The one process that sees the course folder reads copies and hands them to workers as bytes.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.files import MAX_NOTEBOOK, read_bounded
from alliances_grader.fingerprints import fingerprint

__all__ = ["ANSWERS", "TIMESTAMP", "Brought", "read_copy"]

ANSWERS: Final = "answers.json"
TIMESTAMP: Final = "timestamp.txt"
_MAX_TOTAL: Final = 100_000_000
_MAX_FILES: Final = 2_000
_MAX_DEPTH: Final = 40


@dataclass(frozen=True)
class Brought:
    """One learner's copy of one assignment.

    Attributes:
        student: code of the learner.
        assignment: nbgrader's name of it.
        files: content by path within the copy's folder, ``/`` between its parts.
        previous: graded notebooks of an earlier grading, by name without ``.ipynb``.
    """

    student: str
    assignment: str
    files: Mapping[str, bytes]
    previous: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Digest of the files, whatever their order; when it came is part of it."""
        # A name of the disk's need not be text: bytes that are none travel as half surrogate pairs.
        names = ((name.encode("utf-8", "surrogateescape"), name) for name in sorted(self.files))
        parts = (part for encoded, name in names for part in (encoded, self.files[name]))
        return fingerprint(self.student.encode(), self.assignment.encode(), *parts)

    def to_bytes(self) -> bytes:
        """Return the copy as JSON."""
        return json.dumps(
            {
                "student": self.student,
                "assignment": self.assignment,
                "files": {name: base64.b64encode(content).decode() for name, content in self.files.items()},
                "previous": {
                    name: base64.b64encode(content).decode() for name, content in self.previous.items()
                },
            }
        ).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the copy that ``to_bytes`` wrote."""
        data = json.loads(content)
        for name in ("files", "previous"):
            data[name] = {path: base64.b64decode(text) for path, text in data[name].items()}
        return cls(**data)


def read_copy(root: Path, student: str, assignment: str) -> Brought:
    """Read a copy from a course's ``submitted`` folder; links are not followed, other kinds of files refused.

    Raises:
        AlliancesError: there is no such copy; it holds a link, a pipe or a device; it is too large, or its
            folders are too deep.
        EnvironmentFault: it cannot be read, or went away while it was.
    """
    folder = root / "submitted" / student / assignment
    if not _is_folder(folder) or folder.is_symlink():
        raise AlliancesError("grader.no_copy", student=student, assignment=assignment)
    files: dict[str, bytes] = {}
    total = 0
    for path in _files_below(folder):
        content = read_bounded(path, MAX_NOTEBOOK)
        total += len(content)
        files[path.relative_to(folder).as_posix()] = content
        if total > _MAX_TOTAL or len(files) > _MAX_FILES:
            raise AlliancesError("grader.too_large", path=folder, limit=_MAX_TOTAL // 1000)
    return Brought(student, assignment, files, _graded_before(root, student, assignment))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise EnvironmentFault("grader.cannot_read", path=path, reason=error.strerror or error) from error


def _files_below(folder: Path, depth: int = 0) -> Iterator[Path]:
    if depth > _MAX_DEPTH:
        raise AlliancesError("grading_run.too_deep", path=folder, limit=_MAX_DEPTH)
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in entries)
    except OSError as error:
        raise EnvironmentFault("grader.cannot_read", path=folder, reason=error.strerror or error) from error
    for name, mode in found:
        path = folder / name
        if stat.S_ISDIR(mode):
            # Caches of an interpreter or an editor are no part of a copy, and may be made to deceive.
            if name not in {"__pycache__", ".ipynb_checkpoints"}:
                yield from _files_below(path, depth + 1)
        elif stat.S_ISREG(mode):
            yield path
        else:
            raise AlliancesError("grading_run.special_file", path=path)


def _graded_before(root: Path, student: str, assignment: str) -> dict[str, bytes]:
    folder = root / "autograded" / student / assignment
    if not _is_folder(folder):
        return {}
    return {path.stem: read_bounded(path, MAX_NOTEBOOK) for path in sorted(folder.glob("*.ipynb"))}
