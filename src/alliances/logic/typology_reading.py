"""Reading a case by a rule: points a family, with what each criterion contributed.

``read`` adds up the rule's weights. It never returns a bare label: every family comes with the eight
contributions that make its total, and the certainty says when the rule does not know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from alliances.i18n import Language, format_number, text
from alliances.logic.typology_rule import DEFAULT_RULE, Rule
from alliances.logic.typology_words import CRITERIA, FAMILIES, UNKNOWN, check_value

__all__ = [
    "Certainty",
    "Contribution",
    "FamilyScore",
    "Reading",
    "explain",
    "features_of",
    "points_label",
    "read",
    "read_table",
]

Certainty = Literal["clear", "doubt", "tie", "insufficient"]

# Sums of a few weights typed with two decimals: what is closer than this is the same number of points.
_SAME: Final = 1e-9
_CRITERION: Final = {criterion.id: criterion for criterion in CRITERIA}
_FAMILY: Final = {family.id: family for family in FAMILIES}


@dataclass(frozen=True)
class Contribution:
    """What one criterion gives one family: ``points`` (0.0 when unknown or when the rule is silent)."""

    criterion: str
    value: str
    points: float


@dataclass(frozen=True)
class FamilyScore:
    """The total of one family, in points, and its eight contributions in the order of ``CRITERIA``."""

    family: str
    total: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Reading:
    """What a rule says of one case.

    Attributes:
        scores: the five families, highest total first, equal totals in the order of ``FAMILIES``.
        leaders: every family with the highest total; more than one in a tie.
        margin: points between the highest total and the next one, 0.0 in a tie.
        unknown: criteria that are not known, in the order of ``CRITERIA``.
        certainty: ``insufficient``, too few criteria are known; ``tie``, several leaders; ``doubt``, the
            lead is smaller than the rule's ``clear_margin``, or nothing speaks for any family (highest
            total 0 or less); ``clear`` otherwise.
    """

    scores: tuple[FamilyScore, ...]
    leaders: tuple[str, ...]
    margin: float
    unknown: tuple[str, ...]
    certainty: Certainty

    def score(self, family: str) -> FamilyScore:
        """Return the score of one family.

        Raises:
            KeyError: there is no such family.
        """
        return {score.family: score for score in self.scores}[family]

    def __str__(self) -> str:
        """Return the explanation in the current language."""
        return explain(self)


def features_of(row: Mapping[str, object]) -> dict[str, str]:
    """Return the eight criteria of a row, checked; one that the row lacks is ``unknown``.

    Other columns are left aside, so that a row of the table of cases can be given as it is.

    Raises:
        ValueError: a value is not one of its criterion's, or the row has none of the eight criteria.
    """
    if not any(criterion.id in row for criterion in CRITERIA):
        raise ValueError(text("typology.no_criterion", expected=", ".join(_CRITERION)))
    features = {}
    for criterion in CRITERIA:
        value = row.get(criterion.id, UNKNOWN)
        check_value(criterion.id, value)
        features[criterion.id] = str(value)
    return features


def read(features: Mapping[str, object], rule: Rule = DEFAULT_RULE) -> Reading:
    """Read one case: ``features`` maps criteria to values; other keys are left aside.

    Raises:
        ValueError: as ``features_of``.
    """
    known = features_of(features)
    unsorted = []
    for family in FAMILIES:
        contributions = tuple(
            Contribution(criterion, value, rule.points(criterion, value, family.id))
            for criterion, value in known.items()
        )
        total = math.fsum(part.points for part in contributions)
        unsorted.append(FamilyScore(family.id, total, contributions))
    scores = tuple(sorted(unsorted, key=lambda score: -score.total))
    best = scores[0].total
    leaders = tuple(score.family for score in unsorted if best - score.total < _SAME)
    margin = 0.0 if len(leaders) > 1 else best - scores[1].total
    unknown = tuple(criterion for criterion, value in known.items() if value == UNKNOWN)
    certainty: Certainty
    if len(CRITERIA) - len(unknown) < rule.min_known:
        certainty = "insufficient"
    elif len(leaders) > 1:
        certainty = "tie"
    elif margin < rule.clear_margin - _SAME or best < _SAME:
        certainty = "doubt"
    else:
        certainty = "clear"
    return Reading(scores, leaders, margin, unknown, certainty)


def read_table(rows: Iterable[Mapping[str, object]], rule: Rule = DEFAULT_RULE) -> list[Reading]:
    """Read every row, in order.

    Raises:
        ValueError: as ``read``.
    """
    return [read(row, rule) for row in rows]


def points_label(points: float, language: Language | None = None) -> str:
    """Write points with their sign, as few decimals as needed (at most two): ``+3``, ``−1,5``, ``0``."""
    rounded = round(points, 2)
    decimals = next(n for n in (0, 1, 2) if round(rounded, n) == rounded)
    sign = "+" if rounded > 0 else "\u2212" if rounded < 0 else ""
    return sign + format_number(abs(rounded), decimals, language)


def explain(reading: Reading, language: Language | None = None) -> str:
    """Say a reading in words: who leads and how surely, then each family's sum, then what is unknown."""
    names = text("typology.and", language).join(_FAMILY[leader].label(language) for leader in reading.leaders)
    unsupported = reading.certainty == "doubt" and reading.scores[0].total < _SAME
    verdict = text(
        f"typology.verdict_{'unsupported' if unsupported else reading.certainty}",
        language,
        families=names,
        margin=points_label(reading.margin, language),
        known=len(CRITERIA) - len(reading.unknown),
    )
    lines = [verdict]
    for score in reading.scores:
        parts = [
            f"{points_label(part.points, language)} ({criterion.label(language)}"
            f"{text('typology.colon', language)}{criterion.value_label(part.value, language)})"
            for part in score.contributions
            if part.points and (criterion := _CRITERION[part.criterion])
        ]
        total = points_label(score.total, language)
        name = _FAMILY[score.family].label(language) + text("typology.colon", language)
        lines.append(f"- {name}{total}" + (" = " + " ".join(parts) if parts else ""))
    if reading.unknown:
        missing = ", ".join(_CRITERION[criterion].label(language) for criterion in reading.unknown)
        lines.append(text("typology.unknown_list", language, criteria=missing))
    lines.append(text("typology.own_construction", language))
    return "\n".join(lines)
