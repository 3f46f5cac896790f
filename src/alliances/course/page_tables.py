"""Tables that notebooks display, made fit for reading: named, scrolled by keyboard, no empty header."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final

__all__ = ["readable_tables", "scrolling"]

_TABLE: Final = re.compile(r"<table\b[^>]*>.*?</table>", re.DOTALL)
_OPENING: Final = re.compile(r"<table\b[^>]*>")
_CAPTION: Final = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")
_SCOPED_STYLE: Final = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
_EMPTY_HEADER: Final = re.compile(r"<th\b[^>]*>\s*</th>")
_HEAD: Final = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_BODY: Final = re.compile(r"<tbody\b.*?</tbody>", re.DOTALL)
_BARE_HEADER: Final = re.compile(r"<th(?![^>]*\bscope=)(?=[\s>])")


def readable_tables(html: str, label: str) -> str:
    """Return ``html`` with every data frame's table made readable; other tables stay as they are.

    Args:
        html: what a cell displays, as pandas or a component of ours writes it.
        label: name of a table that has no caption (« Tableau »).
    """
    if 'class="dataframe' not in html:
        return html

    def mended(found: re.Match[str]) -> str:
        table = found[0]
        if 'class="dataframe' not in table:
            return table
        table = _OPENING.sub("<table>", table, count=1)
        table = _EMPTY_HEADER.sub("<td></td>", table)
        table = _HEAD.sub(lambda head: _BARE_HEADER.sub('<th scope="col"', head[0]), table)
        table = _BODY.sub(lambda body: _BARE_HEADER.sub('<th scope="row"', body[0]), table)
        return scrolling(table, label)

    return _TABLE.sub(mended, _SCOPED_STYLE.sub("", html))


def scrolling(table: str, label: str) -> str:
    """Return ``table`` in a frame that scrolls sideways and that the keyboard reaches.

    The frame takes the table's caption for a name, ``label`` when it has none.
    """
    caption = _CAPTION.search(table)
    name = unescape(_TAG.sub("", caption[1])).strip() if caption else ""
    return (
        f'<div class="al-scroll" role="group" tabindex="0" aria-label="{escape(name or label)}">{table}</div>'
    )
