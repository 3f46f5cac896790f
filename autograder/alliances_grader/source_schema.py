"""nbgrader's cell metadata: its schema 3, and older ones brought up to it as ``nbgrader update`` does.

Written from the schema files and rules of nbgrader 0.9.6 (``nbgrader/nbgraderformat``);
a test holds them equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from alliances.errors import AlliancesError

__all__ = ["SCHEMA", "block_fault", "upgraded_block"]

SCHEMA: Final = 3
_ID: Final = re.compile(r"^[a-zA-Z0-9_\-]*$")
_TYPES: Final = ("raw", "code", "markdown")
_CHECKSUM_LENGTH: Final = 32
_KEYS: Final = frozenset(
    {
        "schema_version",
        "grade",
        "locked",
        "solution",
        "task",
        "grade_id",
        "points",
        "checksum",
        "cell_type",
    }
)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def block_fault(block: object, cell_type: str) -> str:  # noqa: PLR0911 - a list of rules, one a line
    """Return what nbgrader's check of a cell's metadata would stop on, empty when it passes.

    One of ``block`` (no object), ``schema_old``, ``schema_new``, ``schema`` (no whole number), ``keys``,
    ``flags``, ``id``, ``points``, ``checksum``, ``type``, ``kind`` (flags that cannot go with the type).
    """
    if not isinstance(block, dict):
        return "block"
    version = block.get("schema_version", 0)
    if not isinstance(version, int | float):
        return "schema"
    if version != SCHEMA and version == version:  # noqa: PLR0124 - NaN is neither older nor newer
        return "schema_old" if version < SCHEMA else "schema_new"
    if type(version) is not int:
        return "schema"
    if set(block) - _KEYS:
        return "keys"
    flags = [block.get("grade"), block.get("locked"), block.get("solution"), block.get("task", False)]
    if not all(isinstance(flag, bool) for flag in flags):
        return "flags"
    return _value_fault(block) or _kind_fault(block, cell_type)


def _value_fault(block: Mapping[str, Any]) -> str:
    name, points = block.get("grade_id", ""), block.get("points", 0)
    if not isinstance(name, str) or not _ID.search(name):
        return "id"
    if not _is_number(points) or points < 0:
        return "points"
    found = block.get("checksum", "0" * _CHECKSUM_LENGTH)
    if not isinstance(found, str) or len(found) != _CHECKSUM_LENGTH:
        return "checksum"
    return "" if block.get("cell_type", "code") in _TYPES else "type"


def _kind_fault(block: Mapping[str, Any], cell_type: str) -> str:
    grade, solution = block["grade"], block["solution"]
    if (grade or solution or block["locked"]) and not block.get("grade_id"):
        return "id"
    if grade and "points" not in block:
        return "points"
    if block.get("task", False):
        return "" if cell_type == "markdown" else "kind"
    return "kind" if cell_type == "markdown" and grade != solution else ""


def upgraded_block(cell: Mapping[str, Any], place: int) -> dict[str, Any] | None:
    """Return a course cell's block in schema 3, ``None`` when an old block says nothing.

    Args:
        cell: a cell with ``metadata.nbgrader``.
        place: the cell's place in its notebook from 1, for the message.

    Raises:
        AlliancesError: the schema is newer, or the block breaks one of nbgrader's rules.
    """
    block = cell["metadata"]["nbgrader"]
    if not isinstance(block, dict):
        raise AlliancesError("grading_findings.source_broken", place=place, fault="block")
    block = dict(block)
    version = block.get("schema_version", 0)
    if _is_number(version) and version > SCHEMA:
        raise AlliancesError("grading_findings.source_newer", place=place, found=version, known=SCHEMA)
    if type(version) is int and version < SCHEMA:
        if version <= 0 and not _from_nothing(block, place):
            return None
        if version <= 1 and "checksum" in block:
            block.setdefault("cell_type", cell["cell_type"])
        block["schema_version"] = SCHEMA
        block = {key: value for key, value in block.items() if key in _KEYS}
    fault = block_fault(block, cell["cell_type"])
    if not fault and block.get("task") and ("points" not in block or not block.get("grade_id")):
        fault = "points" if block.get("grade_id") else "id"
    if fault:
        raise AlliancesError("grading_findings.source_broken", place=place, fault=fault)
    return block


def _from_nothing(block: dict[str, Any], place: int) -> bool:
    """Fill in what the first schema left out; return whether the block says anything."""
    for flag in ("grade", "solution", "locked"):
        block.setdefault(flag, False)
    if not (block["grade"] or block["solution"] or block["locked"]):
        return False
    points = block.pop("points", None)
    if block["grade"]:
        try:
            block["points"] = max(float(points or 0.0), 0.0)
        except (TypeError, ValueError):
            raise AlliancesError("grading_findings.source_broken", place=place, fault="points") from None
    return True
