"""Chance for the generated tables: the same draws on every Python from 3.11 and in the browser.

Only ``random.Random(text).random()`` is called: its sequence is promised from one version to the next, and a
text is hashed to the same state everywhere. Every distribution is our own inverse of a number in (0, 1), and
what comes out of a logarithm, an exponential or a power is rounded to six decimals before anything is decided
on it or written: libraries of mathematics differ in their last digits. For the same reason nothing here
calls ``sum`` on floats, which Python 3.12 made more exact: ``math.fsum`` gives one answer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from statistics import NormalDist
from typing import Final, TypeVar

__all__ = [
    "Draws", "apportion", "between", "exponential", "geometric", "logistic", "lognormal", "mean", "normal",
    "poisson", "solve",
]  # fmt: skip

_Item = TypeVar("_Item")
_CELLS: Final = 2**40
_NORMAL: Final = NormalDist()


def _inner(unit: float) -> float:
    """Return the middle of the cell of ``unit``: never 0 nor 1, where inverses are infinite."""
    return (int(unit * _CELLS) + 0.5) / _CELLS


def normal(unit: float) -> float:
    """Return the standard normal quantile of a number in [0, 1), rounded to six decimals."""
    return round(_NORMAL.inv_cdf(_inner(unit)), 6)


def lognormal(unit: float, median: float, sigma: float) -> float:
    """Return the quantile of a log-normal law of that median; ``sigma`` is the deviation of the logarithm."""
    return round(median * math.exp(sigma * normal(unit)), 6)


def logistic(unit: float) -> float:
    """Return the quantile of the standard logistic law."""
    inner = _inner(unit)
    return round(math.log(inner / (1 - inner)), 6)


def exponential(unit: float, average: float) -> float:
    """Return the quantile of the exponential law of that mean."""
    return round(-average * math.log(1 - _inner(unit)), 6)


def geometric(unit: float, hazard: float) -> int:
    """Return a number of whole years before an end that has the chance ``hazard`` each year (0 or more)."""
    return int(round(math.log(1 - _inner(unit)) / math.log(1 - hazard), 6))


def poisson(unit: float, average: float) -> int:
    """Return the quantile of the Poisson law of that mean."""
    # Twelve significant digits, not decimals: a large mean begins with a tiny chance, and the sum reaches 1.
    count, chance = 0, float(f"{math.exp(-average):.11e}")
    total = chance
    while round(total, 9) <= unit and count < 1000:  # noqa: PLR2004 - a stop that no mean in use reaches
        count += 1
        chance = chance * average / count
        total += chance
    return count


def between(unit: float, low: float, high: float, power: float) -> float:
    """Return ``low × (high / low) ** (unit ** power)``: a skewed law between two bounds, on a log scale."""
    return round(low * math.exp(math.log(high / low) * round(unit**power, 9)), 6)


def mean(values: Sequence[float]) -> float:
    """Return the exact mean, rounded to nine decimals."""
    return round(math.fsum(values) / len(values), 9)


def solve(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Return, to six decimals, where a decreasing function crosses ``target`` between two bounds."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if round(function(middle), 6) > target else (low, middle)
    return round((low + high) / 2, 6)


def apportion(shares: Mapping[str, float], count: int) -> list[str]:
    """Return ``count`` labels in the order of ``shares``, by the largest remainders."""
    whole = math.fsum(shares.values())
    exact = {label: round(share * count / whole, 6) for label, share in shares.items()}
    seats = {label: int(value) for label, value in exact.items()}
    order = sorted(exact, key=lambda label: (seats[label] - exact[label], label))
    for label in order[: count - sum(seats.values())]:
        seats[label] += 1
    return [label for label, number in seats.items() for _ in range(number)]


class Draws:
    """The chance of one table: the seed of the whole and the name of the table make its own sequence."""

    def __init__(self, seed: int, table: str) -> None:
        self._random = random.Random(f"{seed}:{table}")  # noqa: S311 - invented data, no secret

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        return self._random.random()

    def chance(self, probability: float) -> bool:
        """Return whether an event of that probability happens."""
        return self.unit() < probability

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items: Sequence[_Item]) -> _Item:
        """Return one of the items, each with an equal chance."""
        return items[int(self.unit() * len(items))]

    def weighted(self, items: Sequence[_Item], weights: Sequence[float]) -> _Item:
        """Return one of the items, with chances in proportion to its weight."""
        steps = list(accumulate(weights))
        aim = self.unit() * steps[-1]
        return next(item for item, step in zip(items, steps, strict=True) if aim < step)

    def shuffled(self, items: Sequence[_Item]) -> list[_Item]:
        """Return the items in a drawn order."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = int(self.unit() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order

    def strata(self, count: int) -> list[float]:
        """Return ``count`` numbers spread evenly over (0, 1), in a drawn order: margins hold without luck."""
        return [(place + 0.5) / count for place in self.shuffled(range(count))]

    def quota(self, shares: Mapping[str, float], count: int) -> list[str]:
        """Return ``count`` labels that keep the shares as closely as whole numbers can, in a drawn order."""
        return self.shuffled(apportion(shares, count))
