"""Each committed lesson runs from top to bottom in a plain Jupyter, in any folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient
from peak_memory import PEAK

from alliances.course.syllabus import read_syllabus
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.lessons
REAL = find_tree()
LEAST_MEBIBYTES, MOST_MEBIBYTES = 20, 300
"""Resident memory at its height, kernel and libraries included; a kernel alone takes more than the least."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", read_syllabus(REAL).written)
def test_a_lesson_runs(tmp_path: Path, slug: str, language: Language) -> None:
    """No cell fails, none writes a warning that a learner would have to read, and memory stays small."""
    path = REAL.lesson(slug, language).with_suffix(".ipynb")
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    measure = nbformat.v4.new_code_cell(PEAK)
    notebook.cells.append(measure)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert outputs
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert LEAST_MEBIBYTES < int(measure.outputs[0].text) < MOST_MEBIBYTES
