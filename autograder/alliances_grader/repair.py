"""A notebook that a learner brought, put back on the released one: metadata, locked cells, missing cells.

Copying, deleting or re-typing a cell is ordinary. Whatever the notebook says about points, locks, versions or
tags is the course's to say, so it is taken from the release; what the learner wrote is left as it is.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from alliances_grader.cells import Cell, Notebook, by_id, grade_id, marks
from alliances_grader.flags import Flag

__all__ = ["repair"]

# Tags by which an executor leaves a cell out or swallows its error (seen: full marks for a test never run).
_TAGS_THAT_DECIDE: Final = frozenset({"skip-execution", "raises-exception", "remove-cell", "remove_cell"})


def repair(brought: Notebook, release: Notebook) -> tuple[Notebook, list[Flag]]:
    """Return a repaired copy of ``brought`` and what was mended; neither argument is changed."""
    notebook = copy.deepcopy(brought)
    flags: list[Flag] = []
    released = by_id(release)
    _take_notebook_metadata(notebook, release)
    _drop_strangers_and_doubles(notebook, released, flags)
    for cell in notebook["cells"]:
        _take_cell_metadata(cell, released.get(grade_id(cell)), flags)
    _put_missing_back(notebook, release, flags)
    return notebook, flags


def _take_notebook_metadata(notebook: Notebook, release: Notebook) -> None:
    # A foreign kernel or widget state is nothing that a copy may choose.
    for name in list(notebook["metadata"]):
        del notebook["metadata"][name]
    notebook["metadata"].update(copy.deepcopy(dict(release["metadata"])))
    notebook["nbformat"], notebook["nbformat_minor"] = release["nbformat"], release["nbformat_minor"]


def _drop_strangers_and_doubles(notebook: Notebook, released: dict[str, Cell], flags: list[Flag]) -> None:
    seen: set[str] = set()
    # From the end: of two cells with one id nbgrader grades the last, and so do we.
    for cell in reversed(notebook["cells"]):
        name = grade_id(cell)
        if name in released and name not in seen:
            seen.add(name)
            continue
        if name in seen:
            flags.append(Flag("double_cell", {"cell": name}))
        cell["metadata"].pop("nbgrader", None)


def _take_cell_metadata(cell: Cell, source: Cell | None, flags: list[Flag]) -> None:
    tags = cell["metadata"].get("tags")
    deciding = (
        _TAGS_THAT_DECIDE & {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else set()
    )
    kept = {} if source is None else copy.deepcopy(dict(source["metadata"]))
    if source is not None and deciding - set(kept.get("tags", [])):
        flags.append(Flag("test_tampered", {"cell": grade_id(cell), "tag": ", ".join(sorted(deciding))}))
    for name in list(cell["metadata"]):
        del cell["metadata"][name]
    cell["metadata"].update(kept)
    if source is None:
        return
    if cell["cell_type"] != source["cell_type"]:
        _retype(cell, source["cell_type"])
        flags.append(Flag("retyped_cell", {"cell": grade_id(source)}))
    if marks(source).get("locked") and cell["source"] != source["source"]:
        cell["source"] = source["source"]
        flags.append(Flag("locked_cell", {"cell": grade_id(source)}))


def _retype(cell: Cell, kind: str) -> None:
    cell["cell_type"] = kind
    cell.pop("attachments", None)
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_missing_back(notebook: Notebook, release: Notebook, flags: list[Flag]) -> None:
    present = set(by_id(notebook))
    previous: str | None = None
    for source in release["cells"]:
        name = grade_id(source)
        if not name:
            continue
        if name not in present:
            notebook["cells"].insert(_after(notebook, previous), _fresh(source, notebook))
            flags.append(Flag("missing_cell", {"cell": name}))
        previous = name


def _after(notebook: Notebook, name: str | None) -> int:
    if name is None:
        return 0
    return next(index for index, cell in enumerate(notebook["cells"]) if grade_id(cell) == name) + 1


def _fresh(source: Cell, notebook: Notebook) -> Any:  # noqa: ANN401 - an nbformat node
    cell = copy.deepcopy(source)
    taken = {other.get("id") for other in notebook["cells"]}
    if cell.get("id") in taken:
        cell["id"] = f"{cell['id']}-r"
    return cell
