"""Comparing rules with one another and with people's readings."""

from __future__ import annotations

import pytest

from alliances.logic.typology import DEFAULT_RULE, compare_rules, compare_with_team, read, sensitivity

OFFER = {
    "case_id": "offer", "direction": "both_ways", "joint_offer": "yes", "new_solution": "no",
    "interdependence": "yes",
    "team_reading": "economic_cooperation", "admissible": "economic_cooperation:joint_offer",
}  # fmt: skip
TIED = {**OFFER, "case_id": "tied", "new_solution": "yes"}
GIFT = {
    "case_id": "gift", "direction": "to_association", "joint_offer": "no", "interdependence": "no",
    "priced_order": "no",
    "team_reading": "no_alliance", "admissible": "no_alliance:interdependence;giving:direction",
}  # fmt: skip
SURPRISE = {**GIFT, "case_id": "surprise", "admissible": "no_alliance:interdependence"}
ROWS = [OFFER, TIED, GIFT, SURPRISE]
UNREAD = {
    "case_id": "unread",
    "direction": "to_association",
    "priced_order": "yes",
    "team_reading": "giving",
    "admissible": "giving:direction",
}


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("ALLIANCES_LANG", "en")


def test_same_rule_changes_nothing():
    """A rule compared with itself gives no change."""
    assert compare_rules(ROWS, DEFAULT_RULE, DEFAULT_RULE) == ()


def test_changes_are_named_with_both_readings():
    """A lighter joint offer breaks the tie: that case only is named, with its two readings."""
    lighter = DEFAULT_RULE.changed("joint_offer", "yes", "economic_cooperation", 2)
    (change,) = compare_rules(ROWS, DEFAULT_RULE, lighter)
    assert (change.case_id, change.what) == ("tied", "leaders")
    assert change.before == read(TIED)
    assert change.after.leaders == ("societal_innovation",)


def test_change_of_certainty_is_a_change():
    """A lead that shrinks below the clear margin is reported though the same family leads."""
    weaker = DEFAULT_RULE.changed("direction", "to_association", "giving", 0.5)
    changes = compare_rules([GIFT], DEFAULT_RULE, weaker)
    assert [(change.case_id, change.what) for change in changes] == [("gift", "certainty")]


def test_reversed_comparison_mirrors():
    """Swapping the two rules swaps before and after."""
    other = DEFAULT_RULE.changed("joint_offer", "yes", "economic_cooperation", -3)
    there, back = compare_rules(ROWS, DEFAULT_RULE, other), compare_rules(ROWS, other, DEFAULT_RULE)
    assert [(change.after, change.before) for change in there] == [
        (change.before, change.after) for change in back
    ]


def test_rows_without_name_go_by_position():
    """A row without case_id is named by its position."""
    nameless = [{name: value for name, value in row.items() if name != "case_id"} for row in ROWS]
    lighter = DEFAULT_RULE.changed("joint_offer", "yes", "economic_cooperation", 2)
    assert [change.case_id for change in compare_rules(nameless, DEFAULT_RULE, lighter)] == ["1"]


def test_sensitivity_covers_every_weight_both_ways():
    """Each weight is moved up and down; the greatest effects come first and name their cases."""
    effects = sensitivity(ROWS)
    assert len(effects) == 2 * len(DEFAULT_RULE.weights)
    counts = [len(effect.changed) for effect in effects]
    assert counts == sorted(counts, reverse=True)
    down = next(
        effect
        for effect in effects
        if (effect.criterion, effect.value, effect.family, effect.step)
        == ("joint_offer", "yes", "economic_cooperation", -1.0)
    )
    assert down.changed == ("tied",)


def test_unread_case_cannot_change():
    """A case of which too little is known is no change, whatever its totals do."""
    heavier = DEFAULT_RULE.changed("direction", "to_association", "giving", 9)
    assert read(UNREAD).leaders != read(UNREAD, heavier).leaders
    assert compare_rules([UNREAD], DEFAULT_RULE, heavier) == ()


def test_team_match_sorts_cases_in_five():
    """Same leader, shared tie, admissible reading, other and unread are told apart; share counts the same."""
    match = compare_with_team([*ROWS, UNREAD])
    assert (match.same, match.shared, match.admissible, match.other, match.unread) == (
        ("offer",), ("tied",), ("gift",), ("surprise",), ("unread",),
    )  # fmt: skip
    assert match.share == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: sensitivity(ROWS, step=0), "positive number"),
        (lambda: compare_with_team([{**OFFER, "team_reading": "gift"}]), "no family “gift”"),
        (lambda: compare_with_team([]).share, "at least one row"),
    ],
)
def test_refusals(attempt, message):
    """What cannot be compared is refused with a reason."""
    with pytest.raises(ValueError, match=message):
        attempt()
