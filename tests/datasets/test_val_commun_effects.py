"""What was planted in Val-Commun is found by an honest analysis, and missed or invented by a hasty one."""

from __future__ import annotations

import csv
from collections import defaultdict
from math import log, sqrt
from pathlib import Path
from statistics import fmean, pstdev, stdev

import numpy as np
import pytest
import yaml

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
KEY = yaml.safe_load((ROOT / "exercises" / "keys" / "val_commun.yaml").read_text(encoding="utf-8"))
EFFECTS = KEY["effects"]


def read(name):
    with (ROOT / "datasets" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def regression(outcome, columns):
    """Coefficients and standard errors of a least-squares line with a constant (last)."""
    design = np.column_stack([*columns, np.ones(len(outcome))])
    target = np.asarray(outcome)
    solution, *_ = np.linalg.lstsq(design, target, rcond=None)
    residual = target - design @ solution
    variance = residual @ residual / (len(target) - design.shape[1])
    return solution, np.sqrt(np.diag(variance * np.linalg.inv(design.T @ design)))


@pytest.fixture(scope="module")
def projects():
    """One row a project: mean trust, mean log of beneficiaries, what may explain them."""
    measured = defaultdict(list)
    for row in read("syn_measurements"):
        if row["trust"]:
            measured[row["project_id"]].append((float(row["trust"]), log(int(row["beneficiaries"]))))
    found = []
    for row in read("syn_projects"):
        values = measured[row["project_id"]]
        if values:
            found.append(
                {
                    "trust": fmean(value[0] for value in values),
                    "people": fmean(value[1] for value in values),
                    "shared_governance": float(int(row["shared_governance"]) >= 3),
                    "charter": float(row["charter_signed"] == "true"),
                    "early_scaling": float(row["scaled_early"] == "true"),
                    "budget": log(int(row["budget_eur"])),
                }
            )
    return found


NAMES = ("shared_governance", "charter", "early_scaling")


@pytest.mark.parametrize("name", NAMES)
def test_effect_on_trust(projects, name):
    """With the rest held equal, each planted effect on trust lies within its 99 % interval."""
    columns = [[row[one] for row in projects] for one in (*NAMES, "budget")]
    found, error = regression([row["trust"] for row in projects], columns)
    place = NAMES.index(name)
    assert abs(found[place] - EFFECTS[name]["trust"]) < 2.6 * error[place]
    assert error[place] < 0.2


@pytest.mark.parametrize("name", NAMES)
def test_effect_on_beneficiaries(projects, name):
    """With budgets held equal, each planted effect on beneficiaries lies within its 99 % interval."""
    columns = [[row[one] for row in projects] for one in (*NAMES, "budget")]
    found, error = regression([row["people"] for row in projects], columns)
    place = NAMES.index(name)
    assert abs(found[place] - log(EFFECTS[name]["beneficiaries_ratio"])) < 2.6 * error[place]


def test_the_signs_can_be_told(projects):
    """Shared governance is told to help, early scaling to harm; of the charter nothing can be said."""
    columns = [[row[one] for row in projects] for one in (*NAMES, "budget")]
    found, error = regression([row["trust"] for row in projects], columns)
    ratio = dict(zip(NAMES, found / error, strict=False))
    assert ratio["shared_governance"] > 4
    assert ratio["early_scaling"] < -4
    assert abs(ratio["charter"]) < 2


def test_the_charter_looks_useful_to_a_hasty_reader(projects):
    """The raw comparison credits the charter with many more beneficiaries: it goes with budgets."""
    signed = [row["people"] for row in projects if row["charter"]]
    others = [row["people"] for row in projects if not row["charter"]]
    assert fmean(signed) - fmean(others) > 0.3


def test_missing_measurements_are_not_at_random():
    """Measurements are missing three times as often where a small association leads; 6 % overall."""
    small = {row["org_id"] for row in read("syn_organisations") if row["budget_class"] == "under_10k"}
    leads = {
        row["project_id"]: row["org_id"] in small
        for row in read("syn_participations")
        if row["role"] == "lead"
    }
    gone = {True: [], False: []}
    for row in read("syn_measurements"):
        gone[leads[row["project_id"]]].append(row["trust"] == "")
    assert fmean(gone[True]) == pytest.approx(3 * fmean(gone[False]), rel=0.05)
    assert fmean(gone[True] + gone[False]) == pytest.approx(0.06, abs=0.002)


@pytest.fixture(scope="module")
def changes():
    """By municipality: member, site, change between the means of 2021-2022 and 2023-2024 of each outcome."""
    outcomes = ("back_to_work_pct", "feels_isolated_pct", "volunteers_lost_pct")
    places = defaultdict(dict)
    for row in read("syn_followup"):
        places[row["municipality_code"]][int(row["year"])] = row
    return [
        {
            "member": years[2021]["member"] == "true",
            "site": years[2024]["new_site_nearby"] == "true",
            **{
                name: fmean(float(years[year][name]) for year in (2023, 2024))
                - fmean(float(years[year][name]) for year in (2021, 2022))
                for name in outcomes
            },
            "placebo": float(years[2022]["back_to_work_pct"]) - float(years[2021]["back_to_work_pct"]),
        }
        for years in places.values()
    ]


def difference(rows, name):
    """Difference in differences and its standard error."""
    inside = [row[name] for row in rows if row["member"]]
    outside = [row[name] for row in rows if not row["member"]]
    error = sqrt(stdev(inside) ** 2 / len(inside) + stdev(outside) ** 2 / len(outside))
    return fmean(inside) - fmean(outside), error


@pytest.mark.parametrize(
    ("outcome", "effect"),
    [
        ("back_to_work_pct", "evening_service_on_return_to_work"),
        ("feels_isolated_pct", "evening_service_on_isolation"),
        ("volunteers_lost_pct", "evening_service_on_volunteers_lost"),
    ],
)
def test_effect_of_the_service(changes, outcome, effect):
    """With the new site held equal, the change of members against others gives each planted effect back."""
    columns = [[float(row["member"]) for row in changes], [float(row["site"]) for row in changes]]
    found, error = regression([row[outcome] for row in changes], columns)
    assert abs(found[0] - EFFECTS[effect]["points"]) < 2.6 * error[0]
    assert error[0] < 0.6


def test_the_confounder_misleads(changes):
    """Without the site, the service is credited with at least a point too much."""
    naive, error = difference(changes, "back_to_work_pct")
    true = EFFECTS["evening_service_on_return_to_work"]["points"]
    assert naive > true + 1
    assert naive - true > 1.5 * error
    near = [row for row in changes if row["site"]]
    assert fmean(row["member"] for row in near) > fmean(row["member"] for row in changes if not row["site"])


def test_null_and_harm_are_told_apart(changes):
    """Isolation does not move, and volunteers leave members more: one null effect, one harmful."""
    isolated, error = difference(changes, "feels_isolated_pct")
    assert abs(isolated) < 2 * error
    lost, error = difference(changes, "volunteers_lost_pct")
    assert lost > 4 * error


def test_placebo(changes):
    """Before the service, members and others move alike."""
    found, error = difference(changes, "placebo")
    assert abs(found) < 2 * error


# --- Diagnoses ----------------------------------------------------------------------------------------------

DIMENSIONS = 6


@pytest.fixture(scope="module")
def scores():
    """Mean of the answers by alliance, dimension and partner; share of empty ones by alliance."""
    cells, empty = defaultdict(list), defaultdict(list)
    for row in read("syn_diagnoses"):
        for item in range(24):
            answer = row[f"q{item + 1:02d}"]
            empty[row["alliance_id"]].append(not answer)
            if answer:
                cells[row["alliance_id"], item // 4, row["actor_id"]].append(int(answer))
    return {name: fmean(values) for name, values in cells.items()}, {
        name: fmean(found) for name, found in empty.items()
    }


def profile(scores, alliance):
    """Mean and spread between partners of each dimension of an alliance."""
    found = []
    for dimension in range(DIMENSIONS):
        values = [
            value for (name, place, _), value in scores[0].items() if (name, place) == (alliance, dimension)
        ]
        found.append((fmean(values), pstdev(values)))
    return found


@pytest.mark.parametrize(("alliance", "dimension"), [("A3", 3), ("A8", 2)])
def test_disagreement_is_not_weakness(scores, alliance, dimension):
    """Where partners are split, the mean is middling and the spread between partners stands out."""
    found = profile(scores, alliance)
    spreads = [spread for _, spread in found]
    assert max(spreads) == spreads[dimension] > 0.8
    assert 2.3 < found[dimension][0] < 4


def test_weakness_is_not_disagreement(scores):
    """Where all agree that it goes badly, means are low and partners alike."""
    found = profile(scores, "A2")
    assert max(mean for mean, _ in found) < 3.2
    assert max(spread for _, spread in found) < 0.5


def test_one_dimension_short(scores):
    """Two alliances each have one weak dimension: resources, and learning."""
    for alliance, dimension in (("A5", 4), ("A6", 5)):
        means = [mean for mean, _ in profile(scores, alliance)]
        assert min(means) == means[dimension] < 2.4


def test_one_partner_apart(scores):
    """In one alliance the last partner stands far below the others everywhere."""
    partners = {name for alliance, _, name in scores[0] if alliance == "A4"}
    mean = {name: fmean(scores[0]["A4", place, name] for place in range(DIMENSIONS)) for name in partners}
    low, *rest = sorted(mean.values())
    assert rest[0] - low > 1.5


def test_silence(scores):
    """In one alliance people agree politely and leave a third of the answers empty."""
    assert scores[1]["A7"] > 0.25
    assert max(share for name, share in scores[1].items() if name != "A7") < 0.06


def test_small_groups_exist():
    """Some partners have fewer than three respondents: showing them alone would break confidentiality."""
    people = defaultdict(int)
    for row in read("syn_diagnoses"):
        people[row["alliance_id"], row["actor_id"]] += 1
    assert min(people.values()) == 2
    assert max(people.values()) <= 5
