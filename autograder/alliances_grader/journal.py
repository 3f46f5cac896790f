"""The journal of an assignment's grading: what is finished, written down before the gradebook hears of it.

A batch of copies goes, verdicts and all, to the end of the file and onto the disk; then into the gradebook;
then a line says that the gradebook has it. A run that was killed in between is taken up by the next one: what
the journal holds is written to the gradebook from there, and no copy is executed twice. Each line carries its
own check sum; what stands after the last whole line (a kill in the middle of a line, a power cut) is cut off.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_fault, write_safely
from alliances_grader.gradebook_entries import BookEntry, entry_from_json, entry_to_json
from alliances_grader.receipts_graded import Terms

__all__ = ["JOURNAL_FOLDER", "Finished", "Journal", "forget_in_journals", "journal_path"]

JOURNAL_FOLDER: Final = ".alliances/journal"
_FORMAT: Final = "alliances-journal"
_VERSION: Final = 1
_SUM: Final = 9
_START: Final = 64
_MODE: Final = 0o660
"""For the trainer and, where their umask lets it, for the group that shares the course; for nobody else."""
_WORTH_TIDYING: Final = 5_000


@dataclass(frozen=True)
class Finished:
    """A copy that is graded: the entry for the gradebook and the fingerprint of what was graded."""

    entry: BookEntry
    source: str


@dataclass(frozen=True)
class _Line:
    """Where a finished copy stands in the file; its verdict is read again when it is asked for."""

    source: str
    terms: str
    batch: int
    offset: int
    length: int


@dataclass
class _Index:
    copies: dict[tuple[str, str], _Line] = field(default_factory=dict)
    batches: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    last_batch: int = 0
    lines: int = 0


def journal_path(root: Path, assignment: str) -> Path:
    """Return where a course keeps an assignment's journal."""
    return root / JOURNAL_FOLDER / f"{quote(assignment, safe=' ')}.jsonl"


