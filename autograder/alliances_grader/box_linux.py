"""The few kernel calls that Python does not offer, by ctypes; nothing here runs at import.

Numbers of system calls from 424 on are the same on every architecture (Linux's asm-generic table), so
that Landlock and ``mount_setattr`` need no table per machine.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Any

__all__ = [
    "CAPABILITIES",
    "CLONE_NEWCGROUP",
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "MS_NODEV",
    "MS_NOEXEC",
    "MS_NOSUID",
    "KernelRefusal",
    "bind",
    "bound_capabilities",
    "die_with_parent",
    "drop_capabilities",
    "is_linux",
    "mount",
    "no_new_privileges",
    "prctl",
    "private_mounts",
    "put_tree",
    "set_hostname",
    "set_namespace",
    "subreaper",
    "syscall",
    "take_tree",
    "unmount",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000
_MNT_DETACH = 2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_OPEN_TREE_CLONE = 1
_MOVE_MOUNT_F_EMPTY_PATH = 4

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SIGKILL = 9

# More than any kernel of today has (41); dropping one that does not exist is refused and ends the loop.
CAPABILITIES = 64
_CAPABILITY_VERSION_3 = 0x20080522


class KernelRefusal(OSError):  # noqa: N818 - it is an OSError that names the call
    """The kernel refused one call: ``step`` names it, ``errno`` says why."""

    def __init__(self, step: str, number: int) -> None:
        super().__init__(number, f"{step}: {os.strerror(number)}")
        self.step = step


def is_linux() -> bool:
    """Say whether this is Linux; elsewhere there is no box."""
    return sys.platform == "linux"


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(step: str, function: str, *arguments: Any) -> int:  # noqa: ANN401 - whatever C takes
    result = int(getattr(_libc(), function)(*arguments))
    if result < 0:
        raise KernelRefusal(step, ctypes.get_errno())
    return result


def syscall(step: str, number: int, *arguments: Any) -> int:  # noqa: ANN401 - whatever C takes
    """Call by number.

    Raises:
        KernelRefusal: it failed; ``step`` is what the message names.
    """
    return _call(step, "syscall", ctypes.c_long(number), *arguments)


def prctl(step: str, option: int, *values: int) -> int:
    """Call ``prctl`` with up to four numbers.

    Raises:
        KernelRefusal: it failed.
    """
    four = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    return _call(step, "prctl", ctypes.c_int(option), *four)


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` names.

    Raises:
        KernelRefusal: the kernel or a policy refuses it.
    """
    _call("unshare", "unshare", ctypes.c_int(flags))


def set_namespace(namespace: int, kind: int) -> None:
    """Enter the namespace behind an open descriptor; for processes it holds for children only.

    Raises:
        KernelRefusal: the right to it is missing.
    """
    _call("setns", "setns", ctypes.c_int(namespace), ctypes.c_int(kind))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system.

    Raises:
        KernelRefusal: the kernel or a policy refuses it.
    """
    _call(
        f"mount {kind or 'bind'} {target}",
        "mount",
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )


def bind(source: str, target: str) -> None:
    """Show the tree ``source`` at ``target`` too, with what is mounted below it."""
    mount(source, target, "", _MS_BIND | _MS_REC)


def take_tree(path: str) -> int:
    """Return a descriptor of a copy of the mounts at ``path``, for ``put_tree`` (Linux 5.2)."""
    flags = _OPEN_TREE_CLONE | _AT_RECURSIVE | os.O_CLOEXEC
    return syscall(f"open_tree {path}", 428, ctypes.c_int(_AT_FDCWD), os.fsencode(path), ctypes.c_uint(flags))


def put_tree(tree: int, target: str) -> None:
    """Mount at ``target`` what ``take_tree`` took, and close its descriptor."""
    try:
        syscall(
            f"move_mount {target}",
            429,
            ctypes.c_int(tree),
            b"",
            ctypes.c_int(_AT_FDCWD),
            os.fsencode(target),
            ctypes.c_uint(_MOVE_MOUNT_F_EMPTY_PATH),
        )
    finally:
        os.close(tree)


def unmount(target: str) -> None:
    """Take the last mount at ``target`` away, for good as soon as nothing uses it."""
    _call(f"umount {target}", "umount2", os.fsencode(target), ctypes.c_int(_MNT_DETACH))


def private_mounts() -> None:
    """Keep what is mounted from here on from the mount namespace that this one was copied from."""
    mount("none", "/", "", _MS_REC | _MS_PRIVATE)


def set_hostname(name: str) -> None:
    """Name the machine, in a namespace of its own."""
    _call("sethostname", "sethostname", name.encode(), ctypes.c_size_t(len(name)))


def die_with_parent(signal: int = _SIGKILL) -> None:
    """Be sent ``signal`` when the parent ends; killed by default."""
    prctl("PR_SET_PDEATHSIG", _PR_SET_PDEATHSIG, signal)


def subreaper() -> None:
    """Become the parent of every descendant whose own parent ended."""
    prctl("PR_SET_CHILD_SUBREAPER", _PR_SET_CHILD_SUBREAPER, 1)


def no_new_privileges() -> None:
    """Give up for good that running a program can add rights."""
    prctl("PR_SET_NO_NEW_PRIVS", _PR_SET_NO_NEW_PRIVS, 1)


def bound_capabilities() -> None:
    """Let no program started from here gain a capability; needs the right to say so (root has it)."""
    for number in range(CAPABILITIES):
        try:
            prctl("PR_CAPBSET_DROP", _PR_CAPBSET_DROP, number)
        except KernelRefusal:
            break


def drop_capabilities() -> None:
    """Give up every capability that this process has."""
    prctl("PR_CAP_AMBIENT", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _call("capset", "capset", header, (ctypes.c_uint32 * 6)())
