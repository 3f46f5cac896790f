"""A small course as stock nbgrader has them, with copies that a test can stop in the middle of.

Assignment ``ps``: a notebook ``nb`` with a function to write (2 points by tests) and a text (3 points by a
person), and on request a second one. Nothing of it is this project's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from alliances_grader.course_manifest import Course

__all__ = [
    "GOOD", "Gate", "Stop", "command", "copy_of", "course_in", "executed", "gated", "hand_in", "logged",
    "make_course", "marks", "notebook", "parent_of", "processes_below",
]  # fmt: skip

STUB = "def total(numbers):\n    raise NotImplementedError()"
GOOD = "def total(numbers):\n    return sum(numbers)"
TEST = "assert total([1, 2]) == 3\n### BEGIN HIDDEN TESTS\nassert total([]) == 0\n### END HIDDEN TESTS"
ESSAY = "VOTRE RÉPONSE ICI"


def _cell(kind: str, source: str, name: str, **marks: Any) -> dict[str, Any]:
    block = {"grade": False, "solution": False, "task": False, "locked": False, "schema_version": 3, **marks}
    found = {"cell_type": kind, "id": name, "metadata": {"nbgrader": {"grade_id": name, **block}}}
    return {**found, "source": source} | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(
    answer: str = STUB, essay: str = ESSAY, test: str = TEST, kernel: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the notebook with these texts."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel or {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            _cell("code", answer, "answer", solution=True),
            _cell("code", test, "test", grade=True, locked=True, points=2),
            _cell("markdown", essay, "essay", grade=True, solution=True, points=3),
        ],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def make_course(
    root: Path, names: Sequence[str] = ("nb",), kernel: dict[str, str] | None = None, config: str = ""
) -> Course:
    """Make the course, its gradebook by nbgrader's own hand, and return it; nobody has handed in yet."""
    from nbgrader.api import Gradebook

    from alliances_grader.gradebook_address import gradebook_address
    from alliances_grader.nbgrader_api import reach_programs

    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}", encoding="utf-8")
    visible = TEST.split("\n", maxsplit=1)[0]
    reach_programs()
    with Gradebook(gradebook_address(root)[0]) as book:
        book.add_assignment("ps")
        for name in names:
            _write(root / f"source/ps/{name}.ipynb", notebook(kernel=kernel))
            _write(root / f"release/ps/{name}.ipynb", notebook(test=visible, kernel=kernel))
            book.add_notebook(name, "ps")
            book.add_solution_cell("answer", name, "ps")
            book.add_grade_cell("test", name, "ps", max_score=2, cell_type="code")
            book.add_solution_cell("essay", name, "ps")
            book.add_grade_cell("essay", name, "ps", max_score=3, cell_type="markdown")
    return course_in(root)


def course_in(root: Path) -> Course:
    """Return the course of a folder."""
    return Course(root, "fr", ours=False)


def hand_in(  # noqa: PLR0913 - what a copy is made of
    course: Course,
    student: str,
    answer: str = GOOD,
    *,
    essay: str = "Un avis.",
    name: str = "nb",
    files: dict[str, bytes] | None = None,
) -> Path:
    """Put a copy where collected ones are, and return its folder."""
    folder = course.root / "submitted" / student / "ps"
    visible = TEST.split("\n", maxsplit=1)[0]
    _write(folder / f"{name}.ipynb", notebook(answer, essay, visible))
    for place, content in (files or {}).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)
    return folder


def logged(log: Path, student: str, answer: str = GOOD) -> str:
    """Return an answer that notes in a file that it was run: for runs without a sandbox."""
    return f"with open({str(log)!r}, 'a') as log:\n    log.write({student + chr(10)!r})\n{answer}"


def executed(log: Path) -> list[str]:
    """Return who was run, in order."""
    return log.read_text(encoding="utf-8").split() if log.exists() else []


def gated(gate: Gate, answer: str = GOOD) -> str:
    """Return an answer that says that it runs and waits at the gate, when there is one."""
    return (
        "import os, socket\n"
        "at_gate = socket.socket(socket.AF_UNIX)\n"
        "try:\n"
        f"    at_gate.connect({str(gate.path)!r})\n"
        "    at_gate.sendall(b'%d %d\\n' % (os.getpid(), os.getppid()))\n"
        "    at_gate.recv(1)\n"
        "except OSError:\n"
        "    pass\n"
        f"{answer}"
    )


@dataclass(frozen=True)
class Stop:
    """A copy that waits at the gate: its process, the warm parent's, and what to let it go by."""

    pid: int
    parent: int
    connection: socket.socket

    def let_go(self) -> None:
        """Let the copy go on."""
        self.connection.close()

    def wait_for_its_end(self) -> None:
        """Wait until the copy's process is gone; fails after a minute."""
        with contextlib.suppress(ConnectionResetError):
            assert self.connection.recv(1) == b""
        self.connection.close()


class Gate:
    """Where gated copies wait; closed, they pass."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "gate"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()
        self._server.settimeout(60)

    def stop(self) -> Stop:
        """Wait for the next copy at the gate; fails after a minute."""
        connection, _ = self._server.accept()
        connection.settimeout(60)
        pid, parent = connection.recv(100).split()
        return Stop(int(pid), int(parent), connection)

    def close(self) -> None:
        """Let whoever comes pass."""
        self._server.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Return the gate."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def command(course: Course, *words: str, before: Sequence[str] = (), **options: Any) -> subprocess.Popen[str]:
    """Start ``alliances grade`` on the course, in a session of its own; ``before`` are words in front."""
    environment = {**os.environ, "ALLIANCES_LANG": "fr", **options.pop("env", {})}
    return subprocess.Popen(
        [*before, sys.executable, "-m", "alliances.cli", "grade", "ps", "--course", str(course.root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
        **options,
    )


def marks(course: Course) -> dict[str, dict[str, tuple[float | None, float | None, bool]]]:
    """Return of each learner and cell the automatic and manual mark and whether a person has to look."""
    book = sqlite3.connect(course.root / "gradebook.db")
    with contextlib.closing(book):
        found = book.execute(
            "SELECT a.student_id, n.name, c.name, g.auto_score, g.manual_score, g.needs_manual_grade"
            " FROM grade g JOIN base_cell c ON c.id = g.cell_id"
            " JOIN submitted_notebook s ON s.id = g.notebook_id JOIN notebook n ON n.id = s.notebook_id"
            " JOIN submitted_assignment a ON a.id = s.assignment_id"
        ).fetchall()
    told: dict[str, dict[str, tuple[float | None, float | None, bool]]] = {}
    for student, name, cell, auto, manual, look in found:
        key = cell if name == "nb" else f"{name}.{cell}"
        assert key not in told.setdefault(student, {}), "a cell is marked twice"
        told[student][key] = (auto, manual, bool(look))
    return told


def parent_of(pid: int) -> int:
    """Return the process that a process was started by."""
    words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return int(words[1])


def processes_below(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if parent_of(int(place.name)) == pid:
                yield int(place.name)
                yield from processes_below(int(place.name))


def copy_of(course: Course, target: Path) -> Course:
    """Return a copy of a course that was made before."""
    shutil.copytree(course.root, target)
    return course_in(target)
