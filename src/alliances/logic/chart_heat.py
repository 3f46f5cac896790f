"""A table of numbers whose cells are shaded by amount, the numbers printed: for agreement and readings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import ABOVE, BELOW
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import INK, LINE, NARROW, PAPER, Canvas, require, wrap, write

__all__ = ["heat_table", "shade"]

_GUTTER: Final = 37.0  # percent: names of the rows
_ROW_LABEL: Final = 12  # characters a line that fit the gutter on a phone
_WIDE: Final = 34  # characters a line that fit a phone
_LINE: Final = 17  # px


def shade(value: float | None, largest: float) -> tuple[str, str]:
    """Return fill and ink of a cell, by quarters of the ``largest`` amount (> 0) of the table."""
    if not value:
        return PAPER, INK
    quarter = min(3, math.ceil(abs(value) / largest * 4 - 1e-9) - 1)
    return (ABOVE if value > 0 else BELOW)[max(0, quarter)]


@dataclass(frozen=True)
class _Sheet:
    """The table, and how to write it."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    decimals: int
    signed: bool
    diagonal: bool
    row_sums: bool
    column_sums: bool
    lang: Language | None

    def say(self, value: float | None) -> str:
        """Write one number."""
        return write(value, "", self.decimals, self.lang, signed=self.signed)

    def word(self, key: str, **values: object) -> str:
        """Return a text of the catalogue of charts."""
        return text(f"chart.{key}", self.lang, **values)

    @property
    def row_totals(self) -> list[float]:
        """The sum of each row; what is not available counts 0."""
        return [math.fsum(value or 0.0 for value in line) for line in self.values]

    @property
    def column_totals(self) -> list[float]:
        """The sum of each column, then of everything."""
        sums = [math.fsum(value or 0.0 for value in line) for line in zip(*self.values, strict=True)]
        return [*sums, math.fsum(sums)]

    @property
    def width(self) -> float:
        """Width of one column in percent."""
        return (100 - _GUTTER) / (len(self.columns) + self.row_sums)

    def middle(self, column: int) -> float:
        """Return the middle of a column in percent."""
        return _GUTTER + (column + 0.5) * self.width


