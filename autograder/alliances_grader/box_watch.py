"""Measures a copy from outside its box, and ends it when a limit is passed.

Nothing here trusts what the box says. Times and memory come from ``/proc`` as this side sees it, for the
whole tree of processes below the warm parent: one copy at a time.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH116, PTH123, PTH208

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from alliances_grader.box_cgroup import ControlGroup
from alliances_grader.box_limits import Limits

__all__ = ["Limit", "Usage", "Watch", "end_processes_of", "warm_parent_of"]

Limit = Literal["cpu", "wall", "memory", "processes", "output", "disk"]
"""The names by which the limits are told: ``CopyRun.ended``."""

_KIB: Final = 1 << 10
_BLOCK: Final = 512
_DISK_EVERY: Final = 0.5
_FILES_AT_MOST: Final = 20_000
_DEEP: Final = 64


@dataclass(frozen=True)
class Usage:
    """What a copy used so far: seconds, bytes, and how many processes and threads at most."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    processes: int
    output_bytes: int


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    started: int
    ticks: int
    threads: int
    state: str


def _read(pid: int) -> _Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name may hold spaces and brackets: what counts comes after the last one.
            words = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return _Process(
        pid=pid,
        parent=int(words[1]),
        started=int(words[19]),
        ticks=sum(int(words[place]) for place in (11, 12, 13, 14)),
        threads=int(words[17]),
        state=words[0].decode(),
    )


@cache
def _kernel_lists_children() -> bool:
    pid = os.getpid()
    return Path(f"/proc/{pid}/task/{pid}/children").exists()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    if not _kernel_lists_children():
        everyone = (_read(int(name)) for name in os.listdir("/proc") if name.isdigit())
        return [process.pid for process in everyone if process is not None and process.parent == pid]
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError), open(f"/proc/{pid}/task/{task}/children", "rb") as file:
                found += [int(word) for word in file.read().split()]
    return found


def _below(pid: int) -> list[_Process]:
    """Every process below ``pid``, parents first."""
    found: list[_Process] = []
    waiting = _children(pid)
    while waiting:
        process = _read(waiting.pop(0))
        if process is not None:
            found.append(process)
            waiting += _children(process.pid)
    return found


def _fields(path: str, *names: str) -> dict[str, int]:
    """Return some lines of ``status`` or ``smaps_rollup``, in bytes."""
    found: dict[str, int] = {}
    with suppress(OSError), open(path, encoding="ascii", errors="replace") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name in names:
                found[name] = int(value.split()[0]) * _KIB
    return found


def _resident(pid: int) -> int:
    """Resident bytes of its own making, what it still shares with the warm parent included: cheap."""
    return sum(_fields(f"/proc/{pid}/status", "RssAnon", "RssShmem").values())


def _proportional(pid: int) -> int:
    """The same, where memory that several processes share counts once in all; libraries do not count."""
    fields = _fields(f"/proc/{pid}/smaps_rollup", "Pss_Anon", "Pss_Shmem")
    return sum(fields.values()) if fields else _resident(pid)


def _tree_size(folder: Path, depth: int = 0) -> tuple[int, int]:
    """Bytes on disk and number of entries below ``folder``; links are counted, never followed."""
    size = count = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            count += 1
            with suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                if entry.is_dir(follow_symlinks=False):
                    # Deeper than any course: what lies there cannot be counted, so it counts as too much.
                    inner, more = (
                        (0, _FILES_AT_MOST + 1) if depth == _DEEP else _tree_size(Path(entry.path), depth + 1)
                    )
                    size, count = size + inner, count + more
            if count > _FILES_AT_MOST:
                break
    return size, count


def _own_number(pid: int) -> int:
    """Return the number that a process has in its own namespace, 0 when it is gone."""
    with suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return 0


def _keepers(warm_parent: int) -> set[int]:
    """The warm parent's children that are ours, not the learner's: all but first processes of a namespace."""
    return {pid for pid in _children(warm_parent) if _own_number(pid) != 1}


def warm_parent_of(started: int, inner: int) -> int | None:
    """Return the pid, as seen here, of the process that calls itself ``inner`` below ``started``.

    Args:
        started: the process that ``box.wrap``'s command line became.
        inner: what the warm parent's own ``os.getpid()`` gives.
    """
    for pid in (started, *(process.pid for process in _below(started))):
        if _own_number(pid) == inner:
            return pid
    return None


def _end(processes: list[_Process]) -> None:
    for process in processes:
        now = _read(process.pid)
        if now is not None and now.started == process.started:
            with suppress(OSError):
                os.kill(process.pid, signal.SIGKILL)


