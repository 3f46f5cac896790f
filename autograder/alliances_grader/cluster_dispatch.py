"""Who has which copy: the book that a run on a cluster keeps. No network here, and no clock but the caller's.

A worker has as many copies as it has threads, and a few more, so that it need not wait for the next one. When
a worker is lost nothing tells which of its copies was at work: each of them is given out once more, this time
to a worker that has nothing else. Whoever loses a worker alone is to blame; a neighbour is not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from alliances_grader.copies import Brought

__all__ = ["Dispatch", "Given"]

_TRIES: Final = 2
_AHEAD: Final = 2


@dataclass(frozen=True)
class Given:
    """A copy in a worker's hands.

    Attributes:
        key: name of this attempt; it says nothing of the learner.
        worker: address.
        copy: what it grades.
        since: when it was given, by the caller's clock, in seconds.
        attempt: 1, or 2 after it was lost with a worker.
    """

    key: str
    worker: str
    copy: Brought
    since: float
    attempt: int


@dataclass
class _Load:
    threads: int
    given: dict[str, Given] = field(default_factory=dict)
    alone: bool = False

    @property
    def surplus(self) -> int:
        return len(self.given) - self.threads


class Dispatch:
    """Gives copies to workers, each to one at a time; what is under way is bounded by the workers there are.

    ``run`` is the first word of each key. Copies are drawn one by one, as there is room for them.
    """

    def __init__(self, copies: Iterable[Brought], run: str) -> None:
        self._source = iter(copies)
        self._run = run
        self._workers: dict[str, _Load] = {}
        self._again: deque[Brought] = deque()
        self._made = 0
        self._exhausted = False

    @property
    def workers(self) -> frozenset[str]:
        """Addresses of the workers that copies may go to."""
        return frozenset(self._workers)

    @property
    def under_way(self) -> int:
        """How many copies are in workers' hands."""
        return sum(len(load.given) for load in self._workers.values())

    @property
    def over(self) -> bool:
        """Whether every copy was given out and came back; known once ``give`` found no more."""
        return self._exhausted and not self._again and not self.under_way

    def join(self, worker: str, threads: int) -> None:
        """Take a worker on, with the number of copies that it can grade at once."""
        self._workers[worker] = _Load(max(1, threads))

    def leave(self, worker: str) -> tuple[list[Given], list[Given]]:
        """Let a lost worker go: return what it had, and what of that gets no other try."""
        load = self._workers.pop(worker, None)
        had = list(load.given.values()) if load is not None else []
        for given in had:
            self._once_more(given)
        return had, [given for given in had if self.refused(given)]

    def done(self, key: str) -> Given | None:
        """Take back a finished copy; None for an attempt that was given up before."""
        for load in self._workers.values():
            given = load.given.pop(key, None)
            if given is not None:
                load.alone = False
                return given
        return None

    def failed(self, key: str) -> Given | None:
        """Take back a copy that brought nothing, for its second try if it has one; None as for ``done``."""
        given = self.done(key)
        if given is not None:
            self._once_more(given)
        return given

    @staticmethod
    def refused(given: Given) -> bool:
        """Whether a failed attempt was the last one."""
        return given.attempt >= _TRIES

    def overdue(self, before: float) -> frozenset[str]:
        """Return the workers that hold a copy since before that moment."""
        return frozenset(
            name
            for name, load in self._workers.items()
            if any(given.since < before for given in load.given.values())
        )

    def give(self, now: float) -> Iterator[Given]:
        """Yield a copy for each place that is free, the emptiest workers first."""
        while (found := self._to_empty() if self._again else self._to_any()) is not None:
            worker, copy = found
            self._made += 1
            load = self._workers[worker]
            given = Given(f"{self._run}-{self._made}", worker, copy, now, _TRIES if load.alone else 1)
            load.given[given.key] = given
            yield given

    def _to_empty(self) -> tuple[str, Brought] | None:
        """Return a copy that was lost with a worker, and an empty one: nobody is fed until it is placed."""
        for worker, load in self._workers.items():
            if not load.given:
                load.alone = True
                return worker, self._again.popleft()
        return None

    def _to_any(self) -> tuple[str, Brought] | None:
        free = [name for name, load in self._workers.items() if load.surplus < _AHEAD and not load.alone]
        if not free or self._exhausted:
            return None
        copy = next(self._source, None)
        if copy is None:
            self._exhausted = True
            return None
        return min(free, key=lambda name: self._workers[name].surplus), copy

    def _once_more(self, given: Given) -> None:
        if not self.refused(given):
            self._again.append(given.copy)
