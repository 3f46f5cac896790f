"""Critical path and load: published examples recomputed, and properties."""

from __future__ import annotations

from itertools import pairwise

import pytest
from artefact_examples import roadmap
from hypothesis import given
from hypothesis import strategies as st

from alliances.logic.directed_graph import cycles, reachable
from alliances.logic.roadmap import Candidate, Frame, from_dict
from alliances.logic.roadmap_schedule import (
    critical_path,
    horizon_load,
    load_per_month,
    months_over_capacity,
    schedule,
)

# Taylor, Introduction to Management Science, chapter 8 (project management), solution of problem 5: an arc
# from one event to another waits for the arcs that end where it starts. Durations, then ES EF LS LF slack.
TAYLOR_5 = {
    "1-2": (7, (0, 7, 2, 9, 2)),
    "1-3": (10, (0, 10, 0, 10, 0)),
    "2-4": (6, (7, 13, 9, 15, 2)),
    "3-4": (5, (10, 15, 10, 15, 0)),
    "3-5": (4, (10, 14, 14, 18, 4)),
    "4-5": (3, (15, 18, 15, 18, 0)),
    "5-6": (2, (18, 20, 18, 20, 0)),
}
# The same, problem 6, whose arc 4-5 takes no time.
TAYLOR_6 = {
    "1-2": (8, (0, 8, 1, 9, 1)),
    "1-3": (10, (0, 10, 0, 10, 0)),
    "1-4": (9, (0, 9, 6, 15, 6)),
    "2-5": (6, (8, 14, 9, 15, 1)),
    "2-6": (4, (8, 12, 16, 20, 8)),
    "3-5": (5, (10, 15, 10, 15, 0)),
    "4-5": (0, (9, 9, 15, 15, 6)),
    "4-7": (7, (9, 16, 20, 27, 11)),
    "5-7": (12, (15, 27, 15, 27, 0)),
    "5-8": (15, (15, 30, 16, 31, 1)),
    "6-9": (18, (12, 30, 20, 38, 8)),
    "7-8": (4, (27, 31, 27, 31, 0)),
    "8-9": (7, (31, 38, 31, 38, 0)),
}


def _by_arcs(example):
    depends = {arc: [o for o in example if o.split("-")[1] == arc.split("-")[0]] for arc in example}
    return schedule({arc: duration for arc, (duration, _) in example.items()}, depends)


@pytest.mark.parametrize("example", [TAYLOR_5, TAYLOR_6])
def test_a_textbook_table_is_recomputed(example):
    """Every date and slack of the published table."""
    slots = _by_arcs(example).slots
    figures = {
        arc: (s.earliest_start, s.earliest_finish, s.latest_start, s.latest_finish, s.slack)
        for arc, s in slots.items()
    }
    assert figures == {arc: expected for arc, (_, expected) in example.items()}


def test_the_textbook_path_is_found():
    """The critical path of problem 5 goes through events 1, 3, 4, 5 and 6, in 20 weeks."""
    result = _by_arcs(TAYLOR_5)
    assert result.paths == (("1-3", "3-4", "4-5", "5-6"),)
    assert result.critical == ("1-3", "3-4", "4-5", "5-6")
    assert result.length == 20


def test_two_critical_paths():
    """The example of encyclopaedias: B and C, or A, D and F, take 7 months; E can slip by one.

    « Critical path method », Wikipedia: five milestones, six activities.
    """
    durations = {"A": 3, "B": 4, "C": 3, "D": 1, "E": 3, "F": 3}
    depends = {"C": ["B"], "D": ["A"], "E": ["A"], "F": ["D"]}
    result = schedule(durations, depends)
    assert result.length == 7
    assert result.paths == (("A", "D", "F"), ("B", "C"))
    assert result.slots["E"].slack == result.slots["E"].free_slack == 1


def test_free_slack_is_what_moves_nobody():
    """Of two activities in a row with 2 to spare, only the last can slip without moving the other."""
    slots = _by_arcs(TAYLOR_5).slots
    assert (slots["1-2"].slack, slots["1-2"].free_slack) == (2, 0)
    assert (slots["2-4"].slack, slots["2-4"].free_slack) == (2, 2)


def test_nothing_takes_no_time():
    """Without activities there is no path and no length."""
    result = schedule({}, {})
    assert (result.length, result.paths, result.critical) == (0, (), ())


