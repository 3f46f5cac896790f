"""The documents that Sphinx reads: lessons from built notebooks, trainer's guides and texts from Markdown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from alliances.course.files import read_text
from alliances.course.markup import Expander
from alliances.course.myst_source import read_notebook
from alliances.course.notebooks import SOURCES_HEADING
from alliances.course.references import read_references
from alliances.course.typography import typeset
from alliances.errors import AlliancesError, SourceError

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["lesson_document", "text_document", "trainer_document"]

# Fenced or inline code, or a link to a place of the same page.
_LOCAL_LINK: Final = re.compile(
    r"(?P<code>^```.*?^```|`[^`\n]*`)|\[([^\]\n]+)\]\(#([\w-]+)\)", re.DOTALL | re.MULTILINE
)
# An image of the module; documents stand one folder below the copies of all modules' images.
_IMAGE: Final = re.compile(r"(!\[[^\]\n]*\]\()img/")
_PRACTICE: Final = re.compile(r"""practice\(["'][\w.]+["']\)""")
_DECIDED: Final = frozenset({"hide-input", "remove-input", "remove-cell", "hide-cell"})


def lesson_document(tree: CourseTree, slug: str, language: Language) -> str:
    """Return the notebook that a lesson's page is made from.

    The opening cell becomes the bare title (the page's frame shows summary, minutes and outcomes), code
    is folded unless the lesson says otherwise, local links become plain HTML.

    Raises:
        AlliancesError: the lesson is not built, or is no notebook.
    """
    path = tree.built_lesson(slug, language)
    if not path.is_file():
        raise AlliancesError("pages.lesson_not_built", slug=slug, language=language, path=path)
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
    except (ValueError, KeyError) as error:
        raise SourceError("pages.notebook_malformed", path=path, reason=error) from error
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            tags = cell.setdefault("metadata", {}).setdefault("tags", [])
            if _PRACTICE.fullmatch(source.strip()):
                # The question speaks for itself; the call that shows it would only be in the way.
                tags.append("remove-input")
            elif not _DECIDED.intersection(tags):
                tags.append("hide-input")
        elif number == 0:
            cell["source"] = source.strip().split("\n", 1)[0]
        else:
            cell["source"] = _images(_plain_local_links(source), slug)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def trainer_document(tree: CourseTree, slug: str, language: Language) -> str:
    """Return a trainer's guide as Markdown, the author's marks expanded and the sources cited listed.

    Raises:
        SourceError: the guide is missing, or cites a fact or a source that does not exist.
    """
    source = read_notebook(tree.modules / slug / f"trainer.{language}.md")
    references = read_references(tree)
    expander = Expander(references, language, source.path)
    parts = [
        expander.expand(cell) if cell.kind == "markdown" else f"```python\n{cell.source}\n```"
        for cell in source.cells
    ]
    if expander.cited:
        listing = typeset(references.listing(expander.cited, language), language)
        parts.append(f"## {SOURCES_HEADING}\n\n{listing}")
    return _images(_plain_local_links("\n\n".join(parts)), slug) + "\n"


def text_document(tree: CourseTree, name: str, language: Language) -> str:
    """Return a text of ``site/texts`` with the typography of its language.

    Raises:
        SourceError: it is missing or not UTF-8.
    """
    return typeset(_plain_local_links(read_text(tree.site / "texts" / f"{name}.{language}.md")), language)


def _plain_local_links(source: str) -> str:
    # Sphinx would look these anchors up among its own labels and warn; a plain link needs no look-up.
    return _LOCAL_LINK.sub(lambda m: m[0] if m["code"] else f'<a href="#{m[3]}">{m[2]}</a>', source)


def _images(source: str, slug: str) -> str:
    return _IMAGE.sub(rf"\1../img/{slug}/", source)
