"""Two tables on alliances: ``syn_diagnoses`` (shared check-ups) and ``syn_followup`` (four years).

What is wrong with each alliance, and what the evening service does, stand in the key only.
"""

from __future__ import annotations

from typing import Any, Final

from val_commun_draws import Draws, normal

__all__ = ["ITEMS_PER_DIMENSION", "diagnoses", "followup"]

Row = dict[str, Any]
Values = dict[str, Any]

ITEMS_PER_DIMENSION: Final = 4
_START: Final = 2023


def diagnoses(values: Values, alliances: list[dict[str, str]], key: Values, draws: Draws) -> list[Row]:
    """Return one row a respondent: 24 items from 1 to 5, four a dimension; empty is « don't know »."""
    low, high = values["respondents_per_partner"]
    rows = []
    for alliance in alliances:
        profile = key["diagnoses"][alliance["alliance_id"]]
        partners = alliance["partners"].split(";")
        for rank, partner in enumerate(partners):
            people = draws.whole(low, high)
            for person in range(1, people + 1):
                row: Row = {
                    "alliance_id": alliance["alliance_id"],
                    "actor_id": partner,
                    "respondent": f"{alliance['alliance_id'].lower()}_{partner}_{person}",
                }
                for item in range(len(profile["mean"]) * ITEMS_PER_DIMENSION):
                    dimension = item // ITEMS_PER_DIMENSION
                    level = profile["mean"][dimension]
                    split = profile.get("split")
                    if split and split["dimension"] == dimension:
                        level += split["gap"] / 2 if rank % 2 == 0 else -split["gap"] / 2
                    if "apart" in profile and rank == len(partners) - 1:
                        level = profile["apart"]
                    score = int(round(level + profile["spread"] * normal(draws.unit()), 0))
                    silent = draws.chance(profile.get("blank", values["blank_share"]))
                    row[f"q{item + 1:02d}"] = "" if silent else min(5, max(1, score))
                rows.append(row)
    return rows


def followup(values: Values, towns: list[Row], key: Values, draws: Draws) -> list[Row]:
    """Return municipality × year: who is in the evening service, who is near the new site, three outcomes.

    The site raises the return to work too, and pulls municipalities into the service: it confounds.
    """
    effects = key["effects"]
    site, level = effects["new_site_on_return_to_work"], values["followup_levels"]
    rural = [town for town in towns if town["epci_id"] != "E1"] + [
        town for town in towns if town["epci_id"] == "E1"
    ]
    where = next(town for town in towns if town["name"] == values["new_site"]["place"])
    reach = {
        town["municipality_code"]
        for town in towns
        if (town["x_km"] - where["x_km"]) ** 2 + (town["y_km"] - where["y_km"]) ** 2
        <= values["new_site"]["near_km"] ** 2
    }
    score = [
        level["rural_pull"] * (town["epci_id"] != "E1")
        + site["pull"] * (town["municipality_code"] in reach)
        + (town["name"] in values["followup_founders"])
        + draws.unit()
        for town in rural
    ]
    order = sorted(range(len(rural)), key=lambda place: (-round(score[place], 9), place))
    members = {rural[place]["municipality_code"] for place in order[: values["followup_members"]]}
    rows = []
    for town in towns:
        code = town["municipality_code"]
        joined = code in members
        near = code in reach
        base = [normal(draws.unit()) for _ in range(3)]
        seekers = town["population"] // level["residents_per_job_seeker"]
        for year in values["followup_years"]:
            noise = [normal(draws.unit()) for _ in range(3)]
            step, after = year - values["followup_years"][0], year >= _START
            on = joined and after
            work = _outcome(level["back_to_work_pct"], base[0], step, noise[0])
            work += level["members_start_lower"] * joined
            work += effects["evening_service_on_return_to_work"]["points"] * on
            work += site["points"] * (near and after)
            alone = _outcome(level["feels_isolated_pct"], base[1], step, noise[1])
            alone += effects["evening_service_on_isolation"]["points"] * on
            lost = _outcome(level["volunteers_lost_pct"], base[2], step, noise[2])
            lost += effects["evening_service_on_volunteers_lost"]["points"] * on
            rows.append(
                {
                    "municipality_code": code,
                    "year": year,
                    "member": joined,
                    "service_running": on,
                    "new_site_nearby": near and after,
                    "job_seekers": max(level["least_job_seekers"], seekers + draws.whole(-3, 3)),
                    "back_to_work_pct": f"{max(0.0, work):.1f}",
                    "feels_isolated_pct": f"{max(0.0, alone):.1f}",
                    "volunteers_lost_pct": f"{max(0.0, lost):.1f}",
                }
            )
    return rows


def _outcome(level: Values, own: float, step: int, noise: float) -> float:
    """Return an outcome before any effect: mean, deviation of the municipality, trend a year, noise."""
    return float(level["mean"] + level["between"] * own + level["trend"] * step + level["within"] * noise)
