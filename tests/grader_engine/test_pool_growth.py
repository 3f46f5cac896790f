"""Another worker is started when what is left is worth it, by a clock that the caller reads."""

from __future__ import annotations

import pytest

from alliances_grader.pool_growth import Growth, Pace


@pytest.mark.parametrize(
    ("most", "copies", "each", "done", "more"),
    [
        (2, 30, 0.05, 2, 0),
        (2, 50, 0.05, 2, 0),
        (2, 100, 0.05, 2, 1),
        (2, 10_000, 0.05, 2, 1),
        (16, 10_000, 0.05, 2, 15),
        (16, 100, 0.1, 2, 3),
        (16, 100, 0.1, 90, 0),
        (1, 10_000, 0.05, 2, 0),
        (2, 30, 1.0, 2, 1),
    ],
)
def test_what_is_left_decides(most: int, copies: int, each: float, done: int, more: int) -> None:
    """One more for each three seconds left of one worker's work, no more than are allowed."""
    growth = Growth(most, {"ps": Pace(copies)})
    growth.begin(100.0)
    for _ in range(done):
        growth.done("ps", each)
    assert growth.wanted(1, 100.0 + 1.0 + done * each) == more


@pytest.mark.parametrize(
    ("paces", "begun"),
    [
        ({"ps": Pace(30)}, 1),
        ({"ps": Pace(60)}, 2),
        ({"ps": Pace(10_000)}, 4),
        ({"form": Pace(200, form=True)}, 1),
        ({"form": Pace(10_000, form=True)}, 4),
        ({"form": Pace(100, form=True), "ps": Pace(50), "other": Pace(50)}, 3),
        ({}, 1),
        (None, 4),
    ],
)
def test_a_run_begins_with_as_many_as_are_surely_needed(paces: dict[str, Pace] | None, begun: int) -> None:
    """Before the first copy, what copies take as a rule decides; one worker begins in any case."""
    assert Growth(4, paces).wanted(0, 0.0) == begun


@pytest.mark.parametrize(
    ("copies", "after", "more"), [(30, 2.9, 0), (30, 3.0, 3), (30, 40.0, 3), (1, 40.0, 0), (2, 40.0, 3)]
)
def test_a_copy_that_takes_long_does_not_hold_the_others(copies: int, after: float, more: int) -> None:
    """After three seconds without a word all the workers start, if there is a copy for one of them."""
    growth = Growth(4, {"ps": Pace(copies)})
    growth.begin(10.0)
    assert growth.looks_at(1) == (None if copies == 1 else 13.0)
    assert growth.wanted(1, 10.0 + after) == more


def test_nobody_asks_again_for_nothing() -> None:
    """Once all workers are there, or there is no copy for another one, no moment to look is named."""
    growth = Growth(2, {"ps": Pace(30)})
    growth.begin(0.0)
    assert growth.looks_at(0) is None
    assert growth.looks_at(1) == 3.0
    assert growth.looks_at(2) is None
    growth.enough()
    assert growth.looks_at(1) is None
    assert growth.wanted(1, 1000.0) == 0
    assert Growth(2, None).looks_at(1) is None


def test_each_assignment_has_its_own_pace() -> None:
    """What is left of slow copies is not told by how fast the forms before them were."""
    growth = Growth(8, {"form": Pace(100, form=True), "ps": Pace(100)})
    growth.begin(0.0)
    for _ in range(100):
        growth.done("form", 0.005)
    for _ in range(10):
        growth.done("ps", 0.2)
    # 90 copies of 0.2 s: six times three seconds.
    assert growth.wanted(2, 1.5) == 4


def test_once_begun_nothing_is_guessed() -> None:
    """Copies may turn out to be graded already: another worker comes when some were seen, and took long."""
    growth = Growth(4, {"form": Pace(5000, form=True), "ps": Pace(5000)})
    growth.begin(0.0)
    assert growth.wanted(1, 1.0) == 0
    for _ in range(2):
        growth.done("form", 0.01)
    assert growth.wanted(1, 1.0) == 3
    assert growth.wanted(4, 1.0) == 0


def test_a_copy_that_waited_for_a_start_tells_nothing() -> None:
    """The first copy of a worker takes a second longer than others: it counts as done, not as slow."""
    growth = Growth(2, {"ps": Pace(40)})
    growth.begin(0.0)
    for seconds in (None, None, 0.05, 0.05):
        growth.done("ps", seconds)
    assert growth.wanted(1, 1.0) == 0
