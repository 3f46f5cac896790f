"""Horizontal bars: labels above them, values printed at their ends, zero always in sight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import colour
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    PAPER,
    WARM,
    Canvas,
    Scale,
    require,
    room_for,
    wrap,
    write,
)

__all__ = ["bars", "grouped_bars"]

_LABEL: Final = 34  # characters a line that fit a phone
_SERIES: Final = 13  # characters a line that fit the gutter of series names
_GUTTER: Final = 34.0  # percent
_BAR: Final = 20  # px
_FILLS: Final = (ACCENT, "url(#{id}-hatch)", "url(#{id}-dots)")
_EDGES: Final = (ACCENT, WARM, INK)
_PATTERNS: Final = (
    '<defs><pattern id="{id}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="7" height="7"{colour(fill=PAPER)}/>'
    f'<rect width="3" height="7"{colour(fill=WARM)}/></pattern>'
    '<pattern id="{id}-dots" width="7" height="7" patternUnits="userSpaceOnUse">'
    f'<rect width="7" height="7"{colour(fill=PAPER)}/><circle cx="3.5" cy="3.5" r="1.7"{colour(fill=INK)}/>'
    "</pattern></defs>"
)

Value = float | None


def _scale(values: Sequence[Value], written: list[str], maximum: float | None, left: float) -> Scale:
    known = [value for value in values if value is not None]
    require(all(math.isfinite(value) for value in known), "not_finite")
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    if maximum is not None:
        require(maximum >= high, "maximum", maximum=maximum, highest=high)
        high = maximum
    if low == high:
        high = 1.0
    # The text of a missing value starts at zero and may run along the empty bar.
    shown = [words for words, value in zip(written, values, strict=True) if value is not None] or [""]
    beside = room_for(shown)
    return Scale(low, high, left + (beside if low < 0 else 0.0), 100.0 - (beside if high > 0 else 0.0))


def _bar(canvas: Canvas, scale: Scale, value: Value, words: str, series: int = 0) -> None:
    """Draw one bar with its value at ``canvas.y``, without going down."""
    zero, middle = scale.at(0), canvas.y + _BAR / 2 + 5
    if value is None:
        canvas.write(zero, middle, words, shift=6, fill=MUTED)
    else:
        end = scale.at(value)
        kind = "mark" if not series else "mark mark--other"
        canvas.box(
            min(zero, end), max(zero, end), canvas.y, _BAR, fill=_FILLS[series], kind=kind,
            stroke=_EDGES[series] if series else "", thick=1.5,
        )  # fmt: skip
        if value < 0:
            canvas.write(end, middle, words, anchor="end", shift=-6, bold=True)
        else:
            canvas.write(end, middle, words, shift=6, bold=True)
    canvas.rule(zero, zero, canvas.y - 3, canvas.y + _BAR + 3)


def bars(  # noqa: PLR0913 - each says one thing of the chart
    items: Mapping[str, Value] | Sequence[tuple[str, Value]],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    maximum: float | None = None,
    signed: bool = False,
    head: tuple[str, str] | None = None,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw one bar a label, in the order given.

    Args:
        items: labels and values (None: not available, said in words).
        caption: what the chart shows.
        source: where the data come from.
        unit: ``percent``, a short unit printed after each number, or nothing.
        decimals: decimals printed.
        maximum: value at the right edge, for example 100 for shares; the highest value by default.
        signed: print a plus before positive values.
        head: titles of the two columns of the data table.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two charts with the same content in one page.

    Raises:
        ValueError: no item, a value that is not finite, ``maximum`` below a value, no caption or source.
    """
    pairs = list(items.items()) if isinstance(items, Mapping) else list(items)
    require(pairs, "no_data")
    values = [value for _, value in pairs]
    written = [write(value, unit, decimals, lang, signed=signed) for value in values]
    scale = _scale(values, written, maximum, 0.0)
    canvas = Canvas()
    for (label, value), words in zip(pairs, written, strict=True):
        canvas.lines(0, wrap(label, _LABEL))
        canvas.y += 3
        _bar(canvas, scale, value, words)
        canvas.y += _BAR + 15
    canvas.y -= 9
    colon = text("chart.colon", lang)
    listed = text("chart.semicolon", lang).join(
        f"{label}{colon}{words}" for (label, _), words in zip(pairs, written, strict=True)
    )
    return compose(
        canvas, kind="bars", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=text("chart.alternative_bars", lang, count=len(pairs), values=listed)
        + _extremes(pairs, written, lang),
        head=head or (text("chart.head_label", lang), text("chart.head_value", lang)),
        rows=tuple((label, words) for (label, _), words in zip(pairs, written, strict=True)),
    )  # fmt: skip


