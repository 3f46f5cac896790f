"""One exercise of 14 points that the escape suite attacks: each way in which a point can be given is in it.

``source()`` is the author's notebook, with solutions and hidden tests; ``release()`` what learners receive;
``recorded()`` what is graded by; ``honest()`` a copy that deserves every point of the machine.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any, Final

from alliances_grader.grading_source import name_of, recorded_source

__all__ = [
    "ASSIGNMENT",
    "AUTOMATIC",
    "BESIDE",
    "CUT",
    "MODULES",
    "OUTSIDE",
    "TOTAL",
    "as_bytes",
    "cell_of",
    "honest",
    "recorded",
    "release",
    "source",
]

ASSIGNMENT: Final = "escape"
MODULES: Final = ("numpy", "pandas", "matplotlib.pyplot")
OUTSIDE: Final = ("total_tests",)
"""Tests of the two-process kind, written with ``probe``: compared outside the learner's process, always."""
CUT: Final = ("square_tests",)
"""Plain assertions, cut by themselves: compared outside when values are plain data, else beside, and said."""
BESIDE: Final = ("double_tests", "share_tests")
"""Tests that run beside the learner's code, as in every other nbgrader course; the second gives parts."""
AUTOMATIC: Final = {"double_tests": 3.0, "total_tests": 4.0, "share_tests": 2.0, "square_tests": 1.0}
"""Points of what a machine marks."""
TOTAL: Final = 14.0

_STUB: Final = "raise NotImplementedError()"

_CELLS: Final = (
    ("markdown", "title", "", 0, "# Petit atelier", ""),
    ("code", "setup", "l", 0, "import numpy as np\nimport pandas as pd", ""),
    ("code", "double", "s", 0, "def double(values):\n    return 2 * values", ""),
    ("code", "double_tests", "gl", 3, """\
import numpy.testing as npt
npt.assert_allclose(double(np.array([1.0, 2.0])), [2.0, 4.0])
### BEGIN HIDDEN TESTS
import unittest
case = unittest.TestCase()
for number in (3, 7):
    found = double(np.array([float(number)]))
    assert len(found) == 1
    case.assertAlmostEqual(round(float(found[0]), 6), 2.0 * number)
### END HIDDEN TESTS""", ""),
    ("code", "total", "s", 0, "def total(amounts):\n    return sum(amounts)", ""),
    ("code", "total_tests", "gl", 4, """\
# Les vérifications de cette fonction ne sont pas montrées.
### BEGIN HIDDEN TESTS
from alliances_grader.probe import approx, probe, raises
assert probe("total([4, 8.5])") == 12.5
assert approx(probe("total([0.1, 0.2])"), 0.3)
assert raises("total(None)", "TypeError")
### END HIDDEN TESTS""", ""),
    ("code", "share", "s", 0, "def share(part, whole):\n    return 100 * part / whole", ""),
    ("code", "share_tests", "gl", 2, """\
points = 0.0
for part, whole, expected in ((1, 4, 25.0), (1, 2, 50.0)):
    try:
        points += 1.0 if abs(share(part, whole) - expected) < 1e-9 else 0.0
    except Exception:
        pass
points""", ""),
    ("code", "square", "s", 0, "def square(x):\n    return x * x", ""),
    ("code", "square_tests", "gl", 1, "assert square(3) == 9\nassert square(-2) == 4", ""),
    ("code", "plot", "gs", 2,
        "pd.Series([1, 3, 2], index=['a', 'b', 'c']).plot.bar();", _STUB),
    ("markdown", "why", "gs", 2, "Un don n'attend rien d'équivalent en retour.", "VOTRE RÉPONSE"),
)  # fmt: skip


def _cell(kind: str, name: str, flags: str, points: float, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"e-{name}", "metadata": {}, "source": text}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if flags:
        known = {"grade": "g", "solution": "s", "locked": "l", "task": "t"}
        about: dict[str, Any] = {flag: letter in flags for flag, letter in known.items()}
        about |= {"grade_id": name, "schema_version": 3}
        if "g" in flags:
            about["points"] = points
        cell["metadata"]["nbgrader"] = about
    return cell


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def source() -> dict[str, Any]:
    """Return the author's notebook, with solutions between nbgrader's marks and hidden tests."""
    cells = []
    for kind, name, flags, points, text, _ in _CELLS:
        cell = _cell(kind, name, flags, points, text)
        if "s" in flags and kind == "code":
            cell["source"] = f"### BEGIN SOLUTION\n{text}\n### END SOLUTION"
        cells.append(cell)
    return _notebook(cells)


def release() -> dict[str, Any]:
    """Return what a learner receives: stubs in the place of solutions, no hidden test."""
    cells = []
    for kind, name, flags, points, text, stub in _CELLS:
        shown = (stub or _STUB) if "s" in flags else _without_hidden(text)
        cells.append(_cell(kind, name, flags, points, shown))
    return _notebook(cells)


def _without_hidden(text: str) -> str:
    before, mark, rest = text.partition("### BEGIN HIDDEN TESTS\n")
    return before.rstrip("\n") + rest.partition("### END HIDDEN TESTS")[2] if mark else text


@cache
def _recorded() -> dict[str, Any]:
    return recorded_source(source(), release())


def recorded() -> dict[str, Any]:
    """Return the notebook that grading takes, with its checksums."""
    return copy.deepcopy(_recorded())


def honest() -> dict[str, Any]:
    """Return a copy with every answer right, as its learner saved it."""
    made = release()
    for cell, (_, _, flags, _, text, _) in zip(made["cells"], _CELLS, strict=True):
        if "s" in flags:
            cell["source"] = text
    return made


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the cell of that id."""
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if name_of(cell) == name)
    return found


def as_bytes(notebook: Any) -> bytes:
    """Return a notebook as a file."""
    return json.dumps(notebook, indent=1).encode()
