"""The worker's end of a copy's connection: frames, what programs wrote to descriptors, who speaks."""

from __future__ import annotations

import array
import codecs
import os
import selectors
import signal
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

from alliances_grader.probe_judge import JudgingStoppedError
from alliances_grader.shell_inputs import BadFrameError, FrameReader, encode_frame

__all__ = ["EndedError", "SilentError", "Watcher", "Wire"]

_TICK: Final = 0.05
_READ: Final = 1 << 18
_CREDENTIALS: Final = struct.Struct("3i")


class Watcher(Protocol):
    """Measures the copy from outside its box, as ``box_watch.Watch`` does."""

    def check(self) -> str | None:
        """Return the name of a limit that is passed."""

    def add_output(self, count: int) -> None:
        """Count bytes received."""


class EndedError(JudgingStoppedError):
    """The copy's run is over early; ``name`` is the limit or the crash, as in ``CopyRun.ended``."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class SilentError(Exception):
    """Nothing came within the time."""


class Wire:
    """Reads and writes; every frame is given to ``hear``, every text of a program to ``pour``.

    Args:
        connection: our end of the copy's connection.
        pipes: our ends of what programs write to descriptors 1 and 2.
        hear: takes one frame.
        pour: takes the name of a stream and a text.
        watcher: the measuring of the box, None without one.
        flood: bytes after which the copy is ended.
    """

    def __init__(  # noqa: PLR0913 - what it reads from, and whom it tells
        self,
        connection: socket.socket,
        pipes: tuple[int, int],
        *,
        hear: Callable[[dict[str, Any]], None],
        pour: Callable[[str, str], None],
        watcher: Watcher | None,
        flood: int,
    ) -> None:
        self._connection = connection
        self._hear_frame = hear
        self._pour_text = pour
        self._watcher = watcher
        self._flood = flood
        self._frames = FrameReader()
        self._received = 0
        self._learner = -1
        self._closed = False
        self._next_measure = 0.0
        self._selector = selectors.DefaultSelector()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, self._hear)
        self._texts: dict[int, tuple[str, codecs.IncrementalDecoder]] = {}
        for name, pipe in zip(("stdout", "stderr"), pipes, strict=True):
            os.set_blocking(pipe, False)
            self._texts[pipe] = (name, codecs.getincrementaldecoder("utf-8")("replace"))
            self._selector.register(pipe, selectors.EVENT_READ, lambda pipe=pipe: self._pour(pipe))

    def close(self) -> None:
        """Stop listening."""
        self._selector.close()
        if self._learner >= 0:
            os.close(self._learner)
            self._learner = -1

    def send(self, content: Mapping[str, Any], until: float) -> None:
        """Send one frame.

        Raises:
            EndedError: nobody takes it.
        """
        frame = memoryview(encode_frame(content))
        try:
            # Nearly all are short, and whoever waits for them has room for them.
            with suppress(BlockingIOError):
                frame = frame[self._connection.send(frame) :]
            if frame:
                self._connection.settimeout(max(0.1, until - time.monotonic()))
                self._connection.sendall(frame)
                self._connection.setblocking(False)
        except OSError:
            self._connection.setblocking(False)
            raise EndedError("crash") from None

    def wait(self, until: float) -> None:
        """Listen for a moment.

        Raises:
            EndedError: the other end has closed, sends what is no frame, floods, or passes a limit.
            SilentError: it is later than ``until``.
        """
        if self._closed:
            raise EndedError("crash")
        left = until - time.monotonic()
        if left <= 0:
            raise SilentError
        for key, _ in self._selector.select(min(left, _TICK)):
            key.data()
        self._measure()

    def _measure(self) -> None:
        # Looking through /proc costs more than most answers: once a tick, however many messages come.
        now = time.monotonic()
        if self._watcher is None or now < self._next_measure:
            return
        limit = self._watcher.check()
        self._next_measure = time.monotonic() + _TICK
        if limit:
            raise EndedError(limit)

    def drain(self) -> None:
        """Take what programs have written to the descriptors so far."""
        for pipe in list(self._texts):
            self._pour(pipe)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process that speaks at the other end, if it is still the same one."""
        if self._learner >= 0:
            try:
                signal.pidfd_send_signal(self._learner, number)
            except OSError:
                return

    def _count(self, count: int) -> None:
        self._received += count
        if self._watcher is not None:
            self._watcher.add_output(count)
        if self._received > self._flood:
            raise EndedError("output")

    def _pour(self, pipe: int) -> None:
        if pipe not in self._texts:
            return
        name, decoder = self._texts[pipe]
        while True:
            try:
                data = os.read(pipe, _READ)
            except BlockingIOError:
                return
            if not data:
                self._selector.unregister(pipe)
                del self._texts[pipe]
                return
            self._count(len(data))
            self._pour_text(name, decoder.decode(data))

    def _hear(self) -> None:
        try:
            data, extra, _, _ = self._connection.recvmsg(_READ, 256)
        except BlockingIOError:
            return
        except OSError:
            data, extra = b"", []
        self._identify(extra)
        if not data:
            self._closed = True
            self._selector.unregister(self._connection)
            return
        self._count(len(data))
        try:
            for content in self._frames.feed(data):
                self._hear_frame(content)
        except BadFrameError:
            raise EndedError("bad_result") from None

    def _identify(self, extra: list[tuple[int, int, bytes]]) -> None:
        for level, kind, data in extra:
            if level != socket.SOL_SOCKET:
                continue
            if kind == socket.SCM_RIGHTS:
                # Nobody asked for descriptors.
                for descriptor in array.array("i", data[: len(data) - len(data) % 4]):
                    os.close(descriptor)
            elif kind == socket.SCM_CREDENTIALS and self._learner < 0:
                self._hold(_CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0])

    def _hold(self, number: int) -> None:
        # The number as this side sees it, written by the kernel; held, so that it stays this process.
        try:
            self._learner = os.pidfd_open(number)
        except (OSError, ValueError):
            self._learner = -1
