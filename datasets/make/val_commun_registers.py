"""The registers before any fault: RNA (waldec), Sirene (legal units), SCDL subventions 2.1, DECP 2.

Columns keep the official names and order. Columns that could hold something personal stay empty (address of
the person in charge, civility, telephone, e-mail). No line is about a real organisation.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import val_commun_names as names
from val_commun_draws import Draws, between, lognormal, poisson

__all__ = ["DECP", "RNA", "SCDL", "SIRENE", "contracts", "legal_units", "rna_register", "subsidies"]

Row = dict[str, Any]
Values = dict[str, Any]

RNA: Final = (
    "id", "id_ex", "siret", "rup_mi", "gestion", "date_creat", "date_decla", "date_publi", "date_disso",
    "nature",
    "groupement", "titre", "titre_court", "objet", "objet_social1", "objet_social2", "adrs_complement",
    "adrs_numvoie", "adrs_repetition", "adrs_typevoie", "adrs_libvoie", "adrs_distrib", "adrs_codeinsee",
    "adrs_codepostal", "adrs_libcommune", "adrg_declarant", "adrg_complemid", "adrg_complemgeo",
    "adrg_libvoie",
    "adrg_distrib", "adrg_codepostal", "adrg_achemine", "adrg_pays", "dir_civilite", "telephone", "siteweb",
    "email", "publiweb", "observation", "position", "maj_time",
)  # fmt: skip
SIRENE: Final = (
    "siren", "dateCreationUniteLegale", "sigleUniteLegale", "identifiantAssociationUniteLegale",
    "trancheEffectifsUniteLegale", "anneeEffectifsUniteLegale", "categorieEntreprise",
    "etatAdministratifUniteLegale", "denominationUniteLegale", "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale", "economieSocialeSolidaireUniteLegale", "societeMissionUniteLegale",
    "caractereEmployeurUniteLegale", "statutDiffusionUniteLegale", "nicSiegeUniteLegale",
)  # fmt: skip
SCDL: Final = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement", "idRAE",
    "notificationUE", "pourcentageSubvention", "dispositifAide",
)  # fmt: skip
DECP: Final = (
    "id", "acheteur.id", "nature", "objet", "codeCPV", "techniques", "modalitesExecution",
    "marcheInnovant", "ccag",
    "offresRecues", "attributionAvance", "typeGroupementOperateurs", "procedure", "lieuExecution.code",
    "lieuExecution.typeCode", "dureeMois", "dateNotification", "datePublicationDonnees", "montant",
    "typesPrix",
    "formePrix", "sousTraitanceDeclaree", "titulaire.typeIdentifiant", "titulaire.id",
    "considerationsSociales",
    "considerationsEnvironnementales",
)  # fmt: skip

_ACTIVITY: Final = {
    "sport": "93.12Z", "culture": "90.01Z", "leisure": "94.99Z", "causes": "94.99Z",
    "social_health": "88.99B",
    "education": "85.59B", "economy": "94.99Z",
}  # fmt: skip
_LEGAL: Final = {
    "association": "9220", "company": "5710", "municipality": "7210", "epci": "7346", "state_service": "7120",
    "school": "7331", "health": "7364", "housing_office": "4140", "social_body": "7361",
    "corporate_foundation": "9300", "endowment_fund": "9300", "public_utility_foundation": "9300",
    "university_department": "7383", "school_of_engineering": "7383", "training_centre": "7383",
}  # fmt: skip
_BANDS: Final = ((0, "NN"), (1, "01"), (3, "02"), (6, "03"), (10, "11"), (20, "12"), (50, "21"), (100, "22"),
                 (200, "31"), (250, "32"), (500, "41"), (1000, "42"))  # fmt: skip
_STREETS: Final = ("des Gués", "du Moulin", "de la Gare", "des Ormes", "du Pré", "de l'Usine")
_LAST_YEAR: Final = 2025


def _day(year: int, draws: Draws) -> str:
    return (date(year, 1, 1) + timedelta(days=draws.whole(0, 364))).isoformat()


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _update(register: Values, created: int, draws: Draws) -> str:
    year = min(_LAST_YEAR, created + draws.whole(*register["update_after_years"]))
    return _day(max(register["first_update"], year), draws)


def rna_register(values: Values, organisations: list[Row], towns: list[Row], draws: Draws) -> list[Row]:
    """Return one row an association: the register keeps those that have stopped without saying so."""
    places = {town["municipality_code"]: town for town in towns}
    rows, register = [], values["rna_register"]
    for row in organisations:
        if row["kind"] != "association":
            continue
        town = places[row["municipality_code"]]
        created = _day(row["year_created"], draws)
        # Those that closed without declaring it are still « A » in the register.
        gone = row["year_closed"] and draws.chance(register["closing_declared"])
        closed = _day(row["year_closed"], draws) if gone else ""
        updated = closed or max(created, _update(register, row["year_created"], draws))
        rows.append(
            dict.fromkeys(RNA, "")
            | {
                "id": row["rna"],
                "siret": names.siret(row["siren"])
                if row["siren"] and draws.chance(register["siret_known"])
                else "",
                "gestion": "001P",
                "date_creat": created,
                "date_decla": _later(created, draws.whole(*register["declared_after_days"])),
                "date_publi": _later(created, draws.whole(*register["published_after_days"])),
                "date_disso": closed or "0001-01-01",
                "nature": "D",
                "groupement": "S",
                "titre": row["name"].upper() if draws.chance(register["capitals"]) else row["name"],
                "objet": draws.pick(names.DOMAIN_PURPOSES[row["domain"]]),
                "adrs_numvoie": str(draws.whole(*register["street_numbers"])),
                "adrs_typevoie": "RUE",
                "adrs_libvoie": draws.pick(_STREETS),
                "adrs_codeinsee": town["municipality_code"],
                "adrs_codepostal": town["postal_code"],
                "adrs_libcommune": town["name"],
                "adrg_pays": "FRANCE",
                "publiweb": "1",
                "position": "D" if gone else "A",
                "maj_time": f"{updated} 12:00:00",
            }
        )
    return rows


def _band(head: int) -> str:
    return [code for low, code in _BANDS if head >= low][-1]


def legal_units(values: Values, organisations: list[Row], draws: Draws) -> list[Row]:
    """Return the legal units: every organisation with a SIREN, then firms too small for the frame."""
    rows, stock = [], values["sirene_stock"]
    known = [row for row in organisations if row["siren"]]
    towns = [place for places in names.PLACES.values() for place in places]
    small = [
        {
            "siren": names.siren(stock["small_firm_rank"] + rank), "kind": "company", "subkind": "company",
            "employer": False, "rna": "", "year_closed": "", "domain": "",
            "name": f"{draws.pick(names.COMPANY_TRADES)[0]} {names.of_place(draws.pick(towns))}",
            "headcount": draws.whole(*stock["small_firm_headcount"]),
            "year_created": draws.whole(*stock["small_firm_years"]),
        }
        for rank in range(values["sirene_rows"] - len(known))
    ]  # fmt: skip
    for row in known + small:
        legal = _LEGAL[row["kind"] if row["kind"] in {"association", "company"} else row["subkind"]]
        trade = [code for name, code in names.COMPANY_TRADES if row["name"].startswith(name)]
        small_firm = row["headcount"] < stock["mid_cap_from"]
        size = "" if row["kind"] != "company" else "PME" if small_firm else "ETI"
        flagged = row["kind"] == "association" and draws.chance(stock["social_flag"])
        social = "O" if flagged else "" if draws.chance(stock["social_blank"]) else "N"
        closed = row["year_closed"] and draws.chance(stock["closing_known"])
        rows.append(
            {
                "siren": row["siren"],
                "dateCreationUniteLegale": _day(max(stock["first_year"], row["year_created"]), draws),
                "sigleUniteLegale": "",
                "identifiantAssociationUniteLegale": row["rna"]
                if row["rna"] and draws.chance(values["sirene_rna_known_share"])
                else "",
                "trancheEffectifsUniteLegale": _band(row["headcount"]),
                "anneeEffectifsUniteLegale": str(stock["headcount_year"]) if row["headcount"] else "",
                "categorieEntreprise": size,
                "etatAdministratifUniteLegale": "C" if closed else "A",
                "denominationUniteLegale": row["name"].upper(),
                "categorieJuridiqueUniteLegale": legal,
                "activitePrincipaleUniteLegale": trade[0]
                if trade
                else _ACTIVITY.get(row["domain"], "84.11Z"),
                "economieSocialeSolidaireUniteLegale": social,
                "societeMissionUniteLegale": "N" if size else "",
                "caractereEmployeurUniteLegale": "O" if row["headcount"] else "N",
                "statutDiffusionUniteLegale": "O",
                "nicSiegeUniteLegale": names.siret(row["siren"])[9:],
            }
        )
    return draws.shuffled(rows)


def subsidies(values: Values, organisations: list[Row], tied: list[Row], draws: Draws) -> list[Row]:
    """Return published grants, along the ties of associations and authorities live that year."""
    known = {row["org_id"]: row for row in organisations}
    units = draws.strata(values["subsidy_rows"])
    grant, sigma = values["grants"], values["subsidy_sigma"] * values["subsidy_sigma_kept"]
    first, last = grant["years"]
    live = {
        year: [
            (known[tie["org_a"]], known[tie["org_b"]])
            for tie in tied
            if known[tie["org_b"]]["kind"] == "public_body"
            and known[tie["org_a"]]["kind"] == "association"
            and tie["year_start"] <= year <= (tie["year_end"] or _LAST_YEAR)
        ]
        for year in range(first, last + 1)
    }
    rows = []
    for rank, unit in enumerate(units, start=1):
        year = draws.whole(*grant["years"])
        holder, giver = draws.pick(live[year])
        median = values["subsidy_median_eur"]
        if giver["subkind"] == "municipality":
            median /= values["municipal_divisor"]
        amount = max(values["least_amount_eur"], int(lognormal(unit, median, sigma) / 10) * 10)
        day = _day(year, draws)
        blank = holder["siren"] and draws.chance(grant["rna_blank"])
        rows.append(
            {
                "nomAttribuant": giver["name"],
                "idAttribuant": names.siret(giver["siren"]),
                "dateConvention": day,
                "referenceDecision": f"DEL-{day[:4]}-{rank:04d}",
                "nomBeneficiaire": holder["name"],
                "idBeneficiaire": names.siret(holder["siren"]) if holder["siren"] else "",
                "rnaBeneficiaire": "" if blank else holder["rna"],
                "objet": draws.pick(("Fonctionnement", "Projet : ", "Action : ")).replace(
                    " : ", f" : {draws.pick(names.DOMAIN_PURPOSES[holder['domain']])}"
                ),
                "montant": str(amount),
                "nature": "aide en numéraire" if draws.chance(grant["in_cash"]) else "aide en nature",
                "conditionsVersement": "unique" if amount < grant["instalments_from_eur"] else "échelonné",
                "datesPeriodeVersement": f"{day}/{_later(day, grant['paid_over_days'])}",
                "idRAE": "",
                "notificationUE": "non",
                "pourcentageSubvention": "1" if draws.chance(grant["whole_share"]) else "0.5",
                "dispositifAide": "",
            }
        )
    return sorted(rows, key=lambda row: (row["dateConvention"], row["referenceDecision"]))


_OBJECTS: Final = (
    ("Entretien des espaces verts", "77310000", "Services"), ("Repas des écoles", "55524000", "Services"),
    ("Permanences de mobilité", "85312300", "Services"), ("Travaux de voirie", "45233140", "Travaux"),
    ("Fournitures de bureau", "30192000", "Fournitures"), ("Transport à la demande", "60140000", "Services"),
    ("Nettoyage des écoles", "90919300", "Services"), ("Réfection d'une toiture", "45261900", "Travaux"),
)  # fmt: skip


def contracts(values: Values, organisations: list[Row], draws: Draws) -> list[Row]:
    """Return contracts notified in 2024 and 2025, one row a holder: amounts repeat with several holders."""
    buyers = [row for row in organisations if row["subkind"] in {"municipality", "epci"}]
    firms = [row for row in organisations if row["kind"] == "company"]
    insertion = [
        row
        for row in organisations
        if row["kind"] == "association" and row["employer"] and not row["year_closed"]
    ]
    rows: list[Row] = []
    rank, market = 0, values["contracts"]
    low, high = market["amount_eur"]
    social_shares = market["social_clause_shares"]
    while len(rows) < values["contract_rows"]:
        rank += 1
        buyer = draws.weighted(buyers, [row["headcount"] + market["buyer_weight_added"] for row in buyers])
        title, code, _ = draws.pick(_OBJECTS)
        social = draws.weighted(list(social_shares), list(social_shares.values()))
        several = draws.chance(values["several_holders_share"])
        count = 2 + draws.chance(market["third_holder"]) if several else 1
        count = min(count, values["contract_rows"] - len(rows))
        pool = insertion if social == "Marché réservé" else firms
        holders: dict[str, Row] = {}
        while len(holders) < count:
            holder = draws.pick(pool)
            holders[holder["org_id"]] = holder
        day = _day(draws.whole(*market["years"]), draws)
        base = {
            "id": f"{day[:4]}VC{rank:05d}",
            "acheteur.id": names.siret(buyer["siren"]),
            "nature": "Marché",
            "objet": title,
            "codeCPV": code,
            "techniques": "Sans objet",
            "modalitesExecution": "Sans objet",
            "marcheInnovant": "false",
            "ccag": "Pas de CCAG",
            "offresRecues": str(max(count, 1 + poisson(draws.unit(), market["more_offers_mean"]))),
            "attributionAvance": "false",
            "typeGroupementOperateurs": "Conjoint" if count > 1 else "Pas de groupement",
            "procedure": draws.pick(market["procedures"]),
            "lieuExecution.code": "00",
            "lieuExecution.typeCode": "Code département",
            "dureeMois": str(draws.pick(market["months"])),
            "dateNotification": day,
            "datePublicationDonnees": _later(day, draws.whole(*market["published_after_days"])),
            "montant": str(int(between(draws.unit(), low, high, market["amount_power"]) / 100) * 100),
            "typesPrix": "Définitif ferme",
            "formePrix": "Forfaitaire",
            "sousTraitanceDeclaree": "false",
        }
        rows += [
            base
            | {
                "titulaire.typeIdentifiant": "SIRET",
                "titulaire.id": names.siret(holder["siren"]),
                "considerationsSociales": social,
                "considerationsEnvironnementales": "Pas de considération environnementale",
            }
            for holder in holders.values()
        ]
    return rows
