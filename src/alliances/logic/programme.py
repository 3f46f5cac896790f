"""A programme of measures seen as a whole: what it covers, who carries it, and whether it holds together.

Dates, load and choice are checked by ``roadmap_findings``; here are the findings that look across measures.
``Link`` says what a measure bears on: one or more fragilities of the territory, and the partners it needs.
The thresholds are the course's own: an owner who carries more than a third of the work, a measure that four
others wait for, a chain that ends in the last month of its horizon.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alliances.logic.directed_graph import reachable, reversed_arrows
from alliances.logic.findings import Finding, Severity, Term, Value, by_id, in_order, name_of
from alliances.logic.roadmap import HORIZON_IDS, Frame, Measure, Roadmap

__all__ = [
    "HUB",
    "OWNER_SHARE",
    "RULES",
    "Coverage",
    "Link",
    "coverage",
    "findings",
    "load_by_owner",
    "revised",
]

OWNER_SHARE: Final = 1 / 3  # of the days of the whole programme
HUB: Final = 4  # measures that wait for one, directly or not
_NAMED: Final = 3  # measures named in a sentence about several
_LEAST_MEASURES: Final = 3  # fewer, and shares say nothing
_ROUNDING: Final = 1e-9

# By name; the order is that in which a reader should take them up.
RULES: Final = (
    "fragility_uncovered",
    "fragility_once",
    "partner_unused",
    "horizon_empty",
    "owner_overloaded",
    "hub",
    "no_margin",
    "late_start_early_effect",
    "unprepared",
)


@dataclass(frozen=True)
class Link:
    """What one measure bears on: ids of fragilities, and of the partners it needs (its owner included)."""

    fragilities: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How many kept measures bear on each fragility, need each partner and stand in each horizon."""

    fragilities: dict[str, int]
    partners: dict[str, int]
    horizons: dict[str, int]


def coverage(
    roadmap: Roadmap,
    links: Mapping[str, Link],
    fragilities: Sequence[str],
    partners: Sequence[str],
    frame: Frame | None = None,
) -> Coverage:
    """Count measures by fragility, partner and horizon; those of the lists that nothing covers count 0."""
    own = [links.get(one.id, Link()) for one in roadmap.measures]
    owners = [one.owner for one in roadmap.measures]
    return Coverage(
        {name: sum(name in link.fragilities for link in own) for name in fragilities},
        {
            name: sum(name == owner or name in link.partners for owner, link in zip(owners, own, strict=True))
            for name in partners
        },
        {one.id: len(roadmap.of_horizon(one.id)) for one in (frame or Frame()).horizons},
    )


def revised(
    roadmap: Roadmap,
    *,
    drop: Collection[str] = (),
    start: Mapping[str, int] | None = None,
    owner: Mapping[str, str] | None = None,
) -> Roadmap:
    """Return the roadmap without some measures, others moved to another start month or handed over.

    Raises:
        KeyError: a measure named is not in the roadmap.
    """
    starts, owners = start or {}, owner or {}
    for name in (*drop, *starts, *owners):
        roadmap.by_id[name]
    return Roadmap(
        tuple(
            replace(one, start=starts.get(one.id, one.start), owner=owners.get(one.id, one.owner))
            for one in roadmap.measures
            if one.id not in drop
        )
    )


def load_by_owner(roadmap: Roadmap) -> dict[str, float]:
    """Return the days of work by owner, the heaviest first; an empty name where none is said."""
    days: dict[str, list[float]] = {}
    for one in roadmap.measures:
        days.setdefault(one.owner, []).append(one.load * (one.duration or 0))
    totals = {owner: math.fsum(found) for owner, found in days.items()}
    return dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))


def findings(
    roadmap: Roadmap,
    links: Mapping[str, Link],
    fragilities: Mapping[str, str],
    partners: Mapping[str, str],
    frame: Frame | None = None,
) -> tuple[Finding, ...]:
    """Return what the rules find across measures; nothing for an empty roadmap.

    Args:
        roadmap: what was planned.
        links: by measure, what it bears on; a measure without an entry bears on nothing.
        fragilities: id and name of each fragility that the programme should answer.
        partners: id and name of each partner; the owners of measures are ids of partners.
        frame: gives the horizons and the dependencies of the list.
    """
    around = frame or Frame()
    if not roadmap.measures:
        return ()
    found = [
        *_covered(roadmap, links, fragilities, partners, around),
        *_carried(roadmap, partners),
        *_held(roadmap, around),
    ]
    return in_order(found, RULES)


