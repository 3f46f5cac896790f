"""What types with several places to fill share: figures, intervals, series, catalogues."""

from __future__ import annotations

import re
from typing import Any

import pytest

from alliances.i18n import area_texts
from alliances.questions.several import figure, inner, range_words, series

TYPES = ("allocation", "matrix", "placement", "table", "file")
AREAS = ("marking_several", *(f"{part}_{name}" for part in ("marking", "component") for name in TYPES))


def _places(template: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", template)))


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_fill_in_the_same_values(area: str) -> None:
    """Each text exists in both languages, with the same places to fill."""
    for key, entry in area_texts(area).items():
        assert set(entry) == {"fr", "en"}, key
        assert _places(entry["fr"]) == _places(entry["en"]), key


@pytest.mark.parametrize(
    ("low", "high", "unit", "lang", "words"),
    [
        (20, None, "k€", "fr", "au moins 20\u00a0k€"),
        (None, 1234.5, "", "fr", "au plus 1\u202f234,5"),
        (20, 30, "%", "en", "between 20% and 30%"),
        (20, 20, "", "en", "exactly 20"),
    ],
)
def test_an_interval_is_said(low: Any, high: Any, unit: str, lang: Any, words: str) -> None:
    """Open, closed and one-point intervals have their words, with the numbers of the language."""
    assert range_words(low, high, unit, lang) == words


def test_figures_keep_the_decimals_they_need() -> None:
    """A number is written with its own decimals and unit."""
    assert figure(0.25, "€", "fr") == "0,25\u00a0€"
    assert figure(3.0, "%", "en") == "3%"


def test_a_series_is_punctuated_as_its_language() -> None:
    """French puts an unbreakable space before the colon and the semicolon."""
    assert series([("a", "1"), ("b", "2")], "fr") == "a\u00a0: 1\u202f; b\u00a0: 2"
    assert series([("a", "1"), ("b", "2")], "en") == "a: 1; b: 2"


@pytest.mark.parametrize("value", [None, 3, [], {"a": 3}, {"a": None}, {"a": []}])
def test_a_path_that_leads_nowhere_gives_nothing(value: object) -> None:
    """An answer of another form has nothing at the path."""
    assert inner(value, "a", "b") is None
