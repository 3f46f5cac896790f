"""Three estimates instead of one: how long activities may take, and how likely a date is (PERT).

From optimistic (a), most likely (m) and pessimistic (b) durations, the method takes the mean
(a + 4m + b) / 6 and the standard deviation (b - a) / 6 of each activity, and adds means and variances along
the critical path (Malcolm, Roseboom, Clark and Fazar, « Application of a Technique for Research and
Development Program Evaluation », Operations Research 7, 1959). It supposes that activities are independent
and that the path stays the longest: where another is nearly as long, it is too hopeful, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from alliances.i18n import text
from alliances.logic.roadmap_schedule import Schedule, schedule

__all__ = ["Estimate", "Forecast", "forecast"]

_NEAR: Final = 0.9  # a path within a tenth of the longest may become the longest


@dataclass(frozen=True)
class Estimate:
    """Three durations in one unit: ``low`` <= ``likely`` <= ``high``, none negative.

    Raises:
        ValueError: they are in another order, negative, or no numbers.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        """Check the order."""
        three = (self.low, self.likely, self.high)
        if not all(map(math.isfinite, three)) or not 0 <= self.low <= self.likely <= self.high:
            found = ", ".join(f"{value:g}" for value in three)
            raise ValueError(text("programme.bad_estimate", found=found))

    @property
    def mean(self) -> float:
        """(a + 4m + b) / 6."""
        return (self.low + 4 * self.likely + self.high) / 6

    @property
    def variance(self) -> float:
        """((b - a) / 6) squared."""
        return ((self.high - self.low) / 6) ** 2


@dataclass(frozen=True)
class Forecast:
    """What three estimates say of the whole.

    Attributes:
        schedule: dates with the means as durations.
        deviation: standard deviation of the length: the largest among the critical paths.
        rivals: activities off the critical paths whose longest chain is within a tenth of the length.
    """

    schedule: Schedule
    deviation: float
    rivals: tuple[str, ...]

    @property
    def length(self) -> float:
        """The mean length of the whole."""
        return self.schedule.length

    def chance_by(self, date: float) -> float:
        """Return the chance, 0 to 1, that all is done by ``date``, by the normal law."""
        if self.deviation == 0:
            return 1.0 if date >= self.length else 0.0
        return 0.5 * (1 + math.erf((date - self.length) / (self.deviation * math.sqrt(2))))


def forecast(estimates: Mapping[str, Estimate], depends: Mapping[str, Collection[str]]) -> Forecast:
    """Return the dates and the spread of activities with three estimates each.

    Args:
        estimates: by id.
        depends: by id, the activities that must end before it starts.

    Raises:
        ValueError: an activity waits for one that is not there, or activities wait in a circle.
    """
    dates = schedule({name: one.mean for name, one in estimates.items()}, depends)
    spread = max((math.fsum(estimates[name].variance for name in path) for path in dates.paths), default=0.0)
    rivals = tuple(
        name
        for name, slot in dates.slots.items()
        if not slot.critical and dates.length - slot.slack >= _NEAR * dates.length
    )
    return Forecast(dates, math.sqrt(spread), rivals)
