"""Our Sphinx extension: from the documents that ``pages`` writes to pages of the theme ``alliances``.

What a page is (lesson, exercise, landing …) and what its frame shows come from ``pages.json`` beside the
documents; the theme's templates hold the HTML. Sphinx's own search, index and scripts are left out.
"""

from __future__ import annotations

import json
import re
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode

from alliances.course.page_maths import setup_maths
from alliances.course.page_tables import readable_tables, scrolling
from alliances.course.typography import typeset
from alliances.i18n import LANGUAGES, Language, text

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_ANCHOR: Final = re.compile(r'^<div id="([\w-]+)" class="al-anchor"></div>$')
# What docutils writes for the empty corner of a table.
_EMPTY_HEADER: Final = '<th class="head"><p></p></th>'
_MINUTES: Final = re.compile(r"^(.*?)\s*\((\d+)[\s\u00a0\u202f]min\)$", re.DOTALL)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension; Sphinx calls it."""
    setup_maths(app)
    app.connect("builder-inited", _leave_out_search)
    app.connect("doctree-resolved", _shape_document)
    app.connect("html-page-context", _page_context)
    app.add_node(HideCodeCellNode, override=True, html=(_open_code, _close_code))
    app.add_node(nodes.table, override=True, html=(_open_table, _close_table))
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def _leave_out_search(app: Sphinx) -> None:
    cast("Any", app.builder).search = False


def _shape_document(app: Sphinx, document: Any, _name: str) -> None:  # noqa: ANN401 - docutils is untyped
    """Give sections the names that lessons link to, and outputs the shape that reading needs."""
    language = cast("Language", app.config.language)
    pending = ""
    for node in list(document.findall()):
        if isinstance(node, nodes.raw) and "html" in node.get("format", ""):
            found = _ANCHOR.match(node.astext().strip())
            if found:
                pending = found[1]
                node.parent.remove(node)
            else:
                _replace_raw(node, readable_tables(node.astext(), text("pages.table", language)))
        elif isinstance(node, nodes.section):
            if pending:
                node["ids"], pending = [pending], ""
            _mark_minutes(node)


def _replace_raw(node: Any, html: str) -> None:  # noqa: ANN401
    if html != node.astext():
        node.parent.replace(node, nodes.raw("", html, format="html"))


def _mark_minutes(section: Any) -> None:  # noqa: ANN401
    title = section.next_node(nodes.title)
    last = title.children[-1] if title is not None and title.children else None
    if isinstance(last, nodes.Text) and (found := _MINUTES.match(last.astext())):
        minutes = nodes.inline("", f"{found[2]}\u00a0min", classes=["al-minutes"])
        title.children[-1:] = []
        title += [nodes.Text(f"{found[1]} "), minutes]


def _page_context(
    app: Sphinx,
    name: str,
    _template: str,
    context: dict[str, Any],
    document: Any,  # noqa: ANN401
) -> str | None:
    """Give templates the page's own data and the texts of its language; name its template."""
    language = cast("Language", app.config.language)
    pages = json.loads((Path(app.srcdir) / "pages.json").read_text(encoding="utf-8"))
    page = pages["pages"].get(name)
    if page is None:
        return None
    other = next(code for code in LANGUAGES if code != language)
    up = "../" * name.count("/")
    context.update(
        page=page,
        frame=pages["frame"],
        lang=language,
        other=other,
        # Sphinx's own pathto() gives « # » for the page itself, which no anchor can follow.
        home=f"{up}index.html",
        about=f"{up}about.html",
        other_page=f"../{up}{other}/{name}.html",
        t=partial(_text, language),
        contents=_contents(document),
        components='data-al-component="' in (context.get("body") or "") or page["kind"] == "form",
    )
    if page["kind"] in {"lesson", "trainer", "text"}:
        context["body"] = _without_title(context.get("body") or "")
    return f"{page['kind']}.html"


def _text(language: Language, key: str, **values: object) -> str:
    return typeset(text(f"pages.{key}", language, **values), language)


def _without_title(body: str) -> str:
    # The frame shows the title above the table of contents; one h1 is enough.
    return re.sub(r"<h1>.*?</h1>\s*", "", body, count=1, flags=re.DOTALL)


def _contents(document: Any) -> list[dict[str, str]]:  # noqa: ANN401
    """List the sections just under the title: anchor, title, minutes."""
    if document is None:
        return []
    top = next(document.findall(nodes.section), None)
    sections = (
        [child for child in top.children if isinstance(child, nodes.section)] if top is not None else []
    )
    return [_entry(section) for section in sections]


def _entry(section: Any) -> dict[str, str]:  # noqa: ANN401
    title = section.next_node(nodes.title)
    minutes = next((n for n in title.findall(nodes.inline) if "al-minutes" in n["classes"]), None)
    words = title.astext()
    if minutes is not None:
        words = words.removesuffix(minutes.astext())
    return {
        "anchor": section["ids"][0],
        "title": words.strip(),
        "minutes": minutes.astext() if minutes is not None else "",
    }


def _open_code(writer: Any, node: Any) -> None:  # noqa: ANN401
    writer.body.append(f'<details class="al-code"><summary>{escape(node["prompt_show"])}</summary>\n')


def _close_code(writer: Any, _node: Any) -> None:  # noqa: ANN401
    writer.body.append("</details>\n")


def _open_table(writer: Any, node: Any) -> None:  # noqa: ANN401
    node["al-start"] = len(writer.body)
    type(writer).visit_table(writer, node)


def _close_table(writer: Any, node: Any) -> None:  # noqa: ANN401
    type(writer).depart_table(writer, node)
    start = node["al-start"]
    language = cast("Language", writer.config.language)
    table = "".join(writer.body[start:]).replace(_EMPTY_HEADER, "<td></td>")
    writer.body[start:] = [scrolling(table, text("pages.table", language)) + "\n"]
