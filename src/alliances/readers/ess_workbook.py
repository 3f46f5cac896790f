"""Insee's regional workbook on jobs of the social economy: region × family × measure, long.

Insee publishes yearly workbooks (« L'économie sociale », Flores), with the five families of the statistical
field. **The layout of its sheets could not be checked when this was written** (the file was not at hand), so
nothing is taken for granted but the words: a table is found by a row that names at least two families,
its lines by a region's name or code, its measures by the words « effectif », « poste », « établissement »,
« rémunération », « équivalent » above the families or in the title of the sheet. What is not found is
refused by name, never guessed.

The frame: ``sheet``, ``title``, ``region`` (official code), ``region_name``, ``family`` (``associations``,
``cooperatives``, ``mutuals``, ``foundations``, ``other_non_profit``, ``total``), ``label`` (column heading as
published), ``measure`` (``jobs``, ``full_time``, ``establishments``, ``units``, ``pay``, ``share``, empty if
the workbook does not say), ``line`` (what a line is about when a sheet covers one region), ``value``. ``s``,
``nd``, ``-`` mark what Insee does not give (secrecy, no data) and are read as missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alliances.errors import SourceError
from alliances.readers.fields import Field
from alliances.readers.layouts import Layout
from alliances.readers.opening import kind_of
from alliances.readers.rows import Row, Rows
from alliances.readers.stream import Reading, Stream
from alliances.readers.workbook import CellValue, Sheet, read_workbook

__all__ = ["ESS_WORKBOOK", "read_ess"]

_FAMILIES: Final[Mapping[str, str]] = {
    "association": "associations",
    "cooperative": "cooperatives",
    "mutuelle": "mutuals",
    "fondation": "foundations",
    "autres organismes": "other_non_profit",
    "autre organisme": "other_non_profit",
    "ensemble": "total",
    "total": "total",
}
_MEASURES: Final[Mapping[str, str]] = {
    "equivalent": "full_time",
    "etp": "full_time",
    "part ": "share",
    "%": "share",
    "remuneration": "pay",
    "salaire": "pay",
    "etablissement": "establishments",
    "unites legales": "units",
    "entreprise": "units",
    "effectif": "jobs",
    "poste": "jobs",
    "emploi": "jobs",
}
# Regions of 2016, official codes.
_NAMES: Final[Mapping[str, str]] = {
    "01": "Guadeloupe", "02": "Martinique", "03": "Guyane", "04": "La Réunion", "06": "Mayotte",
    "11": "Île-de-France", "24": "Centre-Val de Loire", "27": "Bourgogne-Franche-Comté", "28": "Normandie",
    "32": "Hauts-de-France", "44": "Grand Est", "52": "Pays de la Loire", "53": "Bretagne",
    "75": "Nouvelle-Aquitaine", "76": "Occitanie", "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur", "94": "Corse",
}  # fmt: skip
_LEAST_FAMILIES: Final = 2
_HEADING_ROWS: Final = 4
_HIDDEN: Final = frozenset({"s", "nd", "n.d.", "///", "/", "-", "–", "…", "...", "c", "ns"})


def _plain(value: CellValue) -> str:
    """Return a text without accents, case, hyphens and doubled spaces."""
    if not isinstance(value, str):
        return ""
    bare = unicodedata.normalize("NFD", value.replace("œ", "oe")).encode("ascii", "ignore").decode()
    return re.sub(r"[\s\-'_.]+", " ", bare.replace("’", " ")).strip().casefold()


_REGIONS: Final[Mapping[str, str]] = {_plain(name): code for code, name in _NAMES.items()}

ESS_WORKBOOK: Final = Layout(
    name="ess_workbook",
    fields=(
        Field("sheet", column=True, filled=True),
        Field("title"),
        Field("region", column=True, filled=True),
        Field("region_name"),
        Field("family", column=True, filled=True),
        Field("label"),
        Field("measure"),
        Field("line"),
        Field("value", "number", column=True),
    ),
    key=("sheet", "title", "region", "family", "label", "measure", "line"),
    identifiers=("region",),
)


@dataclass(frozen=True)
class _Head:
    """The heading of a table: its row, its title, and what each column of figures is."""

    row: int
    title: str
    columns: Mapping[int, tuple[str, str, str]]


def read_ess(path: Path | str) -> Reading:
    """Read the workbook.

    Raises:
        AlliancesError: the file is no workbook, or no table of families by region is found in it.
    """
    path = Path(path)
    if kind_of(path) != "workbook":
        raise SourceError("readers.not_workbook", path=path)
    sheets = read_workbook(path)
    rows = [row for sheet in sheets for row in _table(sheet)]
    if not rows:
        raise SourceError(
            "readers.no_ess_table", path=path, sheets=", ".join(sheet.name for sheet in sheets[:8])
        )
    header = [field.name for field in ESS_WORKBOOK.fields]
    source = Rows(path, header, iter(rows), encoding="Excel", numbered="line")
    return Stream(source, (ESS_WORKBOOK,)).read()


def _family(value: CellValue) -> str | None:
    plain = _plain(value)
    return next((family for word, family in _FAMILIES.items() if plain.startswith(word)), None)


def _measure(words: str) -> str:
    return next((measure for word, measure in _MEASURES.items() if word in words), "")


def _region(value: CellValue) -> str | None:
    """Return the code of a region, given by name, by code, or as « 53 - Bretagne »."""
    if isinstance(value, float):
        return None  # 11.0 may be a figure: only text counts as a code
    plain = _plain(value)
    named = re.sub(r"^\d\d ", "", plain)
    return _REGIONS.get(named) or (plain if plain in _NAMES else None)


def _heads(sheet: Sheet) -> Iterator[_Head]:
    """Find the rows that name families."""
    for at, row in enumerate(sheet.rows):
        families = {column: family for column, cell in enumerate(row) if (family := _family(cell))}
        if len(set(families.values())) < _LEAST_FAMILIES:
            continue
        above = _above(sheet, at)
        title = next((str(cell) for line in above for cell in line if isinstance(cell, str)), "")
        around = [*above, *sheet.rows[at + 1 : at + 2]]
        columns = {
            column: (family, str(row[column]), _measure(_column_words(around, column) or _plain(title)))
            for column, family in families.items()
        }
        yield _Head(at, title, columns)


def _above(sheet: Sheet, at: int) -> Sequence[Sequence[CellValue]]:
    """Return the rows over a heading, up to the figures of the table before it."""
    first = at
    while first > max(0, at - _HEADING_ROWS) and not any(
        isinstance(cell, float) for cell in sheet.rows[first - 1]
    ):
        first -= 1
    return sheet.rows[first:at]


def _column_words(around: Sequence[Sequence[CellValue]], column: int) -> str:
    """Return what stands nearest to the head of a column, under it or above, if it names a measure."""
    for line in reversed(around):
        words = _plain(line[column])
        if words and _measure(words):
            return words
    return ""


def _table(sheet: Sheet) -> Iterator[Row]:
    """Yield a row a figure of each table of a sheet."""
    heads = list(_heads(sheet))
    ends = [*(head.row for head in heads[1:]), len(sheet.rows)][: len(heads)]
    whole = _region_of_sheet(sheet)
    for head, end in zip(heads, ends, strict=True):
        first = min(head.columns)
        for at in range(head.row + 1, end):
            labels = sheet.rows[at][:first]
            code = next((found for cell in labels if (found := _region(cell))), None) or whole
            if code is None:
                continue
            line = " ".join(str(cell).strip() for cell in labels if isinstance(cell, str))
            for column, (family, label, measure) in head.columns.items():
                value = sheet.rows[at][column]
                if value is None:
                    continue
                yield at + 1, [
                    sheet.name, head.title, code, _NAMES[code], family, label, measure, line,
                    "" if str(value).strip().casefold() in _HIDDEN else str(value),
                ]  # fmt: skip


def _region_of_sheet(sheet: Sheet) -> str | None:
    """Return the region of a sheet that covers only one: by its name, or by its first texts."""
    if code := _region(sheet.name):
        return code
    for row in sheet.rows[:_HEADING_ROWS]:
        for cell in row:
            plain = f" {_plain(cell)} "
            found = [code for name, code in _REGIONS.items() if f" {name} " in plain]
            if len(found) == 1:
                return found[0]
    return None
