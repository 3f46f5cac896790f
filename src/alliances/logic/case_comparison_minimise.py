"""The shortest formulas that cover the rows of a truth table: Quine–McCluskey, then all least covers.

W. V. Quine, « The problem of simplifying truth functions », 1952; E. J. McCluskey, « Minimization of Boolean
functions », *Bell System Technical Journal* 35, 1956. A formula is written as in QCA: ``A*~B + C`` reads « A
and not B, or C ».
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from alliances.logic.case_comparison import TruthTable

__all__ = ["MOST_SOLUTIONS", "Formula", "Term", "minimise", "prime_implicants", "shortest"]

MOST_SOLUTIONS: Final = 20  # formulas of equal length given, at most
Configuration = tuple[int, ...]


@dataclass(frozen=True, order=True)
class Term:
    """Conditions that hold together: 1 present, 0 absent, -1 does not matter."""

    values: tuple[int, ...]

    def covers(self, configuration: Sequence[int]) -> bool:
        """Say whether a configuration has what the term asks for."""
        return all(want in (-1, have) for want, have in zip(self.values, configuration, strict=True))

    @property
    def literals(self) -> int:
        """Number of conditions that it names."""
        return sum(value >= 0 for value in self.values)

    def write(self, conditions: Sequence[str]) -> str:
        """Return ``A*~B``; « 1 » for a term that asks for nothing."""
        named = zip(conditions, self.values, strict=True)
        return "*".join(name if value else f"~{name}" for name, value in named if value >= 0) or "1"


@dataclass(frozen=True)
class Formula:
    """Terms of which one at least must hold.

    Attributes:
        terms: in a stable order; none means « never ».
        consistency: share of the cases covered that have the outcome, 0 to 1; None when no case is covered.
        coverage: share of the cases with the outcome that are covered; None when none has it.
        raw: the same coverage, term by term.
        unique: share of the cases with the outcome that no other term covers, term by term.
    """

    terms: tuple[Term, ...]
    consistency: float | None
    coverage: float | None
    raw: tuple[float | None, ...]
    unique: tuple[float | None, ...]

    def write(self, conditions: Sequence[str]) -> str:
        """Return ``A*~B + C``; « 0 » for a formula that nothing satisfies."""
        return " + ".join(term.write(conditions) for term in self.terms) or "0"


def minimise(table: TruthTable, *, of: Literal[0, 1] = 1, remainders: bool = False) -> tuple[Formula, ...]:
    """Return every shortest formula for the outcome, or for its absence.

    Contradictory rows are never part of what is to be covered, and no formula may cover them.

    Args:
        table: the cases, sorted.
        of: 1 for the outcome, 0 for its absence.
        remainders: False gives the complex solution, from observed rows only; True the parsimonious one,
            which supposes the outcome in rows without a case wherever that makes the formula shorter.

    Returns:
        One formula or several of equal length, ``MOST_SOLUTIONS`` at most; one without terms if no row has
        the outcome.
    """
    ones = [row.configuration for row in table.rows if row.outcome == str(of)]
    spare = [row.configuration for row in table.rows if remainders and row.outcome == "?"]
    return tuple(_described(terms, table, of) for terms in shortest(ones, spare))


def prime_implicants(ones: Collection[Configuration], spare: Collection[Configuration] = ()) -> list[Term]:
    """Return the terms that cover none but ``ones`` and ``spare``, and lose that if they drop a condition."""
    primes: set[Term] = set()
    level = {Term(values) for values in (*ones, *spare)}
    while level:
        merged: set[Term] = set()
        above: set[Term] = set()
        for term in level:
            for place, value in enumerate(term.values):
                if value < 0:
                    continue
                twin = Term((*term.values[:place], 1 - value, *term.values[place + 1 :]))
                if twin in level:
                    merged.add(term)
                    above.add(Term((*term.values[:place], -1, *term.values[place + 1 :])))
        primes |= level - merged
        level = above
    return sorted(primes, key=_order)


def shortest(ones: Iterable[Configuration], spare: Iterable[Configuration] = ()) -> list[tuple[Term, ...]]:
    """Return the covers of ``ones`` with fewest terms, then fewest conditions, by prime implicants."""
    wanted = list(dict.fromkeys(ones))
    if not wanted:
        return [()]
    primes = [term for term in prime_implicants(wanted, list(spare)) if any(map(term.covers, wanted))]
    covered = {term: frozenset(values for values in wanted if term.covers(values)) for term in primes}
    widest = max(map(len, covered.values()))
    size = ceil(len(wanted) / widest)
    while True:
        found: set[tuple[Term, ...]] = set()
        _cover(frozenset(wanted), (), size, covered, widest, found)
        if found:
            fewest = min(sum(term.literals for term in cover) for cover in found)
            best = [cover for cover in found if sum(term.literals for term in cover) == fewest]
            return sorted(best, key=lambda cover: [_order(term) for term in cover])[:MOST_SOLUTIONS]
        size += 1


def _cover(  # noqa: PLR0913, PLR0917 - the state of a search
    left: frozenset[Configuration],
    chosen: tuple[Term, ...],
    size: int,
    covered: dict[Term, frozenset[Configuration]],
    widest: int,
    found: set[tuple[Term, ...]],
) -> None:
    """Add to ``found`` each cover of ``left`` by ``size`` more terms at most."""
    if not left:
        found.add(tuple(sorted(chosen, key=_order)))
        return
    if len(left) > size * widest:
        return
    # The row that fewest terms cover leaves least to try.
    hardest = min(sorted(left), key=lambda values: sum(values in cases for cases in covered.values()))
    for term, cases in covered.items():
        if hardest in cases:
            _cover(left - cases, (*chosen, term), size - 1, covered, widest, found)


def _order(term: Term) -> tuple[int, tuple[int, ...]]:
    # Few conditions first; then present before absent before « does not matter », condition by condition.
    return term.literals, tuple({1: 0, 0: 1, -1: 2}[value] for value in term.values)


def _described(terms: tuple[Term, ...], table: TruthTable, of: int) -> Formula:
    have = set(table.with_outcome)
    configuration = {name: row.configuration for row in table.rows for name in row.cases}
    wanted = {name for name in configuration if (name in have) == bool(of)}
    by_term = [{name for name, values in configuration.items() if term.covers(values)} for term in terms]
    inside = set().union(*by_term)
    others = [set().union(*(by_term[:place] + by_term[place + 1 :])) for place in range(len(terms))]
    return Formula(
        terms,
        len(inside & wanted) / len(inside) if inside else None,
        len(inside & wanted) / len(wanted) if wanted else None,
        tuple(len(cases & wanted) / len(wanted) if wanted else None for cases in by_term),
        tuple(
            len((cases & wanted) - rest) / len(wanted) if wanted else None
            for cases, rest in zip(by_term, others, strict=True)
        ),
    )
