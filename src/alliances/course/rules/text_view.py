"""What the lint sees of a text: headings, boxes, roles, links, images, tables, each with its line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from alliances.course.markup import BOX_LINE, ROLE
from alliances.course.myst_source import SourceCell, SourceNotebook
from alliances.course.typography import mask

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CellView", "Heading", "TextView", "view"]

_HEADING: Final = re.compile(r"^(#{1,6}) +(.*?)\s*#*\s*$")
_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_LINK: Final = re.compile(r"(?<!!)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
_IMAGE: Final = re.compile(r"!\[([^\]\n]*)\]\(\s*<?([^)\s>]+)>?[^)\n]*\)")
_HTML_IMAGE: Final = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_HTML: Final = re.compile(r"</?([A-Za-z][\w-]*)(?=[\s/>])[^>]*>")
_ANCHOR: Final = re.compile(r"<a id=[\"']([^\"']+)[\"']></a>")
_CODE_SPAN: Final = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_PRACTICE: Final = re.compile(r"\bpractice\(\s*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Heading:
    """One heading: ``minutes`` is None when it tells none."""

    level: int
    title: str
    minutes: int | None
    line: int


@dataclass
class CellView:
    """One cell; each list holds what was found with its line."""

    cell: SourceCell
    headings: list[Heading] = field(default_factory=list)
    boxes: list[tuple[str, int]] = field(default_factory=list)
    roles: list[tuple[str, str, int]] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)
    images: list[tuple[str, str, int]] = field(default_factory=list)
    html: list[tuple[str, int]] = field(default_factory=list)
    fences: list[tuple[str, int]] = field(default_factory=list)
    anchors: list[tuple[str, int]] = field(default_factory=list)
    rows: int = 0

    @property
    def kind(self) -> str:
        """``markdown`` or ``code``."""
        return self.cell.kind

    @property
    def line(self) -> int:
        """Line where the cell's text starts."""
        return self.cell.line

    def named(self, role: str) -> Counter[str]:
        """Return what the roles called ``role`` name, counted."""
        return Counter(name for kind, name, _ in self.roles if kind == role)

    @property
    def practices(self) -> list[tuple[str, int]]:
        """Items that a code cell shows, with their lines."""
        if self.kind != "code":
            return []
        source = self.cell.source
        return [(m[1], self.line + source.count("\n", 0, m.start())) for m in _PRACTICE.finditer(source)]

    @property
    def prose(self) -> str:
        """The text without code, maths, HTML and links' targets; its lines may be fewer."""
        return mask(self.cell.source)[0] if self.kind == "markdown" else ""


@dataclass(frozen=True)
class TextView:
    """A whole text."""

    path: Path
    cells: tuple[CellView, ...]

    @property
    def headings(self) -> list[Heading]:
        """Every heading, in order."""
        return [heading for cell in self.cells for heading in cell.headings]


def view(notebook: SourceNotebook) -> TextView:
    """Return what the lint sees of a text notebook."""
    return TextView(notebook.path, tuple(map(_cell_view, notebook.cells)))


def _cell_view(cell: SourceCell) -> CellView:
    seen = CellView(cell)
    if cell.kind == "code":
        return seen
    fence: str | None = None
    for number, line in enumerate(cell.source.split("\n"), start=cell.line):
        if mark := _FENCE.match(line):
            if fence is None:
                fence = mark[1]
                seen.fences.append((mark[2].strip(), number))
            elif mark[1].startswith(fence) and not mark[2].strip():
                fence = None
            continue
        if fence is None:
            _see_line(seen, line, number)
    return seen


def _see_line(seen: CellView, line: str, number: int) -> None:
    seen.roles += [(found[1], found[2].strip(), number) for found in ROLE.finditer(line)]
    if heading := _HEADING.match(line):
        minutes = next((int(r[2]) for r in ROLE.finditer(line) if r[1] == "minutes" and r[2].isdigit()), None)
        title = ROLE.sub("", heading[2]).strip()
        seen.headings.append(Heading(len(heading[1]), title, minutes, number))
    if box := BOX_LINE.match(line):
        seen.boxes.append((box[1], number))
    prose = _CODE_SPAN.sub("", ROLE.sub("", line))
    seen.links += [(found[1], number) for found in _LINK.finditer(prose)]
    seen.images += [(found[1], found[2], number) for found in _IMAGE.finditer(prose)]
    for found in _HTML_IMAGE.finditer(prose):
        alternative = re.search(r"\balt\s*=\s*[\"']([^\"']*)", found[0])
        source = re.search(r"\bsrc\s*=\s*[\"']([^\"']*)", found[0])
        seen.images.append((alternative[1] if alternative else "", source[1] if source else "", number))
    seen.anchors += [(found[1], number) for found in _ANCHOR.finditer(prose)]
    seen.html += [(found[1].lower(), number) for found in _HTML.finditer(_ANCHOR.sub("", prose))]
    seen.rows += line.lstrip("> ").startswith("|")
