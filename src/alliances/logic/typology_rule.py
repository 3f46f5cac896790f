"""The rule that reads a case: how many points each value of a criterion gives each family.

The definitions come from the sources named line by line; that they can be counted, and with these
numbers, is the course's own construction, neither made nor approved by Le RAMEAU. It is there to be
discussed and changed: ``Rule.changed``.

The scale of the weights:

====  ==========================================================================================
 +4   the mark that alone defines the family
 +3   one of the marks that define the family
 +1   a usual trait of the family
  0   nothing said by the definitions (no line)
 -1   a trait at odds with the family
 -2   a trait that its definition hardly bears
 -3   the reverse of a mark that defines the family
====  ==========================================================================================

Two balances keep a family from leading by construction, and a test holds them: whatever the case, each
family can reach at most +6 and at least -6 points.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.typology_words import CRITERIA, FAMILIES, UNKNOWN, check_family, check_value

__all__ = ["DEFAULT_RULE", "Rule", "Weight"]

_CHANGED: Final = "changed"


@dataclass(frozen=True)
class Weight:
    """One line of a rule: a case with this value gives this family ``points`` (may be negative).

    ``source`` names the definition the line restates: ``rameau_types``, ``rameau_contracts``,
    ``course`` (our own inference), or ``changed`` (set by hand on an existing rule).
    """

    criterion: str
    value: str
    family: str
    points: float
    source: str

    def why(self, language: Language | None = None) -> str:
        """Return the reason of the line in one sentence."""
        if self.source == _CHANGED:
            return text("typology.why_changed", language)
        return text(f"typology.why_{self.criterion}_{self.value}_{self.family}", language)

    def reference(self, language: Language | None = None) -> str:
        """Return the source of the line, as one reads it in a note."""
        return text(f"typology.source_{self.source}", language)


@dataclass(frozen=True)
class Rule:
    """A table of weights, and two thresholds that decide when a reading is doubtful.

    Attributes:
        weights: the lines; what has no line counts 0. At most one line a criterion, value and family.
        clear_margin: points by which the first family must lead the second for a clear reading (> 0).
        min_known: number of known criteria (0 to 8) below which a case is not read at all.

    Raises:
        ValueError: a line names an unknown word, weighs ``unknown``, or is written twice.
    """

    weights: tuple[Weight, ...]
    clear_margin: float = field(default=2.0, kw_only=True)
    min_known: int = field(default=4, kw_only=True)

    def __post_init__(self) -> None:
        """Check the words of every line."""
        seen = set()
        for line in self.weights:
            check_value(line.criterion, line.value)
            check_family(line.family)
            if line.value == UNKNOWN:
                raise ValueError(text("typology.unknown_weighed", criterion=line.criterion))
            place = (line.criterion, line.value, line.family)
            if place in seen:
                raise ValueError(text("typology.weight_twice", place=" / ".join(place)))
            seen.add(place)

    @cached_property
    def _table(self) -> dict[tuple[str, str, str], Weight]:
        return {(line.criterion, line.value, line.family): line for line in self.weights}

    def line(self, criterion: str, value: str, family: str) -> Weight | None:
        """Return the line at one place, or None when the rule says nothing there."""
        return self._table.get((criterion, value, family))

    def points(self, criterion: str, value: str, family: str) -> float:
        """Return the points given at one place, 0.0 when the rule says nothing there."""
        found = self.line(criterion, value, family)
        return found.points if found else 0.0

    def changed(self, criterion: str, value: str, family: str, weight: float) -> Rule:
        """Return a copy where one place weighs ``weight`` points; the rule itself stays as it is.

        Raises:
            ValueError: a word is not one of the course's, or ``value`` is ``unknown``: what is not
                known always counts 0.
        """
        new = Weight(criterion, value, family, float(weight), _CHANGED)
        kept = tuple(
            line
            for line in self.weights
            if (line.criterion, line.value, line.family) != (criterion, value, family)
        )
        return replace(self, weights=(*kept, new))

    def reach(self, family: str) -> tuple[float, float]:
        """Return the lowest and the highest total that any case can give ``family``.

        Raises:
            ValueError: there is no such family.
        """
        check_family(family)
        possible = [
            [self.points(criterion.id, value, family) for value in criterion.values] for criterion in CRITERIA
        ]
        return sum(map(min, possible)), sum(map(max, possible))


def _rule(*blocks: tuple[str, str, dict[str, tuple[float, str]]]) -> Rule:
    """Build a rule from blocks ``(criterion, value, {family: (points, source)})``."""
    return Rule(
        tuple(
            Weight(criterion, value, family.id, *block[family.id])
            for criterion, value, block in blocks
            for family in FAMILIES
            if family.id in block
        )
    )


_TYPES: Final = "rameau_types"
_CONTRACTS: Final = "rameau_contracts"
_COURSE: Final = "course"

# The reason of each line is in i18n/typology.toml, key why_<criterion>_<value>_<family>.
DEFAULT_RULE: Final = _rule(
    ("direction", "to_association", {
        "giving": (4, _TYPES),
        "responsible_practices": (-2, _TYPES),
        "economic_cooperation": (-1, _TYPES),
        "societal_innovation": (-1, _TYPES),
    }),
    ("direction", "to_company", {
        "giving": (-3, _TYPES),
        "responsible_practices": (3, _TYPES),
        "economic_cooperation": (-1, _TYPES),
        "societal_innovation": (-1, _TYPES),
    }),
    ("direction", "both_ways", {
        "giving": (-1, _TYPES),
        "economic_cooperation": (1, _TYPES),
        "societal_innovation": (1, _TYPES),
    }),
    ("know_how", "yes", {"responsible_practices": (3, _TYPES)}),
    ("know_how", "no", {"responsible_practices": (-3, _TYPES)}),
    ("joint_offer", "yes", {
        "responsible_practices": (-1, _COURSE),
        "economic_cooperation": (3, _TYPES),
        "no_alliance": (-1, _COURSE),
    }),
    ("joint_offer", "no", {"economic_cooperation": (-3, _TYPES)}),
    ("new_solution", "yes", {"societal_innovation": (3, _TYPES), "no_alliance": (-1, _COURSE)}),
    ("new_solution", "no", {"societal_innovation": (-3, _TYPES)}),
    ("shared_risk", "yes", {"societal_innovation": (1, _TYPES), "no_alliance": (-1, _COURSE)}),
    ("shared_risk", "no", {"societal_innovation": (-1, _TYPES), "no_alliance": (1, _COURSE)}),
    ("shared_decision", "yes", {"economic_cooperation": (1, _TYPES), "no_alliance": (-1, _COURSE)}),
    ("shared_decision", "no", {"no_alliance": (1, _COURSE)}),
    ("interdependence", "yes", {
        "giving": (-1, _CONTRACTS),
        "economic_cooperation": (1, _CONTRACTS),
        "societal_innovation": (1, _CONTRACTS),
        "no_alliance": (-2, _CONTRACTS),
    }),
    ("interdependence", "no", {
        "giving": (1, _CONTRACTS),
        "economic_cooperation": (-1, _CONTRACTS),
        "societal_innovation": (-1, _CONTRACTS),
        "no_alliance": (1, _CONTRACTS),
    }),
    ("priced_order", "yes", {
        "giving": (-2, _TYPES),
        "economic_cooperation": (-1, _COURSE),
        "no_alliance": (3, _COURSE),
    }),
    ("priced_order", "no", {"giving": (1, _TYPES)}),
)  # fmt: skip
