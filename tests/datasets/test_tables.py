"""Every table keeps what the descriptor promises, and every claim names a source that exists."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
PACKAGE = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}
FIELDS = [(name, field) for name, found in RESOURCES.items() for field in found["schema"]["fields"]]


def rows(name):
    """The rows of a table, read here without the code under test."""
    with (DATASETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


TABLES = {name: rows(name) for name in RESOURCES}


def faults(field, cells):
    """The cells that break a constraint of their field."""
    rules = field.get("constraints", {})
    known = {str(value).lower() if isinstance(value, bool) else value for value in rules.get("enum", [])}
    for cell in cells:
        if not cell:
            if rules.get("required"):
                yield "(empty)"
        elif (
            (known and cell not in known)
            or ("pattern" in rules and not re.fullmatch(rules["pattern"], cell))
            or ("minimum" in rules and float(cell) < rules["minimum"])
            or ("maximum" in rules and float(cell) > rules["maximum"])
        ):
            yield cell


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}.{field['name']}" for name, field in FIELDS])
def test_constraints(name, field):
    """Every cell keeps the constraints of its column: required, enumeration, pattern, bounds."""
    assert list(faults(field, [row[field["name"]] for row in TABLES[name]])) == []


@pytest.mark.parametrize("name", RESOURCES)
def test_primary_key(name):
    """No two rows of a table have the same key."""
    key = RESOURCES[name]["schema"]["primaryKey"]
    key = [key] if isinstance(key, str) else key
    count = Counter(tuple(row[column] for column in key) for row in TABLES[name])
    assert [values for values, times in count.items() if times > 1] == []


@pytest.mark.parametrize("name", RESOURCES)
def test_foreign_keys(name):
    """What a row refers to exists."""
    for reference in RESOURCES[name]["schema"].get("foreignKeys", []):
        target = reference["reference"]["resource"] or name
        known = {row[reference["reference"]["fields"]] for row in TABLES[target]}
        used = {row[reference["fields"]] for row in TABLES[name]} - {""}
        assert used - known == set()


def test_every_file_is_described():
    """The folder holds the tables of the descriptor and no other."""
    assert {path.name for path in DATASETS.glob("*.csv")} == {found["path"] for found in RESOURCES.values()}


@pytest.mark.parametrize("name", RESOURCES)
def test_bytes(name):
    """A table is UTF-8 without mark, one line feed a row, and ends with one."""
    content = (DATASETS / f"{name}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.count(b"\n") == len(TABLES[name]) + 1


@pytest.mark.parametrize("name", RESOURCES)
def test_titles_in_both_languages(name):
    """A table and each of its columns have a title in both languages, and so has its line of source."""
    resource = RESOURCES[name]
    fields = resource["schema"]["fields"]
    for key in ("title", "description", "source_line"):
        assert resource[key]
        assert resource[f"{key}_en"]
    assert all(field["title"] and field["title_en"] for field in fields)
    assert all(("description" in field) == ("description_en" in field) for field in fields)


@pytest.mark.parametrize("name", RESOURCES)
def test_synthetic_is_said(name):
    """A generated table has the prefix, the column, the licence and the words; a compiled one has none."""
    resource = RESOURCES[name]
    synthetic = name.startswith("syn_")
    assert resource["synthetic"] is synthetic
    assert {"CC0-1.0" if synthetic else "etalab-2.0"} == {licence["name"] for licence in resource["licenses"]}
    assert resource["source_line"].startswith("Données fictives") is synthetic
    expected = "true" if synthetic else "no column"
    assert {row.get("synthetic", "no column") for row in TABLES[name]} == {expected}


def test_every_case_is_sourced():
    """Each source that a case names exists, and a documented case names at least one."""
    known = {row["source_id"] for row in TABLES["sources"]}
    for row in TABLES["cases"]:
        named = row["sources"].split(";")
        assert named[0]
        assert set(named) - known == set(), row["case_id"]
        assert len(named) == len(set(named))


def test_vignettes_cite_nothing():
    """An invented situation leans on no real source and stands in no real country."""
    assert {(row["sources"], row["country"]) for row in TABLES["syn_vignettes"]} == {("", "XX")}


def test_conflicts_hold_both_ways():
    """A fact that contradicts another is contradicted by it."""
    facts = {row["fact_id"]: row for row in TABLES["facts"]}
    pairs = {(name, row["conflicts_with"]) for name, row in facts.items() if row["conflicts_with"]}
    assert pairs
    assert pairs == {(other, name) for name, other in pairs}


def test_percentages():
    """A percentage lies between 0 and 100, and the upper bound of a range is above its value."""
    for row in TABLES["facts"]:
        assert row["unit"] != "percent" or 0 <= float(row["value"]) <= 100, row["fact_id"]
        assert not row["value_max"] or float(row["value_max"]) > float(row["value"]), row["fact_id"]


def test_partition_of_the_measures():
    """The three counts of measures make up the twenty-one."""
    counts = [int(row["value"]) for row in TABLES["facts"] if row["fact_id"].startswith("mission_measures_")]
    assert (len(counts), sum(counts)) == (3, 21)


def test_computed_fact():
    """The partnerships a firm are the quotient of the two figures it comes from."""
    value = {row["fact_id"]: float(row["value"]) for row in TABLES["facts"]}
    quotient = value["phare_firm_partnerships_2015"] / value["phare_firm_firms_2015"]
    assert value["phare_firm_per_firm_2015"] == round(quotient, 1)
    computed = [row["fact_id"] for row in TABLES["facts"] if row["status"] == "computed"]
    assert computed == ["phare_firm_per_firm_2015"]


def test_addresses_are_distinct():
    """No document stands twice among the sources."""
    assert len({row["url"] for row in TABLES["sources"]}) == len(TABLES["sources"])


FRENCH = [
    (name, row, column)
    for name, table in TABLES.items()
    for row in table
    for column in row
    if column.endswith("_fr")
]


def test_french_typography():
    """French texts keep a space before ; : ! ? and inside « », and one kind of apostrophe."""
    wrong = re.compile(r"""[^\s][;:!?](\s|$)|«\S|\S»|’|"|  """)
    found = [(name, column, row[column]) for name, row, column in FRENCH if wrong.search(row[column])]
    assert found == []


def test_english_typography():
    """English texts have no French spacing or quotation marks, and no doubled space."""
    wrong = re.compile(r"""\s[;:!?](\s|$)|[«»]|’|"|  |\d %""")
    texts = [row[column.removesuffix("_fr") + "_en"] for _, row, column in FRENCH]
    assert [found for found in texts if wrong.search(found)] == []
