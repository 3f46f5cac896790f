"""Notebooks as plain dictionaries, written byte for byte as nbformat 4.5 would, with stable cell ids.

nbformat is not imported: it takes seconds to load. A test compares the bytes with its own and validates.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cell", "code_cell", "markdown_cell", "notebook_bytes"]

Cell = dict[str, Any]


def markdown_cell(source: str, **metadata: Any) -> Cell:  # noqa: ANN401 - metadata is JSON
    """Return a Markdown cell, its id still to be given."""
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code_cell(source: str, **metadata: Any) -> Cell:  # noqa: ANN401 - metadata is JSON
    """Return a code cell without outputs, its id still to be given."""
    return {
        "cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source,
    }  # fmt: skip


def notebook_bytes(cells: Iterable[Cell], slug: str, language: str, **metadata: Any) -> bytes:  # noqa: ANN401
    """Return the file of a notebook: same cells, slug and language give the same bytes.

    Args:
        cells: the cells, in order; their ids are derived from ``slug``, ``language`` and position.
        slug: name of the lesson, tool or assignment.
        language: ``fr`` or ``en``.
        **metadata: what is said of the notebook besides its kernel.
    """
    notebook = {
        "cells": [_stored(cell, f"{slug}|{language}|{position}") for position, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            **metadata,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    content = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
    return (content + "\n").encode()


def _stored(cell: Cell, place: str) -> Cell:
    name = hashlib.sha256(place.encode()).hexdigest()[:8]
    return {**cell, "id": name, "source": cell["source"].splitlines(keepends=True)}
