"""Arrows between named points: what can be reached, and where they turn in a circle.

``arrows`` gives, for each point, the points that it leads to. Results do not depend on the order in which
points and arrows were written. Sizes are those of a sheet of paper (some tens of points): the plain way is
fast enough.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from alliances.logic.findings import by_id

__all__ = ["cycles", "reachable", "reversed_arrows"]

Arrows = Mapping[str, Collection[str]]


def reversed_arrows(arrows: Arrows) -> dict[str, set[str]]:
    """Return the same arrows, each the other way round."""
    back: dict[str, set[str]] = {}
    for start, ends in arrows.items():
        back.setdefault(start, set())
        for end in ends:
            back.setdefault(end, set()).add(start)
    return back


def reachable(starts: Iterable[str], arrows: Arrows) -> set[str]:
    """Return every point that an arrow, or several in a row, leads to from one of ``starts``.

    A start belongs to the result only when arrows lead to it.
    """
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for end in arrows.get(waiting.pop(), ()):
            if end not in found:
                found.add(end)
                waiting.append(end)
    return found


def cycles(arrows: Arrows) -> tuple[tuple[str, ...], ...]:
    """Return one circle for each knot of points that lead back to themselves: the shortest one.

    Each is a tuple of points in the direction of the arrows, from its first id, which is not repeated at
    the end; a point with an arrow to itself gives a tuple of one.
    """
    beyond = {point: reachable([point], arrows) for point in arrows}
    knotted = sorted((point for point in arrows if point in beyond[point]), key=by_id)
    found = []
    seen: set[str] = set()
    for point in knotted:
        if point in seen:
            continue
        knot = [other for other in knotted if other in beyond[point] and point in beyond[other]]
        seen.update(knot)
        found.append(min((_shortest(start, arrows) for start in knot), key=len))
    return tuple(found)


def _shortest(start: str, arrows: Arrows) -> tuple[str, ...]:
    """Return the shortest circle through ``start``, which must be on one."""
    before: dict[str, str] = {}
    waiting = deque([start])
    while start not in before:
        point = waiting.popleft()
        for end in sorted(arrows.get(point, ()), key=by_id):
            if end not in before:
                before[end] = point
                waiting.append(end)
    circle = [start]
    while before[circle[-1]] != start:
        circle.append(before[circle[-1]])
    return (circle[0], *reversed(circle[1:]))
