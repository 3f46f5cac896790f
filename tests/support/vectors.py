"""The shared vectors of marking: the same questions and answers for Python and for JavaScript."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alliances.questions.marking import table_of

__all__ = ["QUESTIONS", "VECTORS", "given", "name_of"]

_DATA = Path(__file__).parents[1] / "data"
QUESTIONS: dict[str, dict[str, Any]] = {}
VECTORS: list[dict[str, Any]] = []
for _path in (_DATA / "marking_vectors.json", *sorted((_DATA / "vectors").glob("*.json"))):
    _file = json.loads(_path.read_text(encoding="utf-8"))
    assert not QUESTIONS.keys() & _file["questions"].keys(), _path
    QUESTIONS.update(_file["questions"])
    VECTORS.extend(_file["vectors"])


def name_of(vector: dict[str, Any]) -> str:
    """Name a vector in a test's report."""
    return f"{vector['question']}-{json.dumps(vector['answer'])[:40]}"


def given() -> dict[str, Any]:
    """Return what JavaScript needs: the rule table of each question, and the answers."""
    tables = {name: table_of(question) for name, question in QUESTIONS.items()}
    assert all(tables.values()), "a question without a table has no place among the vectors"
    return {"tables": tables, "vectors": VECTORS}
