"""The reference territory: the four tables, the script that made them, and the reader of its source."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from alliances.readers import read_territory
from alliances.readers.identifiers import department_of, is_siren

pytestmark = pytest.mark.checkout
DATASETS = Path(__file__).resolve().parents[2] / "datasets"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATASETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables():
    """The four tables, as texts."""
    return {name: _rows(name) for name in ("regions", "departments", "epci", "communes")}


def _script():
    spec = importlib.util.spec_from_file_location("territory", DATASETS / "make" / "territory.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_counts_of_the_tables(tables):
    """Geography of 2026: 18 regions, 101 départements, 8 other territories, 1 255 EPCI, 34 969 communes."""
    assert {name: len(rows) for name, rows in tables.items()} == {
        "regions": 26, "departments": 109, "epci": 1255, "communes": 34_969,
    }  # fmt: skip
    assert Counter(row["zone"] for row in tables["departments"]) == {"metro": 96, "drom": 5, "com": 8}
    assert Counter(row["kind"] for row in tables["epci"]) == {
        "CC": 989,
        "CA": 230,
        "METRO": 21,
        "CU": 14,
        "MET69": 1,
    }


def test_populations_add_up(tables):
    """Communes, départements and regions have the same total; six territories have no population."""
    totals = {
        name: sum(int(row["population"] or 0) for row in tables[name])
        for name in ("communes", "departments", "regions")
    }
    assert set(totals.values()) == {68_952_941}
    assert sum(not row["population"] for row in tables["communes"]) == 6


def test_codes_stay_text_and_tables_fit_together(tables):
    """Each commune lies in a département that is there, a département in a region; members are counted."""
    departments = {row["code"]: row["region"] for row in tables["departments"]}
    assert {"01", "2A", "2B", "971", "976"} <= set(departments)
    assert set(departments.values()) <= {row["code"] for row in tables["regions"]}
    codes = {row["code"] for row in tables["communes"]}
    members: Counter[str] = Counter()
    for row in tables["communes"]:
        assert row["department"] == department_of(row["code"]) or row["department"].startswith("97")
        members[row["epci"]] += 1
        assert not row["siren"] or is_siren(row["siren"])
        assert not set(row["former_codes"].split()) & codes
    assert {row["siren"]: int(row["communes"]) for row in tables["epci"]} == {
        siren: count for siren, count in members.items() if siren
    }
    assert all(row["chief_town"] in codes for name in ("departments", "regions") for row in tables[name])


@pytest.mark.parametrize("name", ["regions", "departments", "epci", "communes"])
def test_files_are_sorted_and_plain(tables, name):
    """Rows are in the order of codes, lines end with a line feed, and communes stay below 2 MB."""
    content = (DATASETS / f"{name}.csv").read_bytes()
    assert b"\r" not in content
    assert len(content) < 2_000_000
    codes = [next(iter(row.values())) for row in tables[name]]
    assert codes == sorted(codes)
    assert len(set(codes)) == len(codes)


def _package(folder: Path) -> bytes:
    """A small archive of the shape of the npm package."""
    files = {
        "communes": [
            {"code": "35238", "nom": "Rennes", "type": "commune-actuelle", "departement": "35",
             "region": "53",
             "zone": "metro", "siren": "213502388", "population": 10,
             "anciensCodes": ["35002", "35001"]},
            {"code": "35001", "nom": "Avant", "type": "commune-deleguee", "commune": "35238"},
            {"code": "98411", "nom": "Île", "type": "commune-actuelle", "departement": "984", "region": "984",
             "zone": "com"},
        ],
        "epci": [{"code": "243500139", "nom": "Métropole", "type": "METRO", "modeFinancement": "FPU",
                  "populationTotale": 12, "populationMunicipale": 11,
                  "membres": [{"code": "35238", "siren": "213502388", "nom": "Rennes"}]}],
        "departements": [{"code": "35", "nom": "Ille-et-Vilaine", "region": "53", "chefLieu": "35238",
                          "zone": "metro"}],
        "regions": [{"code": "53", "nom": "Bretagne", "chefLieu": "35238", "zone": "metro"}],
    }  # fmt: skip
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, rows in files.items():
            content = json.dumps(rows).encode()
            (folder / f"{name}.json").write_bytes(content)
            entry = tarfile.TarInfo(f"package/data/{name}.json")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def test_script_makes_the_tables(tmp_path):
    """From the package to the rows: present communes only, populations summed, former codes in order."""
    script = _script()
    made = script.tables(_package(tmp_path))
    assert made["communes"][1] == [
        ("35238", "Rennes", "35", "243500139", "213502388", 10, "35001 35002"),
        ("98411", "Île", "984", "", "", "", ""),
    ]
    assert made["departments"][1] == [("35", "Ille-et-Vilaine", "53", "35238", "metro", 10)]
    assert made["epci"][1] == [("243500139", "Métropole", "METRO", "FPU", 1, 11, 12)]
    written = script.as_csv(*made["regions"])
    assert written == b"code,name,chief_town,zone,population\n53,Bretagne,35238,metro,10\n"


def test_script_refuses_another_archive(tmp_path):
    """Bytes other than those of the named version stop the script."""
    other = tmp_path / "other.tgz"
    other.write_bytes(_package(tmp_path))
    with pytest.raises(SystemExit, match=r"not @etalab/decoupage-administratif 6\.0\.0"):
        _script().checked(other)


@pytest.mark.parametrize(
    ("name", "layout", "rows"),
    [
        ("communes", "communes", 3),
        ("epci", "epci", 1),
        ("departements", "departments", 1),
        ("regions", "regions", 1),
    ],
)
def test_reader_knows_the_four_files(tmp_path, name, layout, rows):
    """Each JSON file of the package is recognised by its fields."""
    _package(tmp_path)
    reading = read_territory(tmp_path / f"{name}.json")
    assert (reading.report.layout, len(reading.frame)) == (layout, rows)


def test_reader_of_communes_by_department(tmp_path):
    """One département can be chosen; lists of codes become texts, numbers of members numbers."""
    _package(tmp_path)
    frame = read_territory(tmp_path / "communes.json", department="35").frame
    assert list(frame["code"]) == ["35238", "35001"]
    assert frame.loc[0, "anciensCodes"] == "35002 35001"
    assert read_territory(tmp_path / "epci.json").frame.loc[0, "membres_nombre"] == 1
