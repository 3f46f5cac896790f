"""Three estimates: a textbook project recomputed, and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.logic.pert import Estimate, forecast

# Hillier and Lieberman, Introduction to Operations Research, chapter on project management: the Reliable
# Construction Co. example, recalled from memory, which its own totals confirm. Estimates in weeks, then what
# each activity waits for, its mean and its variance.
RELIABLE = {
    "A": ((1, 2, 3), "", 2, 1 / 9),
    "B": ((2, 3.5, 8), "A", 4, 1),
    "C": ((6, 9, 18), "B", 10, 4),
    "D": ((4, 5.5, 10), "C", 6, 1),
    "E": ((1, 4.5, 5), "C", 4, 4 / 9),
    "F": ((4, 4, 10), "E", 5, 1),
    "G": ((5, 6.5, 11), "D", 7, 1),
    "H": ((5, 8, 17), "EG", 9, 4),
    "I": ((3, 7.5, 9), "C", 7, 1),
    "J": ((3, 9, 9), "FI", 8, 1),
    "K": ((4, 4, 4), "J", 4, 0),
    "L": ((1, 5.5, 7), "J", 5, 1),
    "M": ((1, 2, 3), "H", 2, 1 / 9),
    "N": ((5, 5.5, 9), "KL", 6, 4 / 9),
}


def _reliable():
    estimates = {name: Estimate(*three) for name, (three, *_) in RELIABLE.items()}
    return forecast(estimates, {name: list(before) for name, (_, before, *_) in RELIABLE.items()})


@pytest.mark.parametrize("name", RELIABLE)
def test_textbook_means_and_variances(name):
    """Mean and variance of each activity are those of the book."""
    three, _, mean, variance = RELIABLE[name]
    assert Estimate(*three).mean == pytest.approx(mean)
    assert Estimate(*three).variance == pytest.approx(variance)


def test_the_textbook_project():
    """Critical path A-B-C-E-F-J-L-N, 44 weeks, variance 9, 84 % to be done within 47 weeks."""
    found = _reliable()
    assert found.schedule.paths == (tuple("ABCEFJLN"),)
    assert found.length == pytest.approx(44)
    assert found.deviation == pytest.approx(3)
    assert found.chance_by(47) == pytest.approx(0.8413, abs=5e-5)
    assert found.chance_by(44) == pytest.approx(0.5)


def test_the_textbook_slacks():
    """The book's slack of activities off the path: D 4, G 4, H 4, I 2, K 1, M 4."""
    slots = _reliable().schedule.slots
    slack = {name: round(slot.slack) for name, slot in slots.items() if not slot.critical}
    assert slack == {"D": 4, "G": 4, "H": 4, "I": 2, "K": 1, "M": 4}
    assert set(_reliable().rivals) == {"I", "K", "D", "G", "H", "M"}


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
