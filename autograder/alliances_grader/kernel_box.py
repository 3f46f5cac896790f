"""A real kernel in a box of its own: the outer box of the level « namespaces », a fresh one for each copy.

What holds as for the warm parent's children: fresh user, process, mount, network and IPC namespaces, a
read-only system, the copy's tree as the only one that can be written, an empty environment, no descriptor, no
capability, no new privilege, Landlock where the kernel has it, the limits, and measuring from outside.

What is weaker, because the kernel talks with this process over sockets in files of that tree:

- The filter of system calls lets sockets of files through (and only these): no network, but the learner's
  code can talk to its own kernel's front end, that is, forge what a cell shows. Tests of this route are
  judged with the learner's code: there is no judge apart, no search for a bent shell, nothing put back.
- What a copy writes goes to the disk, not to a memory file system; how much is measured from outside twice a
  second and held per file, so that a copy may pass its limit by what it writes in half a second.
- The kernel's own memory and threads count as the copy's (about 80 MB; room for its threads is added).
- The front end here reads what learner's code sends: messages of a bounded size, as JSON, a bounded number
  waiting, bounded again before they are kept. It is more code than our own frames: ZeroMQ and jupyter_client.
- The kernel's own program and libraries are whatever was installed under its name.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from alliances.data import data_folder
from alliances.errors import EnvironmentFault
from alliances_grader.box import Box, open_box, python_command, system_readable
from alliances_grader.box_limits import Limits
from alliances_grader.box_watch import Watch, warm_parent_of
from alliances_grader.kernel_choice import InstalledKernel
from alliances_grader.kernel_route import Held, run_in_kernel
from alliances_grader.kernel_startup import write_startup
from alliances_grader.shell_inputs import CopyRequest
from alliances_grader.verdicts import CopyRun

__all__ = ["run_in_boxed_kernel"]

_FIRST_BELOW_BUBBLEWRAP: Final = 2
"""Number, in the box's process namespace, of what bubblewrap starts there."""


def run_in_boxed_kernel(
    request: CopyRequest, kernel: InstalledKernel, files: Mapping[str, bytes], limits: Limits
) -> CopyRun:
    """Run one copy in a fresh kernel in a fresh box, in a folder of the box that holds ``files``.

    ``request.folder`` is not used. Use it from one thread: a box ends with the thread that started it.

    Raises:
        EnvironmentFault: the kernel's program is not there, does not start in the box, or its files are
            closed to other accounts (as root).
    """
    # The program's name may be looked up on PATH; the box wants its place.
    program = shutil.which(_program(kernel))
    if program is None:
        raise EnvironmentFault("execution.kernel_never_starts", kernel=kernel.name, reason=kernel.command[0])
    with open_box("namespaces", readable=_readable(kernel, Path(program))) as box:
        held = _Held(box, box.folder(files), kernel, program, limits)
        return run_in_kernel(replace(request, folder=str(held.work)), kernel.name, held=held)


def _program(kernel: InstalledKernel) -> str:
    return kernel.command[0].replace("{resource_dir}", str(kernel.folder or ""))


def _readable(kernel: InstalledKernel, program: Path) -> list[Path]:
    """Return what the kernel needs to read besides the system and this Python."""
    found = [data_folder()]
    if kernel.folder is not None and any(
        "{resource_dir}" in word or word.startswith(f"{kernel.folder}/") for word in kernel.command
    ):
        found.append(kernel.folder)
    found += [_with_its_libraries(place) for place in (program, program.resolve())]
    known = system_readable()
    return [path for path in dict.fromkeys(found) if not any(path.is_relative_to(other) for other in known)]


def _with_its_libraries(program: Path) -> Path:
    """Return the environment that a program is of, the program alone where it is of none: never a home."""
    prefix = program.parent.parent
    marks = (prefix / "pyvenv.cfg", prefix / "conda-meta", *prefix.glob("lib/python3*/os.py"))
    return prefix if any(mark.exists() for mark in marks) else program


class _Held(Held):
    """How ``kernel_route`` starts, interrupts and measures a kernel in a box."""

    def __init__(self, box: Box, work: Path, kernel: InstalledKernel, program: str, limits: Limits) -> None:
        self.work = work
        self._box = box
        self._kernel = kernel
        self._program = program
        self._limits = limits

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder for the kernel's sockets, in the box's tree; the box removes it."""
        yield self._box.folder()

    def command(self, command: Sequence[str], folder: Path) -> list[str]:
        """Return the command line that starts the kernel in the box; the folder's files become the box's."""
        write_startup(folder)
        if self._box.uid is not None:
            # Nothing of the learner's has run yet.
            for path in folder.rglob("*"):
                os.chown(path, self._box.uid, self._box.uid, follow_symlinks=False)
        told = json.dumps({"limits": self._limits.as_json(), "folder": str(self.work)})
        inner = python_command("alliances_grader.box_kernel", told, self._program, *command[1:])
        environment = {
            "ALLIANCES_DATA": str(data_folder()),
            # Beside the copy's files, so that what the kernel keeps for itself is not among them.
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "NBGRADER_EXECUTION": "autograde",
            "PATH": f"{Path(self._program).parent}:/usr/bin:/bin",
            **self._kernel.environment,
        }
        return self._box.wrap(inner, environment=environment)

    def watch(self, started: int) -> Watch:
        """Return the measuring of the copy."""
        return Watch(started, self._limits, self._box.root, self._box.group)

    def interrupt(self, started: int) -> bool:
        """Send the kernel SIGINT: bubblewrap, which was started, would not hand it on."""
        pid = warm_parent_of(started, _FIRST_BELOW_BUBBLEWRAP)
        if pid is not None:
            with suppress(OSError):
                os.kill(pid, signal.SIGINT)
        return True
