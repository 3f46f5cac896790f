"""Families of relation between organisations, and a transparent reading of a case by a documented rule.

    from alliances.logic.typology import DEFAULT_RULE, compare_rules, read

    print(read({"direction": "both_ways", "joint_offer": "yes", "interdependence": "yes"}))
    stricter = DEFAULT_RULE.changed("joint_offer", "yes", "economic_cooperation", 2)
    compare_rules(cases, DEFAULT_RULE, stricter)

Words in ``typology_words``, weights and their reasons in ``typology_rule``, the reading itself in
``typology_reading``, its drawing in ``typology_figure``, comparisons of rules in ``typology_effects``; this
is the door to all of them.
"""

from __future__ import annotations

from alliances.logic.typology_effects import (
    Change,
    Effect,
    TeamMatch,
    compare_rules,
    compare_with_team,
    sensitivity,
)
from alliances.logic.typology_figure import reading_figure
from alliances.logic.typology_reading import (
    Certainty,
    Contribution,
    FamilyScore,
    Reading,
    explain,
    features_of,
    points_label,
    read,
    read_table,
)
from alliances.logic.typology_rule import DEFAULT_RULE, Rule, Weight
from alliances.logic.typology_words import CRITERIA, FAMILIES, UNKNOWN, Criterion, Family

__all__ = [
    "CRITERIA",
    "DEFAULT_RULE",
    "FAMILIES",
    "UNKNOWN",
    "Certainty",
    "Change",
    "Contribution",
    "Criterion",
    "Effect",
    "Family",
    "FamilyScore",
    "Reading",
    "Rule",
    "TeamMatch",
    "Weight",
    "compare_rules",
    "compare_with_team",
    "explain",
    "features_of",
    "points_label",
    "read",
    "read_table",
    "reading_figure",
    "sensitivity",
]
