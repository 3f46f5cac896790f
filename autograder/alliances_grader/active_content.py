"""What a copy holds that a page would have acted on: scripts, frames, remote links; told to the trainer.

``inert`` makes all of it harmless whether it is found here or not. This only says that it was there: an
interactive chart of a well-known library holds a script too, so it is said and nobody is accused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from alliances_grader.cells import by_id, grade_id, marks
from alliances_grader.inert import MARK_MIME, is_image, joined
from alliances_grader.verdicts import Finding

if TYPE_CHECKING:
    from alliances_grader.cells import Cell, Notebook

__all__ = ["active_content", "active_names"]

_MOST: Final = 1_000_000
_SHOWN: Final = 5
# Between brackets and of bounded length: a learner's text must not make a search take long.
_MARKUP: Final = re.compile(
    r"<\s{0,9}(?P<tag>script|iframe|frame|object|embed|applet|base|meta|link|form|animate)\b"
    r"|<[^<>]{1,4000}?[\s\"'/](?P<handler>on[a-z]{3,30})\s{0,9}="
    r"|(?P<address>javascript)\s{0,9}:"
    r"|<[^<>]{1,4000}?\s(?P<remote>src|srcset|background|formaction)\s{0,9}=\s{0,9}[\"']?(?:https?:)?//"
    r"|(?P<style>@import|url\s{0,9}\()\s{0,9}[\"']?(?:url\()?[\"']?(?:https?:)?//",
    re.IGNORECASE,
)
_MARKED_UP: Final = frozenset({"text/html", "text/markdown", "image/svg+xml"})
_HARMLESS: Final = frozenset({"text/plain", "text/latex", MARK_MIME})


def active_content(notebook: Notebook, release: Notebook) -> Iterator[Finding]:
    """Yield a finding for each cell of a graded copy that holds something active of its author's.

    Args:
        notebook: as it was run, before it is made inert.
        release: what learners received; its own texts are the course's.
    """
    released = by_id(release)
    own = {(cell["cell_type"], cell["source"]) for cell in release["cells"]}
    for cell in notebook["cells"]:
        found = dict.fromkeys(_of_cell(cell, theirs=not _is_own(cell, released, own)))
        if found:
            names = ", ".join([*found][:_SHOWN])
            yield Finding("active_content", grade_id(cell), {"what": names})


def active_names(text: str) -> Iterator[str]:
    """Yield what in HTML or Markdown a page would act on: ``script``, ``onclick``, ``javascript:``."""
    for match in _MARKUP.finditer(text[:_MOST]):
        name = next(part for part in match.groups() if part)
        yield "javascript:" if match["address"] else name.lower()


def _is_own(cell: Cell, released: Mapping[str, Cell], own: set[tuple[str, str]]) -> bool:
    source = released.get(grade_id(cell))
    locked = source is not None and bool(marks(source).get("locked"))
    return locked or (cell["cell_type"], cell["source"]) in own


def _of_cell(cell: Cell, *, theirs: bool) -> Iterator[str]:
    if cell["cell_type"] != "code":
        if theirs:
            yield from active_names(cell["source"])
        return
    # A course's cell shows what learner code gives it.
    for output in cell["outputs"]:
        data = output.get("data")
        if isinstance(data, dict):
            yield from _of_bundle(data)


def _of_bundle(data: Mapping[str, Any]) -> Iterator[str]:
    for mime, value in data.items():
        if mime in _MARKED_UP:
            yield from active_names(joined(value))
        elif mime not in _HARMLESS and not is_image(str(mime), value):
            yield str(mime)[:60]
