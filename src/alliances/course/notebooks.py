"""From a lesson's text to its notebook, and from ``app.md`` to a tool's notebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from alliances.course.markup import Expander
from alliances.course.myst_source import SourceNotebook, read_notebook
from alliances.course.notebook_file import Cell, code_cell, markdown_cell, notebook_bytes
from alliances.course.typography import typeset
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language, text

if TYPE_CHECKING:
    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.references import References
    from alliances.course.tree import CourseTree

__all__ = ["SOURCES_HEADING", "app_notebook", "lesson_notebook", "setup_cell"]

SOURCES_HEADING: Final = "Sources"
# Version of what the builder writes: it changes when built notebooks change shape, not at each release.
_FORMAT: Final = 1
_H2: Final = re.compile(r"^## +(.+?)\s*#*$", re.MULTILINE)
_CELL_OPTIONS: Final = ("tags", "alliances")
_TITLE: Final = "title_{language}"
# The static pages leave these cells out: they concern whoever runs the notebook.
_RUNNERS_ONLY: Final = {"tags": ["remove-cell"]}


def lesson_notebook(
    tree: CourseTree, module: ModuleManifest, language: Language, references: References
) -> bytes:
    """Build the notebook of a lesson in one language.

    Returns:
        The file's bytes: the same sources give the same bytes.

    Raises:
        SourceError: the lesson is missing or malformed, or cites a fact or a source that does not exist.
    """
    lesson = read_notebook(tree.lesson(module.slug, language))
    expander = Expander(references, language, lesson.path)
    anchors = {section.title[language]: section.id for section in module.sections}
    body: list[Cell] = []
    for cell in lesson.cells:
        metadata = {name: cell.options[name] for name in _CELL_OPTIONS if name in cell.options}
        if cell.kind == "code":
            body.append(code_cell(cell.source, **metadata))
        else:
            body.append(markdown_cell(_anchored(expander.expand(cell), anchors, language), **metadata))
    listing = references.listing({*expander.cited, *_known(module, references)}, language)
    _add_sources(body, typeset(listing, language))
    about = {"slug": module.slug, "lang": language, "version": _FORMAT}
    cells = [*_opening(module, language), *body]
    return notebook_bytes(
        cells, module.slug, language, alliances=about, title=typeset(module.title[language], language)
    )


def _known(module: ModuleManifest, references: References) -> tuple[str, ...]:
    for source in module.sources:
        if source not in references.sources:
            raise SourceError("course.unknown_source", path=module.path, source=source)
    return module.sources


def _opening(module: ModuleManifest, language: Language) -> list[Cell]:
    title = text(
        "course.lesson_title",
        language,
        title=module.title[language],
        summary=module.summary[language],
        minutes=module.minutes,
    )
    return [
        markdown_cell(typeset(title.strip(), language)),
        markdown_cell(typeset(text("course.lesson_how_to", language).strip(), language), **_RUNNERS_ONLY),
        setup_cell(language),
    ]


def setup_cell(language: Language) -> Cell:
    """Return the code cell that sets the language, or says how to install the package."""
    source = "\n".join(
        [
            "try:",
            "    import alliances",
            "",
            f'    alliances.use("{language}")',
            "except ImportError:",
            f'    print("{text("course.not_installed", language)}")',
        ]
    )
    return code_cell(source, **_RUNNERS_ONLY)


def _anchored(source: str, anchors: dict[str, str], language: Language) -> str:
    """Put an anchor before each heading that opens a section: headings' own anchors differ by reader."""
    wanted = {typeset(title, language): name for title, name in anchors.items()}

    def with_anchor(found: re.Match[str]) -> str:
        title = re.sub(r"\s*\(\d+\u00a0min\)$", "", found[1])
        name = wanted.get(title)
        return found[0] if name is None else f'<div id="{name}" class="al-anchor"></div>\n\n{found[0]}'

    return _H2.sub(with_anchor, source)


def _add_sources(body: list[Cell], listing: str) -> None:
    """Add the list of sources under the lesson's last heading, which is ``## Sources``."""
    for cell in reversed(body):
        headings = _H2.findall(cell["source"]) if cell["cell_type"] == "markdown" else []
        if headings:
            if headings[-1] == SOURCES_HEADING and listing:
                cell["source"] += "\n\n" + listing
            return


def app_notebook(tree: CourseTree, slug: str, language: Language) -> bytes:
    """Build the notebook of a module's tool in one language (what Voilà serves).

    Raises:
        SourceError: ``app.md`` has no title in this language, or not exactly one code cell.
    """
    source = read_notebook(tree.modules / slug / "app.md")
    title = _title(source, language)
    cells = [
        code_cell(cell.source.replace("{lang}", language)) for cell in source.cells if cell.kind == "code"
    ]
    if len(cells) != 1:
        raise SourceError("course.app_cells", path=source.path, found=len(cells))
    about = {"slug": slug, "lang": language, "kind": "tool", "version": _FORMAT}
    return notebook_bytes(cells, f"{slug}_tool", language, alliances=about, title=typeset(title, language))


def _title(source: SourceNotebook, language: Language) -> str:
    for code in LANGUAGES:
        title = source.front_matter.get(_TITLE.format(language=code))
        if not isinstance(title, str) or not title.strip():
            raise SourceError(
                "course.translation_missing",
                path=source.path,
                line=1,
                field=_TITLE.format(language=code),
                language=code,
            )
    return str(source.front_matter[_TITLE.format(language=language)])
