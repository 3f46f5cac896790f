"""A copy put back on the course's notebook, in memory: what nbgrader calls sanitizing, without its stops.

In ``nbgrader`` mode the result is cell for cell what nbgrader 0.9.6 makes (ClearOutput, DeduplicateIds,
OverwriteKernelspec, OverwriteCells, CheckCellMetadata). Where nbgrader would stop, the cell at fault is taken
from the course and a ``stops_…`` finding says so. In ``strict`` mode the copy decides nothing but answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alliances_grader.grading_source import Source, SourceCell, block_of, is_locked, name_of, read_source
from alliances_grader.plain_copy import copied
from alliances_grader.restore_cells import (
    RUN_TAGS,
    Cell,
    clear_outputs,
    fresh,
    overwrite,
    retake,
    shown,
    take,
    usable,
)
from alliances_grader.restore_match import Layout, match_cells
from alliances_grader.source_schema import block_fault
from alliances_grader.verdicts import Finding, Mode

__all__ = ["Restored", "restore", "would_stop"]


@dataclass(frozen=True)
class Restored:
    """A copy ready to be run.

    Attributes:
        notebook: the repaired copy, outputs cleared; nothing in it is shared with what was brought.
        findings: what was otherwise than in the course.
        missing: ids of the course's cells that the copy did not have: put back in ``strict`` mode only.
    """

    notebook: dict[str, Any]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]


def restore(
    notebook: Mapping[str, Any], source: Mapping[str, Any] | Source, mode: Mode = "strict"
) -> Restored:
    """Return the copy put back on the course's notebook; neither argument is changed.

    Args:
        notebook: a copy as nbformat 4.
        source: what ``recorded_source`` made, or the same already read.
        mode: see the module's text.

    Raises:
        AlliancesError: the course's own notebook is broken; see ``read_source``.
    """
    course = source if isinstance(source, Source) else read_source(source)
    brought = copied(dict(notebook))
    findings: list[Finding] = []
    cells = [cell for cell in brought["cells"] if usable(cell)]
    if len(cells) < len(brought["cells"]):
        findings.append(Finding("cells_unreadable", values={"count": len(brought["cells"]) - len(cells)}))
    brought["cells"] = cells
    for cell in cells:
        clear_outputs(cell)
    missing = (_as_nbgrader if mode == "nbgrader" else _strictly)(brought, course, findings)
    return Restored(brought, tuple(findings), missing)


def would_stop(findings: tuple[Finding, ...]) -> bool:
    """Say whether nbgrader 0.9.6 would not have graded the copy (``nbgrader`` mode's findings)."""
    return any(finding.key.startswith("stops_") for finding in findings)


def _as_nbgrader(notebook: dict[str, Any], course: Source, findings: list[Finding]) -> tuple[str, ...]:
    if course.kernelspec is not None:
        _note_kernel(notebook, course, findings)
        notebook["metadata"]["kernelspec"] = copied(course.kernelspec)
    cells: list[Cell] = notebook["cells"]
    _drop_doubles(cells, findings)
    for cell in cells:
        if "nbgrader" in cell["metadata"]:
            _one_as_nbgrader(cell, course, findings)
    _drop_late_doubles(cells, findings)
    present = {name_of(cell) for cell in cells}
    missing = tuple(name for name in course.cells if name not in present)
    findings.extend(Finding("cell_missing", name) for name in missing)
    return missing


def _drop_doubles(cells: list[Cell], findings: list[Finding]) -> None:
    """Keep the last cell of each id; nbgrader means to, then stops on what it left behind."""
    seen: set[str] = set()
    for cell in reversed(cells):
        block = block_of(cell)
        name = name_of(cell)
        if not (block.get("grade") or block.get("solution") or is_locked(block)) or not name:
            continue
        if name in seen:
            findings.append(Finding("stops_double", name))
            del cell["metadata"]["nbgrader"]
        seen.add(name)


def _drop_late_doubles(cells: list[Cell], findings: list[Finding]) -> None:
    """Keep one cell of each id among those that restoring gave their flags back."""
    seen: set[str] = set()
    for cell in reversed(cells):
        block, name = block_of(cell), name_of(cell)
        if not name or not (block.get("grade") or block.get("solution") or block.get("locked")):
            continue
        if name in seen:
            findings.append(Finding("stops_double", name))
            del cell["metadata"]["nbgrader"]
        seen.add(name)


def _one_as_nbgrader(cell: Cell, course: Source, findings: list[Finding]) -> None:
    found = cell["metadata"]["nbgrader"]
    block, name = block_of(cell), name_of(cell)
    source = course.cells.get(name)
    if source is not None:
        kept = len(findings)
        fault = overwrite(cell, source, findings)
        if fault:
            del findings[kept:]
            findings.append(Finding(f"stops_{_STOPS[fault]}", name))
            retake(cell, source)
        elif not source.locked and _flags(block) != _flags(source.block()):
            findings.append(Finding("flags_kept", name))
        _note_tags(cell, source, findings)
        return
    if "grade_id" in block and _is_plain(block["grade_id"]):
        findings.append(Finding("id_unknown", values={"found": shown(block["grade_id"])}))
        del block["grade_id"]
    fault = block_fault(found, cell["cell_type"])
    if fault:
        findings.append(Finding(f"stops_{_STOPS[fault]}"))
        del cell["metadata"]["nbgrader"]


_STOPS: Mapping[str, str] = {
    "block": "block",
    "keys": "block",
    "checksum": "block",
    "schema": "schema",
    "schema_old": "schema",
    "schema_new": "schema",
    "flags": "flags",
    "kind": "flags",
    "id": "id",
    "points": "points",
    "type": "type",
}


def _is_plain(value: object) -> bool:
    # What a database can be asked for; it finds nothing, and nbgrader drops the id.
    return isinstance(value, str | int | float)


def _flags(block: Mapping[str, Any]) -> list[bool]:
    return [bool(block.get(flag)) for flag in ("grade", "solution", "task")]


def _note_tags(cell: Cell, source: SourceCell, findings: list[Finding]) -> None:
    tags = cell["metadata"].get("tags")
    if source.grade and isinstance(tags, list) and "skip-execution" in tags:
        findings.append(Finding("test_left_out", source.name))


def _note_kernel(notebook: dict[str, Any], course: Source, findings: list[Finding]) -> None:
    found, expected = notebook["metadata"].get("kernelspec"), course.kernelspec or {}
    name = found.get("name") if isinstance(found, dict) else None
    if found and name != expected.get("name"):
        values = {"found": shown(name), "expected": expected.get("name", "")}
        findings.append(Finding("kernel_restored", values=values))


def _strictly(notebook: dict[str, Any], course: Source, findings: list[Finding]) -> tuple[str, ...]:
    _note_kernel(notebook, course, findings)
    notebook["metadata"] = copied(dict(course.notebook["metadata"]))
    layout = match_cells(notebook["cells"], course, findings)
    for cell, name in zip(layout.cells, layout.names, strict=True):
        if name is not None:
            take(cell, course.cells[name], findings)
        elif "nbgrader" in cell["metadata"]:
            _free(cell, findings)
    notebook["cells"] = layout.cells
    missing = tuple(name for name in course.cells if name not in set(layout.names))
    _put_back(notebook, layout, course, missing)
    findings.extend(Finding("cell_put_back", name) for name in missing)
    return missing


def _free(cell: Cell, findings: list[Finding]) -> None:
    """Make a cell an ordinary one of the learner's: the course knows nothing of it."""
    found = name_of(cell)
    if found:
        findings.append(Finding("id_unknown", values={"found": shown(found)}))
    del cell["metadata"]["nbgrader"]
    tags = cell["metadata"].get("tags")
    if isinstance(tags, list) and any(isinstance(tag, str) and tag in RUN_TAGS for tag in tags):
        cell["metadata"]["tags"] = [tag for tag in tags if not isinstance(tag, str) or tag not in RUN_TAGS]


def _put_back(notebook: dict[str, Any], layout: Layout, course: Source, missing: tuple[str, ...]) -> None:
    """Put missing cells in their places: an empty answer before what the learner added there, a test after.

    So an answer given in a cell of the learner's own is still what the test meets.
    """
    names, cells = layout.names, notebook["cells"]
    if not cells:
        notebook["cells"] = copied(list(course.notebook["cells"]))
        notebook["nbformat_minor"] = course.notebook["nbformat_minor"]
        for cell in notebook["cells"]:
            clear_outputs(cell)
            if name_of(cell) in course.cells:
                cell["metadata"]["nbgrader"] = course.cells[name_of(cell)].block()
        return
    previous = -1
    for name, source in course.cells.items():
        if name not in missing:
            previous = names.index(name)
            continue
        place = previous + 1
        while source.marked and not source.solution and place < len(names) and names[place] is None:
            place += 1
        names.insert(place, name)
        cells.insert(place, fresh(source, notebook))
        previous = place
