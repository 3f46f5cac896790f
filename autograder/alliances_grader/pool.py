"""Worker processes of this machine: a copy to each that is free; one that dies is replaced.

What travels is JSON in both directions. A copy whose worker died is given to another one, once: the second
time it is refused by name. Whatever workers leave behind, however they end, lies in one folder that the pool
removes.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded
from alliances_grader.kit import Kit
from alliances_grader.pool_growth import Growth, Pace
from alliances_grader.pool_processes import Busy, WorkerProcesses
from alliances_grader.pool_worker import COPY, KIT
from alliances_grader.warm_parent import Wanted

if TYPE_CHECKING:
    from alliances_grader.warm_parent import WarmParent

__all__ = ["Done", "InThisProcess", "LocalPool"]

_TRIES: Final = 2
_SLACK: Final = 60.0
"""Seconds beyond a copy's own limits after which its worker is taken to hang."""
_DEATHS: Final = 3
"""Deaths for each worker, without one copy graded in between, after which the machine is at fault."""


@dataclass(frozen=True)
class Done:
    """A copy and what became of it; ``seconds`` from the moment it was handed to a worker."""

    copy: Brought
    graded: Graded
    seconds: float


@dataclass(frozen=True)
class _Sent:
    """A kit as it is sent, and the seconds after which a worker with one of its copies is taken to hang."""

    content: bytes
    patience: float


def _allowed(kit: Kit) -> float:
    """Return the seconds that all the notebooks of a copy may take by their own limits."""
    each = kit.run_limits.copy_seconds + kit.box_limits.wall_seconds
    return each * max(1, len(kit.notebooks))


def _name(copy: Brought) -> tuple[str, str]:
    return copy.assignment, copy.student


class InThisProcess:
    """Grades copies here, one after the other: for a few of them, which no worker's start would pay for."""

    def __init__(self, kits: Sequence[Kit], early: WarmParent | None = None) -> None:
        """Make ready; ``early`` is a warm parent that was started before the kits were known."""
        from alliances_grader.warm_parents import WarmParents
        from alliances_grader.worker import Worker

        self._parents = WarmParents(early)
        self._workers = {kit.assignment: Worker(kit, self._parents) for kit in kits}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what grading started."""
        self._parents.close()

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy, graded.

        Raises:
            EnvironmentFault: the machine is at fault.
        """
        for copy in copies:
            began = time.monotonic()
            graded = self._workers[copy.assignment].grade(copy)
            yield Done(copy, graded, time.monotonic() - began)


