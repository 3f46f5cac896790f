"""A form file around one question, written to be broken by tests."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from alliances.errors import SourceError
from alliances.i18n import use
from alliances.questions.spec import load_form

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["load_changed", "refusal"]


def load_changed(folder: Path, raw: dict[str, Any], sets: dict[str, Any], changes: dict[str, Any]) -> None:
    """Write a form with one question and load it.

    Args:
        folder: where to write it.
        raw: the question.
        sets: named lists of the form.
        changes: new values by dotted path; None takes the field away.

    Raises:
        SourceError: the changed question is refused.
    """
    question = deepcopy(raw)
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = question
        for key in way:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if value is None:
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = value
    questions = [question]
    if question.get("type") == "confidence" and question.get("about"):
        prompt = {"fr": "Pourquoi ?", "en": "Why?"}
        questions.append({"id": question["about"], "type": "text", "outcome": "tell", "prompt": prompt})
    part = {"id": "rest", "title": {"fr": "Reste", "en": "Rest"}, "questions": questions}
    mistakes = {
        option["misconception"]: {"fr": "Une erreur.", "en": "A mistake."}
        for option in question.get("options", [])
        if "misconception" in option
    }
    form = {"exercise": "tiny", "sets": sets, "misconceptions": mistakes, "parts": [part]}
    path = folder / "form.yaml"
    path.write_text(yaml.safe_dump(form, allow_unicode=True, sort_keys=False), encoding="utf-8")
    load_form(path)


def refusal(folder: Path, raw: dict[str, Any], sets: dict[str, Any], changes: dict[str, Any]) -> str:
    """Return the French message that refuses a changed question, with plain spaces; it names the place."""
    use("fr")
    with pytest.raises(SourceError, match=r"form\.yaml:\d+: champ") as refused:
        load_changed(folder, raw, sets, changes)
    return str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
