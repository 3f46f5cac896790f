"""Intervals of agreement: the same by another road, their cover, and their honesty with few cases."""

from __future__ import annotations

import math
import random

import pytest

from alliances.logic.rater_agreement import cohen_kappa, cohen_kappa_table, fleiss_kappa
from alliances.logic.rater_intervals import student_quantile

PROPOSALS = [[20, 5], [10, 15]]

# Ten subjects, fourteen raters, five categories: the worked example reprinted for Fleiss' kappa.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def _delta_method_variance(table):
    """Return the variance of kappa by numerical derivatives: an independent way to the 1969 formula."""
    n = sum(map(sum, table))
    size = range(len(table))
    shares = {(i, j): table[i][j] / n for i in size for j in size}

    def kappa(p):
        observed = sum(p[i, i] for i in size)
        expected = sum(sum(p[i, j] for j in size) * sum(p[j, i] for j in size) for i in size)
        return (observed - expected) / (1 - expected)

    slopes = {}
    for cell in shares:
        up, down = dict(shares), dict(shares)
        up[cell] += 1e-6
        down[cell] -= 1e-6
        slopes[cell] = (kappa(up) - kappa(down)) / 2e-6
    mean = sum(slopes[cell] * share for cell, share in shares.items())
    return (sum(slopes[cell] ** 2 * share for cell, share in shares.items()) - mean**2) / n


@pytest.mark.parametrize(
    "table",
    [
        PROPOSALS,
        [[12, 3, 1], [2, 8, 1], [0, 4, 9]],
        [[30, 1, 2, 0], [3, 9, 1, 1], [0, 2, 14, 3], [1, 0, 2, 8]],
    ],
)
def test_interval_is_the_delta_methods(table):
    """The 1969 variance equals the one got by differentiating kappa numerically."""
    result = cohen_kappa_table(table)
    spread = 1.959964 * math.sqrt(_delta_method_variance(table))
    assert (result.low, result.high) == pytest.approx(
        (result.value - spread, result.value + spread), abs=1e-5
    )


def test_interval_covers_about_95_percent():
    """Over 600 draws of 60 cases, the interval holds the true kappa in 92 to 98 percent."""
    cells = [(i, j) for i in range(3) for j in range(3)]
    shares = [0.30, 0.05, 0.02, 0.06, 0.22, 0.04, 0.03, 0.05, 0.23]
    truth = cohen_kappa_table([[30, 5, 2], [6, 22, 4], [3, 5, 23]]).value
    generator = random.Random(1960)  # noqa: S311 - a simulation, seeded
    held = 0
    for _ in range(600):
        table = [[0] * 3 for _ in range(3)]
        for i, j in generator.choices(cells, shares, k=60):
            table[i][j] += 1
        result = cohen_kappa_table(table)
        held += result.low <= truth <= result.high
    assert 0.92 <= held / 600 <= 0.98


def test_jackknife_by_hand():
    """The interval is kappa plus or minus t times the standard error of the leave-one-out values."""
    values = [fleiss_kappa(FOURTEEN_RATERS[:left] + FOURTEEN_RATERS[left + 1 :]).value for left in range(10)]
    mean = sum(values) / 10
    error = math.sqrt(9 / 10 * sum((value - mean) ** 2 for value in values))
    result = fleiss_kappa(FOURTEEN_RATERS)
    assert result.high - result.value == pytest.approx(2.262157 * error, rel=1e-6)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (1, 12.7062),
        (2, 4.3027),
        (3, 3.1824),
        (4, 2.7764),
        (9, 2.2622),
        (11, 2.2010),
        (30, 2.0423),
        (120, 1.9799),
    ],
)
def test_student_quantiles(freedom, quantile):
    """The 97.5 % points are those of the printed tables."""
    assert student_quantile(freedom) == pytest.approx(quantile, abs=6e-5)


def test_unanimity_keeps_a_doubt():
    """Twelve cases read alike give kappa 1 with an exact lower bound well below 1, said so."""
    readings = list("aabbccddaabb")
    result = cohen_kappa(readings, readings)
    bound = 0.025 ** (1 / 12)
    assert result.value == 1
    assert result.low == pytest.approx((bound - result.expected) / (1 - result.expected))
    assert (result.high, result.method) == (1, "exact_bound")
    assert result.flags == ("small_sample", "exact_bound")
    unanimous = fleiss_kappa([[3, 0], [0, 3], [3, 0]])
    assert (unanimous.value, unanimous.method) == (1, "exact_bound")
    assert unanimous.low < 0.5


@pytest.mark.parametrize(
    "result",
    [
        cohen_kappa_table([[0, 5], [5, 0]]),
        fleiss_kappa([[1, 1], [1, 1]]),
        fleiss_kappa([[2, 1]]),
        fleiss_kappa([[3, 0], [2, 1]]),
    ],
    ids=["opposed", "no_spread", "one_case", "undefined_without_one"],
)
def test_no_interval_is_said(result):
    """Data that bear no interval give -1 to 1 and the flag, not a false precision."""
    assert (result.low, result.high, result.method) == (-1, 1, "not_estimable")
    assert "not_estimable" in result.flags


def test_clipped_interval_is_flagged():
    """An interval that would leave what kappa can be is cut, and says so."""
    result = cohen_kappa_table([[5, 0], [1, 4]])
    assert result.high == 1
    assert "clipped" in result.flags


def test_jackknife_cover_with_twelve_cases():
    """Over 200 draws of 12 cases by 8 raters, the jackknife holds the true kappa in 85 to 99 percent."""
    generator = random.Random(1971)  # noqa: S311 - a simulation, seeded

    def draw(cases):
        for _ in range(cases):
            favourite = generator.choices(range(5), (35, 20, 20, 15, 10))[0]
            weights = [68 if category == favourite else 8 for category in range(5)]
            readings = generator.choices(range(5), weights, k=8)
            yield [readings.count(category) for category in range(5)]

    large = list(draw(6000))
    counts = [sum(column) for column in zip(*large, strict=True)]
    observed = sum(sum(count * (count - 1) for count in row) / 56 for row in large) / len(large)
    expected = sum((count / sum(counts)) ** 2 for count in counts)
    truth = (observed - expected) / (1 - expected)
    held = 0
    for _ in range(200):
        result = fleiss_kappa(list(draw(12)))
        held += result.low <= truth <= result.high
    assert 0.85 <= held / 200 <= 0.99
