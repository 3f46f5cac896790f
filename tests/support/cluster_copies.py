"""Copies and stand-ins for tests of the cluster; what workers run of it travels by value."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from typing import Any, Final

from alliances_grader.cluster_worker import grade_copy
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded
from alliances_grader.grading_source import recorded_source
from alliances_grader.kit import Kit, NotebookKit, SandboxName

__all__ = ["ASSIGNMENT", "RIGHT", "WRONG", "brought", "deadly", "forging", "plain", "small_kit"]

ASSIGNMENT: Final = "half"
RIGHT: Final = "def half(x):\n    return x / 2"
WRONG: Final = "def half(x):\n    return x"
_TEST: Final = "assert half(3) == 1.5"


def _cell(name: str, source: str, **flags: Any) -> dict[str, Any]:
    about = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, **flags}
    cell = {"cell_type": "code", "id": name, "metadata": {"nbgrader": {"grade_id": name, **about}}}
    return {**cell, "source": source, "outputs": [], "execution_count": None}


def _notebook(answer: str) -> dict[str, Any]:
    cells = [
        _cell("half", answer, solution=True),
        _cell("half_test", _TEST, grade=True, locked=True, points=2.0),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def small_kit(sandbox: SandboxName = "namespaces") -> Kit:
    """Return what grading one small exercise needs: two cells, nothing to import."""
    stub = _notebook("raise NotImplementedError()")
    source = _notebook(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION")
    notebook = NotebookKit(ASSIGNMENT, recorded_source(source, stub), stub)
    return Kit(ASSIGNMENT, "", "", "fr", (notebook,), sandbox=sandbox)


def brought(student: str, answer: str = RIGHT) -> Brought:
    """Return a copy with that answer."""
    content = json.dumps(_notebook(answer)).encode()
    return Brought(student, ASSIGNMENT, {f"{ASSIGNMENT}.ipynb": content})


def plain(graded: Graded) -> Graded:
    """Return a result without what was measured, which no two runs share."""
    return replace(graded, notebooks=tuple(replace(item, run={}) for item in graded.notebooks))


def deadly(run: str, copy: bytes) -> bytes:
    """Grade as a worker does, but die of mallory's copy."""
    if Brought.from_bytes(copy).student == "mallory":
        os.kill(os.getpid(), signal.SIGKILL)
    return grade_copy(run, copy)


def forging(run: str, copy: bytes) -> Any:
    """Answer as a worker that was taken over might, depending on the learner."""
    student = Brought.from_bytes(copy).student
    answers: dict[str, Any] = {
        "pickled": slice(1),
        "text": "{}",
        "torn": b'{"student": "torn", ',
        "huge": b" " * 64_000_001,
        "other": Graded("somebody", (), None).to_bytes(),
        "empty": Graded("empty", (), None).to_bytes(),
        "wordless": b'{"student": "wordless", "notebooks": [], "refused": '
        b'{"key": "no.such_text", "values": [], "machine": false}}',
    }
    return answers.get(student) or grade_copy(run, copy)
