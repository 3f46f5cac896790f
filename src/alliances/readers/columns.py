"""What the columns of an official file are, in words, and what to know before using them."""

from __future__ import annotations

from typing import Final

from alliances.i18n import Language, area_texts, text

__all__ = ["column_title", "column_unit", "format_warnings", "source_line"]

_AREA: Final = "reader_columns"
_GROUPS: Final = {
    "rna_waldec": "rna", "rna_import": "rna",
    "sirene_units": "sirene", "sirene_establishments": "sirene",
    "subsidies_1": "subsidies", "subsidies_2": "subsidies",
    "procurement": "procurement",
    "communes": "territory", "epci": "territory", "departments": "territory", "regions": "territory",
    "ess_workbook": "ess",
}  # fmt: skip
# Units as the descriptor of the course's tables names them.
_UNITS: Final = {
    "montant": "EUR", "dureeMois": "months", "population": "inhabitants", "populationTotale": "inhabitants",
    "populationMunicipale": "inhabitants", "membres_nombre": "communes",
}  # fmt: skip


def column_title(layout: str, column: str, language: Language | None = None) -> str:
    """Return what a column of a layout is, in words; its own name if the layout has no such column."""
    key = f"{_GROUPS.get(layout, '')}_{column}"
    return text(f"{_AREA}.{key}", language) if key in area_texts(_AREA) else column


def column_unit(column: str) -> str:
    """Return the unit of a column (``EUR``, ``months``, …), empty if it has none."""
    return _UNITS.get(column, "")


def format_warnings(layout: str, language: Language | None = None) -> tuple[str, ...]:
    """Return what to know of a layout before its figures are used."""
    start = f"warning_{_GROUPS.get(layout, '-')}_"
    return tuple(text(f"{_AREA}.{key}", language) for key in area_texts(_AREA) if key.startswith(start))


def source_line(layout: str, file: str, *, synthetic: bool, language: Language | None = None) -> str:
    """Return the line to put under a figure made from a file of that layout."""
    key = "readers.source_synthetic" if synthetic else "readers.source_line"
    return text(key, language, layout=text(f"readers.layout_{layout}", language), file=file)
