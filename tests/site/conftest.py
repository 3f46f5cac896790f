"""The tiny course as pages, built once for the tests of this folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import PageServer
from made_once import made_once
from tiny_course import change, write_tiny_course

from alliances.course.build import build
from alliances.course.pages import build_pages
from alliances.course.tree import CourseTree
from alliances.data import practice_bank
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator


CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory: pytest.TempPathFactory) -> CourseTree:
    """Build lessons and pages of the tiny course, in both languages, with this checkout's theme."""
    return CourseTree(made_once(tmp_path_factory, "site", _build))


def _build(folder: Path) -> None:
    tree = write_tiny_course(folder)
    shutil.copytree(CHECKOUT / "site", tree.site)
    for language in LANGUAGES:
        # The bank of questions is this package's own; a formula and a table test their rendering.
        change(tree.lesson("tiny", language), 'practice("tiny.p01")', 'practice("alliance_models.p01")')
        lesson = tree.lesson("tiny", language)
        content = lesson.read_text(encoding="utf-8")
        more = (
            "Soit $p_o$.\n\n| | A |\n| --- | --- |\n| **B** | 1 |\n\n```{code-cell} ipython3\n"
            'import pandas as pd\npd.DataFrame({"n": [1, 2]}, index=["x", "y"])\n```\n\n+++\n\n'
        )
        bank = {item["id"]: item for item in practice_bank("alliance_models")["items"]}
        anchors = sorted(set(re.findall(r"\(#([\w-]+)\)", str(bank["p01"]))))
        more = "".join(f'<span id="{name}"></span>\n\n' for name in anchors) + more
        head, _, tail = content.rpartition("## Sources")
        lesson.write_text(head + more + "## Sources" + tail, encoding="utf-8")
    assert build(tree, pages=False).refusals == []
    for language in LANGUAGES:
        build_pages(tree, language)


@pytest.fixture
def server(tiny_site: CourseTree) -> Iterator[PageServer]:
    """Serve the tiny course's pages, with an empty store of answers."""
    with PageServer(tiny_site.build / "pages") as running:
        yield running
