"""The inside of a worker process of ``pool``: copies come over a pipe, what they earn goes back."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from alliances.errors import EnvironmentFault
from alliances_grader import box_linux

if TYPE_CHECKING:
    from alliances_grader.warm_parent import WarmParent
    from alliances_grader.worker import Worker

__all__ = ["serve"]

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
    """Grade what comes, until the other side closes: first ``Kit.to_bytes``, then copies.

    Args:
        connection: this worker's end of the pipe.
        folder: where temporary files go; the run removes it.
        wanted: the warm parent to start at once, before the kit has come; empty for none.
    """
    _prepare(folder)
    early = _early(wanted)
    # It imports while we do.
    from alliances_grader.kit import Kit
    from alliances_grader.worker import Worker

    try:
        with ExitStack() as stack:
            if early is not None:
                stack.enter_context(early)
            try:
                kit = Kit.from_bytes(connection.recv_bytes())
            except (EOFError, OSError):
                return
            with Worker(kit, early) as worker:
                _serve(worker, connection)
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


def _serve(worker: Worker, connection: Connection) -> None:
    from alliances_grader.copies import Brought
    from alliances_grader.worker import Graded

    while True:
        try:
            copy = Brought.from_bytes(connection.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            graded = worker.grade(copy)
        except EnvironmentFault as fault:
            graded = Graded(copy.student, refused=fault)
        try:
            connection.send_bytes(graded.to_bytes())
        except OSError:
            return
