"""Points with their intervals on one axis: how large, and how sure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from alliances.i18n import Language, text
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    Canvas,
    Scale,
    needed_decimals,
    require,
    ticks,
    wrap,
    write,
)

__all__ = ["intervals"]

_LEFT, _RIGHT = 7.0, 93.0  # percent; leaves the end labels of the axis inside


def intervals(  # noqa: PLR0913 - each says one thing of the chart
    items: Sequence[tuple[str, float, float, float]],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 2,
    domain: tuple[float, float] | None = None,
    reference: float | None = None,
    reference_label: str = "",
    level: int = 95,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw a point and its interval a label, in the order given, over a common axis.

    Args:
        items: label, value, lower end, upper end (lower <= value <= upper).
        caption: what the chart shows.
        source: where the data come from.
        unit: ``percent``, a short unit, or nothing.
        decimals: decimals printed for values.
        domain: ends of the axis; by default what the data and ``reference`` span.
        reference: value marked by a dashed line, for example 0 for a kappa.
        reference_label: what that value means, said under the axis.
        level: level of the intervals, in percent; said in the text alternative and the table.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two charts with the same content in one page.

    Raises:
        ValueError: no item, a number that is not finite, ends that do not enclose their value, a domain
            that does not hold everything, no caption or source.
    """
    require(items, "no_data")
    for label, value, low, high in items:
        require(all(map(math.isfinite, (value, low, high))), "not_finite")
        require(low <= value <= high, "interval_order", label=label, value=value, low=low, high=high)
    every = [number for _, *numbers in items for number in numbers]
    every += [] if reference is None else [reference]
    low, high = domain or (min(every), max(every))
    if low == high:
        low, high = low - 0.5, high + 0.5
    require(low <= min(every) and max(every) <= high, "domain", low=low, high=high)

    colon = text("chart.colon", lang)
    scale = Scale(low, high, _LEFT, _RIGHT)
    canvas = Canvas()
    written = [[write(number, unit, decimals, lang) for number in item[1:]] for item in items]
    strips: list[tuple[float, Sequence[float]]] = []
    for (label, *numbers), spoken in zip(items, written, strict=True):
        canvas.lines(0, wrap(label, 36))
        canvas.lines(0, [_words(spoken, lang)], bold=True)
        strips.append((canvas.y + 14, numbers))
        canvas.y += 34
    bottom = canvas.y
    if reference is not None:
        for middle, _ in strips:
            place = scale.at(reference)
            canvas.rule(place, place, middle - 12, middle + 12, stroke=MUTED, thick=1.5, dashes="4 3")
    for middle, ends in strips:
        _strip(canvas, scale, middle, ends)
    _axis(canvas, scale, bottom, unit, lang)
    if reference is not None:
        mark = write(reference, unit, needed_decimals(reference), lang)
        name = "reference_named" if reference_label else "reference"
        note = text(f"chart.{name}", lang, value=mark, label=reference_label)
        canvas.lines(0, wrap(note, 36), fill=MUTED)
    said = text("chart.semicolon", lang).join(
        label + colon + _words(spoken, lang) for (label, *_), spoken in zip(items, written, strict=True)
    )
    return compose(
        canvas, kind="intervals", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=text("chart.alternative_intervals", lang, count=len(items), level=level, values=said),
        head=tuple(
            text(f"chart.head_{name}", lang, level=level) for name in ("label", "value", "low", "high")
        ),
        rows=tuple((label, *words) for (label, *_), words in zip(items, written, strict=True)),
    )  # fmt: skip


def _words(written: Sequence[str], lang: Language | None) -> str:
    """Say a value and its interval."""
    return text("chart.interval_words", lang, value=written[0], low=written[1], high=written[2])


def _strip(canvas: Canvas, scale: Scale, middle: float, numbers: Sequence[float]) -> None:
    """Draw one interval: a thin line over the axis's whole range, a thick one with ends, a point."""
    value, low, high = (scale.at(number) for number in numbers)
    canvas.rule(_LEFT, _RIGHT, middle, middle, stroke=LINE)
    canvas.rule(low, high, middle, middle, stroke=ACCENT, thick=3)
    for end in (low, high):
        canvas.rule(end, end, middle - 6, middle + 6, stroke=ACCENT, thick=2)
    canvas.dot(value, middle)


def _axis(canvas: Canvas, scale: Scale, top: float, unit: str, lang: Language | None) -> None:
    """Draw the axis with at most five round values, and go below it."""
    canvas.rule(_LEFT, _RIGHT, top, top, stroke=INK)
    values = ticks(scale.low, scale.high)
    decimals = max(map(needed_decimals, values))
    for value in values:
        place = scale.at(value)
        canvas.rule(place, place, top, top + 5, stroke=INK)
        canvas.write(place, top + 19, write(value, unit, decimals, lang), anchor="middle", size=13)
    canvas.y = top + 28
