"""The inside of a worker process of ``pool``: copies come over a pipe, what they earn goes back."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from alliances.errors import EnvironmentFault
from alliances_grader import box_linux
from alliances_grader.copies import Brought
from alliances_grader.kit import Kit
from alliances_grader.worker import Graded, Worker

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


def serve(connection: Connection, kit: bytes, folder: str) -> None:
    """Grade what comes, until the other side closes.

    Args:
        connection: this worker's end of the pipe.
        kit: ``Kit.to_bytes``.
        folder: where temporary files go; the run removes it. Empty for the system's own.
    """
    _prepare(folder)
    try:
        with Worker(Kit.from_bytes(kit)) as worker:
            _serve(worker, connection)
    finally:
        run = multiprocessing.parent_process()
        if folder and run is not None and not run.is_alive():
            # A run that was killed removes nothing: the last of its workers does.
            with suppress(OSError):
                Path(folder).rmdir()


def _serve(worker: Worker, connection: Connection) -> None:
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
