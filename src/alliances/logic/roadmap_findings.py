"""What rules find in a roadmap: dates that cannot hold, months that are too full, what nobody carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alliances.logic.directed_graph import cycles
from alliances.logic.findings import Finding, Severity, Term, Trail, Value, by_id, in_order, name_of
from alliances.logic.roadmap import Frame, Measure, Roadmap
from alliances.logic.roadmap_schedule import horizon_load, load_per_month, months_over_capacity

__all__ = ["RULES", "findings"]

_ROUNDING: Final = 1e-9

# By name; the order is that in which a reader should take them up.
RULES: Final = (
    "empty",
    "circular",
    "unknown_dependency",
    "starts_too_early",
    "altered",
    "ends_before_window",
    "ends_after_window",
    "over_capacity",
    "over_horizon_capacity",
    "too_few",
    "too_many",
    "uncovered",
    "nothing_dropped",
    "no_title",
    "no_horizon",
    "no_dates",
    "no_load",
    "no_owner",
)


def findings(roadmap: Roadmap, frame: Frame | None = None) -> tuple[Finding, ...]:
    """Return what the rules find, in an order that does not depend on the order of the measures.

    Args:
        roadmap: what the learner planned.
        frame: what the question sets; by default three horizons and no limit.
    """
    around = frame or Frame()
    if not roadmap.measures:
        return (_finding("empty", "missing"),)
    found = [
        *_dependencies(roadmap, around),
        *_sheets(roadmap, around),
        *_windows(roadmap, around),
        *_capacity(roadmap, around),
        *_choice(roadmap, around),
        *_fields(roadmap),
    ]
    return in_order(found, RULES)


def _finding(rule: str, severity: Severity, *where: str, **values: Value) -> Finding:
    return Finding(f"roadmap.{rule}", where, severity, values)


def _name(measure: Measure) -> str | Term:
    return name_of(measure.title) if measure.title else measure.id


def _dependencies(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    depends = roadmap.depends(frame)
    present = {name: [one for one in others if one in roadmap.by_id] for name, others in depends.items()}
    # Arrows go from what waits; read the other way, the circle runs in the order of time.
    circles = [(circle[0], *reversed(circle[1:])) for circle in cycles(present)]
    turning = {frozenset(circle) for circle in circles}
    for circle in circles:
        names = tuple(_name(roadmap.by_id[one]) for one in (*circle, circle[0]))
        yield _finding("circular", "error", *sorted(circle, key=by_id), cycle=Trail(names))
    for measure in roadmap.measures:
        for other in depends[measure.id]:
            if other not in roadmap.by_id:
                known = frame.candidate.get(other)
                name = name_of(known.title) if known and known.title else name_of(other)
                yield _finding(
                    "unknown_dependency", "error", measure.id, other, measure=_name(measure), other=name
                )
                continue
            # Within a circle no start can be right; the circle is what to mend.
            if not any({measure.id, other} <= one for one in turning):
                yield from _order(measure, roadmap.by_id[other])


def _order(measure: Measure, before: Measure) -> Iterator[Finding]:
    if measure.start is not None and before.end is not None and measure.start < before.end:
        yield _finding(
            "starts_too_early", "error", measure.id, before.id,
            measure=_name(measure), start=measure.start, other=_name(before), end=before.end,
        )  # fmt: skip


def _sheets(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    """Compare the figures of a measure with those of the question's list."""
    for measure in roadmap.measures:
        sheet = frame.candidate.get(measure.id)
        if sheet is None:
            continue
        given = measure.duration or 0
        duration = given if sheet.duration is None or not given else sheet.duration
        load = measure.load if sheet.load is None else sheet.load
        if given != duration or abs(measure.load - load) > _ROUNDING:
            yield _finding(
                "altered", "error", measure.id, measure=_name(measure), duration=duration, load=load
            )


def _windows(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    windows = {horizon.id: horizon for horizon in frame.horizons}
    for measure in roadmap.measures:
        window = windows.get(measure.horizon)
        if window is None or measure.end is None or window.low <= measure.end <= window.high:
            continue
        rule = "ends_before_window" if measure.end < window.low else "ends_after_window"
        yield _finding(
            rule, "warning", measure.id,
            measure=_name(measure), end=measure.end, low=window.low, high=window.high,
        )  # fmt: skip


def _capacity(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    months = months_over_capacity(roadmap, frame)
    if months:
        load = load_per_month(roadmap)
        excess = {month: load[month] - (frame.capacity_of(month) or 0.0) for month in months}
        worst = max(months, key=lambda month: (excess[month], -month))
        busy = {m.id for m in roadmap.measures if any(m.runs(month) for month in months)}
        yield _finding(
            "over_capacity", "warning", *sorted(busy, key=by_id),
            months=months, worst=worst, load=load[worst], capacity=frame.capacity_of(worst) or 0.0,
        )  # fmt: skip
    for horizon in frame.horizons:
        limit = frame.horizon_capacity.get(horizon.id)
        load_of = horizon_load(roadmap, horizon.id)
        if limit is not None and load_of > limit + _ROUNDING:
            ids = sorted((measure.id for measure in roadmap.of_horizon(horizon.id)), key=by_id)
            yield _finding(
                "over_horizon_capacity", "warning", *ids,
                low=horizon.low, high=horizon.high, load=load_of, capacity=limit,
            )  # fmt: skip


def _choice(roadmap: Roadmap, frame: Frame) -> Iterator[Finding]:
    """Say what the choice of measures leaves out, or fails to leave out."""
    for horizon in frame.horizons:
        kept = roadmap.of_horizon(horizon.id)
        wanted = frame.wanted.get(horizon.id, len(kept))
        figures = {"low": horizon.low, "high": horizon.high, "count": len(kept), "wanted": wanted}
        if len(kept) < wanted:
            yield _finding("too_few", "missing", **figures)
        elif len(kept) > wanted:
            ids = sorted((measure.id for measure in kept), key=by_id)
            yield _finding("too_many", "warning", *ids, **figures)
    covered = {
        tag
        for measure in roadmap.measures
        if measure.id in frame.candidate
        for tag in frame.candidate[measure.id].tags
    }
    for tag, label in frame.cover.items():
        if tag not in covered:
            yield _finding("uncovered", "missing", tag=label)
    if frame.must_drop and frame.candidates and roadmap.by_id.keys() >= frame.candidate.keys():
        yield _finding("nothing_dropped", "warning", count=len(frame.candidates))


def _fields(roadmap: Roadmap) -> Iterator[Finding]:
    for measure in roadmap.measures:
        if not measure.title:
            yield _finding("no_title", "missing", measure.id, measure=measure.id)
        if not measure.horizon:
            yield _finding("no_horizon", "missing", measure.id, measure=_name(measure))
        if measure.end is None:
            yield _finding("no_dates", "missing", measure.id, measure=_name(measure))
        if not measure.load:
            yield _finding("no_load", "missing", measure.id, measure=_name(measure))
        if not measure.owner:
            yield _finding("no_owner", "missing", measure.id, measure=_name(measure))
