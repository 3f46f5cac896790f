"""Stock nbgrader 0.9.6, driven step by step: its own preprocessors on a gradebook that stays open.

Left out of ``nbgrader autograde`` are copying files and opening the gradebook nine times a copy; between the
two passes a copy is written and read in memory.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warm_kernels import KERNELS, kernels

if TYPE_CHECKING:
    import pytest

__all__ = ["Graded", "Peer", "Recorded", "plain"]

_NOTEBOOK = "p1"


@dataclass(frozen=True)
class Recorded:
    """An assignment as nbgrader made it: what learners get, and the texts in the gradebook by id."""

    name: str
    release: dict[str, Any]
    texts: dict[str, str]


@dataclass(frozen=True)
class Graded:
    """What nbgrader did with one copy.

    Attributes:
        stopped: why the copy (or the run) stopped, empty when it was graded.
        sanitized: the copy after the first pass.
        executed: with the outputs that were scored.
        grades: by id the automatic score and whether a person has to look.
        comments: by id the automatic comment.
        failed: ids among the failed tests.
        score: of the notebook; ``penalty``: as stored.
    """

    stopped: str
    sanitized: dict[str, Any] | None = None
    executed: dict[str, Any] | None = None
    grades: Mapping[str, tuple[float | None, bool]] | None = None
    comments: Mapping[str, str | None] | None = None
    failed: frozenset[str] = frozenset()
    score: float = 0.0
    penalty: float | None = None
    late: float = 0.0


def plain(node: Any) -> Any:
    """Return nbformat's nodes as plain dictionaries and lists."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if isinstance(node, list) else node


