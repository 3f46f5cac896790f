"""Stock nbgrader 0.9.6 in a process of its own, kept for all the courses of a test run.

Importing nbgrader takes seconds, so one process serves: it reads orders, one line of JSON each, and answers
in kind. Each order names its course; what formgrader calls is called (``NbGraderAPI``), one copy after the
other. Its kernels are those of ``warm_kernels``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from warm_kernels import KERNELS, kernels

__all__ = ["Stock", "stock"]

# A copy on which the whole of « nbgrader autograde » would end costs only itself here.
_PROGRAM = """
import functools, json, os, shutil, sys
import jsonschema, nbgrader.api, sqlalchemy
from jsonschema import Draft4Validator
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
# Asked of alembic, in a process of its own, for each new gradebook: the answer is the same.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)
# A gradebook is opened nine times a copy: by one engine, which keeps the questions that it has compiled, and
# which does not wait for the disk at each answer.
def engine_of(url, made=nbgrader.api.create_engine, **settings):
    engine = made(url, **settings)
    sqlalchemy.event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine
nbgrader.api.create_engine = functools.cache(engine_of)
# nbgrader checks its own schema again for each cell.
jsonschema.validate = lambda instance, schema: Draft4Validator(schema).validate(instance)
# What nbgrader starts (alembic, kernels) must not read orders, nor print among the answers.
orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
for line in orders:
    order = json.loads(line)
    os.chdir(order["root"])
    settings = Config()
    settings.CourseDirectory.root = order["root"]
    settings.CourseDirectory.course_id = "peer"
    settings.LateSubmissionPlugin.penalty_method = "zero"
    # A kernel that a loaded machine keeps waiting is slow, not silent: by itself nbclient would go on without
    # what a cell showed, after four seconds.
    settings.NotebookClient.iopub_timeout = settings.NotebookClient.startup_timeout = 300
    api = NbGraderAPI(config=settings)
    for made in order["sources"]:
        api.generate_assignment(made, force=True, create=True)
    for name, due in order["due"].items():
        with api.gradebook as book:
            book.update_or_create_assignment(name, duedate=due)
    found = {}
    for name, student in order["copies"]:
        try:
            result = api.autograde(name, student, force=True)
        except BaseException as problem:
            result = {"success": False, "error": f"{type(problem).__name__}: {problem}"}
        found[f"{name}/{student}"] = "" if result["success"] else str(result.get("error"))[-2000:] or "?"
    answers.write(json.dumps(found) + "\\n")
    answers.flush()
# The test run has ended.
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Stock:
    """The process.

    Args:
        folder: an empty folder of its own; it goes with the process.
    """

    def __init__(self, folder: Path) -> None:
        environment = {
            **os.environ,
            # nbgrader calls « alembic » by its bare name to make its database.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            KERNELS: str(kernels()),
        }
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(folder)],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def run(
        self,
        root: Path,
        sources: Sequence[str] = (),
        due: Mapping[str, str] | None = None,
        copies: Sequence[tuple[str, str]] = (),
    ) -> dict[str, str]:
        """Have nbgrader make assignments, set dates and grade copies of the course in ``root``.

        Args:
            root: the course.
            sources: assignments to make.
            due: date by assignment, ISO 8601, UTC.
            copies: assignment and student of each.

        Returns:
            By copy (``assignment/student``) why it stopped, empty where it did not.
        """
        order: dict[str, Any] = {
            "root": str(root), "sources": [*sources], "due": dict(due or {}), "copies": [*copies],
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        found: dict[str, str] = json.loads(answer)
        return found


@cache
def stock() -> Stock:
    """Return the process of this test run, started at first use; when the run ends, it does."""
    return Stock(Path(tempfile.mkdtemp(prefix="alliances-stock-")))
