"""Lines over an ordered axis such as years, told apart by dashes and markers, with gaps for missing data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import INK, LINE, MUTED
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_marks import DASHES, STROKES, marker_defs, place_marker, sample_key
from alliances.logic.chart_parts import (
    NARROW,
    Canvas,
    Scale,
    needed_decimals,
    require,
    room_for,
    ticks,
    wrap,
    write,
)

__all__ = ["lines"]

_TALL: Final = 210.0  # px
_DIGIT: Final = 7.6  # px at 13 px
_MARKERS: Final = 12  # markers a line at most, so that they do not touch on a phone
_BETWEEN: Final = 18.0  # px between the values printed at line ends
_WIDE: Final = 34

Value = float | None
Series = tuple[str, Sequence[Value]]


@dataclass(frozen=True)
class _Plot:
    """The places of the axis, and the scales of the drawing."""

    axis: tuple[int | float | str, ...]
    across: Scale
    upwards: Scale
    unit: str
    decimals: int
    lang: Language | None

    def x(self, place: int) -> float:
        """Return the place of an entry of the axis in percent."""
        entry = self.axis[place]
        return self.across.at(place if isinstance(entry, str) else entry)

    def say(self, value: Value) -> str:
        """Write one value."""
        return write(value, self.unit, self.decimals, self.lang)


def lines(  # noqa: PLR0913 - each says one thing of the chart
    axis: Sequence[int | float | str],
    series: Mapping[str, Sequence[Value]] | Sequence[Series],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    domain: tuple[float, float] | None = None,
    axis_head: str = "",
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw one to four lines, with the last value of each printed at its end.

    Args:
        axis: places from left to right: numbers, ascending and drawn to scale (years), or names, evenly
            spaced.
        series: for each line its name and one value a place (None: not available, the line is broken there).
        caption: what the chart shows.
        source: where the data come from.
        unit: ``percent``, a short unit printed after each value, or nothing.
        decimals: decimals printed.
        domain: ends of the upward axis; by default from 0 (or the lowest value below it) to the highest.
        axis_head: title of the first column of the data table.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two charts with the same content in one page.

    Raises:
        ValueError: no place or no value, places that repeat or descend, more than four lines, a line that
            is not as long as the axis, a value not finite or outside ``domain``, no caption or source.
    """
    named = list(series.items()) if isinstance(series, Mapping) else list(series)
    known = [value for _, values in named for value in values if value is not None]
    require(axis and known, "no_data")
    require(len(named) <= len(STROKES), "line_count", found=len(named))
    for name, values in named:
        require(len(values) == len(axis), "axis_length", name=name, found=len(values), expected=len(axis))
    require(all(map(math.isfinite, known)), "not_finite")
    places, numbers = _places(axis)
    low, high = domain or (min(0.0, *known, 0.0), max(0.0, *known, 0.0))
    if low == high:
        high = low + 1
    require(low <= min(known) and max(known) <= high, "domain", low=low, high=high)

    last = [next((value for value in reversed(values) if value is not None), None) for _, values in named]
    ends = [write(value, unit, decimals, lang) if value is not None else "" for value in last]
    levels = ticks(low, high)
    most = max(map(needed_decimals, levels))
    labels = [write(level, unit, most, lang) for level in levels]
    gutter = (max(map(len, labels)) * _DIGIT + 8) / NARROW * 100
    first, final = (numbers[0], numbers[-1]) if len(numbers) > 1 else (numbers[0] - 1, numbers[0] + 1)
    across = Scale(first, final, gutter + 3, 100 - room_for(ends))

    canvas = Canvas(parts=[f"<defs>{marker_defs(len(named))}</defs>"])
    sample_key(canvas, [name for name, _ in named], markers=True)
    top = canvas.y + 22
    upwards = Scale(low, high, top + _TALL, top)
    plot = _Plot(places, across, upwards, unit, decimals, lang)
    for level, label in zip(levels, labels, strict=True):
        y = upwards.at(level)
        canvas.rule(gutter, 100, y, y, stroke=INK if level == 0 else LINE)
        canvas.write(gutter, y + 4, label, anchor="end", shift=-5, size=13)
    for number, (_, values) in enumerate(named):
        _line(canvas, plot, number, values)
    _ends(canvas, plot, [values for _, values in named], ends)
    canvas.y = top + _TALL + 6
    _axis(canvas, plot)
    if len(known) < len(named) * len(places):
        canvas.lines(0, wrap(text("chart.line_gap", lang), _WIDE), fill=MUTED)
    if not low <= 0 <= high:
        canvas.lines(0, wrap(text("chart.not_from_zero", lang), _WIDE), fill=MUTED)
    colon, semicolon = text("chart.colon", lang), text("chart.semicolon", lang)
    listed = {
        name: ", ".join(f"{place} ({plot.say(value)})" for place, value in zip(places, values, strict=True))
        for name, values in named
    }
    said = semicolon.join(name + colon + words for name, words in listed.items())
    return compose(
        canvas, kind="lines", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=text(
            "chart.alternative_lines", lang, series=len(named), first=places[0], last=places[-1], values=said
        ),
        head=(axis_head or text("chart.head_axis", lang), *(name for name, _ in named)),
        rows=tuple(
            (str(place), *(plot.say(values[number]) for _, values in named))
            for number, place in enumerate(places)
        ),
    )  # fmt: skip


