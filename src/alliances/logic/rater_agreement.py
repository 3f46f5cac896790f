"""How far people who sort the same cases agree, beyond what chance would give.

Two raters: Cohen's kappa (Cohen, « A coefficient of agreement for nominal scales », Educational and
Psychological Measurement, 1960). Several: Fleiss' kappa (Fleiss, « Measuring nominal scale agreement
among many raters », Psychological Bulletin, 1971). Both are (observed - expected) / (1 - expected).

No word of verdict (« moderate », « substantial ») is given: the usual grid of labels is a convention
without foundation in data, and kappa depends on how common each category is. What is given is an
interval, the name of its method, and flags when that interval deserves little trust.

A *table* is a square of counts, ``table[i][j]`` cases that the first rater put in category ``i`` and
the second in ``j``. *Counts* are a line a case: ``counts[c][k]`` raters who put case ``c`` in ``k``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from alliances.i18n import text
from alliances.logic.rater_intervals import (
    SMALL_SAMPLE,
    Agreement,
    flagged,
    jackknife_interval,
    unanimity_bound,
)

__all__ = [
    "SMALL_SAMPLE",
    "Agreement",
    "cohen_kappa",
    "cohen_kappa_table",
    "confusion",
    "expected_agreement",
    "fleiss_kappa",
    "observed_agreement",
    "per_case_agreement",
    "tally",
]

Table = tuple[tuple[int, ...], ...]
_Z: Final = 1.959963984540054  # the 97.5 % point of the normal law: intervals are at 95 %
_ROUNDING: Final = 1e-9


def confusion(a: Sequence[Hashable], b: Sequence[Hashable], categories: Sequence[Hashable]) -> Table:
    """Return the table of two raters: rows are the first's categories, columns the second's.

    Raises:
        ValueError: the two lists differ in length or are empty, or a reading is not in ``categories``.
    """
    first_readings, second_readings = list(a), list(b)  # a column of a table of pandas has no truth value
    if len(first_readings) != len(second_readings):
        raise ValueError(text("rater_agreement.lengths", a=len(first_readings), b=len(second_readings)))
    if not first_readings:
        raise ValueError(text("rater_agreement.empty"))
    place = {category: position for position, category in enumerate(categories)}
    counts = [[0] * len(place) for _ in place]
    for case, (first, second) in enumerate(zip(first_readings, second_readings, strict=True), start=1):
        for reading in (first, second):
            if reading not in place:
                names = ", ".join(map(str, place))
                raise ValueError(text("rater_agreement.category", case=case, found=reading, expected=names))
        counts[place[first]][place[second]] += 1
    return tuple(map(tuple, counts))


def _checked(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [list(map(int, row)) for row in table]
    if not rows or any(len(row) != len(rows) for row in rows):
        raise ValueError(text("rater_agreement.not_square"))
    if any(count < 0 for row in rows for count in row):
        raise ValueError(text("rater_agreement.negative"))
    if not sum(map(sum, rows)):
        raise ValueError(text("rater_agreement.empty"))
    return rows


def observed_agreement(table: Sequence[Sequence[int]]) -> float:
    """Return the share of cases that both raters read alike: the diagonal, 0 to 1.

    Raises:
        ValueError: the table is not a square of counts, or is empty.
    """
    rows = _checked(table)
    return sum(rows[i][i] for i in range(len(rows))) / sum(map(sum, rows))


def expected_agreement(table: Sequence[Sequence[int]]) -> float:
    """Return the agreement that chance would give two raters with the same habits, 0 to 1.

    Sum over categories of (share of the row) x (share of the column).

    Raises:
        ValueError: the table is not a square of counts, or is empty.
    """
    rows = _checked(table)
    n = sum(map(sum, rows))
    columns: list[int] = [sum(column) for column in zip(*rows, strict=True)]
    return math.fsum(sum(row) / n * column / n for row, column in zip(rows, columns, strict=True))


def _kappa(observed: float, expected: float) -> float:
    if 1 - expected < _ROUNDING:
        raise ValueError(text("rater_agreement.undefined"))
    return (observed - expected) / (1 - expected)


def cohen_kappa(
    a: Sequence[Hashable], b: Sequence[Hashable], categories: Sequence[Hashable] | None = None
) -> Agreement:
    """Return Cohen's kappa of two raters who read the same cases in the same order.

    ``categories`` default to those used; giving unused ones changes nothing.

    Raises:
        ValueError: as ``confusion``, or kappa is undefined because both always use one category.
    """
    used = sorted({*a, *b}, key=str) if categories is None else categories
    return cohen_kappa_table(confusion(a, b, used))


def cohen_kappa_table(table: Sequence[Sequence[int]]) -> Agreement:
    """Return Cohen's kappa of a table of counts, with a 95 % interval.

    The interval is kappa ± 1.96 standard errors, with the large-sample variance of Fleiss, Cohen and
    Everitt (Psychological Bulletin, 1969). When all cases are read alike this variance is 0, which would
    pretend to certainty: the interval is then the exact lower bound on the observed agreement
    (Clopper-Pearson, two-sided 95 %), carried to kappa with the expected agreement taken as known.

    Raises:
        ValueError: the table is not a square of counts, is empty, or kappa is undefined.
    """
    rows = _checked(table)
    n = sum(map(sum, rows))
    observed, expected = observed_agreement(rows), expected_agreement(rows)
    kappa = _kappa(observed, expected)
    if observed == 1:
        return flagged(
            kappa, observed, expected, n=n, raters=2, method="exact_bound",
            interval=(_kappa(unanimity_bound(n), expected), 1.0),
        )  # fmt: skip
    spread = _Z * math.sqrt(_fleiss_cohen_everitt(rows, kappa, expected))
    if spread < _ROUNDING:
        return flagged(kappa, observed, expected, n=n, raters=2, method="not_estimable", interval=(-1.0, 1.0))
    return flagged(
        kappa, observed, expected, n=n, raters=2, method="fleiss_cohen_everitt",
        interval=(kappa - spread, kappa + spread),
    )  # fmt: skip


def _fleiss_cohen_everitt(rows: Sequence[Sequence[int]], kappa: float, expected: float) -> float:
    """Return the large-sample variance of kappa."""
    n = sum(map(sum, rows))
    size = range(len(rows))
    row = [sum(line) / n for line in rows]
    column = [sum(line) / n for line in zip(*rows, strict=True)]
    diagonal = math.fsum(rows[i][i] / n * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in size)
    beside = math.fsum(rows[i][j] / n * (column[i] + row[j]) ** 2 for i in size for j in size if i != j)
    last = (kappa - expected * (1 - kappa)) ** 2
    return max(0.0, diagonal + (1 - kappa) ** 2 * beside - last) / (n * (1 - expected) ** 2)


def tally(
    readings: Iterable[tuple[Hashable, Hashable]], cases: Sequence[Hashable], categories: Sequence[Hashable]
) -> Table:
    """Count readings ``(case, category)``: a line a case, a column a category, in the orders given.

    Raises:
        ValueError: a reading names a case or a category that is not listed.
    """
    line = {case: position for position, case in enumerate(cases)}
    place = {category: position for position, category in enumerate(categories)}
    counts = [[0] * len(place) for _ in line]
    for case, category in readings:
        if case not in line:
            raise ValueError(text("rater_agreement.case", found=case))
        if category not in place:
            names = ", ".join(map(str, place))
            raise ValueError(text("rater_agreement.category", case=case, found=category, expected=names))
        counts[line[case]][place[category]] += 1
    return tuple(map(tuple, counts))


def _checked_counts(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [list(map(int, row)) for row in counts]
    if not rows:
        raise ValueError(text("rater_agreement.empty"))
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(text("rater_agreement.ragged"))
    if any(count < 0 for row in rows for count in row):
        raise ValueError(text("rater_agreement.negative"))
    for case, row in enumerate(rows, start=1):
        if sum(row) < 2:  # noqa: PLR2004 - agreement takes two
            raise ValueError(text("rater_agreement.lone_rater", case=case, found=sum(row)))
    return rows


def per_case_agreement(counts: Sequence[Sequence[int]]) -> tuple[float, ...]:
    """Return, for each case, the share of pairs of raters who agree on it, 0 to 1.

    Cases may have different numbers of raters, two at least.

    Raises:
        ValueError: a line has fewer than two raters, or the counts are empty, ragged or negative.
    """
    return tuple(
        sum(count * (count - 1) for count in row) / (sum(row) * (sum(row) - 1))
        for row in _checked_counts(counts)
    )


def _fleiss_parts(counts: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Return observed and expected agreement."""
    shares = per_case_agreement(counts)
    total = sum(map(sum, counts))
    by_category = [sum(column) for column in zip(*counts, strict=True)]
    return math.fsum(shares) / len(shares), sum(count * count for count in by_category) / (total * total)


