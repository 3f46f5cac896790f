"""Reading a case by the rule: what it promises whatever the case, and what it says of chosen ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.data import rows
from alliances.i18n import area_texts
from alliances.logic.typology import (
    CRITERIA,
    DEFAULT_RULE,
    FAMILIES,
    UNKNOWN,
    Rule,
    Weight,
    explain,
    points_label,
    read,
    read_table,
)

FAMILY_IDS = tuple(family.id for family in FAMILIES)
NOTHING_KNOWN = {criterion.id: UNKNOWN for criterion in CRITERIA}
PLACES = [
    (criterion.id, value, family)
    for criterion in CRITERIA
    for value in criterion.values
    if value != UNKNOWN
    for family in FAMILY_IDS
]

cases = st.fixed_dictionaries({criterion.id: st.sampled_from(criterion.values) for criterion in CRITERIA})
tables = st.lists(cases, max_size=6)
points = st.integers(-8, 8).map(lambda quarters: quarters / 4)
rules = st.dictionaries(st.sampled_from(PLACES), points).map(
    lambda table: Rule(tuple(Weight(*place, weight, "course") for place, weight in table.items()))
)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("ALLIANCES_LANG", "en")


@given(cases, rules)
def test_totals_are_sums_of_contributions(case, rule):
    """Every family's total is the sum of its eight contributions, one a criterion."""
    for score in read(case, rule).scores:
        assert [part.criterion for part in score.contributions] == [criterion.id for criterion in CRITERIA]
        assert score.total == pytest.approx(sum(part.points for part in score.contributions))


@given(cases, rules, st.sampled_from(CRITERIA))
def test_unknown_contributes_nothing(case, rule, criterion):
    """A criterion set to unknown gives 0 to every family, and the others keep what they gave."""
    before, after = read(case, rule), read({**case, criterion.id: UNKNOWN}, rule)
    assert criterion.id in after.unknown
    for family in FAMILY_IDS:
        kept = [part for part in before.score(family).contributions if part.criterion != criterion.id]
        now = after.score(family).contributions
        assert [part for part in now if part.criterion != criterion.id] == kept
        assert [part.points for part in now if part.criterion == criterion.id] == [0.0]


@given(cases, st.sampled_from(CRITERIA))
def test_missing_is_unknown(case, criterion):
    """A criterion that the row lacks reads like one that is unknown."""
    without = {name: value for name, value in case.items() if name != criterion.id}
    assert read(without) == read({**case, criterion.id: UNKNOWN})


@given(st.permutations(range(6)), st.lists(cases, min_size=6, max_size=6), rules)
def test_order_of_cases_does_not_matter(order, table, rule):
    """Reading a shuffled table gives the shuffled readings."""
    readings = read_table(table, rule)
    assert read_table([table[place] for place in order], rule) == [readings[place] for place in order]


@given(cases, rules, st.sampled_from([place[:2] for place in PLACES]), st.integers(-5, 5))
def test_equal_gift_to_all_families_changes_no_leader(case, rule, place, gift):
    """Adding the same points to all families for one value leaves leaders and margin as they were."""
    other = rule
    for family in FAMILY_IDS:
        other = other.changed(*place, family, rule.points(*place, family) + gift)
    before, after = read(case, rule), read(case, other)
    assert after.leaders == before.leaders
    assert after.margin == pytest.approx(before.margin)


@given(cases, rules)
def test_leaders_and_margin_agree_with_scores(case, rule):
    """Scores go down, leaders are those at the top, and the margin is 0 just when they are several."""
    reading = read(case, rule)
    totals = [score.total for score in reading.scores]
    assert totals == sorted(totals, reverse=True)
    assert {score.family for score in reading.scores if score.total == totals[0]} == set(reading.leaders)
    assert (reading.margin == 0) == (len(reading.leaders) > 1)
    assert sorted(score.family for score in reading.scores) == sorted(FAMILY_IDS)


@given(cases, st.sampled_from(PLACES), points)
def test_raising_a_weight_never_hurts_its_family(case, place, more):
    """A family whose weight goes up keeps or betters its total, and nobody else's moves."""
    raised = DEFAULT_RULE.changed(*place, DEFAULT_RULE.points(*place) + abs(more))
    before, after = read(case), read(case, raised)
    for family in FAMILY_IDS:
        if family == place[2]:
            assert after.score(family).total >= before.score(family).total
        else:
            assert after.score(family) == before.score(family)


@pytest.mark.parametrize("family", FAMILY_IDS)
def test_no_family_leads_by_construction(family):
    """Every family can reach +6 and -6, no more and no less."""
    assert DEFAULT_RULE.reach(family) == (-6, 6)


@pytest.mark.parametrize(
    "line", DEFAULT_RULE.weights, ids=lambda line: f"{line.criterion}-{line.value}-{line.family}"
)
def test_every_weight_is_on_the_scale_and_documented(line):
    """Each weight is one of the scale's, with its reason and source in both languages."""
    assert line.points in (4, 3, 1, -1, -2, -3)
    for language in ("fr", "en"):
        assert len(line.why(language).split()) >= 8
        assert line.reference(language)


def test_every_reason_belongs_to_a_weight():
    """The catalogue explains no weight that the rule does not have."""
    written = {f"why_{line.criterion}_{line.value}_{line.family}" for line in DEFAULT_RULE.weights}
    found = {key for key in area_texts("typology") if key.startswith("why_")}
    assert found == written | {"why_changed"}


EXCHANGE = {"shared_risk": "no", "shared_decision": "no", "interdependence": "no", "joint_offer": "no",
            "new_solution": "no", "know_how": "no"}  # fmt: skip


