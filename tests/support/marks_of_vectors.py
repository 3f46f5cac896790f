"""Marks every shared vector, by the same lines in this Python and in the browser's.

It is also sent to Pyodide as text: the standard library and ``alliances`` only.
"""

from __future__ import annotations

from typing import Any

__all__ = ["marks_of"]


def marks_of(questions: dict[str, dict[str, Any]], vectors: list[dict[str, Any]]) -> list[Any]:
    """Return the mark of each vector as JSON values; an error as its type and message."""
    from alliances.questions import mark

    marks: list[Any] = []
    for vector in vectors:
        try:
            marks.append(mark(questions[vector["question"]], vector["answer"]).to_dict())
        except Exception as error:  # noqa: BLE001 - an error is a result too, and must be the same in both
            marks.append([type(error).__name__, str(error)])
    return marks
