"""Which cell of a copy stands for which cell of the course, and in which order, in ``strict`` mode.

Ids decide; where two cells claim one id, or ids were swapped or lost, the notebook's own cell ids and the
place among neighbours do. Nothing is thrown away: a cell that stands for nothing stays the learner's.
"""

from __future__ import annotations

from dataclasses import dataclass

from alliances_grader.grading_source import Source, SourceCell, name_of
from alliances_grader.restore_cells import Cell
from alliances_grader.verdicts import Finding

__all__ = ["Layout", "match_cells"]


@dataclass
class Layout:
    """The cells of a copy in their final order, and the course's id of each, ``None`` if it is added."""

    cells: list[Cell]
    names: list[str | None]


def match_cells(cells: list[Cell], course: Source, findings: list[Finding]) -> Layout:
    """Return the copy's cells matched with the course's and put in the course's order."""
    names: list[str | None] = [name_of(cell) if name_of(cell) in course.cells else None for cell in cells]
    anchors = {
        str(source.cell["id"]): name
        for name, source in course.cells.items()
        if isinstance(source.cell.get("id"), str)
    }
    claims = [anchors.get(str(cell.get("id"))) for cell in cells]
    _settle_swaps(names, claims, findings)
    _settle_doubles(cells, names, course, findings)
    _adopt_by_id(cells, names, claims, course, findings)
    layout = _in_order(cells, names, course, findings)
    _adopt_by_place(layout, course, findings)
    return layout


def _settle_swaps(names: list[str | None], claims: list[str | None], findings: list[Finding]) -> None:
    """Where cells exchanged their ids among themselves, each goes back to its own."""
    if len(set(claims) - {None}) < len([claim for claim in claims if claim is not None]):
        return  # the notebook's ids contradict each other: they prove nothing
    wrong = [
        place
        for place, (name, claim) in enumerate(zip(names, claims, strict=True))
        if name is not None and claim is not None and name != claim
    ]
    if wrong and {names[place] for place in wrong} == {claims[place] for place in wrong}:
        for place in wrong:
            names[place] = claims[place]
            findings.append(Finding("id_swapped", str(claims[place])))


def _settle_doubles(
    cells: list[Cell], names: list[str | None], course: Source, findings: list[Finding]
) -> None:
    for name in dict.fromkeys(name for name in names if name is not None):
        places = [place for place, found in enumerate(names) if found == name]
        if len(places) == 1:
            continue
        source = course.cells[name]
        # Of several answers the last that was written in; of several tests any: the text is the course's.
        written = [place for place in places if cells[place]["source"] != source.shown]
        kept = written[-1] if written and not source.locked else places[-1]
        for place in places:
            if place != kept:
                names[place] = None
                del cells[place]["metadata"]["nbgrader"]
        findings.append(Finding("cell_double", name, {"count": len(places)}))


def _adopt_by_id(
    cells: list[Cell],
    names: list[str | None],
    claims: list[str | None],
    course: Source,
    findings: list[Finding],
) -> None:
    present = set(names)
    for place, claim in enumerate(claims):
        if names[place] is not None or claim is None or claim in present:
            continue
        if _fits(cells[place], course.cells[claim]):
            names[place] = claim
            present.add(claim)
            findings.append(Finding("cell_recognised", claim))


def _fits(cell: Cell, source: SourceCell) -> bool:
    # A locked cell's text will be replaced: only if nothing of the learner's is lost by it.
    if not source.locked:
        return True
    known = set(source.text.split("\n"))
    return all(line in known for line in cell["source"].split("\n"))


def _in_order(cells: list[Cell], names: list[str | None], course: Source, findings: list[Finding]) -> Layout:
    order = {name: place for place, name in enumerate(course.cells)}
    found = [order[name] for name in names if name is not None]
    if found == sorted(found):
        return Layout(list(cells), list(names))
    findings.append(Finding("order_restored"))
    lead: list[tuple[Cell, str | None]] = []
    blocks: list[list[tuple[Cell, str | None]]] = []
    for cell, name in zip(cells, names, strict=True):
        if name is not None:
            blocks.append([])
        # What a learner added stays behind the cell that it was added to.
        (blocks[-1] if blocks else lead).append((cell, name))
    blocks.sort(key=lambda block: order[str(block[0][1])])
    pairs = [*lead, *(pair for block in blocks for pair in block)]
    return Layout([cell for cell, _ in pairs], [name for _, name in pairs])


def _adopt_by_place(layout: Layout, course: Source, findings: list[Finding]) -> None:
    """Take the one stray cell between two neighbours for the one answer that is missing between them."""
    wanted = list(course.cells)
    present = {name: place for place, name in enumerate(layout.names) if name is not None}
    own = {
        (cell["cell_type"], cell["source"])
        for cell in course.notebook["cells"]
        if name_of(cell) not in course.cells
    }
    for place, name in enumerate(wanted):
        source = course.cells[name]
        if name in present or source.locked:
            continue
        first = next((at for at in range(place - 1, -1, -1) if wanted[at] in present), -1)
        last = next((at for at in range(place + 1, len(wanted)) if wanted[at] in present), len(wanted))
        lost = [other for other in wanted[first + 1 : last] if not course.cells[other].locked]
        start = present[wanted[first]] + 1 if first >= 0 else 0
        end = present[wanted[last]] if last < len(wanted) else len(layout.names)
        stray = [
            at
            for at in range(start, end)
            if layout.names[at] is None and _could_be(layout.cells[at], source, own)
        ]
        if len(lost) == 1 and len(stray) == 1:
            layout.names[stray[0]] = name
            present[name] = stray[0]
            findings.append(Finding("cell_recognised", name))


def _could_be(cell: Cell, source: SourceCell, own: set[tuple[str, str]]) -> bool:
    written = cell["cell_type"] == source.cell_type and bool(cell["source"].strip())
    return written and (cell["cell_type"], cell["source"]) not in own
