"""The national register of associations (RNA): files *waldec* and *import* of the ministry of the Interior.

``waldec`` has the associations with an RNA number (created, or changed, since 2009), ``import`` the older
ones, never updated since. Neither covers Moselle, Bas-Rhin and Haut-Rhin. The register does not say who is
still active (INJEP): an association that nobody dissolved stays ``position = A`` for ever.

The 41 and 26 columns are those of the samples in etalab/rna_as_api; newer files have fewer. Never read: the
manager's own address, title, telephone, e-mail, and free remarks, since they tell about people. Unknown
dates are written 0001-01-01 and unknown objects 000000 there; here they are missing.
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

__all__ = ["RNA_IMPORT", "RNA_WALDEC", "read_rna", "stream_rna"]

_GROUPING: Final = {"s": "S", "u": "U", "f": "F"}
_PERSONAL: Final = ("dir_civilite", "telephone", "email", "observation")
_MISSING: Final = frozenset({"_", "000000"})

RNA_WALDEC: Final = Layout(
    name="rna_waldec",
    fields=(
        Field("id", "rna", column=True, filled=True),
        Field("id_ex"),
        Field("siret", "siret"),
        Field("rup_mi"),
        Field("gestion"),
        Field("date_creat", "date", column=True),
        Field("date_decla", "date"),
        Field("date_publi", "date"),
        Field("date_disso", "date"),
        Field("nature"),
        Field("groupement", allowed=_GROUPING),
        Field("titre", column=True, filled=True),
        Field("titre_court"),
        Field("objet"),
        Field("objet_social1"),
        Field("objet_social2"),
        Field("adrs_codeinsee", "commune", column=True),
        Field("adrs_codepostal", "postcode"),
        Field("adrs_libcommune"),
        Field("siteweb"),
        Field("position", column=True, allowed={"a": "A", "d": "D", "s": "S"}),
        Field("maj_time", "date"),
    ),
    key=("id",),
    place=("adrs_codeinsee", "adrs_codepostal"),
    personal=(
        "adrs_complement", "adrs_numvoie", "adrs_repetition", "adrs_typevoie", "adrs_libvoie", "adrs_distrib",
        "adrg_declarant", "adrg_complemid", "adrg_complemgeo", "adrg_libvoie", "adrg_distrib",
        "adrg_codepostal", "adrg_achemine", "adrg_pays", "publiweb", *_PERSONAL,
    ),
    missing=_MISSING,
    identifiers=("id", "siret", "adrs_codeinsee"),
)  # fmt: skip

RNA_IMPORT: Final = Layout(
    name="rna_import",
    fields=(
        Field("id", "former_rna", column=True, filled=True),
        Field("id_ex"),
        Field("siret", "siret"),
        Field("gestion"),
        Field("date_creat", "date", column=True),
        Field("date_publi", "date"),
        Field("nature"),
        Field("groupement", allowed=_GROUPING),
        Field("titre", column=True, filled=True),
        Field("objet"),
        Field("objet_social1"),
        Field("objet_social2"),
        Field("adrs_codepostal", "postcode"),
        Field("libcom", column=True),
        Field("adrs_codeinsee", "commune"),
        Field("siteweb"),
        Field("position"),
        Field("rup_mi"),
        Field("maj_time", "date"),
    ),
    key=("id",),
    place=("adrs_codeinsee", "adrs_codepostal"),
    personal=("adr1", "adr2", "adr3", *_PERSONAL),
    missing=_MISSING,
    identifiers=("id", "siret", "adrs_codeinsee"),
)


def stream_rna(
    path: Path | str,
    *,
    department: str | int | None = None,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
    chunk: int = CHUNK,
) -> Stream:
    """Open a file of the RNA (CSV, or the Parquet of the whole country); see ``Stream`` for what is refused.

    Raises:
        AlliancesError: the file is not one of the two.
    """
    layouts = (RNA_WALDEC, RNA_IMPORT)
    source = table_rows(Path(path), layouts)
    return Stream(source, layouts, department=department, columns=columns, keep=keep, chunk=chunk)


def read_rna(
    path: Path | str,
    *,
    department: str | int | None = None,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Reading:
    """Read a file of the RNA; ``department="35"`` keeps the memory of a national file small.

    Raises:
        AlliancesError: the file is not one of the two, or none of its rows can be kept.
    """
    return stream_rna(path, department=department, columns=columns, keep=keep).read()
