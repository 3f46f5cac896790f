"""An agreement with its interval: the result type, and how sure a small number of cases lets one be.

Every interval is at 95 %, holds for the cases as a sample (another dozen cases, the same raters), and
names its method. Below 30 cases the methods are approximations, and the result says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from alliances.i18n import Language, format_number, text

__all__ = [
    "SMALL_SAMPLE",
    "Agreement",
    "Method",
    "flagged",
    "jackknife_interval",
    "student_quantile",
    "unanimity_bound",
]

Method = Literal["fleiss_cohen_everitt", "jackknife", "exact_bound", "not_estimable"]

#: Number of cases below which a result carries the flag ``small_sample``: a convention of the course.
SMALL_SAMPLE: Final = 30
_TAIL: Final = 0.025


@dataclass(frozen=True)
class Agreement:
    """A kappa, what it is made of, and a 95 % interval.

    Attributes:
        value: kappa, at most 1; 0 is chance, below 0 is worse than chance.
        observed: observed agreement, 0 to 1.
        expected: agreement expected by chance, 0 to 1, below 1.
        n: number of cases.
        low: lower end of the interval, never below -1.
        high: upper end, never above 1.
        method: how the interval was made: ``fleiss_cohen_everitt``, ``jackknife``, ``exact_bound``, or
            ``not_estimable`` (the data bear no interval: -1 to 1, which says nothing).
        raters: number of raters.
        flags: reasons to trust the interval less: ``small_sample``, ``clipped``, ``exact_bound``,
            ``not_estimable``.
    """

    value: float
    observed: float
    expected: float
    n: int
    low: float
    high: float
    method: Method
    raters: int
    flags: tuple[str, ...]

    def method_label(self, language: Language | None = None) -> str:
        """Return the method's name in words."""
        return text(f"rater_agreement.method_{self.method}", language)

    def cautions(self, language: Language | None = None) -> tuple[str, ...]:
        """Return one sentence a flag."""
        return tuple(text(f"rater_agreement.flag_{flag}", language, n=self.n) for flag in self.flags)

    def sentence(self, language: Language | None = None) -> str:
        """Say the result in words, with interval, method and cautions; no verdict."""
        names = ("value", "low", "high", "observed", "expected")
        numbers = {name: _two_decimals(getattr(self, name), language) for name in names}
        first = text(
            "rater_agreement.sentence",
            language,
            n=self.n,
            raters=self.raters,
            method=self.method_label(language),
            **numbers,
        )
        return " ".join((first, *self.cautions(language)))

    def __str__(self) -> str:
        """Return the sentence in the current language."""
        return self.sentence()


def _two_decimals(value: float, language: Language | None) -> str:
    rounded = round(value, 2) + 0.0  # + 0.0 turns -0.0 into 0.0
    return format_number(rounded, 2, language).replace("-", "\u2212")


def flagged(  # noqa: PLR0913 - the seven parts of a result
    value: float,
    observed: float,
    expected: float,
    *,
    n: int,
    raters: int,
    interval: tuple[float, float],
    method: Method,
) -> Agreement:
    """Return an ``Agreement`` with the interval clipped to what kappa can be, and its flags."""
    low, high = max(-1.0, interval[0]), min(1.0, interval[1])
    flags = []
    if n < SMALL_SAMPLE:
        flags.append("small_sample")
    if (low, high) != interval:
        flags.append("clipped")
    if method in ("exact_bound", "not_estimable"):
        flags.append(method)
    return Agreement(value, observed, expected, n, low, high, method, raters, tuple(flags))


def unanimity_bound(n: int) -> float:
    """Return the lower 95 % bound of a share seen to be 1 in ``n`` cases: Clopper-Pearson, two-sided."""
    return math.pow(_TAIL, 1 / n)


def student_quantile(freedom: int) -> float:
    """Return the 97.5 % point of Student's law with ``freedom`` >= 1 degrees of freedom.

    By halving an interval on the law's closed form for whole degrees of freedom (a finite sum of powers
    of a cosine), so that the browser needs no scipy. Accurate to about 1e-9.
    """
    low, high = 0.0, 13.0  # 12.706 is the value at one degree of freedom, the largest
    while high - low > 1e-10:  # noqa: PLR2004 - below any use of it
        middle = (low + high) / 2
        low, high = (middle, high) if _central(middle, freedom) < 1 - 2 * _TAIL else (low, middle)
    return (low + high) / 2


def _central(t: float, freedom: int) -> float:
    """Return the probability that Student's variable lies between -t and t."""
    angle = math.atan2(t, math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for power in range(2 + odd, freedom - 1, 2):
        term *= (power - 1) / power * cosine**2
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def jackknife_interval(
    cases: Sequence[Sequence[int]], statistic: Callable[[Sequence[Sequence[int]]], float]
) -> tuple[float, float] | None:
    """Return ``statistic`` ± t standard errors, from its values with each case left out in turn.

    None when the cases bear no interval: fewer than two, no spread at all, or a statistic that is
    undefined without one of them (it raises ValueError).
    """
    n = len(cases)
    if n < 2:  # noqa: PLR2004 - one case has no spread
        return None
    try:
        values = [statistic([*cases[:left], *cases[left + 1 :]]) for left in range(n)]
    except ValueError:
        return None
    mean = math.fsum(values) / n
    variance = (n - 1) / n * math.fsum((value - mean) ** 2 for value in values)
    if variance < 1e-18:  # noqa: PLR2004 - rounding only
        return None
    centre, spread = statistic(cases), student_quantile(n - 1) * math.sqrt(variance)
    return centre - spread, centre + spread
