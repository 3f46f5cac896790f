"""The real course, built once and served in each language."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_once import made_once
from served_course import built_copy, served

from alliances.course.tree import CourseTree
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from alliances.desk.serving import Serving


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the real course in a temporary folder; nobody has worked there."""
    return made_once(tmp_path_factory, "built", built_copy)


@pytest.fixture(scope="session")
def course_tree(built: Path, tmp_path_factory: pytest.TempPathFactory) -> CourseTree:
    """Return a copy of the built course to serve."""
    return CourseTree(shutil.copytree(built, tmp_path_factory.mktemp("course") / "tree"))


@pytest.fixture(scope="module", params=LANGUAGES)
def running(request: pytest.FixtureRequest, course_tree: CourseTree) -> Iterator[Serving]:
    """Serve it, in French, then in English."""
    with served(course_tree, request.param) as serving:
        yield serving
