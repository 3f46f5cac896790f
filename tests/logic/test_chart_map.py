"""Maps of départements: classes, codes, what is missing, and what both maps say alike."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances import data
from alliances.logic.chart import department_map, tile_map
from alliances.logic.chart_classes import Classing

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"caption": "What it shows", "source": "a source, 2015", "lang": "en"}
TILES = [
    ("01", "Ain", 1, 1),
    ("02", "Aisne", 1, 2),
    ("2A", "Corse-du-Sud", 2, 2),
    ("2B", "Haute-Corse", 2, 1),
]
SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]
OUTLINES = {
    code: (name, [[(x + 4 * row, y + 4 * column) for x, y in SQUARE]]) for code, name, row, column in TILES
}
VALUES = {"01": 12, "02": 30, "2A": 31, "2B": None}
BOTH = pytest.mark.parametrize(("draw", "place"), [(tile_map, TILES), (department_map, OUTLINES)])


def _root(figure):
    return ET.fromstring(figure.svg)  # noqa: S314 - our own drawing


def _drawn(figure):
    return [element.text for element in _root(figure).iter(f"{SVG}text")]


@BOTH
def test_alternative_and_table_are_the_data(draw, place):
    """Ends, members of each class and what is missing are said; the table has value and class of each."""
    figure = draw(VALUES, place, limits=[20, 31], unit="percent", **WORDS)
    assert figure.text_alternative == (
        "Map: 3 of 4 départements have a value, number of classes: 3. "
        "Highest value: Corse-du-Sud (31%). Lowest: Ain (12%). "
        "Class 1, below 20%: Ain. Class 2, 20% to below 31%: Aisne. Class 3, 31% and above: Corse-du-Sud. "
        "Not available: Haute-Corse."
    )
    assert figure.table_rows == (
        ("Ain", "01", "12%", "1"), ("Aisne", "02", "30%", "2"), ("Corse-du-Sud", "2A", "31%", "3"),
        ("Haute-Corse", "2B", "not available", "–"),
    )  # fmt: skip


@BOTH
def test_limits_are_printed_with_counts(draw, place):
    """The legend prints number, limits and size of each class, and what is missing."""
    drawn = _drawn(draw(VALUES, place, limits=[20], **WORDS))
    assert {"1: below 20 (1)", "2: 20 and above (2)", "not available (1)"} <= set(drawn)


@BOTH
def test_a_code_without_value_is_missing(draw, place):
    """A département that is not in the values is shown as one whose value is None."""
    assert draw({"01": 3, "02": None}, place, **WORDS).svg == draw({"01": 3}, place, **WORDS).svg


def test_tiles_print_code_and_value():
    """Each tile has its code and, where it fits a phone, its value."""
    drawn = _drawn(tile_map(VALUES, TILES, **WORDS))
    assert {"01", "12", "02", "30", "2A", "31", "2B"} <= set(drawn)
    assert "value." in " ".join(drawn)


def test_tiles_print_the_class_where_values_are_long():
    """Long values give way to the number of the class, and the drawing says so."""
    tiles = data.department_tiles()
    figure = tile_map({code: 1000.0 * row for code, _, row, _ in tiles}, tiles, **WORDS)
    assert "number of its class." in " ".join(_drawn(figure))
    assert "1,000" not in _drawn(figure)


def test_outlines_have_a_texture_a_class():
    """Outlines of different classes have different patterns, and the missing one has its own."""
    figure = department_map(VALUES, OUTLINES, limits=[20, 31], **WORDS)
    fills = [
        path.get("fill") for path in _root(figure).iter(f"{SVG}path") if "url" in (path.get("fill") or "")
    ]
    assert [re.sub(r".*-(\w\d)\)", r"\1", fill) for fill in fills] == ["m1", "m3", "m5", "m0"]


def test_every_part_names_itself_to_a_pointer():
    """A pointer that rests on a part is told name, code and value."""
    for figure in (tile_map(VALUES, TILES, **WORDS), department_map(VALUES, OUTLINES, **WORDS)):
        assert "Ain (01): 12" in {title.text for title in _root(figure).iter(f"{SVG}title")}


def test_outline_is_the_geometry_given():
    """A path goes through the points of the ring, closed."""
    figure = department_map({"01": 1}, {"01": ("Ain", [SQUARE])}, **WORDS)
    assert 'd="M0 0l4 0 0 4 -4 0z"' in figure.svg


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=60), st.integers(0, 2), st.integers(1, 5))
def test_classes_hold_every_value_in_order(values, decimals, count):
    """Classes are at most as many as asked for, none is empty, and a higher value is never in a lower one."""
    classing = Classing.of(values, decimals, count, None)
    numbers = [classing.number(value) for value in sorted(values)]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, len(classing.cuts) + 2))
    assert max(numbers) <= count


def test_a_value_is_classed_as_printed():
    """9.96 printed 10.0 belongs to the class that starts at 10."""
    assert Classing.of([9.96, 1], 1, 5, [10]).number(9.96) == 2


@BOTH
@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ({1: 3}, {}, "The code 1 is a number. Write a text: “01”"),
        ({"1": 3}, {}, "The code “1” is not on the map"),
        ({"01": None}, {}, "nothing to draw"),
        ({"01": float("nan")}, {}, "not a finite number"),
        ({"01": 3}, {"classes": 6}, r"one to five classes \(asked for: 6\)"),
        ({"01": 3}, {"limits": [2, 1]}, "from the lowest to the highest"),
        ({"01": 3}, {"limits": [1, 2, 3, 4, 5]}, "four limits of classes at most"),
    ],
)
def test_refusals(draw, place, values, more, message, monkeypatch):  # noqa: PLR0913, PLR0917
    """What cannot be mapped is refused with a reason and what to do."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ValueError, match=message):
        draw(values, place, **more, **WORDS)


def test_bad_places_are_refused(monkeypatch):
    """Two tiles in one place, and a ring that encloses nothing, are refused."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ValueError, match="same place or the same code"):
        tile_map({"01": 1}, [*TILES, ("03", "Allier", 1, 1)], **WORDS)
    for rings in ([], [[(0, 0), (1, 1)]], [[(0, 0), (1, 0), (2, 0)]]):
        with pytest.raises(ValueError, match="at least three points around a surface"):
            department_map({"01": 1}, {"01": ("Ain", rings)}, **WORDS)