def _extremes(pairs: Sequence[tuple[str, Value]], written: list[str], lang: Language | None) -> str:
    """Name the highest and the lowest, where there are at least two different values."""
    known = [
        (value, label, words)
        for (label, value), words in zip(pairs, written, strict=True)
        if value is not None
    ]
    amounts = {value for value, _, _ in known}
    if len(amounts) < 2:  # noqa: PLR2004 - nothing to compare
        return ""
    ends = {}
    for name, amount in (("highest", max(amounts)), ("lowest", min(amounts))):
        labels = [label for value, label, _ in known if value == amount]
        words = next(words for value, _, words in known if value == amount)
        ends[name] = f"{', '.join(labels)} ({words})"
    return " " + text("chart.extremes", lang, **ends)


def grouped_bars(  # noqa: PLR0913 - each says one thing of the chart
    groups: Sequence[str],
    series: Mapping[str, Sequence[Value]] | Sequence[tuple[str, Sequence[Value]]],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    maximum: float | None = None,
    group_head: str = "",
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw two or three series side by side in each group, told apart by name, pattern and colour.

    Args:
        groups: names of the groups, from top to bottom.
        series: for each series its name and one value a group (None: not available).
        group_head: title of the first column of the data table.
        caption: as for ``bars``, like the others.
        source: see ``bars``.
        unit: see ``bars``.
        decimals: see ``bars``.
        maximum: see ``bars``.
        synthetic: see ``bars``.
        lang: see ``bars``.
        key: see ``bars``.

    Raises:
        ValueError: as ``bars``; or the series are not two or three, or not as long as ``groups``.
    """
    named = list(series.items()) if isinstance(series, Mapping) else list(series)
    require(groups, "no_data")
    require(2 <= len(named) <= len(_FILLS), "series_count", found=len(named))  # noqa: PLR2004
    for name, values in named:
        require(
            len(values) == len(groups), "series_length", name=name, found=len(values), expected=len(groups)
        )
    everything = [value for _, values in named for value in values]
    written = {name: [write(value, unit, decimals, lang) for value in values] for name, values in named}
    scale = _scale(everything, [words for name, _ in named for words in written[name]], maximum, _GUTTER)
    canvas = Canvas(parts=[_PATTERNS])
    for position, group in enumerate(groups):
        canvas.lines(0, wrap(group, _LABEL), bold=True)
        canvas.y += 4
        for number, (name, values) in enumerate(named):
            label = wrap(name, _SERIES)
            height = max(_BAR, 17 * len(label))
            for line, words in enumerate(label):
                canvas.write(_GUTTER, canvas.y + 15 + 17 * line, words, anchor="end", shift=-7, size=13)
            _bar(canvas, scale, values[position], written[name][position], number)
            canvas.y += height + 6
        canvas.y += 8
        if position < len(groups) - 1:
            canvas.rule(0, 100, canvas.y - 4, canvas.y - 4, stroke=LINE)
            canvas.y += 6
    canvas.y -= 8
    colon = text("chart.colon", lang)
    sentences = [
        group + colon + ", ".join(f"{name} {written[name][position]}" for name, _ in named)
        for position, group in enumerate(groups)
    ]
    return compose(
        canvas, kind="grouped_bars", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=text(
            "chart.alternative_grouped", lang, groups=len(groups), series=len(named),
            values=text("chart.semicolon", lang).join(sentences),
        ),
        head=(group_head or text("chart.head_label", lang), *(name for name, _ in named)),
        rows=tuple(
            (group, *(written[name][position] for name, _ in named)) for position, group in enumerate(groups)
        ),
    )  # fmt: skip
