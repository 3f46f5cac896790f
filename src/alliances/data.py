"""The course's tables, wherever the code runs: a checkout, an installed wheel, a browser.

``datapackage.json`` is the only place that says what a table holds: columns, types, titles, licence.
Each cell is read as text, then converted to the type declared there, so that ``09`` stays ``09`` and
the types are the same whatever the version of pandas.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from alliances.errors import AlliancesError, SourceError
from alliances.i18n import LANGUAGES, Language, current_language, is_language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

__all__ = [
    "data_folder",
    "department_outlines",
    "department_tiles",
    "descriptor",
    "load",
    "practice_bank",
    "rows",
    "source_line",
    "table_names",
]

_PACKAGE: Final = Path(__file__).resolve().parent
_CHECKOUT: Final = _PACKAGE.parents[1]
_DESCRIPTOR: Final = "datapackage.json"
_OUTLINES: Final = "departments_map.json"
_SLUG: Final = re.compile(r"[a-z][a-z0-9_]*")


def _in_checkout() -> bool:
    return (_CHECKOUT / "modules" / "syllabus.toml").is_file()


def data_folder() -> Path:
    """Return the folder of the tables: ``ALLIANCES_DATA``, else the checkout's, else the package's.

    Raises:
        AlliancesError: that folder holds no ``datapackage.json``.
    """
    named = os.environ.get("ALLIANCES_DATA")
    if named:
        folder = Path(named)
    elif _in_checkout():
        folder = _CHECKOUT / "datasets"
    else:
        folder = _PACKAGE / "_data" / "datasets"
    if not (folder / _DESCRIPTOR).is_file():
        raise AlliancesError("data.no_folder", folder=folder)
    return folder


def descriptor() -> dict[str, Any]:
    """Return the whole descriptor (a Frictionless Data Package).

    Raises:
        AlliancesError: there is no descriptor, or it is not the JSON of one.
    """
    path = data_folder() / _DESCRIPTOR
    try:
        found = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise SourceError("data.bad_descriptor", path=path, line=error.lineno, reason=error.msg) from error
    try:
        for resource in found["resources"]:
            _ = resource["name"], resource["path"]
            _ = [(field["name"], _KINDS[field["type"]]) for field in resource["schema"]["fields"]]
    except (KeyError, TypeError) as error:
        raise SourceError("data.bad_descriptor", path=path, reason=repr(error)) from error
    return cast("dict[str, Any]", found)


def table_names() -> list[str]:
    """Return the names of the tables, in the descriptor's order."""
    return [resource["name"] for resource in descriptor()["resources"]]


def rows(name: str) -> list[dict[str, str]]:
    """Return a table as texts, one dictionary a row, without pandas; an empty cell is ``""``.

    Raises:
        AlliancesError: there is no such table, or its file cannot be read (``SourceError`` names the line).
    """
    return [row for _, row in _numbered_rows(_resource(name))]


def load(name: str, lang: Language | None = None) -> pd.DataFrame:
    """Return a table with the types of the descriptor.

    Args:
        name: a name of ``table_names()``.
        lang: when given, each pair of columns ``x_fr`` and ``x_en`` becomes one column ``x``.

    Returns:
        One row a line of the file. Texts and codes are pandas ``string``, whole numbers ``Int64``,
        numbers ``float64``, true or false ``boolean``; an empty cell is missing. ``attrs`` holds
        ``title``, ``source_line``, ``licence``, ``synthetic`` and ``titles`` (a title a column).

    Raises:
        AlliancesError: there is no such table, or its file is malformed (``SourceError`` names the line).
        ValueError: ``lang`` is neither ``"fr"`` nor ``"en"``.
    """
    import pandas as pd  # late: a browser takes seconds to load it, and tools can do without

    language = _language(lang)
    resource = _resource(name)
    numbered = _numbered_rows(resource)
    fields = resource["schema"]["fields"]
    path = data_folder() / resource["path"]
    frame = pd.DataFrame({field["name"]: _column(field, numbered, path) for field in fields})
    titles = {field["name"]: _in(field, "title", language) for field in fields}
    if lang is not None:
        other = next(code for code in LANGUAGES if code != lang)
        paired = {title.removesuffix(f"_{lang}") for title in titles if title.endswith(f"_{lang}")}
        paired = {stem for stem in paired if f"{stem}_{other}" in titles}
        frame = frame.drop(columns=[f"{stem}_{other}" for stem in paired])
        frame = frame.rename(columns={f"{stem}_{lang}": stem for stem in paired})
        titles |= {stem: titles[f"{stem}_{lang}"] for stem in paired}
    frame.attrs = {
        "title": _in(resource, "title", language),
        "source_line": _in(resource, "source_line", language),
        "licence": resource["licenses"][0]["name"],
        "synthetic": bool(resource.get("synthetic", False)),
        "titles": {column: titles[column] for column in frame.columns},
    }
    return frame


def source_line(name: str, lang: Language | None = None) -> str:
    """Return what a figure made from this table says of its origin and licence.

    Raises:
        AlliancesError: there is no such table.
        ValueError: ``lang`` is neither ``"fr"`` nor ``"en"``.
    """
    return _in(_resource(name), "source_line", _language(lang))


def department_tiles() -> list[tuple[str, str, int, int]]:
    """Return code, name, row and column (from 1) of each of the 101 départements, for ``chart.tile_map``.

    Raises:
        AlliancesError: the table is missing or malformed.
    """
    resource = _resource("departments_tiles")
    found = []
    for line, row in _numbered_rows(resource):
        try:
            found.append((row["code"], row["name"], int(row["row"]), int(row["column"])))
        except ValueError as error:
            path = data_folder() / resource["path"]
            message = {"column": "row, column", "value": f"{row['row']}, {row['column']}"}
            expected = text("data.kind_integer")
            raise SourceError("data.bad_value", path=path, line=line, expected=expected, **message) from error
    return found


