"""Every table of the course is described in both languages, with the meaning of its values."""

from __future__ import annotations

import pytest

from alliances import data, load
from alliances.data_words import description_of_table


@pytest.mark.parametrize("name", data.table_names())
def test_every_table_in_both_languages(name):
    """Title, source line, licence and each column are said in both languages, and differ where words do."""
    french, english = description_of_table(name, "fr"), description_of_table(name, "en")
    assert (french.title, french.summary) != (english.title, english.summary)
    assert french.source_line != english.source_line
    assert french.rows == english.rows > 0
    for one, other in zip(french.fields, english.fields, strict=True):
        assert (one.name, one.missing) == (other.name, other.missing)
        assert all((one.title, other.title, one.kind, other.kind)), one.name
        assert bool(one.note) == bool(other.note), one.name
    assert len(french.warnings) == len(english.warnings)


def test_values_are_explained_in_text():
    """What the codes of a column mean follows the table, once where two columns share it."""
    told = str(data.describe(load("syn_ties"), "fr"))
    assert "Valeurs et précisions :\n- " in told
    assert "- family_seen_by_a, family_seen_by_b : giving : mécénat" in told
    told = str(data.describe(load("cases"), "en"))
    assert "- summary_fr, summary_en: 60 to 110 words" in told


def test_values_are_explained_in_a_notebook():
    """In a notebook each stands under the meaning of its column, escaped."""
    shown = data.describe(load("syn_ties"), "en")._repr_html_()
    assert "End<br><small>Empty when" in shown
    frame = load("syn_epci")
    assert "&#x27;" in data.describe(frame, "fr")._repr_html_()
    assert "<script" not in shown


def test_a_table_without_notes_has_no_heading():
    """The heading stands only where there is something under it."""
    left = load("syn_epci")[["name"]]
    assert "Valeurs et précisions" not in str(data.describe(left, "fr"))
