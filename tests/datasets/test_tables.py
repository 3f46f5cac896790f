"""Every table keeps what the descriptor promises, and every claim names a source that exists."""

from __future__ import annotations

import csv
import json
import re
import tomllib
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


def order(value, field):
    """A value that compares as its type does."""
    return str(value) if field["type"] == "date" else float(value)


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
            or ("minimum" in rules and order(cell, field) < order(rules["minimum"], field))
            or ("maximum" in rules and order(cell, field) > order(rules["maximum"], field))
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
def test_what_a_table_says_of_itself(name):
    """A table says what one row is, in both languages, where it comes from, and under which licence."""
    resource = RESOURCES[name]
    assert resource["grain"]
    assert resource["grain_en"]
    assert resource["sources"]
    for source in resource["sources"]:
        assert source["title"]
        assert source["title_en"]
        assert "://" in source["path"] or (DATASETS / source["path"]).is_file(), source
    assert all({"name", "title", "title_en", "path"} <= set(licence) for licence in resource["licenses"])


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}.{field['name']}" for name, field in FIELDS])
def test_codes_are_explained(name, field):
    """A column of codes says what each code means, in both languages; one in two languages says which."""
    codes = [code for code in field.get("constraints", {}).get("enum", []) if isinstance(code, str)]
    if codes and field["name"] != "licence" and "syn_actors" not in field["description"]:
        missing = [
            code for code in codes if not re.search(rf"\b{re.escape(code)}\b", field["description_en"])
        ]
        assert missing == []
        missing = [code for code in codes if not re.search(rf"\b{re.escape(code)}\b", field["description"])]
        assert missing == []
    stem, _, language = field["name"].rpartition("_")
    if language in {"fr", "en"}:
        assert f"{stem}_{'en' if language == 'fr' else 'fr'}" in {other["name"] for _, other in FIELDS}
        said = {"fr": ("français", "French"), "en": ("anglais", "English")}[language]
        assert field["title"].endswith(f"({said[0]})")
        assert field["title_en"].endswith(f"({said[1]})")


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


def test_addresses_are_distinct():
    """No document stands twice among the sources; without an address it names its site, or is from memory."""
    addresses = [row["url"] for row in TABLES["sources"] if row["url"]]
    assert len(set(addresses)) == len(addresses)
    assert [
        r["source_id"] for r in TABLES["sources"] if not (r["url"] or r["site"] or r["read"] == "memory")
    ] == []


def test_sources_are_written_whole():
    """No title or publisher was cut at an abbreviation, or left with an open bracket."""
    for row in TABLES["sources"]:
        assert not re.search(r"( de [A-Z]|, (ch|art))$", row["title"]), row["source_id"]
        for text in (row["title"], row["publisher"]):
            assert text.count("(") == text.count(")"), row["source_id"]
        assert not re.match(r"[IVX]+, ", row["publisher"]), row["source_id"]


@pytest.mark.checkout
@pytest.mark.parametrize("name", RESOURCES)
def test_lessons(name):
    """A table names the modules that use it or will, by their slugs."""
    syllabus = tomllib.loads((DATASETS.parent / "modules" / "syllabus.toml").read_text(encoding="utf-8"))
    assert RESOURCES[name]["lessons"]
    assert set(RESOURCES[name]["lessons"]) <= set(syllabus["order"])


@pytest.mark.checkout
def test_modules_and_tables_name_each_other():
    """A module that reads a table is among the lessons of that table."""
    for path in sorted((DATASETS.parent / "modules").glob("*/module.toml")):
        module = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in module["datasets"]:
            assert module["slug"] in RESOURCES[table]["lessons"], (table, module["slug"])


def test_the_readme_names_every_table():
    """The page of the folder has a line for each table."""
    page = (DATASETS / "README.md").read_text(encoding="utf-8")
    assert [found["path"] for found in RESOURCES.values() if f"`{found['path']}`" not in page] == []


def test_size():
    """The whole folder, its scripts included, stays below 6 MB, so that a browser can carry the tables."""
    kept = [path for path in DATASETS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in kept) <= 6_000_000


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
