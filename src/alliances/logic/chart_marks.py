"""What tells series and kinds apart without colour: dashes, and markers of different shapes; their key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alliances.logic.chart_colour import ACCENT, INK, MUTED, PAPER, WARM, colour
from alliances.logic.chart_parts import Canvas, percent, wrap

__all__ = ["DASHES", "STROKES", "marker_defs", "place_marker", "sample_key"]

STROKES: Final = (ACCENT, WARM, INK, MUTED)
DASHES: Final = ("", "8 4", "2 4", "12 4 2 4")
# Disc, square, triangle, hollow diamond.
_SHAPES: Final = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "M-5-5h10v10h-10z",
    "M0-6l6 11h-12z",
    "M0-7l7 7-7 7-7-7z",
)
_NAME: Final = 30  # characters a line that fit a phone beside a sample


def marker_defs(count: int) -> str:
    """Return the first ``count`` markers as ``{id}-p1`` …, around the point 0 0."""
    return "".join(
        f'<path id="{{id}}-p{place}" d="{shape}"'
        + colour(
            "mark" if place < len(_SHAPES) else "mark mark--other",
            fill=STROKES[place - 1] if place < len(_SHAPES) else PAPER, stroke=STROKES[place - 1], thick=1.5,
        )
        + "/>"
        for place, shape in enumerate(_SHAPES[:count], start=1)
    )  # fmt: skip


def place_marker(canvas: Canvas, series: int, x: float, y: float) -> None:
    """Put the marker of a series (from 0) at ``x`` percent and ``y`` px."""
    canvas.parts.append(f'<use href="#{{id}}-p{series + 1}" x="{percent(x)}" y="{y:g}"/>')


def sample_key(canvas: Canvas, names: Sequence[str], *, markers: bool) -> None:
    """Draw a sample of each line beside its name, one under the other."""
    for series, name in enumerate(names):
        dashes = f' stroke-dasharray="{DASHES[series]}"' if DASHES[series] else ""
        canvas.parts.append(
            f'<line x1="1" x2="41" y1="{canvas.y + 9:g}" y2="{canvas.y + 9:g}"'
            f"{colour('rule', stroke=STROKES[series], thick=2.5)}{dashes}/>"
        )
        if markers:
            canvas.parts.append(f'<use href="#{{id}}-p{series + 1}" x="21" y="{canvas.y + 9:g}"/>')
        for line in wrap(name, _NAME):
            canvas.write(0, canvas.y + 14, line, shift=50)
            canvas.y += 19
        canvas.y += 3
