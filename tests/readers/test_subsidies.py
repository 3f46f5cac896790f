"""Subsidies in both versions of the schema: what is the same, what is put right, what is refused."""

from __future__ import annotations

import pytest
from register_files import CITY, FIRM, delimited

from alliances.readers import read_subsidies

VERSION_1 = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire",
    "idBeneficiaire", "objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement",
    "idRAE", "notificationUE", "pourcentageSubvention",
)  # fmt: skip
VERSION_2 = (*VERSION_1, "rnaBeneficiaire", "dispositifAide")


def _row(**changed):
    return {
        "nomAttribuant": "Ville", "idAttribuant": CITY, "dateConvention": "2024-03-01",
        "referenceDecision": "D1", "nomBeneficiaire": "Atelier", "idBeneficiaire": FIRM,
        "objet": "fonctionnement", "montant": "1500.00",
        "nature": "aide en numéraire", "conditionsVersement": "unique", "datesPeriodeVersement": "2024-04-01",
        "notificationUE": "non", "pourcentageSubvention": "1", **changed,
    }  # fmt: skip


@pytest.mark.parametrize(("header", "layout"), [(VERSION_1, "subsidies_1"), (VERSION_2, "subsidies_2")])
def test_version_is_recognised(tmp_path, header, layout):
    """The columns say which version a file is; both give the same values."""
    reading = read_subsidies(delimited(tmp_path / "s.csv", header, [_row()], separator=","))
    assert reading.report.layout == layout
    row = reading.frame.iloc[0]
    assert (row["montant"], row["idBeneficiaire"], bool(row["notificationUE"])) == (1500.0, FIRM, False)


@pytest.mark.parametrize(
    ("changed", "column", "value", "reason"),
    [
        ({"montant": "1\u202f500,50"}, "montant", 1500.5, ("repaired", "montant", "comma")),
        ({"dateConvention": "01/03/2024"}, "referenceDecision", "D1",
         ("repaired", "dateConvention", "day_first")),
        ({"datesPeriodeVersement": "2024-01-01_2024-12-31"}, "datesPeriodeVersement", "2024-01-01/2024-12-31",
         ("repaired", "datesPeriodeVersement", "underscore")),
        ({"nature": "Aide en nature; aide en numéraire"}, "nature", "aide en numéraire;aide en nature", None),
        ({"pourcentageSubvention": "80 %"}, "pourcentageSubvention", 0.8,
         ("repaired", "pourcentageSubvention", "percent")),
        ({"rnaBeneficiaire": "W351000001", "idBeneficiaire": "552045999"}, "rnaBeneficiaire", "W351000001",
         ("emptied", "idBeneficiaire", "siret_length")),
    ],
)  # fmt: skip
def test_what_is_put_right(tmp_path, changed, column, value, reason):
    """Usual ways of writing are read, and counted."""
    reading = read_subsidies(delimited(tmp_path / "s.csv", VERSION_2, [_row(**changed)]))
    assert reading.frame.loc[0, column] == value
    assert set(reading.report.counts) == ({reason} if reason else set())


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"montant": "sur devis"}, "montant", "number"),
        ({"montant": "-3"}, "montant", "negative"),
        ({"dateConvention": ""}, "dateConvention", "empty"),
        ({"idAttribuant": "21350238"}, "idAttribuant", "siret_length"),
        ({"idAttribuant": "2,13502E+13"}, "idAttribuant", "scientific"),
        ({"idBeneficiaire": ""}, "idBeneficiaire / rnaBeneficiaire", "no_identifier"),
    ],
)
def test_what_is_refused(tmp_path, changed, field, reason):
    """A row without amount, date, giver or any identifier of the beneficiary is refused, with its line."""
    reading = read_subsidies(
        delimited(tmp_path / "s.csv", VERSION_2, [_row(), _row(objet="autre", **changed)])
    )
    assert (reading.report.kept, reading.report.refused) == (1, 1)
    assert ("refused", field, reason) in reading.report.counts
    assert [one.place for one in reading.report.findings if one.outcome == "refused"] == [3]


def test_the_same_subsidy_twice_counts_once(tmp_path):
    """A line repeated word for word is refused; two payments that differ in anything of the key stay."""
    rows = [_row(), _row(), _row(montant="10"), _row(referenceDecision="D2")]
    reading = read_subsidies(delimited(tmp_path / "s.csv", VERSION_1, rows))
    assert (reading.report.kept, reading.frame["montant"].sum()) == (3, 3010.0)


def test_share_of_beneficiaries_with_an_identifier(tmp_path):
    """The report gives the share of each identifier among the rows kept."""
    rows = [_row(), _row(idBeneficiaire="", rnaBeneficiaire="W351000001")]
    report = read_subsidies(delimited(tmp_path / "s.csv", VERSION_2, rows)).report
    assert report.share_identified("idBeneficiaire") == report.share_identified("rnaBeneficiaire") == 0.5
