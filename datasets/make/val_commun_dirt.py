"""Faults put into the registers at declared rates, and the key that names each of them.

Kinds (rates in ``val_commun.yaml``): ``siren_truncated`` (last digits lost), ``slash`` (« / » instead of an
identifier), ``zero_lost`` (leading zeros lost, as a spreadsheet does), ``duplicated`` (a line twice),
``comma`` (decimal comma in an amount), ``french_date`` (31/12/2020), ``other_siret`` (a valid SIRET that
belongs to another organisation), ``mojibake`` (UTF-8 read as Windows-1252).
"""

from __future__ import annotations

from typing import Any, Final

from val_commun_draws import Draws

__all__ = ["FAULTS", "soil"]

Row = dict[str, Any]

#: Per register: fault → columns where it may fall.
FAULTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "syn_rna": {
        "siren_truncated": ("siret",), "slash": ("siret",), "zero_lost": ("siret", "adrs_codeinsee"),
        "french_date": ("date_creat", "date_decla"), "mojibake": ("objet",), "duplicated": (),
    },
    "syn_sirene": {
        "siren_truncated": ("siren",), "zero_lost": ("siren",), "french_date": ("dateCreationUniteLegale",),
        "slash": ("identifiantAssociationUniteLegale",), "mojibake": ("denominationUniteLegale",),
        "duplicated": (),
    },
    "syn_subsidies": {
        "siren_truncated": ("idBeneficiaire",), "slash": ("idBeneficiaire", "rnaBeneficiaire"),
        "zero_lost": ("idBeneficiaire",), "comma": ("montant",), "french_date": ("dateConvention",),
        "other_siret": ("idBeneficiaire",), "mojibake": ("nomBeneficiaire",), "duplicated": (),
    },
    "syn_contracts": {
        "siren_truncated": ("titulaire.id",), "zero_lost": ("acheteur.id",), "comma": ("montant",),
        "french_date": ("dateNotification",), "slash": ("titulaire.id",), "other_siret": ("titulaire.id",),
        "mojibake": ("objet",), "duplicated": (),
    },
}  # fmt: skip


def _faulty(fault: str, value: str, other: str, lost: list[int], draws: Draws) -> str:
    """Return the damaged cell."""
    if fault == "siren_truncated":
        return value[: -draws.whole(*lost)]
    if fault == "zero_lost":
        return value.lstrip("0")
    if fault == "french_date":
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    if fault == "mojibake":
        return value.encode("utf-8").decode("cp1252")
    return {"slash": "/", "comma": f"{value},00", "other_siret": other}[fault]


def soil(
    name: str, clean: list[Row], rates: dict[str, float], lost: list[int], draws: Draws
) -> tuple[list[Row], list[Row]]:
    """Return the soiled register with its ``line`` numbers, and its key; ``lost`` bounds the digits cut off.

    The key has a row a fault: table, line (as in the register), column, fault, what the cell should hold. For
    ``duplicated`` that last cell is the line of the first of the two. A cell holds one fault at most.
    """
    rows = [dict(row) for row in clean]
    touched: dict[tuple[int, str], tuple[str, str]] = {}
    for fault, columns in FAULTS[name].items():
        if fault == "duplicated":
            continue
        # A rate is a share of the lines where the fault can fall; places are drawn without repetition.
        # A cell holds one fault at most: what another fault took is replaced by a cell further on.
        places = [(line, column) for line, row in enumerate(rows) for column in columns if row[column]]
        if fault == "mojibake":
            places = [(line, column) for line, column in places if not rows[line][column].isascii()]
        count = round(rates[fault] * len(places))
        places = draws.shuffled([place for place in places if place not in touched])
        for line, column in places[:count]:
            value = rows[line][column]
            others = sorted({row[column] for row in clean} - {value, ""}) if fault == "other_siret" else [""]
            touched[line, column] = (fault, value)
            rows[line][column] = _faulty(fault, value, draws.pick(others), lost, draws)
    twins = set(draws.shuffled(range(len(rows)))[: round(rates["duplicated"] * len(rows))])
    found: list[Row] = []
    key: list[Row] = []
    for place, row in enumerate(rows):
        for copy in range(1 + (place in twins)):
            found.append({"line": len(found) + 1, **row})
            faults = [(column, *touched[place, column]) for column in row if (place, column) in touched]
            if copy:
                faults.append(("", "duplicated", str(len(found) - 1)))
            key += [
                {"table": name, "line": len(found), "column": column, "fault": fault, "clean_value": value}
                for column, fault, value in faults
            ]
    return found, key
