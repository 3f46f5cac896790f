"""Essential data of public procurement (DECP), one row a contract *and* holder.

Read: the JSON of the schema 2 (``marches.marche``, as published: holders under ``titulaire``, lists under
names of their own) and of version 1; the flat CSV or Parquet of data.economie.gouv.fr (up to three holders
side by side, names in lower case or not); the flat consolidated tables, with one row a holder. Concessions
are another kind of contract and are not read.

**A contract with three holders has three rows, each with the whole amount**: add up ``montant`` where
``premiere_ligne`` is true, which one row a contract is. ``montant`` is what was announced (for a framework
agreement: a ceiling); ``modifications_nombre`` counts the later changes that a JSON file tells, which are not
applied, and tables that have a row a change name it in ``modification_id``.
``CDL``, ``NC`` and ``INX`` stand for « not given » in published files and are read as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.readers.fields import Field
from alliances.readers.json_records import json_records
from alliances.readers.keys import SeenKeys
from alliances.readers.layouts import Layout, plain
from alliances.readers.opening import kind_of
from alliances.readers.rows import Row, Rows, table_rows
from alliances.readers.stream import CHUNK, Reading, Stream

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PROCUREMENT", "read_procurement", "stream_procurement"]

HOLDERS_SIDE_BY_SIDE: Final = 3

PROCUREMENT: Final = Layout(
    name="procurement",
    fields=(
        Field("id", column=True, filled=True),
        Field("acheteur_id", "siret", column=True, filled=True, aliases=("acheteur.id",)),
        Field("acheteur_nom", aliases=("acheteur.nom",)),
        Field("nature"),
        Field("objet", column=True),
        Field("codeCPV"),
        Field("procedure"),
        Field("lieuExecution_code", aliases=("lieuExecution.code",)),
        Field("lieuExecution_typeCode", aliases=("lieuExecution.typeCode",)),
        Field("dureeMois", "whole"),
        Field("dateNotification", "date", column=True),
        Field("datePublicationDonnees", "date"),
        Field("montant", "amount", column=True),
        Field("formePrix"),
        Field("offresRecues", "whole"),
        Field("marcheInnovant", "boolean"),
        Field("attributionAvance", "boolean"),
        Field("sousTraitanceDeclaree", "boolean"),
        Field("typeGroupementOperateurs"),
        Field("considerationsSociales"),
        Field("considerationsEnvironnementales"),
        Field("techniques", aliases=("technique",)),
        Field("titulaire_id", column=True, aliases=("titulaire.id",)),
        Field("titulaire_typeIdentifiant", column=True, aliases=("titulaire.typeIdentifiant",)),
        Field("titulaire_nom", aliases=("titulaire.denominationSociale", "titulaire_denominationSociale")),
        Field("titulaire_siret", "siret"),
        Field("modification_id", aliases=("idModification",)),
        Field("modifications_nombre", "whole"),
        Field("premiere_ligne", "boolean"),
    ),
    key=("id", "acheteur_id", "titulaire_id", "modification_id"),
    missing=frozenset({"cdl", "nc", "inx", "nan", "none", "null"}),
    identifiers=("acheteur_id", "titulaire_siret"),
)
_HOLDER: Final = ("titulaire_id", "titulaire_typeIdentifiant", "titulaire_nom")
_OURS: Final = ("titulaire_siret", "premiere_ligne")
_CONTRACT: Final = tuple(
    field.name for field in PROCUREMENT.fields if field.name not in {*_HOLDER, *_OURS, "modification_id"}
)
_SIDE: Final = ("id", "typeIdentifiant", "denominationSociale")
_NOTHING: Final = PROCUREMENT.missing | {""}
# The columns by which the separator of a table is found: holders may stand side by side.
_FLAT: Final = Layout(
    name="procurement",
    fields=(
        *PROCUREMENT.fields,
        *(Field(f"titulaire_{part}_{side}") for side in range(1, HOLDERS_SIDE_BY_SIDE + 1) for part in _SIDE),
    ),
)
_LISTS: Final = {
    "considerationsSociales": "considerationSociale",
    "considerationsEnvironnementales": "considerationEnvironnementale",
    "techniques": "technique",
}


def stream_procurement(
    path: Path | str,
    *,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
    chunk: int = CHUNK,
) -> Stream:
    """Open a file of contracts: JSON, CSV or Parquet.

    Raises:
        AlliancesError: the file is not one.
    """
    path = Path(path)
    source = _from_json(path) if kind_of(path) == "json" else _from_table(path)
    source = _with_first_rows(source)
    return Stream(source, (PROCUREMENT,), columns=columns, keep=keep, chunk=chunk)


def read_procurement(
    path: Path | str,
    *,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Reading:
    """Read a file of contracts; ``keep=lambda rows: rows["acheteur_id"].str.startswith("21350")`` chooses.

    Raises:
        AlliancesError: the file is not one, or none of its rows can be kept.
    """
    return stream_procurement(path, columns=columns, keep=keep).read()


def _from_json(path: Path) -> Rows:
    """Turn records into rows. The list stands under ``marche`` (version 2) or ``marches`` (version 1)."""
    records = json_records(path, ("marche", "marches"))

    def rows() -> Iterator[Row]:
        for number, record in records:
            if str(record.get("_type", "")).startswith("Contrat"):
                continue
            contract = _contract(record)
            for holder in _unwrapped(record.get("titulaires"), "titulaire") or [{}]:
                entry = _mapping(holder)
                yield number, [*contract, *(_word(entry.get(part)) for part in _SIDE)]

    return Rows(path, [*_CONTRACT, *_HOLDER], rows(), encoding="JSON", numbered="record", close=records.close)


def _contract(record: Mapping[str, Any]) -> list[str]:
    """Return the cells of a contract, holders apart."""
    buyer = _mapping(record.get("acheteur"))
    place = _mapping(record.get("lieuExecution"))
    cells = {
        "acheteur_id": buyer.get("id"),
        "acheteur_nom": buyer.get("nom"),
        "lieuExecution_code": place.get("code"),
        "lieuExecution_typeCode": place.get("typeCode"),
        "modifications_nombre": len(_unwrapped(record.get("modifications"), "modification")),
        **{
            name: " ; ".join(str(one) for one in _unwrapped(record.get(name) or record.get(single), single))
            for name, single in _LISTS.items()
        },
    }
    return [_word(cells[name] if name in cells else record.get(name)) for name in _CONTRACT]


def _unwrapped(found: object, single: str) -> list[Any]:
    """Return the entries of a list, however it is wrapped: ``{single: [..]}``, ``[{single: ..}]``, plain."""
    if isinstance(found, dict):
        found = found.get(single, found)
    if found is None or found == "":
        return []
    entries = found if isinstance(found, list) else [found]
    return [one[single] if isinstance(one, dict) and set(one) == {single} else one for one in entries]


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _from_table(path: Path) -> Rows:
    """Open a flat table; holders that stand side by side get a row each."""
    source = table_rows(path, (_FLAT,))
    names = [plain(name) for name in source.header]
    if "titulaire_id_1" not in names:
        return source
    sides = [
        [names.index(name) if (name := f"titulaire_{part.casefold()}_{side}") in names else None
         for part in _SIDE]
        for side in range(1, HOLDERS_SIDE_BY_SIDE + 1)
    ]  # fmt: skip
    taken = {at for side in sides for at in side}
    others = [at for at in range(len(names)) if at not in taken]
    width = len(names)

    def rows() -> Iterator[Row]:
        for place, row in source.rows:
            if len(row) != width:
                # Torn: it stays too long or too short, and is refused by the checks that follow.
                yield place, [""] * (len(others) + len(_SIDE) + len(row) - width)
                continue
            shared = [row[at] for at in others]
            holders = [["" if at is None else row[at] for at in side] for side in sides]
            there = [one for one in holders if one[0].strip().casefold() not in _NOTHING]
            for holder in there or [[""] * len(_SIDE)]:
                yield place, [*shared, *holder]

    header = [*(source.header[at] for at in others), *_HOLDER]
    return Rows(
        path, header, rows(), source.encoding, source.separator, source.numbered, source.foreign, source.close
    )


def _with_first_rows(source: Rows) -> Rows:
    """Add the SIRET of holders who have one, and which row is the first of its contract."""
    names = {plain(name): at for at, name in enumerate(source.header)}
    spelled = {"number": ("titulaire_id",), "kind": ("titulaire_typeidentifiant",), "id": ("id",),
               "buyer": ("acheteur_id",)}  # fmt: skip
    found = {part: next((names[one] for one in some if one in names), None) for part, some in spelled.items()}
    if None in found.values():
        return source  # the header will be refused, by name
    number, kind, contract, buyer = (found[part] or 0 for part in ("number", "kind", "id", "buyer"))
    width = len(source.header)
    seen = SeenKeys()

    def rows() -> Iterator[Row]:
        while batch := list(islice(source.rows, CHUNK)):
            sound = [(place, row) for place, row in batch if len(row) == width]
            keys = [f"{row[buyer].strip()}\x1f{row[contract].strip()}" for _, row in sound]
            met = seen.add(keys, [place for place, _ in sound])
            first = {id(row): at not in met for at, (_, row) in enumerate(sound)}
            for place, row in batch:
                siret = row[number] if len(row) == width and row[kind].strip().upper() == "SIRET" else ""
                told = "true" if first.get(id(row)) else "false"
                yield place, [*row, siret, told if any(row) else ""]

    return Rows(
        source.path, [*source.header, *_OURS], rows(), source.encoding, source.separator, source.numbered,
        source.foreign, source.close,
    )  # fmt: skip
