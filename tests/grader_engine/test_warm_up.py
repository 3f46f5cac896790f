"""What the warm parent does once for all copies: it works, and it leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import alliances_grader
from alliances import errors

pytestmark = pytest.mark.grader

# In a process of its own, as in the parent; what warm_up passes over in silence is raised here.
_PROGRAM = """
import contextlib, sys
import {modules}
from alliances_grader import warm_up
warm_up.suppress = lambda *kinds: contextlib.nullcontext()
warm_up.warm_up()
loaded = set(sys.modules)
warm_up.warm_up()
assert set(sys.modules) == loaded, set(sys.modules) - loaded
pyplot = sys.modules.get("matplotlib.pyplot")
assert pyplot is None or pyplot.get_fignums() == []
print(sorted(loaded & {{"pandas", "matplotlib.pyplot", "alliances.data", "unittest", "bdb"}}))
"""


@pytest.mark.parametrize(
    ("modules", "loaded"),
    [
        ("sys", ["bdb", "unittest"]),
        ("pandas", ["bdb", "pandas", "unittest"]),
        ("IPython, matplotlib.pyplot", ["bdb", "matplotlib.pyplot", "unittest"]),
        ("alliances", ["alliances.data", "bdb", "unittest"]),
        ("alliances, pandas", ["alliances.data", "bdb", "pandas", "unittest"]),
    ],
)
def test_every_use_works_and_loads_only_what_is_there(modules: str, loaded: list[str]) -> None:
    """Each step runs with the libraries installed; a second time loads nothing more and no figure is left."""
    roots = [str(Path(str(module.__file__)).parent.parent) for module in (errors, alliances_grader)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(roots),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    program = _PROGRAM.format(modules=modules)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.strip() == str(loaded)
