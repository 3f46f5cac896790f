"""Dates of a roadmap: the critical path, and the load of each month.

The critical path method is that of Kelley and Walker (« Critical-Path Planning and Scheduling », Eastern
Joint Computer Conference, 1959): a forward pass gives the earliest dates, a backward pass the latest that
do not delay the end; the difference is the slack, and what has none is critical.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from alliances.i18n import text
from alliances.logic.directed_graph import cycles, reversed_arrows
from alliances.logic.findings import by_id
from alliances.logic.roadmap import Frame, Roadmap

__all__ = [
    "Schedule",
    "Slot",
    "critical_path",
    "horizon_load",
    "load_per_month",
    "months_over_capacity",
    "schedule",
]

_ROUNDING: Final = 1e-9
_MOST_PATHS: Final = 20  # their number can double with each step


@dataclass(frozen=True)
class Slot:
    """When one activity can take place, in the unit of the durations, from 0.

    ``slack`` is by how much it can slip without moving the end of the whole; ``free_slack``, without moving
    any other activity's earliest start. Neither is negative.
    """

    earliest_start: float
    earliest_finish: float
    latest_start: float
    latest_finish: float
    free_slack: float

    @property
    def slack(self) -> float:
        """The latest start less the earliest."""
        return max(0.0, self.latest_start - self.earliest_start)

    @property
    def critical(self) -> bool:
        """Whether any delay moves the end of the whole."""
        return self.slack < _ROUNDING


@dataclass(frozen=True)
class Schedule:
    """Earliest and latest dates of every activity.

    Attributes:
        slots: by id, each activity after those that it waits for.
        length: the shortest time in which all can be done.
        paths: critical paths from start to end, at most 20, in the order of their ids.
    """

    slots: dict[str, Slot]
    length: float
    paths: tuple[tuple[str, ...], ...]

    @property
    def critical(self) -> tuple[str, ...]:
        """Activities without slack, in the order in which they can be done."""
        return tuple(name for name, slot in self.slots.items() if slot.critical)


def schedule(durations: Mapping[str, float], depends: Mapping[str, Collection[str]]) -> Schedule:
    """Return the dates of activities that last ``durations`` and wait for those of ``depends``.

    Args:
        durations: by id, in any unit of time, not negative.
        depends: by id, the activities that must end before it starts; none for an id that is left out.

    Raises:
        ValueError: a duration is negative or no number, an activity waits for one that is not there, or
            activities wait for each other in a circle.
    """
    _check(durations, depends)
    after = {name: sorted(ends, key=by_id) for name, ends in _after(durations, depends).items()}
    order = _order(durations, depends)
    finish: dict[str, float] = {}
    for name in order:
        finish[name] = max((finish[one] for one in depends.get(name, ())), default=0.0) + durations[name]
    length = max(finish.values(), default=0.0)
    latest: dict[str, float] = {}
    for name in reversed(order):
        latest[name] = min((latest[one] - durations[one] for one in after[name]), default=length)
    slots = {}
    for name in order:
        start = finish[name] - durations[name]
        first = min((finish[one] - durations[one] for one in after[name]), default=length)
        free = max(0.0, first - finish[name])
        slots[name] = Slot(start, finish[name], latest[name] - durations[name], latest[name], free)
    return Schedule(slots, length, _paths(slots, depends, after))


def _after(durations: Mapping[str, float], depends: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    return reversed_arrows({name: depends.get(name, ()) for name in durations})


def _check(durations: Mapping[str, float], depends: Mapping[str, Collection[str]]) -> None:
    for name, duration in durations.items():
        if not math.isfinite(duration) or duration < 0:
            raise ValueError(text("roadmap.bad_duration", measure=name, found=duration))
    for name, others in depends.items():
        for other in (name, *others):
            if other not in durations:
                raise ValueError(text("roadmap.unknown_measure", measure=name, found=other))
    circles = cycles(_after(durations, depends))
    if circles:
        raise ValueError(text("roadmap.cycle", cycle=" → ".join((*circles[0], circles[0][0]))))


def _order(durations: Mapping[str, float], depends: Mapping[str, Collection[str]]) -> list[str]:
    """Return the ids, each after those that it waits for; the first by id wherever there is a choice."""
    waiting = sorted(durations, key=by_id)
    order: list[str] = []
    done: set[str] = set()
    while waiting:
        name = next(one for one in waiting if done.issuperset(depends.get(one, ())))
        waiting.remove(name)
        done.add(name)
        order.append(name)
    return order


def _paths(
    slots: Mapping[str, Slot], depends: Mapping[str, Collection[str]], after: Mapping[str, list[str]]
) -> tuple[tuple[str, ...], ...]:
    """Walk along activities without slack, each starting when the one before it ends."""
    found: list[tuple[str, ...]] = []
    firsts = [name for name, slot in slots.items() if slot.critical and not _carried(name, slots, depends)]
    waiting: list[tuple[str, ...]] = [(name,) for name in sorted(firsts, key=by_id, reverse=True)]
    while waiting and len(found) < _MOST_PATHS:
        path = waiting.pop()
        last = slots[path[-1]]
        following = [
            (*path, name)
            for name in after[path[-1]]
            if slots[name].critical and abs(slots[name].earliest_start - last.earliest_finish) < _ROUNDING
        ]
        if following:
            waiting.extend(reversed(following))
        else:
            found.append(path)
    return tuple(found)


def _carried(name: str, slots: Mapping[str, Slot], depends: Mapping[str, Collection[str]]) -> bool:
    """Say whether a critical activity continues another."""
    return any(
        slots[one].critical and abs(slots[one].earliest_finish - slots[name].earliest_start) < _ROUNDING
        for one in depends.get(name, ())
    )


def critical_path(roadmap: Roadmap, frame: Frame | None = None) -> Schedule:
    """Return the earliest and latest dates of a roadmap's measures, in months, whatever starts were planned.

    A dependency on a measure that is not in the roadmap is left aside, and a duration not given yet counts
    as 0 (``roadmap_findings`` names both).

    Raises:
        ValueError: measures wait for each other in a circle.
    """
    depends = roadmap.depends(frame or Frame())
    return schedule(
        {measure.id: float(measure.duration or 0) for measure in roadmap.measures},
        {name: [one for one in others if one in roadmap.by_id] for name, others in depends.items()},
    )


def load_per_month(roadmap: Roadmap) -> tuple[float, ...]:
    """Return the load of each month from 0 to the last with a measure, in the question's unit a month."""
    last = max((measure.end or 0 for measure in roadmap.measures), default=0)
    return tuple(
        math.fsum(measure.load for measure in roadmap.measures if measure.runs(month))
        for month in range(last)
    )


def months_over_capacity(roadmap: Roadmap, frame: Frame) -> tuple[int, ...]:
    """Return the months whose load is above the capacity of the frame."""
    return tuple(
        month
        for month, load in enumerate(load_per_month(roadmap))
        if (capacity := frame.capacity_of(month)) is not None and load > capacity + _ROUNDING
    )


def horizon_load(roadmap: Roadmap, horizon: str) -> float:
    """Return the load of a horizon's measures over their whole duration: sum of load times months."""
    return math.fsum(measure.load * (measure.duration or 0) for measure in roadmap.of_horizon(horizon))
