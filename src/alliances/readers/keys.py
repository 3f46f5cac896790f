"""Which keys were already seen: 16 bytes a row, so that two million rows stay under 40 MB."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SeenKeys"]


class SeenKeys:
    """The keys met so far, each with the place where it was met first.

    A key is kept as 64 bits of its BLAKE2b digest. Among 2 million keys two different ones clash with a
    probability of about 1 in 10 million (n² / 2⁶⁵), and one clash would refuse one row.

    Sorted runs are merged as they grow equal, as in a log-structured merge tree: n keys cost n log n, and at
    most one run in two is copied.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []

    def add(self, keys: Sequence[str], places: Sequence[int]) -> dict[int, int]:
        """Add keys; return the index of each that was known, with the place where it was first met."""
        if not keys:
            return {}
        digest = b"".join(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest() for key in keys)
        fresh = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
        where = np.asarray(places, dtype=np.int64)
        order = np.argsort(fresh, kind="stable")
        fresh, where = fresh[order], where[order]
        first = np.full(len(fresh), -1, dtype=np.int64)
        for known, met in self._runs:
            at = np.searchsorted(known, fresh)
            at[at == len(known)] = 0
            hit = known[at] == fresh
            first[hit] = met[at[hit]]
        for here in np.flatnonzero(fresh[1:] == fresh[:-1]) + 1:
            if first[here] < 0:
                first[here] = first[here - 1] if first[here - 1] >= 0 else where[here - 1]
        new = first < 0
        self._append(fresh[new], where[new])
        return {int(order[at]): int(first[at]) for at in np.flatnonzero(~new)}

    def _append(self, keys: NDArray[np.uint64], places: NDArray[np.int64]) -> None:
        if not len(keys):
            return
        run: tuple[Any, Any] = (keys, places)
        while self._runs and len(self._runs[-1][0]) <= len(run[0]):
            known, met = self._runs.pop()
            merged = np.concatenate([known, run[0]])
            order = np.argsort(merged, kind="stable")
            run = (merged[order], np.concatenate([met, run[1]])[order])
        self._runs.append(run)
