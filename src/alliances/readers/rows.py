"""The rows of a file, whatever its form: a header, and cells of text with the place each row comes from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from alliances.errors import EnvironmentFault, SourceError
from alliances.i18n import format_number, text
from alliances.readers.layouts import Layout, known
from alliances.readers.opening import MOST_COLUMNS, SEPARATORS, Lines, kind_of, open_text

__all__ = ["Row", "Rows", "delimited", "parquet", "table_rows"]

Row = tuple[int, list[str]]
BATCH = 20_000
LONGEST_ROW = 100  # lines; an open quotation mark would swallow the rows that follow
LINES_ABOVE = 10  # titles that somebody may have put over the header
_SPREADSHEET = re.compile(r"sep=.\r?\n?")


@dataclass
class Rows:
    """A header and an iterator of rows, to be read once, then closed.

    ``foreign`` grows while rows go by: the places where bytes of another encoding were put right.
    """

    path: Path
    header: list[str]
    rows: Iterator[Row]
    encoding: str = ""
    separator: str = ""
    numbered: Literal["line", "record"] = "line"
    foreign: list[int] = field(default_factory=list)
    close: Callable[[], None] = lambda: None


def table_rows(path: Path, layouts: Sequence[Layout]) -> Rows:
    """Open a delimited text or a Parquet file.

    Raises:
        SourceError: the file is something else, or its header is none of the layouts'.
        EnvironmentFault: the file is Parquet and pyarrow is not installed.
    """
    kind = kind_of(path)
    if kind == "parquet":
        return parquet(path)
    if kind != "text":
        raise SourceError(f"readers.is_{kind}", path=path)
    return delimited(path, layouts)


def delimited(path: Path, layouts: Sequence[Layout]) -> Rows:
    """Open a delimited text; the separator is the one under which the header has most known columns.

    Raises:
        SourceError: the header is too wide, stands further down, or the text is no table.
    """
    lines = open_text(path)
    try:
        first = next(iter(lines), "")
        if _SPREADSHEET.fullmatch(first):  # a first line by which Excel knows the separator
            first = next(iter(lines), "")
        split = {separator: _header(first, separator) for separator in SEPARATORS}
        separator = max(SEPARATORS, key=lambda one: (known(layouts, split[one]), len(split[one])))
        header = split[separator]
        if not known(layouts, header) and len(header) <= MOST_COLUMNS:
            _look_below(lines, layouts)
    except SourceError:
        lines.close()
        raise
    if len(header) > MOST_COLUMNS:
        lines.close()
        raise SourceError(
            "readers.wide_header", path=path, line=1, columns=format_number(len(header)), most=MOST_COLUMNS
        )
    return Rows(
        path,
        header,
        _cells(lines, separator, len(header)),
        encoding=lines.encoding,
        separator=separator,
        foreign=lines.foreign,
        close=lines.close,
    )


def _look_below(lines: Lines, layouts: Sequence[Layout]) -> None:
    """Refuse a file whose header stands under titles, by the number of its line."""
    for line, _ in zip(lines, range(LINES_ABOVE), strict=False):
        if max(known(layouts, _header(line, one)) for one in SEPARATORS) >= 2:  # noqa: PLR2004 - not by chance
            raise SourceError("readers.header_below", path=lines.path, line=lines.number)


def _header(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _cells(lines: Lines, separator: str, width: int) -> Iterator[Row]:
    """Yield rows behind the number of their first line; blank lines are no rows.

    Empty cells beyond ``width`` are separators that a spreadsheet left at the end of lines.
    """
    reader = csv.reader(lines, delimiter=separator)
    begin = lines.number + 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceError("readers.bad_quotes", path=lines.path, line=begin, reason=error) from error
        if lines.number - begin >= LONGEST_ROW:
            reason = text("readers.lines_swallowed", number=lines.number - begin + 1)
            raise SourceError("readers.bad_quotes", path=lines.path, line=begin, reason=reason)
        if row:
            yield begin, row if len(row) <= width or any(row[width:]) else row[:width]
        begin = lines.number + 1


def parquet(path: Path) -> Rows:
    """Open a Parquet file, batch by batch; numbers and dates become text again, as in the CSV twin.

    Raises:
        EnvironmentFault: pyarrow is not installed (it is not in the browser).
        SourceError: the file is damaged.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet as pq
    except ImportError as error:
        raise EnvironmentFault("readers.needs_pyarrow", name=path.name) from error
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError("readers.broken_parquet", path=path, reason=error) from error
    header = list(file.schema_arrow.names)

    def batches() -> Iterator[Row]:
        number = 0
        try:
            for batch in file.iter_batches(batch_size=BATCH):
                columns = [[_as_text(value) for value in column.to_pylist()] for column in batch.columns]
                for row in zip(*columns, strict=True):
                    number += 1
                    yield number, list(row)
        except (pa.ArrowException, OSError) as error:
            raise SourceError("readers.broken_parquet", path=path, reason=error) from error

    return Rows(path, header, batches(), encoding="Parquet", numbered="record", close=file.close)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ; ".join(_as_text(one) for one in value)
    return str(value)
