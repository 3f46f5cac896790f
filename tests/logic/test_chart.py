"""Charts: what a person who does not see them gets, and that they are sound SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from alliances.logic.chart import (
    bars,
    department_map,
    grouped_bars,
    heat_table,
    intervals,
    lines,
    network,
    points,
    tile_map,
    timeline,
)
from alliances.logic.chart_parts import ACCENT, write
from alliances.logic.typology import CRITERIA, DEFAULT_RULE, FAMILIES, read, reading_figure

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"caption": "What it shows", "source": "a source, 2015", "lang": "en"}


def _parse(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def _drawn(figure):
    """Return the texts of a drawing, from top to bottom."""
    return [element.text for element in _parse(figure.svg).iter(f"{SVG}text")]


def _bars(**more):
    items = [("Giving", 67), ("Responsible practices", 29.0)]
    return bars(items, unit="percent", maximum=100, **{**WORDS, **more})


def _grouped(**more):
    series = {"Associations": [3, 4], "Companies": [2, None]}
    return grouped_bars(["2015", "2022"], series, **{**WORDS, **more})


def _heat(**more):
    names = ["Yes", "No"]
    return heat_table(names, names, [[20, 5], [10, 15]], diagonal=True, totals=True, **{**WORDS, **more})


def _intervals(**more):
    return intervals([("Two people", 0.4, 0.15, 0.65)], reference=0, domain=(-1, 1), **{**WORDS, **more})


def _lines(**more):
    return lines([2015, 2016, 2018], {"Towns": [3, None, 5], "Firms": [1, 2, 4]}, **{**WORDS, **more})


def _points(**more):
    return points([("Town", 1, 5), ("Firm", 4, 2)], titles=("Influence", "Interest"), **{**WORDS, **more})


def _network(**more):
    return network(["Town", "Firm", "Club"], [("Town", "Firm", "pays")], **{**WORDS, **more})


def _timeline(**more):
    return timeline([("2020/2021", "Agreement"), ("2019-03", "First talk")], **{**WORDS, **more})


def _tiles(**more):
    tiles = [("01", "Ain", 1, 1), ("02", "Aisne", 1, 2), ("2A", "Corse-du-Sud", 2, 2)]
    return tile_map({"01": 12, "02": 30}, tiles, **{**WORDS, **more})


def _outlines(**more):
    square = [(0, 0), (4, 0), (4, 4), (0, 4)]
    outlines = {"01": ("Ain", [square]), "02": ("Aisne", [[(x + 4, y) for x, y in square]])}
    return department_map({"01": 12}, outlines, **{**WORDS, **more})


PRINTED = pytest.mark.parametrize("draw", [_bars, _grouped, _heat, _intervals, _points, _timeline])
KINDS = pytest.mark.parametrize(
    "draw",
    [_bars, _grouped, _heat, _intervals, _lines, _points, _network, _timeline, _tiles, _outlines],
)


@KINDS
def test_a_source_that_introduces_itself_is_not_introduced_twice(draw):
    """A source line that starts with « Source » stands as it is."""
    assert draw(source="Source: a table").credit == "Source: a table"


@KINDS
def test_drawing_is_named_and_described(draw):
    """The SVG is one image, named by the caption and described by the text alternative."""
    figure = draw()
    root = _parse(figure.svg)
    assert root.get("role") == "img"
    title, text_of = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {text_of.get('id')}"
    assert (title.text, text_of.text) == (figure.caption, figure.text_alternative)


@PRINTED
def test_every_number_of_the_table_is_said_and_drawn(draw):
    """What the data table holds is also in the text alternative, and printed in the drawing."""
    figure = draw()
    drawn = " ".join(_drawn(figure))
    last = -1 if figure.kind == "heat_table" else None
    for row in figure.table_rows[:last]:
        for cell in row[1:last]:
            assert cell in figure.text_alternative
            assert cell in drawn


@KINDS
def test_html_has_all_parts(draw):
    """The figure holds caption, drawing, description with data table, source, and nothing from elsewhere."""
    figure = draw()
    html = figure.to_html()
    assert html == figure._repr_html_()
    assert f'<figcaption class="al-figure__caption">{figure.caption}</figcaption>' in html
    assert "Source: a source, 2015" in html
    assert html.count("<tr>") == len(figure.table_rows) + 1
    assert 'lang="en"' in html
    outside = set(re.findall(r"https?://[^\"' )]+", html))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert "<script" not in html


@KINDS
def test_synthetic_data_say_so_everywhere(draw):
    """Made-up data are announced in the drawing, the text alternative and so in the page."""
    figure = draw(synthetic=True, lang="fr")
    drawn = _drawn(figure)
    assert "Données fictives." in drawn
    assert figure.text_alternative.startswith("Données fictives.")
    assert "fictives" not in draw(lang="fr").to_html()


@KINDS
def test_same_content_same_bytes(draw):
    """A figure is the same each time; another key, caption or language gives another identifier."""
    assert draw() == draw()
    names = {figure.id for figure in (draw(), draw(key="2"), draw(caption="Other"), draw(lang="fr"))}
    assert len(names) == 4


@KINDS
def test_texts_are_escaped(draw):
    """What looks like markup in a caption or source is shown, not obeyed."""
    figure = draw(caption='<script>"&</script>', source="<b>")
    assert "<script>" not in figure.to_html()
    assert "<b>" not in figure.to_html()
    assert _parse(figure.svg).find(f"{SVG}title").text == '<script>"&</script>'


@KINDS
def test_printed_figure_is_words(draw):
    """print(figure) gives caption, text alternative and source."""
    figure = draw()
    assert str(figure) == f"What it shows\n{figure.text_alternative}\nSource: a source, 2015"


def test_labels_are_escaped():
    """A label that looks like markup is text in drawing and table."""
    figure = bars({"<i>a</i>": 1}, **WORDS)
    assert "<i>" not in figure.to_html()
    _parse(figure.svg)


def test_bars_alternative_names_extremes():
    """The text alternative of bars lists values in order, then the highest and the lowest."""
    assert _bars().text_alternative == (
        "Bar chart, number of bars: 2. Giving: 67%; Responsible practices: 29%. "
        "Highest value: Giving (67%). Lowest: Responsible practices (29%)."
    )
    assert "Highest" not in bars({"a": 1, "b": 1}, **WORDS).text_alternative


def test_french_numbers():
    """French figures have decimal commas, narrow no-break spaces and true minus signs."""
    figure = bars({"a": -1234.5}, decimals=1, unit="t", caption="c", source="s", lang="fr")
    assert figure.table_rows == (("a", "−1\u202f234,5\u00a0t"),)


def test_bars_start_at_zero_and_keep_proportions():
    """Bars are as long as their values, on the scale that starts at zero, negative ones leftwards."""
    figure = bars({"a": 4, "b": 2, "c": -1}, **WORDS)
    rects = [
        (float(rect.get("x")[:-1]), float(rect.get("width")[:-1]))
        for rect in _parse(figure.svg).iter(f"{SVG}rect")
    ]
    (zero, a), (zero_b, b), (left, c) = rects
    assert a / b == pytest.approx(2, rel=1e-3)
    assert a / c == pytest.approx(4, rel=1e-3)
    assert zero == zero_b == pytest.approx(left + c, abs=0.002)


def test_all_zero_can_be_drawn():
    """Values that are all 0 give bars of no length, and say 0."""
    figure = bars({"a": 0, "b": 0}, **WORDS)
    assert [rect.get("width") for rect in _parse(figure.svg).iter(f"{SVG}rect")] == ["0%", "0%"]
    assert figure.table_rows == (("a", "0"), ("b", "0"))


def test_missing_value_is_words():
    """A value that is not available is said in words, with no bar."""
    figure = bars({"a": 1, "b": None}, **WORDS)
    assert figure.table_rows[1] == ("b", "not available")
    assert len(list(_parse(figure.svg).iter(f"{SVG}rect"))) == 1


def test_series_differ_by_more_than_colour():
    """Each series has its own fill pattern and its name beside each of its bars."""
    figure = grouped_bars(["x"], [("one", [1]), ("two", [2]), ("three", [3])], **WORDS)
    root = _parse(figure.svg)
    fills = [rect.get("fill") for rect in root.iter(f"{SVG}rect") if "mark" in rect.get("class")]
    assert fills == [ACCENT, f"url(#{figure.id}-hatch)", f"url(#{figure.id}-dots)"]
    assert {"one", "two", "three"} <= set(_drawn(figure))
    assert {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")} == {
        f"{figure.id}-hatch", f"{figure.id}-dots",
    }  # fmt: skip


def test_heat_table_words_and_totals():
    """The text alternative gives each row and the sum of the diagonal; totals stand in the data table."""
    figure = _heat(row_title="Reader A")
    assert "Yes: Yes 20, No 5; No: Yes 10, No 15." in figure.text_alternative
    assert figure.text_alternative.endswith("On the diagonal: 35 of 50.")
    assert figure.table_head == ("Reader A", "Yes", "No", "Total")
    assert figure.table_rows[-1] == ("Total", "30", "20", "50")


def test_heat_table_letters_for_long_names():
    """Long column names become letters, explained beside the rows or in a key above."""
    names = ["Economic cooperation", "Societal innovation"]
    same = heat_table(names, names, [[1, 0], [0, 1]], **WORDS)
    other = heat_table(["case"], names * 3, [[0, 1, 2, 3, 4, 5]], **WORDS)
    drawn = " ".join(_drawn(other))
    assert "A: Economic cooperation" in drawn
    assert same.table_head[1:] == tuple(names)
    assert "Economic cooperation 0" not in other.text_alternative


def test_intervals_words():
    """An interval is said as value, lower and upper end, and the table names the level."""
    figure = _intervals(reference_label="chance")
    assert figure.text_alternative == "Points and 95% intervals (1). Two people: 0.40 (0.15 to 0.65)."
    assert figure.table_head == ("Item", "Value", "Lower end (95%)", "Upper end (95%)")
    drawn = _drawn(figure)
    assert "Dashed line: 0 (chance)" in drawn


def test_intervals_of_equal_numbers_can_be_drawn():
    """A single point without width still has an axis."""
    assert intervals([("a", 1, 1, 1)], **WORDS).table_rows == (("a", "1.00", "1.00", "1.00"),)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: bars([], **WORDS), "nothing to draw"),
        (lambda: bars({"a": float("nan")}, **WORDS), "not a finite number.*write None"),
        (lambda: bars({"a": 12}, maximum=10, **WORDS), r"maximum asked for \(10\) is below.*\(12"),
        (lambda: bars({"a": 1}, caption=" ", source="s"), "caption is missing"),
        (lambda: bars({"a": 1}, caption="c", source=""), "“c”: the source of the data is missing"),
        (lambda: grouped_bars(["x"], {"a": [1]}, **WORDS), r"Two or three series.*\(found: 1\)"),
        (lambda: grouped_bars(["x"], {"a": [1], "b": []}, **WORDS), "“b” has 0 values for 1 groups"),
        (lambda: heat_table(["x"], ["y"], [[1, 2]], **WORDS), "1 rows of 1 numbers"),
        (lambda: heat_table(["x"], ["y"] * 27, [[1] * 27], **WORDS), "27 columns.*26 at most"),
        (lambda: heat_table(["x"], ["y", "z"], [[1, 2]], diagonal=True, **WORDS), "as many rows as columns"),
        (lambda: intervals([("a", 2, 0, 1)], **WORDS), "“a”: the interval from 0 to 1 does not enclose"),
        (lambda: intervals([("a", 2, 0, 3)], domain=(0, 1), **WORDS), "axis from 0 to 1 does not hold"),
        (lambda: intervals([("a", float("inf"), 0, 1)], **WORDS), "not a finite number"),
    ],
)
def test_refusals(attempt, message, monkeypatch):
    """What cannot be drawn is refused with a reason and what to do."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ValueError, match=message):
        attempt()


def test_reading_figure_shows_every_contribution():
    """A drawn reading has a row a criterion, unknown ones included, a column a family, and the totals."""
    reading = read({"direction": "both_ways", "joint_offer": "yes", "priced_order": "no"})
    figure = reading_figure(reading, "A case", lang="en")
    assert len(figure.table_rows) == len(CRITERIA) + 1
    assert figure.table_head[1:] == tuple(family.label("en") for family in FAMILIES)
    assert figure.table_rows[3] == ("New solution: not known", "0", "0", "0", "0", "0")
    totals = [reading.score(family.id).total for family in FAMILIES]
    assert figure.table_rows[-1][1:] == tuple(write(total, signed=True) for total in totals)
    halves = DEFAULT_RULE.changed("joint_offer", "yes", "economic_cooperation", 2.5)
    assert reading_figure(read({"joint_offer": "yes"}, halves), "x", lang="en").table_rows[2][3] == "+2.5"
