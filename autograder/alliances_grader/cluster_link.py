"""The line to a Dask scheduler: the one file that speaks Dask's language.

Dask gives a task to any worker, and says after some lost workers that the task is to blame, by a number that
the cluster's owner set. Here each copy is tied to one worker, so that ``cluster_dispatch`` can decide.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import queue
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from alliances.errors import EnvironmentFault
from alliances_grader.cluster_worker import grade_copy, prepare, release

if TYPE_CHECKING:
    from distributed.security import Security

__all__ = ["PACKAGE", "Came", "Link", "Versions"]

PACKAGE: Final = "faire-alliance"
_CONNECT: Final = 20.0
_GOODBYE: Final = 15.0
_AGAIN: Final = 3
_log: Final = logging.getLogger(__name__)
# What Dask raises when the other end is gone, or when it was shut down itself.
_BROKEN: Final = (OSError, RuntimeError, TimeoutError)


@dataclass(frozen=True)
class Versions:
    """What a process of the cluster runs; ``program`` is empty where ours is not installed."""

    program: str
    python: str


@dataclass(frozen=True)
class Came:
    """What came of one task.

    Attributes:
        key: of the task.
        ended: whether it ran to its end; otherwise it raised, or its worker was lost.
        content: what it returned, of whatever type; None for what was not let in.
    """

    key: str
    ended: bool
    content: object = None


class Link:
    """A connection to a scheduler, as a context manager.

    Every method raises ``EnvironmentFault`` when the connection is lost.
    """

    def __init__(self, address: str, security: Security) -> None:
        self._address, self._security = address, security
        self._open = ExitStack()
        self._client: Any = None
        self._futures: dict[str, Any] = {}
        self._came: queue.SimpleQueue[Came] = queue.SimpleQueue()
        self._one_by_one = asyncio.Lock()

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            EnvironmentFault: nobody answers, or not with a certificate of the same authority.
        """
        import dask
        import distributed

        client: Any = distributed.Client
        with ExitStack() as stack:
            # A copy with large files is no mistake that a trainer should be warned of.
            large = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
            stack.enter_context(dask.config.set(large))
            stack.enter_context(_quiet())
            try:
                self._client = client(
                    self._address,
                    security=self._security,
                    timeout=_CONNECT,
                    set_as_default=False,
                    # Results are bytes: what comes pickled is not let in.
                    deserializers=["msgpack"],
                )
            except (*_BROKEN, ValueError, TypeError) as error:
                raise EnvironmentFault(
                    "cluster.no_scheduler", address=self._address, reason=_words(error)
                ) from error
            stack.callback(self._hang_up)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what is under way and hang up."""
        self.give_up(tuple(self._futures))
        self._open.close()

    def workers(self) -> dict[str, int]:
        """Return the addresses of the workers and how many threads each has."""
        with self._lost():
            return {str(name): int(count) for name, count in self._client.nthreads().items()}

    def scheduler_versions(self) -> Versions:
        """Return what the scheduler runs."""
        with self._lost():
            try:
                program = str(self._client.run_on_scheduler(metadata.version, PACKAGE))
            except metadata.PackageNotFoundError:
                program = ""
            return Versions(program, str(self._client.run_on_scheduler(platform.python_version)))

    def versions(self, workers: Iterable[str]) -> dict[str, Versions]:
        """Return what workers run; those that were lost meanwhile are left out."""
        asked = list(workers)
        # Only names of the standard library are sent: a worker without our program understands them.
        programs = self._on_each(asked, metadata.version, PACKAGE)
        pythons = self._on_each(asked, platform.python_version)
        found = {}
        for worker in asked:
            program, python = programs.get(worker), pythons.get(worker)
            if isinstance(python, str) and not isinstance(program, OSError):
                found[worker] = Versions(program if isinstance(program, str) else "", python)
        return found

    def prepare(self, workers: Iterable[str], run: str, kit: bytes) -> dict[str, object]:
        """Send the kit to workers and return what each said; the scheduler gets it once for all of them."""
        return self._on_each(list(workers), prepare, run, kit)

    def release(self, workers: Iterable[str], run: str) -> None:
        """Let workers end what they hold for a run, if they can still be asked."""
        with suppress(Exception):
            if self._client.status == "running":
                self._on_each(list(workers), release, run)

    def submit(self, key: str, worker: str, run: str, copy: bytes) -> None:
        """Have one copy graded by one worker; the key is seen by whoever sees the cluster's pages."""
        with self._lost():
            self._futures[key] = self._client.submit(
                grade_copy, run, copy, key=key, workers=[worker], allow_other_workers=False, pure=False
            )
            self._client.loop.add_callback(self._follow, key, self._futures[key])

    def give_up(self, keys: Iterable[str]) -> None:
        """Take tasks back; what they may still give is not heard."""
        futures = [self._futures.pop(key) for key in keys if key in self._futures]
        with suppress(Exception):
            if futures and self._client.status == "running":
                self._client.cancel(futures, force=True)

    def results(self, timeout: float) -> list[Came]:
        """Return what came of the tasks that are finished; wait for one, ``timeout`` seconds at most."""
        found = []
        with suppress(queue.Empty):
            found.append(self._came.get(timeout=timeout))
            while True:
                found.append(self._came.get_nowait())
        with self._lost():
            if self._client.status != "running":
                raise RuntimeError(self._client.status)
        # The scheduler drops a result whose future nobody holds.
        return [came for came in found if self._futures.pop(came.key, None) is not None]

    async def _follow(self, key: str, future: Any) -> None:  # noqa: ANN401 - Dask's own
        """Wait in Dask's thread for a result: it may be lost with its worker after the task was finished."""
        came = Came(key, ended=False)
        try:
            # A task that raised is left out: its error is not asked for.
            values = await self._client.gather([future], errors="skip", asynchronous=True)
            came = Came(key, ended=True, content=values[0]) if values else came
        except TypeError:
            came = await self._alone(key, future)
        except Exception as error:  # noqa: BLE001 - whatever it is, the copy is tried once more
            _log.debug("%s: %s", key, error)
        self._came.put(came)

    async def _alone(self, key: str, future: Any) -> Came:  # noqa: ANN401 - Dask's own
        """Fetch again what was not let in: Dask fetches several at once, and it may have been another one."""
        for _ in range(_AGAIN):
            async with self._one_by_one:
                with suppress(TypeError):
                    values = await self._client.gather([future], errors="skip", asynchronous=True)
                    return Came(key, ended=True, content=values[0]) if values else Came(key, ended=False)
        return Came(key, ended=True)

    def _on_each(self, workers: list[str], function: object, *values: object) -> dict[str, Any]:
        with self._lost():
            return dict(self._client.run(function, *values, workers=workers, on_error="return"))

    def _hang_up(self) -> None:
        with suppress(*_BROKEN):
            self._client.close(timeout=_GOODBYE)

    def _lost(self) -> _Lost:
        return _Lost(self._address)


class _Lost:
    """Tells a connection that broke as what it is."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put our error in the place of theirs."""
        if isinstance(error, _BROKEN):
            raise EnvironmentFault("cluster.lost", address=self._address, reason=_words(error)) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's tracebacks off the trainer's screen: what matters of them is told by our errors."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _words(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
