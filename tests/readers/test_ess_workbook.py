"""Insee's regional workbook: tables found by their words, in the layouts that such workbooks have."""

from __future__ import annotations

import pytest
from register_files import workbook

from alliances.readers import read_ess
from alliances.readers.workbook import read_workbook

FAMILIES = ["Associations", "Coopératives", "Mutuelles", "Fondations"]
TWO_MEASURES = [
    ["L'économie sociale en 2020"],
    [],
    ["Code", "Région", "Établissements employeurs", None, None, None, "Effectif salarié", None, None, None],
    [None, None, *FAMILIES, *FAMILIES],
    ["53", "Bretagne", 9000, 1500, 300, 50, 120000, 30000, 8000, "s"],
    ["11", "Île-de-France", 30000, 1800, 500, 300, 350000, 40000, 20000, 60000],
    [None, "France métropolitaine", 1, 2, 3, 4, 5, 6, 7, 8],
]
UNDER = [
    ["L'économie sociale par région"],
    ["Région", "Associations", None, "Ensemble", None],
    [None, "Postes", "Établissements", "Postes", "Établissements"],
    ["Provence - Alpes - Côte d'Azur", 10, 2, 12, 3],
]
ONE_REGION = [
    ["Effectifs par secteur en Bretagne"],
    ["Secteur", *FAMILIES, "Autres organismes privés à but non lucratif", "Ensemble"],
    ["Action sociale", 50000, 10, 5, 200, 3, 50218],
    ["Enseignement", 20000, 0, 0, 10, 1, 20011],
]


@pytest.mark.parametrize("strings", ["shared", "inline"])
def test_two_measures_side_by_side(tmp_path, strings):
    """Regions in lines, families in columns, measures above them in merged cells; secrecy is missing."""
    path = workbook(tmp_path / "e.xlsx", {"Régions": TWO_MEASURES}, {"Régions": ["C3:F3", "G3:J3"]}, strings)
    reading = read_ess(path)
    frame = reading.frame
    assert len(frame) == 16
    assert set(frame["region"]) == {"53", "11"}
    jobs = frame[(frame["measure"] == "jobs") & (frame["region"] == "11")].set_index("family")["value"]
    assert dict(jobs) == {
        "associations": 350000,
        "cooperatives": 40000,
        "mutuals": 20000,
        "foundations": 60000,
    }
    assert frame.loc[frame["value"].isna(), ["region_name", "family", "measure"]].to_numpy().tolist() == [
        ["Bretagne", "foundations", "jobs"]
    ]
    assert reading.report.refused == 0


def test_measures_under_the_families(tmp_path):
    """A family over two columns: the row below says which measure is which."""
    sheets = {"T1": UNDER}
    frame = read_ess(workbook(tmp_path / "e.xlsx", sheets, {"T1": ["B2:C2", "D2:E2"]})).frame
    told = {(row.family, row.measure): row.value for row in frame.itertuples()}
    assert told == {("associations", "jobs"): 10, ("associations", "establishments"): 2,
                    ("total", "jobs"): 12, ("total", "establishments"): 3}  # fmt: skip
    assert set(frame["region"]) == {"93"}


@pytest.mark.parametrize("name", ["Bretagne", "53", "Tableau 1"])
def test_a_sheet_for_one_region(tmp_path, name):
    """The region stands in the name of the sheet or in its title; lines are sectors."""
    frame = read_ess(workbook(tmp_path / "e.xlsx", {name: ONE_REGION})).frame
    assert set(frame["region"]) == {"53"}
    assert set(frame["line"]) == {"Action sociale", "Enseignement"}
    assert frame.loc[frame["family"] == "other_non_profit", "value"].tolist() == [3, 1]
    assert set(frame["measure"]) == {"jobs"}


def test_two_tables_in_a_sheet(tmp_path):
    """Each table of a sheet has its own title and its own columns."""
    title = ["Établissements par région"]
    sheet = [*TWO_MEASURES, [], title, ["Région", "Mutuelles", "Fondations"], ["Corse", 1, 2]]
    frame = read_ess(workbook(tmp_path / "e.xlsx", {"S": sheet}, {"S": ["C3:F3", "G3:J3"]})).frame
    corse = frame[frame["region"] == "94"]
    assert corse["value"].tolist() == [1, 2]
    assert set(corse["measure"]) == {"establishments"}


def test_cells_of_a_workbook(tmp_path):
    """Values come at their place, with gaps, merged ranges and rows that say no number."""
    path = workbook(tmp_path / "w.xlsx", {"A & B": [["a", None, 1.5], [], ["é", 2]]}, {"A & B": ["A3:A4"]})
    [sheet] = read_workbook(path)
    assert sheet.name == "A & B"
    assert sheet.rows == (("a", None, 1.5), (None, None, None), ("é", 2.0, None), ("é", None, None))
