"""Points in a plane, numbered, with their names below: who stands where on two scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import INK, LINE, MUTED
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import NARROW, Canvas, Scale, needed_decimals, require, ticks, wrap, write

__all__ = ["points"]

_TALL: Final = 240.0  # px
_DIGIT: Final = 7.6  # px at 13 px
_DOT: Final = 5.0
_NUMBER: Final = 8.4  # px; a digit in bold 13 px
_WIDE: Final = 34
# Where a number may stand around its dot, the first free place wins: right, left, above, below, corners.
_AROUND: Final = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_AWAY: Final = (15.0, 26.0, 38.0)  # px


@dataclass(frozen=True)
class _Box:
    """A rectangle in pixels of a phone."""

    left: float
    top: float
    right: float
    bottom: float

    def over(self, other: _Box) -> float:
        """Return how much of ``other`` it covers, in square pixels."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def points(  # noqa: PLR0913 - each says one thing of the chart
    items: Sequence[tuple[str, float, float]],
    *,
    caption: str,
    source: str,
    titles: tuple[str, str],
    unit: str = "",
    decimals: int = 0,
    domain: tuple[tuple[float, float], tuple[float, float]] | None = None,
    diagonal: bool = False,
    references: tuple[float | None, float | None] = (None, None),
    reference_labels: tuple[str, str] = ("", ""),
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw one point a name, numbered; names and values stand below the drawing.

    Args:
        items: name, value across, value upwards; both axes are in the same unit, or in none.
        caption: what the chart shows.
        source: where the data come from.
        titles: what stands across, and upwards.
        unit: ``percent``, a short unit printed after each number, or nothing.
        decimals: decimals printed.
        domain: ends of the axis across, and of the axis upwards; by default what data and references span.
        diagonal: draw the line on which both values are equal, and say how many points lie on each side.
        references: values marked by a line on each axis, None for no line.
        reference_labels: what those values mean.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two charts with the same content in one page.

    Raises:
        ValueError: no point, a value that is not finite or outside ``domain``, no caption or source.
    """
    require(items, "no_data")
    marks = [number for number in references if number is not None]
    require(all(map(math.isfinite, [*(n for _, *two in items for n in two), *marks])), "not_finite")
    held: list[list[float]] = [[across for _, across, _ in items], [upwards for _, _, upwards in items]]
    for numbers, mark in zip(held, references, strict=True):
        numbers.extend([] if mark is None else [mark])
    spans = []
    for axis, values in enumerate(held):
        # With a diagonal both axes are the same, so that it joins their corners.
        low, high = domain[axis] if domain else _span(held[0] + held[1] if diagonal else values)
        require(low <= min(values) and max(values) <= high and low < high, "domain", low=low, high=high)
        spans.append((low, high))
    levels = ticks(*spans[1])
    labels = [write(level, unit, max(map(needed_decimals, levels)), lang) for level in levels]
    gutter = (max(map(len, labels)) * _DIGIT + 8) / NARROW * 100

    canvas = Canvas()
    canvas.lines(0, wrap(text("chart.axis_upwards", lang, title=titles[1]), _WIDE), bold=True)
    top = canvas.y + 12
    across, upwards = Scale(*spans[0], gutter + 3, 95), Scale(*spans[1], top + _TALL, top)
    bottom = upwards.left + 8
    for level, label in zip(levels, labels, strict=True):
        canvas.rule(gutter, 98, upwards.at(level), upwards.at(level), stroke=LINE)
        canvas.write(gutter, upwards.at(level) + 4, label, anchor="end", shift=-5, size=13)
    notes = _lines(
        canvas, across, upwards, references, reference_labels, (unit, decimals, lang), diagonal=diagonal
    )
    canvas.rule(gutter, 98, bottom, bottom)
    _floor(canvas, across, bottom, unit, lang)
    canvas.y += 4
    canvas.lines(0, wrap(text("chart.axis_across", lang, title=titles[0]), _WIDE), bold=True)
    _numbers(canvas, [(across.at(x), upwards.at(y)) for _, x, y in items])

    canvas.y += 6
    for note in notes:
        canvas.lines(0, wrap(note, _WIDE), fill=MUTED)
    colon = text("chart.colon", lang)
    written = [tuple(write(number, unit, decimals, lang) for number in two) for _, *two in items]
    said = [
        name + colon + text("chart.point_words", lang, x=x, y=y)
        for (name, *_), (x, y) in zip(items, written, strict=True)
    ]
    canvas.y += 4
    for number, words in enumerate(said, start=1):
        canvas.write(0, canvas.y + 14, str(number), bold=True, size=13)
        for line in wrap(words, _WIDE - 4):
            canvas.write(0, canvas.y + 14, line, shift=28)
            canvas.y += 19
    alternative = text(
        "chart.alternative_points", lang, count=len(items), x=titles[0], y=titles[1],
        values=text("chart.semicolon", lang).join(said),
    )  # fmt: skip
    if diagonal:
        sides = {"above": sum(y > x for _, x, y in items), "below": sum(y < x for _, x, y in items)}
        alternative += " " + text("chart.points_above", lang, **sides)
    alternative = " ".join([alternative, *(notes[1:] if diagonal else notes)])
    return compose(
        canvas, kind="points", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=alternative, head=(text("chart.head_label", lang), *titles),
        rows=tuple((name, *words) for (name, *_), words in zip(items, written, strict=True)),
    )  # fmt: skip


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis that holds the values, never of no length."""
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _lines(  # noqa: PLR0913, PLR0917 - the drawing, and what both axes are marked with
    canvas: Canvas, across: Scale, upwards: Scale, references: tuple[float | None, float | None],
    labels: tuple[str, str], form: tuple[str, int, Language | None], *, diagonal: bool,
) -> list[str]:  # fmt: skip
    """Draw diagonal and reference lines; return what is said of them."""
    unit, decimals, lang = form
    notes = []
    if diagonal:
        low, high = max(across.low, upwards.low), min(across.high, upwards.high)
        if low < high:
            start, end = ((across.at(value), upwards.at(value)) for value in (low, high))
            canvas.slope(start, end, stroke=MUTED, thick=1.5, dashes="4 3")
        notes.append(text("chart.diagonal_line", lang))
    for name, value, label in zip("xy", references, labels, strict=True):
        if value is None:
            continue
        if name == "x":
            canvas.rule(
                across.at(value), across.at(value), upwards.right, upwards.left, stroke=MUTED, thick=1.5
            )
        else:
            canvas.rule(across.left, 98, upwards.at(value), upwards.at(value), stroke=MUTED, thick=1.5)
        line = text(f"chart.reference_{name}", lang, value=write(value, unit, decimals, lang))
        notes.append((text("chart.reference_words", lang, line=line, label=label) if label else line) + ".")
    return notes


