"""Colours of charts: readable on light and on dark paper, and open to a page's tokens."""

from __future__ import annotations

import re

import pytest

from alliances.logic.chart import bars
from alliances.logic.chart_colour import (
    ABOVE,
    BELOW,
    CLASSES,
    COLOUR_RULES,
    INK,
    PAPER,
    TOKENS,
    colour,
    mixed,
)

DARK = {
    "ink": "#e8e6e0", "muted": "#b3b9bf", "paper": "#15191d", "line": "#4a5158", "accent": "#7cc7d6",
    "warm": "#f0a27c",
}  # fmt: skip
PALETTES = pytest.mark.parametrize("palette", [TOKENS, DARK], ids=["light", "dark"])


def _contrast(one, two):
    def luminance(shown):
        parts = [int(shown[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _mixes():
    """Class, token and share of each shade that the style mixes, read from the style itself."""
    return re.findall(
        r"al-f-(\w\d)\)\{fill:color-mix\(in srgb,var\(--al-(\w+),#\w{6}\) (\d+)%,var\(--al-paper",
        COLOUR_RULES,
    )


@PALETTES
@pytest.mark.parametrize("name", ["ink", "muted", "accent", "warm"])
def test_inks_are_readable_on_both_papers(palette, name):
    """Every ink has a contrast of at least 4.5 to 1 on light and on dark paper."""
    assert _contrast(palette[name], palette["paper"]) >= 4.5


@PALETTES
def test_shades_are_readable_on_both_papers(palette):
    """Ink on the three pale shades and paper on the strong ones have at least 4.5 to 1, in both palettes."""
    assert len(_mixes()) == 8
    for name, token, share in _mixes():
        shade = mixed(palette[token], palette["paper"], int(share))
        assert _contrast(shade, palette["ink" if name[1] in "123" else "paper"]) >= 4.5, name


def test_style_mixes_what_attributes_say():
    """On the light paper the mixed colour is the one of the attribute."""
    fills = {fill for ramp in (CLASSES, ABOVE, BELOW) for fill, _ in ramp}
    for _, token, share in _mixes():
        shade = mixed(TOKENS[token], PAPER, int(share))
        assert f'fill="{shade}"' in colour(fill=shade)
        assert "al-f-" in colour(fill=shade)
        fills.discard(shade)
    assert fills <= set(TOKENS.values())


@pytest.mark.parametrize(
    ("arguments", "attributes"),
    [
        ({"fill": INK}, ' class="al-f-ink" fill="#1d2630"'),
        ({"kind": "mark", "fill": "none"}, ' class="al-figure__mark" fill="none"'),
        ({"stroke": PAPER, "thick": 2}, ' class="al-s-paper" stroke="#fdfcf9" stroke-width="2"'),
        ({}, ""),
    ],
)
def test_colour_is_written_twice(arguments, attributes):
    """A colour is an attribute for any viewer, and a class that a page's token reaches."""
    assert colour(**arguments) == attributes


def test_no_figure_turns_dark_by_itself():
    """A figure follows the page's tokens only: it asks nothing of the reader's colour scheme."""
    html = bars({"a": 1}, caption="c", source="s").to_html()
    assert "prefers-color-scheme" not in html
    assert "background:var(--al-paper,#fdfcf9)" in html