def fleiss_kappa(counts: Sequence[Sequence[int]]) -> Agreement:
    """Return Fleiss' kappa of counts (a line a case, a column a category), with a 95 % interval.

    The variance that Fleiss published in 1971 (corrected in 1979) holds if agreement is mere chance; it
    serves to test that, not to make an interval. The interval is by the jackknife over cases with
    Student's law: in our simulations with 12 cases it held the true value in 87 to 98 % of draws, where
    percentiles of resampled cases did in 75 to 96 %; it needs no random numbers. When all raters agree on
    all cases: the exact lower bound on the share of unanimous cases, the others counted as no agreement.

    Raises:
        ValueError: as ``per_case_agreement``, cases have different numbers of raters, or kappa is
            undefined because one category only was used.
    """
    rows = _checked_counts(counts)
    raters = sum(rows[0])
    for case, row in enumerate(rows, start=1):
        if sum(row) != raters:
            raise ValueError(text("rater_agreement.unequal", case=case, found=sum(row), expected=raters))
    n = len(rows)
    observed, expected = _fleiss_parts(rows)
    kappa = _kappa(observed, expected)
    if observed == 1:
        return flagged(
            kappa, observed, expected, n=n, raters=raters, method="exact_bound",
            interval=(_kappa(unanimity_bound(n), expected), 1.0),
        )  # fmt: skip
    interval = jackknife_interval(rows, lambda cases: _kappa(*_fleiss_parts(cases)))
    return flagged(
        kappa, observed, expected, n=n, raters=raters, interval=interval or (-1.0, 1.0),
        method="jackknife" if interval else "not_estimable",
    )  # fmt: skip
