"""Landlock: what a process and its children may open, connect to and signal, without any namespace.

Called by ctypes: three system calls and two structures that the kernel keeps for good (``linux/landlock.h``).
The Python packages are not fit to depend on: ``landlock`` is a development version without scopes, the others
are months old with one author each, and none of them keeps signals in (interface 6).
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from alliances_grader.box_linux import KernelRefusal, is_linux, no_new_privileges, syscall

__all__ = ["SIGNALS_FROM", "landlock_version", "restrict", "restrict_signals"]

SIGNALS_FROM: Final = 6
"""The interface from which signals stay within the box."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIRECTORY = 1 << 3
_MAKE_CHARACTER = 1 << 6
_MAKE_SOCKET = 1 << 9
_MAKE_BLOCK = 1 << 11
_MOVE = 1 << 13
_TRUNCATE = 1 << 14
# Rights known to each version of the interface: 13 at first, then moving, truncating, ioctl on devices.
_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK_FROM = 4
_BIND_AND_CONNECT = 3
_SIGNALS = 2
_ABSTRACT_SOCKETS_AND_SIGNALS = 1 | _SIGNALS

_READ = _EXECUTE | _READ_FILE | _READ_DIRECTORY
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | (1 << 15)
_NEVER = _MAKE_CHARACTER | _MAKE_BLOCK | _MAKE_SOCKET


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def landlock_version() -> int:
    """Return the version of the kernel's interface, 0 where there is none."""
    if not is_linux():
        return 0
    try:
        return syscall("landlock", _CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except KernelRefusal:
        return 0


def _create(files: int, network: int, scoped: int, version: int) -> int:
    rules = _Ruleset(files, network, scoped)
    # Older kernels know a shorter structure, and refuse a longer one unless the rest is zero: it is.
    size = 8 if version < _NETWORK_FROM else 16 if version < SIGNALS_FROM else 24
    number = syscall(
        "landlock_create_ruleset", _CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    os.set_inheritable(number, False)
    return number


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            rights &= _ON_FILES
        if rights == 0:
            return
        rule = _Beneath(rights, parent)
        syscall(
            "landlock_add_rule",
            _ADD,
            ctypes.c_int(ruleset),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(parent)


def _enforce(ruleset: int) -> None:
    try:
        no_new_privileges()
        syscall("landlock_restrict_self", _RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def restrict(
    *,
    readable: Iterable[Path],
    writable: Iterable[Path],
    devices: Iterable[Path] = (),
    sockets: Iterable[Path] = (),
    version: int | None = None,
) -> None:
    """Let this process and its children reach these trees only, and no TCP port or process outside.

    Args:
        readable: trees and files to read and run; missing ones are left out.
        writable: trees to read, run, write, and make files, folders, links and pipes in; no device.
        devices: files to read and write, such as ``/dev/null``.
        sockets: trees to make sockets of files in.
        version: act as this older interface would (for tests); the kernel's by default.

    Raises:
        KernelRefusal: the kernel has no Landlock.
    """
    known = landlock_version() if version is None else version
    rights = _RIGHTS[max(1, min(known, max(_RIGHTS)))]
    ruleset = _create(
        rights,
        _BIND_AND_CONNECT if known >= _NETWORK_FROM else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if known >= SIGNALS_FROM else 0,
        known,
    )
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, rights & ~_NEVER)
        for path in sockets:
            _allow(ruleset, path, _MAKE_SOCKET & rights)
        for path in devices:
            _allow(ruleset, path, (_READ_FILE | _WRITE_FILE | _TRUNCATE | (1 << 15)) & rights)
    except BaseException:
        os.close(ruleset)
        raise
    _enforce(ruleset)


def restrict_signals() -> bool:
    """Keep the signals of this process and its children among themselves; say whether the kernel can."""
    version = landlock_version()
    if version < SIGNALS_FROM:
        return False
    with suppress(KernelRefusal):
        # Any ruleset forbids moving files between folders unless it says otherwise.
        ruleset = _create(_MOVE, 0, _SIGNALS, version)
        _allow(ruleset, Path("/"), _MOVE)
        _enforce(ruleset)
        return True
    return False