class Peer:
    """One course of stock nbgrader with one gradebook, in a folder."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import nbgrader.preprocessors as steps
        from jsonschema import Draft4Validator
        from nbgrader.api import Gradebook

        # nbgrader calls « alembic » by its bare name to make its database.
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(root / ".jupyter"))

        class Open(Gradebook):  # type: ignore[misc]
            """A gradebook that outlives the step that uses it."""

            def close(self) -> None:
                """Stay open."""

        self.steps = steps
        self.root = root
        with _quiet():
            self.book: Any = Open(f"sqlite:///{root / 'gradebook.db'}")
        self.book.db.connection().exec_driver_sql("PRAGMA synchronous=OFF")
        self.book.db.commit()
        for name in (
            "latesubmissions",
            "overwritecells",
            "overwritekernelspec",
            "saveautogrades",
            "savecells",
        ):
            monkeypatch.setattr(f"nbgrader.preprocessors.{name}.Gradebook", lambda *_: self.book)
        # nbgrader checks its own schema again for each cell: a quarter of a run's time, and no news.
        monkeypatch.setattr(
            "jsonschema.validate", lambda instance, schema: Draft4Validator(schema).validate(instance)
        )
        self.students = 0

    def make(self, name: str, source: Mapping[str, Any], path: Path | None = None) -> Recorded:
        """Make an assignment as ``generate_assignment`` does; ``path`` is where its ``autotests.yml`` is.

        Raises:
            Exception: whatever nbgrader stops on.
        """
        steps = self.steps
        self.book.add_assignment(name)
        notebook = _read(source)
        for step in (
            steps.InstantiateTests, steps.LockCells, steps.ClearSolutions, steps.ClearOutput,
            steps.CheckCellMetadata, steps.ComputeChecksums, steps.SaveCells, steps.ClearHiddenTests,
            steps.ClearMarkScheme, steps.ComputeChecksums, steps.CheckCellMetadata,
        ):  # fmt: skip
            with _quiet():
                notebook = self._step(step(), notebook, name, "", path)
        cells = self.book.find_notebook(_NOTEBOOK, name).source_cells
        return Recorded(name, plain(notebook), {cell.name: cell.source for cell in cells})

    def grade(  # noqa: PLR0913 - what may differ between two gradings
        self,
        recorded: Recorded,
        copy: Mapping[str, Any],
        run: Callable[[Any], None] | None = None,
        *,
        execute: bool = False,
        limit: Mapping[str, Any] | None = None,
        timestamp: datetime | None = None,
        late: str = "none",
        student: str = "",
    ) -> Graded:
        """Grade a copy of a new student's (or of ``student``, again).

        Args:
            recorded: the assignment.
            copy: the notebook as it was brought.
            run: gives outputs to the sanitized notebook, in place of a kernel.
            execute: run it in a kernel, with nbgrader's own Execute.
            limit: options of nbgrader's LimitOutput.
            timestamp: when it came.
            late: nbgrader's ``penalty_method``.
            student: a student who was graded before.
        """
        self.students += not student
        student = student or f"s{self.students}"
        import nbformat
        from traitlets.config import Config

        steps, sanitized, executed = self.steps, None, None
        with _quiet():
            self.book.update_or_create_student(student)
            times = {} if timestamp is None else {"timestamp": timestamp}
            self.book.update_or_create_submission(recorded.name, student, **times)
            try:
                notebook = _normalised(_read(copy))
                for step in (
                    steps.ClearOutput, steps.DeduplicateIds, steps.OverwriteKernelspec, steps.OverwriteCells,
                    steps.CheckCellMetadata,
                ):  # fmt: skip
                    notebook = self._step(step(), notebook, recorded.name, student)
                sanitized = plain(notebook)
                notebook = _normalised(_read(notebook))
                if execute:
                    notebook = self._execute(notebook, recorded.name, student)
                elif run is not None:
                    run(notebook)
                    notebook = nbformat.from_dict(notebook)
                executed = plain(notebook)
                method = Config({"LateSubmissionPlugin": {"penalty_method": late}})
                for made in (
                    steps.LimitOutput(**(limit or {})), steps.SaveAutoGrades(),
                    steps.AssignLatePenalties(config=method), steps.CheckCellMetadata(),
                ):  # fmt: skip
                    notebook = self._step(made, notebook, recorded.name, student)
            except Exception as error:  # noqa: BLE001 - whatever stops nbgrader is what is looked for
                self.book.db.rollback()
                return Graded(f"{type(error).__name__}: {error}", sanitized, executed)
        return self._found(recorded.name, student, sanitized, executed)

    def _execute(self, notebook: Any, assignment: str, student: str) -> Any:
        from nbgrader.utils import setenv

        made = self.steps.Execute(timeout=3, extra_arguments=["--log-level=ERROR"])
        with setenv(NBGRADER_EXECUTION="autograde", **{KERNELS: str(kernels())}):
            return self._step(made, notebook, assignment, student)

    def _step(self, step: Any, notebook: Any, assignment: str, student: str, path: Path | None = None) -> Any:
        import nbformat

        resources = {
            "nbgrader": {
                "db_url": "", "assignment": assignment, "notebook": _NOTEBOOK, "student": student,
            },
            "unique_key": _NOTEBOOK,
            "metadata": {"path": str(path or self.root)},
        }  # fmt: skip
        changed, _ = step.preprocess(notebook, resources)
        # As nbconvert does behind each step.
        nbformat.validate(changed, relax_add_props=True)
        return changed

    def _found(self, assignment: str, student: str, sanitized: Any, executed: Any) -> Graded:
        self.book.db.expire_all()
        row = self.book.find_submission_notebook(_NOTEBOOK, assignment, student)
        return Graded(
            "",
            sanitized,
            executed,
            {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in row.grades},
            {comment.name: comment.auto_comment for comment in row.comments},
            frozenset(grade.name for grade in row.grades if grade.failed_tests),
            float(row.score),
            row.late_submission_penalty,
            float(row.assignment.total_seconds_late),
        )


def _read(notebook: Mapping[str, Any]) -> Any:
    """Write a notebook to bytes and read it back."""
    import json

    import nbformat

    return nbformat.reads(json.dumps(notebook, ensure_ascii=False).encode().decode(), as_version=4)


def _normalised(notebook: Any) -> Any:
    # nbconvert does so before the steps of each pass.
    from nbformat import validator

    return validator.normalize(notebook)[1]


@contextmanager
def _quiet() -> Any:
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
