"""What holds for every type of question, on the sample that the gallery shows of each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.compiling import compile_question, public
from alliances.questions.drawing import with_figures
from alliances.questions.registry import TYPES, type_of
from alliances.questions.spec import load_items

pytestmark = pytest.mark.checkout

ITEMS = [entry.raw for entry in load_items(find_tree().site / "gallery" / "questions.yaml").items]
SAMPLES = {(raw["type"], raw["id"], lang): compile_question(raw, lang) for raw in ITEMS for lang in LANGUAGES}
CASES = [pytest.param(question, id="-".join(name)) for name, question in SAMPLES.items()]
CLOSED = [
    pytest.param(question, id="-".join(name))
    for name, question in SAMPLES.items()
    if not type_of(question["type"]).read_by_person(question)
]

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["a", "b", "unknown", "1", "50", "R", "0", "x", "y"])
)
_KEYS = st.sampled_from(
    sorted(
        {name for kind in TYPES for name in type_of(kind).answer_fields} | {"unknown", "drawn", "a", "x", "0"}
    )
)
JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_the_gallery_has_each_type() -> None:
    """Every type of the registry is shown, so that what follows misses none."""
    assert {kind for kind, _, _ in SAMPLES} == set(TYPES)


@pytest.mark.parametrize("question", CASES)
def test_public_parts_hold_no_key(question: dict[str, Any]) -> None:
    """What is shown before the answer has no reason, no key and no tolerance; taken twice it is the same."""
    shown = public(question)
    text = json.dumps(shown, ensure_ascii=False)
    hidden = {
        "correct", "readings", "team_reason", "tolerance", "otherwise", "known_errors", "key", "zones",
        "constraints", "checks", "misconception", "next_step", "reasons", "model_answer", "example",
    }  # fmt: skip
    # A reading is given with reasons to choose from: those of the type « classify » are no key.
    hidden -= {"reasons"} if question["type"] == "classify" else set()
    assert not [name for name in hidden if f'"{name}":' in text]
    assert public(shown) == shown
    json.dumps(shown, allow_nan=False)


@pytest.mark.parametrize("question", CLOSED)
def test_the_full_answer_earns_everything(question: dict[str, Any]) -> None:
    """The key gets full marks; what is not counted earns nothing and is noted."""
    kind = type_of(question["type"])
    result = mark(question, json.loads(json.dumps(kind.full_answer(with_figures(question, "seed")))))
    if kind.counts:
        assert (result.verdict, result.points) == ("right", result.max_points)
        assert result.next_step == ""
    else:
        assert (result.verdict, result.points) == ("noted", 0)
    assert result.reason


@pytest.mark.parametrize("question", CASES)
@pytest.mark.parametrize("answer", [None, {}])
def test_no_answer_earns_nothing_and_says_so(question: dict[str, Any], answer: object) -> None:
    """Unanswered is its own verdict, with nothing lost."""
    result = mark(question, answer)
    assert (result.verdict, result.points) == ("unanswered", 0)
    assert result.reason


@pytest.mark.parametrize("question", CASES)
def test_an_empty_answer_is_no_answer(question: dict[str, Any]) -> None:
    """What a notebook's cell holds before anybody answers is marked as unanswered."""
    result = mark(question, type_of(question["type"]).empty(question))
    assert (result.verdict, result.points) == ("unanswered", 0)


@pytest.mark.parametrize("question", CASES)
def test_not_knowing_costs_nothing_and_teaches(question: dict[str, Any]) -> None:
    """« Je ne sais pas » earns 0 points, never less, and says what there was to know where rules know it."""
    result = mark(question, {"unknown": True})
    assert (result.verdict, result.points) == ("unknown", 0)
    assert result.reason


@pytest.mark.parametrize("question", CASES)
@settings(max_examples=60, deadline=None)
@given(answer=JSON)
def test_no_answer_stops_the_marking(question: dict[str, Any], answer: object) -> None:
    """Any JSON value is marked between 0 and the maximum, with a reason, and can be put into words."""
    result = mark(question, answer)
    assert 0 <= result.points <= result.max_points
    assert result.reason
    if type(answer) is dict:
        for name, value in type_of(question["type"]).said(public(question), answer, question["lang"]):
            assert isinstance(name, str)
            assert isinstance(value, str)


@pytest.mark.parametrize("question", CASES)
def test_an_answer_is_said_in_words(question: dict[str, Any]) -> None:
    """The model answer reads as words, from the public question alone; no answer reads as nothing."""
    kind = type_of(question["type"])
    lines = kind.said(public(question), kind.full_answer(with_figures(question, "seed")), question["lang"])
    assert lines
    assert all(value.strip() for _, value in lines)
    assert kind.said(public(question), {}, question["lang"]) == []


@pytest.mark.parametrize("question", CASES)
def test_a_notebook_says_how_to_answer(question: dict[str, Any]) -> None:
    """Each type has an instruction and its codes, from the public question alone."""
    kind = type_of(question["type"])
    assert kind.instruction(public(question), question["lang"])
    for title, entries in kind.codes(public(question), question["lang"]):
        assert isinstance(title, str)
        assert all(code and words for code, words in entries)


@pytest.mark.parametrize("raw", ITEMS, ids=lambda raw: raw["type"])
def test_marks_are_the_same_in_both_languages(raw: dict[str, Any]) -> None:
    """A language changes words, never points."""
    points = set()
    for lang in LANGUAGES:
        question = compile_question(raw, lang)
        answer = type_of(raw["type"]).full_answer(with_figures(question, "seed"))
        points.add(mark(question, answer).points)
    assert len(points) == 1
