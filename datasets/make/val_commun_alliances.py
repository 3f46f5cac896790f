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
                    silent = draws.chance(profile.get("blank", 0.02))
                    row[f"q{item + 1:02d}"] = "" if silent else min(5, max(1, score))
                rows.append(row)
    return rows


def followup(values: Values, towns: list[Row], key: Values, draws: Draws) -> list[Row]:
    """Return municipality × year: who is in the evening service, where a new site opened, three outcomes.

    The site raises the return to work too, and members have it nearer more often: it confounds.
    """
    effects = key["effects"]
    site = effects["new_site_on_return_to_work"]
    rural = [town for town in towns if town["epci_id"] != "E1"] + [
        town for town in towns if town["epci_id"] == "E1"
    ]
    score = [0.8 * (town["epci_id"] != "E1") + draws.unit() for town in rural]
    order = sorted(range(len(rural)), key=lambda place: (-round(score[place], 9), place))
    members = {rural[place]["municipality_code"] for place in order[: values["followup_members"]]}
    rows = []
    for town in towns:
        code = town["municipality_code"]
        joined = code in members
        near = draws.chance(site["near_if_member"] if joined else site["near_if_not"])
        base = [normal(draws.unit()) for _ in range(3)]
        for year in values["followup_years"]:
            noise = [normal(draws.unit()) for _ in range(3)]
            step, after = year - values["followup_years"][0], year >= _START
            on = joined and after
            work = 41 - 2.5 * joined + 3 * base[0] + 0.6 * step + 1.2 * noise[0]
            work += effects["evening_service_on_return_to_work"]["points"] * on
            work += site["points"] * (near and after)
            alone = 24 + 2 * base[1] - 0.3 * step + 1.0 * noise[1]
            alone += effects["evening_service_on_isolation"]["points"] * on
            lost = 9 + 1.5 * base[2] + 0.2 * step + 1.2 * noise[2]
            lost += effects["evening_service_on_volunteers_lost"]["points"] * on
            rows.append(
                {
                    "municipality_code": code,
                    "year": year,
                    "member": joined,
                    "service_running": on,
                    "new_site_nearby": near and after,
                    "job_seekers": max(8, town["population"] // 40 + draws.whole(-3, 3)),
                    "back_to_work_pct": f"{max(0.0, work):.1f}",
                    "feels_isolated_pct": f"{max(0.0, alone):.1f}",
                    "volunteers_lost_pct": f"{max(0.0, lost):.1f}",
                }
            )
    return rows
