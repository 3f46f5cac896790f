"""CSV tables of the course, read as text with the line of every row (pandas is not needed here)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliances.course.files import read_text
from alliances.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CsvRow", "read_csv"]


@dataclass(frozen=True)
class CsvRow:
    """One row: its values by column, and the line of the file where it ends."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the value of ``column``."""
        return self.values[column]


def read_csv(path: Path, key: str, columns: Sequence[str]) -> dict[str, CsvRow]:
    """Read a table by its key column.

    Args:
        path: the file, UTF-8, separated by commas, with a header.
        key: the column that identifies a row.
        columns: columns that must be there; others are kept too.

    Raises:
        SourceError: a column is missing, a row has another number of fields than the header, quotes do not
            close, or a key is blank or stands twice.
    """
    reader = csv.reader(io.StringIO(read_text(path)), strict=True)
    rows: dict[str, CsvRow] = {}
    try:
        header = next(reader, [])
        missing = [column for column in (key, *columns) if column not in header]
        if missing:
            raise SourceError("course.csv_columns", path=path, line=1, columns=", ".join(missing))
        for record in reader:
            line = reader.line_num
            if not record:
                continue
            if len(record) != len(header):
                raise SourceError(
                    "course.csv_fields", path=path, line=line, expected=len(header), found=len(record)
                )
            row = CsvRow(line, dict(zip(header, record, strict=True)))
            name = row[key].strip()
            if not name:
                raise SourceError("course.csv_key", path=path, line=line, column=key)
            if name in rows:
                raise SourceError("course.id_twice", path=path, line=line, id=name, first=rows[name].line)
            rows[name] = row
    except csv.Error as error:
        raise SourceError("course.csv_syntax", path=path, line=reader.line_num, reason=error) from None
    return rows
