"""Colours of the theme and of the components, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliances.course.code_colours import CodeColours, DarkCodeColours

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "site" / "theme" / "alliances" / "static"
WIDGETS = ROOT / "src" / "alliances" / "widgets"
_LIGHT, _, _DARK = (STATIC / "tokens.css").read_text(encoding="utf-8").partition("@media screen")


def declared(css: str, name: str = r"--al-([\w-]+): (#[0-9a-f]{6})") -> dict[str, str]:
    """Return the colours that a style sheet declares, by token."""
    return dict(re.findall(name, css))


COLOURS = {"light": declared(_LIGHT), "dark": declared(_LIGHT) | declared(_DARK)}
INKS = ("ink", "ink-soft", "accent", "accent-strong", "warm", "good", "doubt", "focus")
GROUNDS = ("paper", "panel", "sheet")
PALE = ("accent-pale", "warm-pale", "good-pale", "doubt-pale")
TEXT = [
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    *((pale.removesuffix("-pale"), pale) for pale in PALE),
    *((ink, pale) for ink in ("ink", "ink-soft", "accent-strong") for pale in PALE),
    *(("on-accent", ground) for ground in ("accent", "accent-strong", "warm")),
]
# A component's own name of each token, where it is another.
RENAMED = {"muted": "ink-soft", "edge": "line-strong"}


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.1), from 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1), from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_the_one_of_the_guidelines(one, other, ratio):
    """Known ratios: black on white, white on white, and the grey that just fails."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_ink_on_ground_reaches_the_contrast_of_text(ink, ground, scheme):
    """Every ink keeps 4.5:1 on every ground it is used on."""
    assert contrast(COLOURS[scheme][ink], COLOURS[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize("ground", [*GROUNDS, *PALE])
def test_the_border_of_a_control_is_seen(ground, scheme):
    """What says where a control begins keeps 3:1."""
    assert contrast(COLOURS[scheme]["line-strong"], COLOURS[scheme][ground]) >= 3


def test_dark_changes_every_colour():
    """A colour that dark forgot would be read on the wrong ground."""
    assert declared(_DARK).keys() == declared(_LIGHT).keys()


def test_components_fall_back_on_the_same_colours():
    """In a notebook nothing declares the tokens: components then use the same values, light and dark."""
    css = (WIDGETS / "components.css").read_text(encoding="utf-8")
    parts = re.split(r"@media screen", css)
    pattern = r"--([\w-]+): var\(--al-[\w-]+, (#[0-9a-f]{6})\)"
    light, by_machine, by_jupyter = (declared(part, pattern) for part in parts[:3])
    assert by_machine == by_jupyter
    assert by_machine.keys() == light.keys()
    for scheme, found in (("light", light), ("dark", by_machine)):
        assert {name: COLOURS[scheme][RENAMED.get(name, name)] for name in found} == found


@pytest.mark.parametrize(
    "path",
    [*sorted(WIDGETS.glob("*.css")), *sorted(STATIC.glob("*.css"))],
    ids=lambda path: path.name,
)
def test_colours_are_named_in_one_place(path):
    """A colour written elsewhere than among the tokens stays as it is in the dark."""
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    rules = "\n".join(line for line in css.splitlines() if "--al-" not in line or "var(" not in line)
    if path.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,\s)])|(?<![\w-])(?:white|black)(?![\w-])", rules) == []


@pytest.mark.parametrize(("style", "scheme"), [(CodeColours, "light"), (DarkCodeColours, "dark")])
def test_code_has_the_colours_of_the_tokens(style, scheme):
    """Pygments cannot read the tokens: its styles hold the same colours, which contrast with the panel."""
    tokens = set(COLOURS[scheme].values())
    assert style.background_color == COLOURS[scheme]["panel"]
    for _, said in style:
        colour = f"#{said['color']}"
        assert colour in tokens
        assert contrast(colour, style.background_color) >= 4.5


@pytest.mark.parametrize("mark", ["{{", "{%", "{#"])
def test_style_sheets_can_be_read_by_a_template(mark):
    """The tools' template includes these sheets, so they hold nothing that Jinja would take for its own."""
    assert [path.name for path in STATIC.glob("*.css") if mark in path.read_text(encoding="utf-8")] == []
