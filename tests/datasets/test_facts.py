"""The compiled figures: sourced, in a known state, linked where they contradict, equal wherever repeated."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from alliances.data_checks import worked_out

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PACKAGE = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
CHECKS = {found["name"]: found.get("checks", {}) for found in PACKAGE["resources"]}


def rows(name):
    """The rows of a table, read here without the code under test."""
    with (DATASETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


FACTS = {row["fact_id"]: row for row in rows("facts")}
SOURCES = {row["source_id"]: row for row in rows("sources")}

# The least that the curriculum asks of each table.
LEAST = {
    "facts": 300, "sources": 171, "sector_jobs": 60, "giving": 100, "partnership_surveys": 75, "schemes": 70,
    "cases": 28, "tools": 40, "legal_forms": 12, "sdg17": 36, "review_2022": 15, "measures_frame": 21,
}  # fmt: skip


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_sizes(name, least):
    """Each compiled table has at least the rows that the curriculum asks for."""
    assert len(rows(name)) >= least


@pytest.mark.parametrize(
    "name", ["facts", "cases", "schemes", "tools", "legal_forms", "sdg17", "review_2022"]
)
def test_every_source_exists(name):
    """Each document that a row names is in the table of sources, and each row names one."""
    for row in rows(name):
        named = [row.get("source_id", ""), *row.get("sources", "").split(";")]
        named += row.get("also_sources", "").split(";")
        named = list(filter(None, named))
        assert named
        assert set(named) <= set(SOURCES), row


def test_conflicts_hold_both_ways():
    """A fact that contradicts another is contradicted by it; none contradicts itself."""
    pairs = {
        (name, other) for name, row in FACTS.items() for other in row["conflicts_with"].split(";") if other
    }
    assert len(pairs) >= 60
    assert pairs == {(other, name) for name, other in pairs}
    assert all(name != other for name, other in pairs)


# Contradictions that lessons rely on (reference notes: domain 1.12, datasets 2).
CONTRADICTIONS = [
    ("phare_assoc_partnerships_2015", "phare_firm_partnerships_2015"),
    ("arpea_firms_develop_2011", "phare_firm_partners_2011_implied"),
    ("found_growth_announced_2022", "found_growth_computed_2022"),
    ("mission_launch_day_a", "mission_launch_day_b"),
    ("mission_networks_fifty", "mission_networks_hundred"),
    ("charter_month_a", "charter_month_b"),
    ("observatory_year_a", "observatory_year_b"),
    ("pioneers_structures_2018", "pioneers_territories_2018"),
    ("giving_donors_idf_ra_2016", "giving_donors_idf_ra_2016_sum"),
    ("tzcld_territories_2024_07", "tzcld_territories_2024_07_other"),
    ("law_scic_public_capital", "law_scic_public_capital_old"),
    ("covid2_below20", "covid2_below20_other"),
    ("scic_jobs_growth_2024", "scic_jobs_growth_computed_2024"),
    ("ess_foundations_share_error", "ess_foundations_share_units"),
    ("ptce_2018", "ptce_2023"),
    ("phare_firm_per_firm_2015", "phare_firm_per_responsible_2015"),
    ("ci_winners_2022", "ci_winners_sum_fair"),
    ("adie_departments", "adie_departments_named"),
    ("adie_years", "adie_years_other"),
    ("mobility_lab_year_a", "mobility_lab_year_b"),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTIONS)
def test_contradictions_are_kept(one, other):
    """Figures that contradict each other are both there, and differ."""
    assert other in FACTS[one]["conflicts_with"].split(";")
    assert FACTS[one]["value"] != FACTS[other]["value"]


def test_memory_has_its_own_status():
    """A figure quoted from memory says so, and its source too; there are few of them."""
    recalled = [name for name, row in FACTS.items() if row["status"] == "memory_unverified"]
    assert sorted(recalled) == [
        "law_scic_reserves",
        "scic_2018",
        "scic_2019",
        "volunteers_2010",
        "volunteers_2013",
    ]
    assert {SOURCES[FACTS[name]["source_id"]]["read"] for name in recalled} == {"memory"}


VIEWS = ["giving", "sector_jobs", "partnership_surveys"]


@pytest.mark.parametrize("name", [*VIEWS, "cases", "case_readings", "case_evidence", "case_links", "schemes"])
def test_nothing_from_memory_in_tables_for_work(name):
    """Tables that exercises read hold no figure from memory, and name no document quoted from memory."""
    recalled = {name for name, row in SOURCES.items() if row["read"] == "memory"}
    for row in rows(name):
        named = {row.get("source_id", ""), *row.get("sources", "").split(";")}
        assert not named & recalled, row
        assert row.get("status") != "memory_unverified", row


@pytest.mark.checkout
def test_exercises_that_read_figures_leave_memory_out():
    """An exercise that loads the table of figures names the status that it has to leave out."""
    folder = DATASETS.parent / "exercises"
    loaded = re.compile(r"""(load|rows)\(\s*["']facts["']""")
    texts = {path: path.read_text(encoding="utf-8") for path in folder.glob("*/code.*.md")}
    assert texts
    careless = [
        path for path, told in texts.items() if loaded.search(told) and "memory_unverified" not in told
    ]
    assert careless == []


def test_every_label_stands_alone():
    """A label read by itself says what is counted: no « cette part », no pronoun for another row."""
    leaning = re.compile(
        r"\b(cet appel|cette (part|hausse|dynamique)|ces (données|sept)|même édition|le disent)\b"
    )
    assert [row["fact_id"] for row in FACTS.values() if leaning.search(row["label_fr"])] == []
    texts = [row[column] for row in FACTS.values() for column in ("label_en", "base_en", "scope_en")]
    assert [
        text for text in texts if re.search(r"\b(mean|Money|Amount|Organisations|jobs) a \w+", text)
    ] == []


def test_recomputed_shares_are_near_the_published():
    """Jobs over salaried employment give the published share within one point, where rows are comparable."""
    found = {(row["measure"], row["area_code"], row["year"]): row for row in rows("sector_jobs")}
    checked = [
        abs(float(row["value"]) - float(found["share_of_jobs", area, year]["value"]))
        for (measure, area, year), row in found.items()
        if measure == "share_of_jobs_check" and row["comparable"] == "true"
    ]
    assert len(checked) == 4
    assert max(checked) <= 1


def test_percentages():
    """A percentage lies between 0 and 100, and the upper bound of a range is above its value."""
    for name, row in FACTS.items():
        assert row["unit"] != "percent" or 0 <= float(row["value"]) <= 100, name
        assert not row["value_max"] or float(row["value_max"]) > float(row["value"]), name


@pytest.mark.parametrize(("group", "total"), CHECKS["facts"]["partitions"]["totals"].items())
def test_breakdowns(group, total):
    """The rows of a breakdown add up to its published total."""
    found = sum(float(row["value"]) for row in FACTS.values() if row["partition"] == group)
    assert found == pytest.approx(total[0], abs=total[1] + 1e-9)


def test_every_computed_figure_has_its_formula():
    """What the team worked out can be worked out again, and nothing else has a formula."""
    computed = {name for name, row in FACTS.items() if row["status"] == "computed"}
    rules = CHECKS["facts"]["formulas"]["rules"]
    assert computed == set(rules)
    values = {name: float(row["value"]) for name, row in FACTS.items()}
    for name, (formula, tolerance) in rules.items():
        assert worked_out(formula, values) == pytest.approx(values[name], abs=tolerance + 1e-9), name


def test_published_sums():
    """Totals that publishers give are the sums of their parts (foundations of 2017 and 2023)."""
    value = {name: float(row["value"]) for name, row in FACTS.items()}
    parts = ("public_utility", "corporate", "sheltered", "scientific", "partner", "university")
    assert sum(value[f"found_{part}_2017"] for part in parts) == value["found_all_2017"] == 2487
    assert value["found_all_2017"] + value["found_endowment_2017"] == value["found_total_2017"] == 4981
    assert value["found_all_2018"] + value["found_endowment_2018"] == value["found_total_2018"]
    parts = ("public_utility", "corporate", "sheltered", "special")
    assert sum(value[f"found_{part}_2023"] for part in parts) == value["found_all_2023"] == 2982
    assert value["found_all_2023"] + value["found_endowment_2023"] == value["found_total_2023"] == 5647


def test_published_pieces_of_giving_fit():
    """Numbers of givers by size and their mean gifts give back the amount of 2015, within 2 per cent."""
    value = {name: float(row["value"]) for name, row in FACTS.items()}
    total, givers = value["giving_amount_2015"] * 1e6, value["giving_companies_2015"]
    large = total * value["giving_share_large_2015"] / 100 / value["giving_mean_large_2015"]
    mid = total * value["giving_share_mid_2015"] / 100 / value["giving_mean_mid_2015"]
    small = givers * 0.425  # share of small and medium firms among givers (reference, datasets 2.3)
    micro = givers - small - mid - large
    counts = {"micro": micro, "small": small, "mid": mid, "large": large}
    again = sum(count * value[f"giving_mean_{size}_2015"] for size, count in counts.items())
    assert again == pytest.approx(total, rel=0.02)


@pytest.mark.parametrize("name", VIEWS)
def test_views_repeat_facts(name):
    """A table that files facts says what they say, each fact once."""
    fields = CHECKS[name]["mirror"]["fields"]
    count = Counter(row["fact_id"] for row in rows(name))
    assert max(count.values()) == 1
    for row in rows(name):
        assert {mine: row[mine] for mine in fields} == {
            m: FACTS[row["fact_id"]][its] for m, its in fields.items()
        }


SAMPLES = {
    "rs_leaders": "rs_sample_2016", "phare_institutions": "phare_mayors_sample_2016",
    "elected_2024": "elected_sample_2024", "covid_wave1": "covid1_answers", "covid_wave2": "covid2_answers",
    "covid_wave2_relayed": "covid2_answers",
}  # fmt: skip


def test_samples_are_those_of_the_figures():
    """A survey has the size of sample that a figure gives, and none where no page read gives one."""
    found = {row["survey"]: row["sample"] for row in rows("partnership_surveys")}
    assert {survey: size for survey, size in found.items() if size} == {
        survey: FACTS[fact]["value"] for survey, fact in SAMPLES.items()
    }


def test_single_answers_stay_within_a_hundred():
    """Shares of a question with one answer never add up to more than a hundred and one."""
    sums = Counter()
    for row in rows("partnership_surveys"):
        if row["several_answers"] == "false" and FACTS[row["fact_id"]]["partition"]:
            sums[FACTS[row["fact_id"]]["partition"]] += float(row["percent"])
    assert sums
    assert all(99 <= found <= 101 for found in sums.values())


def test_shared_envelopes_are_not_summable():
    """Money shared by several contracts, or unknown, is marked as not to be added up."""
    for row in rows("schemes"):
        shared = row["amount_kind"] in {"shared_envelope", "ceiling", "not_found", "none"}
        assert (row["summable"] == "false") is shared, row["scheme_id"]
    assert Counter(row["kind"] for row in rows("schemes"))["tzcld"] == 39


def test_frame_of_the_measures():
    """Three groups of seven, with their horizons, and no official title: none could be read."""
    frame = rows("measures_frame")
    assert Counter(row["group"] for row in frame) == {"operational": 7, "strategic": 7, "political": 7}
    assert {(r["group"], r["horizon_start"], r["horizon_end"]) for r in frame} == {
        ("operational", "3", "9"), ("strategic", "6", "12"), ("political", "12", "18"),
    }  # fmt: skip
    assert {(r["official_title_fr"], r["official_title_en"], r["title_status"]) for r in frame} == {
        ("", "", "not_read")
    }


def test_goals_and_targets():
    """Seventeen goals, and the nineteen targets of goal 17, two of which carry the course with it."""
    found = rows("sdg17")
    assert [row["code"] for row in found if row["level"] == "goal"] == [str(n) for n in range(1, 18)]
    assert [row["code"] for row in found if row["level"] == "target"] == [f"17.{n}" for n in range(1, 20)]
    assert [row["code"] for row in found if row["relevance"] == "3"] == ["17", "17.16", "17.17"]


def test_the_twelve_forms():
    """Twelve legal forms, each with its basis, members, governance, money, when it suits and when not."""
    found = rows("legal_forms")
    assert len(found) == 12
    for row in found:
        for part in ("basis", "members", "governance", "money", "suits", "unsuited"):
            assert row[f"{part}_fr"], (row["form_id"], part)
            assert row[f"{part}_en"], (row["form_id"], part)


def test_the_reviews_speak_of_themselves():
    """What the mission says of its own results is marked as its own assessment."""
    for row in rows("review_2022"):
        if row["fact_id"].startswith("mission_measures_") and row["review"] == "final":
            assert row["kind"] == "self_assessment"
            assert FACTS[row["fact_id"]]["advocacy"] == "true"
