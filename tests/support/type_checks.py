"""What every question type must hold, and the check of one question's source with one thing broken."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st

from alliances.questions import mark
from alliances.questions.registry import type_of
from alliances.questions.spec import load_form, public

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ANY_JSON", "changed", "check_ends", "check_source", "near_answers", "spaced"]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def near_answers(full: object) -> st.SearchStrategy[Any]:
    """Return answers of about the right form: any part may be missing or be something else."""
    if isinstance(full, dict):
        parts = {key: near_answers(value) for key, value in full.items()}
        return st.fixed_dictionaries({}, optional=parts) | ANY_JSON
    if isinstance(full, list):
        return st.lists(near_answers(full[0]), max_size=4) | ANY_JSON
    return st.just(full) | ANY_JSON


def check_ends(question: dict[str, Any]) -> None:
    """Hold what is true of a closed question: model answer, no answer, « Je ne sais pas », no key shown."""
    kind, lang = type_of(question["type"]), question["lang"]
    full = kind.full_answer(question)
    best = mark(question, full)
    assert (best.verdict, best.points) == ("right", question["points"])
    for nothing in (None, {}, kind.empty(), kind.empty(question)):
        none = mark(question, nothing)
        assert (none.verdict, none.points) == ("unanswered", 0)
        assert ("pas encore de réponse" if lang == "fr" else "no answer") in none.reason
        assert kind.said(question, nothing or {}, lang) == []
    for unknown in ({"unknown": True}, {kind.answer_fields[0]: "unknown"}):
        known = mark(question, unknown)
        assert (known.verdict, known.points) == ("unknown", 0)
        assert len(known.reason.split()) > 30
    assert kind.said(question, full, lang)
    shown = public(question)
    assert not {"key", "zones", "constraints", "example", "reasons", "per_row", "next_step"} & shown.keys()
    assert kind.codes(shown, lang)
    assert kind.instruction(shown, lang).startswith("*")


def changed(raw: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a question with what ``path`` (``a.0.b``) leads to replaced; ``...`` removes it."""
    copy = deepcopy(raw)
    *before, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place: Any = copy
    for key in before:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copy


def spaced(message: str) -> str:
    """Return the pattern of a message whose spaces may be unbreakable."""
    return message.replace(" ", r"\s")


def check_source(folder: Path, raw: dict[str, Any]) -> None:
    """Load a form that has this one question."""
    title = {"fr": "Bloc", "en": "Block"}
    form = {"exercise": "tiny", "parts": [{"id": "shared", "title": title, "questions": [raw]}]}
    path = folder / "form.yaml"
    path.write_text(yaml.safe_dump(form, allow_unicode=True, sort_keys=False), encoding="utf-8")
    load_form(path)