def _places(axis: Sequence[int | float | str]) -> tuple[tuple[int | float | str, ...], list[float]]:
    """Return the entries of the axis, all numbers or all texts, and where they stand."""
    numbers = [float(entry) for entry in axis if not isinstance(entry, str)]
    require(len(set(axis)) == len(axis), "axis_order")
    if len(numbers) < len(axis):
        return tuple(map(str, axis)), [float(place) for place in range(len(axis))]
    require(all(map(math.isfinite, numbers)), "not_finite")
    require(all(before < after for before, after in pairwise(numbers)), "axis_order")
    return tuple(axis), numbers


def _line(canvas: Canvas, plot: _Plot, number: int, values: Sequence[Value]) -> None:
    """Draw one line: its steps, and markers on some points, on lone ones always."""
    spots = [
        None if value is None else (plot.x(place), plot.upwards.at(value))
        for place, value in enumerate(values)
    ]
    step = math.ceil(len(values) / _MARKERS)
    for before, after in pairwise(spots):
        if before and after:
            canvas.slope(before, after, stroke=STROKES[number], thick=2.5, dashes=DASHES[number])
    for place, spot in enumerate(spots):
        joined = [other for other in (place - 1, place + 1) if 0 <= other < len(spots) and spots[other]]
        ends = len(joined) < 2 <= len(spots)  # noqa: PLR2004 - a line goes on both ways
        if spot and (place % step == 0 or ends):
            place_marker(canvas, number, *spot)


def _ends(canvas: Canvas, plot: _Plot, series: Sequence[Sequence[Value]], written: Sequence[str]) -> None:
    """Print the last value of each line beside its end, pushed apart where they are close."""
    found = []
    for values, words in zip(series, written, strict=True):
        place = max((place for place, value in enumerate(values) if value is not None), default=None)
        if place is not None:
            found.append((plot.upwards.at(values[place] or 0.0), plot.x(place), words))
    found.sort()
    heights = [y for y, _, _ in found]
    for place in range(1, len(heights)):
        heights[place] = max(heights[place], heights[place - 1] + _BETWEEN)
    over = max(0.0, heights[-1] - plot.upwards.left) if heights else 0.0
    for place in range(len(heights) - 1, -1, -1):  # back up from below the axis
        above = heights[place + 1] - _BETWEEN if place + 1 < len(heights) else heights[place] - over
        heights[place] = min(heights[place], above)
    for (_, x, words), y in zip(found, heights, strict=True):
        canvas.write(x, y + 5, words, shift=10, bold=True)


def _axis(canvas: Canvas, plot: _Plot) -> None:
    """Write as many places of the axis as a phone has room for, and go below them."""
    names = [str(entry) for entry in plot.axis]
    widest = min(12, max(map(len, names))) * _DIGIT + 10
    fitting = max(2, int(NARROW * (plot.across.right - plot.across.left) / 100 / widest) + 1)
    step = max(1, math.ceil((len(names) - 1) / (fitting - 1)))
    last, needed = len(names) - 1, widest / NARROW * 100
    shown: list[int] = []
    for place in range(0, last, step):
        # Places to scale may be close to each other; the first and the last are always written.
        if not shown or plot.x(place) - plot.x(shown[-1]) >= needed:
            shown.append(place)
    shown = [place for place in shown if place == 0 or plot.x(last) - plot.x(place) >= needed]
    shown += [last] if not shown or plot.x(last) - plot.x(0) >= needed else []
    stacks = {place: wrap(names[place], 12, stretch=4) for place in shown}
    for place, stack in stacks.items():
        x = plot.x(place)
        canvas.rule(x, x, canvas.y - 6, canvas.y, stroke=INK)
        for number, words in enumerate(stack):
            canvas.write(x, canvas.y + 14 + 17 * number, words, anchor="middle", size=13)
    canvas.y += 17 * max(map(len, stacks.values())) + 8
