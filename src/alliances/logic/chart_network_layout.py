"""Where the actors of a network stand: forces that pull linked ones together, from a circle, no chance.

Formula: T. M. J. Fruchterman and E. M. Reingold, « Graph drawing by force-directed placement », Software:
Practice and Experience 21 (1991): links pull by d²/k, all pairs push by k²/d, and steps get shorter. Started
from a circle in the order given, it always gives the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

__all__ = ["layout"]

_ROUNDS: Final = 300
_PULL_TO_MIDDLE: Final = 0.12  # for each actor: keeps parts without a link between them close


def layout(
    count: int, links: Sequence[tuple[int, int]], width: float, height: float, gap: float
) -> list[tuple[float, float]]:
    """Return ``(x, y)`` of each of ``count`` actors in a box of ``width`` x ``height``.

    Args:
        count: number of actors.
        links: pairs of places in 0 .. count - 1.
        width: width of the box.
        height: height of the box.
        gap: distance that any two keep, where the box has room for it.
    """
    pairs = sorted({(min(pair), max(pair)) for pair in links})
    linked = sorted({place for pair in pairs for place in pair})
    alone = [place for place in range(count) if place not in set(linked)]
    # Those without a link would stretch the drawing: they stand in rows of their own, below.
    a_row = max(1, int(width // gap) + 1)
    rows = math.ceil(len(alone) / a_row)
    bottom = height - (gap * (rows + 0.4) if linked and rows else 0.0)
    found = [(0.0, 0.0)] * count
    for number, place in enumerate(alone):
        row, column = divmod(number, a_row)
        below = height - gap * (rows - 1 - row) if linked else height / 2 + gap * (row - (rows - 1) / 2)
        found[place] = (column * gap, below)
    order = {place: number for number, place in enumerate(linked)}
    inside = [(order[one], order[other]) for one, other in pairs]
    for place, spot in zip(linked, _forces(len(linked), inside, width, bottom, gap), strict=True):
        found[place] = spot
    return found


def _forces(
    count: int, pairs: list[tuple[int, int]], width: float, height: float, gap: float
) -> list[tuple[float, float]]:
    """Place actors that all have links."""
    if not count:
        return []
    angles = [2 * math.pi * place / count - math.pi / 2 for place in range(count)]
    spots = [
        (width / 2 + width * 0.42 * math.cos(angle), height / 2 + height * 0.42 * math.sin(angle))
        for angle in angles
    ]
    ideal = 0.8 * math.sqrt(width * height / count)
    for turn in range(_ROUNDS):
        reach = 0.12 * width * (1 - turn / _ROUNDS) + 0.5
        spots = _turn(spots, pairs, ideal, reach, (width, height))
    return _apart(_spread(spots, width, height), width, height, gap)


def _turn(
    spots: list[tuple[float, float]], pairs: list[tuple[int, int]], ideal: float, reach: float,
    box: tuple[float, float],
) -> list[tuple[float, float]]:  # fmt: skip
    """Move each actor by the forces on it, ``reach`` at most."""
    inwards = _PULL_TO_MIDDLE * len(spots)
    moves = [[(box[0] / 2 - x) * inwards, (box[1] / 2 - y) * inwards] for x, y in spots]
    for one, (x, y) in enumerate(spots):
        for other in range(one):
            across, down, far = _between(x, y, *spots[other], one - other)
            push = ideal * ideal / far
            for place, sign in ((one, 1), (other, -1)):
                moves[place][0] += sign * across / far * push
                moves[place][1] += sign * down / far * push
    for one, other in pairs:
        across, down, far = _between(*spots[one], *spots[other], other - one)
        pull = far * far / ideal
        for place, sign in ((one, -1), (other, 1)):
            moves[place][0] += sign * across / far * pull
            moves[place][1] += sign * down / far * pull
    found = []
    for (x, y), (across, down) in zip(spots, moves, strict=True):
        far = math.hypot(across, down) or 1.0
        step = min(far, reach)
        found.append((x + across / far * step, y + down / far * step))
    return found


def _between(x: float, y: float, other_x: float, other_y: float, salt: int) -> tuple[float, float, float]:
    """Return the way from the other and its length; two in one place are told apart by ``salt``."""
    across, down = x - other_x, y - other_y
    if abs(across) + abs(down) < 1e-6:  # noqa: PLR2004 - the same place
        across, down = math.cos(salt), math.sin(salt)
    return across, down, math.hypot(across, down)


def _spread(spots: list[tuple[float, float]], width: float, height: float) -> list[tuple[float, float]]:
    """Stretch the drawing to the box."""
    found: list[list[float]] = []
    for axis, size in ((0, width), (1, height)):
        values = [spot[axis] for spot in spots]
        low, span = min(values), max(values) - min(values)
        found.append([size / 2 if span < 1e-6 else (value - low) / span * size for value in values])  # noqa: PLR2004
    return list(zip(*found, strict=True))


def _apart(
    spots: list[tuple[float, float]], width: float, height: float, gap: float
) -> list[tuple[float, float]]:  # fmt: skip
    """Push apart those that are closer than ``gap``, inside the box."""
    places = [list(spot) for spot in spots]
    for _ in range(_ROUNDS):
        moved = False
        for one, here in enumerate(places):
            for other in range(one):
                there = places[other]
                across, down, far = _between(here[0], here[1], there[0], there[1], one - other)
                if far >= gap:
                    continue
                moved = True
                for spot, sign in ((here, 0.5), (there, -0.5)):
                    spot[0] = min(width, max(0.0, spot[0] + sign * across / far * (gap - far + 0.5)))
                    spot[1] = min(height, max(0.0, spot[1] + sign * down / far * (gap - far + 0.5)))
        if not moved:
            break
    return [(x, y) for x, y in places]
