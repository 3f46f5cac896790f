"""The files of « découpage administratif » (Etalab): communes, EPCI, départements, regions, as JSON.

The frame keeps the official names. Lists of codes become texts with spaces; ``membres`` of an EPCI becomes
their number, in ``membres_nombre``. Communes are those of ``type`` ``commune-actuelle`` and the others
(delegated, associated, arrondissements of cities) that the file holds: filter on ``type``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.errors import SourceError
from alliances.readers.fields import Field
from alliances.readers.json_records import json_records
from alliances.readers.layouts import Layout
from alliances.readers.opening import kind_of
from alliances.readers.rows import Row, Rows
from alliances.readers.stream import Reading, Stream

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TERRITORY", "read_territory"]

_CODE: Final = Field("code", column=True, filled=True)
_NAME: Final = Field("nom", column=True, filled=True)
_COMMUNE: Final = Layout(
    name="communes",
    fields=(
        Field("code", "commune", column=True, filled=True),
        _NAME,
        Field("type", column=True),
        Field("departement", column=True),
        Field("region"),
        Field("arrondissement"),
        Field("zone"),
        Field("siren", "siren"),
        Field("population", "whole"),
        Field("codesPostaux"),
        Field("anciensCodes"),
        Field("chefLieu"),
        Field("commune"),
    ),
    key=("code", "type"),
    place=("code",),
    identifiers=("code", "siren"),
)
_EPCI: Final = Layout(
    name="epci",
    fields=(
        Field("code", "siren", column=True, filled=True),
        _NAME,
        Field("type"),
        Field("modeFinancement", column=True),
        Field("populationTotale", "whole"),
        Field("populationMunicipale", "whole"),
        Field("membres_nombre", "whole"),
    ),
    key=("code",),
    identifiers=("code",),
)
_DEPARTMENTS: Final = Layout(
    name="departments",
    fields=(_CODE, _NAME, Field("region", column=True), Field("chefLieu", column=True), Field("zone")),
    key=("code",),
)
_REGIONS: Final = Layout(
    name="regions",
    fields=(_CODE, _NAME, Field("chefLieu", column=True), Field("zone")),
    key=("code",),
)
TERRITORY: Final = (_COMMUNE, _EPCI, _DEPARTMENTS, _REGIONS)
_SAMPLE: Final = 1


def read_territory(
    path: Path | str,
    *,
    department: str | int | None = None,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Reading:
    """Read one of the JSON files; ``department`` is for communes only.

    Raises:
        AlliancesError: the file is not one of them, or none of its rows can be kept.
    """
    path = Path(path)
    if kind_of(path) != "json":
        raise SourceError("readers.not_json", path=path)
    header = sorted({name for _, record in json_records(path, ()) for name in _flat(record)})

    if not header:
        raise SourceError("readers.no_record", path=path)

    def rows() -> Iterator[Row]:
        for number, record in json_records(path, ()):
            cells = _flat(record)
            yield number, [cells.get(name, "") for name in header]

    source = Rows(path, header, rows(), encoding="JSON", numbered="record")
    return Stream(source, TERRITORY, department=department, columns=columns, keep=keep).read()


def _flat(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a record as texts."""
    cells = {}
    for name, value in record.items():
        if name == "membres" and isinstance(value, list):
            cells["membres_nombre"] = str(len(value))
        elif isinstance(value, list):
            cells[name] = " ".join(str(one) for one in value)
        else:
            cells[name] = "" if value is None else str(value)
    return cells
