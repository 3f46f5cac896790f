"""The course's own notebook, as grading needs it: what each marked cell is, is worth and says.

Three notebooks must not be confused. The author's *source* holds solutions and hidden tests. The *release*
is what learners receive, without either. What nbgrader *records* in its gradebook, and grades by, has the
stubs of the release and the hidden tests of the source: ``recorded_source`` makes it; grading takes no other.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances_grader.source_schema import SCHEMA, upgraded_block

__all__ = [
    "Source",
    "SourceCell",
    "block_of",
    "checksum",
    "is_locked",
    "name_of",
    "read_source",
    "recorded_source",
]

_REGIONS: Final = ("HIDDEN TESTS", "MARK SCHEME")
_AUTOTEST: Final = re.compile(r"#+\s*(?:HASHED\s+)?AUTOTEST\b")


@dataclass(frozen=True)
class SourceCell:
    """One marked cell of the course.

    Attributes:
        name: nbgrader's ``grade_id``.
        cell_type: ``code`` or ``markdown``.
        grade: it carries points; ``solution``: learners write in it; ``task``: a person marks by it.
        locked: the course's text counts, whatever a copy holds.
        points: what it is worth, 0.0 when it carries none.
        text: what nbgrader's gradebook holds, hidden tests included.
        shown: the same without hidden regions: what a learner received.
        checksum: nbgrader's, of ``text``.
        cell: the whole cell, not to be changed.
    """

    name: str
    cell_type: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float
    text: str
    shown: str
    checksum: str
    cell: Mapping[str, Any]

    @property
    def marked(self) -> bool:
        """Say whether the gradebook has a mark for this cell."""
        return self.grade or self.task

    def block(self) -> dict[str, Any]:
        """Return nbgrader's metadata for this cell, with the checksum of its text."""
        return {**self.cell["metadata"]["nbgrader"], "checksum": self.checksum}


@dataclass(frozen=True)
class Source:
    """A recorded notebook, read: its marked cells by name, in order, and the notebook itself."""

    cells: Mapping[str, SourceCell]
    notebook: Mapping[str, Any]

    @property
    def kernelspec(self) -> dict[str, Any] | None:
        """The kernel that the course names, ``None`` when it names none."""
        found = self.notebook["metadata"].get("kernelspec")
        return dict(found) if found else None


def block_of(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell's nbgrader block, empty when it has none or something else in its place."""
    metadata = cell.get("metadata")
    block = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return block if isinstance(block, dict) else {}


def name_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's ``grade_id``, empty when it has none."""
    found = block_of(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def is_locked(block: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a forged flag is passed on as it stands
    """Return whether nbgrader treats a cell as locked: never an answer, always a test, else as flagged."""
    if block.get("solution", False):
        return False
    return True if block.get("grade", False) else block.get("locked", False)


def checksum(cell: Mapping[str, Any]) -> str:
    """Return nbgrader's checksum of a marked cell: 32 hexadecimal digits over text, type, flags and points.

    A lone surrogate, on which nbgrader stops, is counted as its three bytes.
    """
    block = block_of(cell)
    grade = block.get("grade", False)
    parts = [cell["source"], cell["cell_type"], str(grade), str(block.get("solution", False))]
    parts += [str(is_locked(block)), block["grade_id"]]
    if grade:
        parts.append(str(float(block["points"])))
    return hashlib.md5("".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def read_source(source: Mapping[str, Any]) -> Source:
    """Read a recorded notebook; blocks of an older schema are read as ``nbgrader update`` would write them.

    Raises:
        AlliancesError: its schema is newer than 3, or a cell's metadata is incomplete or contradicts itself.
    """
    cells: dict[str, SourceCell] = {}
    for place, cell in enumerate(source["cells"], start=1):
        if "nbgrader" not in cell["metadata"]:
            continue
        block = upgraded_block(cell, place)
        if block is None:
            continue
        found = _source_cell({**cell, "metadata": {**cell["metadata"], "nbgrader": block}}, place)
        if found is None:
            continue
        if found.name in cells:
            raise AlliancesError("grading_findings.source_double", cell=found.name)
        cells[found.name] = found
    return Source(cells, source)


def _source_cell(cell: dict[str, Any], place: int) -> SourceCell | None:
    block = block_of(cell)
    grade, solution, task = block["grade"], block["solution"], block.get("task", False)
    locked = bool(is_locked(block))
    if not (grade or solution or task or locked):
        return None
    if cell["cell_type"] == "raw":
        # nbgrader's gradebook has no such cell.
        raise AlliancesError("grading_findings.source_broken", place=place, fault="cell_type")
    return SourceCell(
        name=block["grade_id"],
        cell_type=cell["cell_type"],
        grade=grade,
        solution=solution,
        task=task,
        locked=locked,
        points=float(block["points"]) if grade or task else 0.0,
        text=cell["source"],
        shown=_without_regions(cell["source"]),
        checksum=checksum(cell),
        cell=cell,
    )


def _without_regions(text: str) -> str:
    for region in _REGIONS:
        if f"BEGIN {region}" not in text:
            continue
        kept, inside = [], False
        for line in text.split("\n"):
            if f"BEGIN {region}" in line:
                inside = True
            elif f"END {region}" in line:
                inside = False
            elif not inside:
                kept.append(line)
        text = "\n".join(kept)
    return text


def recorded_source(
    source: Mapping[str, Any], release: Mapping[str, Any], texts: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the notebook that nbgrader records when it makes an assignment, with its checksums.

    Args:
        source: the author's notebook, with solutions and hidden tests.
        release: the learner's version made from it.
        texts: texts by ``grade_id`` from the gradebook's ``source_cell``; they win over ``source``. Needed
            where the release was made by running code (AUTOTEST).

    Raises:
        AlliancesError: a cell is written with AUTOTEST and ``texts`` does not have it; or as ``read_source``.
    """
    recorded = copy.deepcopy(dict(release))
    known = {} if texts is None else texts
    authored = {name_of(cell): cell for cell in source["cells"] if name_of(cell)}
    for place, cell in enumerate(recorded["cells"], start=1):
        if "nbgrader" not in cell["metadata"]:
            continue
        block = upgraded_block(cell, place)
        if block is None:
            del cell["metadata"]["nbgrader"]
            continue
        name = block.get("grade_id", "")
        origin = authored.get(name)
        if name in known:
            cell["source"] = known[name]
        elif origin is not None and is_locked(block):
            if _AUTOTEST.search(origin["source"]):
                raise AlliancesError("grading_findings.source_autotest", cell=name)
            cell["source"] = origin["source"]
        cell["metadata"]["nbgrader"] = {**block, "schema_version": SCHEMA}
        if name:
            cell["metadata"]["nbgrader"]["checksum"] = checksum(cell)
    return recorded
