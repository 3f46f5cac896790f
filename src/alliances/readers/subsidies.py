"""Subsidies as local authorities publish them: the SCDL schema, versions 1.1 and 2.1.

Version 2.1 (schema.data.gouv.fr, scdl/subventions 2.1.1) adds the RNA number of the beneficiary and the
scheme of support, and asks for a SIRET or an RNA number; version 1.1 asked for the SIRET. Old files write
periods with ``_`` instead of ``/``. ``montant`` is in euros, before the split that ``pourcentageSubvention``
(0 to 1) tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.readers.fields import Field
from alliances.readers.layouts import Layout
from alliances.readers.rows import table_rows
from alliances.readers.stream import CHUNK, Reading, Stream

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SUBSIDIES_1", "SUBSIDIES_2", "read_subsidies", "stream_subsidies"]

_MONEY: Final = "aide en numéraire"
_KIND: Final = "aide en nature"
_NATURES: Final = {
    _MONEY: _MONEY,
    "aide en numeraire": _MONEY,
    _KIND: _KIND,
    **dict.fromkeys(
        (
            f"{first}{between}{second}"
            for between in (";", "; ", " ; ")
            for first, second in ((_MONEY, _KIND), (_KIND, _MONEY))
        ),
        f"{_MONEY};{_KIND}",
    ),
}

_COMMON: Final = (
    Field("nomAttribuant", column=True, filled=True),
    Field("idAttribuant", "siret", column=True, filled=True),
    Field("dateConvention", "date", column=True, filled=True),
    Field("referenceDecision"),
    Field("nomBeneficiaire", column=True, filled=True),
    Field("idBeneficiaire", "siret", column=True),
    Field("objet", column=True, filled=True),
    Field("montant", "amount", column=True, filled=True),
    Field("nature", column=True, allowed=_NATURES),
    Field("conditionsVersement"),
    Field("datesPeriodeVersement", "period", aliases=("datesVersement",)),
    Field("idRAE"),
    Field("notificationUE", "boolean"),
    Field("pourcentageSubvention", "share"),
)
_SAME_ROW: Final = (
    "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire", "idBeneficiaire",
    "rnaBeneficiaire", "objet", "montant", "datesPeriodeVersement", "pourcentageSubvention",
)  # fmt: skip

SUBSIDIES_2: Final = Layout(
    name="subsidies_2",
    fields=(*_COMMON, Field("rnaBeneficiaire", "rna", column=True), Field("dispositifAide")),
    key=_SAME_ROW,
    one_of=(("idBeneficiaire", "rnaBeneficiaire"),),
    identifiers=("idAttribuant", "idBeneficiaire", "rnaBeneficiaire"),
)
SUBSIDIES_1: Final = Layout(
    name="subsidies_1",
    fields=_COMMON,
    key=_SAME_ROW,
    one_of=(("idBeneficiaire",),),
    identifiers=("idAttribuant", "idBeneficiaire"),
)


def stream_subsidies(
    path: Path | str,
    *,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
    chunk: int = CHUNK,
) -> Stream:
    """Open a file of subsidies of either version; the same subsidy written twice is refused once.

    Raises:
        AlliancesError: the file is not one.
    """
    layouts = (SUBSIDIES_2, SUBSIDIES_1)
    source = table_rows(Path(path), layouts)
    return Stream(source, layouts, columns=columns, keep=keep, chunk=chunk)


def read_subsidies(
    path: Path | str,
    *,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Reading:
    """Read a file of subsidies of either version.

    Raises:
        AlliancesError: the file is not one, or none of its rows can be kept.
    """
    return stream_subsidies(path, columns=columns, keep=keep).read()
