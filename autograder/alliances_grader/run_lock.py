"""One grading run a course: a lock file that names who holds it.

``flock`` decides on systems that have it: the kernel lets go when a process dies, however it dies, so a lock
left behind by a dead run is simply taken over. The file is made with ``O_EXCL`` and carries host, boot and
process, because over a network file system ``flock`` may not reach the other machine: a lock that was taken
on another machine is never broken from here, a person is told which file to delete.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from alliances.errors import AlliancesError
from alliances.i18n import text
from alliances.storage import write_fault

if sys.platform != "win32":
    import fcntl

__all__ = ["LOCK_PLACE", "Holder", "RunLock"]

LOCK_PLACE: Final = ".alliances/grading.lock"
_MAX: Final = 4096
_POLL: Final = 0.2
_TRIES: Final = 5


@dataclass(frozen=True)
class Holder:
    """Who holds a lock; ``boot`` is the running kernel's own id, empty where the system has none."""

    pid: int
    host: str
    boot: str
    since: str

    @classmethod
    def me(cls) -> Holder:
        """Return this process."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        return cls(os.getpid(), socket.gethostname(), _boot_id(), now)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the holder's machine is this one, started again since or not."""
        here = _boot_id()
        return (bool(here) and self.boot == here) or self.host == socket.gethostname()


def _boot_id() -> str:
    # Two containers on one machine differ in host name and share this.
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


_SOMEBODY: Final = Holder(0, "", "", "")


class _GoneError(Exception):
    """The lock file went away while it was being taken: try again."""


class _HeldError(Exception):
    """Another process has the lock."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder)
        self.holder = holder


class RunLock:
    """The lock of a course folder.

    Used as ``with RunLock(root).acquire(wait=…):``, or given back by ``release``. Processes forked while it
    is held do not keep it: it ends with the process that took it.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / LOCK_PLACE
        self._handle: int | None = None

    def acquire(self, *, wait: float = 0.0, tell: Callable[[str], None] | None = None) -> Self:
        """Take the lock.

        Args:
            wait: seconds to wait for another run's end; 0 refuses at once.
            tell: called once, when waiting begins, with a sentence that names the other run.

        Raises:
            AlliancesError: another run holds it (``grading_run.busy``), or one on another machine may
                (``grading_run.elsewhere``).
            EnvironmentFault: the course folder cannot be written.
        """
        end = time.monotonic() + wait
        told = False
        while True:
            holder = self._try()
            if holder is None:
                return self
            if time.monotonic() >= end:
                raise AlliancesError("grading_run.busy", **_named(holder))
            if tell is not None and not told:
                tell(text("grading_run.waiting", **_named(holder)))
                told = True
            time.sleep(min(_POLL, max(0.0, end - time.monotonic())))

    def _try(self) -> Holder | None:
        """Take the lock and return ``None``, or return who holds it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                with contextlib.suppress(_GoneError):
                    return self._attempt()
        except _HeldError as held:
            return held.holder
        except OSError as error:
            raise write_fault(self.path, error) from error
        return _SOMEBODY

    def _attempt(self) -> Holder | None:
        handle, fresh = self._opened()
        if handle is None:
            return _read(self.path)
        try:
            self._claim(handle, fresh=fresh)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        _HELD.add(self)
        return None

    def _claim(self, handle: int, *, fresh: bool) -> None:
        """Lock the open file and write this process into it, or raise why not."""
        found = None if fresh else _read_handle(handle)
        locked = _flock(handle)
        if locked is False:
            raise _HeldError(found or _SOMEBODY)
        if not self._is_mine(handle):
            raise _GoneError
        if locked is None and not fresh:
            raise AlliancesError("grading_run.left_behind", path=self.path, **_named(found or _SOMEBODY))
        if found is not None and not found.is_on_this_machine:
            raise AlliancesError("grading_run.elsewhere", path=self.path, **_named(found))
        _write(handle, Holder.me())

    def _opened(self) -> tuple[int | None, bool]:
        """Return a handle on the lock file and whether it was made just now; no handle when it is held."""
        flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with contextlib.suppress(FileExistsError):
            return os.open(self.path, flags | os.O_CREAT | os.O_EXCL, 0o664), True
        if sys.platform == "win32":
            # Windows deletes no file that a living process has open; what it deletes was left behind.
            try:
                self.path.unlink()
            except PermissionError:
                return None, False
            raise _GoneError
        try:
            return os.open(self.path, flags), False
        except FileNotFoundError:
            raise _GoneError from None

    def _is_mine(self, handle: int) -> bool:
        # Between opening and locking, the run before may have ended and taken its file away.
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False

    def let_go(self) -> None:
        """Close the file and leave the lock to the process that took it: for a forked child."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def release(self) -> None:
        """Give the lock back and remove its file; nothing happens when it is not held."""
        handle, self._handle = self._handle, None
        _HELD.discard(self)
        if handle is None:
            return
        # While it is still locked: afterwards the file may be somebody else's.
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(handle)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()

    def __enter__(self) -> Self:
        """Return the lock, taken before by ``acquire``."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        self.release()


_HELD: Final[set[RunLock]] = set()


def _let_go() -> None:
    """Forget, in a forked child, the locks of its parent."""
    # flock belongs to the open file: a worker that outlives its run would keep it.
    for lock in _HELD:
        lock.let_go()
    _HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _flock(handle: int) -> bool | None:
    """Say whether the lock was got; ``None`` on a file system that has no locks."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _write(handle: int, holder: Holder) -> None:
    content = json.dumps(asdict(holder)).encode()
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, content)
    os.fsync(handle)


def _read(path: Path) -> Holder:
    """Return who is named in a lock file, somebody unknown when it cannot be told."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return _SOMEBODY
    try:
        return _read_handle(handle) or _SOMEBODY
    finally:
        os.close(handle)


def _read_handle(handle: int) -> Holder | None:
    """Return who is named in an open lock file; ``None`` when nobody is, as when its maker died at once."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        data: dict[str, Any] = json.loads(os.read(handle, _MAX))
        return Holder(int(data["pid"]), str(data["host"]), str(data["boot"]), str(data["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _named(holder: Holder) -> dict[str, object]:
    somebody = text("grading_run.somebody")
    return {
        "pid": holder.pid or somebody,
        "host": holder.host or somebody,
        "since": holder.since or somebody,
    }
