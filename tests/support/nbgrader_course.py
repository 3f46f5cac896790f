"""A throw-away nbgrader course in a folder, driven through nbgrader's own library."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warm_kernels import KERNELS, kernels

if TYPE_CHECKING:
    import pytest

    from alliances.i18n import Language

__all__ = ["NbgraderCourse"]


@cache
def _revision() -> str:
    """Return what nbgrader writes into each new gradebook: asking alembic takes it a second each time."""
    from nbgrader.api import get_alembic_version

    return str(get_alembic_version())


class NbgraderCourse:
    """A course folder with stock nbgrader; only the stubs' language is configured."""

    def __init__(self, root: Path, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import Config

        from alliances.course.nbgrader_cells import CODE_STUBS, TEXT_STUBS

        # nbgrader calls « alembic » by its bare name to make its database.
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        revision = _revision()
        monkeypatch.setattr("nbgrader.api.get_alembic_version", lambda: revision)
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(root / ".jupyter"))
        monkeypatch.chdir(root)
        config = Config()
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.course_id = "test"
        config.ClearSolutions.code_stub = {"python": CODE_STUBS[language]}
        config.ClearSolutions.text_stub = TEXT_STUBS[language]
        self.root = root
        self._patch = monkeypatch
        self.api = NbGraderAPI(config=config)

    def add_source(self, name: str, notebook: bytes) -> None:
        """Put the source of an assignment in its place."""
        self._write("source", name, notebook)

    def generate(self, name: str) -> dict[str, Any]:
        """Run ``generate_assignment`` and return the released notebook."""
        result = self.api.generate_assignment(name, force=True)
        assert result["success"], result.get("log") or result.get("error")
        return self._read(self.root / "release" / name / f"{name}.ipynb")

    def submit(self, student: str, name: str, notebook: bytes, **others: bytes) -> None:
        """Put a copy where nbgrader finds what was collected; ``others`` are JSON files beside it."""
        self._write(f"submitted/{student}", name, notebook)
        for stem, content in others.items():
            (self.root / "submitted" / student / name / f"{stem}.json").write_bytes(content)

    def autograde(self, student: str, name: str) -> dict[str, float]:
        """Grade a copy and return the points of each graded cell that was marked by machine."""
        self._patch.setenv(KERNELS, str(kernels()))
        result = self.api.autograde(name, student, force=True)
        assert result["success"], result.get("log") or result.get("error")
        with self.api.gradebook as book:
            grades = book.find_submission(name, student).notebooks[0].grades
            return {grade.name: grade.score for grade in grades}

    def max_score(self, name: str) -> float:
        """Return what nbgrader thinks that an assignment is worth."""
        with self.api.gradebook as book:
            return float(book.find_assignment(name).max_score)

    def _write(self, step: str, name: str, notebook: bytes) -> None:
        path = self.root / step / name / f"{name}.ipynb"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook)

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(path.read_bytes())
        return content