class LocalPool:
    """Up to ``jobs`` worker processes for some assignments. Make it, and use it, from one thread."""

    def __init__(
        self,
        kits: Sequence[Kit],
        jobs: int,
        *,
        copies: Mapping[str, int] | None = None,
        early: WorkerProcesses | None = None,
        slack: float = _SLACK,
    ) -> None:
        """Make ready; workers start with the first copies.

        Args:
            kits: the assignments.
            jobs: how many workers at once, at most.
            copies: how many there may be of each: one worker starts, others when they are worth their start
                (``pool_growth``); None for all at once.
            early: where some have been started already; they are ended with this one.
            slack: seconds beyond what its limits allow, after which a copy's worker is taken to hang.
        """
        self._kits = {kit.assignment: _Sent(kit.to_bytes(), _allowed(kit) + slack) for kit in kits}
        wanted = Wanted.of_all(kits)
        self._wanted = wanted.to_bytes() if wanted is not None else b""
        self._jobs = jobs
        forms = {kit.assignment for kit in kits if kit.door == "form"}
        paces = {name: Pace(count, name in forms) for name, count in (copies or {}).items()}
        self._growth = Growth(jobs, None if copies is None else paces)
        self._deaths = 0
        self._processes = early or WorkerProcesses()
        self._workers: list[Busy] = []
        self._source: Iterator[Brought] = iter(())
        self._again: deque[Brought] = deque()
        self._tries: dict[tuple[str, str], int] = {}

    def __enter__(self) -> Self:
        """Make the folder for the workers' own files.

        Raises:
            EnvironmentFault: there is no room for temporary files.
        """
        self._processes.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers: by themselves when they are idle, at once after an error; leave nothing behind."""
        self._workers = []
        self._processes.__exit__(kind, error, trace)

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished, in any order.

        Raises:
            EnvironmentFault: the machine is at fault.
        """
        self._source, self._again, self._tries = iter(copies), deque(), {}
        self._deaths = 0
        self._growth.begin(time.monotonic())
        # Whoever started some early knew best how many copies are new.
        self._grow(min(self._processes.waiting, self._jobs))
        while busy := [worker for worker in self._workers if worker.copy is not None]:
            for worker in self._heard(busy):
                first = worker.first
                done = self._finished(worker)
                if done is not None:
                    self._growth.done(done.copy.assignment, None if first else done.seconds)
                    yield done
            self._grow()

    def _grow(self, begun: int = 0) -> None:
        """Put to work those that were ``begun``, or else start those that are worth their start."""
        for _ in range(begun or self._growth.wanted(len(self._workers), time.monotonic())):
            worker = self._start()
            self._feed(worker)
            if worker.copy is None:
                self._growth.enough()
                break

    def _feed(self, worker: Busy) -> None:
        """Give a worker its next copy, if there is one."""
        worker.copy = self._again.popleft() if self._again else next(self._source, None)
        if worker.copy is None:
            return
        name = worker.copy.assignment
        tried = _name(worker.copy)
        self._tries[tried] = self._tries.get(tried, 0) + 1
        kit = self._kits[name]
        worker.since, worker.patience, worker.first = time.monotonic(), kit.patience, name not in worker.kits
        # A worker that has just died is noticed when it is heard.
        with suppress(OSError):
            if worker.first:
                worker.connection.send_bytes(KIT)
                worker.connection.send_bytes(kit.content)
            worker.connection.send_bytes(COPY)
            worker.connection.send_bytes(worker.copy.to_bytes())
        worker.kits.add(name)

    def _finished(self, worker: Busy) -> Done | None:
        """Take what a worker has to say and let it go on, before this side writes."""
        copy, since = worker.copy, worker.since
        if copy is None:
            return None
        graded = self._result(worker)
        if graded is None:
            self._workers.remove(worker)
            self._processes.gone(worker)
            refused = self._dead(worker, copy)
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
        self._tries.pop(_name(copy), None)
        return Done(copy, graded, time.monotonic() - since)

    def _dead(self, worker: Busy, copy: Brought) -> AlliancesError | None:
        """Return why a copy is refused after its worker's death; None for one that has a try left.

        Raises:
            EnvironmentFault: workers do nothing but die here.
        """
        self._deaths += 1
        if self._deaths > _DEATHS * self._jobs:
            raise EnvironmentFault("grading_run.workers_die", count=self._deaths)
        if self._tries[_name(copy)] < _TRIES:
            return None
        if worker.hung:
            return AlliancesError("grading_run.worker_hung", seconds=round(worker.patience))
        return AlliancesError("grading_run.worker_died")

    def _start(self) -> Busy:
        worker = self._processes.one(self._wanted)
        self._workers.append(worker)
        return worker

    def _heard(self, busy: list[Busy]) -> list[Busy]:
        """Return the workers that have something to say, or have died; those that hang are ended first."""
        now = time.monotonic()
        for worker in busy:
            if not worker.hung and now - worker.since >= worker.patience:
                worker.hung = True
                worker.process.kill()
        ends = [worker.since + worker.patience for worker in busy if not worker.hung]
        looks = self._growth.looks_at(len(self._workers))
        ends += [] if looks is None else [looks]
        left = max(0.0, min(ends) - now) if ends else None
        ready = wait([worker.connection for worker in busy], timeout=left)
        return [worker for worker in busy if worker.connection in ready]

    @staticmethod
    def _result(worker: Busy) -> Graded | None:
        """Return what a worker sent; ``None`` when it died."""
        try:
            return Graded.from_bytes(worker.connection.recv_bytes())
        except (EOFError, OSError):
            worker.connection.close()
            worker.process.kill()
            worker.process.join()
            return None
