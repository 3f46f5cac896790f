"""A graded course as stock nbgrader leaves it, made without running anything: two notebooks, two learners."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradebooks import make_gradebook, sql, verdict

from alliances_grader.gradebook import GradebookWriter
from alliances_grader.verdicts import CellVerdict

__all__ = ["ERROR", "cell", "copy_of", "error_output", "graded_course", "notebook", "set_grade"]

_VISIBLE = 'assert total([1]) == 1, "total([1]) doit valoir 1"'
_HIDDEN = "assert total([7, 9]) == 16, 'la somme secrète vaut 16'"
ERROR = "la somme secrète vaut 16"
_TEST = f"{_VISIBLE}\n### BEGIN HIDDEN TESTS\n{_HIDDEN}\n### END HIDDEN TESTS"


def cell(kind: str, source: str, name: str = "", **marks: Any) -> dict[str, Any]:
    """Return a cell; with a name it carries nbgrader's block of that ``grade_id``."""
    block = {"grade": False, "solution": False, "task": False, "locked": False, "schema_version": 3, **marks}
    found: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    if name:
        found["metadata"]["nbgrader"] = {"grade_id": name, **block}
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def error_output(name: str, value: str, *lines: str) -> dict[str, Any]:
    """Return an error output whose traceback has these lines."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(lines)}


def notebook(*cells: dict[str, Any]) -> bytes:
    """Return a notebook file."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}).encode()


def _nb(answer: str, test: str, essay: str, *outputs: dict[str, Any]) -> bytes:
    tested = cell("code", test, "test", grade=True, locked=True, points=2) | {"outputs": list(outputs)}
    return notebook(
        cell("markdown", "## La somme\n\nÉcrivez `total`."),
        cell("code", answer, "answer", solution=True),
        tested,
        cell("markdown", "## Un avis\n\nDites pourquoi."),
        cell("markdown", essay, "essay", grade=True, solution=True, points=3),
        cell("markdown", "## Un dessin\n\nTracez la courbe.", "task", task=True, locked=True, points=4),
    )


def _second(answer: str) -> bytes:
    return notebook(
        cell("markdown", "## Du code à lire"),
        cell("code", answer, "only", grade=True, solution=True, points=5),
    )


def graded_course(root: Path, learners: tuple[str, ...] = ("ada", "bob")) -> Path:
    """Make the course in ``root`` and return it: assignment ``ps``, notebooks ``nb`` and ``second``.

    The hidden test of ``nb`` failed, the essay, the task and the code of ``second`` wait for a person.
    """
    root.mkdir(parents=True, exist_ok=True)
    book = make_gradebook(root)
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    stub = "def total(numbers):\n    raise NotImplementedError()"
    files: dict[str, bytes] = {
        "source/ps/nb.ipynb": _nb(stub, _TEST, "VOTRE RÉPONSE ICI"),
        "release/ps/nb.ipynb": _nb(stub, _VISIBLE, "VOTRE RÉPONSE ICI"),
        "release/ps/second.ipynb": _second("# ici"),
        "source/ps/second.ipynb": _second("# ici"),
    }
    failed = error_output("AssertionError", ERROR, "Cell In[2], line 3", f"----> 3 {_HIDDEN}")
    for learner in learners:
        files[f"autograded/{learner}/ps/nb.ipynb"] = _nb(
            "def total(numbers):\n    return 1", _TEST, f"Un avis de {learner}. <b>", failed
        )
        files[f"autograded/{learner}/ps/second.ipynb"] = _second("print('<script>')")
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    only = (CellVerdict("only", "grade", 5.0, None, True),)
    entries = [verdict(learner, test=0.0) for learner in learners]
    entries += [verdict(learner, notebook="second", cells=only) for learner in learners]
    GradebookWriter(f"sqlite:///{book}").write(entries)
    return root


def set_grade(root: Path, student: str, name: str, values: Mapping[str, object]) -> None:
    """Change a row of ``grade``, as formgrader does."""
    changes = ", ".join(f"{column} = ?" for column in values)
    sql(
        str(root / "gradebook.db"),
        f"UPDATE grade SET {changes} WHERE cell_id IN (SELECT id FROM base_cell WHERE name = ?)"  # noqa: S608
        " AND notebook_id IN (SELECT s.id FROM submitted_notebook s JOIN submitted_assignment a"
        " ON a.id = s.assignment_id WHERE a.student_id = ?)",
        [*values.values(), name, student],
    )


def copy_of(course: Path, target: Path) -> Path:
    """Return a copy of a course that was made before."""
    shutil.copytree(course, target)
    return target