def _floor(canvas: Canvas, across: Scale, bottom: float, unit: str, lang: Language | None) -> None:
    """Write the round values of the axis across, and go below them."""
    values = ticks(across.low, across.high)
    decimals = max(map(needed_decimals, values))
    for value in values:
        x = across.at(value)
        canvas.rule(x, x, bottom, bottom + 5, stroke=INK)
        canvas.write(x, bottom + 19, write(value, unit, decimals, lang), anchor="middle", size=13)
    canvas.y = bottom + 24


def _numbers(canvas: Canvas, spots: Sequence[tuple[float, float]]) -> None:
    """Draw the dots, and each number where it covers nothing; points in one place share a dot."""
    together: dict[tuple[float, float], list[int]] = {}
    for number, (x, y) in enumerate(spots, start=1):
        together.setdefault((round(x, 3), round(y, 1)), []).append(number)
    taken = [
        _Box(x * NARROW / 100 - _DOT, y - _DOT, x * NARROW / 100 + _DOT, y + _DOT) for x, y in together
    ]  # fmt: skip
    for (x, y), numbers in together.items():
        canvas.dot(x, y, _DOT)
        words = ", ".join(map(str, numbers))
        half = (len(words) * _NUMBER) / 2
        best: tuple[float, float, float, _Box] | None = None
        for away, (right, down) in product(_AWAY, _AROUND):
            shift, lower = right * (away - 8 + half), down * away
            middle = x * NARROW / 100 + shift
            box = _Box(middle - half, y + lower - 7, middle + half, y + lower + 7)
            out = max(0.0, -box.left, box.right - NARROW) * 50
            covered = out + sum(box.over(other) for other in taken) + away / 1000
            if best is None or covered < best[0]:
                best = (covered, shift, lower, box)
        if best:
            _, shift, lower, box = best
            taken.append(box)
            canvas.write(x, y + lower + 5, words, anchor="middle", shift=shift, bold=True, size=13)
