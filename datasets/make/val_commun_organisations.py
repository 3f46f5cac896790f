"""The territory and its organisations: ``syn_epci``, ``syn_municipalities``, ``syn_organisations``."""

from __future__ import annotations

import math
from typing import Any, Final

import val_commun_names as names
from val_commun_draws import Draws, between, exponential, lognormal, mean, solve

__all__ = ["budgets", "epci", "municipalities", "organisations"]

Row = dict[str, Any]

_BODIES: Final = ("state_service", "school", "health", "housing_office", "social_body")
_SMALL: Final = "under_10k"


def epci(values: dict[str, Any], draws: Draws) -> list[Row]:
    """Return the three EPCI; populations come from real EPCI of the kind, rounded to hundreds."""
    rows = []
    for rank, (name, (title, kind)) in enumerate(names.EPCI.items(), start=1):
        _, _, first, middle, third = values["epci_population_quantiles"][kind]
        unit = draws.unit()
        low, high = (first, middle) if unit < 0.5 else (middle, third)  # noqa: PLR2004 - the median
        size = low + (high - low) * (2 * unit % 1)
        rows.append(
            {
                "epci_id": name,
                "name": title,
                "kind": kind,
                "siren": names.siren(rank),
                "population": int(round(size, 3) / 100) * 100,
                "municipalities": len(names.PLACES[name]),
            }
        )
    return rows


def municipalities(values: dict[str, Any], territory: list[Row], draws: Draws) -> list[Row]:
    """Return the 64 municipalities; populations follow the rank in their EPCI and add up to its own."""
    rows: list[Row] = []
    fixed, spread = values["fixed_places_km"], values["place_spread_km"]
    low, high = values["household_income_eur"]
    for area in territory:
        places = names.PLACES[area["epci_id"]]
        weights = [
            round((1 + values["rank_size_jitter"] * draws.unit()) / rank ** values["rank_size_exponent"], 9)
            for rank in range(1, len(places) + 1)
        ]
        whole = math.fsum(weights)
        exact = [int(round(area["population"] * weight / whole, 3)) for weight in weights]
        sizes = [max(values["least_residents"], size) for size in exact]
        sizes[0] += area["population"] - sum(sizes)
        for place, size in zip(places, sizes, strict=True):
            code = f"00{len(rows) + 1:03d}"
            x, y = fixed[places[0]]
            income = int((low + (high - low) * draws.unit()) / 100) * 100
            if place != places[0]:
                x, y = x + draws.whole(-spread, spread), y + draws.whole(-spread, spread)
            x, y = fixed.get(place, (x, y))
            rows.append(
                {
                    "municipality_code": code,
                    "name": place,
                    "epci_id": area["epci_id"],
                    "postal_code": f"00{area['epci_id'][1]}{len(rows) % 10}0",
                    "population": size,
                    "income_eur": income,
                    "x_km": x,
                    "y_km": y,
                    "evening_bus": area["epci_id"] == "E1" or place in {"Val-Commun", "Brévane"},
                }
            )
    return rows


def budgets(values: dict[str, Any], label: str, count: int, draws: Draws) -> list[int]:
    """Return ``count`` budgets of a class, in euros, whose mean is the published one of the class."""
    low, high = values["budget_class_bounds_eur"][label]
    target = values["budget_class_means_eur"][label]
    units = draws.strata(count)
    power = solve(lambda trial: mean([between(unit, low, high, trial) for unit in units]), target, 0.05, 12)
    return [max(low, int(between(unit, low, high, power) / 10) * 10) for unit in units]


