"""A control group (version 2) around one box, where the system lets this process make one.

It is the second rope, never the only one: exact computing time, memory and processes held by the kernel
for the whole box at once, and an end that nothing outruns. Where there is none (version 1, a container, an
ordinary account without delegation) the limits of ``box_limits`` and the sampling of ``box_watch``
hold alone.
"""

from __future__ import annotations

import itertools
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alliances_grader.box_limits import Limits

__all__ = ["ControlGroup", "open_control_group"]

_numbers = itertools.count()
# For what the kernel counts to a group and nobody can see: page tables, pipes, the keeper.
_SLACK_BYTES: Final = 64 << 20
_SLACK_PROCESSES: Final = 8
_PATIENCE: Final = 2.0


def _mounted(mounts: Path) -> Path | None:
    """Return where version 2 is mounted."""
    with suppress(OSError):
        for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
            words = line.split()
            if len(words) > 2 and words[2] == "cgroup2":  # noqa: PLR2004 - source, target, kind
                return Path(words[1].replace("\\040", " "))
    return None


def _own(top: Path, membership: Path) -> Path | None:
    """Return the group of this process, below ``top``."""
    with suppress(OSError):
        for line in membership.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("0::/"):
                return top / line[4:]
    return None


@dataclass(frozen=True)
class ControlGroup:
    """One group; every method does what the system lets it do and nothing else."""

    path: Path

    def _write(self, name: str, value: object) -> bool:
        # Only files that the kernel made: a controller that is not enabled has none.
        file = self.path / name
        try:
            with file.open("r+", encoding="ascii") as opened:
                opened.write(f"{value}\n")
        except OSError:
            return False
        return True

    def _number(self, name: str, field: str = "") -> int | None:
        with suppress(OSError, ValueError):
            text = (self.path / name).read_text(encoding="ascii")
            if not field:
                return int(text)
            for line in text.splitlines():
                key, _, value = line.partition(" ")
                if key == field:
                    return int(value)
        return None

    def hold(self, limits: Limits) -> None:
        """Let the box grow by one copy of these limits from what it holds now (the warm parent alone)."""
        used = self._number("memory.current")
        if used is not None:
            self._write("memory.max", used + limits.memory_bytes + limits.disk_bytes + _SLACK_BYTES)
            self._write("memory.swap.max", 0)
        running = self._number("pids.current")
        if running is not None:
            self._write("pids.max", running + limits.processes + _SLACK_PROCESSES)

    def cpu_seconds(self) -> float | None:
        """Return the computing time of everything that ever ran here, None where it is not counted."""
        used = self._number("cpu.stat", "usage_usec")
        return None if used is None else used / 1_000_000

    def memory_kills(self) -> int:
        """Return how many processes the kernel ended here for want of memory."""
        return self._number("memory.events", "oom_kill") or 0

    def end(self) -> bool:
        """End every process here at once; say whether the kernel can (Linux 5.14)."""
        return self._write("cgroup.kill", 1)

    def remove(self) -> None:
        """Remove the group, once what was ended in it is gone; one that still holds processes stays."""
        until = time.monotonic() + _PATIENCE
        while self._number("cgroup.events", "populated") == 1 and time.monotonic() < until:
            time.sleep(0.005)
        with suppress(OSError):
            self.path.rmdir()


def open_control_group(
    mounts: Path = Path("/proc/self/mounts"), membership: Path = Path("/proc/self/cgroup")
) -> ControlGroup | None:
    """Make a group for one box, below this process's own or, as root, at the top; None where that is refused.

    The top comes first: there controllers can be given on, which a group that holds processes cannot do.
    """
    top = _mounted(mounts)
    if top is None:
        return None
    for parent in (top, _own(top, membership)):
        if parent is None:
            continue
        made = parent / f"alliances-box-{os.getpid()}-{next(_numbers)}"
        with suppress(OSError):
            made.mkdir()
            group = ControlGroup(made)
            ControlGroup(parent)._write("cgroup.subtree_control", "+memory +pids")  # noqa: SLF001 - its own class
            return group
    return None
