"""A table of two readers' agreement, drawn so that every cohort has one of the same difficulty."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import LANGUAGES
from alliances.logic.rater_agreement import cohen_kappa_table
from alliances.logic.typology import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language
    from alliances.questions.source import Field

__all__ = ["agreement_table"]

CASES: Final = 20
_SIZE: Final = 4
_PAIRS: Final = tuple(combinations(range(_SIZE), 2))
_PUBLISHED: Final = (13, 120)  # cases read alike, sum of products of totals
_TRIES: Final = 100_000
_Table = list[list[int]]


def agreement_table(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:  # noqa: ARG001
    """Draw a table of 20 cases read by A (rows) and B (columns) in four families.

    As in the published table: 11 to 14 cases read alike; one pair of families confused most, both ways;
    every other pair at most once; one fullest cell, on the diagonal. The shares asked for are exact to two
    decimals, known errors lie outside the tolerance of the right value, and the 95 % interval of kappa
    excludes 0 without being narrow. Never the published figures.

    Returns:
        Counts ``n11`` … ``n44``, totals ``a1`` … ``a4`` and ``b1`` … ``b4``, products, shares, kappa and the
        values of known errors (shares from 0 to 1), interval, and the pairs of families in words.
    """
    for attempt in range(_TRIES):
        table, main = _drawn(chance, attempt)
        figures = _figures(table)
        if _same_difficulty(figures):
            return figures | _pairs(table, main, chance)
    raise AssertionError("no table")  # pragma: no cover - about one try in 60 succeeds


def _drawn(chance: Chance, attempt: int) -> tuple[_Table, tuple[int, int]]:
    def below(count: int, *labels: object) -> int:
        return chance.below(count, "agreement_table", attempt, *labels)

    table = [[0] * _SIZE for _ in range(_SIZE)]
    main = _PAIRS[below(len(_PAIRS), "main")]
    both_ways = 4 + below(2, "both ways")
    one_way = 1 + below(both_ways - 1, "one way")  # at least one case each way
    table[main[0]][main[1]], table[main[1]][main[0]] = one_way, both_ways - one_way
    others = [pair for pair in _PAIRS if pair != main]
    others.sort(key=lambda pair: below(1 << 32, "pair", *pair))
    for first, second in others[: 2 + below(3, "single")]:
        if below(2, "side", first, second):
            first, second = second, first  # noqa: PLW2901 - the two sides of one pair
        table[first][second] = 1
    left = CASES - sum(map(sum, table))
    cuts = sorted(below(left - _SIZE + 1, "cut", place) for place in range(_SIZE - 1))
    for place, (low, high) in enumerate(zip([0, *cuts], [*cuts, left - _SIZE], strict=True)):
        table[place][place] = 1 + high - low
    return table, main


def _figures(table: _Table) -> dict[str, Any]:
    a = [sum(row) for row in table]
    b = [sum(column) for column in zip(*table, strict=True)]
    diagonal = [table[place][place] for place in range(_SIZE)]
    alike, square = sum(diagonal), CASES * CASES
    products = _products(a, b)
    observed, expected = alike / CASES, products / square
    agreement = cohen_kappa_table(table)
    figures: dict[str, Any] = {
        f"n{row + 1}{column + 1}": table[row][column] for row in range(_SIZE) for column in range(_SIZE)
    }
    figures |= {f"a{place + 1}": total for place, total in enumerate(a)}
    figures |= {f"b{place + 1}": total for place, total in enumerate(b)}
    return figures | {
        "alike": alike, "apart": CASES - alike, "products": products, "fullest": max(diagonal),
        "fullest_count": diagonal.count(max(diagonal)), "fullest_place": diagonal.index(max(diagonal)),
        "observed": observed, "disagreed": round(1 - observed, 4), "expected": expected,
        "expected_cases": products / CASES, "a_squared": _products(a, a) / square,
        "b_squared": _products(b, b) / square, "gap": round(observed - expected, 4),
        "room": round(1 - expected, 4), "kappa": round(agreement.value, 4),
        "kappa_uniform": _kappa(observed, 1 / _SIZE), "kappa_a": _kappa(observed, _products(a, a) / square),
        "kappa_b": _kappa(observed, _products(b, b) / square),
        "kappa_over": round((observed - expected) / expected, 4),
        "low": agreement.low, "high": agreement.high,
    }  # fmt: skip


def _products(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(one * two for one, two in zip(first, second, strict=True))


def _kappa(observed: float, expected: float) -> float:
    return round((observed - expected) / (1 - expected), 4)


def _same_difficulty(f: dict[str, Any]) -> bool:
    exact = all(round(f[name] * 400) % 4 == 0 for name in ("expected", "a_squared", "b_squared"))
    one_fullest = f["fullest_count"] == 1 and f["fullest"] >= 5  # noqa: PLR2004 - above any confusion
    near = f["kappa"] * 100
    return (
        exact
        and one_fullest
        and (f["alike"], f["products"]) != _PUBLISHED
        and abs(near - round(near)) <= 0.25  # noqa: PLR2004 - two decimals round one way only
        and 0.1 <= f["low"] <= f["high"] - 0.4  # noqa: PLR2004 - excludes 0, and is not narrow
        and f["high"] <= 0.95  # noqa: PLR2004 - excludes complete agreement
        and _apart([f["observed"], f["disagreed"]], 0.02)
        and _apart([f["expected"], 0.25, f["a_squared"], f["b_squared"]], 0.015)
        and _apart([f[f"kappa{end}"] for end in ("", "_uniform", "_a", "_b", "_over")], 0.012)
        and _apart([f["kappa"], f["observed"], f["gap"]], 0.012)
    )


def _apart(values: Sequence[float], distance: float) -> bool:
    """Say whether the first value is far from all others, and the others distinct to two decimals."""
    first, *others = values
    return all(abs(first - value) >= distance for value in others) and all(
        abs(one - two) >= 0.0095  # noqa: PLR2004 - the tolerances of two known errors do not meet
        for one, two in combinations(others, 2)
    )


def _pairs(table: _Table, main: tuple[int, int], chance: Chance) -> dict[str, Any]:
    """Return the pairs that r04 names: the most confused, and two confused once."""
    # The short name: « Giving », not « Giving (mécénat) ».
    names = [{lang: family.label(lang).partition(" (")[0] for lang in LANGUAGES} for family in FAMILIES]
    once = [
        (row, column) for pair in _PAIRS if pair != main for row, column in (pair, pair[::-1])
        if table[row][column] == 1
    ]  # fmt: skip
    once.sort(key=lambda pair: chance.below(1 << 32, "agreement_table", "once", *pair))
    there, back = table[main[0]][main[1]], table[main[1]][main[0]]
    found: dict[str, Any] = {"main_there": there, "main_back": back, "main_sum": there + back}
    diagonal = [table[place][place] for place in range(_SIZE)]
    places = {"main": main, "once": once[0], "also": once[1]}
    for name, (first, second) in places.items():
        found |= _in_words(f"{name}_first", names[first]) | _in_words(f"{name}_second", names[second])
    return found | _in_words("fullest_family", names[diagonal.index(max(diagonal))])


def _in_words(name: str, words: Mapping[Language, str]) -> dict[str, dict[Language, str]]:
    """Return a family's name, and the same for the inside of a sentence."""
    inside = {lang: text[:1].lower() + text[1:] for lang, text in words.items()}
    return {name: dict(words), f"{name}_in": inside}