def _associations(values: dict[str, Any], draws: Draws) -> list[Row]:
    count = values["organisations"]["association"]
    employers = round(count * values["employer_sample_share"])
    share = values["employer_population_share"]
    shares, mix = values["budget_class_shares"], values["employer_budget_mix"]
    small = (shares[_SMALL] - share * mix[_SMALL]) / (1 - share)
    rows: list[Row] = []
    for employer, number in ((True, employers), (False, count - employers)):
        here = (
            {**mix, "10k_to_500k": 1 - mix[_SMALL] - mix["over_500k"]}
            if employer
            else {_SMALL: round(small, 9), "10k_to_500k": round(1 - small, 9)}
        )
        part = share if employer else 1 - share
        classes, domains = draws.quota(here, number), draws.quota(values["domain_shares"], number)
        rows += [
            {
                "kind": "association",
                "subkind": "association_1901",
                "domain": domain,
                "employer": employer,
                "budget_class": label,
                "survey_weight": round(part * count / number, 4),
            }
            for label, domain in zip(classes, domains, strict=True)
        ]
    pay, cost = values["payroll_share"], values["cost_per_employee_eur"]
    # Each stratum has its own spread over the class, so that the weighted mean is the class's too.
    for employer in (True, False):
        for label in shares:
            group = [row for row in rows if (row["employer"], row["budget_class"]) == (employer, label)]
            if group:
                for row, budget in zip(group, budgets(values, label, len(group), draws), strict=True):
                    row["budget_eur"] = budget
                    row["headcount"] = max(1, int(budget * pay / cost)) if employer else 0
    return draws.shuffled(rows)


