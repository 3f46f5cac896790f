"""Copies of decoded JSON: equal, and nothing shared."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances_grader.plain_copy import copied

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def parts(value: Any) -> set[int]:
    """Return which dictionaries and lists a value is made of."""
    if isinstance(value, dict):
        return {id(value)}.union(*map(parts, value.values()))
    return {id(value)}.union(*map(parts, value)) if isinstance(value, list) else set()


@given(JSON)
def test_a_copy_is_equal_and_shares_nothing(value: Any) -> None:
    """Any JSON value gives what deepcopy gives, and no dictionary or list stands in both."""
    found = copied(value)
    assert found == copy.deepcopy(value)
    assert not parts(found) & parts(value)


@pytest.mark.parametrize("value", [{"a": (1, [2])}, {"a": {1, 2}}, [b"x"]])
def test_what_json_does_not_know_is_copied_too(value: Any) -> None:
    """Tuples, sets and bytes come out as deepcopy copies them."""
    assert copied(value) == value


def test_a_notebook_node_stays_one() -> None:
    """Nodes of nbformat keep their kind: its writer asks for attributes."""
    node = nbformat.from_dict({"cells": [{"source": "x"}]})  # type: ignore[no-untyped-call]
    found = copied(node)
    assert found.cells[0].source == "x"
    assert found.cells[0] is not node.cells[0]
