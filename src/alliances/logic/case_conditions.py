"""What can be compared between the documented cases: conditions and outcomes, true, false or not known.

Each is read from one column of the table ``cases`` by a rule that the tool shows. None says that an alliance
succeeded: for most cases nobody has measured it, which is the first thing that the comparison teaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.case_comparison import as_binary

__all__ = ["CONDITIONS", "OUTCOMES", "Condition", "binary_cases", "condition"]

_NO_RESULT: Final = "Résultat non trouvé"


@dataclass(frozen=True)
class Condition:
    """One thing to ask of a case; ``read`` returns 1, 0 or None."""

    id: str
    read: Callable[[Mapping[str, str]], int | None]

    def label(self, lang: Language | None = None) -> str:
        """Return its name."""
        return text(f"case_conditions.{self.id}", lang)

    def rule(self, lang: Language | None = None) -> str:
        """Say how it is read from the table."""
        return text(f"case_conditions.rule_{self.id}", lang)


def _named(column: str) -> Callable[[Mapping[str, str]], int | None]:
    return lambda row: int(bool(row[column].strip()))


def _answered(column: str) -> Callable[[Mapping[str, str]], int | None]:
    return lambda row: as_binary(row[column])


def _both_ways(row: Mapping[str, str]) -> int | None:
    return None if row["direction"] == "unknown" else int(row["direction"] == "both_ways")


def _outside(row: Mapping[str, str]) -> int | None:
    told = as_binary(row["self_reported"])
    return None if told is None else 1 - told


CONDITIONS: Final = (
    Condition("public", _named("public_actor_fr")),
    Condition("company", _named("company_actor_fr")),
    Condition("both_ways", _both_ways),
    Condition("priced_order", _answered("priced_order")),
    Condition("new_solution", _answered("new_solution")),
    Condition("joint_offer", _answered("joint_offer")),
    Condition("shared_decision", _answered("shared_decision")),
    Condition("wide", lambda row: int(row["scale"] in {"national", "international"})),
)
OUTCOMES: Final = (
    Condition("outside", _outside),
    Condition("figure", lambda row: int(not row["result_fr"].startswith(_NO_RESULT))),
)
_BY_ID: Final = {one.id: one for one in (*CONDITIONS, *OUTCOMES)}


def condition(name: str) -> Condition:
    """Return a condition or an outcome by its id.

    Raises:
        ValueError: there is none of this id; the message lists those that exist.
    """
    if name not in _BY_ID:
        raise ValueError(text("case_conditions.unknown", found=name, expected=", ".join(_BY_ID)))
    return _BY_ID[name]


def binary_cases(rows: Iterable[Mapping[str, str]]) -> list[dict[str, object]]:
    """Return, for each row of ``cases`` as texts, its identifier and every condition and outcome."""
    return [
        {"case_id": row["case_id"], **{name: one.read(row) for name, one in _BY_ID.items()}} for row in rows
    ]
