"""The order in which a file lists what may be answered changes no mark, whatever the type and the answer."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from type_properties import any_answer

from alliances.course.tree import find_tree
from alliances.questions import mark
from alliances.questions.compiling import compile_question
from alliances.questions.drawing import with_figures
from alliances.questions.registry import TYPES, type_of
from alliances.questions.spec import load_items

pytestmark = pytest.mark.checkout

ITEMS = {
    entry.raw["type"]: entry.raw
    for entry in load_items(find_tree().site / "gallery" / "questions.yaml").items
}
# What an author lists and a learner chooses from. An ordering's items are its key: their order is the answer.
LISTS = (
    "options",
    "categories",
    "reasons",
    "left",
    "right",
    "rows",
    "columns",
    "values",
    "items",
    "constraints",
)
LISTED = sorted(
    (kind, name)
    for kind in TYPES
    for name in LISTS
    if isinstance(ITEMS[kind].get(name), list) and (kind, name) != ("ordering", "items")
)


def test_every_list_of_a_closed_type_is_shuffled() -> None:
    """What follows misses no type that offers something to choose from."""
    assert {kind for kind, _ in LISTED} >= {
        "allocation", "choice", "choices", "classify", "matching", "matrix", "placement", "table",
    }  # fmt: skip


def words_of(value: Any) -> list[str]:
    """Return the ids and short texts of a question, which answers are made of."""
    if isinstance(value, dict):
        return [word for key, inside in value.items() for word in (key, *words_of(inside))]
    if isinstance(value, list):
        return [word for inside in value for word in words_of(inside)]
    return [value] if isinstance(value, str) and len(value) < 40 else []


def partly(full: Any, chance: random.Random, words: list[str]) -> Any:
    """Return an answer with some of its values replaced or lost."""
    if isinstance(full, dict):
        return {key: partly(value, chance, words) for key, value in full.items() if chance.random() < 0.9}
    if isinstance(full, list):
        return [partly(value, chance, words) for value in full if chance.random() < 0.9]
    return full if chance.random() < 0.6 else chance.choice([*words, None, "50"])


@pytest.mark.parametrize(("kind", "name"), LISTED)
@settings(max_examples=25)
@given(data=st.data())
def test_the_order_of_what_is_offered_does_not_matter(kind: str, name: str, data: st.DataObject) -> None:
    """With a list shuffled in the source, an answer right, partly right or odd earns what it did."""
    raw = deepcopy(ITEMS[kind])
    question = compile_question(raw, "fr")
    data.draw(st.randoms(use_true_random=False)).shuffle(raw[name])
    other = compile_question(raw, "fr")
    words = sorted(set(words_of({field: question[field] for field in LISTS if field in question})))
    full = type_of(kind).full_answer(with_figures(question, "x"))
    chance = data.draw(st.randoms(use_true_random=False))
    near = st.builds(lambda: partly(full, chance, words))
    answer = data.draw(st.just(full) | near | any_answer(type_of(kind).answer_fields, words))
    before, after = mark(question, answer), mark(other, answer)
    assert (after.points, after.verdict) == (before.points, before.verdict)
