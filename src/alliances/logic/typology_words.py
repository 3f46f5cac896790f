"""The words of the reading: five families of relation and the eight criteria by which a case is read.

Families: the four forms of partnership of Le RAMEAU's typology (restated from the PHARE survey, 2015, and
the ESSEC course « Les partenariats qui changent le monde », about 2016), and « no alliance », which the
course adds because own resources, a contract or a plain grant can be the right answer.
Criteria: the marks by which these definitions tell cases apart, and the test of alliance contract against
contract-exchange (Le RAMEAU, 2019). The choice of eight is the course's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alliances.i18n import Language, text

__all__ = [
    "CRITERIA",
    "FAMILIES",
    "UNKNOWN",
    "Criterion",
    "Family",
    "check_criterion",
    "check_family",
    "check_value",
]

UNKNOWN: Final = "unknown"
_YES_NO: Final = ("yes", "no", UNKNOWN)


@dataclass(frozen=True)
class Family:
    """One family of relation between organisations, known by its ``id``."""

    id: str

    def label(self, language: Language | None = None) -> str:
        """Return the family's name."""
        return text(f"typology.family_{self.id}", language)

    def definition(self, language: Language | None = None) -> str:
        """Return its definition in one sentence."""
        return text(f"typology.definition_{self.id}", language)


@dataclass(frozen=True)
class Criterion:
    """One feature of a case, with the values it can take; ``unknown`` is always one of them."""

    id: str
    values: tuple[str, ...]

    def label(self, language: Language | None = None) -> str:
        """Return the criterion's name."""
        return text(f"typology.criterion_{self.id}", language)

    def question(self, language: Language | None = None) -> str:
        """Return the question to ask of a case."""
        return text(f"typology.question_{self.id}", language)

    def value_label(self, value: str, language: Language | None = None) -> str:
        """Return the name of one value.

        Raises:
            ValueError: the criterion has no such value.
        """
        check_value(self.id, value)
        if value in _YES_NO:
            return text(f"typology.value_{value}", language)
        return text(f"typology.value_{self.id}_{value}", language)


FAMILIES: Final = tuple(
    Family(name)
    for name in (
        "giving", "responsible_practices", "economic_cooperation", "societal_innovation", "no_alliance",
    )
)  # fmt: skip

CRITERIA: Final = (
    Criterion("direction", ("to_association", "to_company", "both_ways", UNKNOWN)),
    *(
        Criterion(name, _YES_NO)
        for name in (
            "know_how", "joint_offer", "new_solution", "shared_risk", "shared_decision", "interdependence",
            "priced_order",
        )
    ),
)  # fmt: skip

_FAMILY_IDS: Final = tuple(family.id for family in FAMILIES)
_VALUES: Final = {criterion.id: criterion.values for criterion in CRITERIA}


def check_family(family: str) -> None:
    """Refuse a family that is not one of the five.

    Raises:
        ValueError: with the five names that exist.
    """
    if family not in _FAMILY_IDS:
        raise ValueError(text("typology.unknown_family", found=family, expected=", ".join(_FAMILY_IDS)))


def check_criterion(criterion: str) -> None:
    """Refuse a criterion that is not one of the eight.

    Raises:
        ValueError: with the eight names that exist.
    """
    if criterion not in _VALUES:
        raise ValueError(text("typology.unknown_criterion", found=criterion, expected=", ".join(_VALUES)))


def check_value(criterion: str, value: object) -> None:
    """Refuse a value that the criterion does not have.

    Raises:
        ValueError: with the criterion's values, or the names of the criteria if it is none of them.
    """
    check_criterion(criterion)
    if value not in _VALUES[criterion]:
        expected = ", ".join(_VALUES[criterion])
        raise ValueError(text("typology.unknown_value", criterion=criterion, found=value, expected=expected))
