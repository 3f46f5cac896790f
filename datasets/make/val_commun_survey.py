"""The survey of spring 2020 (``syn_survey_2020``): answers that mislead unless they are weighted.

Employers and large budgets answer more, as planned in the parameters; ``weight`` brings the shares of the
population back. Shares of answers are set by stratum so that the weighted whole is the published one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from val_commun_draws import Draws, apportion

__all__ = ["survey"]

Row = dict[str, Any]
Values = dict[str, Any]

_CLASSES: Final = ("under_10k", "10k_to_500k", "over_500k")


def _cells(values: Values) -> list[tuple[bool, str, float, float]]:
    """Return employer, budget class, share of the population and share of the answers, a row a stratum."""
    share, sample = values["employer_population_share"], values["survey_employer_share"]
    mix, shares = values["employer_budget_mix"], values["budget_class_shares"]
    large = values["survey_large_budget_share"]
    middle = values["survey_mid_budget_share"]
    small = (shares["under_10k"] - share * mix["under_10k"]) / (1 - share)
    population = {
        (True, "under_10k"): share * mix["under_10k"],
        (True, "10k_to_500k"): share * (1 - mix["under_10k"] - mix["over_500k"]),
        (True, "over_500k"): share * mix["over_500k"],
        (False, "under_10k"): (1 - share) * small,
        (False, "10k_to_500k"): (1 - share) * (1 - small),
    }
    answers = {
        (True, "under_10k"): sample * (1 - middle["employer"] - large),
        (True, "10k_to_500k"): sample * middle["employer"],
        (True, "over_500k"): sample * large,
        (False, "under_10k"): (1 - sample) * (1 - middle["non_employer"]),
        (False, "10k_to_500k"): (1 - sample) * middle["non_employer"],
    }
    return [(*cell, round(population[cell], 9), round(answers[cell], 9)) for cell in population]


def _shares(values: Values) -> dict[bool, dict[str, float]]:
    """Return the shares of states among employers and others; the weighted whole is the published one."""
    whole, first = values["shock_2020"], values["survey_state_employers"]
    share = values["employer_population_share"]
    rest = {state: round((whole[state] - share * first[state]) / (1 - share), 6) for state in whole}
    return {True: dict(first), False: rest}


def survey(values: Values, draws: Draws) -> list[Row]:
    """Return 1 500 answers. ``activity_pct``: share of a normal spring's activity; weights average to 1."""
    total, answers = values["survey_rows"], values["survey_answers"]
    low_end, most = answers["quiet_below_pct"], answers["most_activity_pct"]
    powers, day = answers["activity_powers"], date.fromisoformat(answers["first_day"])
    cash, resume = answers["most_cash_months"], answers["intends_to_resume"]
    states, share = _shares(values), values["employer_population_share"]
    low, first = values["low_activity_share"], values["low_activity_share_of_employers"]
    below = {True: first, False: round((low - share * first) / (1 - share), 6)}
    rows: list[Row] = []
    cells = _cells(values)
    seats = apportion({f"{employer}:{label}": part for employer, label, _, part in cells}, total)
    for employer, label, population, _ in cells:
        count = seats.count(f"{employer}:{label}")
        quiet = draws.quota({"quiet": below[employer], "active": 1 - below[employer]}, count)
        domains = draws.quota(values["domain_shares"], count)
        areas = draws.quota(values["epci_shares"], count)
        for state, level, domain, area in zip(
            draws.quota(states[employer], count), quiet, domains, areas, strict=True
        ):
            worse = "worse" if state in {"weakened", "tense"} else "others"
            aids = [
                name
                for name, chance in values["aids_share"].items()
                if name != "none" and draws.chance(chance)
            ]
            aids = [name for name in aids if employer or name != "short_time_work"]
            activity = (
                int(low_end * draws.unit() ** powers["quiet"])
                if level == "quiet"
                else low_end + int((most - low_end + 1) * draws.unit() ** powers["active"])
            )
            rows.append(
                {
                    "domain": domain,
                    "budget_class": label,
                    "employer": employer,
                    "headcount": 1 + int(answers["headcount_span"][label] * draws.unit() ** 2)
                    if employer
                    else 0,
                    "epci_id": area,
                    "answer_date": (day + timedelta(days=draws.whole(0, answers["days"]))).isoformat(),
                    "activity_pct": activity,
                    "partnership_state": state,
                    "aids_asked": ";".join(aids) or "none",
                    "cash_months": draws.whole(0, cash[worse]),
                    "intends_to_resume": draws.weighted(list(resume), list(resume.values())),
                    "weight": round(population * total / count, 4),
                }
            )
    rows = draws.shuffled(rows)
    return [{"answer_id": f"q{rank:04d}", **row} for rank, row in enumerate(rows, start=1)]
