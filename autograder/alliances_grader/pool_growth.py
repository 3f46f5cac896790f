"""When another worker is worth its start: a warm parent takes about a second of a core to import libraries.

One worker begins. Others come when what is left would keep those that are there busy for longer than a start
takes, as far as the copies seen so far tell; a class of thirty short copies needs no second one, ten thousand
have all of them after a second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Growth"]

_START = 3.0
"""Seconds of work left, for each worker, beyond which another one is started."""
_SEEN = 2
"""Copies that tell how long one takes: before the first one, a worker starts."""


@dataclass
class Growth:
    """Counts what is done, by a clock that the caller reads.

    Args:
        most: workers at once.
        copies: how many copies there may be; None when nobody knows, and all the workers start at once.
    """

    most: int
    copies: int | None
    _began: float = 0.0
    _first: float = 0.0
    _last: float = 0.0
    _done: int = 0

    def begin(self, now: float) -> None:
        """Note that grading begins, at ``now`` seconds of a clock."""
        self._began, self._done = now, 0

    def done(self, now: float) -> None:
        """Note that a copy is finished."""
        self._done += 1
        self._last = now
        if self._done == 1:
            self._first = now

    def enough(self) -> None:
        """Note that there is no copy for another worker."""
        self.most = 0

    def wanted(self, workers: int, now: float) -> int:
        """Return how many more workers are worth starting beside the ``workers`` there are."""
        room = self.most - workers
        if room <= 0 or self.copies is None:
            return max(0, room)
        if workers == 0:
            return 1
        if self._done < _SEEN:
            # Nothing is known yet of how long a copy takes, but that it is long.
            return room if self._more(workers) and now - self._began >= _START else 0
        each = (self._last - self._first) / (self._done - 1)
        left = (self.copies - self._done) * each
        return min(room, max(0, math.ceil(left * workers / _START) - workers)) if left > _START else 0

    def looks_at(self, workers: int) -> float | None:
        """Return the moment at which to ask again though no copy is finished; None for no such moment."""
        waits = self._done < _SEEN and 0 < workers < self.most and self._more(workers)
        return self._began + _START if waits else None

    def _more(self, workers: int) -> bool:
        """Say whether there are copies beside those that workers have."""
        return self.copies is not None and self.copies > self._done + workers
