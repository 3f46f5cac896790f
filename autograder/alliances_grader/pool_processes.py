"""The worker processes of one run, and the folder for what they write: started when asked, or before that."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from alliances.storage import write_fault
from alliances_grader.box_tree import remove_tree
from alliances_grader.pool_worker import serve

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from alliances_grader.copies import Brought

__all__ = ["Busy", "WorkerProcesses", "cores", "workers_for"]

_COPIES_A_WORKER: Final = 3
"""Below that many copies a worker process would cost more than it saves."""


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def workers_for(copies: int, jobs: int) -> int:
    """Return how many workers grade so many copies, at most ``jobs`` (0 for one a core); 0 for none."""
    found = min(jobs or cores(), copies // _COPIES_A_WORKER)
    return found if found > 1 else 0


@dataclass
class Busy:
    """A worker process and the copy that it has.

    Attributes:
        process: it.
        connection: to it.
        copy: what it grades; None when it is idle.
        since: the moment at which it was given that.
        patience: seconds after which it is taken to hang.
        hung: whether it was.
        kits: the assignments that it knows.
        first: whether this is its first copy of an assignment, and waits for what that needs.
    """

    process: SpawnProcess
    connection: Connection
    copy: Brought | None = None
    since: float = 0.0
    patience: float = 0.0
    hung: bool = False
    kits: set[str] = field(default_factory=set)
    first: bool = False


class WorkerProcesses:
    """Makes workers, and ends them all. Make it, and use it, from one thread.

    Args:
        early: how many to start at once, before they are asked for: they load what they need meanwhile.
        wanted: ``warm_parent.Wanted.to_bytes`` for those; empty when they need no warm parent.
    """

    def __init__(self, early: int = 0, wanted: bytes = b"") -> None:
        self._early, self._wanted = early, wanted
        self._context = multiprocessing.get_context("spawn")
        self._waiting: deque[Busy] = deque()
        self._all: list[Busy] = []
        self.folder: Path | None = None

    def __enter__(self) -> Self:
        """Make the folder for the workers' own files, and start those that are wanted early.

        Raises:
            EnvironmentFault: there is no room for temporary files.
        """
        if self.folder is not None:
            return self
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="alliances-run-"))
        except OSError as error:
            raise write_fault(Path(tempfile.gettempdir()), error) from error
        # A box that runs under a uid of its own has to get to its tree, which is closed to others.
        self.folder.chmod(0o711)
        for _ in range(self._early):
            self._waiting.append(self._start(self._wanted))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers: by themselves when they are idle, at once after an error; leave nothing behind."""
        for worker in self._all:
            worker.connection.close()
            if kind is not None or worker in self._waiting:
                worker.process.terminate()
        for worker in self._all:
            worker.process.join(10)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._all = []
        self._waiting.clear()
        if self.folder is not None:
            remove_tree(self.folder)
            self.folder = None

    @property
    def waiting(self) -> int:
        """How many were started early and are not in use."""
        return len(self._waiting)

    def one(self, wanted: bytes) -> Busy:
        """Return a worker: one that waits, or a new one with the warm parent that is ``wanted``."""
        return self._waiting.popleft() if self._waiting else self._start(wanted)

    def gone(self, worker: Busy) -> None:
        """Forget a worker that has died."""
        self._all.remove(worker)

    def _start(self, wanted: bytes) -> Busy:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs, str(self.folder), wanted), daemon=True)
        with _without_interrupt():
            process.start()
        theirs.close()
        worker = Busy(process, ours)
        self._all.append(worker)
        return worker


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
