"""Finished copies on their way to the gradebook, in batches, through the journal: none lost, none twice."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import Final, Protocol, Self

from alliances.errors import EnvironmentFault
from alliances_grader.gradebook import Refused, Written
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.journal import Finished, Journal

__all__ = ["Ledger", "Writer"]

_BATCH: Final = 200
_PATIENCE: Final = 5.0


class Writer(Protocol):
    """What the ledger needs of ``GradebookWriter``."""

    def write(self, batch: Iterable[BookEntry]) -> Written:
        """Write a batch, all of it or nothing."""

    def recorded(self, assignment: str) -> frozenset[tuple[str, str]]:
        """Return student and notebook of the copies that the gradebook has."""


class Ledger:
    """The one writer of a run: the caller holds the course's lock and has made the copies' own files.

    A copy's files (graded notebook, receipt) come first, the ledger second: what the ledger calls finished is
    there to be seen.
    """

    def __init__(
        self, journal: Journal, writer: Writer, *, batch: int = _BATCH, patience: float = _PATIENCE
    ) -> None:
        """Take up what an earlier run left between journal and gradebook.

        Args:
            journal: of this assignment.
            writer: of this course's gradebook.
            batch: copies that are written together.
            patience: seconds after which an unfilled batch is written all the same.

        Raises:
            EnvironmentFault: the gradebook cannot be written; the journal keeps what it has.
        """
        self.refused: list[Refused] = []
        """Copies that the gradebook could not take, and why."""
        self.taken_up = 0
        """Copies of an earlier run that were written without being graded again."""
        self._journal = journal
        self._writer = writer
        self._size = batch
        self._patience = patience
        self._waiting: list[Finished] = []
        self._oldest = 0.0
        for number, entries in journal.pending().items():
            self.taken_up += self._settle(number, entries)
        self._recorded = set(writer.recorded(journal.assignment))

    def find(self, student: str, notebook: str, source: str) -> BookEntry | None:
        """Return the verdict on a copy that need not be graded again.

        Same source, same terms, and the gradebook still has it: one that was replaced by an empty gradebook,
        or a learner taken out of it, is graded again. The caller looks whether the graded notebook is there.
        """
        if (student, notebook) not in self._recorded:
            return None
        return self._journal.find(student, notebook, source)

    def add(self, entry: BookEntry, source: str) -> None:
        """Hand in a graded copy; every so often this writes a batch.

        Raises:
            EnvironmentFault: as ``flush``.
        """
        if not self._waiting:
            self._oldest = time.monotonic()
        self._waiting.append(Finished(entry, source))
        if len(self._waiting) >= self._size or time.monotonic() - self._oldest >= self._patience:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting: to the journal, to the gradebook, and that it is there.

        Raises:
            EnvironmentFault: a disk is full, the gradebook is locked or out of reach. What reached the
                journal is written to the gradebook by the next run; nothing is half-written.
        """
        if not self._waiting:
            return
        number = self._journal.append(self._waiting)
        entries, self._waiting = [copy.entry for copy in self._waiting], []
        self._settle(number, entries)

    def _settle(self, number: int, entries: list[BookEntry]) -> int:
        written = self._writer.write(entries)
        if written.refused:
            self.refused += written.refused
            self._journal.drop((refused.student, refused.notebook) for refused in written.refused)
        self._journal.keep(number)
        return written.copies

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is waiting, also when the run was interrupted.

        After a fault of the machine it is tried: what is finished may still be kept, and if not, it is the
        first fault that counts.
        """
        with suppress(EnvironmentFault) if isinstance(error, EnvironmentFault) else nullcontext():
            self.flush()
