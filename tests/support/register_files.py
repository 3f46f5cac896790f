"""Small files in the shape of official ones, for the tests of readers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

__all__ = ["CITY", "FIRM", "WALDEC", "delimited", "waldec_row", "workbook"]

CITY = "21350238800019"  # a town's SIRET, sound
FIRM = "55204599900869"  # a company's SIRET, sound

WALDEC = (
    "id", "id_ex", "siret", "rup_mi", "gestion", "date_creat", "date_decla", "date_publi", "date_disso",
    "nature", "groupement", "titre", "titre_court", "objet", "objet_social1", "objet_social2",
    "adrs_complement", "adrs_numvoie", "adrs_repetition", "adrs_typevoie", "adrs_libvoie", "adrs_distrib",
    "adrs_codeinsee", "adrs_codepostal", "adrs_libcommune", "adrg_declarant", "adrg_complemid",
    "adrg_complemgeo", "adrg_libvoie", "adrg_distrib", "adrg_codepostal", "adrg_achemine", "adrg_pays",
    "dir_civilite", "telephone", "siteweb", "email", "publiweb", "observation", "position", "maj_time",
)  # fmt: skip


def delimited(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Mapping[str, str] | Sequence[str]],
    *,
    separator: str = ";",
    encoding: str = "utf-8",
) -> Path:
    """Write a table; a row is a mapping by column, empty elsewhere, or its cells as they are."""
    lines = [separator.join(header)]
    for row in rows:
        cells = [row.get(name, "") for name in header] if isinstance(row, Mapping) else row
        cells = [f'"{cell}"' if separator in cell and isinstance(row, Mapping) else cell for cell in cells]
        lines.append(separator.join(cells))
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def waldec_row(number: int = 1, **changed: str) -> dict[str, str]:
    """Return a sound row of the RNA."""
    return {
        "id": f"W351{number:06}",
        "date_creat": "2014-06-17",
        "date_publi": "0001-01-01",
        "groupement": "S",
        "titre": "FÊTE DE QUARTIER",
        "objet": "organiser une fête",
        "objet_social1": "000000",
        "adrs_codeinsee": "35238",
        "adrs_codepostal": "35000",
        "telephone": "0600000000",
        "position": "A",
        **changed,
    }


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[str | float | None]]],
    merged: Mapping[str, Sequence[str]] | None = None,
    strings: str = "shared",
) -> Path:
    """Write an .xlsx file; texts are shared strings or, with ``strings="inline"``, stand in their cells."""
    shared: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        links, entries = "", ""
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            links += f'<Relationship Id="r{number}" Target="worksheets/sheet{number}.xml"/>'
            entries += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
            body = "".join(_row(at, row, shared, strings) for at, row in enumerate(rows, start=1))
            ranges = "".join(f'<mergeCell ref="{one}"/>' for one in (merged or {}).get(name, ()))
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>'
                f"<mergeCells>{ranges}</mergeCells></worksheet>",
            )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>',
        )
        texts = "".join(f"<si><t>{escape(one)}</t></si>" for one in shared)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>')
    return path


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _row(at: int, row: Sequence[str | float | None], shared: list[str], strings: str) -> str:
    cells = "".join(_cell(at, column, value, shared, strings) for column, value in enumerate(row))
    return f'<row r="{at}">{cells}</row>'


def _cell(row: int, column: int, value: str | float | None, shared: list[str], strings: str) -> str:
    place = f"{chr(65 + column)}{row}"
    if value is None:
        return ""
    if isinstance(value, str) and strings == "inline":
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, str):
        shared.append(value)
        return f'<c r="{place}" t="s"><v>{len(shared) - 1}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