@pytest.mark.parametrize(
    ("durations", "depends", "message"),
    [
        ({"a": 1, "b": 1}, {"a": ["b"], "b": ["a"]}, "s’attendent l’une l’autre : a → b → a"),
        ({"a": 1}, {"a": ["a"]}, "a → a"),
        ({"a": -1}, {}, "La durée de « a » doit être un nombre"),
        ({"a": float("nan")}, {}, "La durée de « a »"),
        ({"a": 1}, {"a": ["z"]}, "« z » n’est pas dans la liste"),
        ({"a": 1}, {"z": []}, "« z » n’est pas dans la liste"),
    ],
)
def test_what_cannot_be_scheduled_is_refused(durations, depends, message):
    """Circles, unknown activities and durations that are none are named."""
    with pytest.raises(ValueError, match=message):
        schedule(durations, depends)


@st.composite
def projects(draw):
    """Draw durations, and dependencies on earlier names only: never a circle."""
    names = [f"m{number}" for number in range(draw(st.integers(1, 7)))]
    durations = {name: draw(st.integers(0, 9)) for name in names}
    depends = {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        for place, name in enumerate(names)
    }
    return durations, depends


def _longest(name, durations, depends):
    return durations[name] + max((_longest(one, durations, depends) for one in depends[name]), default=0)


@given(projects())
def test_the_length_is_that_of_the_longest_chain(project):
    """By brute force over all chains; each critical path lasts as long, without a gap."""
    durations, depends = project
    result = schedule(durations, depends)
    assert result.length == max(_longest(name, durations, depends) for name in durations)
    assert result.paths
    for path in result.paths:
        assert sum(durations[name] for name in path) == result.length
        assert all(before in depends[after] for before, after in pairwise(path))


@given(projects())
def test_dates_hold_together(project):
    """Earliest is never after latest, free slack never above slack, and what is waited for ends before."""
    durations, depends = project
    slots = schedule(durations, depends).slots
    for name, slot in slots.items():
        assert 0 <= slot.earliest_start <= slot.latest_start
        assert 0 <= slot.free_slack <= slot.slack
        for other in depends[name]:
            assert slots[other].earliest_finish <= slot.earliest_start
            assert slots[other].latest_finish <= slot.latest_start


@given(projects(), st.randoms(use_true_random=False))
def test_the_order_of_activities_does_not_matter(project, chance):
    """The same project written in another order gives the same schedule."""
    durations, depends = project
    names = list(durations)
    chance.shuffle(names)
    other = schedule({name: durations[name] for name in names}, {name: depends[name][::-1] for name in names})
    assert other == schedule(durations, depends)


def test_a_roadmap_has_a_critical_path():
    """The measures' own durations and dependencies, whatever starts were planned."""
    result = critical_path(from_dict(roadmap()))
    assert result.length == 17
    assert result.paths == (("m1", "m3", "m5", "m6"),)
    assert result.slots["m4"].slack == 1


def test_a_critical_path_heeds_the_sheets():
    """A dependency set by the question counts; one on a measure that was dropped is left aside."""
    frame = Frame(candidates=(Candidate("m2", depends=("m3", "m9")),))
    assert critical_path(from_dict(roadmap()), frame).paths == (("m1", "m3", "m2", "m4", "m5", "m6"),)


def test_load_is_added_month_by_month():
    """Each measure weighs in every month from its start to the one before its end."""
    load = load_per_month(from_dict(roadmap()))
    assert load == (3, 3, 5, 5, 6, 6, 6, 6, 6, 6, 2, 3, 3, 3, 4, 4, 4, 4)
    assert sum(load) == sum(horizon_load(from_dict(roadmap()), name) for name in ("h1", "h2", "h3"))
    assert load_per_month(from_dict({})) == ()


def test_capacity_may_change_month_by_month():
    """The last capacity given holds for the months after; no capacity is no limit."""
    read = from_dict(roadmap())
    assert months_over_capacity(read, Frame()) == ()
    assert months_over_capacity(read, Frame(capacity=(5.0,))) == (4, 5, 6, 7, 8, 9)
    assert months_over_capacity(read, Frame(capacity=(2.0, 6.0, 4.0, 6.0))) == (0, 2)


arrows = st.dictionaries(
    st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"), max_size=3), max_size=6
)


@given(arrows)
def test_circles_are_circles(graph):
    """Each circle follows arrows back to its start, passes nowhere twice, and none is overlooked."""
    full = {point: graph.get(point, set()) for point in "abcdef"}
    found = cycles(full)
    for circle in found:
        assert len(set(circle)) == len(circle)
        assert all(after in full[before] for before, after in pairwise(circle))
        assert circle[0] in full[circle[-1]]
    turning = {point for point in full if point in reachable([point], full)}
    assert bool(found) is bool(turning)
    for point in turning:
        assert any(point in reachable([c[0]], full) and c[0] in reachable([point], full) for c in found)
