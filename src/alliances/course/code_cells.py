"""The code door: ``code.<lang>.md`` with its brief marks expanded to nbgrader's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.course.myst_source import SourceCell, read_notebook
from alliances.course.nbgrader_cells import graded
from alliances.course.notebook_file import Cell, code_cell, markdown_cell
from alliances.course.regions import HIDDEN_TESTS, SOLUTION, RegionError, remove_region
from alliances.course.typography import typeset
from alliances.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.i18n import Language

__all__ = ["SHARED_MARK", "code_door_cells", "code_mark"]

SHARED_MARK: Final = "{shared}"
_KINDS: Final = ("answer", "tests", "locked")


def code_door_cells(path: Path, shared: list[Cell], language: Language) -> list[Cell]:
    """Return the cells of a code door, the shared block in its place.

    Args:
        path: ``code.<lang>.md``.
        shared: cells of the block that both doors share.
        language: language of the text.

    Raises:
        SourceError: a mark is malformed, an id stands twice, a region is where it must not be, or the shared
            block has no place, or two.
    """
    source = read_notebook(path)
    cells: list[Cell] = []
    lines = {cell["metadata"]["nbgrader"]["grade_id"]: 0 for cell in shared}
    places = [cell.line for cell in source.cells if cell.source.strip() == SHARED_MARK]
    if len(places) != 1:
        raise SourceError(
            "course.shared_place", path=path, line=places[1] if places else 0, found=len(places)
        )
    for cell in source.cells:
        if cell.source.strip() == SHARED_MARK:
            cells += shared
        elif cell.kind == "markdown":
            cells.append(markdown_cell(typeset(cell.source, language)))
        else:
            mark = code_mark(cell, path)
            name = mark.get("id")
            if name in lines:
                raise SourceError("course.id_twice", path=path, line=cell.line, id=name, first=lines[name])
            if name:
                lines[name] = cell.line
            cells.append(_expanded(cell, mark, path))
    return cells


def code_mark(cell: SourceCell, path: Path) -> dict[str, Any]:
    """Return the ``:alliances:`` mark of a code cell, checked; empty for a plain cell.

    Raises:
        SourceError: it is no mapping, its kind is unknown, or a field is missing.
    """
    mark = cell.options.get("alliances", {})
    if not isinstance(mark, dict):
        raise SourceError("course.cell_options", path=path, line=cell.line, reason=repr(mark))
    if not mark:
        return {}
    if mark.get("kind") not in _KINDS:
        raise SourceError(
            "course.code_kind", path=path, line=cell.line, found=mark.get("kind"), known=", ".join(_KINDS)
        )
    for field in ("id", "points", "outcome") if mark["kind"] == "tests" else ("id",):
        if field not in mark:
            raise SourceError("course.code_field", path=path, line=cell.line, field=field, kind=mark["kind"])
    return mark


def _expanded(cell: SourceCell, mark: dict[str, Any], path: Path) -> Cell:
    kind = mark.get("kind")
    for region, allowed in ((SOLUTION, "answer"), (HIDDEN_TESTS, "tests")):
        try:
            _, found = remove_region(cell.source, region)
        except RegionError as error:
            line = cell.line + error.line
            delimiter = region.begin if error.nested else region.end
            raise SourceError("course.region", path=path, line=line, delimiter=f"### {delimiter}") from None
        if found and kind != allowed:
            raise SourceError(
                "course.region_place", path=path, line=cell.line, region=region.name, kind=allowed
            )
        if kind == "answer" and region is SOLUTION and not found:
            raise SourceError("course.no_solution", path=path, line=cell.line, id=mark["id"])
    metadata = {"tags": cell.options["tags"]} if "tags" in cell.options else {}
    built = code_cell(cell.source, **metadata)
    if not kind:
        return built
    about = {"outcome": mark["outcome"]} if "outcome" in mark else {}
    points = mark["points"] if kind == "tests" else None
    return graded(built, kind, mark["id"], points, **about)
