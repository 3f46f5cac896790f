"""What a change of rule does.

Which readings change, how far each weight matters, how the rule compares with readings made by people.
These are questions about the rule, not about the cases: where a reading turns on one point, the case
deserves a discussion rather than a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from alliances.i18n import text
from alliances.logic.typology_reading import Reading, read
from alliances.logic.typology_rule import DEFAULT_RULE, Rule
from alliances.logic.typology_words import check_family

__all__ = ["Change", "Effect", "TeamMatch", "compare_rules", "compare_with_team", "sensitivity"]


@dataclass(frozen=True)
class Change:
    """A case that two rules read differently.

    ``what`` is ``leaders`` when other families lead, ``certainty`` when the same lead otherwise surely.
    """

    case_id: str
    before: Reading
    after: Reading
    what: Literal["leaders", "certainty"]


@dataclass(frozen=True)
class Effect:
    """What moving one weight by ``step`` points does: the cases whose leading families change."""

    criterion: str
    value: str
    family: str
    step: float
    changed: tuple[str, ...]


@dataclass(frozen=True)
class TeamMatch:
    """How the rule's readings lie against those of the team, by case.

    Attributes:
        same: the rule has one leader, and it is the team's family.
        shared: a tie that includes the team's family.
        admissible: another leader, which the team lists among the admissible readings.
        other: another leader, not listed.
        unread: too few criteria are known for the rule to propose a reading.
    """

    same: tuple[str, ...]
    shared: tuple[str, ...]
    admissible: tuple[str, ...]
    other: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of all cases that the rule alone reads as the team does (ties do not count): 0 to 1.

        Raises:
            ValueError: there is no case.
        """
        places = (self.same, self.shared, self.admissible, self.other, self.unread)
        count = sum(map(len, places))
        if not count:
            raise ValueError(text("typology.no_case"))
        return len(self.same) / count


def _name(row: Mapping[str, object], position: int) -> str:
    return str(row["case_id"]) if "case_id" in row else str(position)


def compare_rules(rows: Iterable[Mapping[str, object]], rule_a: Rule, rule_b: Rule) -> tuple[Change, ...]:
    """Return the cases that ``rule_b`` reads otherwise than ``rule_a``, in the order of ``rows``.

    A case is named by its ``case_id``, else by its position from 0. Totals that move without moving
    leaders or certainty are no change, nor is anything in a case that neither rule can read.

    Raises:
        ValueError: a row cannot be read.
    """
    changes = []
    for position, row in enumerate(rows):
        before, after = read(row, rule_a), read(row, rule_b)
        if before.certainty == after.certainty == "insufficient":
            continue
        if before.leaders != after.leaders:
            changes.append(Change(_name(row, position), before, after, "leaders"))
        elif before.certainty != after.certainty:
            changes.append(Change(_name(row, position), before, after, "certainty"))
    return tuple(changes)


def sensitivity(
    rows: Iterable[Mapping[str, object]], rule: Rule = DEFAULT_RULE, step: float = 1.0
) -> tuple[Effect, ...]:
    """Move each line of the rule by ``step`` points up, then down; return the effects, greatest first.

    Raises:
        ValueError: a row cannot be read, or ``step`` is not positive.
    """
    if not step > 0:
        raise ValueError(text("typology.bad_step", found=step))
    cases = list(rows)
    effects = []
    for line in rule.weights:
        for move in (step, -step):
            other = rule.changed(line.criterion, line.value, line.family, line.points + move)
            changes = compare_rules(cases, rule, other)
            changed = tuple(change.case_id for change in changes if change.what == "leaders")
            effects.append(Effect(line.criterion, line.value, line.family, move, changed))
    return tuple(sorted(effects, key=lambda effect: -len(effect.changed)))


def compare_with_team(
    rows: Iterable[Mapping[str, object]], rule: Rule = DEFAULT_RULE, column: str = "team_reading"
) -> TeamMatch:
    """Set the rule's leaders beside the readings of people in ``column``.

    The column ``admissible`` (``family:criterion+criterion;family:…``) is read when a row has it. The
    rule is not meant to agree everywhere: a gap shows where the definitions leave room.

    Raises:
        ValueError: a row cannot be read, or its reading is not one of the five families.
    """
    found: dict[str, list[str]] = {"same": [], "shared": [], "admissible": [], "other": [], "unread": []}
    for position, row in enumerate(rows):
        family = str(row[column])
        check_family(family)
        reading = read(row, rule)
        leaders = reading.leaders
        listed = {part.split(":")[0].strip() for part in str(row.get("admissible", "")).split(";")}
        if reading.certainty == "insufficient":
            place = "unread"
        elif leaders == (family,):
            place = "same"
        elif family in leaders:
            place = "shared"
        elif listed.intersection(leaders):
            place = "admissible"
        else:
            place = "other"
        found[place].append(_name(row, position))
    return TeamMatch(**{place: tuple(cases) for place, cases in found.items()})
