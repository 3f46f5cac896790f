"""Answers written as Python literals and as inert text."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances_grader.literal import (
    MAX_TEXT,
    UnsafeAnswerError,
    assignment,
    is_text_block,
    python_literal,
    read_assignment,
    read_text_block,
    text_block,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HOSTILE = [
    "__import__('os').system('true')",
    "'); raise SystemExit #",
    "a\n!rm -rf x\n%%bash\nb",
    '"""\n%run evil.py',
    "\u202e\x00\x1b[2J\ud800",
    "### BEGIN SOLUTION",
    "c01?",
]


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_a_literal_evaluates_to_the_answer(value: Any) -> None:
    """What is written is one line that reads back as the same value, whatever the answer."""
    source = assignment("c01", value)
    assert "\n" not in source
    assert read_assignment(source, "c01") == (True, value)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_a_string(text: str) -> None:
    """Code, magics, controls and broken characters of an answer are characters of a string."""
    tree = ast.parse(assignment("c01", {"value": text}))
    assert len(tree.body) == 1
    assert ast.literal_eval(tree.body[0].value) == {"value": text}  # type: ignore[attr-defined]
    assert assignment("c01", {"value": text}).isprintable()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), "out of range"),
        (float("inf"), "out of range"),
        (10**18, "out of range"),
        ([[[[[[[[1]]]]]]]], "too deep"),
        (list(range(3001)), "too many"),
        ("x" * (MAX_TEXT + 1), "too long"),
        ({"a": object()}, "type object"),
        ({1: "a"}, "key is not text"),
        ((1, 2), "type tuple"),
    ],
)
def test_what_is_not_bounded_json_is_refused(value: object, reason: str) -> None:
    """Values beyond the bounds, or of a type that JSON has not, are refused with the bound."""
    with pytest.raises(UnsafeAnswerError, match=reason):
        python_literal(value)


@pytest.mark.parametrize("name", ["", "a b", "import", "c01; x", "é", "c01\n"])
def test_only_a_plain_identifier_is_assigned(name: str) -> None:
    """A question's id that is no plain identifier makes no cell."""
    with pytest.raises(UnsafeAnswerError, match="identifier"):
        assignment(name, None)


@pytest.mark.parametrize(
    "source",
    ["c01 = f()", "c02 = 1", "c01 = 1\nc01 = 2", "c01 = [" * 3000, "c01 == 1", "x" * 500_000, "c01 = 1 +"],
)
def test_other_code_is_not_read_as_an_answer(source: str) -> None:
    """A cell that is anything else than one literal assignment gives no answer, and is never run."""
    assert read_assignment(source, "c01") == (False, None)


def test_the_stub_left_under_an_answer_is_passed_over() -> None:
    """The « raise » that the release leaves under an answer does not hide the answer."""
    source = 'c01 = {"category": "giving"}\n# VOTRE CODE ICI\nraise NotImplementedError()'
    assert read_assignment(source, "c01") == (True, {"category": "giving"})


@pytest.mark.parametrize(
    "text", ["Bonjour", "<script>x</script>", "</pre><b>a</b>", "a & b < c", "ligne\n\n# titre"]
)
def test_a_text_block_is_inert_and_reads_back(text: str) -> None:
    """An open answer's block holds no tag of its own and gives the text back."""
    block = text_block(text)
    assert is_text_block(block)
    assert block.count("<") == 2
    assert read_text_block(block) == text


def test_json_numbers_keep_their_type() -> None:
    """1 and 1.0 and true stay what they were: a marker may tell them apart."""
    assert python_literal(json.loads('[1, 1.0, true, "1"]')) == "[1, 1.0, True, '1']"


def test_the_largest_theory_of_change_is_within_the_bounds() -> None:
    """Sixty nodes with their indicators and two hundred links, each in a sentence, can be graded."""
    indicator = dict.fromkeys(("unit", "source", "baseline", "frequency", "owner", "burden"), "x" * 60)
    nodes = [
        {"id": f"n{place}", "kind": "outcome", "text": "x" * 120, "indicator": indicator}
        for place in range(60)
    ]
    links = [{"from": "n1", "to": f"n{place % 60}", "because": "x" * 120} for place in range(200)]
    assert python_literal({"nodes": nodes, "links": links})
