"""What every chart is drawn with: palette, number formats, a scale, and a canvas that grows downward.

Horizontal places are percentages of the width and text has a fixed size in pixels: a chart is as readable
on a phone as on a wide page, because its lines get shorter and its letters do not shrink. Room for text
is reckoned for 270 px of width, what a screen of 320 px leaves.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from html import escape
from typing import Final

from alliances.i18n import Language, format_number, format_percent, text
from alliances.logic.chart_colour import ACCENT, INK, LINE, MUTED, PAPER, WARM, colour

__all__ = [
    "ACCENT",
    "INK",
    "LINE",
    "MUTED",
    "NARROW",
    "PAPER",
    "WARM",
    "Canvas",
    "Picture",
    "Scale",
    "needed_decimals",
    "percent",
    "require",
    "room_for",
    "ticks",
    "wrap",
    "write",
]

#: Width in pixels for which room is reckoned.
NARROW: Final = 270
_CHARACTER: Final = 9.2  # px; a digit in bold 14 px of the widest font of the stack, or nearly
_NO_BREAK_SPACE: Final = "\u00a0"
_MINUS: Final = "\u2212"
_DECIMALS_OF_TICKS: Final = 6


def require(condition: object, message: str, **values: object) -> None:
    """Refuse what a chart cannot draw.

    Raises:
        ValueError: ``condition`` is false; with the text ``chart.<message>`` in the current language.
    """
    if not condition:
        raise ValueError(text(f"chart.{message}", **values))


def write(
    value: float | None,
    unit: str = "",
    decimals: int = 0,
    language: Language | None = None,
    *,
    signed: bool = False,
) -> str:
    """Write a number with its unit: ``67 %`` / ``67%`` for ``percent``, else number, space, unit.

    None is written « non disponible ». ``signed`` puts a plus before what is above 0.
    """
    if value is None:
        return text("chart.missing", language)
    rounded = round(value, decimals) + 0.0  # no minus zero
    number = format_percent if unit == "percent" else format_number
    written = number(abs(rounded), decimals, language)
    sign = _MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    tail = _NO_BREAK_SPACE + unit if unit not in ("", "percent") else ""
    return sign + written + tail


def wrap(label: str, characters: int, *, stretch: int = 0) -> list[str]:
    """Cut a label into as few lines of at most ``characters`` as it takes, of much the same length.

    A longer word is cut, unless ``stretch`` more characters let it stay whole. No-break spaces hold.
    """
    longest = max(map(len, label.split(" ")))  # where textwrap may cut: not at a no-break space
    limit = max(characters, min(longest, characters + stretch))
    lines = textwrap.wrap(label, limit)
    for width in range(limit - 1, 0, -1):
        closer = textwrap.wrap(label, width)
        if len(closer) > len(lines) or (width < longest <= limit):
            break
        lines = closer
    return lines or [""]


def room_for(texts: list[str]) -> float:
    """Return the share of the width, in percent, that the longest of these texts needs on a phone."""
    return min(60.0, (max(map(len, texts)) * _CHARACTER + 12) / NARROW * 100)


def percent(place: float) -> str:
    """Write a horizontal place for an attribute: ``12.5%``."""
    return f"{place:.3f}".rstrip("0").rstrip(".") + "%"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return at most ``most`` round values from ``low`` to ``high`` (``low`` < ``high``, ``most`` >= 2)."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power * factor for factor in (1, 2, 2.5, 5, 10, 20)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            break
    return [round(number * step, 12) for number in range(first, last + 1)]


def needed_decimals(value: float) -> int:
    """Return how many decimals a round value needs, 6 at most."""
    return next(
        n for n in range(_DECIMALS_OF_TICKS + 1) if n == _DECIMALS_OF_TICKS or round(value, n) == value
    )


@dataclass(frozen=True)
class Scale:
    """From values ``low`` .. ``high`` to places ``left`` .. ``right``, in percent of the width."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return the place of ``value`` in percent."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


