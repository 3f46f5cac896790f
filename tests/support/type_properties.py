"""What holds for the marks of every closed question type, whatever the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from alliances.questions import mark
from alliances.questions.compiling import public
from alliances.questions.marking import table_of
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliances.i18n import Language

__all__ = ["any_answer", "check_mark", "check_type"]

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


def any_answer(fields: Iterable[str], words: Iterable[str]) -> st.SearchStrategy[Any]:
    """Return any JSON value, often with the type's fields and with words that its question knows."""
    leaves = _LEAVES | st.sampled_from([*words, "unknown"])
    inside = st.recursive(
        leaves,
        lambda value: st.lists(value, max_size=6) | st.dictionaries(st.sampled_from([*words, "x"]), value),
        max_leaves=8,
    )
    return inside | st.dictionaries(st.sampled_from([*fields, "unknown", "drawn"]), inside)


def check_mark(question: dict[str, Any], answer: object) -> None:
    """Assert that an answer is marked, between 0 and the maximum, with a reason, in JSON values."""
    found = mark(question, answer)
    assert 0 <= found.points <= found.max_points
    assert found.reason
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


def check_type(question: dict[str, Any], lang: Language) -> None:
    """Assert what every type does for its sample: shown without its key, marked, said, coded, empty."""
    kind = type_of(question["type"])
    table = table_of(question)
    assert json.loads(json.dumps(table)) == table
    assert json.loads(json.dumps(public(question))) == public(question)
    full = kind.full_answer(question)
    best = mark(question, full)
    assert best.points == best.max_points
    assert best.verdict in {"right", "noted"}
    assert not best.next_step
    assert kind.said(question, full, lang)
    for answer in (None, kind.empty(), kind.empty(question)):
        nothing = mark(question, answer)
        assert (nothing.points, nothing.verdict) == (0, "unanswered")
        assert kind.said(question, answer or {}, lang) == []
    unknown = mark(question, {"unknown": True})
    assert (unknown.points, unknown.verdict) == (0, "unknown")
    assert unknown.reason == mark(question, {kind.answer_fields[0]: "unknown"}).reason
    assert "None" in kind.instruction(question, lang)
    listed = [code for _, entries in kind.codes(public(question), lang) for code, _ in entries]
    assert listed == [code for _, entries in kind.codes(question, lang) for code, _ in entries]
    assert listed
