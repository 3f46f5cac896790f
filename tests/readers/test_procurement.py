"""Contracts: JSON of both versions, flat tables, and an amount that counts once whatever the holders."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from register_files import CITY, FIRM, delimited

from alliances.readers import read_procurement, stream_procurement

HOLDER = {"id": FIRM, "typeIdentifiant": "SIRET"}
ABROAD = {"id": "DE123", "typeIdentifiant": "TVA"}


def _contract(name="M1", **changed):
    return {
        "id": name, "acheteur": {"id": CITY}, "nature": "Marché", "objet": 'atelier "marche": [',
        "codeCPV": "50000000-5", "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "35", "typeCode": "Code département"}, "dureeMois": "NC",
        "dateNotification": "2024-05-15", "montant": 575000, "marcheInnovant": "non", "offresRecues": 3,
        "considerationsSociales": {"considerationSociale": ["Clause sociale", "Marché réservé"]},
        "titulaires": [{"titulaire": HOLDER}, {"titulaire": ABROAD}],
        "modifications": [{"modification": {"id": 1, "montant": 600000}}], **changed,
    }  # fmt: skip


def _json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda contracts: {"marches": {"marche": contracts, "contrat-concession": [{"id": "C1"}]}},
        lambda contracts: {"marches": {"contrat-concession": [{"id": "C1"}] * 300, "marche": contracts}},
        lambda contracts: {"marches": contracts},
        lambda contracts: contracts,
    ],
    ids=["version 2", "concessions first", "version 1", "a bare list"],
)
def test_json_of_contracts(tmp_path, wrapped):
    """The list is found wherever it stands; each holder has a row, one of which is the contract's first."""
    contracts = [_contract(f"M{n}") for n in range(500)]
    reading = read_procurement(_json(tmp_path / "decp.json", wrapped(contracts)))
    frame = reading.frame
    assert len(frame) == 1000
    assert frame.loc[frame["premiere_ligne"], "montant"].sum() == 500 * 575000
    assert list(frame.loc[:1, "titulaire_siret"].fillna("")) == [FIRM, ""]
    assert reading.report.share_identified("titulaire_siret") == 0.5


def test_what_a_contract_says(tmp_path):
    """Nested values get flat official names; « NC » is missing; lists are joined; changes are counted."""
    row = read_procurement(_json(tmp_path / "decp.json", {"marches": {"marche": _contract()}})).frame.iloc[0]
    assert row["acheteur_id"] == CITY
    assert row["lieuExecution_code"] == "35"
    assert row["considerationsSociales"] == "Clause sociale ; Marché réservé"
    assert (row["modifications_nombre"], row["montant"], bool(row["marcheInnovant"])) == (1, 575000.0, False)
    assert pd.isna(row["dureeMois"])


@pytest.mark.parametrize(
    "titulaires", [[HOLDER], {"titulaire": HOLDER}, {"titulaire": [HOLDER]}, [{"titulaire": HOLDER}], HOLDER]
)
def test_holders_however_wrapped(tmp_path, titulaires):
    """Publishers wrap holders in five ways: all give the same row."""
    frame = read_procurement(_json(tmp_path / "d.json", [_contract(titulaires=titulaires)])).frame
    assert list(frame["titulaire_siret"]) == [FIRM]


@pytest.mark.parametrize("titulaires", [None, [], "", [{"titulaire": "id"}]])
def test_a_contract_without_holder_keeps_its_row(tmp_path, titulaires):
    """The contract exists even if nobody is named, or the name is damaged."""
    frame = read_procurement(_json(tmp_path / "d.json", [_contract(titulaires=titulaires)])).frame
    assert (len(frame), bool(frame.loc[0, "premiere_ligne"])) == (1, True)


SIDE_BY_SIDE = (
    "id", "acheteur_id", "objet", "montant", "datenotification", "titulaire_id_1",
    "titulaire_typeidentifiant_1", "titulaire_id_2", "titulaire_typeidentifiant_2",
    "titulaire_id_3", "titulaire_typeidentifiant_3",
)  # fmt: skip


def test_holders_side_by_side(tmp_path):
    """The flat file of data.economie.gouv.fr has three holders a line: each gets a row; CDL is nobody."""
    rows = [
        ["M1", CITY, "x", "100", "2024-01-02", FIRM, "SIRET", "DE1", "TVA", "CDL", "CDL"],
        ["M2", CITY, "x", "CDL", "2024-01-02", FIRM, "SIRET", "", "", "", ""],
        ["M3", CITY, "x"],
    ]
    reading = read_procurement(delimited(tmp_path / "decp.csv", SIDE_BY_SIDE, rows))
    frame = reading.frame
    assert list(frame["titulaire_id"]) == [FIRM, "DE1", FIRM]
    assert list(frame["premiere_ligne"]) == [True, False, True]
    assert frame["montant"].isna().tolist() == [False, False, True]
    assert reading.report.counts == {("refused", "", "too_few_cells"): 1}
    assert reading.report.findings[0].place == 4


CONSOLIDATED = ("uid", "id", "acheteur.id", "objet", "montant", "dateNotification", "titulaire.id",
                "titulaire.typeIdentifiant", "titulaire.denominationSociale")  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_one_row_a_holder(tmp_path, form):
    """Consolidated tables have a row a holder, not always side by side: the amount still counts once."""
    rows = [
        ["u1", "M1", CITY, "x", "100", "2020-01-01", FIRM, "SIRET", "A"],
        ["u2", "M2", CITY, "x", "10", "2020-01-01", FIRM, "SIRET", "A"],
        ["u1", "M1", CITY, "x", "100", "2020-01-01", "DE1", "TVA", "B"],
    ]
    path = tmp_path / f"decp.{form}"
    if form == "csv":
        delimited(path, CONSOLIDATED, rows, separator=",")
    else:
        pytest.importorskip("pyarrow", reason="Parquet needs it")
        typed = pd.DataFrame(rows, columns=list(CONSOLIDATED)).astype({"montant": float})
        typed["dateNotification"] = pd.to_datetime(typed["dateNotification"])
        typed.to_parquet(path)
    frame = read_procurement(path).frame
    assert frame.loc[frame["premiere_ligne"], "montant"].sum() == 110
    assert list(frame["titulaire_nom"]) == ["A", "A", "B"]
    assert frame.loc[0, "dateNotification"] == pd.Timestamp("2020-01-01")


def test_the_same_contract_published_twice_is_refused_once(tmp_path):
    """Two platforms publish the same contract: the second is refused, with the place of the first."""
    reading = read_procurement(_json(tmp_path / "d.json", [_contract(), _contract("M2"), _contract()]))
    assert (reading.report.kept, reading.report.refused) == (4, 2)
    assert reading.frame.loc[reading.frame["premiere_ligne"], "montant"].sum() == 2 * 575000
    assert {one.place for one in reading.report.findings if one.reason == "duplicate"} == {3}


def test_a_large_file_streams(tmp_path):
    """Records come one after another, whatever the size of the file."""
    path = _json(tmp_path / "d.json", {"marches": {"marche": [_contract(f"M{n}") for n in range(4000)]}})
    stream = stream_procurement(path, chunk=500)
    assert {len(frame) for frame in stream} == {500}
    assert stream.report.kept == 8000
