"""Colours of the theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "site" / "theme" / "alliances" / "static"
COLOURS = dict(
    re.findall(r"--al-([\w-]+): (#[0-9a-f]{6})", (STATIC / "tokens.css").read_text(encoding="utf-8"))
)
INKS = ("ink", "ink-soft", "accent", "accent-strong", "warm", "good", "doubt", "focus")
GROUNDS = ("paper", "panel", "sheet")
TINTED = [("accent", "accent-pale"), ("warm", "warm-pale"), ("good", "good-pale"), ("doubt", "doubt-pale")]


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.1), from 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("ink", "ground"),
    [(ink, ground) for ink in INKS for ground in GROUNDS] + TINTED + [("ink", pale) for _, pale in TINTED],
)
def test_ink_on_ground_reaches_the_contrast_of_text(ink, ground):
    """Every ink keeps 4.5:1 on every ground it is used on."""
    light, dark = sorted((luminance(COLOURS[ink]), luminance(COLOURS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("mark", ["{{", "{%", "{#"])
def test_style_sheets_can_be_read_by_a_template(mark):
    """The tools' template includes these sheets, so they hold nothing that Jinja would take for its own."""
    assert [path.name for path in STATIC.glob("*.css") if mark in path.read_text(encoding="utf-8")] == []
