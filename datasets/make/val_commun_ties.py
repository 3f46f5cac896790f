"""Ties between organisations: ``syn_ties``.

Who is tied follows published shares exactly (quotas); with whom, since when and for how much is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from typing import Any, Final

from val_commun_draws import Draws, geometric, logistic, lognormal, mean, poisson

__all__ = ["LAST_YEAR", "ties"]

Row = dict[str, Any]
Values = dict[str, Any]
Pair = tuple[Row, Row]

LAST_YEAR: Final = 2025
CRISIS: Final = 2020
_TRIES: Final = 60


def _tied(rows: list[Row], share: float, score: Sequence[float]) -> list[Row]:
    """Return the share of rows that have the highest scores, in the order of the table."""
    count = round(share * len(rows))
    best = sorted(range(len(rows)), key=lambda place: (-score[place], place))[:count]
    return [rows[place] for place in sorted(best)]


def _partnering_associations(values: Values, rows: list[Row], draws: Draws) -> list[Row]:
    """Return the associations tied to companies: published shares, more likely if the budget is large."""
    slope, found = values["company_tie_slope"], []
    for employer in (True, False):
        group = [row for row in rows if row["employer"] is employer]
        score = [
            round(
                slope * math.log10(row["budget_eur"]) + logistic(draws.unit()) + 50 * bool(row["actor_id"]), 6
            )
            for row in group
        ]
        found += _tied(group, values["company_tie_share"]["employer" if employer else "non_employer"], score)
    return found


def _with_authority(values: Values, rows: list[Row], draws: Draws) -> list[Row]:
    first, weight = values["authority_tie_share_of_employers"], values["employer_population_share"]
    rest = (values["authority_tie_share"] - weight * first) / (1 - weight)
    found = []
    for employer, share in ((True, first), (False, round(rest, 9))):
        group = [row for row in rows if row["employer"] is employer]
        score = [round(draws.unit() + 2 * bool(row["actor_id"]), 9) for row in group]
        found += _tied(group, share, score)
    return found


def _met(a: Row, b: Row) -> bool:
    """Say whether there was a year in which both were there."""
    ends = [row["year_closed"] or LAST_YEAR for row in (a, b)]
    return bool(max(a["year_created"], b["year_created"]) <= min(ends))


def _free(a: Row, b: Row, seen: Container[tuple[str, str]]) -> bool:
    """Say whether a tie can be drawn: they met, are not tied yet, and are not both of the story."""
    drawn = not (a["actor_id"] and b["actor_id"])
    return drawn and (a["org_id"], b["org_id"]) not in seen and _met(a, b)


def _company_pairs(
    values: Values, people: list[Row], firms: list[Row], told: list[Pair], draws: Draws
) -> list[Pair]:
    """Return pairs association-company: each partner at least once, then the more tied the more chosen.

    The pairs of the story (``told``) come first and count among them.
    """
    average, spread = values["ties_per_partnering_company"], values["company_degree_lognormal"]
    # A cap, so that for no seed one firm takes a tenth of all ties.
    places = [
        min(
            values["most_ties_of_a_company"],
            1 + poisson(draws.unit(), (average - 1) * lognormal(draws.unit(), *spread)),
        )
        for _ in firms
    ]
    slots = [firm for firm, count in zip(firms, places, strict=True) for _ in range(count)]
    target = round(average * len(firms))
    while len(slots) < target:
        slots.append(draws.pick(firms))
    for firm in firms:  # every partnering firm keeps one tie when slots are cut
        slots.remove(firm)
    named = {row["org_id"] for pair in told for row in pair}
    others = [firm for firm in firms if firm["org_id"] not in named]
    slots = draws.shuffled(others + draws.shuffled(slots)[: target - len(told) - len(others)])
    degree = {row["org_id"]: 1.0 for row in people}
    pairs = list(told)
    seen = {(a["org_id"], b["org_id"]) for a, b in told}
    first = draws.shuffled([row for row in people if row["org_id"] not in named])
    for rank in range(len(slots)):
        if rank < len(first) and not _free(first[rank], slots[rank], seen):
            other = next(
                place for place in range(rank + 1, len(slots)) if _free(first[rank], slots[place], seen)
            )
            slots[rank], slots[other] = slots[other], slots[rank]
        firm = slots[rank]
        near = [row for row in people if row["epci_id"] == firm["epci_id"]]
        pool = near if draws.chance(values["same_epci_share"]) else people
        partner = (
            first[rank]
            if rank < len(first)
            else draws.weighted(pool, [degree[row["org_id"]] for row in pool])
        )
        for _ in range(_TRIES):
            if _free(partner, firm, seen):
                break
            partner = draws.weighted(people, [degree[row["org_id"]] for row in people])
        else:
            partner = next(row for row in people if _free(row, firm, seen))
        seen.add((partner["org_id"], firm["org_id"]))
        degree[partner["org_id"]] += 1
        pairs.append((partner, firm))
    return pairs


def _authority_pairs(
    values: Values, people: list[Row], bodies: list[Row], told: list[Pair], draws: Draws
) -> list[Pair]:
    pairs = []
    for row in people:
        there = [body for body in bodies if _met(row, body)]
        own = [body for body in there if body["municipality_code"] == row["municipality_code"]]
        area = [body for body in there if body["epci_id"] == row["epci_id"] and body["subkind"] == "epci"]
        chosen = [b for a, b in told if a["org_id"] == row["org_id"]] or [draws.pick(own or area)]
        if draws.chance(values["authority_ties_per_association"] - 1):
            chosen.append(area[0])
        pairs += [(row, body) for body in {body["org_id"]: body for body in chosen}.values()]
    return pairs


def _other_pairs(values: Values, count: int, rows: list[Row], told: list[Pair], draws: Draws) -> list[Pair]:
    share = values["other_ties_from_associations"]
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in ("association", "company")}
    ends = [row for row in rows if row["kind"] in {"foundation", "academic"}]
    pairs = {(a["org_id"], b["org_id"]): (a, b) for a, b in told}
    while len(pairs) < count:
        end = draws.pick(ends)
        start = draws.pick(kinds["association" if draws.chance(share) else "company"])
        if _free(start, end, pairs):
            pairs[start["org_id"], end["org_id"]] = (start, end)
    return list(pairs.values())


def _years(values: Values, a: Row, b: Row, entry: int, draws: Draws) -> tuple[int, int | str]:
    """Return when a tie starts and ends; it starts in or after 2012 unless it was older, never in 2020."""
    low = max(entry, a["year_created"], b["year_created"])
    last = min(LAST_YEAR, a["year_closed"] or LAST_YEAR, b["year_closed"] or LAST_YEAR)
    first, latest = values["tie_start_years"]
    start = min(draws.whole(max(low, first), max(low, latest)), last)
    if start == CRISIS:  # the ties of 2020 are those that the survey's share of new ones says
        start = draws.whole(max(low, first), CRISIS - 1) if low < CRISIS else min(CRISIS + 1, last)
    end = start + 1 + geometric(draws.unit(), values["tie_end_hazard"])
    limit = a["year_closed"] or b["year_closed"]
    if end > last:
        return start, max(start, last) if limit else ""
    return start, end


def _readings(values: Values, count: int, draws: Draws) -> list[tuple[str, str]]:
    """Return the family that each side sees: own margins a side, often one draw for both."""
    sides = []
    common = draws.strata(count)
    same = [draws.chance(values["same_reading_share"]) for _ in range(count)]
    order = ("giving", "responsible_practices", "economic_cooperation", "societal_innovation")
    for side in ("associations", "companies"):
        shares = values[f"family_seen_by_{side}"]
        free = draws.shuffled([unit for unit, kept in zip(common, same, strict=True) if not kept])
        labels = []
        whole = sum(shares.values())
        for unit, kept in zip(common, same, strict=True):
            aim, total = (unit if kept else free.pop()) * whole, 0
            for family in order:
                total += shares[family]
                if aim < total:
                    break
            labels.append(family)
        sides.append(labels)
    return list(zip(*sides, strict=True))


def _gifts(values: Values, rows: list[Row], firms: list[Row], draws: Draws) -> None:
    """Give money to ties read as giving by the company: one yearly amount a company, split over them."""
    classes = {"10_49": "sme", "50_249": "sme", "250_999": "mid_cap", "1000_plus": "large"}
    giving: dict[str, list[Row]] = {}
    for row in rows:
        if row["family_seen_by_b"] == "giving":
            giving.setdefault(row["org_b"], []).append(row)
    by_class: dict[str, list[str]] = {}
    for firm in firms:
        if firm["org_id"] in giving:
            by_class.setdefault(classes[firm["subkind"]], []).append(firm["org_id"])
    for label, members in by_class.items():
        target = values["gift_mean_eur"][label]
        units = draws.strata(len(members))
        raw = [lognormal(unit, 1.0, values["gift_sigma"]) for unit in units]
        factor = target / mean(raw)
        for name, value in zip(members, raw, strict=True):
            part = max(values["least_gift_eur"], int(round(value * factor, 3)) // len(giving[name]))
            for row in giving[name]:
                row["amount_eur"] = part


def _shock(values: Values, rows: list[Row], draws: Draws) -> None:
    """Mark the state of live ties in 2020, in the published shares; part of the uncertain ones end.

    Those of the story have theirs already.
    """
    live = [
        row
        for row in rows
        if row["year_start"] < CRISIS and (row["year_end"] or LAST_YEAR) > CRISIS and not row["state_2020"]
    ]
    states = draws.quota(values["shock_2020"], len(live))
    for row, state in zip(live, states, strict=True):
        row["state_2020"] = state
        if state == "new":
            row["year_start"] = CRISIS
        if state == "uncertain" and not draws.chance(values["uncertain_kept_share"]):
            row.update(year_end=CRISIS + 1, end_reason="crisis_2020")


def _story(values: Values, organisations: list[Row]) -> dict[tuple[str, str], tuple[Pair, Row]]:
    """Return the ties that ``val_commun.md`` tells: who, and the cells that nothing draws."""
    known = {row["actor_id"]: row for row in organisations if row["actor_id"]}
    found: dict[tuple[str, str], tuple[Pair, Row]] = {}
    for entry in values["story_ties"]:
        a, b = known[entry["a"]], known[entry["b"]]
        cells = {
            name: entry.get(name, "")
            for name in (
                "year_start", "year_end", "end_reason", "family_seen_by_a", "family_seen_by_b", "amount_eur",
                "state_2020",
            )
        }  # fmt: skip
        cells |= {name: entry.get(name, False) for name in ("in_kind", "formalised")}
        found[a["org_id"], b["org_id"]] = ((a, b), cells | {"scale": "local"})
    return found


def ties(values: Values, organisations: list[Row], draws: Draws) -> list[Row]:
    """Return the ties: ``org_a`` an association or a company, ``org_b`` its company or other body."""
    kinds = {kind: [row for row in organisations if row["kind"] == kind] for kind in values["organisations"]}
    companies = kinds["company"]
    score = [round(draws.unit() + 2 * bool(row["actor_id"]), 9) for row in companies]
    firms = _tied(companies, values["partnering_company_share"], score)
    people = _partnering_associations(values, kinds["association"], draws)
    bodies = [row for row in kinds["public_body"] if row["subkind"] in {"municipality", "epci"}]
    story = _story(values, organisations)
    told = {kind: [pair for pair, _ in story.values() if pair[1]["kind"] == kind] for kind in kinds}
    pairs = _company_pairs(values, people, firms, told["company"], draws)
    readings = _readings(values, len(pairs), draws)
    scales = draws.quota(values["company_scale"], len(pairs))
    pairs += _authority_pairs(
        values, _with_authority(values, kinds["association"], draws), bodies, told["public_body"], draws
    )
    pairs += _other_pairs(
        values, values["ties"] - len(pairs), organisations, told["foundation"] + told["academic"], draws
    )
    old = set(
        draws.shuffled([row["org_id"] for row in firms])[
            : round(values["partnering_before_2012_share"] * len(firms))
        ]
    )
    municipal = values["subsidy_median_eur"] / values["municipal_divisor"]
    oldest: int = values["oldest_tie_year"]
    entry = values["company_entry_years"]
    entries: dict[str, int] = {
        row["org_id"]: oldest if row["org_id"] in old else draws.whole(*entry) for row in firms
    }
    rows: list[Row] = []
    for rank, (a, b) in enumerate(pairs):
        with_company = rank < len(readings)
        start, end = _years(values, a, b, entries.get(b["org_id"], entries.get(a["org_id"], oldest)), draws)
        row: Row = {
            "tie_id": f"t{rank + 1:04d}",
            "org_a": a["org_id"],
            "org_b": b["org_id"],
            "year_start": start,
            "year_end": end,
            "family_seen_by_a": readings[rank][0] if with_company else "",
            "family_seen_by_b": readings[rank][1] if with_company else "",
            "intensity": 1 + int(4 * draws.unit() ** values["intensity_power"]),
            "amount_eur": "",
            "in_kind": draws.chance(values["in_kind_share"]),
            "scale": scales[rank] if with_company else "local",
            "formalised": draws.chance(values["formalised_share"]),
            "state_2020": "",
            "end_reason": "",
        }
        if not with_company and b["kind"] == "public_body":
            amount = lognormal(draws.unit(), municipal, values["authority_amount_sigma"])
            row["amount_eur"] = max(values["least_amount_eur"], int(amount / 10) * 10)
        rows.append(row | (story[a["org_id"], b["org_id"]][1] if (a["org_id"], b["org_id"]) in story else {}))
    _gifts(values, rows, firms, draws)
    _shock(values, rows, draws)
    reasons = values["end_reasons"]
    for row in rows:
        if row["year_end"] and not row["end_reason"]:
            row["end_reason"] = draws.weighted(list(reasons), list(reasons.values()))
    return rows
