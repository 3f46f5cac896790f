"""Networks: who is linked to whom, in words, in the table and on the drawing."""

from __future__ import annotations

import math
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.logic.chart import network
from alliances.logic.chart_network_layout import layout

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"caption": "What it shows", "source": "a source, 2015", "lang": "en"}
NAMES = ["Town", "Firm", "Club", "Bank"]
LINKS = [("Town", "Firm", "pays"), ("Firm", "Club", "helps"), ("Town", "Firm", "helps")]


def test_every_link_and_degree_is_said():
    """The text alternative has the degree of each actor, the most linked, those alone, and every link."""
    assert network(NAMES, LINKS, **WORDS).text_alternative == (
        "Network: actors: 4; links: 3. Town (links: 2); Firm (links: 3); Club (links: 1); Bank (links: 0). "
        "Most links: Firm (3). Without a link: Bank. "
        "Links: Town and Firm, pays; Firm and Club, helps; Town and Firm, helps."
    )


@pytest.mark.parametrize(
    ("directed", "head", "said"),
    [
        (False, ("Actor", "Other actor", "Kind of link"), "Town and Firm"),
        (True, ("From", "To", "Kind of link"), "Town to Firm"),
    ],
)  # fmt: skip
def test_table_lists_the_links(directed, head, said):
    """The data table has a row a link, and one for each actor without any; direction is named."""
    figure = network(NAMES, LINKS, directed=directed, **WORDS)
    assert figure.table_head == head
    assert figure.table_rows == (*LINKS, ("Bank", "–", "–"))
    assert said in figure.text_alternative
    assert ("marker-end" in figure.svg) is directed


def test_one_kind_needs_no_key():
    """Links of one kind without a name have neither key nor column of kinds."""
    figure = network(["a", "b"], [("a", "b", "")], **WORDS)
    assert figure.table_rows == (("a", "b"),)
    assert figure.table_head == ("Actor", "Other actor")


def test_a_network_without_links_can_be_drawn():
    """Actors alone are shown and said to be so."""
    assert (
        network(["a"], [], **WORDS).text_alternative == "Network: actors: 1; links: 0. a (links: 0). No link."
    )


def test_kinds_differ_by_dashes():
    """Each kind of link has dashes of its own, in the key as on the drawing."""
    links = [("Town", "Firm", kind) for kind in "abcd"]
    lines = ET.fromstring(network(NAMES, links, **WORDS).svg).iter(f"{SVG}line")  # noqa: S314 - our own
    assert len({line.get("stroke-dasharray") for line in lines}) == 4


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 25), st.data())
def test_layout_is_inside_apart_and_the_same(count, data):
    """Whatever the links, actors stand inside the box, keep their distance, and stand there again."""
    ends = st.integers(0, count - 1)
    links = [(a, b) for a, b in data.draw(st.lists(st.tuples(ends, ends), max_size=30)) if a != b]
    tall = 250 + 9 * max(0, count - 8)
    spots = layout(count, links, 240, tall, 36)
    assert spots == layout(count, links, 240, tall, 36)
    assert all(-0.01 <= x <= 240.01 and -0.01 <= y <= tall + 0.01 for x, y in spots)
    assert all(math.dist(*two) >= 26 for two in combinations(spots, 2))


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: network([], [], **WORDS), "nothing to draw"),
        (lambda: network(["a", "a"], [], **WORDS), "“a” stands twice"),
        (lambda: network(["a"], [("a", "b", "")], **WORDS), "not in the list: “b”"),
        (lambda: network(["a"], [("a", "a", "")], **WORDS), "“a” is linked to itself"),
        (lambda: network(["a", "b"], [("a", "b", ""), ("b", "a", "")], **WORDS), "“b – a” stands twice"),
        (lambda: network(["a", "b"], [("a", "b", kind) for kind in "vwxyz"], **WORDS), "5 kinds of links"),
        (lambda: network([str(n) for n in range(41)], [], **WORDS), "41 actors.*more than 40"),
    ],
)
def test_refusals(attempt, message, monkeypatch):
    """What cannot be drawn is refused with a reason and what to do."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ValueError, match=message):
        attempt()
