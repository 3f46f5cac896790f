"""A weight of the rule of reading, drawn, and what changes when it takes the place of the course's own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from alliances.course.files import read_text
from alliances.logic import typology

if TYPE_CHECKING:
    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.questions.source import Field

__all__ = ["rule_weight"]


def rule_weight(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:
    """Draw the weight of one place of the rule, among ``choose``.

    ``criterion``, ``value`` and ``family`` say which place. Cases are those of ``cases.csv``, which learners
    load.

    Returns:
        ``weight`` (points), and ``changed`` (cases that other families lead).

    Raises:
        SourceError: an option is missing or not one of the rule's.
    """
    fields = place.mapping(["make", "criterion", "value", "family", "choose"], [])
    criteria = {criterion.id: criterion.values for criterion in typology.CRITERIA}
    criterion = fields["criterion"].word(criteria)
    value = fields["value"].word(criteria[criterion])
    family = fields["family"].word([family.id for family in typology.FAMILIES])
    weights = [entry.whole() for entry in fields["choose"].entries(minimum=1)]
    weight = chance.pick(weights, "rule_weight", *place.keys)
    rule = typology.DEFAULT_RULE.changed(criterion, value, family, weight)
    cases = list(csv.DictReader(io.StringIO(read_text(tree.datasets / "cases.csv"))))
    before, after = (
        [reading.leaders for reading in typology.read_table(cases, one)]
        for one in (typology.DEFAULT_RULE, rule)
    )
    changed = sum(one != two for one, two in zip(before, after, strict=True))
    return {"weight": weight, "changed": changed}
