"""The sandbox that learner code runs in: which level this machine can give, and how a box is opened.

Two levels hold, and a third name says that none does:

- ``namespaces``: bubblewrap around the warm parent, fresh user, process, mount, network and IPC namespaces
  around each copy. What is not shown does not exist.
- ``landlock``: Landlock, a filter of system calls, limits, and a uid of its own when started as root, where
  nesting namespaces is refused. What is not allowed is refused.
- ``none``: grading of code refuses to start.

In both, learner code runs in a child of the warm parent that called ``box_inside.enter`` first, and is
measured from outside by ``box_watch.Watch``.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH118

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, get_args

from alliances import errors
from alliances.errors import EnvironmentFault
from alliances_grader import box_linux
from alliances_grader.box_cgroup import ControlGroup, open_control_group
from alliances_grader.box_inside import BoxSettings
from alliances_grader.box_limits import Limits
from alliances_grader.box_namespaces import bubblewrap
from alliances_grader.box_tree import remove_tree
from alliances_grader.box_uid import can_change_uid, free_uid

__all__ = [
    "LEVELS",
    "Box",
    "BoxLevel",
    "Level",
    "Limits",
    "Reason",
    "level",
    "open_box",
    "python_command",
    "system_readable",
    "wrap",
]

BoxLevel = Literal["namespaces", "landlock"]
LEVELS: Final[tuple[BoxLevel, ...]] = get_args(BoxLevel)

_SYSTEM: Final = tuple(
    Path(name)
    for name in (
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store",
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives",
        "/etc/localtime", "/etc/timezone", "/etc/fonts", "/etc/mime.types",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """One thing that does not hold: a text of the catalogue ``sandbox``, its values, and its mend's text."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    mend: str = ""


@dataclass(frozen=True)
class Level:
    """What this machine can give.

    Attributes:
        name: ``namespaces``, ``landlock`` or ``none``.
        reasons: why no better level holds; empty for ``namespaces``.
    """

    name: Literal["namespaces", "landlock", "none"]
    reasons: tuple[Reason, ...] = ()


def level() -> Level:
    """Return the best level that holds here, by trying it; the trial is made once a process (0.3 to 1 s)."""
    from alliances_grader.box_check import found_level

    return found_level()


def _import_roots() -> list[Path]:
    """Return the folders that our two packages are imported from."""
    # ``errors`` stands for its package, whose own imports are none of the grader's business.
    return list(dict.fromkeys(Path(str(name)).parent.parent for name in (__file__, errors.__file__)))


