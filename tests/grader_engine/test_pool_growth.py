"""Another worker is started when what is left is worth it, by a clock that the caller reads."""

from __future__ import annotations

import pytest

from alliances_grader.pool_growth import Growth


def grown(most: int, copies: int | None, each: float, *, done: int, start: float = 1.0) -> int:
    """Return how many more workers one wants after ``done`` copies, the first of which waited for a start."""
    growth = Growth(most, copies)
    growth.begin(100.0)
    now = 100.0
    assert growth.wanted(0, now) == (most if copies is None else 1)
    for number in range(done):
        now = 100.0 + start + (number + 1) * each
        growth.done(now)
    return growth.wanted(1, now)


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
        (4, None, 0.05, 0, 3),
    ],
)
def test_what_is_left_decides(most: int, copies: int | None, each: float, done: int, more: int) -> None:
    """One more for each three seconds left of one worker's work, no more than are allowed."""
    assert grown(most, copies, each, done=done) == more


@pytest.mark.parametrize(
    ("copies", "after", "more"), [(30, 2.9, 0), (30, 3.0, 3), (30, 40.0, 3), (1, 40.0, 0), (2, 40.0, 3)]
)
def test_a_copy_that_takes_long_does_not_hold_the_others(copies: int, after: float, more: int) -> None:
    """After three seconds without a word all the workers start, if there is a copy for one of them."""
    growth = Growth(4, copies)
    growth.begin(10.0)
    assert growth.looks_at(1) == (None if copies == 1 else 13.0)
    assert growth.wanted(1, 10.0 + after) == more


def test_nobody_asks_again_for_nothing() -> None:
    """Once all workers are there, or there is no copy for another one, no moment to look is named."""
    growth = Growth(2, 30)
    growth.begin(0.0)
    assert growth.looks_at(0) is None
    assert growth.looks_at(1) == 3.0
    assert growth.looks_at(2) is None
    growth.enough()
    assert growth.looks_at(1) is None
    assert growth.wanted(1, 1000.0) == 0
    assert Growth(2, None).looks_at(1) is None


def test_the_rate_is_that_of_all_the_workers() -> None:
    """With two workers copies come twice as fast: what is left is told by how fast they come."""
    growth = Growth(8, 1000)
    growth.begin(0.0)
    for number in range(11):
        growth.done(1.0 + number * 0.05)
    # 989 copies at 20 a second: 49 seconds of two workers, 99 of one.
    assert growth.wanted(2, 1.5) == 6
    assert Growth(64, 1000).most == 64
