"""What a Dask worker does for a grading run: the kit once, then copies in and verdicts out, as bytes.

Each worker process holds one station a run. A station has a thread of its own for each thread that the Dask
worker has: a box ends with the thread that opened it, and Dask's threads come and go. The warm parent and its
box are opened for the first copy and given back when no copy came for ten minutes, in case the run that
should have said goodbye was killed.

Nothing is imported at the top but the standard library: the scheduler reads the names of these functions too.
"""

from __future__ import annotations

import asyncio
import json
import platform
import queue
import sys
import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from alliances_grader.graded import Graded
    from alliances_grader.kit import Kit
    from alliances_grader.worker import Worker

__all__ = ["MAX_RESULT", "grade_copy", "prepare", "release", "settle"]

MAX_RESULT: Final = 64_000_000
"""Bytes of the longest result: two notebooks of the longest kind, and room for what is said of them."""
_IDLE: Final = 600.0
_END: Final = 10.0
_MAX_REASON: Final = 500

_Item = tuple[bytes, "Future[bytes]"]


class Station:
    """Threads that grade the copies of one kit, each with a warm parent and a box of its own."""

    def __init__(self, kit: Kit, threads: int) -> None:
        self._kit = kit
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"alliances-{number}", daemon=True)
            for number in range(max(1, threads))
        ]
        for thread in self._threads:
            thread.start()

    def grade(self, copy: bytes) -> bytes:
        """Grade one copy; wait for it."""
        found: Future[bytes] = Future()
        self._queue.put((copy, found))
        return found.result()

    def close(self) -> None:
        """End the threads and what they hold, once they are through with the copies they have."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(_END)

    def _serve(self) -> None:
        from alliances_grader.worker import Worker

        while (item := self._queue.get()) is not None:
            with Worker(self._kit) as worker:
                while item is not None:
                    copy, found = item
                    try:
                        found.set_result(_graded(worker, copy))
                    except BaseException as error:  # noqa: BLE001 - whoever waits has to hear of it
                        found.set_exception(error)
                    try:
                        item = self._queue.get(timeout=_IDLE)
                    except queue.Empty:
                        break
                else:
                    return


def _graded(worker: Worker, content: bytes) -> bytes:
    """Grade a copy and return what came of it, at most ``MAX_RESULT`` bytes."""
    from alliances.errors import AlliancesError, EnvironmentFault
    from alliances_grader.copies import Brought
    from alliances_grader.graded import Graded

    copy = Brought.from_bytes(content)
    try:
        graded = _with_python(worker.grade(copy))
    except EnvironmentFault as fault:
        graded = Graded(copy.student, refused=fault)
    result = graded.to_bytes()
    if len(result) > MAX_RESULT:
        too_large = AlliancesError("cluster.too_large", limit=MAX_RESULT // 1_000_000)
        return Graded(copy.student, refused=too_large).to_bytes()
    return result


def _with_python(graded: Graded) -> Graded:
    """Tell the receipt which Python ran the copy: it may be another patch than the trainer's."""
    python = {"python": platform.python_version()}
    notebooks = tuple(
        replace(item, run={**item.run, **python}) if item.run else item for item in graded.notebooks
    )
    return replace(graded, notebooks=notebooks)


_stations: dict[str, Station] = {}
_lock: Final = threading.Lock()


def settle(run: str, content: bytes, threads: int) -> bytes:
    """Make this process ready for a run and say how it holds learners' code, as JSON.

    A kit that asks for a sandbox gets the best level that holds here; where none does, no station is made.

    Returns:
        ``{"sandbox": level or "not_needed" or "none", "reasons": [[key, values, mend], …], "system": …}``;
        the reasons are those of ``box.Level``, empty when a station stands.
    """
    from alliances_grader.box import LEVELS, level
    from alliances_grader.kit import Kit

    kit = Kit.from_bytes(content)
    told: dict[str, Any] = {"sandbox": kit.sandbox, "reasons": [], "system": sys.platform}
    if kit.sandbox in LEVELS:
        found = level()
        told["sandbox"] = found.name
        if found.name == "none":
            told["reasons"] = [[item.key, dict(item.values), item.mend] for item in found.reasons]
            return json.dumps(told, default=str).encode()
        kit = replace(kit, sandbox=found.name)
    with _lock:
        before = _stations.get(run)
        _stations[run] = Station(kit, threads)
    if before is not None:
        before.close()
    return json.dumps(told).encode()


async def prepare(run: str, content: bytes, dask_worker: Any) -> bytes:  # noqa: ANN401 - Dask ships no type of it
    """Do what ``settle`` does, with a thread for each that the Dask worker has (Dask hands itself in).

    What goes wrong is told as ``{"error": …}``: Dask would write the kit, hidden tests and all, to its log.
    """
    try:
        return await asyncio.to_thread(settle, run, content, dask_worker.state.nthreads)
    except Exception as error:  # noqa: BLE001 - whatever it is, the run has to hear of it
        return json.dumps({"error": f"{type(error).__name__}: {error}"[:_MAX_REASON]}).encode()


def grade_copy(run: str, copy: bytes) -> bytes:
    """Grade one copy of a run; empty when this process was not made ready for it (it was started again)."""
    with _lock:
        station = _stations.get(run)
    return b"" if station is None else station.grade(copy)


async def release(run: str) -> None:
    """End what a run holds here."""
    with _lock:
        station = _stations.pop(run, None)
    if station is not None:
        await asyncio.to_thread(station.close)
