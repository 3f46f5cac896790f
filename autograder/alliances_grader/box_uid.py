"""A uid of a box's own: one that owns nothing, runs nothing, and is nobody else's."""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH116, PTH208

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["can_change_uid", "free_uid"]

# Above what any distribution, container manager or systemd gives away (« uids and gids on systemd systems »).
_HIGH_UID: Final = 0x70000000
_PID_BITS: Final = 22
_openings = itertools.count()


def _uid_map() -> tuple[int, int]:
    """Return first uid and number of uids of the widest range that this user namespace maps."""
    lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    ranges = [(int(line.split()[0]), int(line.split()[2])) for line in lines]
    return max(ranges, key=lambda each: each[1])


def can_change_uid() -> bool:
    """Whether this is root with other uids to go to; a rootless container may have none."""
    return os.geteuid() == 0 and _uid_map()[1] > 1


def free_uid() -> int:
    """Return a uid that owns nothing and runs nothing: this process's and opening's own."""
    first, count = _uid_map()
    wanted = _HIGH_UID + ((next(_openings) & 63) << _PID_BITS) + os.getpid()
    if first + count > wanted:
        return wanted
    import pwd

    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                taken.add(os.stat(f"/proc/{name}").st_uid)
    top = first + count - 2  # the last one is nobody's
    start = (os.getpid() * 31 + next(_openings)) % max(1, count // 2)
    return next(uid for uid in range(top - start, first, -1) if uid not in taken)
