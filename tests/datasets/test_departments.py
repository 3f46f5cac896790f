"""Grid and outlines of the 101 départements: complete, without clashes, roughly where they are."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from alliances import data
from alliances.errors import SourceError

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


def script(name):
    """A script of ``datasets/make``, imported from its file."""
    spec = importlib.util.spec_from_file_location(name, DATASETS / "make" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


topology = script("topology")
TILES = {code: (name, row, column) for code, name, row, column in data.department_tiles()}
OUTLINES = data.department_outlines()
MAINLAND = [code for code in TILES if not code.startswith("97")]
CODES = {f"{n:02}" for n in range(1, 96) if n != 20} | {"2A", "2B", "971", "972", "973", "974", "976"}
# Pairs that share a border, all around the country.
NEIGHBOURS = [
    ("59", "62"), ("29", "22"), ("29", "56"), ("67", "68"), ("57", "67"), ("75", "92"), ("75", "93"),
    ("75", "94"), ("33", "40"), ("40", "64"), ("64", "65"), ("66", "11"), ("06", "83"), ("13", "83"),
    ("73", "74"), ("38", "73"), ("69", "01"), ("63", "15"), ("44", "85"), ("50", "14"), ("76", "80"),
    ("21", "71"), ("2A", "2B"), ("45", "41"), ("31", "09"), ("87", "23"), ("35", "53"), ("55", "54"),
    ("18", "36"), ("12", "48"), ("84", "13"), ("60", "02"),
]  # fmt: skip


def test_both_hold_the_101_codes_and_agree_on_names():
    """Grid and outlines have the same 101 codes, as text, and the same names."""
    assert set(TILES) == set(OUTLINES) == CODES
    assert {code: name for code, (name, *_) in TILES.items()} == {
        code: name for code, (name, _) in OUTLINES.items()
    }


def test_no_two_tiles_share_a_square():
    """Each département has a square of its own, in at most 12 columns, which a phone has room for."""
    assert len({(row, column) for _, row, column in TILES.values()}) == 101
    assert max(column for *_, column in TILES.values()) == 12


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_neighbours_are_near(one, other):
    """Départements with a common border are at most two tiles apart."""
    (_, row, column), (_, other_row, other_column) = TILES[one], TILES[other]
    assert max(abs(row - other_row), abs(column - other_column)) <= 2


def _middle(code):
    """The middle of the largest ring, by its box."""
    ring = max(OUTLINES[code][1], key=len) if code not in {"75", "92", "93", "94"} else OUTLINES[code][1][0]
    return tuple((min(axis) + max(axis)) / 2 for axis in zip(*ring, strict=True))


@pytest.mark.parametrize(("axis", "place"), [(0, 2), (1, 1)], ids=["columns", "rows"])
def test_grid_follows_the_map(axis, place):
    """Along each axis tiles and outlines have much the same order (correlation above 0.9)."""
    pairs = [(_middle(code)[axis], TILES[code][place]) for code in MAINLAND]
    means = [sum(values) / len(pairs) for values in zip(*pairs, strict=True)]
    products = [(x - means[0]) * (y - means[1]) for x, y in pairs]
    squares = [sum((pair[side] - means[side]) ** 2 for pair in pairs) for side in (0, 1)]
    assert sum(products) / (squares[0] * squares[1]) ** 0.5 > 0.9


def test_outlines_are_a_small_drawing():
    """Rings have three points or more, no empty step, stay in the frame; the file is below 100 KB."""
    assert (DATASETS / "departments_map.json").stat().st_size < 100_000
    for _, rings in OUTLINES.values():
        assert rings
        for ring in rings:
            assert len(ring) >= 3
            assert all(before != after for before, after in pairwise(ring))
            assert all(0 <= x <= 1000 and 0 <= y <= 1200 for x, y in ring)


def test_neighbours_share_their_border():
    """Simplification kept common borders common: most points of Creuse are also points of its neighbours."""
    mine = set(OUTLINES["23"][1][0])
    others = {
        point for code in ("36", "18", "03", "63", "19", "87") for ring in OUTLINES[code][1] for point in ring
    }
    assert len(mine & others) >= 0.95 * len(mine)


def test_the_map_is_topojson():
    """The file is planar TopoJSON as specified, and is what its script makes of the outlines."""
    text = (DATASETS / "departments_map.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert found["type"] == "Topology"
    assert found["transform"] == {"scale": [1, 1], "translate": [0, 0]}
    shapes = found["objects"]["departments"]["geometries"]
    assert {shape["type"] for shape in shapes} == {"MultiPolygon"}
    assert (
        [shape["id"] for shape in shapes] == [shape["properties"]["code"] for shape in shapes] == [*OUTLINES]
    )
    about = {key: found[key] for key in ("about", "source", "licence")}
    assert text == topology.written(topology.topology(OUTLINES, "departments", **about))


def test_a_common_border_is_written_once():
    """An arc is used by one ring, or by two, which run along it in opposite directions."""
    found = json.loads((DATASETS / "departments_map.json").read_text(encoding="utf-8"))
    used = Counter(
        number
        for shape in found["objects"]["departments"]["geometries"]
        for polygon in shape["arcs"]
        for ring in polygon
        for number in ring
    )
    assert set(used.values()) == {1}
    both = sum(~number in used for number in used if number >= 0)
    assert both > 200
    assert {number if number >= 0 else ~number for number in used} == set(range(len(found["arcs"])))


def test_a_hole_turns_the_other_way():
    """Drôme has a hole, the enclave of Vaucluse, written behind the outer ring and in the other direction."""
    areas = [topology.surface(ring) for ring in OUTLINES["26"][1]]
    assert [area > 0 for area in areas] == [True, False]
    assert all(topology.surface(ring) > 0 for code in set(CODES) - {"26"} for ring in OUTLINES[code][1])


def test_origin_and_licence_are_named():
    """File and descriptor name IGN and the licence; the source of the licence is in the table of sources."""
    about = json.loads((DATASETS / "departments_map.json").read_text(encoding="utf-8"))
    assert "IGN" in about["source"]
    assert about["licence"] == "etalab-2.0"
    assert any("departments_map.json" in source["title"] for source in data.descriptor()["sources"])
    assert any(row["source_id"] == "S418" for row in data.rows("sources"))


SHAPE = (
    '"objects": {"departments": {"geometries": [{"id": "01", "properties": {"name": "Ain"}, "arcs": %s}]}}'
)


@pytest.mark.parametrize(
    "content",
    [
        "{", "[]", '{"arcs": []}', f'{{"arcs": [], {SHAPE % "[[[0]]]"}}}',
        f'{{"arcs": [[1]], {SHAPE % "[]"}}}', f'{{"arcs": [], {SHAPE % "[[[]]]"}}}',
    ],
)  # fmt: skip
def test_a_broken_file_is_named(tmp_path, monkeypatch, content):
    """A file of outlines that is not what it should be is refused with its path."""
    folder = shutil.copytree(DATASETS, tmp_path / "datasets")
    (folder / "departments_map.json").write_text(content, encoding="utf-8")
    monkeypatch.setenv("ALLIANCES_DATA", str(folder))
    with pytest.raises(SourceError, match=r"departments_map\.json"):
        data.department_outlines()


def test_a_broken_table_is_named(tmp_path, monkeypatch):
    """A tile whose place is no number is refused with file and line."""
    folder = shutil.copytree(DATASETS, tmp_path / "datasets")
    path = folder / "departments_tiles.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("01,Ain,9,9", "01,Ain,nine,9"), encoding="utf-8")
    monkeypatch.setenv("ALLIANCES_DATA", str(folder))
    with pytest.raises(SourceError, match="nine"):
        data.department_tiles()
