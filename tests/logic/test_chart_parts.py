"""What charts are drawn with: numbers, lines of text, axes, colours; and the words of the catalogues."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import area_texts
from alliances.logic.chart_heat import shade
from alliances.logic.chart_parts import ACCENT, INK, MUTED, PAPER, WARM, Scale, ticks, wrap, write


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, -1, -2, -3, -4])
def test_cells_are_readable(value):
    """Whatever the shade, the number on it has a contrast of at least 4.5 to 1."""
    fill, ink = shade(value, 4)
    assert _contrast(fill, ink) >= 4.5


@pytest.mark.parametrize("ink", [INK, MUTED, WARM, ACCENT])
def test_inks_are_readable(ink):
    """Every ink of the charts has a contrast of at least 4.5 to 1 on the paper."""
    assert _contrast(PAPER, ink) >= 4.5


def _contrast(one, two):
    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_shades_darken_with_the_amount():
    """A greater amount never has a lighter shade, above zero and below."""
    for sign in (1, -1):
        steps = [_contrast(shade(sign * amount, 100)[0], "#000000") for amount in range(1, 101)]
        assert steps == sorted(steps, reverse=True)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_inside(low, width):
    """An axis has one to five round values, at equal steps, within its ends."""
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 5
    assert all(low - 1e-6 * width - 1e-9 <= tick <= low + width + 1e-6 * width + 1e-9 for tick in found)
    steps = {round((after - before) / width, 6) for before, after in pairwise(found)}
    assert len(steps) <= 1


@given(st.text(alphabet="ab é-", min_size=1, max_size=60), st.integers(5, 30), st.integers(0, 3))
def test_wrap_keeps_every_letter(label, characters, stretch):
    """Wrapped lines hold all the letters of the label and none is longer than allowed."""
    lines = wrap(label, characters, stretch=stretch)
    assert "".join("".join(lines).split()) == "".join(label.split())
    assert max(map(len, lines)) <= characters + stretch


def test_wrap_balances_lines():
    """Lines are of much the same length, and a slightly long word stays whole when allowed to."""
    label = "Associations qui évaluent leurs partenariats au moins une fois par an"
    assert wrap(label, 34) == ["Associations qui évaluent", "leurs partenariats au", "moins une fois par an"]
    assert wrap("Contribution indispensable", 12, stretch=2) == ["Contribution", "indispensable"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((67, "percent", 0, "fr"), "67\u202f%"),
        ((67, "percent", 0, "en"), "67%"),
        ((1234.5, "EUR", 1, "en"), "1,234.5\u00a0EUR"),
        ((-0.4, "", 0, "en"), "0"),
        ((None, "", 0, "fr"), "non disponible"),
    ],
)
def test_write(values, written):
    """Numbers are written as the language does, with their unit, without minus zero."""
    assert write(*values) == written


def test_scale():
    """A scale carries its two ends to its two places."""
    scale = Scale(-1, 1, 7, 93)
    assert (scale.at(-1), scale.at(0), scale.at(1)) == (7, 50, 93)


@pytest.mark.parametrize("area", ["chart", "typology", "rater_agreement"])
def test_catalogues_are_bilingual_and_well_spaced(area):
    """Every text exists in both languages, asks for the same values, and French spaces do not break."""
    for key, entry in area_texts(area).items():
        assert set(entry) == {"fr", "en"}, key
        assert set(re.findall(r"{(\w+)}", entry["fr"])) == set(re.findall(r"{(\w+)}", entry["en"])), key
        assert not re.search(r" [:;?!%»]|« ", entry["fr"]), key
