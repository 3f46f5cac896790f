"""Tables of notebooks, made fit for reading."""

from __future__ import annotations

import pytest

from alliances.course.page_tables import readable_tables

FRAME = (
    "<div><style scoped>td { color: red }</style>"
    '<table border="1" class="dataframe"><thead><tr style="text-align: right;">'
    "<th></th><th>n</th></tr></thead>"
    "<tbody><tr><th>x</th><td>1</td></tr></tbody></table></div>"
)


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ('role="group" tabindex="0" aria-label="Tableau"', "the keyboard reaches it and it has a name"),
        ("<td></td>", "its corner is no header"),
        ('<th scope="col">n</th>', "a column says that it heads a column"),
        ('<th scope="row">x</th>', "a row's name heads the row"),
    ],
)
def test_a_data_frame_becomes_readable(expected, why):
    """A data frame's table gets a frame, a name and headers that say what they head."""
    assert expected in readable_tables(FRAME, "Tableau"), why


def test_a_data_frame_loses_its_own_style():
    """The style that pandas writes would reach every table of the page."""
    assert "<style" not in readable_tables(FRAME, "Tableau")


def test_a_caption_names_the_table():
    """A caption, when there is one, is the frame's name, as text."""
    captioned = FRAME.replace("<thead>", "<caption>Cas <em>lus</em> &amp; relus</caption><thead>", 1)
    assert 'aria-label="Cas lus &amp; relus"' in readable_tables(captioned, "Tableau")


@pytest.mark.parametrize("other", ["<p>1 &lt; 2</p>", "<table><tr><th></th></tr></table>"])
def test_other_output_stays_as_it_is(other):
    """Only data frames are touched."""
    assert readable_tables(other, "Tableau") == other
