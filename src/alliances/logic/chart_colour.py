"""The colours of charts: fixed for the light paper, and open to a page that defines the course's tokens.

Each colour is written twice in a drawing. The attribute (``fill="#1d2630"``) is what any viewer of SVG
reads. The class (``al-f-ink``) lets the style of the figure follow ``--al-ink`` and its sisters where a
page defines them: a page in dark mode recolours its figures by its tokens alone, and a figure in a light
notebook never turns dark by itself. Shades are mixed from accent or warm with the paper, so they follow.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ABOVE", "ACCENT", "BELOW", "CLASSES", "COLOUR_RULES", "INK", "LINE", "MUTED", "PAPER", "TOKENS", "WARM",
    "colour", "mixed", "variable",
]  # fmt: skip

INK: Final = "#1d2630"
MUTED: Final = "#4b545d"
PAPER: Final = "#fdfcf9"
LINE: Final = "#c9c3b6"
ACCENT: Final = "#0b5563"
WARM: Final = "#9a3d12"

#: Values on the light paper, by the token a page may define as ``--al-<token>``.
TOKENS: Final = {
    "ink": INK, "muted": MUTED, "paper": PAPER, "line": LINE, "accent": ACCENT, "warm": WARM,
}  # fmt: skip

# Percent of the strong colour in the mix. The gap between the middle two keeps ink readable on the third
# and paper on the fourth, on light and on dark paper (tests/logic/test_chart_colour.py).
_MIXES: Final = {"a": ("accent", (12, 26, 44, 78, 100)), "b": ("warm", (12, 26, 40, 82, 100))}


def variable(token: str) -> str:
    """Return a colour of ``TOKENS`` as CSS: the page's where it defines one, else that of the light paper."""
    shown = TOKENS[token]
    if shown == MUTED:
        shown = f"var(--al-ink-soft,{MUTED})"  # what the site calls muted
    return f"var(--al-{token},{shown})"


def mixed(strong: str, weak: str, share: float) -> str:
    """Mix two colours ``#rrggbb`` in sRGB, ``share`` percent of the first."""
    both = ((int(strong[at : at + 2], 16), int(weak[at : at + 2], 16)) for at in (1, 3, 5))
    channels = (round(one * share / 100 + other * (1 - share / 100)) for one, other in both)
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _ramp(letter: str) -> tuple[tuple[str, str], ...]:
    token, shares = _MIXES[letter]
    fills = [mixed(TOKENS[token], PAPER, share) for share in shares]
    return tuple((fill, INK if place < 3 else PAPER) for place, fill in enumerate(fills))  # noqa: PLR2004


#: Fill and ink of five classes, pale to strong.
CLASSES: Final = _ramp("a")
_WARM_CLASSES: Final = _ramp("b")
#: Four shades either side of 0, for tables of signed numbers.
ABOVE: Final = (*CLASSES[:3], CLASSES[4])
BELOW: Final = (*_WARM_CLASSES[:3], _WARM_CLASSES[4])


def _rules() -> tuple[dict[str, str], str]:
    values = {token: variable(token) for token in TOKENS}
    names = {shown: token for token, shown in TOKENS.items()}
    for letter, (token, shares) in _MIXES.items():
        for place, share in enumerate(shares[:-1], start=1):
            name = f"{letter}{place}"
            names[mixed(TOKENS[token], PAPER, share)] = name
            values[name] = f"color-mix(in srgb,{values[token]} {share}%,{values['paper']})"
    fills = {name: f":where(.al-f-{name}){{fill:{value}}}" for name, value in values.items()}
    rules = "".join(fills[name] + f":where(.al-s-{name}){{stroke:{values[name]}}}" for name in TOKENS)
    # An older browser would take a mix it does not know for black: it keeps the attributes.
    mixes = "".join(rule for name, rule in fills.items() if name not in TOKENS)
    return names, rules + f"@supports (fill:color-mix(in srgb,red 50%,blue)){{{mixes}}}"


_NAMES, COLOUR_RULES = _rules()


def colour(kind: str = "", *, fill: str = "", stroke: str = "", thick: float = 1) -> str:
    """Return the attributes that colour an SVG element, each with a space in front.

    Args:
        kind: classes of the element, without ``al-figure__``.
        fill: a colour of this file, ``none`` or ``url(#…)``; nothing leaves it out.
        stroke: colour of the edge; nothing for no edge.
        thick: width of the edge in pixels.
    """
    classes = [f"al-figure__{name}" for name in kind.split()]
    classes += [f"al-f-{_NAMES[fill]}"] if fill in _NAMES else []
    classes += [f"al-s-{_NAMES[stroke]}"] if stroke in _NAMES else []
    found = f' class="{" ".join(classes)}"' if classes else ""
    found += f' fill="{fill}"' if fill else ""
    return found + (f' stroke="{stroke}" stroke-width="{thick:g}"' if stroke else "")
