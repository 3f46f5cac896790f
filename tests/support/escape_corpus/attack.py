"""What an attack is, and the copies that most of them are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from escape_course import ASSIGNMENT, as_bytes, cell_of

__all__ = [
    "ALL",
    "NOTEBOOK",
    "WRONG",
    "Attack",
    "Files",
    "Notebook",
    "blank",
    "changed",
    "cheats",
    "said_first",
    "whole",
]

Notebook = dict[str, Any]
Files = dict[str, bytes]

NOTEBOOK: Final = f"{ASSIGNMENT}.ipynb"
ALL: Final = {"double_tests": 3.0, "total_tests": 4.0, "share_tests": 2.0, "square_tests": 1.0}
"""What an honest copy earns: the copy was repaired, or the attack leaves answers alone."""
WRONG: Final = {
    "double": "def double(values):\n    return values",
    "total": "def total(amounts):\n    return -1",
    "share": "def share(part, whole):\n    return 1",
    "square": "def square(x):\n    return 0",
}
"""Answers that earn nothing."""


@dataclass(frozen=True)
class Attack:
    """One attack, as a copy.

    Attributes:
        number: in grading.md 3.4.
        name: what it tries.
        make: turns an honest notebook, which it may change, into the files of the hostile copy.
        earns: points that the copy rightly gets in ``strict`` mode, by test; every other test earns nothing,
            or something with a finding about it if it is judged beside the learner's code.
        findings: keys of what the trainer must be told; one of each group.
        refused: key of the error with which the copy is refused, empty when it is graded.
        ended: how its run may end, empty for one that reaches its last cell.
        limits: fields of ``Limits`` that differ; ``cell_seconds`` and ``copy_seconds`` are the run's.
        again: it is handed in twice, and the second one must find nothing of the first.
        needs: what the machine must have, in words, when it is not there everywhere.
    """

    number: str
    name: str
    make: Callable[[Notebook], Files]
    earns: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[tuple[str, ...], ...] = ()
    refused: str = ""
    ended: tuple[str, ...] = ("",)
    limits: Mapping[str, float] = field(default_factory=dict)
    needs: str = ""
    again: bool = False

    def __str__(self) -> str:
        """Return number and name, for a test's id."""
        return f"{self.number}-{self.name.replace(' ', '_')}"


def whole(notebook: Notebook, **files: bytes) -> Files:
    """Return a copy of one notebook, and files whose names have ``__`` for a dot."""
    return {NOTEBOOK: as_bytes(notebook)} | {name.replace("__", "."): body for name, body in files.items()}


def changed(change: Callable[[Notebook], object]) -> Callable[[Notebook], Files]:
    """Return a maker that applies ``change`` to an honest notebook."""

    def make(notebook: Notebook) -> Files:
        change(notebook)
        return whole(notebook)

    return make


def blank(notebook: Notebook) -> Notebook:
    """Give every tested answer of a notebook a wrong text."""
    for name, text in WRONG.items():
        cell_of(notebook, name)["source"] = text
    return notebook


def cheats(code: str = "", files: Files | None = None, **answers: str) -> Callable[[Notebook], Files]:
    """Return a maker of a copy that answers nothing right and runs ``code`` in its first answer.

    ``answers`` replace whole answers by name; ``files`` lie beside the notebook.
    """

    def make(notebook: Notebook) -> Files:
        blank(notebook)
        for name, text in answers.items():
            cell_of(notebook, name)["source"] = text
        first = cell_of(notebook, "double")
        first["source"] = f"{code}\n{first['source']}" if code else first["source"]
        return whole(notebook) | (files or {})

    return make


def said_first(code: str, last: str = "") -> Callable[[Notebook], Files]:
    """Return a maker of an honest copy that also runs ``code`` first and ``last`` at the end."""

    def make(notebook: Notebook) -> Files:
        for place, source in ((1, code), (len(notebook["cells"]) + 1, last)):
            if source:
                cell = {"cell_type": "code", "id": f"said-{place}", "metadata": {}, "source": source}
                notebook["cells"].insert(place, {**cell, "outputs": [], "execution_count": None})
        return whole(notebook)

    return make
