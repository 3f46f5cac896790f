"""Where the tables are, what their descriptor says, and their rows as texts (no pandas here)."""

from __future__ import annotations

import csv
import io
import json
import os
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from alliances.data_types import KINDS
from alliances.errors import AlliancesError, SourceError
from alliances.i18n import Language, current_language, is_language, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "CHECKOUT",
    "DESCRIPTOR",
    "PACKAGE",
    "NumberedRow",
    "chosen_language",
    "data_folder",
    "descriptor",
    "in_checkout",
    "in_language",
    "numbered_rows",
    "read_text",
    "resource",
    "table_path",
]

PACKAGE: Final = Path(__file__).resolve().parent
CHECKOUT: Final = PACKAGE.parents[1]
DESCRIPTOR: Final = "datapackage.json"
_ZIP: Final = b"PK\x03\x04"
_NAMED: Final = 8

NumberedRow = tuple[int, dict[str, str]]


def in_checkout() -> bool:
    """Say whether the package runs from the course's own sources."""
    return (CHECKOUT / "modules" / "syllabus.toml").is_file()


def data_folder() -> Path:
    """Return the folder of the tables: ``ALLIANCES_DATA``, else the checkout's, else the package's.

    Raises:
        AlliancesError: that folder holds no ``datapackage.json``.
    """
    named = os.environ.get("ALLIANCES_DATA")
    if named:
        folder = Path(named)
    elif in_checkout():
        folder = CHECKOUT / "datasets"
    else:
        folder = PACKAGE / "_data" / "datasets"
    if not (folder / DESCRIPTOR).is_file():
        raise AlliancesError("data.no_folder", folder=folder)
    return folder


def descriptor() -> dict[str, Any]:
    """Return the whole descriptor (a Frictionless Data Package).

    Raises:
        AlliancesError: there is no descriptor, or it is not the JSON of one.
    """
    path = data_folder() / DESCRIPTOR
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise SourceError("data.bad_descriptor", path=path, line=error.lineno, reason=error.msg) from error
    try:
        for described in found["resources"]:
            _ = described["name"], described["path"]
            _ = [(field["name"], KINDS[field["type"]]) for field in described["schema"]["fields"]]
    except (KeyError, TypeError) as error:
        raise SourceError("data.bad_descriptor", path=path, reason=repr(error)) from error
    return cast("dict[str, Any]", found)


def resource(name: str) -> dict[str, Any]:
    """Return what the descriptor says of one table.

    Raises:
        AlliancesError: there is no such table.
    """
    about = (data_folder() / DESCRIPTOR).stat()
    known = _resources(data_folder(), about.st_mtime_ns, about.st_size)
    if name not in known:
        raise AlliancesError("data.unknown_table", name=name, known=", ".join(known))
    # A fresh one each time: nobody's change is another's.
    return cast("dict[str, Any]", json.loads(known[name]))


@lru_cache(maxsize=4)
def _resources(_folder: Path, _changed: int, _size: int) -> dict[str, str]:
    """Return each table's part of the descriptor: read once, since it is longer than most tables."""
    return {found["name"]: json.dumps(found) for found in descriptor()["resources"]}


def table_path(described: dict[str, Any]) -> Path:
    """Return the file of a table."""
    return data_folder() / str(described["path"])


def chosen_language(lang: Language | None) -> Language:
    """Return ``lang``, or the current language.

    Raises:
        ValueError: ``lang`` is neither ``"fr"`` nor ``"en"``.
    """
    if lang is None:
        return current_language()
    if not is_language(lang):
        raise ValueError(f"lang must be 'fr' or 'en' (got {lang!r})")
    return lang


def in_language(holder: dict[str, Any], key: str, language: Language) -> str:
    """Return a text of the descriptor: French stands under the standard key, English under ``key_en``."""
    return str(holder.get(key if language == "fr" else f"{key}_en", ""))


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        SourceError: it cannot be read, is an archive, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("data.unreadable", path=path, reason=error.strerror or error) from error
    if content.startswith(_ZIP):
        raise SourceError("data.is_archive", path=path)
    try:
        return content.decode("utf-8-sig")  # spreadsheets put a mark in front
    except UnicodeDecodeError as error:
        raise SourceError("data.not_utf8", path=path, position=error.start + 1) from error


def numbered_rows(described: dict[str, Any]) -> list[NumberedRow]:
    """Return the rows of a table, each behind its first line in the file (from 1).

    Raises:
        SourceError: the file is not CSV, or has not the columns of the descriptor; the line is named.
    """
    path = table_path(described)
    columns = [field["name"] for field in described["schema"]["fields"]]
    records = _records(path)
    _, header = next(records, (1, []))
    if header != columns:
        _refuse_header(path, header, columns)
    found = []
    for line, record in records:
        if len(record) != len(columns):
            raise SourceError(
                "data.bad_width", path=path, line=line, found=len(record), expected=len(columns)
            )
        found.append((line, dict(zip(columns, record, strict=True))))
    return found


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV file, each behind its first line."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    records: list[list[str]] = []
    ends = [0]
    try:
        for record in reader:
            records.append(record)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise SourceError("data.not_csv", path=path, line=reader.line_num, reason=error) from error
    for (before, _), record in zip(pairwise(ends), records, strict=True):
        yield before + 1, record


def _refuse_header(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    if not header:
        raise SourceError("data.empty_file", path=path)
    for separator in (";", "\t", "|"):
        if len(header) == 1 and header[0].split(separator) == columns:
            raise SourceError("data.wrong_separator", path=path, line=1, separator=repr(separator))
    known = set(header)
    expected = set(columns)
    missing = [column for column in columns if column not in known]
    extra = [column for column in header if column not in expected]
    raise SourceError("data.bad_header", path=path, line=1, missing=_listed(missing), extra=_listed(extra))


def _listed(names: Sequence[str]) -> str:
    """Name the first few: a header may hold a million columns."""
    if not names:
        return text("data.none")
    shown = ", ".join(islice(names, _NAMED))
    more = len(names) - _NAMED
    return shown if more <= 0 else text("data.and_more", shown=shown, count=more)