def heat_table(  # noqa: PLR0913 - each says one thing of the chart
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    caption: str,
    source: str,
    row_title: str = "",
    column_title: str = "",
    decimals: int = 0,
    signed: bool = False,
    diagonal: bool = False,
    totals: bool = False,
    column_totals: bool = False,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw a shaded table: a confusion matrix, readings by case and family, points by criterion and family.

    Columns whose names are too long for a phone are headed by letters; the letters stand beside the names
    of the rows when rows and columns are the same, and in a key above otherwise.

    Args:
        rows: names of the rows.
        columns: names of the columns, 26 at most.
        values: a line a row, a number a column (None: not available).
        caption: what the table shows.
        source: where the data come from.
        row_title: what the rows are.
        column_title: what the columns are.
        decimals: decimals printed.
        signed: print a plus before positive values.
        diagonal: frame the cells where row and column are the same (needs as many rows as columns).
        totals: add a total to each row and column, unshaded.
        column_totals: add totals below only.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two tables with the same content in one page.

    Raises:
        ValueError: no cell, a table that is not rows x columns, a value that is not finite, a diagonal
            asked of a table that is not square, no caption or source.
    """
    require(rows and columns, "no_data")
    fits = len(values) == len(rows) and all(len(line) == len(columns) for line in values)
    require(fits, "heat_shape", rows=len(rows), columns=len(columns))
    require(len(columns) <= len(ascii_uppercase), "heat_columns", found=len(columns))
    require(all(value is None or math.isfinite(value) for line in values for value in line), "not_finite")
    require(not diagonal or len(rows) == len(columns), "heat_square")
    grid = tuple(tuple(line) for line in values)
    sheet = _Sheet(
        tuple(rows), tuple(columns), grid, decimals, signed, diagonal, totals, totals or column_totals, lang
    )

    canvas = Canvas()
    names = _headings(canvas, sheet, row_title, column_title)
    largest = max((abs(value or 0) for line in grid for value in line), default=0)
    for position, name in enumerate(names):
        _row(canvas, sheet, position, name, largest)
    if sheet.column_sums:
        canvas.rule(0, 100, canvas.y + 2, canvas.y + 2)
        canvas.write(_GUTTER, canvas.y + 22, sheet.word("total"), anchor="end", shift=-7, bold=True)
        for column, total in enumerate(sheet.column_totals[: None if totals else -1]):
            canvas.write(sheet.middle(column), canvas.y + 22, sheet.say(total), anchor="middle", bold=True)
        canvas.y += 30
    if diagonal:
        canvas.y += 6
        canvas.lines(0, wrap(sheet.word("diagonal"), _WIDE))
    head, table = _data_table(sheet, row_title)
    return compose(
        canvas, kind="heat_table", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=_alternative(sheet), head=head, rows=table,
    )  # fmt: skip


def _headings(canvas: Canvas, sheet: _Sheet, row_title: str, column_title: str) -> tuple[str, ...]:
    """Write what stands above the cells; return the names of the rows, with letters where they need them."""
    room = NARROW * sheet.width / 100
    longest = max(len(word) for column in sheet.columns for word in column.split() or [""])
    heads, names = sheet.columns, sheet.rows
    if longest * 8 > room:
        heads = tuple(ascii_uppercase[: len(sheet.columns)])
        if sheet.rows == sheet.columns:
            names = tuple(f"{name} ({letter})" for name, letter in zip(sheet.rows, heads, strict=True))
        else:
            for letter, column in zip(heads, sheet.columns, strict=True):
                canvas.lines(0, wrap(f"{letter}{sheet.word('colon')}{column}", _WIDE))
            canvas.y += 6
    _titles(canvas, row_title, column_title)
    stacks = [wrap(head, max(min(len(head), longest), 1)) for head in heads]
    height = max(map(len, stacks))
    for place, lines in enumerate(stacks):
        for number, words in enumerate(lines, start=height - len(lines)):
            y = canvas.y + 14 + _LINE * number
            canvas.write(sheet.middle(place), y, words, anchor="middle", bold=True, size=13)
    if sheet.row_sums:
        y = canvas.y + 14 + _LINE * (height - 1)
        canvas.write(
            sheet.middle(len(sheet.columns)), y, sheet.word("total"), anchor="middle", bold=True, size=12
        )
    canvas.y += _LINE * height + 4
    return names


def _titles(canvas: Canvas, row_title: str, column_title: str) -> None:
    """Write what rows and columns are, with arrows that say which is which."""
    down = wrap(f"{row_title} ↓", _ROW_LABEL) if row_title else []
    across = wrap(f"{column_title} →", 18) if column_title else []
    height = max(len(down), len(across))
    for lines, anchor, shift in ((down, "end", -7), (across, "start", 2)):
        for number, words in enumerate(lines, start=height - len(lines)):
            y = canvas.y + 14 + _LINE * number
            canvas.write(_GUTTER, y, words, anchor=anchor, shift=shift, size=13)
    canvas.y += _LINE * height + (4 if height else 0)


def _row(canvas: Canvas, sheet: _Sheet, position: int, name: str, largest: float) -> None:
    """Draw one row: its name, its cells, its total."""
    label = wrap(name, _ROW_LABEL, stretch=2)
    height = max(34, _LINE * len(label) + 10)
    top = canvas.y + (height - _LINE * len(label)) / 2 + 13
    for number, words in enumerate(label):
        canvas.write(_GUTTER, top + _LINE * number, words, anchor="end", shift=-7, size=13)
    base = canvas.y + height / 2 + 5
    for column, value in enumerate(sheet.values[position]):
        fill, ink = shade(value, largest)
        left = _GUTTER + column * sheet.width
        framed = sheet.diagonal and column == position
        canvas.box(
            left + 0.4, left + sheet.width - 0.4, canvas.y + 2, height - 4, fill=fill, kind="cell",
            stroke=INK if framed else LINE, thick=2.5 if framed else 1,
        )  # fmt: skip
        words = "–" if value is None else sheet.say(value)
        canvas.write(sheet.middle(column), base, words, anchor="middle", fill=ink)
    if sheet.row_sums:
        total = sheet.say(sheet.row_totals[position])
        canvas.write(sheet.middle(len(sheet.columns)), base, total, anchor="middle", bold=True)
    canvas.y += height


def _data_table(sheet: _Sheet, corner: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return head and rows of the data table."""
    head = (corner or sheet.word("head_label"), *sheet.columns)
    body = [(name, *map(sheet.say, line)) for name, line in zip(sheet.rows, sheet.values, strict=True)]
    if sheet.row_sums:
        head = (*head, sheet.word("total"))
        body = [(*line, sheet.say(total)) for line, total in zip(body, sheet.row_totals, strict=True)]
    if sheet.column_sums:
        sums = sheet.column_totals[: None if sheet.row_sums else -1]
        body.append((sheet.word("total"), *map(sheet.say, sums)))
    return head, tuple(body)


def _alternative(sheet: _Sheet) -> str:
    """Say the size of the table, each row's cells that are not 0, and the sum of the diagonal."""
    said = []
    for name, line in zip(sheet.rows, sheet.values, strict=True):
        cells = zip(sheet.columns, line, strict=True)
        parts = ", ".join(f"{column} {sheet.say(value)}" for column, value in cells if value != 0)
        said.append(f"{name}{sheet.word('colon')}{parts or sheet.word('all_zero')}")
    listed = sheet.word("semicolon").join(said)
    size = {"rows": len(sheet.rows), "columns": len(sheet.columns)}
    sentence = sheet.word("alternative_heat", values=listed, **size)
    if sheet.diagonal:
        inside = math.fsum(line[place] or 0.0 for place, line in enumerate(sheet.values))
        whole = sheet.say(sheet.column_totals[-1])
        sentence += " " + sheet.word("alternative_diagonal", inside=sheet.say(inside), whole=whole)
    return sentence
