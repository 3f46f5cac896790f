"""Verdicts read from outputs."""

from __future__ import annotations

from typing import Any

import pytest

from alliances_grader.inert import MARK_MIME
from alliances_grader.marks import CellMark, read_mark, verdict_of


def cell(*values: Any) -> dict[str, Any]:
    return {"outputs": [{"output_type": "display_data", "data": {MARK_MIME: value}} for value in values]}


def test_a_mark_is_read() -> None:
    """Verdict, reason and next step come through."""
    mark = {"verdict": "partly", "reason": "Parce que.", "next_step": "Relire.", "points": 99}
    assert read_mark(cell(mark)) == CellMark("partly", "Parce que.", "Relire.")


@pytest.mark.parametrize(
    "value",
    [None, [], "right", {}, {"verdict": "perfect"}, {"verdict": 1}, {"verdict": ["right"]}],
)
def test_a_malformed_mark_is_none(value: object) -> None:
    """Anything else than a mark is no mark, and stops nothing."""
    assert read_mark(cell(value)) is None


@pytest.mark.parametrize("broken", [None, {}, {"outputs": None}, {"outputs": [1, {"data": 3}]}])
def test_a_cell_without_outputs_has_no_mark(broken: Any) -> None:
    """A test cell that was deleted or never run has none."""
    assert read_mark(broken) is None


def test_texts_of_a_mark_are_bounded_and_typed() -> None:
    """A reason that is no text is empty; one that is endless is cut."""
    mark = read_mark(cell({"verdict": "wrong", "reason": "x" * 10_000, "next_step": {"a": 1}}))
    assert mark is not None
    assert (len(mark.reason), mark.next_step) == (3000, "")


@pytest.mark.parametrize(
    ("points", "said", "expected"),
    [
        (2, "wrong", "right"),
        (1, "right", "partly"),
        (0, "right", "wrong"),
        (0, "unknown", "unknown"),
        (0, "unanswered", "unanswered"),
        (0, None, "wrong"),
    ],
)
def test_the_points_decide_where_a_verdict_disagrees(points: float, said: str | None, expected: str) -> None:
    """A forged « right » beside zero points is shown as wrong."""
    mark = CellMark(said, "", "") if said else None
    assert verdict_of(points, 2, mark) == expected
