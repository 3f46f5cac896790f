"""Pieces of HTML that the tool « Lecteur de cas » is written with; every text is escaped here."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from alliances.i18n import text
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alliances.apps.case_reader_data import Source
    from alliances.i18n import Language

__all__ = [
    "Words",
    "details",
    "heading",
    "items",
    "note",
    "paragraph",
    "source_link",
    "sources_list",
    "table",
]

_ADDRESS: Final = re.compile(r"https?://")


class Words:
    """The tool's sentences in one language, with its typography, escaped for a page."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang

    def plain(self, key: str, **values: object) -> str:
        """Return a sentence as text; ``key`` is of the tool's catalogue unless it names another."""
        name = key if "." in key else f"case_reader.{key}"
        return typographic(text(name, self.lang, **values), self.lang)

    def spaced(self, words: str) -> str:
        """Return a text with the typography of the language."""
        return typographic(words, self.lang)

    def html(self, key: str, **values: object) -> str:
        """Return a sentence escaped."""
        return escape(self.plain(key, **values))


def paragraph(words: str, kind: str = "") -> str:
    """Return a paragraph of a text."""
    opening = f'<p class="{kind}">' if kind else "<p>"
    return f"{opening}{escape(words)}</p>"


def note(words: str) -> str:
    """Return a paragraph set apart."""
    return paragraph(words, "al-note")


def heading(words: str) -> str:
    """Return a heading of the third level."""
    return f"<h3>{escape(words)}</h3>"


def items(lines: Iterable[str]) -> str:
    """Return a list of texts."""
    return '<ul class="al-facts">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def details(summary: str, state: str, inside: str) -> str:
    """Return something to unfold: ``summary`` and ``state`` are texts, ``inside`` is HTML."""
    said = f'<span class="al-compared__state">{escape(state)}</span>' if state else ""
    gap = '<span class="al-hidden">. </span>' if state else ""
    return (
        f'<details class="al-compared"><summary><span class="al-compared__title">{escape(summary)}</span>'
        f"{gap}{said}</summary>{inside}</details>"
    )


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of HTML cells, the first of each row its heading; ``caption`` and ``head`` are texts."""
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    label = escape(caption)
    return (
        f'<div class="al-scroll" tabindex="0" role="group" aria-label="{label}"><table class="al-table">'
        f"<caption>{label}</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def source_link(source: Source) -> str:
    """Return a document's name as HTML, linked where it has an address."""
    said = escape(f"{source.title} ({source.publisher}{', ' + source.year if source.year else ''})")
    if not _ADDRESS.match(source.url):
        return said
    return f'<a href="{escape(source.url)}" rel="noreferrer">{said}</a>'


def sources_list(sources: Iterable[Source]) -> str:
    """Return a list of documents, each with what to be careful with."""
    lines = "".join(f"<li>{source_link(source)}<br>{escape(source.bias)}</li>" for source in sources)
    return f'<ul class="al-facts">{lines}</ul>'
