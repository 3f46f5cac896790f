"""A class graded by the workers of an existing Dask cluster: ``ClassRun.grader = cluster_grader(address)``.

What travels is ours to check: the kit once to each worker, copies as bytes, results as bytes of JSON that are
bounded, decoded and compared with what was asked. We unpickle nothing, and tell Dask to let no pickled result
in. Around that Dask itself pickles: names of functions on the way there, errors on the way back. So whoever
holds a certificate of the cluster's authority can run code on its scheduler and its workers and, by a forged
error, here: the authority has to be the cluster's own. Dask checks who signed a certificate, not the name of
the host in it.

Each worker says itself how it holds learners' code (``cluster_worker``); one that cannot stops the run.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import metadata
from itertools import groupby
from types import TracebackType
from typing import Final, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.class_asked import Grader
from alliances_grader.cluster_address import check_address, security_for
from alliances_grader.cluster_dispatch import Dispatch, Given
from alliances_grader.cluster_link import PACKAGE, Came, Link, Versions
from alliances_grader.cluster_result import read_look, read_result
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded
from alliances_grader.kit import Kit
from alliances_grader.pool import Done

__all__ = ["ClusterGrader", "cluster_grader"]

_LOOK: Final = 1.0
"""Seconds between two looks at which workers there are."""
_NOBODY: Final = 30.0
"""Seconds without any worker after which the run ends: a nanny starts a lost one again in a few."""
_SLACK: Final = 60.0
_ROUNDS: Final = 3
"""How many copies may follow each other in one thread of a worker before the last given one is finished."""


def cluster_grader(
    address: str, *, insecure: bool = False
) -> Callable[[Sequence[Kit]], AbstractContextManager[Grader]]:
    """Return what makes a grader from kits, on the cluster whose scheduler has this address.

    Args:
        address: ``tls://host:port``, or ``tcp://host:port`` with ``insecure``.
        insecure: the typed consent to a cluster that anybody on its network can use.

    Raises:
        UsageError: it is no such address.
        AlliancesError: a ``tcp://`` address without ``insecure``.
        EnvironmentFault: ``distributed`` is not installed; Dask's configuration names no usable certificates.
    """
    checked = check_address(address, insecure=insecure)
    security = security_for(checked)

    def make(kits: Sequence[Kit]) -> AbstractContextManager[Grader]:
        graders = {kit.assignment: ClusterGrader(kit, Link(checked, security), checked) for kit in kits}
        return next(iter(graders.values())) if len(graders) == 1 else _OneByOne(graders)

    return make


class _OneByOne(AbstractContextManager["_OneByOne"]):
    """Grades assignments one after the other, each with a connection of its own."""

    def __init__(self, graders: Mapping[str, ClusterGrader]) -> None:
        self._graders = graders

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing: each connection was closed by itself."""

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished; those of an assignment come one after the other."""
        for name, some in groupby(copies, key=lambda copy: copy.assignment):
            with self._graders[name] as grader:
                yield from grader.grade(some)


class ClusterGrader:
    """Grades copies of one kit on a cluster; entering it connects and checks the scheduler's version."""

    def __init__(self, kit: Kit, link: Link, address: str) -> None:
        self._kit, self._link, self._address = kit.to_bytes(), link, address
        self._names = frozenset(notebook.name for notebook in kit.notebooks)
        self._run = f"alliances-{secrets.token_hex(8)}"
        each = kit.run_limits.copy_seconds + kit.box_limits.wall_seconds
        self._patience = _ROUNDS * each * max(1, len(kit.notebooks)) + _SLACK
        self._ready: set[str] = set()
        self._hanging: set[str] = set()

    def __enter__(self) -> Self:
        """Connect, and see that the scheduler runs what this process runs.

        Raises:
            EnvironmentFault: the scheduler cannot be reached, or runs another version.
        """
        self._link.__enter__()
        try:
            _check(self._address, self._link.scheduler_versions())
        except BaseException:
            self._link.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what is under way, let the workers end what they hold for this run, and hang up."""
        self._link.release(sorted(self._ready), self._run)
        self._link.__exit__(kind, error, trace)

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished, in any order.

        Raises:
            EnvironmentFault: the cluster is at fault: lost, without workers, of another version, or with a
                worker that has no sandbox or lacks a module of the exercise.
        """
        desk = Dispatch(copies, self._run)
        looked, somebody = float("-inf"), time.monotonic()
        while not desk.over:
            now = time.monotonic()
            if now - looked >= _LOOK:
                yield from self._look(desk, now)
                looked = now = time.monotonic()
            somebody = now if desk.workers else somebody
            if now - somebody > _NOBODY:
                raise EnvironmentFault("cluster.no_workers", address=self._address, seconds=round(_NOBODY))
            for given in desk.give(now):
                self._link.submit(given.key, given.worker, self._run, given.copy.to_bytes())
            if not desk.over:
                for came in self._link.results(_LOOK):
                    yield from self._taken(desk, came)

    def _look(self, desk: Dispatch, now: float) -> Iterator[Done]:
        """See which workers there are: new ones get the kit, the copies of lost ones are given again."""
        there = self._link.workers()
        self._hanging |= desk.overdue(now - self._patience)
        for worker in sorted(desk.workers - there.keys() | desk.workers & self._hanging):
            yield from self._lose(desk, worker)
        for worker in self._made_ready(sorted(there.keys() - desk.workers - self._hanging)):
            desk.join(worker, there[worker])

    def _made_ready(self, workers: list[str]) -> list[str]:
        """Return the workers that took the kit; those that were lost meanwhile are left out."""
        if not workers:
            return []
        found = self._link.versions(workers)
        for worker, versions in found.items():
            _check(worker, versions)
        looks = self._link.prepare(found, self._run, self._kit) if found else {}
        ready = [worker for worker, look in looks.items() if read_look(look, worker) == "ready"]
        self._ready.update(ready)
        return ready

    def _lose(self, desk: Dispatch, worker: str) -> Iterator[Done]:
        """Let a worker go and yield its copies that get no other try."""
        self._ready.discard(worker)
        had, refused = desk.leave(worker)
        self._link.give_up([given.key for given in had])
        yield from (_died(given) for given in refused)

    def _taken(self, desk: Dispatch, came: Came) -> Iterator[Done]:
        # Empty: the worker was started again under its old address, and does not know of this run.
        again = came.content == b""
        if again or not came.ended:
            given = desk.failed(came.key)
            if given is not None and desk.refused(given):
                yield _died(given)
            if given is not None and again:
                yield from self._lose(desk, given.worker)
            return
        given = desk.done(came.key)
        if given is None:
            return
        graded = read_result(came.content, given.copy, self._names, given.worker)
        if isinstance(graded.refused, EnvironmentFault):
            raise EnvironmentFault("cluster.worker_fault", worker=given.worker, reason=graded.refused)
        yield Done(given.copy, graded, time.monotonic() - given.since)


def _check(where: str, found: Versions) -> None:
    """Refuse a process that would grade by other rules.

    Raises:
        EnvironmentFault: it has another version of this program, or none; or another Python (3.11 and 3.12
            show values differently; patches of one do not, and the receipt names the one that was used).
    """
    ours = metadata.version(PACKAGE)
    if found.program != ours:
        raise EnvironmentFault("cluster.other_version", where=where, found=found.program or "–", ours=ours)
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    if found.python.rpartition(".")[0] != minor:
        raise EnvironmentFault("cluster.other_python", where=where, found=found.python, ours=minor)


def _died(given: Given) -> Done:
    graded = Graded(given.copy.student, refused=AlliancesError("grading_run.worker_died"))
    return Done(given.copy, graded, time.monotonic() - given.since)
