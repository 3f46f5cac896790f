"""The story of Val-Commun, as its sheet tells it, is in the tables that modules read."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ROOT / "datasets"
PARAMETERS = yaml.safe_load((DATASETS / "make" / "val_commun.yaml").read_text(encoding="utf-8"))["parameters"]


def value(name):
    """The value of a parameter."""
    return PARAMETERS[name]["value"]


def read(name):
    """The rows of a table, as texts."""
    with (DATASETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_ties_of_the_story_are_in_the_table():
    """Each relation that the story tells is a tie, with its year; no other joins two of the twelve."""
    people = {row["org_id"]: row["actor_id"] for row in read("syn_organisations") if row["actor_id"]}
    found = {
        (people[row["org_a"]], people[row["org_b"]]): row
        for row in read("syn_ties")
        if row["org_a"] in people and row["org_b"] in people
    }
    told = {(one["a"], one["b"]): one for one in value("story_ties")}
    assert set(found) == set(told)
    assert len(told) == 17  # dix-sept, says the model card
    for pair, one in told.items():
        for column in ("year_start", "year_end", "amount_eur", "family_seen_by_a", "state_2020"):
            assert found[pair][column] == str(one.get(column, "")), (pair, column)


def test_place_of_the_site_and_of_its_neighbours():
    """Municipalities near the new site are those at most 30 km from Brévane; the town has joined."""
    towns = {row["municipality_code"]: row for row in read("syn_municipalities")}
    site = next(row for row in towns.values() if row["name"] == "Brévane")
    for row in read("syn_followup"):
        town = towns[row["municipality_code"]]
        far = (int(town["x_km"]) - int(site["x_km"])) ** 2 + (int(town["y_km"]) - int(site["y_km"])) ** 2
        near = far <= value("new_site")["near_km"] ** 2
        assert (row["new_site_nearby"] == "true") == (near and int(row["year"]) >= 2023), town["name"]
        if town["name"] == "Val-Commun":
            assert row["member"] == "true"


def test_distances_that_the_story_gives():
    """Val-Commun and Guévaire are some thirty kilometres apart, and Brévane is next to Val-Commun."""
    place = {row["name"]: complex(int(row["x_km"]), int(row["y_km"])) for row in read("syn_municipalities")}
    assert 28 <= abs(place["Val-Commun"] - place["Guévaire"]) <= 33
    assert abs(place["Val-Commun"] - place["Brévane"]) < 5
    assert abs(place["Gué-Blanc"] - place["Guévaire"]) < 12
    assert place["Aurvelle"].real < place["Val-Commun"].real < place["Guévaire"].real
    assert place["Aurvelle"].imag > place["Val-Commun"].imag > place["Guévaire"].imag


def test_the_small_map_of_the_story_sheet():
    """Residents, distances and evening buses of the sheet are those of the table, in both languages."""
    towns = {row["name"]: row for row in read("syn_municipalities")}
    spot = {name: complex(int(row["x_km"]), int(row["y_km"])) for name, row in towns.items()}
    text = (DATASETS / "val_commun.md").read_text(encoding="utf-8")
    told = re.findall(
        r"^\| \*\*([^*]+)\*\* \| [^|]+ \| ([^|]+) \| ([\d ,]+) \| (\w+) \|$", text, re.MULTILINE
    )
    assert len(told) == 10
    for name, distance, residents, bus in told:
        row = towns[name]
        assert re.sub(r"\D", "", residents) == row["population"], name
        assert (bus in {"oui", "yes"}) == (row["evening_bus"] == "true"), name
        far = round(abs(spot[name] - spot["Val-Commun"]))
        assert int((re.match(r"\d+", distance) or ["0"])[0]) == far, name


def test_the_largest_private_employer_of_the_agglomeration():
    """Sorvane Logistique is what its line says."""
    firms = [row for row in read("syn_organisations") if (row["kind"], row["epci_id"]) == ("company", "E2")]
    assert max(firms, key=lambda row: int(row["headcount"]))["actor_id"] == "logistics"


def test_the_numbers_of_the_story():
    """Seven opened La Fabrique, its former members among them; twenty-six municipalities joined."""
    events = {row["event_id"]: row for row in read("syn_events")}
    opened = set(events["e08"]["actors"].split(";"))
    former = next(row for row in read("syn_alliances") if row["alliance_id"] == "A2")
    assert len(opened) == 7
    assert set(former["partners"].split(";")) <= opened
    joined = {row["municipality_code"] for row in read("syn_followup") if row["member"] == "true"}
    assert len(joined) == 26 == value("followup_members")
    assert len(read("syn_municipalities")) == 64
    assert Counter(row["epci_id"] for row in read("syn_municipalities"))["E3"] == 24


def test_applications_do_not_promise_more_than_they_cost():
    """What is asked and what is promised by others stay within the total budget."""
    for row in read("syn_applications"):
        promised = int(row["total_eur"]) * int(row["cofunding_pct"]) / 100
        assert int(row["requested_eur"]) + promised <= int(row["total_eur"]), row["application_id"]


def test_every_table_has_its_place_in_the_story_sheet():
    """The last table of the sheet names each table of Val-Commun, in both languages, and every module."""
    parts = (DATASETS / "val_commun.md").read_text(encoding="utf-8").split("\n# Val-Commun (English)\n")
    names = {path.stem for path in DATASETS.glob("syn_*.csv")} - {"syn_readings"}
    syllabus = (ROOT / "modules" / "syllabus.toml").read_text(encoding="utf-8")
    for part in parts:
        table = part.rpartition("| Module |")[2]
        assert names - set(re.findall(r"`(syn_\w+)`", table)) == set()
        modules = {name for name in re.findall(r"`([a-z_]+)`", table) if not name.startswith("syn_")}
        assert modules <= set(re.findall(r"\w+", syllabus))
        assert len(modules) == 12