class Journal:
    """One assignment's journal, open for a run that holds the course's lock."""

    def __init__(self, path: Path, assignment: str, terms: Terms) -> None:
        """Open the journal at ``path``, made where there is none.

        Raises:
            AlliancesError: the file is another's, or of a newer version.
            EnvironmentFault: it cannot be read or written.
        """
        self.path = path
        self.assignment = assignment
        self.terms = terms
        self.cut = 0
        """Bytes after the last whole line, cut off at opening."""
        self._index = _Index()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            self._handle = os.open(path, flags, _MODE)
        except OSError as error:
            raise write_fault(path, error) from error
        try:
            self._load()
        except OSError as error:
            self.close()
            raise EnvironmentFault("grader.cannot_read", path=path, reason=error.strerror or error) from error
        except BaseException:
            self.close()
            raise

    def _load(self) -> None:
        size = os.fstat(self._handle).st_size
        with self.path.open("rb") as file:
            end = self._read_lines(file)
        self.cut = size - end
        if self.cut:
            os.ftruncate(self._handle, end)
        os.lseek(self._handle, end, os.SEEK_SET)
        if not end:
            self._append([{"kind": _FORMAT, "version": _VERSION, "assignment": self.assignment}])
        if self._index.lines > max(_WORTH_TIDYING, 3 * len(self._index.copies)) and not self.pending():
            self._tidy()

    def _read_lines(self, file: Iterable[bytes]) -> int:
        end = 0
        for raw in file:
            data = _decoded(raw)
            if data is None:
                break
            if not end:
                self._check_header(data)
            self._learn(data, end, len(raw))
            end += len(raw)
        if not end and self.path.stat().st_size and not self._looks_torn():
            raise AlliancesError("grading_run.journal_foreign", path=self.path, assignment=self.assignment)
        return end

    def _looks_torn(self) -> bool:
        # A first line that was cut short, or that the disk gave back as zeros, is nobody's file but ours.
        with self.path.open("rb") as file:
            start = file.read(_START)
        whole = _encoded({"kind": _FORMAT, "version": _VERSION, "assignment": self.assignment})
        return whole.startswith(start) or not start.strip(b"\0")

    def _check_header(self, data: dict[str, Any]) -> None:
        if data.get("kind") != _FORMAT or data.get("assignment") != self.assignment:
            raise AlliancesError("grading_run.journal_foreign", path=self.path, assignment=self.assignment)
        if data.get("version") != _VERSION:
            found = data.get("version")
            raise AlliancesError("grading_run.journal_newer", path=self.path, found=found, known=_VERSION)

    def _learn(self, data: dict[str, Any], offset: int, length: int) -> None:
        index, kind = self._index, data["kind"]
        index.lines += 1
        if kind == "terms":
            index.terms.add(data["id"])
        elif kind == "copy":
            place = (data["entry"]["student"], data["entry"]["notebook"])
            line = _Line(data["source"], data["terms"], data["batch"], offset, length)
            index.copies[place] = line
            index.batches.setdefault(line.batch, []).append(place)
            index.last_batch = max(index.last_batch, line.batch)
        elif kind == "kept":
            index.batches.pop(data["batch"], None)
        elif kind == "dropped":
            index.copies.pop((data["student"], data["notebook"]), None)

    def find(self, student: str, notebook: str, source: str) -> BookEntry | None:
        """Return the verdict on a copy that was graded already, of the same source and by the same terms."""
        line = self._index.copies.get((student, notebook))
        if line is None or (line.source, line.terms) != (source, self.terms.digest):
            return None
        return self._entry(line)

    def source_of(self, student: str, notebook: str) -> str:
        """Return the fingerprint of what was last graded for a learner, by any terms; empty for nothing."""
        line = self._index.copies.get((student, notebook))
        return "" if line is None else line.source

    def append(self, copies: Sequence[Finished]) -> int:
        """Write a batch down and return its number, once the disk has it.

        Raises:
            EnvironmentFault: the disk is full or refuses; the journal is as it was before.
        """
        batch = self._index.last_batch + 1
        digest = self.terms.digest
        lines: list[dict[str, Any]] = []
        if digest not in self._index.terms:
            lines.append({"kind": "terms", "id": digest, **self.terms.to_json()})
        lines += [
            {
                "kind": "copy",
                "batch": batch,
                "source": copy.source,
                "terms": digest,
                "entry": entry_to_json(copy.entry),
            }
            for copy in copies
        ]
        self._append(lines)
        return batch

    def keep(self, batch: int) -> None:
        """Note that the gradebook has a batch.

        Raises:
            EnvironmentFault: the disk is full or refuses.
        """
        # Not waited for: were it lost, the batch would be written to the gradebook again, to no effect.
        self._append([{"kind": "kept", "batch": batch}], wait=False)

    def drop(self, places: Iterable[tuple[str, str]]) -> None:
        """Forget the verdicts on some copies (student, notebook): they are to be graded again.

        Raises:
            EnvironmentFault: the disk is full or refuses.
        """
        self._append(
            [{"kind": "dropped", "student": student, "notebook": name} for student, name in places],
            wait=False,
        )

    def pending(self) -> dict[int, list[BookEntry]]:
        """Return the batches that the gradebook may not have, oldest first."""
        found: dict[int, list[BookEntry]] = {}
        for batch, places in sorted(self._index.batches.items()):
            lines = [self._index.copies.get(place) for place in places]
            found[batch] = [self._entry(line) for line in lines if line is not None and line.batch == batch]
        return found

    def _entry(self, line: _Line) -> BookEntry:
        with self.path.open("rb") as file:
            file.seek(line.offset)
            data = _decoded(file.read(line.length))
        if data is None:
            raise EnvironmentFault("grader.cannot_read", path=self.path, reason=f"offset {line.offset}")
        return entry_from_json(data["entry"])

    def _append(self, lines: list[dict[str, Any]], *, wait: bool = True) -> None:
        encoded = [_encoded(line) for line in lines]
        start = os.lseek(self._handle, 0, os.SEEK_END)
        try:
            _write_all(self._handle, b"".join(encoded))
            if wait:
                os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, start)
            os.lseek(self._handle, start, os.SEEK_SET)
            raise write_fault(self.path, error) from error
        for line, raw in zip(lines, encoded, strict=True):
            self._learn(line, start, len(raw))
            start += len(raw)

    def _tidy(self) -> None:
        """Write the file anew with what still counts."""
        kept = {(line.offset, line.length) for line in self._index.copies.values()}
        used = {line.terms for line in self._index.copies.values()}
        lines = [_encoded({"kind": _FORMAT, "version": _VERSION, "assignment": self.assignment})]
        offset = 0
        for raw in self.path.read_bytes().splitlines(keepends=True):
            data = _decoded(raw) or {}
            if (offset, len(raw)) in kept or (data.get("kind") == "terms" and data.get("id") in used):
                lines.append(raw)
            offset += len(raw)
        batches = {line.batch for line in self._index.copies.values()}
        lines += [_encoded({"kind": "kept", "batch": batch}) for batch in sorted(batches)]
        # Closed first: Windows replaces no file that is open.
        self.close()
        _rewrite(self.path, b"".join(lines))
        self._handle = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        self._index = _Index()
        with self.path.open("rb") as file:
            os.lseek(self._handle, self._read_lines(file), os.SEEK_SET)

    def close(self) -> None:
        """Close the file; nothing is pending in memory."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        """Return the open journal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()


def forget_in_journals(root: Path, student: str) -> int:
    """Erase one learner from every journal of a course and return how many verdicts went.

    The caller holds the course's lock. The files are written anew, so that the old text is no longer in them.

    Raises:
        EnvironmentFault: a journal cannot be read or written.
    """
    erased = 0
    for path in sorted((root / JOURNAL_FOLDER).glob("*.jsonl")):
        try:
            lines = path.read_bytes().splitlines(keepends=True)
        except OSError as error:
            raise EnvironmentFault("grader.cannot_read", path=path, reason=error.strerror or error) from error
        kept = [raw for raw in lines if not _is_about(raw, student)]
        if len(kept) < len(lines):
            _rewrite(path, b"".join(kept))
            erased += len(lines) - len(kept)
    return erased


def _rewrite(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o777
    write_safely(path, content)
    path.chmod(mode)


def _is_about(raw: bytes, student: str) -> bool:
    data = _decoded(raw)
    if data is None:
        # What cannot be read might be about anybody, and nothing reads it again.
        return True
    return student in {data.get("student"), (data.get("entry") or {}).get("student")}


def _encoded(data: dict[str, Any]) -> bytes:
    content = json.dumps(data, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _decoded(raw: bytes) -> dict[str, Any] | None:
    """Return what a line says; ``None`` when it is not whole."""
    content = raw[_SUM:-1]
    if not raw.endswith(b"\n") or raw[:_SUM] != b"%08x " % zlib.crc32(content):
        return None
    data: dict[str, Any] = json.loads(content)
    return data


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
