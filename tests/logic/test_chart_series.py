"""Lines, points and timelines: what they say, where they put things, what they refuse."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.logic.chart import lines, points, timeline

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"caption": "What it shows", "source": "a source, 2015", "lang": "en"}
YEARS = [2015, 2016, 2018]


def _root(figure):
    return ET.fromstring(figure.svg)  # noqa: S314 - our own drawing


def _drawn(figure):
    return [element.text for element in _root(figure).iter(f"{SVG}text")]


def test_lines_say_every_value_and_what_is_missing():
    """The text alternative has each place and value of each line; a missing one is said there and drawn."""
    figure = lines(YEARS, {"Towns": [3, None, 5.5], "Firms": [1, 2, 4]}, decimals=1, **WORDS)
    assert figure.text_alternative == (
        "Line chart, lines: 2; first place: 2015; last: 2018. "
        "Towns: 2015 (3.0), 2016 (not available), 2018 (5.5); Firms: 2015 (1.0), 2016 (2.0), 2018 (4.0)."
    )
    assert figure.table_rows == (
        ("2015", "3.0", "1.0"),
        ("2016", "not available", "2.0"),
        ("2018", "5.5", "4.0"),
    )
    assert "Broken line: figure not available." in _drawn(figure)
    assert {"Towns", "Firms", "5.5", "4.0"} <= set(_drawn(figure))


def test_lines_differ_by_dashes_and_markers():
    """Four lines have four dashes and four markers."""
    figure = lines(["a", "b"], {name: [number, 2] for number, name in enumerate("wxyz")}, **WORDS)
    root = _root(figure)
    dashes = {
        line.get("stroke-dasharray") for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "2.5"
    }
    shapes = {path.get("d") for path in root.iter(f"{SVG}path")}
    assert (len(dashes), len(shapes)) == (4, 4)


def test_lines_break_where_data_are_missing():
    """No line is drawn to or from a missing value, and a lone point keeps its marker."""
    figure = lines([1, 2, 3, 4], {"a": [1, None, 3, None]}, **WORDS)
    steps = [line for line in _root(figure).iter(f"{SVG}line") if line.get("stroke-width") == "2.5"]
    assert len(steps) == 1  # the sample of the key
    assert len(list(_root(figure).iter(f"{SVG}use"))) == 3  # two points and the sample


def test_years_stand_to_scale():
    """Numbers of the axis keep their distances: 2018 is twice as far from 2016 as 2015."""
    figure = lines(YEARS, {"a": [1, 1, 1]}, **WORDS)
    *_, one, two, three = (float(use.get("x")[:-1]) for use in _root(figure).iter(f"{SVG}use"))
    assert (three - two) / (two - one) == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize(
    ("domain", "said"), [(None, False), ((0, 9), False), ((2, 9), True), ((-9, 9), False)]
)  # fmt: skip
def test_an_axis_that_does_not_start_at_zero_says_so(domain, said):
    """An axis without zero is announced under the drawing."""
    figure = lines(YEARS, {"a": [3, 4, 5]}, domain=domain, **WORDS)
    assert ("The axis does not start at zero." in _drawn(figure)) is said


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=30),
    st.integers(1, 4),
)
def test_values_at_line_ends_never_touch(values, count):
    """Whatever the data, the values printed at line ends are at least 17 px apart."""
    if all(value is None for value in values):
        return
    figure = lines(range(len(values)), [(str(n), values) for n in range(count)], **WORDS)
    heights = sorted(
        float(text.get("y")) for text in _root(figure).iter(f"{SVG}text") if text.get("font-weight")
    )
    assert all(after - before >= 17 for before, after in pairwise(heights))


def test_points_are_numbered_and_named_below():
    """Each point has its number beside it; names and both values stand below and in the table."""
    figure = points([("Town", 1, 5), ("Firm", 4, 2)], titles=("Influence", "Interest"), **WORDS)
    assert figure.text_alternative == (
        "Scatter plot (2 points); across: Influence; upwards: Interest. Town: 1 and 5; Firm: 4 and 2."
    )
    assert figure.table_head == ("Item", "Influence", "Interest")
    assert figure.table_rows == (("Town", "1", "5"), ("Firm", "4", "2"))
    assert _drawn(figure).count("1") >= 2


def test_points_in_one_place_share_a_dot():
    """Points with the same values are one dot with both numbers."""
    figure = points([("a", 1, 1), ("b", 1, 1), ("c", 2, 2)], titles=("x", "y"), **WORDS)
    assert len(list(_root(figure).iter(f"{SVG}circle"))) == 2
    assert "1, 2" in _drawn(figure)


def test_diagonal_and_references_are_said():
    """The diagonal counts the points on each side; a reference line has its value and meaning."""
    items = [("a", 10, 30), ("b", 30, 10), ("c", 20, 20), ("d", 5, 6)]
    figure = points(
        items, titles=("Before", "After"), unit="percent", diagonal=True, references=(None, 25),
        reference_labels=("", "goal"), **WORDS,
    )  # fmt: skip
    assert "Above the diagonal: 2; below: 1. Horizontal line: 25% (goal)." in figure.text_alternative
    assert "Dashed line: both values are equal." in " ".join(_drawn(figure))


def test_timeline_is_in_the_order_of_time():
    """Steps come in the order of time, those of the same date as given; dates follow the language."""
    events = [("2021-03-01/2022", "c"), ("2019-08", "b"), (2018, "a"), ("2019-08", "b2")]
    french = timeline(events, caption="c", source="s", lang="fr")
    assert french.table_rows == (
        ("2018", "a"), ("août 2019", "b"), ("août 2019", "b2"), ("du 1er mars 2021 à 2022", "c"),
    )  # fmt: skip
    assert french.text_alternative == (
        "Frise chronologique, nombre d’étapes\u00a0: 4. Première date\u00a0: 2018. Dernière\u00a0: 2022. "
        "2018\u00a0: a\u202f; août 2019\u00a0: b\u202f; août 2019\u00a0: b2\u202f; "
        "du 1er mars 2021 à 2022\u00a0: c."
    )
    assert timeline(events, **WORDS).table_rows[-1] == ("1 March 2021 to 2022", "c")


@pytest.mark.parametrize(
    ("when", "french", "english"),
    [
        ("2020-04/2020-10", "d’avril 2020 à octobre 2020", "April 2020 to October 2020"),
        ("2020-01-02/2020-02-03", "du 2 janvier 2020 au 3 février 2020", "2 January 2020 to 3 February 2020"),
        ("2020/2021", "de 2020 à 2021", "2020 to 2021"),
    ],
)
def test_spans_are_written_as_the_language_does(when, french, english):
    """French contracts before a day and elides before a vowel."""
    for lang, words in (("fr", french), ("en", english)):
        assert timeline([(when, "x")], caption="c", source="s", lang=lang).table_rows == ((words, "x"),)


def test_timeline_keeps_distances():
    """Moments stand on the axis by their dates, and a span reaches from its start to its end."""
    figure = timeline([(2000, "a"), (2005, "b"), (2010, "c"), ("2000/2010", "d")], **WORDS)
    root = _root(figure)
    a, b, c = (float(dot.get("cx")[:-1]) for dot in root.iter(f"{SVG}circle"))
    assert b - a == pytest.approx(c - b)
    [span] = [line for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "6"]
    assert (float(span.get("x1")[:-1]), float(span.get("x2")[:-1])) == (a, c)


def _points(items, **more):
    return points(items, titles=("x", "y"), **{**WORDS, **more})


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: lines([], {"a": []}, **WORDS), "nothing to draw"),
        (lambda: lines([1], {"a": [None]}, **WORDS), "nothing to draw"),
        (lambda: lines([1, 2], {"a": [1]}, **WORDS), "“a” has 1 values for 2 places"),
        (lambda: lines([2, 1], {"a": [1, 2]}, **WORDS), "from the lowest to the highest"),
        (lambda: lines(["x", "x"], {"a": [1, 2]}, **WORDS), "must differ"),
        (lambda: lines([1], {name: [1] for name in "abcde"}, **WORDS), "5 lines: one to four"),
        (lambda: lines([1], {"a": [float("nan")]}, **WORDS), "not a finite number"),
        (lambda: lines([1], {"a": [5]}, domain=(0, 4), **WORDS), "axis from 0 to 4 does not hold"),
        (lambda: _points([]), "nothing to draw"),
        (lambda: _points([("a", 1, float("inf"))]), "not a finite number"),
        (lambda: _points([("a", 1, 5)], domain=((0, 2), (0, 4))), "axis from 0 to 4 does not hold"),
        (lambda: timeline([], **WORDS), "nothing to draw"),
        (lambda: timeline([("2020-13", "x")], **WORDS), "“2020-13” is not a date"),
        (lambda: timeline([("2021-02-29", "x")], **WORDS), "“2021-02-29” is not a date"),
        (lambda: timeline([("2020-00", "x")], **WORDS), "“2020-00” is not a date"),
        (lambda: timeline([("spring 2020", "x")], **WORDS), "Write 2024, 2024-03 or"),
        (lambda: timeline([("2020/", "x")], **WORDS), "“2020/” is not a date"),
        (lambda: timeline([("2021/2020", "x")], **WORDS), "“2021/2020”: the end comes before"),
    ],
)
def test_refusals(attempt, message, monkeypatch):
    """What cannot be drawn is refused with a reason and what to do."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ValueError, match=message):
        attempt()
