"""Cases compared as conditions and an outcome: the truth table of crisp-set QCA, consistency and coverage.

Qualitative comparative analysis: C. C. Ragin, *The Comparative Method*, 1987. Consistency and coverage:
C. C. Ragin, « Set relations in social research: evaluating their consistency and coverage », *Political
Analysis* 14 (3), 2006, pages 291 to 310. It looks for conditions that go with an outcome in the cases at
hand. It does not measure an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from alliances.i18n import text

__all__ = [
    "MOST_CONDITIONS",
    "Fit",
    "Row",
    "TruthTable",
    "as_binary",
    "necessity",
    "sufficiency",
    "truth_table",
]

MOST_CONDITIONS: Final = 5  # 32 configurations: more would leave nearly all of them empty here
_TRUE: Final = frozenset({"1", "true", "yes"})
_FALSE: Final = frozenset({"0", "false", "no"})


def as_binary(value: object) -> int | None:
    """Return 1 for what is true (``True``, 1, « yes »), 0 for what is false, None for anything else."""
    if isinstance(value, str):
        word = value.strip().lower()
        return 1 if word in _TRUE else 0 if word in _FALSE else None
    try:
        # Booleans and whole numbers of numpy and pandas compare as Python's own; a missing value refuses.
        return 1 if value == 1 else 0 if value == 0 else None
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Row:
    """One ``configuration``: 0 or 1 a condition; ``cases`` names those that are so.

    ``positive`` of them have the outcome.
    """

    configuration: tuple[int, ...]
    cases: tuple[str, ...]
    positive: int

    @property
    def consistency(self) -> float | None:
        """Share of these cases that have the outcome, 0 to 1; None without a case."""
        return self.positive / len(self.cases) if self.cases else None

    @property
    def outcome(self) -> str:
        """Return ``1`` or ``0`` where all cases agree, ``C`` for a contradiction, ``?`` without a case."""
        if not self.cases:
            return "?"
        return "1" if self.positive == len(self.cases) else "0" if self.positive == 0 else "C"


@dataclass(frozen=True)
class TruthTable:
    """Every configuration of the conditions, observed or not, first condition slowest, 0 before 1.

    ``left_out`` names the cases of which a condition or the outcome is not known; ``with_outcome`` those that
    have the outcome.
    """

    conditions: tuple[str, ...]
    outcome: str
    rows: tuple[Row, ...]
    with_outcome: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases compared."""
        return tuple(name for row in self.rows for name in row.cases)

    @property
    def observed(self) -> tuple[Row, ...]:
        """The configurations that have a case."""
        return tuple(row for row in self.rows if row.cases)

    @property
    def contradictions(self) -> tuple[Row, ...]:
        """The configurations whose cases disagree on the outcome."""
        return tuple(row for row in self.rows if row.outcome == "C")

    def row(self, values: Sequence[int]) -> Row:
        """Return the row of a configuration."""
        return self.rows[int("".join(str(value) for value in values), 2)]


def truth_table(
    cases: Iterable[Mapping[str, object]],
    conditions: Sequence[str],
    outcome: str,
    *,
    name: str = "case_id",
) -> TruthTable:
    """Sort cases by configuration.

    Args:
        cases: one mapping a case: an identifier, and what ``as_binary`` reads for conditions and outcome.
        conditions: 1 to ``MOST_CONDITIONS`` names.
        outcome: name of the outcome.
        name: key of the identifier.

    Raises:
        ValueError: no condition, too many, one given twice, the outcome among them, a name that a case lacks,
            or two cases of one identifier.
    """
    wanted = tuple(conditions)
    if not 0 < len(wanted) <= MOST_CONDITIONS:
        raise ValueError(text("case_comparison.how_many", found=len(wanted), most=MOST_CONDITIONS))
    if len({*wanted, outcome}) <= len(wanted):
        raise ValueError(text("case_comparison.twice", names=", ".join((*wanted, outcome))))
    groups: dict[tuple[int, ...], list[str]] = {}
    positive: list[str] = []
    left_out: list[str] = []
    seen: set[str] = set()
    for case in cases:
        missing = [key for key in (name, *wanted, outcome) if key not in case]
        if missing:
            raise ValueError(text("case_comparison.no_column", names=", ".join(missing)))
        label = str(case[name])
        if label in seen:
            raise ValueError(text("case_comparison.same_case", name=label))
        seen.add(label)
        values = [as_binary(case[condition]) for condition in wanted]
        known = [value for value in values if value is not None]
        result = as_binary(case[outcome])
        if result is None or len(known) < len(values):
            left_out.append(label)
            continue
        groups.setdefault(tuple(known), []).append(label)
        if result:
            positive.append(label)
    have = set(positive)
    rows = tuple(
        Row(values, tuple(groups.get(values, ())), sum(one in have for one in groups.get(values, ())))
        for values in product((0, 1), repeat=len(wanted))
    )
    return TruthTable(wanted, outcome, rows, tuple(positive), tuple(left_out))


@dataclass(frozen=True)
class Fit:
    """How a set of cases lies against the outcome.

    ``both`` cases are in the set and have the outcome, ``condition`` are in the set, ``outcome`` have the
    outcome, ``total`` are compared. ``consistency`` and ``coverage`` run from 0 to 1; None where nothing
    can be divided.
    """

    both: int
    condition: int
    outcome: int
    total: int
    consistency: float | None
    coverage: float | None


def sufficiency(condition: Sequence[object], outcome: Sequence[object]) -> Fit:
    """Say how far the condition is enough: consistency is both ÷ condition, coverage both ÷ outcome.

    Pairs in which one value is unknown are left out.

    Raises:
        ValueError: the two are not of one length.
    """
    both, inside, positive, total = _counted(condition, outcome)
    return Fit(both, inside, positive, total, _share(both, inside), _share(both, positive))


def necessity(condition: Sequence[object], outcome: Sequence[object]) -> Fit:
    """Say how far the condition is needed: consistency is both ÷ outcome, coverage both ÷ condition.

    Raises:
        ValueError: the two are not of one length.
    """
    both, inside, positive, total = _counted(condition, outcome)
    return Fit(both, inside, positive, total, _share(both, positive), _share(both, inside))


def _counted(condition: Sequence[object], outcome: Sequence[object]) -> tuple[int, int, int, int]:
    if len(condition) != len(outcome):
        raise ValueError(text("case_comparison.lengths", one=len(condition), other=len(outcome)))
    read = [(as_binary(one), as_binary(other)) for one, other in zip(condition, outcome, strict=True)]
    pairs = [(one, other) for one, other in read if one is not None and other is not None]
    return (
        sum(one == other == 1 for one, other in pairs),
        sum(one for one, _ in pairs),
        sum(other for _, other in pairs),
        len(pairs),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
