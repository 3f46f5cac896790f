"""The cells of an .xlsx workbook: values only, with the standard library.

No library for it comes with the course, nor with Pyodide 0.27.7 (which has pyarrow and lxml, but neither
openpyxl nor calamine), and pandas reads none by itself. What a published table needs is small: the shared
strings, the cells of each sheet, and the ranges that were merged (ECMA-376, parts 18.3 and 18.4). Formulas
give the value that was saved with them; formats, and so dates, are not read: a date is the number of its day.

A file is untrusted: its parts are read up to a size, and one that declares a document type or entities, which
no workbook does, is refused before it is parsed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeAlias
from xml.etree import ElementTree as ET

from alliances.errors import SourceError

__all__ = ["CellValue", "Sheet", "read_workbook"]

CellValue: TypeAlias = str | float | None
MOST_BYTES: Final = 1 << 27
MOST_CELLS: Final = 2_000_000
MOST_COLUMN: Final = 16_384
_DECLARATION: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_LINK: Final = re.compile(r"\{[^}]*\}id")
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)


# What the libraries raise on a damaged file: no list of it is documented, a test damages files at random.
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, OSError, LookupError, ValueError, RuntimeError,
    ArithmeticError,
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, and its rows from the first to the last filled one, each of the same length.

    Row and column 0 of ``rows`` are row 1 and column A. A merged range has its value in each cell.
    """

    name: str
    rows: tuple[tuple[CellValue, ...], ...]


def read_workbook(path: Path) -> list[Sheet]:
    """Read the sheets of a workbook, in their order.

    Raises:
        SourceError: the workbook is damaged, protected, or far too large for a table.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise SourceError("readers.huge_workbook", path=path, most=MOST_BYTES >> 20)
            strings = _strings(archive)
            return [Sheet(name, _rows(archive, part, strings, path)) for name, part in _sheets(archive)]
    except _DAMAGE as error:
        raise SourceError("readers.broken_workbook", path=path, reason=error) from error


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Return a part of the workbook, without any declaration that a parser could swell.

    Raises:
        ValueError: it has one.
    """
    content = archive.read(name)
    if _DECLARATION.search(content.replace(b"\0", b"")):  # UTF-16 too
        raise ValueError(name)
    return io.BytesIO(content)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield name and part of each sheet."""
    links = ET.parse(_part(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314 - see _part
    targets = {one.get("Id"): str(one.get("Target")) for one in links.getroot()}
    for element in ET.parse(_part(archive, "xl/workbook.xml")).iter():  # noqa: S314 - see _part
        if _tag(element) == "sheet":
            link = next((value for key, value in element.items() if _LINK.fullmatch(key)), None)
            target = targets[link].lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if "worksheets/" in part:
                yield str(element.get("name")), part


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells share; readings of Asian scripts (``rPh``) are no part of them."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    shared = ET.parse(_part(archive, "xl/sharedStrings.xml"))  # noqa: S314 - see _part
    return [_words(item) for item in shared.getroot() if _tag(item) == "si"]


def _words(item: ET.Element) -> str:
    parts = [child for child in item if _tag(child) in {"t", "r"}]
    texts = (text for part in parts for text in ([part] if _tag(part) == "t" else part) if _tag(text) == "t")
    return "".join(text.text or "" for text in texts)


def _rows(
    archive: zipfile.ZipFile, part: str, strings: list[str], path: Path
) -> tuple[tuple[CellValue, ...], ...]:
    cells, merged = _cells(_part(archive, part), strings, path)
    for top, left, bottom, right in merged:
        value = cells.get((top, left))
        if value is not None and (bottom - top + 1) * (right - left + 1) <= MOST_CELLS:
            cells |= {(row, column): value
                      for row in range(top, bottom + 1) for column in range(left, right + 1)}  # fmt: skip
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    if height * width > MOST_CELLS:
        raise SourceError("readers.huge_workbook", path=path, most=MOST_BYTES >> 20)
    return tuple(tuple(cells.get((row, column)) for column in range(width)) for row in range(height))


def _cells(
    file: IO[bytes], strings: list[str], path: Path
) -> tuple[dict[tuple[int, int], CellValue], list[tuple[int, int, int, int]]]:
    """Return the filled cells of a sheet, and its merged ranges (top, left, bottom, right)."""
    cells: dict[tuple[int, int], CellValue] = {}
    merged: list[tuple[int, int, int, int]] = []
    row, column = -1, -1
    for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314 - see _part
        tag = _tag(element)
        if event == "start" and tag == "row":
            row = int(element.get("r") or row + 2) - 1
            column = -1
        elif event == "end" and tag == "c":
            place = element.get("r")
            row, column = _place(place) if place else (row, column + 1)
            value = _value(element, strings)
            if value is not None:
                cells[row, column] = value
            if len(cells) > MOST_CELLS:
                raise SourceError("readers.huge_workbook", path=path, most=MOST_BYTES >> 20)
            element.clear()
        elif event == "end" and tag == "mergeCell":
            first, _, last = str(element.get("ref")).partition(":")
            merged.append((*_place(first), *_place(last or first)))
        elif event == "end" and tag == "row":
            element.clear()
    return cells, merged


def _place(reference: str) -> tuple[int, int]:
    """Return row and column from 0: ``C2`` is (1, 2).

    Raises:
        ValueError: it is no reference.
    """
    found = _PLACE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    if column > MOST_COLUMN:
        raise ValueError(reference)
    return int(found[2]) - 1, column - 1


def _value(cell: ET.Element, strings: list[str]) -> CellValue:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_words(child) for child in cell if _tag(child) == "is") or None
    text = next((child.text for child in cell if _tag(child) == "v"), None)
    if text is None or kind == "e":
        return None
    if kind == "s":
        return strings[int(text)] or None
    return text if kind in {"str", "d"} else float(text)
