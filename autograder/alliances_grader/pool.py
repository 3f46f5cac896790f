"""Worker processes of this machine: a copy to each that is free; one that dies is replaced.

What travels is JSON in both directions. A copy whose worker died is given to another one, once: the second
time it is refused by name. Whatever workers leave behind, however they end, lies in one folder that the pool
removes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_fault
from alliances_grader.box_tree import remove_tree
from alliances_grader.copies import Brought
from alliances_grader.kit import Kit
from alliances_grader.pool_worker import serve
from alliances_grader.worker import Graded, Worker

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

__all__ = ["Done", "InThisProcess", "LocalPool", "cores"]

_TRIES: Final = 2
_SLACK: Final = 60.0
"""Seconds beyond a copy's own limits after which its worker is taken to hang."""
_DEATHS: Final = 3
"""Deaths for each worker, without one copy graded in between, after which the machine is at fault."""


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


@dataclass(frozen=True)
class Done:
    """A copy and what became of it; ``seconds`` from the moment it was handed to a worker."""

    copy: Brought
    graded: Graded
    seconds: float


class InThisProcess:
    """Grades copies here, one after the other: for a few of them, which no worker's start would pay for."""

    def __init__(self, kit: Kit) -> None:
        self._worker = Worker(kit)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what grading started."""
        self._worker.__exit__(kind, error, trace)

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy, graded.

        Raises:
            EnvironmentFault: the machine is at fault.
        """
        for copy in copies:
            began = time.monotonic()
            graded = self._worker.grade(copy)
            yield Done(copy, graded, time.monotonic() - began)


@dataclass
class _Busy:
    """A worker process and the copy that it has."""

    process: SpawnProcess
    connection: Connection
    copy: Brought | None = None
    since: float = 0.0
    hung: bool = False


class LocalPool:
    """``jobs`` worker processes for one assignment. Make it, and use it, from one thread."""

    def __init__(self, kit: Kit, jobs: int, *, slack: float = _SLACK) -> None:
        """Make ready; workers start with the first copies.

        Args:
            kit: the assignment.
            jobs: how many workers at once.
            slack: seconds beyond what its limits allow, after which a copy's worker is taken to hang.
        """
        self._kit = kit.to_bytes()
        # What all the notebooks of a copy may take by their own limits.
        each = kit.run_limits.copy_seconds + kit.box_limits.wall_seconds
        self._patience = each * max(1, len(kit.notebooks)) + slack
        self._jobs = jobs
        self._deaths = 0
        self._folder: Path | None = None
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Busy] = []
        self._source: Iterator[Brought] = iter(())
        self._again: deque[Brought] = deque()
        self._tries: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Make the folder for the workers' own files.

        Raises:
            EnvironmentFault: there is no room for temporary files.
        """
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="alliances-run-"))
        except OSError as error:
            raise write_fault(Path(tempfile.gettempdir()), error) from error
        # A box that runs under a uid of its own has to get to its tree, which is closed to others.
        self._folder.chmod(0o711)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers: by themselves when they are idle, at once after an error; leave nothing behind."""
        for worker in self._workers:
            worker.connection.close()
            if kind is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(10)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers = []
        if self._folder is not None:
            remove_tree(self._folder)

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished, in any order.

        Raises:
            EnvironmentFault: the machine is at fault.
        """
        self._source, self._again, self._tries = iter(copies), deque(), {}
        self._deaths = 0
        for _ in range(self._jobs):
            worker = self._start()
            self._feed(worker)
            if worker.copy is None:
                break
        while busy := [worker for worker in self._workers if worker.copy is not None]:
            for worker in self._heard(busy):
                done = self._finished(worker)
                if done is not None:
                    yield done

    def _feed(self, worker: _Busy) -> None:
        """Give a worker its next copy, if there is one."""
        worker.copy = self._again.popleft() if self._again else next(self._source, None)
        if worker.copy is None:
            return
        student = worker.copy.student
        self._tries[student] = self._tries.get(student, 0) + 1
        worker.since = time.monotonic()
        # A worker that has just died is noticed when it is heard.
        with suppress(OSError):
            worker.connection.send_bytes(worker.copy.to_bytes())

    def _finished(self, worker: _Busy) -> Done | None:
        """Take what a worker has to say and let it go on, before this side writes."""
        copy, since = worker.copy, worker.since
        if copy is None:
            return None
        graded = self._result(worker)
        if graded is None:
            self._workers.remove(worker)
            refused = self._dead(worker, copy.student)
            worker = self._start()
            if refused is None:
                self._again.append(copy)
                self._feed(worker)
                return None
            graded = Graded(copy.student, refused=refused)
        else:
            self._deaths = 0
        if isinstance(graded.refused, EnvironmentFault):
            raise graded.refused
        self._feed(worker)
        self._tries.pop(copy.student, None)
        return Done(copy, graded, time.monotonic() - since)

    def _dead(self, worker: _Busy, student: str) -> AlliancesError | None:
        """Return why a copy is refused after its worker's death; None for one that has a try left.

        Raises:
            EnvironmentFault: workers do nothing but die here.
        """
        self._deaths += 1
        if self._deaths > _DEATHS * self._jobs:
            raise EnvironmentFault("grading_run.workers_die", count=self._deaths)
        if self._tries[student] < _TRIES:
            return None
        if worker.hung:
            return AlliancesError("grading_run.worker_hung", seconds=round(self._patience))
        return AlliancesError("grading_run.worker_died")

    def _start(self) -> _Busy:
        ours, theirs = self._context.Pipe()
        folder = "" if self._folder is None else str(self._folder)
        process = self._context.Process(target=serve, args=(theirs, self._kit, folder), daemon=True)
        with _without_interrupt():
            process.start()
        theirs.close()
        worker = _Busy(process, ours)
        self._workers.append(worker)
        return worker

    def _heard(self, busy: list[_Busy]) -> list[_Busy]:
        """Return the workers that have something to say, or have died; those that hang are ended first."""
        now = time.monotonic()
        for worker in busy:
            if not worker.hung and now - worker.since >= self._patience:
                worker.hung = True
                worker.process.kill()
        ends = [worker.since + self._patience for worker in busy if not worker.hung]
        left = max(0.0, min(ends) - now) if ends else None
        ready = wait([worker.connection for worker in busy], timeout=left)
        return [worker for worker in busy if worker.connection in ready]

    @staticmethod
    def _result(worker: _Busy) -> Graded | None:
        """Return what a worker sent; ``None`` when it died."""
        try:
            return Graded.from_bytes(worker.connection.recv_bytes())
        except (EOFError, OSError):
            worker.connection.close()
            worker.process.kill()
            worker.process.join()
            return None


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Keep Ctrl+C back while a worker starts: it would die of it before it can turn a deaf ear."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
