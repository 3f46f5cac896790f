"""What a kernel in a box is before it is the kernel: rights given up, limits and filter on, then ``exec``.

Started inside the outer box of the level « namespaces » (``kernel_box``). It does what ``box_inside.enter``
does for a child of the warm parent, as far as a process can that has to go on talking over sockets of files.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from alliances_grader import box_landlock, box_linux, box_namespaces, box_seccomp
from alliances_grader.box_inside import box_settings
from alliances_grader.box_limits import Limits, apply_rlimits

__all__ = ["OWN_THREADS", "main"]

OWN_THREADS: Final = 24
"""Threads and processes that a kernel needs for itself, beyond what a copy may start."""
_FAILED: Final = 125


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Enter the box as the first word says (JSON: ``limits``, ``folder``), become the command behind it."""
    described, *command = sys.argv[1:] if arguments is None else arguments
    data: dict[str, Any] = json.loads(described)
    settings = box_settings()
    try:
        # Before capabilities go: what bubblewrap granted for namespaces of its children is not for a kernel.
        box_linux.bound_capabilities()
        box_linux.drop_capabilities()
        with suppress(PermissionError):
            os.setsid()
        os.chdir(data["folder"])
        os.umask(0o077)
        apply_rlimits(Limits.from_json(data["limits"]), others=OWN_THREADS)
        # The filter's program is made before files are out of reach: libseccomp may not be loaded yet.
        program = box_seccomp.filter_program(own_uid=settings.own_uid, unix_sockets=True)
        if version := settings.landlock_version():
            box_landlock.restrict(
                readable=(*settings.readable, Path("/proc")),
                writable=(settings.writable,),
                devices=box_namespaces.DEVICES,
                sockets=(settings.writable,),
                version=version,
            )
        box_linux.no_new_privileges()
        box_seccomp.apply_filter(program)
        os.execve(command[0], list(command), dict(os.environ))  # noqa: S606 - words of the kernel's installer
    except (OSError, box_seccomp.FilterUnavailable) as error:
        sys.stderr.write(f"alliances-kernel: {error}\n")
        sys.stderr.flush()
        os._exit(_FAILED)


if __name__ == "__main__":
    main()
