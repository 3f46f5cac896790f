"""Built notebooks: nbformat's bytes, stable ids, the same every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from tiny_course import change, write_tiny_course

from alliances.course.module_manifest import read_module
from alliances.course.notebook_file import code_cell, markdown_cell, notebook_bytes
from alliances.course.notebooks import app_notebook, lesson_notebook
from alliances.course.references import read_references
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def lesson(tree: CourseTree, language: Language = "fr") -> dict[str, Any]:
    return json.loads(lesson_bytes(tree, language))


def lesson_bytes(tree: CourseTree, language: Language = "fr") -> bytes:
    module = read_module(tree.modules / "tiny/module.toml")
    return lesson_notebook(tree, module, language, read_references(tree))


def sources(notebook: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_bytes_are_nbformats_own() -> None:
    """What we write is what nbformat writes, and valid."""
    cells = [markdown_cell("é\n\nb", tags=["a"]), code_cell("x = 1\ny = 2"), markdown_cell("")]
    written = notebook_bytes(cells, "slug", "fr", alliances={"b": 1, "a": 2}).decode()
    notebook = nbformat.reads(written, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == written


def test_ids_come_from_slug_language_and_position() -> None:
    """The same place has the same id; another slug, language or position has another."""
    cells = [markdown_cell("a"), markdown_cell("a")]
    ids = {
        cell["id"]
        for slug, language in (("a", "fr"), ("a", "en"), ("b", "fr"))
        for cell in json.loads(notebook_bytes(cells, slug, language))["cells"]
    }
    assert len(ids) == 6
    assert notebook_bytes(cells, "a", "fr") == notebook_bytes(cells, "a", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_is_the_same_every_time(tree: CourseTree, language: Language) -> None:
    """Building a lesson twice gives the same bytes, valid, without outputs."""
    first = lesson_bytes(tree, language)
    assert first == lesson_bytes(tree, language)
    notebook = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert notebook.metadata.alliances == {"slug": "tiny", "lang": language, "version": 1}


def test_a_lesson_opens_with_its_title_and_how_to_run_it(tree: CourseTree) -> None:
    """The first cells give the one title, the minutes, and how to install what is missing."""
    title, how_to, setup, *body = sources(lesson(tree))
    assert title.startswith("# Un petit module\n")
    assert "18 min" in title
    assert "Maj + Entrée" in how_to
    assert "projet indépendant" in how_to
    assert 'alliances.use("fr")' in setup
    assert "python -m pip install ." in setup
    assert not any(source.startswith("# ") for source in body)


def test_the_setup_cell_says_how_to_install(
    tree: CourseTree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the package is missing the first code cell says so, without a traceback."""
    import builtins

    real = builtins.__import__

    def missing(name: str, *rest: object) -> Any:
        if name == "alliances":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    setup = sources(lesson(tree, "en"))[2]
    monkeypatch.setattr(builtins, "__import__", missing)
    exec(setup, {})  # noqa: S102 - the builder's own cell
    assert "The course's package is not installed here" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_have_the_same_anchors_in_both_languages(tree: CourseTree, language: Language) -> None:
    """Each section's heading follows an anchor with the section's identifier."""
    text = "\n".join(sources(lesson(tree, language)))
    for name in ("opening", "one_section", "recap"):
        assert f'<div id="{name}" class="al-anchor"></div>\n\n## ' in text


def test_sources_cited_are_listed_at_the_end(tree: CourseTree) -> None:
    """The last cell lists each source once, with its anchor: cited by fact, by mark, or by the module."""
    last = sources(lesson(tree))[-1]
    assert last.index("## Sources") < last.index('<a id="source-s001"></a>') < last.index("source-s002")
    assert last.count('<a id="source-') == 2
    assert "À savoir\u00a0: Enquête déclarative." in last


def test_a_source_not_cited_is_not_listed(tree: CourseTree) -> None:
    """The list holds what the lesson names, and no more."""
    change(tree.lesson("tiny", "fr"), " ({source}`S002`)", "")
    assert "S002" not in sources(lesson(tree))[-1]


def test_an_unknown_source_of_the_module_is_refused(tree: CourseTree) -> None:
    """A source that module.toml names must be in the table."""
    change(tree.modules / "tiny/module.toml", '["S001"]', '["S404"]')
    with pytest.raises(SourceError, match=r"module\.toml: la source « S404 » n'existe pas"):
        lesson(tree)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tool_is_one_cell_in_its_language(tree: CourseTree, language: Language) -> None:
    """A tool's notebook has one code cell, with the language put in, and a title."""
    notebook = json.loads(app_notebook(tree, "tiny", language))
    assert sources(notebook) == [f'print("{language}")']
    assert notebook["metadata"]["title"] == {"fr": "Petit outil", "en": "Tiny tool"}[language]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title_en: Tiny tool\n", "", r"app\.md:1: « title_en » n'a pas de texte en « en »"),
        ('```{code-cell} ipython3\nprint("{lang}")\n```\n', "", "l'outil a 0 cellules de code"),
    ],
)
def test_a_wrong_tool_is_refused(tree: CourseTree, old: str, new: str, message: str) -> None:
    """A tool needs a title in both languages and exactly one code cell."""
    change(tree.modules / "tiny/app.md", old, new)
    with pytest.raises(SourceError, match=message):
        app_notebook(tree, "tiny", "fr")