def _finding(rule: str, severity: Severity, *where: str, **values: Value) -> Finding:
    return Finding(f"programme.{rule}", where, severity, values)


def _name(measure: Measure) -> str | Term:
    return name_of(measure.title) if measure.title else measure.id


def _covered(
    roadmap: Roadmap,
    links: Mapping[str, Link],
    fragilities: Mapping[str, str],
    partners: Mapping[str, str],
    frame: Frame,
) -> Iterator[Finding]:
    seen = coverage(roadmap, links, list(fragilities), list(partners), frame)
    for name, count in seen.fragilities.items():
        if count == 0:
            yield _finding("fragility_uncovered", "missing", fragility=fragilities[name])
        elif count == 1 and len(roadmap.measures) >= _LEAST_MEASURES:
            only = next(one for one in roadmap.measures if name in links.get(one.id, Link()).fragilities)
            yield _finding(
                "fragility_once", "warning", only.id, fragility=fragilities[name], measure=_name(only)
            )
    unused = tuple(partners[name] for name, count in seen.partners.items() if count == 0)
    if unused:
        yield _finding("partner_unused", "warning", partners=unused)
    for horizon in frame.horizons:
        if seen.horizons[horizon.id] == 0:
            yield _finding("horizon_empty", "missing", low=horizon.low, high=horizon.high)


def _carried(roadmap: Roadmap, partners: Mapping[str, str]) -> Iterator[Finding]:
    if len(roadmap.measures) < _LEAST_MEASURES:
        return
    loads = load_by_owner(roadmap)
    total = math.fsum(loads.values())
    for owner, days in loads.items():
        if owner and days > OWNER_SHARE * total + _ROUNDING:
            ids = sorted((one.id for one in roadmap.measures if one.owner == owner), key=by_id)
            yield _finding(
                "owner_overloaded", "warning", *ids,
                owner=partners.get(owner) or name_of(owner), days=days, total=total,
            )  # fmt: skip


def _held(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    """Say where one delay would move much, and where a date leaves no room."""
    depends = {
        name: [one for one in others if one in roadmap.by_id]
        for name, others in roadmap.depends(frame).items()
    }
    waiting = {name: sorted(ends, key=by_id) for name, ends in reversed_arrows(depends).items()}
    windows = {horizon.id: horizon.high for horizon in frame.horizons}
    for one in roadmap.measures:
        behind = sorted(reachable([one.id], waiting) - {one.id}, key=by_id)
        if len(behind) >= HUB:
            yield _finding("hub", "warning", one.id, measure=_name(one), count=len(behind))
    tight = [
        one
        for one in sorted(roadmap.measures, key=lambda one: by_id(one.id))
        if depends[one.id] and one.end is not None and one.end == windows.get(one.horizon)
    ]
    if tight:
        names = (*(_name(one) for one in tight[:_NAMED]), *(("…",) if len(tight) > _NAMED else ()))
        yield _finding("no_margin", "warning", *(one.id for one in tight), count=len(tight), measures=names)
    yield from _sequence(roadmap, depends)


def _sequence(roadmap: Roadmap, depends: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Say when a measure of a later horizon prepares one of an earlier, or rests on nothing tried before."""
    rank = {name: place for place, name in enumerate(HORIZON_IDS)}
    for one in roadmap.measures:
        if one.horizon not in rank:
            continue
        before = [roadmap.by_id[other] for other in depends[one.id] if roadmap.by_id[other].horizon in rank]
        for other in before:
            if rank[other.horizon] > rank[one.horizon]:
                yield _finding(
                    "late_start_early_effect", "error", one.id, other.id,
                    measure=_name(one), other=_name(other),
                )  # fmt: skip
        if one.horizon == HORIZON_IDS[-1] and not depends[one.id]:
            yield _finding("unprepared", "warning", one.id, measure=_name(one))
