"""Projects, members, measurements: ``syn_projects``, ``syn_participations``, ``syn_measurements``.

The planted effects come from the key (``exercises/keys/val_commun.yaml``), not from this file.
"""

from __future__ import annotations

from typing import Any, Final

import val_commun_names as names
from val_commun_draws import Draws, lognormal, normal

__all__ = ["measurements", "participations", "projects"]

Row = dict[str, Any]
Values = dict[str, Any]

LAST_YEAR: Final = 2025
SHARED: Final = 3
#: Need, goal of the 2030 Agenda, first words of the title.
NEEDS: Final = (
    ("mobility", 11, "Trajets partagés", "Shared journeys"),
    ("food", 12, "Repas sans reste", "Meals without waste"),
    ("work", 8, "Retour au travail", "Back to work"),
    ("disability", 10, "Postes accessibles", "Accessible jobs"),
    ("digital", 9, "Démarches en ligne", "Online paperwork"),
    ("youth", 4, "Après l'école", "After school"),
    ("ageing", 3, "Bien vieillir", "Ageing well"),
    ("energy", 7, "Logements chauds", "Warm homes"),
    ("nature", 15, "Rives vivantes", "Living banks"),
    ("culture", 4, "Scènes ouvertes", "Open stages"),
)


def projects(values: Values, towns: list[Row], draws: Draws) -> list[Row]:
    """Return the 420 projects. A charter goes with large budgets: it is what makes it look useful."""
    count, typical = values["projects"], values["project_budget_median_eur"]
    charter = values["charter_chance"]
    levels = draws.quota(values["governance_levels"], count)
    stages = draws.quota(values["maturity_shares"], count)
    areas = draws.quota(values["epci_shares"], count)
    rows = []
    for rank, (level, stage, area) in enumerate(zip(levels, stages, areas, strict=True), start=1):
        need, goal, french, english = draws.pick(NEEDS)
        town = draws.pick([town for town in towns if town["epci_id"] == area])
        start = draws.whole(*values["project_start_years"])
        budget = int(lognormal(draws.unit(), typical, values["project_budget_sigma"]) / 100) * 100
        signed = min(charter["most"], charter["least"] + budget / charter["eur_per_unit"])
        rows.append(
            {
                "project_id": f"p{rank:03d}",
                "title_fr": f"{french}, {town['name']} {start}",
                "title_en": f"{english}, {town['name']} {start}",
                "need": need,
                "sdg": goal,
                "epci_id": area,
                "municipality_code": town["municipality_code"],
                "year_start": start,
                "duration_years": draws.whole(*values["project_years"]),
                "maturity": stage,
                "shared_governance": int(level),
                "charter_signed": draws.chance(signed),
                "scaled_early": stage == "scaling" and draws.chance(values["early_among_scaling"]),
                "budget_eur": budget,
            }
        )
    return rows


def participations(values: Values, found: list[Row], organisations: list[Row], draws: Draws) -> list[Row]:
    """Return who takes part in what; one project of the agglomeration, the hub, has fifteen members."""
    mix, gives = values["project_member_mix"], values["money_chance"]
    alive = [
        row
        for row in organisations
        if row["kind"] != "public_body" or row["subkind"] in {"municipality", "epci"}
    ]
    groups = {
        name: {kind: [row for row in alive if (row["epci_id"], row["kind"]) == (name, kind)] for kind in mix}
        for name in names.EPCI
    }
    sizes = [draws.pick(values["project_members"]) for _ in found]
    low, high = min(values["project_members"]), values["most_members"]
    hub = next(
        place for place, row in enumerate(found) if row["epci_id"] == "E2" and row["maturity"] == "trial"
    )
    sizes[hub] = values["hub_members"]
    while sum(sizes) != values["participations"]:
        place = draws.whole(0, len(found) - 1)
        step = 1 if sum(sizes) < values["participations"] else -1
        if place != hub and sizes[place] + step in range(low, high + 1):
            sizes[place] += step
    rows: list[Row] = []
    for project, size in zip(found, sizes, strict=True):
        members: dict[str, Row] = {}
        while len(members) < size:
            kind = "association" if not members else draws.weighted(list(mix), list(mix.values()))
            pool = groups[project["epci_id"]][kind]
            pool = [row for row in pool if _there(row, project)]
            if pool:
                weights = [values["story_weight"] if row["actor_id"] else 1.0 for row in pool]
                member = draws.weighted(pool, weights)
                members[member["org_id"]] = member
        shares = [draws.unit() + values["least_money_part"] for _ in members]
        for rank, (member, share) in enumerate(zip(members.values(), shares, strict=True)):
            whole = sum(round(one * 1000) for one in shares)
            money = draws.chance(gives["association" if member["kind"] == "association" else "others"])
            rows.append(
                {
                    "project_id": project["project_id"],
                    "org_id": member["org_id"],
                    "role": "lead" if rank == 0 else draws.pick(_ROLES[member["kind"]]),
                    "contribution_eur": int(project["budget_eur"] * round(share * 1000) / whole / 10) * 10
                    if money
                    else 0,
                    "contribution_days": draws.whole(*values["contribution_days"]),
                }
            )
    return rows


