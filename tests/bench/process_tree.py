"""A command measured from outside: wall clock, processor time and memory of it and everything below it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measure", "measured"]

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_EVERY = 0.1
_MEMORY_EVERY = 5


@dataclass(frozen=True)
class Measure:
    """One command.

    Attributes:
        seconds: wall clock, start and end included.
        cpu: user and system seconds of the whole tree (the last tenth of a second may be missing).
        peak: most bytes at once, memory that several processes share counted once (PSS).
        first: seconds until what was asked for was seen; None when it never was.
    """

    seconds: float
    cpu: float
    peak: int
    first: float | None = None


def measured(
    command: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    *,
    seen: Callable[[], bool] | None = None,
    allowed: tuple[int, ...] = (0,),
) -> Measure:
    """Run a command in ``folder`` and measure it; ends this program with the command's words if it fails.

    Args:
        command: what to run.
        folder: where.
        environment: added to this one.
        seen: asked every few milliseconds, until it says yes.
        allowed: exit statuses that are no failure.
    """
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log
        )
        looking = _Looking(process.pid, began, seen)
        looking.start()
        status = process.wait()
        seconds = time.perf_counter() - began
        looking.over.set()
        looking.join()
        if status not in allowed:
            log.seek(0)
            sys.exit(f"{' '.join(command)}: {status}\n{log.read().decode(errors='replace')[-3000:]}")
    return Measure(seconds, looking.cpu, looking.peak, looking.first)


class _Looking(threading.Thread):
    """Looks at a process tree while it runs."""

    def __init__(self, pid: int, began: float, seen: Callable[[], bool] | None) -> None:
        super().__init__(daemon=True)
        self._pid, self._began, self._seen = pid, began, seen
        self.over = threading.Event()
        self.cpu, self.peak = 0.0, 0
        self.first: float | None = None

    def run(self) -> None:
        """Look until the command is over."""
        turn = 0
        while not self.over.wait(0.01 if self._seen is not None else _EVERY):
            if self._seen is not None and self._seen():
                self.first, self._seen = time.perf_counter() - self._began, None
            turn += 1
            if self._seen is not None and turn % 10:
                continue
            tree = _tree(self._pid)
            # A process that ends gives its time to the one that waits for it: the sum only grows.
            self.cpu = max(self.cpu, sum(tree.values()) / _TICKS)
            if turn % _MEMORY_EVERY == 0:
                self.peak = max(self.peak, sum(map(_memory, tree)))


def _tree(root: int) -> dict[int, int]:
    """Return the processes from ``root`` down and the ticks that each has used, its ended children's too."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        name = place.name
        if name.isdigit():
            with suppress(OSError, IndexError):
                words = (place / "stat").read_bytes().rpartition(b")")[2].split()
                parents[int(name)] = int(words[1])
                ticks[int(name)] = sum(int(word) for word in words[11:15])
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        if pid in ticks and pid not in found:
            found[pid] = ticks[pid]
            waiting += [child for child, parent in parents.items() if parent == pid]
    return found


def _memory(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").split("\n"):
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