@dataclass(frozen=True)
class Picture:
    """A drawing that is scaled as a whole, below everything else: a map.

    Attributes:
        body: its SVG elements, without text.
        box: left, top, width and height of what they cover, in their own units.
        height: height in pixels where there is room enough.
    """

    body: str
    box: tuple[float, float, float, float]
    height: float

    @property
    def ratio(self) -> float:
        """Height for a width of 1."""
        return self.box[3] / self.box[2]

    def placed(self, top: float) -> str:
        """Return the element, ``top`` px down. The style is there for pages that size every ``svg``."""
        box = " ".join(f"{number:g}" for number in self.box)
        return (
            f'<svg y="{top:g}" width="100%" height="{self.height:g}" style="height:{self.height:g}px" '
            f'viewBox="{box}" preserveAspectRatio="xMidYMin meet" overflow="visible">{self.body}</svg>'
        )


@dataclass
class Canvas:
    """SVG elements, and how far down they reach: ``y`` is where the next thing goes, in pixels."""

    y: float = 0.0
    parts: list[str] = field(default_factory=list)
    picture: Picture | None = None

    def write(  # noqa: PLR0913 - one attribute each
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        shift: float = 0,
        bold: bool = False,
        size: int = 14,
        fill: str = INK,
    ) -> None:
        """Write one line of text with its base line at ``y`` px, ``shift`` px beside ``x`` percent."""
        more = f' dx="{shift:g}"' if shift else ""
        more += f' text-anchor="{anchor}"' if anchor != "start" else ""
        more += ' font-weight="600"' if bold else ""
        more += f' font-size="{size}"' if size != 14 else ""  # noqa: PLR2004 - the size of the whole
        self.parts.append(
            f'<text x="{percent(x)}" y="{y:g}"{colour(fill=fill)}{more}>{escape(words, quote=False)}</text>'
        )

    def lines(self, x: float, words: list[str], *, bold: bool = False, fill: str = INK) -> None:
        """Write lines one under the other from ``y`` on, and go down."""
        for line in words:
            self.write(x, self.y + 14, line, bold=bold, fill=fill)
            self.y += 19

    def box(  # noqa: PLR0913 - one attribute each
        self,
        left: float,
        right: float,
        y: float,
        height: float,
        *,
        fill: str,
        kind: str = "mark",
        stroke: str = "",
        thick: float = 1,
    ) -> None:
        """Draw a rectangle from ``left`` to ``right`` percent, ``height`` px from ``y`` down."""
        self.parts.append(
            f'<rect x="{percent(left)}" width="{percent(max(0.0, right - left))}" y="{y:g}" '
            f'height="{height:g}"'
            f"{colour(kind, fill=fill, stroke=stroke, thick=thick)}/>"
        )

    def rule(  # noqa: PLR0913 - one attribute each
        self, left: float, right: float, top: float, bottom: float, *, stroke: str = INK, thick: float = 1,
        dashes: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line between two places (percent across, px down)."""
        self.slope((left, top), (right, bottom), stroke=stroke, thick=thick, dashes=dashes)

    def slope(  # noqa: PLR0913 - one attribute each
        self, start: tuple[float, float], end: tuple[float, float], *, stroke: str, thick: float = 1,
        dashes: str = "", more: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line between two points (percent across, px down), with ``more`` attributes."""
        more += f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<line x1="{percent(start[0])}" x2="{percent(end[0])}" y1="{start[1]:g}" y2="{end[1]:g}"'
            f"{colour('rule', stroke=stroke, thick=thick)}{more}/>"
        )

    def dot(self, x: float, y: float, radius: float = 6, *, fill: str = ACCENT, stroke: str = "") -> None:
        """Draw a disc around ``x`` percent and ``y`` px."""
        self.parts.append(
            f'<circle cx="{percent(x)}" cy="{y:g}" r="{radius:g}"'
            f"{colour('mark', fill=fill, stroke=stroke, thick=1.5)}/>"
        )
