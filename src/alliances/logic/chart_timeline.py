"""Dated steps in their order, over a common axis of time: moments, and spans with a start and an end."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import ACCENT, INK, LINE
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import Canvas, Scale, require, wrap

__all__ = ["timeline"]

_LEFT, _RIGHT = 7.0, 93.0  # percent; leaves the end labels of the axis inside
_WIDE: Final = 34  # characters a line that fit a phone
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TICKS: Final = 4


@dataclass(frozen=True, order=True)
class _Date:
    """A year, a month of it, or a day; what is not known is 0."""

    year: int
    month: int
    day: int

    def at(self, *, end: bool, years: bool) -> float:
        """Return the place in years: the start, the end or (``years``: all are years) the year itself."""
        if years:
            return self.year
        day = self.day or (1 if not end else 31)
        month = self.month or (1 if not end else 12)
        day = min(day, calendar.monthrange(self.year, month)[1])
        length = 366 if calendar.isleap(self.year) else 365
        before = sum(calendar.monthrange(self.year, number)[1] for number in range(1, month))
        return self.year + (before + day - (0 if end else 1)) / length

    def words(self, lang: Language | None) -> str:
        """Write the date as the language does."""
        if not self.month:
            return str(self.year)
        month = text("chart.months", lang).split()[self.month - 1]
        form = "date_month" if not self.day else "date_first" if self.day == 1 else "date_day"
        return text(f"chart.{form}", lang, day=self.day, month=month, year=self.year)


@dataclass(frozen=True)
class _Step:
    start: _Date
    end: _Date | None
    label: str

    def words(self, lang: Language | None) -> str:
        """Write the date, or from when to when."""
        if self.end is None:
            return self.start.words(lang)
        # French elides before a vowel, and contracts before a day: d'avril, du 2 avril au 3 mai.
        month = text("chart.months", lang).split()[self.start.month - 1] if self.start.month else ""
        start = "day" if self.start.day else "vowel" if month[:1] in ("a", "o") else "other"
        end = "day" if self.end.day else "other"
        return (
            text(f"chart.span_from_{start}", lang, date=self.start.words(lang))
            + " "
            + text(f"chart.span_to_{end}", lang, date=self.end.words(lang))
        )


def timeline(  # noqa: PLR0913 - each says one thing of the chart
    events: Sequence[tuple[str | int, str]],
    *,
    caption: str,
    source: str,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw dated steps one under the other, in the order of time, each placed on a common axis.

    Args:
        events: when and what. When: ``2024``, ``"2024-03"``, ``"2024-03-15"``, or a span of two of them with
            a stroke between, ``"2020/2024-03"``. Steps of the same date keep the order given.
        caption: what the steps belong to.
        source: where they are known from.
        synthetic: they are made up.
        lang: language, the current one by default.
        key: tells apart two timelines with the same content in one page.

    Raises:
        ValueError: no step, a date that is none, a span that ends before it starts, no caption or source.
    """
    require(events, "no_data")
    steps = sorted((_read(str(when), label) for when, label in events), key=lambda step: step.start)
    dates = [date for step in steps for date in (step.start, step.end) if date]
    years = not any(date.month for date in dates)
    low = math.floor(min(date.at(end=False, years=years) for date in dates))
    high = math.ceil(max(date.at(end=True, years=years) for date in dates))
    scale = Scale(low, max(high, low + 1), _LEFT, _RIGHT)

    canvas = Canvas()
    strips = []
    for step in steps:
        canvas.lines(0, wrap(step.words(lang), _WIDE), bold=True)
        canvas.lines(0, wrap(step.label, _WIDE))
        strips.append(canvas.y + 11)
        canvas.y += 30
    # Under the marks: years go through every strip, so that steps far apart can be compared.
    marks = _years(low, max(high, low + 1))
    for y in strips:
        canvas.rule(_LEFT, _RIGHT, y, y, stroke=LINE)
        for year in marks:
            canvas.rule(scale.at(year), scale.at(year), y - 5, y + 5, stroke=LINE)
    for step, y in zip(steps, strips, strict=True):
        _mark(canvas, scale, step, y, years=years)
    canvas.rule(_LEFT, _RIGHT, canvas.y, canvas.y, stroke=INK)
    for year in marks:
        x = scale.at(year)
        canvas.rule(x, x, canvas.y, canvas.y + 5, stroke=INK)
        canvas.write(x, canvas.y + 19, str(year), anchor="middle", size=13)
    canvas.y += 28
    colon = text("chart.colon", lang)
    said = text("chart.semicolon", lang).join(step.words(lang) + colon + step.label for step in steps)
    return compose(
        canvas, kind="timeline", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=text(
            "chart.alternative_timeline", lang, count=len(steps), first=min(dates).words(lang),
            last=max(dates).words(lang), values=said,
        ),
        head=(text("chart.head_date", lang), text("chart.head_event", lang)),
        rows=tuple((step.words(lang), step.label) for step in steps),
    )  # fmt: skip


def _read(when: str, label: str) -> _Step:
    """Read a moment or a span."""
    start, stroke, end = when.partition("/")
    step = _Step(_date(start, when), _date(end, when) if stroke else None, label)
    if step.end:
        after = step.end.at(end=True, years=False) > step.start.at(end=False, years=False)
        require(after, "date_order", when=when)
    return step


def _date(words: str, when: str) -> _Date:
    """Read one date."""
    found = _DATE.fullmatch(words.strip())
    require(found, "bad_date", when=when)
    year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    written = words.count("-")  # 2024-00 is no month
    require(year >= 1 and (not written or 1 <= month <= 12), "bad_date", when=when)  # noqa: PLR2004
    if written > 1:
        require(1 <= day <= calendar.monthrange(year, month)[1], "bad_date", when=when)
    return _Date(year, month, day)


def _mark(canvas: Canvas, scale: Scale, step: _Step, y: float, *, years: bool) -> None:
    """Draw a moment as a disc, a span as a thick line with ends."""
    if step.end is None:
        start, end = (step.start.at(end=side, years=years) for side in (False, True))
        canvas.dot(scale.at((start + end) / 2), y)
        return
    left = scale.at(step.start.at(end=False, years=years))
    right = scale.at(step.end.at(end=True, years=years))
    canvas.rule(left, right, y, y, stroke=ACCENT, thick=6)
    for x in (left, right):
        canvas.rule(x, x, y - 8, y + 8, stroke=ACCENT, thick=2)


def _years(low: int, high: int) -> list[int]:
    """Return at most five whole years from ``low`` to ``high``, round and evenly spaced."""
    step = next(
        size * power
        for power in (1, 10, 100, 1000)
        for size in (1, 2, 5)
        if (high - low) // (size * power) <= _TICKS
    )
    return list(range(-(-low // step) * step, high + 1, step))
