"""What the grader's tests start from; made once, copied for each test."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from copies import tiny_release
from tiny_course import write_tiny_course

from alliances.desk.course_folder import create_course
from alliances_grader.course_manifest import Course, read_course


@pytest.fixture(scope="session")
def _releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {door: tiny_release(tmp_path_factory.mktemp(door), door) for door in ("form", "code")}


@pytest.fixture
def form(_releases: dict[str, Any]) -> Any:
    """Return the released notebook of the tiny exercise's form door."""
    return copy.deepcopy(_releases["form"])


@pytest.fixture
def code(_releases: dict[str, Any]) -> Any:
    """Return the released notebook of the tiny exercise's code door."""
    return copy.deepcopy(_releases["code"])


@pytest.fixture(scope="session")
def _tiny_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    create_course(write_tiny_course(root / "tree"), root / "course", "fr")
    return root / "course"


@pytest.fixture
def tiny_course(_tiny_course: Path, tmp_path: Path) -> Callable[[], Course]:
    """Return a maker of a fresh nbgrader course with the tiny exercise, in French."""

    def make() -> Course:
        shutil.copytree(_tiny_course, tmp_path / "course")
        return read_course(tmp_path / "course")

    return make
