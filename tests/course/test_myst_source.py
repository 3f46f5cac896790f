"""Lessons as text: cells, options and their lines; jupytext reads the same."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from tiny_course import CODE, LESSON_EN, LESSON_FR

from alliances.course.myst_source import parse_notebook
from alliances.course.tree import find_tree
from alliances.errors import SourceError

PATH = Path("lesson.fr.md")
REAL = find_tree()
TEXTS = {
    "tiny lesson, French": LESSON_FR,
    "tiny lesson, English": LESSON_EN,
    "tiny code door": CODE.format(text="x", head="y", comment="z"),
    "no front matter": "Un texte.\n\n```{code-cell} ipython3\n1\n```\n",
    "breaks in a row": "a\n\n+++\n\n+++\n\nb\n",
    "a break with metadata": 'a\n\n+++ {"tags": ["x"]}\n\nb\n',
    "a fence that is no cell": "a\n\n```python\n+++\n```\n\nb\n",
    "a longer fence": "````{code-cell} ipython3\nx = '''\n```\n'''\n````\n",
    "tildes": "~~~{code-cell} ipython3\nx = 1\n~~~\n",
    "an indented fence in a list": "- a\n\n  ```\n  +++\n  ```\n\nb\n",
    "options between rules": "```{code-cell} ipython3\n---\ntags: [a]\n---\nx = 1\n```\n",
    "options on lines": '```{code-cell} ipython3\n:tags: [a]\n:alliances: {"id": "k"}\n\nx = 1\n```\n',
    "a blank first line": "```{code-cell} ipython3\n\nx = 1\n\n```\n",
    "an empty cell": "```{code-cell} ipython3\n```\n",
    "text right after a fence": "```{code-cell} ipython3\n1\n```\nb\n",
}
for _path in sorted([*REAL.modules.glob("*/*.md"), *REAL.exercises.glob("*/*.md")]):
    TEXTS[f"{_path.parent.name}/{_path.name}"] = _path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_jupytext_reads_the_same(name: str) -> None:
    """Our reader and jupytext's give the same cells, with the same options."""
    theirs = jupytext.reads(TEXTS[name], fmt="md:myst")
    expected = [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in theirs.cells]
    ours = parse_notebook(TEXTS[name], PATH)
    assert expected == [(cell.kind, cell.source, cell.options) for cell in ours.cells]


def test_each_cell_knows_its_line() -> None:
    """A cell's line is where its text starts, options apart."""
    lines = LESSON_FR.split("\n")
    for cell in parse_notebook(LESSON_FR, PATH).cells:
        assert lines[cell.line - 1] == cell.source.split("\n")[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("---\na: b\n", r"lesson\.fr\.md:1: l'en-tête n'est pas refermé"),
        ("---\n- a\n---\n", r":2: l'en-tête entre « --- » ne contient pas de champs"),
        ("---\na: [\n---\n", r":\d: les options de cette cellule sont illisibles"),
        ("x\n\n```{code-cell} ipython3\n1\n", r":3: le bloc ouvert ici par « ``` » n'est pas refermé"),
        (
            "```{code-cell} ipython3\n:tags: [a\n1\n```\n",
            r":\d: les options de cette cellule sont illisibles",
        ),
        ("```{code-cell} ipython3\n---\ntags: [a]\n1\n```\n", r":2: les options de cette cellule"),
        ("a\n\n+++ {\n\nb\n", r":\d: les options de cette cellule sont illisibles"),
    ],
)
def test_a_malformed_text_is_refused(content: str, message: str) -> None:
    """What cannot be read is refused with its line."""
    with pytest.raises(SourceError, match=message):
        parse_notebook(content, PATH)
