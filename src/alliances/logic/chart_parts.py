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

__all__ = [
    "ACCENT",
    "INK",
    "LINE",
    "MUTED",
    "NARROW",
    "PAPER",
    "WARM",
    "Canvas",
    "Scale",
    "percent",
    "require",
    "room_for",
    "ticks",
    "wrap",
    "write",
]

INK: Final = "#1d2630"
MUTED: Final = "#4b545d"
PAPER: Final = "#fdfcf9"
LINE: Final = "#c9c3b6"
ACCENT: Final = "#0b5563"
WARM: Final = "#9a3d12"

#: Width in pixels for which room is reckoned.
NARROW: Final = 270
_CHARACTER: Final = 9.2  # px; a digit in bold 14 px of the widest font of the stack, or nearly
_NO_BREAK_SPACE: Final = "\u00a0"
_MINUS: Final = "\u2212"


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
    longest = max(map(len, label.split() or [""]))
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


@dataclass
class Canvas:
    """SVG elements, and how far down they reach: ``y`` is where the next thing goes, in pixels."""

    y: float = 0.0
    parts: list[str] = field(default_factory=list)

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
            f'<text x="{percent(x)}" y="{y:g}" fill="{fill}"{more}>{escape(words, quote=False)}</text>'
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
        edge = f' stroke="{stroke}" stroke-width="{thick:g}"' if stroke else ""
        self.parts.append(
            f'<rect class="al-figure__{kind}" x="{percent(left)}" width="{percent(max(0.0, right - left))}" '
            f'y="{y:g}" height="{height:g}" fill="{fill}"{edge}/>'
        )

    def rule(  # noqa: PLR0913 - one attribute each
        self, left: float, right: float, top: float, bottom: float, *, stroke: str = INK, thick: float = 1,
        dashes: str = "",
    ) -> None:  # fmt: skip
        """Draw a straight line between two places (percent across, px down)."""
        more = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<line class="al-figure__rule" x1="{percent(left)}" x2="{percent(right)}" y1="{top:g}" '
            f'y2="{bottom:g}" stroke="{stroke}" stroke-width="{thick:g}"{more}/>'
        )
