"""When another worker is worth its start: a warm parent takes about a second of a core to import libraries.

Others than the first come when what is left would keep those that are there busy for longer than a start
takes, as far as the copies seen so far tell; a class of thirty short copies needs no second one, ten thousand
have all of them at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Growth", "Pace"]

_START = 3.0
"""Seconds of work left, for each worker, beyond which another one is started."""
_SEEN = 2
"""Copies that tell how long one takes: before the first one, a worker starts."""
_FORM, _CODE = 0.012, 0.06
"""Seconds that a copy takes as a rule, by its door: where none was seen yet."""


@dataclass
class Pace:
    """How many copies of one assignment are left, and how long one takes.

    Args:
        left: copies that are not finished.
        form: nothing of a learner's is run.
    """

    left: int
    form: bool = False
    _seen: int = 0
    _took: float = 0.0

    def done(self, seconds: float | None) -> None:
        """Note that a copy is finished; None when what it took tells nothing of the others."""
        self.left = max(0, self.left - 1)
        if seconds is not None:
            self._seen += 1
            self._took += seconds

    @property
    def work(self) -> float:
        """Seconds of one worker's work that are left, as far as copies were seen; 0 before that."""
        return self.left * self._took / self._seen if self._seen >= _SEEN else 0.0

    @property
    def guess(self) -> float:
        """Seconds of one worker's work, by what copies take as a rule."""
        return self.left * (_FORM if self.form else _CODE)


@dataclass
class Growth:
    """Counts what is done, by a clock that the caller reads.

    Args:
        most: workers at once.
        paces: by assignment; None when nobody knows, and all the workers start at once.
    """

    most: int
    paces: Mapping[str, Pace] | None
    _began: float = 0.0
    _done: int = 0

    def begin(self, now: float) -> None:
        """Note that grading begins, at ``now`` seconds of a clock."""
        self._began, self._done = now, 0

    def done(self, assignment: str, seconds: float | None) -> None:
        """Note that a copy is finished, in so many seconds; None when it had to wait for a start."""
        self._done += 1
        if self.paces is not None:
            self.paces[assignment].done(seconds)

    def enough(self) -> None:
        """Note that there is no copy for another worker."""
        self.most = 0

    def wanted(self, workers: int, now: float) -> int:
        """Return how many more workers are worth starting beside the ``workers`` there are."""
        room = self.most - workers
        if room <= 0 or self.paces is None:
            return max(0, room)
        if workers and self._done < _SEEN and now - self._began >= _START:
            # Nothing is known yet of how long a copy takes, but that it is long.
            return room if self._more(workers) else 0
        work = sum(pace.work if workers else pace.guess for pace in self.paces.values())
        worth = math.ceil(work / _START) if work > _START * workers else 0
        return min(room, max(0 if workers else 1, worth - workers))

    def looks_at(self, workers: int) -> float | None:
        """Return the moment at which to ask again though no copy is finished; None for no such moment."""
        waits = self._done < _SEEN and 0 < workers < self.most and self._more(workers)
        return self._began + _START if waits else None

    def _more(self, workers: int) -> bool:
        """Say whether there are copies beside those that workers have."""
        return self.paces is not None and sum(pace.left for pace in self.paces.values()) > workers
