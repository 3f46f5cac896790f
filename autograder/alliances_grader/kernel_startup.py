"""What a Python kernel in a box is told before its first cell: that there are no terminals to lend.

ipykernel runs ``!command`` in a terminal of its own making, and a box has none: the program then writes to a
pipe, as in the warm parent's shell. The text goes to where IPython looks for it; other kernels pass it by.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["write_startup"]

_PLACE: Final = ".ipython/profile_default/startup/00-no-terminal.py"
_PROGRAM: Final = """
import subprocess
import sys

from ipykernel import zmqshell


def system(command):
    with subprocess.Popen(
        ["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as program:
        for line in program.stdout:
            # A terminal would have ended the line this way.
            sys.stdout.write(line.decode("utf-8", "replace").replace("\\n", "\\r\\n"))
    return program.returncode


zmqshell.system = system
"""


def write_startup(home: Path) -> Path:
    """Write the text below a kernel's home and return the file; it leaves no name in the learner's."""
    path = home / _PLACE
    path.parent.mkdir(parents=True)
    path.write_text(f"exec(compile({_PROGRAM!r}, 'no-terminal', 'exec'), {{}})\n", encoding="utf-8")
    return path
