"""The real course, built once and served in each language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from served_course import built_copy, served

from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree
    from alliances.desk.serving import Serving


@pytest.fixture(scope="session")
def course_tree(tmp_path_factory: pytest.TempPathFactory) -> CourseTree:
    """Build the real course in a temporary folder."""
    return built_copy(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module", params=LANGUAGES)
def running(request: pytest.FixtureRequest, course_tree: CourseTree) -> Iterator[Serving]:
    """Serve it, in French, then in English."""
    with served(course_tree, request.param) as serving:
        yield serving
