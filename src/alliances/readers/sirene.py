"""The stock files of Sirene: legal units and establishments (Insee, Licence Ouverte 2.0).

Insee publishes them as CSV and as Parquet; all is text in both. Names and addresses are left out, as a legal
unit may be a person; the denomination of a legal person stays. ``[ND]`` (not disclosed) is read as missing.
``economieSocialeSolidaireUniteLegale = O`` says that a unit is declared as such: it is not the statistical
field of Insee, which is a list of legal categories less some activities.

A stock of the whole country has tens of millions of rows: what is kept must be chosen, and looking for
doubles takes 16 bytes a row, three times that while runs are merged.

Columns: those that the State's company directory reads, and the published stock of establishments.
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

__all__ = ["SIRENE_ESTABLISHMENTS", "SIRENE_UNITS", "read_sirene", "stream_sirene"]

_MISSING: Final = frozenset({"[nd]"})
_YES_NO: Final = {"o": "O", "n": "N"}

SIRENE_UNITS: Final = Layout(
    name="sirene_units",
    fields=(
        Field("siren", "siren", column=True, filled=True),
        Field("statutDiffusionUniteLegale"),
        Field("dateCreationUniteLegale", "date"),
        Field("sigleUniteLegale"),
        Field("identifiantAssociationUniteLegale", "rna"),
        Field("trancheEffectifsUniteLegale"),
        Field("anneeEffectifsUniteLegale", "whole"),
        Field("categorieEntreprise"),
        Field("etatAdministratifUniteLegale", column=True, allowed={"a": "A", "c": "C"}),
        Field("denominationUniteLegale"),
        Field("categorieJuridiqueUniteLegale", column=True),
        Field("activitePrincipaleUniteLegale"),
        Field("nomenclatureActivitePrincipaleUniteLegale"),
        Field("activitePrincipaleNAF25UniteLegale"),
        Field("nicSiegeUniteLegale"),
        Field("economieSocialeSolidaireUniteLegale", allowed=_YES_NO),
        Field("societeMissionUniteLegale", allowed=_YES_NO),
        Field("caractereEmployeurUniteLegale", allowed=_YES_NO),
    ),
    key=("siren",),
    personal=(
        "sexeUniteLegale", "prenom1UniteLegale", "prenom2UniteLegale", "prenom3UniteLegale",
        "prenom4UniteLegale", "prenomUsuelUniteLegale", "pseudonymeUniteLegale", "nomUniteLegale",
        "nomUsageUniteLegale", "denominationUsuelle1UniteLegale", "denominationUsuelle2UniteLegale",
        "denominationUsuelle3UniteLegale",
    ),
    missing=_MISSING,
    identifiers=("siren", "identifiantAssociationUniteLegale"),
)  # fmt: skip

SIRENE_ESTABLISHMENTS: Final = Layout(
    name="sirene_establishments",
    fields=(
        Field("siret", "siret", column=True, filled=True),
        Field("siren", "siren"),
        Field("nic"),
        Field("statutDiffusionEtablissement"),
        Field("dateCreationEtablissement", "date"),
        Field("trancheEffectifsEtablissement"),
        Field("anneeEffectifsEtablissement", "whole"),
        Field("etablissementSiege", "boolean"),
        Field("codePostalEtablissement", "postcode"),
        Field("libelleCommuneEtablissement"),
        Field("codeCommuneEtablissement", "commune", column=True),
        Field("etatAdministratifEtablissement", column=True, allowed={"a": "A", "f": "F"}),
        Field("denominationUsuelleEtablissement"),
        Field("activitePrincipaleEtablissement"),
        Field("nomenclatureActivitePrincipaleEtablissement"),
        Field("activitePrincipaleNAF25Etablissement"),
        Field("caractereEmployeurEtablissement", allowed=_YES_NO),
    ),
    key=("siret",),
    place=("codeCommuneEtablissement", "codePostalEtablissement"),
    personal=(
        "complementAdresseEtablissement", "numeroVoieEtablissement", "indiceRepetitionEtablissement",
        "typeVoieEtablissement", "libelleVoieEtablissement", "distributionSpecialeEtablissement",
        "complementAdresse2Etablissement", "numeroVoie2Etablissement", "indiceRepetition2Etablissement",
        "typeVoie2Etablissement", "libelleVoie2Etablissement", "distributionSpeciale2Etablissement",
        "enseigne1Etablissement", "enseigne2Etablissement", "enseigne3Etablissement",
        "coordonneeLambertAbscisseEtablissement", "coordonneeLambertOrdonneeEtablissement",
        "identifiantAdresseEtablissement",
    ),
    missing=_MISSING,
    identifiers=("siret", "siren", "codeCommuneEtablissement"),
)  # fmt: skip


def stream_sirene(
    path: Path | str,
    *,
    department: str | int | None = None,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
    chunk: int = CHUNK,
) -> Stream:
    """Open a stock file; ``department`` is for establishments only, as legal units have no place.

    Raises:
        AlliancesError: the file is neither of the two.
    """
    layouts = (SIRENE_ESTABLISHMENTS, SIRENE_UNITS)
    source = table_rows(Path(path), layouts)
    return Stream(source, layouts, department=department, columns=columns, keep=keep, chunk=chunk)


def read_sirene(
    path: Path | str,
    *,
    department: str | int | None = None,
    columns: Collection[str] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Reading:
    """Read a stock file; the country has tens of millions of rows, so choose with ``department`` or ``keep``.

    Raises:
        AlliancesError: the file is neither of the two, or none of its rows can be kept.
    """
    return stream_sirene(path, department=department, columns=columns, keep=keep).read()