def system_readable(also: Iterable[Path] = ()) -> list[Path]:
    """Return what Python and its libraries need to be read: the system, this environment, ``also``."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    found = [*_SYSTEM, *sorted(prefixes), *_import_roots(), *(Path(path).absolute() for path in also)]
    kept: list[Path] = []
    for path in sorted(dict.fromkeys(found), key=lambda each: len(each.parts)):
        inside = any(path.is_relative_to(other) and not other.is_symlink() for other in kept)
        if (path.exists() or path.is_symlink()) and not inside:
            kept.append(path)
    return kept


def python_command(module: str, *words: str) -> list[str]:
    """Return the command that runs one of our modules: no user site, no path or variable from outside."""
    roots = [str(path) for path in _import_roots()]
    start = (
        f"import sys; sys.path[:0] = {roots!r}; "
        f"import runpy; runpy.run_module({module!r}, run_name='__main__')"
    )
    return [sys.executable, "-I", "-B", "-c", start, *words]


def _environment(writable: Path, also: Mapping[str, str]) -> dict[str, str]:
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(writable),
        "TMPDIR": str(writable),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **single,
        **also,
    }


def wrap(  # noqa: PLR0913 - what a box is made of, by name
    command: Sequence[str],
    *,
    readable: Iterable[Path],
    writable: Path,
    level: BoxLevel,
    uid: int | None = None,
    keep: Collection[int] = (),
    environment: Mapping[str, str] | None = None,
    landlock: int | None = None,
    cgroup: Path | None = None,
) -> list[str]:
    """Return the command line that starts ``command`` inside the outer box.

    Start it from a thread that lives as long as the box: the box ends with the thread that started it.

    Args:
        command: a program by its absolute path, and its words.
        readable: what may be read besides the system and this Python, for example the data of an exercise.
        writable: the box's only writable tree: an existing folder that holds nothing else.
        level: ``namespaces`` or ``landlock``.
        uid: what the box runs as; chosen when started as root, ignored otherwise.
        keep: descriptors that the command inherits besides 0 to 2.
        environment: variables besides the box's own; nothing is taken from this process's.
        landlock: act as this older version of Landlock's interface (for tests).
        cgroup: the control group that the box joins.

    Raises:
        EnvironmentFault: as root, a readable path is closed to other accounts, so the box could not read it.
    """
    root = can_change_uid()
    number = (free_uid() if uid is None else uid) if root else None
    readable = [Path(path).absolute() for path in readable]
    for path in readable if root else ():
        needed = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & needed != needed:
            raise EnvironmentFault("sandbox.closed_to_others", path=path)
    settings = BoxSettings(
        level=level,
        readable=tuple(system_readable(readable)),
        writable=Path(writable).absolute(),
        own_uid=root or level == "namespaces",
        landlock=landlock,
    )
    described = {
        "settings": settings.as_json(),
        "environment": _environment(settings.writable, environment or {}),
        "uid": number,
        "keep": sorted(keep),
        "cgroup": str(cgroup or ""),
        "bubblewrap": str(bubblewrap() or "") if level == "namespaces" else "",
    }
    start = python_command("alliances_grader.box_start", json.dumps(described))
    start.insert(1, "-S")
    return [*start, *command]


@dataclass
class Box:
    """A place for one warm parent and its copies, one at a time.

    Attributes:
        level: ``namespaces`` or ``landlock``.
        root: the box's only writable tree.
        readable: what may be read besides the system.
        uid: what it runs as, None for the uid of this process.
        landlock: act as this older version of Landlock's interface, 0 for none (for tests).
        group: the control group around it, None where the system gives none; for ``box_watch.Watch``.
    """

    level: BoxLevel
    root: Path
    readable: tuple[Path, ...] = ()
    uid: int | None = None
    landlock: int | None = None
    group: ControlGroup | None = None

    def wrap(
        self,
        command: Sequence[str],
        *,
        keep: Collection[int] = (),
        environment: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return the command line that starts the warm parent here (see ``wrap``)."""
        return wrap(
            command,
            readable=self.readable,
            writable=self.root,
            level=self.level,
            uid=self.uid,
            keep=keep,
            environment=environment,
            landlock=self.landlock,
            cgroup=self.group.path if self.group else None,
        )

    def folder(self, files: Mapping[str, bytes] | None = None) -> Path:
        """Make a folder for one copy, with the files it comes with, owned by the box's uid.

        Raises:
            ValueError: a name leaves the folder.
        """
        made = Path(tempfile.mkdtemp(prefix="copy-", dir=self.root))
        for name, content in (files or {}).items():
            path = made / name
            if not path.resolve().is_relative_to(made.resolve()) or path == made:
                raise ValueError(f"{name!r} leaves the folder of the copy")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if self.uid is not None:
            for place, folders, names in os.walk(made):
                for each in (place, *(os.path.join(place, name) for name in (*folders, *names))):
                    os.chown(each, self.uid, self.uid, follow_symlinks=False)
        return made

    def remove(self, folder: Path) -> None:
        """Remove the folder of one copy; links are removed, never followed."""
        if folder.parent != self.root:
            raise ValueError(f"{folder} is not a folder of this box")
        remove_tree(folder)

    def close(self) -> None:
        """End whatever still runs in the box's group or under its own uid, and remove its tree."""
        if self.group is not None:
            self.group.end()
        if self.uid is not None:
            from alliances_grader.box_watch import end_processes_of

            end_processes_of(self.uid)
        if self.group is not None:
            self.group.remove()
        remove_tree(self.root)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def open_box(
    level: BoxLevel,
    *,
    readable: Iterable[Path] = (),
    base: Path | None = None,
    landlock: int | None = None,
) -> Box:
    """Make the tree of a box, in ``base`` or the folder for temporary files; as root, choose its uid.

    ``landlock`` acts as an older version of Landlock's interface would (for tests).

    Raises:
        OSError: this is not Linux, or the folder cannot be made.
    """
    if not box_linux.is_linux():
        raise OSError("boxes need Linux")
    root = Path(tempfile.mkdtemp(prefix="alliances-box-", dir=base))
    uid = free_uid() if can_change_uid() else None
    if uid is not None:
        os.chown(root, uid, uid)
    return Box(
        level=level,
        root=root.resolve(),
        readable=tuple(readable),
        uid=uid,
        landlock=landlock,
        group=open_control_group(),
    )
