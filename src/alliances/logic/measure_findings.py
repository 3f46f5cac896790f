"""What rules find in the sheet of a measure, and why: what is missing, and what could not hold.

Three rules read words, and may be wrong: a target that is « everybody », an indicator that counts what is
done (meetings, leaflets), a stop rule without a figure. They say « to read again », never « wrong ». The
word lists and the share of common words are the course's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from alliances.logic.findings import Finding, Severity, Value, in_order, name_of
from alliances.logic.measure import Sheet, StopRule
from alliances.logic.theory_of_change import INDICATOR_FIELDS, Indicator

__all__ = ["RULES", "findings", "months_between"]

_LEAST_PARTNERS: Final = 2
_SAME_WORDS: Final = 0.6  # share of the shorter text's words that both hold
_LEAST_WORDS: Final = 2
_SHORTEST_WORD: Final = 4  # letters; shorter ones are mostly articles
_STEM: Final = 6  # letters compared, so that plurals and endings do not tell words apart

_EVERYBODY: Final = re.compile(
    r"\b(?:tout le monde|tous|toutes|grand public|population|everyone|everybody|general public"
    r"|all (?:residents|people|citizens))\b",
    re.IGNORECASE,
)
_ACTIVITY: Final = re.compile(
    r"\b(?:réunions?|ateliers?|séances?|sessions?|flyers?|affiches?|dépliants?|événements?|visites?|clics?"
    r"|meetings?|workshops?|leaflets?|posters?|events?|visits?|clicks?)\b",
    re.IGNORECASE,
)
# How many months lie between two readings, by the words people use; the first that fits.
_INTERVALS: Final = (
    (re.compile(r"semaine|week|jour|daily|day", re.IGNORECASE), 0.25),
    (re.compile(r"trimest|quarter", re.IGNORECASE), 3.0),
    (
        re.compile(r"semest|half[- ]year|deux fois par an|twice a year|six months|six mois", re.IGNORECASE),
        6.0,
    ),
    (re.compile(r"mois|mensuel|month", re.IGNORECASE), 1.0),
    (re.compile(r"\ban\b|année|annuel|year|annual", re.IGNORECASE), 12.0),
)

# By name; the order is that in which a reader should take them up.
RULES: Final = (
    "no_title",
    "no_problem",
    "problem_repeats_title",
    "no_target",
    "target_everybody",
    "few_partners",
    "partner_brings_nothing",
    "no_lever",
    "no_means",
    "no_dates",
    "no_indicator",
    *(f"no_{name}" for name in INDICATOR_FIELDS),
    "counts_activity",
    "owner_not_partner",
    "no_stop",
    "stop_without_figure",
    "stop_without_month",
    "stop_outside",
    "stop_before_reading",
    "stop_without_decider",
    "stop_without_after",
)


def findings(sheet: Sheet) -> tuple[Finding, ...]:
    """Return what the rules find, in the order of ``RULES``; none for a sheet that holds together."""
    found = [
        *_answers(sheet),
        *_partners(sheet),
        *_fields(sheet),
        *_indicator(sheet),
        *_stop(sheet),
    ]
    return in_order(found, RULES)


def _finding(rule: str, severity: Severity, sheet: Sheet, **values: Value) -> Finding:
    name = name_of(sheet.title) if sheet.title else sheet.id
    return Finding(f"measure.{rule}", (sheet.id,), severity, {"measure": name, **values})


def _stems(written: str) -> set[str]:
    found = re.findall(rf"[^\W\d_]{{{_SHORTEST_WORD},}}", written.casefold())
    return {word[:_STEM] for word in found}


def _answers(sheet: Sheet) -> Iterator[Finding]:
    """Look at what the measure answers, and for whom."""
    if not sheet.title:
        yield _finding("no_title", "missing", sheet)
    if not sheet.problem:
        yield _finding("no_problem", "missing", sheet)
    title, problem = _stems(sheet.title), _stems(sheet.problem)
    least = min(len(title), len(problem))
    if least >= _LEAST_WORDS and len(title & problem) >= _SAME_WORDS * least:
        yield _finding("problem_repeats_title", "warning", sheet)
    if not sheet.target:
        yield _finding("no_target", "missing", sheet)
    elif everybody := _EVERYBODY.search(sheet.target):
        yield _finding("target_everybody", "warning", sheet, found=name_of(everybody[0]))


def _partners(sheet: Sheet) -> Iterator[Finding]:
    if len(sheet.partners) < _LEAST_PARTNERS:
        yield _finding("few_partners", "missing", sheet, count=len(sheet.partners))
    silent = tuple(name_of(one.name) for one in sheet.partners if not one.brings)
    if silent:
        yield _finding("partner_brings_nothing", "missing", sheet, partners=silent)


def _fields(sheet: Sheet) -> Iterator[Finding]:
    if not sheet.lever:
        yield _finding("no_lever", "missing", sheet)
    if not sheet.means:
        yield _finding("no_means", "missing", sheet)
    if sheet.end is None:
        yield _finding("no_dates", "missing", sheet)


def _indicator(sheet: Sheet) -> Iterator[Finding]:
    indicator = sheet.indicator
    if indicator is None:
        yield _finding("no_indicator", "missing", sheet)
        return
    for name in INDICATOR_FIELDS:
        if not getattr(indicator, name):
            yield _finding(f"no_{name}", "missing", sheet)
    counted = _ACTIVITY.search(indicator.unit)
    if counted:
        yield _finding("counts_activity", "warning", sheet, found=name_of(counted[0]))
    partners = {" ".join(one.name.casefold().split()) for one in sheet.partners}
    owner = " ".join(indicator.owner.casefold().split())
    if owner and partners and owner not in partners:
        yield _finding("owner_not_partner", "warning", sheet, owner=name_of(indicator.owner))


def _stop(sheet: Sheet) -> Iterator[Finding]:
    stop = sheet.stop
    if stop is None:
        yield _finding("no_stop", "missing", sheet)
        return
    if not re.search(r"\d", stop.threshold):
        yield _finding("stop_without_figure", "missing", sheet)
    if stop.month is None:
        yield _finding("stop_without_month", "missing", sheet)
    else:
        yield from _moment(sheet, stop, stop.month)
    if not stop.decider:
        yield _finding("stop_without_decider", "missing", sheet)
    if not stop.after:
        yield _finding("stop_without_after", "missing", sheet)


def _moment(sheet: Sheet, stop: StopRule, month: int) -> Iterator[Finding]:
    """Say when a stop rule is read at a time when it can change nothing, or when nothing can be known."""
    if sheet.start is None or sheet.end is None:
        return
    if not sheet.start < month < sheet.end:
        yield _finding("stop_outside", "error", sheet, month=month, start=sheet.start, end=sheet.end)
        return
    interval = months_between(sheet.indicator)
    if interval is not None and stop.threshold and sheet.start + interval > month:
        yield _finding("stop_before_reading", "error", sheet, month=month, first=sheet.start + interval)


def months_between(indicator: Indicator | None) -> float | None:
    """Return how many months lie between two readings of an indicator; None where its words do not say."""
    if indicator is None:
        return None
    return next((months for words, months in _INTERVALS if words.search(indicator.frequency)), None)
