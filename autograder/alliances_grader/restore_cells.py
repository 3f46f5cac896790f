"""What restoring does to one cell: clearing, retyping, taking the course's word, overwriting as nbgrader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alliances_grader.grading_source import SourceCell, block_of, checksum, is_locked
from alliances_grader.inert_text import visible
from alliances_grader.plain_copy import copied
from alliances_grader.source_schema import block_fault
from alliances_grader.verdicts import Finding

__all__ = ["RUN_TAGS", "clear_outputs", "fresh", "overwrite", "retake", "retype", "shown", "take", "usable"]

Cell = dict[str, Any]

RUN_TAGS: Final = frozenset({"skip-execution", "raises-exception", "remove-cell", "remove_cell"})
"""Tags by which an executor leaves a cell out, or takes its error for success."""
_SHOWN_LENGTH: Final = 80
_CODE_KEYS: Final = frozenset({"id", "cell_type", "metadata", "source", "outputs", "execution_count"})
_TEXT_KEYS: Final = frozenset({"id", "cell_type", "metadata", "source"})
_ID_LENGTH: Final = 64
_FIRST_MINOR_WITH_IDS: Final = 5


def shown(value: object) -> str:
    """Return a value of a learner's as a finding may carry it: short, nothing hidden in it."""
    return visible(str(value), _SHOWN_LENGTH)


def clear_outputs(cell: Cell) -> None:
    """Take the outputs of a code cell away, and what only describes them."""
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
        for name in ("collapsed", "scrolled"):
            cell["metadata"].pop(name, None)


def retype(cell: Cell, kind: str) -> bool:
    """Give a cell the type ``kind`` and return whether nbformat accepts it as nbgrader would have left it."""
    sound = True
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
        sound = set(cell) == _CODE_KEYS
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        sound = set(cell) - {"attachments"} == _TEXT_KEYS
    cell["cell_type"] = kind
    return sound


def retake(cell: Cell, source: SourceCell) -> None:
    """Take nbgrader's block, the type and, when locked, the text from the course."""
    if cell["cell_type"] != source.cell_type:
        retype(cell, source.cell_type)
    cell["metadata"]["nbgrader"] = source.block()
    if source.locked:
        cell["source"] = source.text


def overwrite(cell: Cell, source: SourceCell, findings: list[Finding]) -> str:
    """Do to a cell what nbgrader's ``OverwriteCells`` does, and return what nbgrader would stop on.

    Empty when it goes on. After a stop the cell may be half done: ``retake`` it.
    """
    block = block_of(cell)
    if cell["cell_type"] != source.cell_type:
        findings.append(_changed("type_restored", source, cell["cell_type"], source.cell_type))
        if not retype(cell, source.cell_type):
            return "type"
    if is_locked(block) != source.locked:
        findings.append(_changed("lock_restored", source, is_locked(block), source.locked))
        block["locked"] = source.locked
    fault = _overwrite_points(block, source, findings)
    if fault:
        return fault
    block["checksum"] = source.checksum
    if source.locked and checksum(cell) != source.checksum:
        if cell["source"] != source.shown:
            findings.append(Finding("text_restored", source.name))
        cell["source"] = source.text
        if checksum(cell) != source.checksum:
            return "flags"
    if block.get("task") and not (source.task or source.solution):
        # The checksum does not cover this flag; scoring then looks for a comment that is not there.
        return "flags"
    return block_fault(block, cell["cell_type"])


def _overwrite_points(block: dict[str, Any], source: SourceCell, findings: list[Finding]) -> str:
    if not block.get("grade", False):
        return ""
    if not source.marked:
        return "flags"
    try:
        points = float(block["points"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return "points"
    if points != source.points:
        findings.append(_changed("points_restored", source, block["points"], source.points))
        block["points"] = source.points
    return ""


def _changed(key: str, source: SourceCell, found: object, expected: object) -> Finding:
    return Finding(key, source.name, {"found": shown(found), "expected": expected})


def take(cell: Cell, source: SourceCell, findings: list[Finding]) -> None:
    """Take from the course all that is its to say of a cell, and note what was otherwise."""
    metadata = cell["metadata"]
    own, found = source.cell["metadata"], metadata.get("nbgrader")
    if isinstance(found, dict):
        expected = {**source.block(), "task": source.task}
        given = {"task": False, **found}
        # Checksum and stored type differ by right between release and record, and decide nothing; a foreign
        # id was noted when the cell was recognised.
        names = (set(expected) | set(given)) - {"checksum", "cell_type", "grade_id"}
        # JSON keeps 1, 1.0 and true apart; Python does not.
        wrong = sorted(shown(name) for name in names if not _same(expected.get(name), given.get(name)))
        if wrong:
            findings.append(Finding("block_restored", source.name, {"fields": ", ".join(wrong[:9])}))
    elif "nbgrader" in metadata:
        findings.append(Finding("block_restored", source.name, {"fields": "nbgrader"}))
    tags, own_tags = metadata.get("tags"), own.get("tags")
    added = set(filter(_is_text, tags)) - set(own_tags or ()) if isinstance(tags, list) else set()
    if added and (source.locked or added & RUN_TAGS):
        names_of_tags = ", ".join(sorted(shown(tag) for tag in added)[:9])
        findings.append(Finding("tags_ignored", source.name, {"tags": names_of_tags}))
    if cell["cell_type"] != source.cell_type:
        findings.append(_changed("type_restored", source, cell["cell_type"], source.cell_type))
        retype(cell, source.cell_type)
    cell["metadata"] = copied({**own, "nbgrader": source.block()})
    if not source.locked:
        return
    if cell["source"] not in (source.text, source.shown):
        findings.append(Finding("text_restored", source.name))
    cell["source"] = source.text
    cell.pop("attachments", None)
    if "attachments" in source.cell:
        cell["attachments"] = copied(source.cell["attachments"])


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def fresh(source: SourceCell, notebook: Mapping[str, Any]) -> Cell:
    """Return a course's cell to be put into a copy, with an id of its own where cells have ids."""
    cell: Cell = copied(dict(source.cell))
    cell["metadata"]["nbgrader"] = source.block()
    clear_outputs(cell)
    cell.pop("id", None)
    if notebook.get("nbformat_minor", 0) >= _FIRST_MINOR_WITH_IDS:
        taken = {other.get("id") for other in notebook["cells"]}
        wanted = str(source.cell.get("id") or source.name)[:_ID_LENGTH]
        number = 0
        while not wanted or wanted in taken:
            number += 1
            wanted = f"{wanted[: _ID_LENGTH - 6]}-{number}"
        cell["id"] = wanted
    return cell


def usable(cell: object) -> bool:
    """Say whether a value is a cell at all: type, text and metadata of the right kinds."""
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("source"), str)
        and isinstance(cell.get("metadata"), dict)
    )