@pytest.mark.parametrize(
    ("features", "leaders", "certainty"),
    [
        ({**EXCHANGE, "direction": "to_association", "priced_order": "no"}, ("giving",), "clear"),
        ({**EXCHANGE, "direction": "to_association", "priced_order": "yes"}, ("no_alliance",), "clear"),
        ({**EXCHANGE, "direction": "unknown", "priced_order": "no"}, ("no_alliance",), "doubt"),
        (
            {"direction": "to_company", "know_how": "yes", "joint_offer": "no", "interdependence": "no"},
            ("responsible_practices",),
            "clear",
        ),
        (
            {"direction": "both_ways", "joint_offer": "yes", "interdependence": "yes", "new_solution": "no"},
            ("economic_cooperation",),
            "clear",
        ),
        (
            {"direction": "both_ways", "joint_offer": "no", "new_solution": "yes", "shared_risk": "yes"},
            ("societal_innovation",),
            "clear",
        ),
        (
            {"direction": "both_ways", "joint_offer": "yes", "new_solution": "yes", "interdependence": "yes"},
            ("economic_cooperation", "societal_innovation"),
            "tie",
        ),
        ({"direction": "to_association"}, ("giving",), "insufficient"),
        (NOTHING_KNOWN, FAMILY_IDS, "insufficient"),
        (
            {"direction": "to_company", "know_how": "no", "joint_offer": "no", "new_solution": "no",
             "shared_decision": "yes"},
            ("responsible_practices",),
            "doubt",
        ),
    ],
)  # fmt: skip
def test_chosen_readings(features, leaders, certainty):
    """The rule reads the plain cases of the definitions as they say, and owns up where it cannot."""
    reading = read(features)
    assert (reading.leaders, reading.certainty) == (leaders, certainty)


def test_changed_leaves_the_rule_alone():
    """Changing a weight returns another rule; the first keeps its value, the new line says it was changed."""
    place = ("joint_offer", "yes", "economic_cooperation")
    other = DEFAULT_RULE.changed(*place, 1)
    assert (DEFAULT_RULE.points(*place), other.points(*place)) == (3, 1)
    assert "by hand" in other.line(*place).why("en")
    assert "by hand" in other.line(*place).reference("en")
    assert len(other.weights) == len(DEFAULT_RULE.weights)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: read({"direction": "upwards"}), "“direction” does not take the value “upwards”.*both_ways"),
        (lambda: read({"direction": None}), "does not take the value “None”"),
        (lambda: read({"title": "x"}), "none of the eight expected criteria: direction"),
        (lambda: DEFAULT_RULE.changed("offer", "yes", "giving", 1), "no criterion “offer”.*joint_offer"),
        (lambda: DEFAULT_RULE.changed("joint_offer", "yes", "gift", 1), "no family “gift”.*no_alliance"),
        (lambda: DEFAULT_RULE.changed("joint_offer", "unknown", "giving", 1), "always counts as 0"),
        (lambda: DEFAULT_RULE.reach("gift"), "no family “gift”"),
        (lambda: Rule((Weight("joint_offer", "yes", "giving", 1, "course"),) * 2), "written twice"),
        (lambda: CRITERIA[0].value_label("yes"), "“direction” does not take the value “yes”"),
    ],
)
def test_refusals(attempt, message):
    """A wrong word is refused with the words that exist."""
    with pytest.raises(ValueError, match=message):
        attempt()


@pytest.mark.parametrize("language", ["fr", "en"])
@given(case=cases)
def test_explanation_shows_everything(language, case):
    """The explanation names the leaders, every total, every known contribution and what is unknown."""
    reading = read(case)
    said = explain(reading, language)
    for family in FAMILIES:
        assert family.label(language) in said
        assert points_label(reading.score(family.id).total, language) in said
    for criterion in CRITERIA:
        weighs = any(
            part.points
            for score in reading.scores
            for part in score.contributions
            if part.criterion == criterion.id
        )
        if weighs or criterion.id in reading.unknown:
            assert criterion.label(language) in said


def test_printed_reading_is_its_explanation():
    """print(reading) says a doubtful reading in the current language."""
    reading = read({**EXCHANGE, "direction": "unknown", "priced_order": "no"})
    assert str(reading).startswith("Narrowly first: No alliance (lead in points: +1). A doubtful reading.")
    unsupported = read(
        {"direction": "to_company", "know_how": "no", "joint_offer": "no", "new_solution": "no",
         "shared_decision": "yes"}
    )  # fmt: skip
    assert str(unsupported).startswith("No family has more speaking for it")


@pytest.mark.parametrize(
    ("number", "written"), [(3, "+3"), (-1.5, "−1,5"), (0, "0"), (-0.001, "0"), (0.25, "+0,25")]
)
def test_points_label(number, written):
    """Points carry their sign and no more decimals than they need."""
    assert points_label(number, "fr") == written


@pytest.mark.parametrize("item", [*FAMILIES, *CRITERIA], ids=lambda item: item.id)
def test_words_exist_in_both_languages(item):
    """Families have label and definition, criteria label, question and value labels, in both languages."""
    for language in ("fr", "en"):
        assert item.label(language)
        if item in FAMILIES:
            assert item.definition(language).endswith(".")
        else:
            assert item.question(language).endswith("?")
            assert all(item.value_label(value, language) for value in item.values)


@pytest.mark.parametrize("row", rows("cases") + rows("syn_vignettes"), ids=lambda row: row["case_id"])
def test_clear_readings_of_the_cases_are_admissible(row):
    """Where the rule is clear about a case of the course, it names a reading that the team admits."""
    reading = read(row)
    admissible = {part.split(":")[0] for part in row["admissible"].split(";")}
    if reading.certainty == "clear":
        assert set(reading.leaders) <= admissible
