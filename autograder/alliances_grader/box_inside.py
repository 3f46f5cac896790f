"""The inner half of the box: called in the forked child, before any learner code.

The warm parent was started through ``box.wrap``, which says in one variable of its environment what box it
is in. ``enter`` reads that, and raises when there is none: learner code never runs unboxed by accident.

The *learner's process*, in which ``enter`` returns, is the first of its own process namespace: when it
ends, all it started ends. It is the forked child itself where ``prepare`` may arrange that. Otherwise, and
always at the level Landlock, the forked child becomes a *keeper*: it stays outside, cannot be signalled by
learner code, waits for the learner's process, its child, ends what it left behind, and ends as it ended.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH123, PTH208

from __future__ import annotations

import gc
import json
import os
import signal
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from alliances_grader import box_landlock, box_linux, box_namespaces, box_seccomp
from alliances_grader.box_limits import Limits, apply_rlimits, processes_of

__all__ = ["SETTINGS", "BoxSettings", "NotInABox", "box_settings", "enter", "prepare"]

SETTINGS: Final = "ALLIANCES_BOX"
"""The variable of the environment by which ``box.wrap`` tells the warm parent about its box."""

# The warm parent, the keeper, and room for one that is being collected.
_OF_THE_BOX: Final = 3
# What numpy, pandas and their libraries read about the machine; nothing about other processes.
_OF_THE_MACHINE: Final = tuple(
    Path(name)
    for name in (
        "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems",
        "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/pid_max", "/proc/sys/kernel/cap_last_cap",
        "/sys/devices/system/cpu", "/sys/kernel/mm/transparent_hugepage",
    )
)  # fmt: skip


class NotInABox(RuntimeError):  # noqa: N818 - names a state
    """This process was not started through ``box.wrap``."""


@dataclass(frozen=True)
class BoxSettings:
    """What the outer box is.

    Attributes:
        level: ``namespaces`` or ``landlock``.
        readable: what may be read.
        writable: the only tree that may be written.
        own_uid: the uid owns nothing but the box.
        landlock: act as this version of Landlock's interface; 0 for none, None for the kernel's.
    """

    level: str
    readable: tuple[Path, ...]
    writable: Path
    own_uid: bool
    landlock: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain values, for the environment of the warm parent."""
        return {
            "level": self.level,
            "readable": [str(path) for path in self.readable],
            "writable": str(self.writable),
            "own_uid": self.own_uid,
            "landlock": self.landlock,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> BoxSettings:
        """Build from what ``as_json`` gave."""
        return cls(
            level=str(data["level"]),
            readable=tuple(Path(path) for path in data["readable"]),
            writable=Path(data["writable"]),
            own_uid=bool(data["own_uid"]),
            landlock=data["landlock"],
        )

    def landlock_version(self) -> int:
        """Return the version of Landlock's interface to act by, 0 for none."""
        known = box_landlock.landlock_version()
        return known if self.landlock is None else min(known, self.landlock)


_settings: BoxSettings | None = None
_program: bytes | None = None


def box_settings() -> BoxSettings:
    """Return the box that this process was started in.

    Raises:
        NotInABox: it was not started through ``box.wrap``.
    """
    global _settings  # noqa: PLW0603 - one process, one box
    if _settings is None:
        told = os.environ.pop(SETTINGS, "")
        if not told:
            raise NotInABox("start the warm parent through alliances_grader.box.wrap")
        _settings = BoxSettings.from_json(json.loads(told))
    return _settings


def _needs_process_filter(settings: BoxSettings) -> bool:
    return settings.level == "landlock" and settings.landlock_version() < box_landlock.SIGNALS_FROM


def prepare() -> None:
    """Make ready in the warm parent what every child needs, so that ``enter`` costs less. May be left out.

    Raises:
        NotInABox: this process was not started through ``box.wrap``.
        FilterUnavailable: libseccomp is missing.
    """
    global _program  # noqa: PLW0603 - made once before the forks
    import_module("resource")
    settings = box_settings()
    if settings.level == "namespaces":
        box_namespaces.fork_into_fresh_process_namespaces()
    if _program is None and not _needs_process_filter(settings):
        _program = box_seccomp.filter_program(own_uid=settings.own_uid)


def _end_as(status: int) -> NoReturn:
    """End this process as the learner's ended, without running anything of the warm parent's."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF if os.WIFEXITED(status) else 1)


def _kill_all(*, scoped: bool) -> None:
    if scoped:
        # Reaches what is in the keeper's Landlock domain: the learner's processes, all at once.
        with suppress(OSError):
            os.kill(-1, signal.SIGKILL)
        return
    for child in _children():
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)


def _kill_the_rest(*, scoped: bool) -> None:
    """End every process that learner code left behind and that became the keeper's child."""
    while True:
        _kill_all(scoped=scoped)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    own = str(os.getpid())
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    if file.read().rpartition(b")")[2].split()[1].decode() == own:
                        found.append(int(name))
            except OSError:
                continue
    return found


def _keep(child: int, *, scoped: bool, alone: bool) -> NoReturn:
    """Wait for the learner's process, end what it left, and end as it did."""
    status = 1
    try:
        if not alone:
            # Told to end, or orphaned: end the copy first, daemons included; the wait below then returns.
            signal.signal(signal.SIGTERM, lambda *_: _kill_all(scoped=scoped))
            box_linux.die_with_parent(signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        if not alone:
            _kill_the_rest(scoped=scoped)
    finally:
        _end_as(status)


def _close_descriptors(keep: Collection[int]) -> None:
    """Leave 0 to 2, on nothing unless kept, and what ``keep`` names."""
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        if standard not in keep:
            os.dup2(nothing, standard, inheritable=True)
    edges = [*sorted({number for number in keep if number > 2}), 1 << 20]  # noqa: PLR2004 - the usual three
    start = 3
    for edge in edges:
        if edge > start:
            os.closerange(start, edge)
        start = edge + 1


def _restrict_files(settings: BoxSettings, writable: tuple[Path, ...]) -> None:
    version = settings.landlock_version()
    if version == 0:
        return  # only in namespaces: there the mounts alone hold, as the self-test shows
    if settings.level == "namespaces":
        readable: tuple[Path, ...] = (*settings.readable, Path("/proc"))
    else:
        readable = (*settings.readable, *_OF_THE_MACHINE)
    box_landlock.restrict(
        readable=readable, writable=writable, devices=box_namespaces.DEVICES, version=version
    )


def enter(limits: Limits, folder: Path | str, *, keep: Collection[int] = ()) -> None:
    """Enter the box of one copy; returns in the learner's process only.

    Afterwards: fresh namespaces (or a Landlock domain of its own), only ``folder`` and temporary files
    writable and bounded, only its own processes in view, no network, no descriptor but 0 to 2 and ``keep``,
    no capability, no way to gain one, limits and the filter of system calls on, working folder ``folder``.

    Args:
        limits: what the copy may use.
        folder: the copy's folder, below the box's writable tree; with namespaces its files are copied into
            a memory file system, so what learner code writes there never reaches the disk.
        keep: descriptors that the learner's process keeps.

    Raises:
        NotInABox: the warm parent was not started through ``box.wrap``.
        KernelRefusal: the kernel refuses a step; the message names it. The caller must end the process.
    """
    settings = box_settings()
    folder = Path(folder)
    nested = settings.level == "namespaces"
    scoped = False
    box_linux.die_with_parent()
    # Forked into a process namespace by ``prepare``: the first process there, with the warm parent as keeper.
    alone = nested and os.getpid() == 1
    if nested:
        box_namespaces.own_namespaces(first=alone)
    else:
        with suppress(PermissionError):  # the caller may have made a session already
            os.setsid()
        box_linux.subreaper()
        if not _needs_process_filter(settings):
            scoped = box_landlock.restrict_signals()
    if not alone:
        child = os.fork()
        if child:
            # Objects of the warm parent must not be finalized here.
            gc.disable()
            _keep(child, scoped=scoped, alone=nested)
        box_linux.die_with_parent()
    signal.set_wakeup_fd(-1)
    if nested:
        writable = box_namespaces.private_file_systems(
            folder, settings.writable, limits.disk_bytes, settings.readable
        )
        if alone:
            box_namespaces.own_user_namespace()
        box_linux.bound_capabilities()
        box_linux.drop_capabilities()
        others = 0
    else:
        (folder / ".tmp").mkdir(mode=0o700, exist_ok=True)
        writable = (folder / ".tmp", folder)
        others = _OF_THE_BOX if settings.own_uid else processes_of(os.getuid())
    with suppress(PermissionError):  # as above
        os.setsid()
    _close_descriptors(keep)
    os.chdir(folder)
    os.umask(0o077)
    tempfile.tempdir = None  # the warm parent's own, remembered
    os.environ.update(HOME=str(folder), TMPDIR=str(writable[0]), USER="learner", LOGNAME="learner")
    apply_rlimits(limits, others=others)
    # The filter's program is made before files are out of reach: libseccomp may not be loaded yet.
    program = _program
    if program is None:
        only = os.getpid() if _needs_process_filter(settings) else None
        program = box_seccomp.filter_program(own_uid=settings.own_uid, only_process=only)
    _restrict_files(settings, writable)
    box_linux.no_new_privileges()
    box_seccomp.apply_filter(program)