_ROLES: Final = {
    "association": ("operator", "operator", "host", "adviser"),
    "company": ("funder", "operator", "adviser"),
    "public_body": ("funder", "host", "adviser"),
    "foundation": ("funder",),
    "academic": ("evaluator", "adviser"),
}


def _there(row: Row, project: Row) -> bool:
    start, closed = int(project["year_start"]), int(row["year_closed"] or LAST_YEAR)
    return int(row["year_created"]) <= start < closed


def measurements(  # noqa: PLR0913, PLR0917 - what it measures, and on whom
    values: Values, found: list[Row], members: list[Row], organisations: list[Row], key: Values, draws: Draws
) -> list[Row]:
    """Return yearly measurements: effects of the key, a level of its own a project, and noise.

    Measurements are missing more often where a small association leads: not at random.
    """
    budgets = {row["org_id"]: row for row in organisations}
    leads = {row["project_id"]: budgets[row["org_id"]] for row in members if row["role"] == "lead"}
    effects, base, typical = key["effects"], values["measurement_levels"], values["project_budget_median_eur"]
    slots = [
        (project, project["year_start"] + step)
        for project in found
        for step in range(project["duration_years"])
        if project["year_start"] + step <= LAST_YEAR
    ]
    excess = len(slots) - values["measurements"]
    dropped = set(draws.shuffled(range(len(slots)))[: max(0, excess)])
    levels = {row["project_id"]: (normal(draws.unit()), normal(draws.unit())) for row in found}
    small = {name for name, row in leads.items() if row["budget_class"] == "under_10k"}
    luck = draws.strata(len(slots))
    gone: set[int] = set()
    for label in ("small", "others"):
        group = [
            place
            for place, (project, _) in enumerate(slots)
            if place not in dropped and (project["project_id"] in small) == (label == "small")
        ]
        count = round(values["missing_share"] * values["missing_ratio"][label] * len(group))
        gone |= set(sorted(group, key=lambda place: luck[place])[:count])
    rows = []
    for place, (project, year) in enumerate(slots):
        noise = [normal(draws.unit()) for _ in range(4)]
        by = draws.pick(values["measured_by"])
        if place in dropped:
            continue
        trust, people = base["trust"] + base["trust_between"] * levels[project["project_id"]][0], 1.0
        active = {
            "shared_governance": project["shared_governance"] >= SHARED,
            "charter": project["charter_signed"],
            "early_scaling": project["scaled_early"],
        }
        for name, present in active.items():
            if present:
                trust += effects[name]["trust"]
                people *= effects[name]["beneficiaries_ratio"]
        trust += base["trust_within"] * noise[0]
        scale = project["budget_eur"] / typical
        people *= (
            base["people"]
            * scale
            * _spread(levels[project["project_id"]][1], base["people_between"])
            * _spread(noise[1], base["people_within"])
        )
        missing = place in gone
        jobs = scale * base["jobs"] + base["jobs_within"] * noise[2]
        cost = project["budget_eur"] / project["duration_years"] * _spread(noise[3], base["cost_within"])
        rows.append(
            {
                "project_id": project["project_id"],
                "year": year,
                "beneficiaries": "" if missing else max(1, int(round(people, 3))),
                "jobs": "" if missing else max(0, int(round(jobs, 3))),
                "cost_eur": int(cost / 10) * 10,
                "trust": "" if missing else f"{min(10.0, max(0.0, trust)):.1f}",
                "measured_by": by,
            }
        )
    return rows


def _spread(score: float, sigma: float) -> float:
    """Return a factor around one: a log-normal deviation of that score."""
    return round(1.0 + sigma * score + (sigma * score) ** 2 / 2, 6) if sigma * score > -1 else 0.5
