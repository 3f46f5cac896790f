"""What few cases forbid to conclude: how often chance would do as well, and which case carries the formula.

Both tests shuffle the outcome among the cases and keep everything else; they are counted exactly. They
suppose that cases could have been dealt otherwise. Cases chosen because they are known were not: a small
probability proves no cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING, Final

from alliances.i18n import Language, format_percent, text
from alliances.logic.case_comparison import truth_table
from alliances.logic.case_comparison_minimise import minimise

if TYPE_CHECKING:
    from alliances.logic.case_comparison import Fit, TruthTable

__all__ = ["Caution", "cases_that_decide", "cautions", "chance_of_consistency", "chance_of_no_contradiction"]

_EASY: Final = 0.05  # probability from which chance alone is said to be enough
_THIN: Final = 2  # cases; a configuration with fewer rests on one


def chance_of_consistency(fit: Fit) -> float:
    """Return the probability that as many cases or more would be in both sets, were the outcome shuffled.

    The upper tail of the hypergeometric distribution, that is R. A. Fisher's exact test, one-sided.
    """
    total, inside, positive = fit.total, fit.condition, fit.outcome
    ways = sum(
        comb(inside, both) * comb(total - inside, positive - both)
        for both in range(fit.both, min(inside, positive) + 1)
    )
    return ways / comb(total, positive)


def chance_of_no_contradiction(table: TruthTable) -> float:
    """Return the probability that no row would be contradictory, were the outcome shuffled among the cases.

    A table is without contradiction when its positive cases fill whole rows: the ways to do so, over all ways
    to deal the same number of positive cases. 1 for a table without a case.
    """
    sizes = [len(row.cases) for row in table.observed]
    positive = len(table.with_outcome)
    ways = [1] + [0] * positive
    for size in sizes:
        for filled in range(positive, size - 1, -1):
            ways[filled] += ways[filled - size]
    return ways[positive] / comb(sum(sizes), positive)


def cases_that_decide(
    cases: Iterable[Mapping[str, object]],
    conditions: Sequence[str],
    outcome: str,
    *,
    name: str = "case_id",
) -> tuple[str, ...]:
    """Return the cases without which the shortest formulas for the outcome would not be the same.

    Raises:
        ValueError: as ``truth_table`` does.
    """
    listed = list(cases)
    whole = truth_table(listed, conditions, outcome, name=name)
    formulas = {formula.terms for formula in minimise(whole)}

    def without(label: str) -> set[object]:
        rest = [case for case in listed if str(case[name]) != label]
        return {formula.terms for formula in minimise(truth_table(rest, conditions, outcome, name=name))}

    return tuple(label for label in whole.cases if without(label) != formulas)


@dataclass(frozen=True)
class Caution:
    """One thing not to conclude; ``name`` is that of its sentence."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def text(self, lang: Language | None = None, *, titles: Mapping[str, str] | None = None) -> str:
        """Return the sentence; ``titles`` gives cases as the reader knows them."""

        def written(value: object) -> object:
            if isinstance(value, float):
                return format_percent(100 * value, 0, lang)
            if isinstance(value, tuple):
                known = {} if titles is None else titles
                return text("case_comparison.between", lang).join(known.get(name, name) for name in value)
            return value

        filled = {key: written(value) for key, value in self.values.items()}
        return text(f"case_comparison.caution_{self.name}", lang, **filled)


def cautions(table: TruthTable) -> tuple[Caution, ...]:
    """Return what a reader of this table must be told, most general first; the last holds for every table."""
    found = []
    compared, observed = len(table.cases), len(table.observed)
    if not compared:
        return (Caution("no_case"),)
    if table.left_out:
        found.append(
            Caution("left_out", {"count": len(table.left_out), "total": compared + len(table.left_out)})
        )
    if not 0 < len(table.with_outcome) < compared:
        found.append(Caution("one_outcome"))
    if observed < len(table.rows):
        found.append(
            Caution("limited_diversity", {"empty": len(table.rows) - observed, "rows": len(table.rows)})
        )
    thin = sum(len(row.cases) < _THIN for row in table.observed)
    if thin:
        found.append(Caution("thin", {"thin": thin, "observed": observed}))
    if table.contradictions:
        named = tuple(name for row in table.contradictions for name in row.cases)
        found.append(Caution("contradictions", {"count": len(table.contradictions), "cases": named}))
    elif 0 < len(table.with_outcome) < compared and (chance := chance_of_no_contradiction(table)) >= _EASY:
        found.append(Caution("chance", {"chance": chance}))
    return (*found, Caution("not_a_cause", {"count": compared}))
