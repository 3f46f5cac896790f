"""The shared vectors of marking: the same questions and answers for Python and for JavaScript."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alliances.i18n import LANGUAGES
from alliances.widgets.labels import labels_of

__all__ = ["QUESTIONS", "VECTORS", "all_labels", "name_of"]

_DATA = json.loads((Path(__file__).parents[1] / "data" / "marking_vectors.json").read_text(encoding="utf-8"))
QUESTIONS: dict[str, dict[str, Any]] = _DATA["questions"]
VECTORS: list[dict[str, Any]] = _DATA["vectors"]


def name_of(vector: dict[str, Any]) -> str:
    """Name a vector in a test's report."""
    return f"{vector['question']}-{json.dumps(vector['answer'])[:40]}"


def all_labels() -> dict[str, dict[str, str]]:
    """Return what the page's marking says, by language, as catalogues have it (not typeset again)."""
    from alliances.i18n import area_texts

    texts = area_texts("questions")
    return {
        language: {
            name: texts[name][language]
            for name in labels_of("number", language, marking=True)
            if name in texts
        }
        for language in LANGUAGES
    }
