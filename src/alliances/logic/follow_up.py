"""Six months of a programme, month by month, with shocks: what is done, what waits, what ends late.

A month has a capacity in days of work. Measures under way take their monthly load from it, those with the
least slack first; what is left undone goes on the month after. A measure starts at its planned month at the
earliest, once all that it waits for is over. Three shocks are known, and drawn from a seed:

- ``partner_leaves``: from its month on, the measures that this organisation owns stand still, until someone
  else owns them;
- ``budget_cut``: from its month on, capacity is reduced by a share;
- ``election``: for some months, the measures that public bodies own stand still.

After the months of follow-up, the same months go on without new shocks, to say when each measure would end.
This is a model of the course, with its own simplifications: it proves nothing about real programmes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from alliances.i18n import Language, current_language, format_percent, text
from alliances.logic.findings import by_id, name_of
from alliances.logic.roadmap import Frame, Measure, Roadmap
from alliances.logic.roadmap_schedule import critical_path

__all__ = [
    "FOLLOWED_MONTHS",
    "KINDS",
    "FollowUp",
    "Month",
    "Pause",
    "Shock",
    "draw_shocks",
    "follow",
    "told",
]

Kind = Literal["partner_leaves", "budget_cut", "election"]
KINDS: Final[tuple[Kind, ...]] = ("partner_leaves", "budget_cut", "election")
FOLLOWED_MONTHS: Final = 6
_LAST: Final = 60  # months after which a measure that is not over counts as never over
_CUTS: Final = (0.2, 0.3, 0.4)
_ELECTION_MONTHS: Final = (2, 3)
_ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class Shock:
    """What happens at the start of a month.

    Attributes:
        kind: one of ``KINDS``.
        month: counted from 0, the start of the programme.
        who: owners concerned; empty for a budget cut.
        share: part of the capacity lost, 0 to 1; 0 except for a budget cut.
        months: how long it lasts; None: to the end.
    """

    kind: Kind
    month: int
    who: tuple[str, ...] = ()
    share: float = 0.0
    months: int | None = None

    def lasts(self, month: int) -> bool:
        """Say whether it weighs on one month."""
        return self.month <= month and (self.months is None or month < self.month + self.months)


@dataclass(frozen=True)
class Pause:
    """A measure that should work in a month and does not: ``shock`` says why, None when it waits.

    ``waits_for`` names the measures that are not over yet.
    """

    measure: str
    shock: Shock | None = None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Month:
    """One month: days available, asked for and worked (by measure), what stands still and what ended."""

    month: int
    capacity: float | None
    asked: float
    worked: dict[str, float]
    pauses: tuple[Pause, ...]
    ended: tuple[str, ...]

    @property
    def done(self) -> float:
        """Days worked in the month."""
        return math.fsum(self.worked.values())


@dataclass(frozen=True)
class FollowUp:
    """The months followed, and when each measure ends as far as one sees.

    Attributes:
        months: those of the follow-up, in order.
        shocks: what happened, in the order of time.
        ends: by measure, the month at which it is over; None when it never is.
        planned: by measure, the month at which the plan has it over; None without dates.
        late: measures that end after their horizon, or never, in the order of their ids.
    """

    months: tuple[Month, ...]
    shocks: tuple[Shock, ...]
    ends: dict[str, int | None]
    planned: dict[str, int | None]
    late: tuple[str, ...]

    def delay(self, measure: str) -> int | None:
        """Return by how many months a measure ends after its planned end; None if it never ends."""
        end, planned = self.ends[measure], self.planned[measure]
        return None if end is None or planned is None else end - planned


def draw_shocks(
    seed: str, roadmap: Roadmap, public: Collection[str], first: int, months: int = FOLLOWED_MONTHS
) -> tuple[Shock, ...]:
    """Return three shocks, one of each kind, from a seed.

    Args:
        seed: any text; the same gives the same shocks.
        roadmap: whose owners may leave; one that owns measures under way or to come is drawn.
        public: owners that an election stops.
        first: first month of the follow-up.
        months: how many months are followed; shocks fall before the last.
    """
    chance = random.Random(f"follow_up:{seed}")  # noqa: S311 - a draw for a lesson, not a secret
    owners = sorted({one.owner for one in roadmap.measures if one.owner and (one.end or 0) > first})
    places = chance.sample(range(first, first + max(months - 1, len(KINDS))), len(KINDS))
    at = dict(zip(KINDS, places, strict=True))
    shocks = [
        Shock("budget_cut", at["budget_cut"], share=chance.choice(_CUTS)),
        Shock("election", at["election"], tuple(sorted(public)), months=chance.choice(_ELECTION_MONTHS)),
    ]
    leaving = [owner for owner in owners if owner not in public]
    if leaving:
        shocks.append(Shock("partner_leaves", at["partner_leaves"], (chance.choice(leaving),)))
    return tuple(sorted(shocks, key=lambda shock: (shock.month, shock.kind)))


def told(shock: Shock, names: Mapping[str, str], lang: Language | None = None) -> str:
    """Return one sentence: when, what happens, to whom; ``names`` gives owners' names by id."""
    language = lang or current_language()
    return text(
        f"programme.shock_{shock.kind}",
        language,
        month=shock.month,
        who=", ".join(names.get(one) or str(name_of(one)) for one in shock.who),
        share=format_percent(100 * shock.share, 0, language),
        months=shock.months,
    )


