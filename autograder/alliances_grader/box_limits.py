"""What one copy may use, and the part of it that the kernel holds by itself (rlimits)."""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH116, PTH123, PTH208

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Limits", "apply_rlimits", "processes_of"]

_MIB = 1 << 20
_KIB = 1 << 10


@dataclass(frozen=True)
class Limits:
    """What one copy may use, all its processes together unless said otherwise.

    The defaults suit a notebook of 30 cells with pandas and plots on an ordinary laptop.

    Attributes:
        cpu_seconds: computing time; it decides, so that a busy machine costs nobody a mark.
        wall_seconds: time on the clock, for a copy that waits.
        memory_bytes: memory that the copy adds to what the warm parent already holds.
        processes: processes and threads.
        file_bytes: one file.
        open_files: open descriptors of one process.
        output_bytes: everything it shows.
        disk_bytes: everything it writes, temporary files included.
    """

    cpu_seconds: float = 60.0
    wall_seconds: float = 120.0
    memory_bytes: int = 1024 * _MIB
    processes: int = 64
    file_bytes: int = 128 * _MIB
    open_files: int = 256
    output_bytes: int = 16 * _MIB
    disk_bytes: int = 256 * _MIB

    def __post_init__(self) -> None:
        """Refuse a limit that would let nothing run.

        Raises:
            ValueError: a limit is not above 0.
        """
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"{name} must be above 0 (got {value})")

    def as_json(self) -> dict[str, float]:
        """Return the fields as plain numbers, for a message."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Limits:
        """Build from what ``as_json`` gave.

        Raises:
            TypeError: a field is unknown.
            ValueError: a value is not above 0.
        """
        return cls(**data)


def processes_of(uid: int) -> int:
    """Count the threads that ``uid`` has in view, as RLIMIT_NPROC does."""
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return count


def _data_bytes() -> int:
    """Private writable memory of this process, as RLIMIT_DATA counts it."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * _KIB
    return 0


def apply_rlimits(limits: Limits, *, others: int = 0) -> None:
    """Set what the kernel holds for this process and its children; it cannot be raised again.

    Memory is RLIMIT_DATA above what the fork already has, per process: the sum is measured from outside.
    RLIMIT_CPU is the second rope: it is per process and rounded up, and the watcher cuts first.

    Args:
        limits: what the copy may use.
        others: processes of the same uid that were there before and do not count.
    """
    import resource

    cpu = int(limits.cpu_seconds) + 2
    data = _data_bytes() + limits.memory_bytes
    for what, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_DATA, data),
        (resource.RLIMIT_NPROC, others + limits.processes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 256),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_RTPRIO, 0),
    ):
        hard = resource.getrlimit(what)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (bound, bound))
