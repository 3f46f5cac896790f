"""The inside of a worker process of ``pool``: copies come over a pipe, what they earn goes back."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from alliances.errors import EnvironmentFault
from alliances_grader import box_linux

if TYPE_CHECKING:
    from alliances_grader.kit import Kit
    from alliances_grader.warm_parent import WarmParent
    from alliances_grader.worker import Worker

__all__ = ["COPY", "KIT", "serve"]

KIT: Final = b"kit"
"""Said before ``Kit.to_bytes``."""
COPY: Final = b"copy"
"""Said before ``Brought.to_bytes``."""

_TERMINATED: Final = 128 + signal.SIGTERM


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End in good order: what the worker started and wrote goes before it does."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(_TERMINATED)


def _prepare(folder: str) -> None:
    """Make this process a worker as far as signals and temporary files go."""
    # Ctrl+C reaches every process of the terminal: the run decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, _leave)
    if box_linux.is_linux():
        # A run that is killed takes the copy that is being run with it.
        box_linux.die_with_parent(signal.SIGTERM)
    if folder:
        tempfile.tempdir = folder


def serve(connection: Connection, folder: str, wanted: bytes) -> None:
    """Grade what comes, until the other side closes: copies, each assignment's kit before its first one.

    Args:
        connection: this worker's end of the pipe.
        folder: where temporary files go; the run removes it.
        wanted: the warm parent to start at once, before a kit has come; empty for none.
    """
    _prepare(folder)
    early = _early(wanted)
    # It imports while we do.
    from alliances_grader.warm_parents import WarmParents
    from alliances_grader.worker import Worker

    try:
        with WarmParents(early) as parents:
            _serve(connection, lambda kit: Worker(kit, parents))
    finally:
        run = multiprocessing.parent_process()
        if run is not None and not run.is_alive():
            # A run that was killed removes nothing: the last of its workers does.
            with suppress(OSError):
                Path(folder).rmdir()


def _early(wanted: bytes) -> WarmParent | None:
    """Start a warm parent; what stands in its way is told when a copy needs it."""
    if not wanted:
        return None
    from alliances_grader.warm_parent import Wanted, WarmParent

    try:
        return WarmParent(Wanted.from_bytes(wanted))
    except (EnvironmentFault, OSError):
        return None


def _serve(connection: Connection, worker_for: Callable[[Kit], Worker]) -> None:
    from alliances_grader.copies import Brought
    from alliances_grader.graded import Graded
    from alliances_grader.kit import Kit

    workers: dict[str, Worker] = {}
    while True:
        try:
            kind, content = connection.recv_bytes(), connection.recv_bytes()
        except (EOFError, OSError):
            return
        if kind == KIT:
            kit = Kit.from_bytes(content)
            workers[kit.assignment] = worker_for(kit)
            continue
        copy = Brought.from_bytes(content)
        try:
            graded = workers[copy.assignment].grade(copy)
        except EnvironmentFault as fault:
            graded = Graded(copy.student, refused=fault)
        try:
            connection.send_bytes(graded.to_bytes())
        except OSError:
            return
