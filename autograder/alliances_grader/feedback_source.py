"""Notebooks read for feedback: plain dictionaries, bounded, tolerant, without nbformat's validation.

What is read here was written by a grader or by ``generate_assignment``. A cell that is no cell is passed
over: a page with what can be read serves a learner better than none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances_grader.cells import Notebook
from alliances_grader.files import MAX_NOTEBOOK, read_bounded

__all__ = ["plain_notebook", "read_plain"]

_FORMAT: Final = 4
_CELL_TYPES: Final = frozenset({"code", "markdown", "raw"})


def read_plain(path: Path) -> Notebook:
    """Read a notebook file of at most ``MAX_NOTEBOOK`` bytes.

    Raises:
        AlliancesError: it is a link, too long, or no notebook of format 4.
        EnvironmentFault: it cannot be read.
    """
    return plain_notebook(read_bounded(path, MAX_NOTEBOOK), path)


def plain_notebook(content: bytes, path: Path) -> Notebook:
    """Return a notebook whose cells have a type, one text as source, metadata and a list of outputs.

    Raises:
        AlliancesError: it is not UTF-8, not JSON, or no notebook of format 4; the message names ``path``.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise AlliancesError(
            "grader.notebook_not_json", path=path, line=error.lineno, column=error.colno
        ) from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise AlliancesError("grader.notebook_not_json", path=path, line=1, column=1) from None
    if not isinstance(data, dict) or data.get("nbformat") != _FORMAT:
        found = data.get("nbformat") if isinstance(data, dict) else None
        raise AlliancesError("grader.notebook_format", path=path, found=str(found)[:20])
    cells = data.get("cells")
    metadata = data.get("metadata")
    return {
        "cells": [_cell(cell) for cell in cells if _is_cell(cell)] if isinstance(cells, list) else [],
        "metadata": metadata if isinstance(metadata, dict) else {},
    }


def _is_cell(cell: Any) -> bool:  # noqa: ANN401 - decoded JSON
    return isinstance(cell, dict) and cell.get("cell_type") in _CELL_TYPES


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata, outputs = cell.get("metadata"), cell.get("outputs")
    return {
        "cell_type": cell["cell_type"],
        "source": _joined(cell.get("source")),
        "metadata": metadata if isinstance(metadata, dict) else {},
        "outputs": [one for one in outputs if isinstance(one, dict)] if isinstance(outputs, list) else [],
    }


def _joined(value: Any) -> str:  # noqa: ANN401 - decoded JSON
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
