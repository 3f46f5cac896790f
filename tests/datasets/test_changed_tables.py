"""Tables that someone changed or broke: what is read, and what the message says."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from alliances import data, load, use
from alliances.errors import AlliancesError, SourceError

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the tables that a test may break, named by ALLIANCES_DATA."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    for path in [*DATASETS.glob("*.csv"), DATASETS / "datapackage.json"]:
        shutil.copyfile(path, folder / path.name)
    monkeypatch.setenv("ALLIANCES_DATA", str(folder))
    return folder


def spoil(path, old, new):
    """Replace the first ``old`` of a file by ``new``."""
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8", newline="\n")


def test_folder_of_the_environment(copy):
    """ALLIANCES_DATA names another copy, and what that copy says is what is read."""
    spoil(copy / "cases.csv", "Programme Malin", "Programme changé")
    assert load("cases", "fr").title[1] == "Programme changé"
    assert copy == data.data_folder()


def test_spreadsheet_mark(copy):
    """The mark that spreadsheets put before UTF-8, and their line ends, change nothing."""
    path = copy / "facts.csv"
    content = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert len(load("facts")) == len(data.rows("facts")) > 20


def recast(path, separator):
    """Write a table with another separator."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)


# What is done to a copy, the exception, and the message in each language.
BROKEN = {
    "no descriptor": (
        lambda folder: (folder / "datapackage.json").unlink(),
        AlliancesError, "Données introuvables : .*ne contient pas", "Data not found: .*holds no",
    ),
    "descriptor not JSON": (
        lambda folder: spoil(folder / "datapackage.json", '"resources": [', '"resources": ]'),
        SourceError, r"datapackage.json:\d+: Le descripteur .* est illisible", "descriptor cannot be read",
    ),
    "descriptor without tables": (
        lambda folder: (folder / "datapackage.json").write_text("{}", encoding="utf-8"),
        SourceError, "descripteur .* est illisible .*resources", "descriptor cannot be read .*resources",
    ),
    "descriptor with an unknown type": (
        lambda folder: spoil(folder / "datapackage.json", '"type": "integer"', '"type": "whole"'),
        SourceError, "descripteur des données est illisible .*whole", "descriptor cannot be read .*whole",
    ),
    "no file": (
        lambda folder: (folder / "facts.csv").unlink(),
        SourceError, "facts.csv: Impossible de lire ce fichier", "facts.csv: This file cannot be read",
    ),
    "not UTF-8": (
        lambda folder: (folder / "facts.csv").write_bytes("fact_id,année\n".encode("latin-1")),
        SourceError, r"pas encodé en UTF-8 \(octet 12\)", r"not encoded in UTF-8 \(byte 12\)",
    ),
    "open quotation mark": (
        lambda folder: spoil(folder / "facts.csv", "\nphare", '\n"phare'),
        SourceError, r"facts.csv:\d+: Cette ligne n'est pas du CSV valable", "not valid CSV",
    ),
    "column renamed": (
        lambda folder: spoil(folder / "facts.csv", "unit,", "unite,"),
        SourceError, "facts.csv:1: .*Manquantes : unit. En trop : unite", "Missing: unit. Unexpected: unite",
    ),
    "columns swapped": (
        lambda folder: spoil(folder / "facts.csv", "unit,year", "year,unit"),
        SourceError, "Manquantes : aucune.*L'ordre compte", "Missing: none.*Order matters",
    ),
    "empty file": (
        lambda folder: (folder / "facts.csv").write_bytes(b""),
        SourceError, "facts.csv: Ce fichier est vide", "facts.csv: This file is empty",
    ),
    "archive": (
        lambda folder: (folder / "facts.csv").write_bytes(b"PK\x03\x04 and the rest"),
        SourceError, "facts.csv: Ce fichier est une archive ou un classeur", "is an archive or a workbook",
    ),
    "semicolons": (
        lambda folder: recast(folder / "facts.csv", ";"),
        SourceError, "facts.csv:1: Les colonnes sont séparées par ';'", "Columns are separated by ';'",
    ),
    "a million columns": (
        lambda folder: (folder / "facts.csv").write_bytes(b",".join(b"c%d" % n for n in range(10**6))),
        SourceError, "En trop : c0, .*c7 et 999992 autres", "Unexpected: c0, .*c7 and 999992 more",
    ),
    "comma in a text": (
        lambda folder: spoil(folder / "facts.csv", ",67,", ",67,0,"),
        SourceError, "facts.csv:2: Cette ligne a 25 cellules, il en faut 24", "has 25 cells; 24 are needed",
    ),
    "row cut short": (
        lambda folder: spoil(folder / "facts.csv", ",67,,percent", ",67"),
        SourceError, "facts.csv:2: Cette ligne a 22 cellules", "has 22 cells",
    ),
    "decimal comma": (
        lambda folder: spoil(folder / "facts.csv", ",67,", ',"67,0",'),
        SourceError, "facts.csv:2: Colonne « value » : « 67,0 » n'est pas", "“67,0” is not a number",
    ),
    "year in words": (
        lambda folder: spoil(folder / "facts.csv", ",2015,FR", ",vers 2015,FR"),
        SourceError, "Colonne « year » : « vers 2015 » n'est pas un nombre entier", "is not a whole number",
    ),
    "yes for true": (
        lambda folder: spoil(folder / "facts.csv", ",false\n", ",oui\n"),
        SourceError, "facts.csv:2: .* « oui » n'est pas true ou false", "not true or false",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file(copy, name):
    """A broken file is refused, with the place and what to do, in the reader's language."""
    breaks, error, french, english = BROKEN[name]
    breaks(copy)
    with pytest.raises(error, match=french):
        load("facts")
    use("en")
    with pytest.raises(error, match=english):
        load("facts")