def department_outlines() -> dict[str, tuple[str, list[list[tuple[int, int]]]]]:
    """Return name and closed rings of each of the 101 départements by code, for ``chart.department_map``.

    Points are ``(x, y)`` in thousandths of the width of the map, y downwards. The map is a drawing: overseas
    départements and, a second time, those around Paris have scales of their own. It comes from IGN, ADMIN
    EXPRESS COG, Licence Ouverte 2.0 (``datasets/make/departments_map.py``).

    Raises:
        AlliancesError: the file is missing or malformed.
    """
    path = data_folder() / _OUTLINES
    try:
        found = json.loads(_read(path))["departments"]
        return {
            code: (str(entry["name"]), [_ring(flat) for flat in entry["rings"]])
            for code, entry in found.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError("chart.bad_outlines", path=path, reason=repr(error)) from error


def _ring(flat: list[int]) -> list[tuple[int, int]]:
    """Return the points of a ring stored as first point and steps."""
    steps = iter(flat)
    x = y = 0
    points = []
    for right, down in zip(steps, steps, strict=True):
        x, y = x + right, y + down
        points.append((x, y))
    return points


def practice_bank(slug: str) -> dict[str, Any]:
    """Return a module's questions, both languages, those of practice only.

    Raises:
        AlliancesError: there is no such module, it has no questions, or its file is malformed.
    """
    if not _SLUG.fullmatch(slug):  # also keeps a path from walking out of the folder
        raise AlliancesError("data.bad_slug", slug=slug)
    source = _CHECKOUT / "modules" / slug / "items.yaml"
    packaged = _PACKAGE / "_data" / "items" / f"{slug}.json"
    if _in_checkout() and source.is_file():
        bank = _yaml(source)
        items = bank.get("items") if isinstance(bank, dict) else None
        if not isinstance(items, list):
            raise SourceError("data.bad_bank", path=source, reason="items")
        kept = [item for item in items if isinstance(item, dict) and item.get("use") == "practice"]
        return {**cast("dict[str, Any]", bank), "items": kept}
    if not _in_checkout() and packaged.is_file():
        return cast("dict[str, Any]", json.loads(_read(packaged)))
    raise AlliancesError("data.no_bank", slug=slug)


def _language(lang: Language | None) -> Language:
    if lang is None:
        return current_language()
    if not is_language(lang):
        raise ValueError(f"lang must be 'fr' or 'en' (got {lang!r})")
    return lang


def _in(holder: dict[str, Any], key: str, language: Language) -> str:
    """Return a text of the descriptor: French stands under the standard key, English under ``key_en``."""
    return str(holder[key if language == "fr" else f"{key}_en"])


def _resource(name: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {found["name"]: found for found in descriptor()["resources"]}
    if name not in known:
        raise AlliancesError("data.unknown_table", name=name, known=", ".join(known))
    return known[name]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # spreadsheets put a mark in front
    except OSError as error:
        raise SourceError("data.unreadable", path=path, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise SourceError("data.not_utf8", path=path, position=error.start + 1) from error


def _numbered_rows(resource: dict[str, Any]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table, each behind its first line in the file (from 1)."""
    path = data_folder() / resource["path"]
    columns = [field["name"] for field in resource["schema"]["fields"]]
    reader = csv.reader(io.StringIO(_read(path), newline=""), strict=True)
    records: list[list[str]] = []
    ends = [0]
    try:
        for record in reader:
            records.append(record)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise SourceError("data.not_csv", path=path, line=reader.line_num, reason=error) from error
    header = records[0] if records else []
    if header != columns:
        missing = ", ".join(column for column in columns if column not in header)
        extra = ", ".join(column for column in header if column not in columns)
        none = text("data.none")
        raise SourceError("data.bad_header", path=path, line=1, missing=missing or none, extra=extra or none)
    found = []
    for (before, _), record in zip(pairwise(ends), records, strict=True):
        if len(record) != len(columns):
            raise SourceError(
                "data.bad_width", path=path, line=before + 1, found=len(record), expected=len(columns)
            )
        found.append((before + 1, dict(zip(columns, record, strict=True))))
    return found[1:]


def _column(field: dict[str, Any], numbered: Sequence[tuple[int, dict[str, str]]], path: Path) -> pd.Series:
    """Convert one column to its declared type."""
    import pandas as pd

    name, kind = field["name"], field["type"]
    read, dtype = _KINDS[kind]
    values: list[object] = []
    for line, row in numbered:
        cell = row[name]
        try:
            values.append(read(cell) if cell else None)
        except (ValueError, KeyError) as error:
            message = {"column": name, "value": cell, "expected": text(f"data.kind_{kind}")}
            raise SourceError("data.bad_value", path=path, line=line, **message) from error
    # "python" storage: the same with and without pyarrow, which a browser lacks.
    wanted: Any = pd.StringDtype("python") if dtype == "string" else dtype
    return pd.Series(values, dtype=wanted)


# How a cell is read, and the pandas type of its column.
_KINDS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "string": (str, "string"),
    "integer": (int, "Int64"),
    "number": (float, "float64"),
    "boolean": ({"true": True, "false": False}.__getitem__, "boolean"),
}


def _yaml(path: Path) -> object:
    try:
        import yaml
    except ImportError as error:  # the light base, in a checkout
        raise AlliancesError("data.needs_yaml") from error
    try:
        return yaml.safe_load(_read(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SourceError("data.bad_bank", path=path, line=line, reason=error.problem) from error