def _others(values: dict[str, Any], towns: list[Row], draws: Draws) -> list[Row]:
    rows: list[Row] = []
    counts = values["organisations"]
    for size in draws.quota(values["company_size_shares"], counts["company"]):
        low, high = values["company_size_bounds"][size]
        head = min(high, int(between(draws.unit(), low, high + 1.0, 1.0)))
        turnover = head * lognormal(draws.unit(), values["turnover_per_head_eur"], values["turnover_sigma"])
        rows.append(
            {"kind": "company", "subkind": size, "headcount": head, "budget_eur": int(turnover / 1000) * 1000}
        )
    rows += [
        {
            "kind": "public_body",
            "subkind": "epci",
            "epci_id": name,
            "name": title,
            "place": next(town for town in towns if town["epci_id"] == name),
            "headcount": sum(town["population"] for town in towns if town["epci_id"] == name)
            // values["residents_per_employee"]["epci"],
            "siren": names.siren(rank),
        }
        for rank, (name, (title, _)) in enumerate(names.EPCI.items(), start=1)
    ]
    rows += [
        {
            "kind": "public_body",
            "subkind": "municipality",
            "epci_id": town["epci_id"],
            "place": town,
            "name": f"{_rank(values, town)} {names.of_place(town['name'])}",
            "headcount": max(1, town["population"] // values["residents_per_employee"]["municipality"]),
        }
        for town in towns
    ]
    for kind, count in (
        ("public_body", counts["public_body"] - len(rows) + counts["company"]),
        ("foundation", counts["foundation"]),
        ("academic", counts["academic"]),
    ):
        for _ in range(count):
            subkind = {
                "public_body": draws.pick(_BODIES),
                "foundation": draws.pick(
                    ("corporate_foundation", "endowment_fund", "public_utility_foundation")
                ),
                "academic": draws.pick(("university_department", "school_of_engineering", "training_centre")),
            }[kind]
            rows.append(
                {"kind": kind, "subkind": subkind, "headcount": draws.whole(*values["other_body_headcount"])}
            )
    for row in rows:
        if "budget_eur" not in row:
            row["budget_eur"] = row["headcount"] * values["budget_per_head_eur"]
        row.update(employer=True, survey_weight=1.0)
    return rows


def _rank(values: dict[str, Any], town: Row) -> str:
    return "Ville" if town["population"] >= values["town_from_residents"] else "Commune"


_KIND_NAMES: Final = {
    "state_service": "Maison des services publics", "school": "Collège public",
    "health": "Centre hospitalier",
    "housing_office": "Office du logement", "social_body": "Caisse d'action sociale",
    "corporate_foundation": "Fondation d'entreprise", "endowment_fund": "Fonds de dotation",
    "public_utility_foundation": "Fondation", "university_department": "Département universitaire",
    "school_of_engineering": "École d'ingénierie", "training_centre": "Centre de formation",
}  # fmt: skip


def _name(row: Row, draws: Draws) -> str:
    where = names.of_place(row["place"]["name"])
    if row["kind"] == "association":
        return f"{draws.pick(names.DOMAIN_NAMES[row['domain']])} {where}"
    if row["kind"] == "company":
        return f"{draws.pick(names.COMPANY_TRADES)[0]} {where}"
    return f"{_KIND_NAMES[row['subkind']]} {where}"


def _with_actors(rows: list[Row], actors: list[dict[str, str]], towns: list[Row], turnover: int) -> None:
    """Give each organisation of the story the row of its kind that is nearest to it; budgets stay drawn."""
    places = {town["municipality_code"]: town for town in towns}
    for actor in actors:
        free = [row for row in rows if row["kind"] == actor["kind"] and "actor_id" not in row]
        if actor["subkind"] in {"epci", "municipality"}:
            free = [row for row in free if row["subkind"] == actor["subkind"]]
            free = [row for row in free if row.get("name") == actor["name"]]
        if actor["kind"] == "association":
            free = [row for row in free if row["domain"] == actor["domain"]]
        chosen = min(free, key=lambda row: abs(row["headcount"] - int(actor["headcount"])))
        place = places[actor["municipality_code"]]
        chosen.update(
            actor_id=actor["actor_id"], name=actor["name"], place=place, epci_id=place["epci_id"],
            year_created=int(actor["year_created"]), year_closed="", headcount=int(actor["headcount"]),
            subkind=actor["subkind"],
        )  # fmt: skip
        if actor["kind"] == "company":
            chosen["budget_eur"] = chosen["headcount"] * turnover


def organisations(
    values: dict[str, Any], towns: list[Row], actors: list[dict[str, str]], draws: Draws
) -> list[Row]:
    """Return the 2 000 organisations, the twelve of the story among them (``actor_id``)."""
    rows = _associations(values, draws) + _others(values, towns, draws)
    _with_actors(rows, actors, towns, values["turnover_per_head_eur"])
    by_area = {name: [town for town in towns if town["epci_id"] == name] for name in names.EPCI}
    areas = draws.quota(values["epci_shares"], len(rows))
    found = []
    taken = {row["name"] for row in rows if "name" in row}
    for rank, (row, area) in enumerate(zip(rows, areas, strict=True), start=1):
        row.setdefault("epci_id", area)
        if "place" not in row:
            near = by_area[row["epci_id"]]
            row["place"] = draws.weighted(near, [town["population"] for town in near])
        if "name" not in row:
            row["name"] = names.distinct(_name(row, draws), taken)
        age = int(exponential(draws.unit(), values["creation"]["mean_age"]))
        if row["subkind"] in values["authority_created"]:
            row.setdefault("year_created", values["authority_created"][row["subkind"]])
        row.setdefault("year_created", max(values["creation"]["first"], values["creation"]["last"] - age))
        closes = row["kind"] == "association" and draws.chance(values["closure_share"])
        year = max(row["year_created"] + 2, draws.whole(*values["closure_years"]))
        row.setdefault("year_closed", year if closes and year <= values["closure_years"][1] else "")
        found.append(_flat(row, rank, values, draws))
    return found


def _flat(row: Row, rank: int, values: dict[str, Any], draws: Draws) -> Row:
    """Return the columns of the table, in order."""
    association = row["kind"] == "association"
    spread = draws.unit()
    public = ""
    if association:
        target = values["public_share_of_budget_pct"]["employer" if row["employer"] else "non_employer"]
        # A power of a uniform number has the mean 1 / (1 + power).
        public = f"{100 * spread ** ((100 - target) / target):.1f}"
    registered = (
        not association or row["employer"] or "actor_id" in row or draws.chance(_registered_share(values))
    )
    return {
        "org_id": f"o{rank:04d}",
        "actor_id": row.get("actor_id", ""),
        "name": row["name"],
        "kind": row["kind"],
        "subkind": row.get("subkind", ""),
        "domain": row.get("domain", ""),
        "epci_id": row["epci_id"],
        "municipality_code": row["place"]["municipality_code"] if "place" in row else "",
        "year_created": row["year_created"],
        "year_closed": row["year_closed"],
        "employer": row["employer"],
        "headcount": row["headcount"],
        "budget_eur": row["budget_eur"],
        "budget_class": row.get("budget_class", ""),
        "public_share_pct": public,
        "siren": row.get("siren") or (names.siren(10 + rank) if registered else ""),
        "rna": names.rna(rank) if association else "",
        "survey_weight": row["survey_weight"],
    }


def _registered_share(values: dict[str, Any]) -> float:
    share = values["employer_population_share"]
    return float(round((values["sirene_population_share"] - share) / (1 - share), 9))