def follow(
    roadmap: Roadmap, frame: Frame, shocks: Sequence[Shock], *, first: int, months: int = FOLLOWED_MONTHS
) -> FollowUp:
    """Run a programme from its start: by the plan until ``first``, then with shocks.

    Args:
        roadmap: the plan; measures without start, duration or load take no part.
        frame: gives capacity, horizons and the dependencies of the list.
        shocks: what happens; those before ``first`` weigh from ``first`` on.
        first: first month followed.
        months: how many months are followed.

    Raises:
        ValueError: measures wait for each other in a circle.
    """
    order = _priority(roadmap, frame)
    left = {one.id: one.load * (one.duration or 0) for one in order}
    run = _Run(order, roadmap.depends(frame), frame, left)
    ends: dict[str, int | None] = dict.fromkeys(left)
    log: list[Month] = []
    for month in range(_LAST):
        if month >= first + months and not any(value > _ROUNDING for value in left.values()):
            break
        entry = run.work(month, [one for one in shocks if month >= first and one.lasts(month)])
        for name in entry.ended:
            ends[name] = month + 1
        if first <= month < first + months:
            log.append(entry)
    planned = {one.id: one.end for one in roadmap.measures}
    windows = {horizon.id: horizon.high for horizon in frame.horizons}
    late = [
        one.id
        for one in order
        if one.horizon in windows and ((end := ends[one.id]) is None or end > windows[one.horizon])
    ]
    return FollowUp(
        tuple(log),
        tuple(sorted(shocks, key=lambda shock: (shock.month, shock.kind))),
        ends,
        {name: planned[name] for name in ends},
        tuple(sorted(late, key=by_id)),
    )


def _priority(roadmap: Roadmap, frame: Frame) -> list[Measure]:
    """Return the measures that can be followed: least slack first, then by start and id."""
    slots = critical_path(roadmap, frame).slots
    known = [one for one in roadmap.measures if one.end is not None and one.load > 0]
    return sorted(known, key=lambda one: (slots[one.id].slack, one.start or 0, by_id(one.id)))


@dataclass(frozen=True)
class _Run:
    """A programme under way; ``left`` holds the days that each measure still needs, and is updated."""

    order: Sequence[Measure]
    depends: dict[str, tuple[str, ...]]
    frame: Frame
    left: dict[str, float]

    def work(self, month: int, shocks: Sequence[Shock]) -> Month:
        """Work one month."""
        whole = self.frame.capacity_of(month)
        capacity = None if whole is None else whole * math.prod(1 - shock.share for shock in shocks)
        room = math.inf if capacity is None else capacity
        worked: dict[str, float] = {}
        pauses: list[Pause] = []
        asked: list[float] = []
        under_way = {name for name, days in self.left.items() if days > _ROUNDING}
        for one in self.order:
            if one.id not in under_way or (one.start or 0) > month:
                continue
            waits = tuple(other for other in self.depends[one.id] if other in under_way)
            stopped = next((shock for shock in shocks if one.owner and one.owner in shock.who), None)
            if waits or stopped:
                pauses.append(Pause(one.id, stopped, waits))
                continue
            wanted = min(one.load, self.left[one.id])
            asked.append(wanted)
            days = min(wanted, room)
            room -= days
            self.left[one.id] -= days
            if days > 0:
                worked[one.id] = days
        ended = tuple(name for name in worked if self.left[name] <= _ROUNDING)
        return Month(month, capacity, math.fsum(asked), worked, tuple(pauses), ended)