def end_processes_of(uid: int) -> int:
    """As root: end every process of a box's own uid; return how many were found. Ends when none is left."""
    total = 0
    for _ in range(1000):
        found = 0
        for name in os.listdir("/proc"):
            if name.isdigit():
                with suppress(OSError):
                    if os.stat(f"/proc/{name}").st_uid == uid:
                        process = _read(int(name))
                        if process is not None and process.state != "Z":
                            os.kill(int(name), signal.SIGKILL)
                            found += 1
        total += found
        if not found:
            break
    return total


class Watch:
    """Measures the one copy that runs below a warm parent.

    Args:
        warm_parent: its pid as seen here (``warm_parent_of``).
        limits: what the copy may use.
        folder: what it writes to where it has no file system of its own (Landlock), to be measured.
        group: the control group of the box, for exact figures.

    Make one when the copy is sent, call ``check`` every 50 ms or so while waiting for its results, tell it
    of each byte received by ``add_output``; when ``check`` names a limit, call ``end``.
    """

    def __init__(
        self,
        warm_parent: int,
        limits: Limits,
        folder: Path | None = None,
        group: ControlGroup | None = None,
    ) -> None:
        self._warm_parent = warm_parent
        self._limits = limits
        self._folder = folder
        self._started = time.monotonic()
        self._ticks = os.sysconf("SC_CLK_TCK")
        # Short-lived processes nobody waits for leave no trace in their parent: remember each seen.
        self._seen: dict[tuple[int, int], int] = {}
        first = _read(warm_parent)
        self._before = first.ticks if first else 0
        self._peak = 0
        self._processes = 0
        self._output = 0
        self._next_disk = 0.0
        self._group = group
        self._group_before = (group.cpu_seconds() if group else None) or 0.0
        self._kills_before = group.memory_kills() if group else 0
        if group is not None:
            group.hold(limits)

    def add_output(self, count: int) -> None:
        """Count bytes that the copy sent."""
        self._output += count

    def _memory(self, processes: list[_Process]) -> int:
        """What the copy added to the warm parent's memory; an upper bound while that is within limits."""
        keepers = _keepers(self._warm_parent)
        above = sum(_resident(process.pid) for process in processes if process.pid not in keepers)
        if above <= self._limits.memory_bytes:
            return above
        together = [self._warm_parent, *(process.pid for process in processes)]
        return sum(map(_proportional, together)) - _resident(self._warm_parent)

    def check(self) -> Limit | None:  # noqa: PLR0911 - one return a limit reads best
        """Measure; return the name of the first limit that is passed, or None."""
        limits = self._limits
        wall = time.monotonic() - self._started
        if self._output > limits.output_bytes:
            return "output"
        processes = _below(self._warm_parent)
        for process in processes:
            self._seen[process.pid, process.started] = process.ticks
        # The keeper is ours, not the copy's.
        self._processes = max(self._processes, sum(process.threads for process in processes) - 1)
        self._peak = max(self._peak, self._memory(processes))
        if self._peak > limits.memory_bytes or self._killed_for_memory():
            return "memory"
        if self._processes > limits.processes + 1:
            return "processes"
        if self._cpu() > limits.cpu_seconds:
            return "cpu"
        if wall > limits.wall_seconds:
            return "wall"
        if self._folder is not None and wall >= self._next_disk:
            size, count = _tree_size(self._folder)
            # Counting many files must not take more than a small part of the worker's time.
            now = time.monotonic() - self._started
            self._next_disk = now + max(_DISK_EVERY, 4 * (now - wall))
            if size > limits.disk_bytes or count > _FILES_AT_MOST:
                return "disk"
        return None

    def _killed_for_memory(self) -> bool:
        return self._group is not None and self._group.memory_kills() > self._kills_before

    def _cpu(self) -> float:
        seen = sum(self._seen.values())
        parent = _read(self._warm_parent)
        reaped = parent.ticks - self._before if parent else 0
        exact = (self._group.cpu_seconds() if self._group else None) or 0.0
        # What the warm parent reaped was seen too, unless it ended between two looks.
        return max(max(seen, reaped) / self._ticks, exact - self._group_before)

    def usage(self) -> Usage:
        """Return what was used so far; after the copy's end, the whole of it."""
        return Usage(
            cpu_seconds=self._cpu(),
            wall_seconds=time.monotonic() - self._started,
            peak_bytes=self._peak,
            processes=self._processes,
            output_bytes=self._output,
        )

    def end(self) -> None:
        """End the copy now: every process of it. The keeper stays to clear up, and ends by itself."""
        keepers = _keepers(self._warm_parent)
        for _ in range(1000):
            alive = [
                process
                for process in _below(self._warm_parent)
                if process.pid not in keepers and process.state not in {"Z", "X"}
            ]
            if not alive:
                return
            # Stopped first, a process that starts others all the time cannot outrun the list.
            for process in alive:
                with suppress(OSError):
                    os.kill(process.pid, signal.SIGSTOP)
            _end(alive)
