"""Three estimates: a published project recomputed, and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.logic.pert import Estimate, forecast

# Published example with its answers, « Problem 1 » of a course deck on CPM and PERT (read in November 2026):
# https://ja.scribd.com/presentation/396883604/PRIME-CPM-UNIT-4-pptx
# Three estimates, what each activity waits for, then mean and variance (two decimals) as the deck gives them.
PUBLISHED = {
    "A": ((5, 6, 7), "", 6, 0.11),
    "B": ((1, 3, 5), "", 3, 0.44),
    "C": ((1, 4, 7), "", 4, 1.00),
    "D": ((1, 2, 3), "A", 2, 0.11),
    "E": ((1, 2, 9), "B", 3, 1.78),
    "F": ((1, 5, 9), "C", 5, 1.78),
    "G": ((2, 2, 8), "C", 3, 1.00),
    "H": ((4, 4, 10), "EF", 5, 1.00),
    "I": ((2, 5, 8), "D", 5, 1.00),
    "J": ((2, 2, 8), "GH", 3, 1.00),
}


def _published():
    estimates = {name: Estimate(*three) for name, (three, *_) in PUBLISHED.items()}
    return forecast(estimates, {name: list(before) for name, (_, before, *_) in PUBLISHED.items()})


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_means_and_variances(name):
    """Mean and variance of each activity are those of the published table."""
    three, _, mean, variance = PUBLISHED[name]
    assert Estimate(*three).mean == pytest.approx(mean)
    assert Estimate(*three).variance == pytest.approx(variance, abs=5e-3)


def test_the_published_project():
    """The deck's answer: critical path C-F-H-J, 4 + 5 + 5 + 3 = 17 weeks."""
    found = _published()
    assert found.schedule.paths == (("C", "F", "H", "J"),)
    assert found.length == pytest.approx(17)


def test_the_spread_of_the_published_project():
    """By hand: variance 1 + 16/9 + 1 + 1 = 43/9; one deviation late, the normal law gives 84.13 %."""
    found = _published()
    assert found.deviation**2 == pytest.approx(43 / 9)
    assert found.chance_by(17) == pytest.approx(0.5)
    assert found.chance_by(17 + math.sqrt(43) / 3) == pytest.approx(0.8413, abs=5e-5)


def test_the_slacks_of_the_published_project():
    """By hand, from the published means: A-D-I lasts 13 of 17, B-E must end with F at 9, G with H at 14."""
    found = _published()
    slack = {name: round(slot.slack) for name, slot in found.schedule.slots.items() if not slot.critical}
    assert slack == {"A": 4, "D": 4, "I": 4, "B": 3, "E": 3, "G": 7}


def test_rivals_are_chains_within_a_tenth():
    """Beside a path of 10, a chain of 9.5 is a rival and a chain of 8 is none."""
    found = forecast(
        {name: Estimate(long, long, long) for name, long in (("A", 10), ("B", 9.5), ("C", 8))}, {}
    )
    assert found.rivals == ("B",)


@pytest.mark.parametrize("three", [(3, 2, 4), (-1, 0, 1), (1, 2, math.inf), (math.nan, 1, 2)])
def test_estimates_out_of_order_are_refused(three):
    """Three durations in another order are no estimate."""
    with pytest.raises(ValueError, match=r"(ordre|order)"):
        Estimate(*three)


three_of = st.tuples(*[st.integers(0, 20)] * 3).map(lambda found: Estimate(*sorted(found)))


@given(st.lists(three_of, min_size=1, max_size=6), st.floats(0, 150))
def test_a_chain_adds_up(estimates, date):
    """In a chain, means and variances add up; chances lie between 0 and 1 and grow with the date."""
    names = [f"a{place}" for place in range(len(estimates))]
    depends = {name: names[place - 1 : place] if place else [] for place, name in enumerate(names)}
    found = forecast(dict(zip(names, estimates, strict=True)), depends)
    assert found.length == pytest.approx(sum(one.mean for one in estimates))
    assert found.deviation**2 <= sum(one.variance for one in estimates) + 1e-9
    assert 0 <= found.chance_by(date) <= found.chance_by(date + 1) <= 1
