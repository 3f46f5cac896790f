"""Turns closed rings of whole-number points into TopoJSON, where a common border is written once.

Pure Python, so that the committed map can be checked without the libraries that drew it. The map is planar
(y downwards, no projection to apply): in d3 or Altair use the ``identity`` projection, without ``reflectY``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

Point: TypeAlias = tuple[int, int]
Ring: TypeAlias = list[Point]
Arc: TypeAlias = tuple[Point, ...]


def surface(ring: Sequence[Point]) -> int:
    """Return twice the signed area of a ring: above zero when it turns clockwise on screen (y downwards)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]))


def inside(point: tuple[float, float], ring: Sequence[Point]) -> bool:
    """Say whether a point lies in a ring (crossings of a ray to the right)."""
    x, y = point
    crossed = False
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed = not crossed
    return crossed


def polygons(rings: Sequence[Ring]) -> list[list[Ring]]:
    """Group rings: each outer ring, clockwise on screen, before its holes, the other way round."""
    found: list[list[Ring]] = []
    for ring in rings:
        middle = (ring[0][0] / 2 + ring[1][0] / 2, ring[0][1] / 2 + ring[1][1] / 2)
        around = [group for group in found if inside(middle, group[0])]
        hole = bool(around)
        turned = ring if (surface(ring) > 0) is not hole else [ring[0], *reversed(ring[1:])]
        if hole:
            around[-1].append(turned)
        else:
            found.append([turned])
    return found


def junctions(rings: Sequence[Ring]) -> set[Point]:
    """Return the points where borders meet: those that have different neighbours in different places."""
    beside: dict[Point, set[frozenset[Point]]] = defaultdict(set)
    for ring in rings:
        for place, point in enumerate(ring):
            beside[point].add(frozenset((ring[place - 1], ring[(place + 1) % len(ring)])))
    return {point for point, pairs in beside.items() if len(pairs) > 1}


def pieces(ring: Ring, cuts: set[Point]) -> list[Arc]:
    """Cut a ring at junctions; one without any starts at its first point in reading order."""
    places = [place for place, point in enumerate(ring) if point in cuts]
    if not places:
        places = [min(range(len(ring)), key=lambda place: ring[place])]
    ends = [*places[1:], places[0] + len(ring)]
    return [
        tuple(ring[place % len(ring)] for place in range(start, end + 1))
        for start, end in zip(places, ends, strict=True)
    ]


def topology(areas: Mapping[str, tuple[str, Sequence[Ring]]], name: str, **about: str) -> dict[str, Any]:
    """Return the TopoJSON of areas: name and closed rings (last point not repeated) by code.

    Args:
        areas: name and rings of each area, in thousandths of the width.
        name: the object's name in the topology.
        about: members of our own, put first (origin, licence).
    """
    grouped = {code: polygons(rings) for code, (_, rings) in areas.items()}
    every = [ring for groups in grouped.values() for group in groups for ring in group]
    cuts = junctions(every)
    numbers: dict[Arc, int] = {}

    def number(arc: Arc) -> int:
        if arc[::-1] in numbers:
            return ~numbers[arc[::-1]]
        return numbers.setdefault(arc, len(numbers))

    geometries = [
        {
            "type": "MultiPolygon",
            "id": code,
            "properties": {"code": code, "name": areas[code][0]},
            "arcs": [[[number(arc) for arc in pieces(ring, cuts)] for ring in group] for group in groups],
        }
        for code, groups in grouped.items()
    ]
    return {
        "type": "Topology",
        **about,
        "bbox": [
            *(min(point[axis] for ring in every for point in ring) for axis in (0, 1)),
            *(max(point[axis] for ring in every for point in ring) for axis in (0, 1)),
        ],
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [
            [list(arc[0]), *([x1 - x0, y1 - y0] for (x0, y0), (x1, y1) in pairwise(arc))] for arc in numbers
        ],
    }


def written(found: Mapping[str, Any]) -> str:
    """Return a topology as text: one geometry and one arc a line, so that a change shows where it is."""

    def short(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    [(name, collection)] = found["objects"].items()
    head = [f" {json.dumps(key)}: {short(found[key])}" for key in found if key not in {"objects", "arcs"}]
    shapes = ",\n".join(f"  {short(shape)}" for shape in collection["geometries"])
    arcs = ",\n".join(f"  {short(arc)}" for arc in found["arcs"])
    objects = f' "objects": {{"{name}": {{"type": "GeometryCollection", "geometries": [\n{shapes}\n ]}}}}'
    return "{\n" + ",\n".join([*head, objects, f' "arcs": [\n{arcs}\n ]']) + "\n}\n"
