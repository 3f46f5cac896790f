"""Which official file a header is, whatever the reader that was asked: to point to the right one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

__all__ = ["reader_for"]

# Columns, as ``layouts.plain`` writes them, that only one of the formats has together.
_MARKS: Final = (
    ("read_rna", "rna_waldec", frozenset({"titre", "date_creat", "adrs_codeinsee", "rup_mi"})),
    ("read_rna", "rna_import", frozenset({"titre", "date_creat", "libcom"})),
    ("read_sirene", "sirene_units", frozenset({"siren", "categoriejuridiqueunitelegale"})),
    ("read_sirene", "sirene_establishments", frozenset({"siret", "codecommuneetablissement"})),
    ("read_subsidies", "subsidies_2", frozenset({"nomattribuant", "nombeneficiaire", "rnabeneficiaire"})),
    ("read_subsidies", "subsidies_1", frozenset({"nomattribuant", "nombeneficiaire"})),
    ("read_procurement", "procurement", frozenset({"acheteur_id", "titulaire_id"})),
    ("read_procurement", "procurement", frozenset({"acheteur_id", "titulaire_id_1"})),
)


def reader_for(names: Collection[str]) -> tuple[str, str] | None:
    """Return the function that reads a header, and its layout; ``None`` if none is recognised.

    Args:
        names: the names of the columns as ``layouts.plain`` writes them.
    """
    here = set(names)
    return next(((reader, layout) for reader, layout, marks in _MARKS if marks <= here), None)
