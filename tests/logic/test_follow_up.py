"""Six months of a programme with shocks: the plan without them, what each does, and properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.logic.follow_up import KINDS, Shock, draw_shocks, follow
from alliances.logic.roadmap import Frame, Measure, Roadmap


def measure(  # noqa: PLR0913, PLR0917 - the fields of a measure
    name, start, duration, load, depends="", owner="", horizon="h1"
):
    return Measure(name, name, horizon, start, duration, load, tuple(depends.split()), owner)


PLAN = Roadmap(
    (
        measure("a", 3, 3, 10, owner="town"),
        measure("b", 6, 3, 10, "a", owner="mobility"),
        measure("c", 6, 2, 10, owner="logistics"),
        measure("d", 9, 3, 10, "b c", owner="town", horizon="h2"),
    )
)
ROOM = Frame(capacity=(20,))


def test_without_shocks_a_plan_that_holds_is_kept():
    """Every measure ends when planned, none is late."""
    found = follow(PLAN, ROOM, (), first=3)
    assert found.ends == {"a": 6, "b": 9, "c": 8, "d": 12}
    assert found.late == ()
    assert [entry.month for entry in found.months] == [3, 4, 5, 6, 7, 8]
    assert [entry.done for entry in found.months] == [10, 10, 10, 20, 20, 10]


@pytest.mark.parametrize(
    ("shock", "ends", "late"),
    [
        (Shock("election", 4, ("town",), months=2), {"a": 8, "b": 11, "c": 8, "d": 14}, ("b", "d")),
        (Shock("partner_leaves", 7, ("mobility",)), {"a": 6, "b": None, "c": 8, "d": None}, ("b", "d")),
        (Shock("budget_cut", 6, share=0.5), {"a": 6, "b": 9, "c": 11, "d": 14}, ("c", "d")),
        (Shock("partner_leaves", 7, ("nobody",)), {"a": 6, "b": 9, "c": 8, "d": 12}, ()),
    ],
)
def test_what_each_shock_moves(shock, ends, late):
    """A pause moves what waits behind it; a cut gives the days to those with the least slack."""
    found = follow(PLAN, ROOM, (shock,), first=3)
    assert found.ends == ends
    assert found.late == late


def test_a_month_says_why_a_measure_stands_still():
    """A pause names the shock, or what is not over yet."""
    shock = Shock("election", 4, ("town",), months=2)
    fourth, sixth = (follow(PLAN, ROOM, (shock,), first=3).months[place] for place in (1, 3))
    assert [(pause.measure, pause.shock) for pause in fourth.pauses] == [("a", shock)]
    assert [(pause.measure, pause.waits_for) for pause in sixth.pauses] == [("b", ("a",))]
    assert follow(PLAN, ROOM, (shock,), first=3).delay("d") == 2


def test_another_owner_mends_a_departure():
    """Once somebody else owns the measure, the same shock moves nothing."""
    mended = Roadmap(tuple(replace(one, owner="town") if one.id == "b" else one for one in PLAN.measures))
    assert follow(mended, ROOM, (Shock("partner_leaves", 7, ("mobility",)),), first=3).late == ()


def test_shocks_before_the_follow_up_wait_for_it():
    """What happened earlier weighs from the first month followed."""
    found = follow(PLAN, ROOM, (Shock("partner_leaves", 0, ("town",)),), first=6)
    assert found.ends["a"] == 6
    assert found.ends["d"] is None


def test_measures_without_figures_take_no_part():
    """A measure without dates or load is left aside, and a circle is refused."""
    bare = Roadmap((Measure("x", "x", "h1", None, None), measure("a", 3, 1, 0)))
    assert follow(bare, ROOM, (), first=0).ends == {}
    circle = Roadmap((measure("a", 3, 1, 1, "b"), measure("b", 3, 1, 1, "a")))
    with pytest.raises(ValueError, match=r"→"):
        follow(circle, ROOM, (), first=3)


plans = st.lists(
    st.tuples(
        st.integers(0, 12), st.integers(1, 6), st.integers(1, 12), st.sampled_from(["town", "x", "y", ""])
    ),
    min_size=1,
    max_size=8,
).map(
    lambda found: Roadmap(
        tuple(
            measure(f"m{place}", start, duration, load, f"m{place - 1}" if place % 3 == 1 else "", owner)
            for place, (start, duration, load, owner) in enumerate(found)
        )
    )
)


@given(plans, st.text(max_size=8), st.integers(0, 12), st.integers(1, 60))
def test_a_run_holds_together(plan, seed, first, capacity):
    """Days worked stay within capacity and never exceed the work; ends keep the order of dependencies."""
    frame = Frame(capacity=(float(capacity),))
    shocks = draw_shocks(seed, plan, {"town"}, first)
    assert shocks == draw_shocks(seed, plan, {"town"}, first)
    assert {shock.kind for shock in shocks} <= set(KINDS)
    assert all(first <= shock.month < first + 5 for shock in shocks)
    found = follow(plan, frame, shocks, first=first)
    for entry in found.months:
        assert entry.done <= (entry.capacity or 0) + 1e-6
        assert entry.done <= entry.asked + 1e-6
    for one in plan.measures:
        end = found.ends[one.id]
        if end is None:
            continue
        assert end >= (one.end or 0)
        for other in one.depends:
            assert found.ends[other] is not None
            assert found.ends[other] <= end


@given(plans, st.integers(0, 12))
def test_without_limit_or_shock_nothing_that_respects_its_links_moves(plan, first):
    """With room for all, only measures that wait for an unfinished one are delayed."""
    found = follow(plan, Frame(), (), first=first)
    for one in plan.measures:
        waits = [found.ends[other] for other in one.depends]
        begins = max([one.start or 0, *(end for end in waits if end is not None)])
        assert found.ends[one.id] == begins + (one.duration or 0)
