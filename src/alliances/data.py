"""The course's tables, wherever the code runs: a checkout, an installed wheel, a browser.

``datapackage.json`` is the only place that says what a table holds: columns, types, titles, licence.
Each cell is read as text, then converted to the type declared there, so that ``09`` stays ``09`` and
the types are the same whatever the version of pandas.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from alliances.data_files import (
    chosen_language,
    data_folder,
    descriptor,
    in_checkout,
    in_language,
    numbered_rows,
    read_text,
    resource,
    table_path,
)
from alliances.data_labels import Labels
from alliances.data_types import KINDS, pandas_type
from alliances.errors import AlliancesError, SourceError
from alliances.i18n import LANGUAGES, Language, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from alliances.data_files import NumberedRow
    from alliances.data_rules import Problem
    from alliances.data_words import Description

__all__ = [
    "check",
    "data_folder",
    "department_outlines",
    "department_tiles",
    "describe",
    "descriptor",
    "load",
    "practice_bank",
    "rows",
    "source_line",
    "table_names",
]

_OUTLINES: Final = "departments_map.json"
_SLUG: Final = re.compile(r"[a-z][a-z0-9_]*")


def table_names() -> list[str]:
    """Return the names of the tables, in the descriptor's order."""
    return [described["name"] for described in descriptor()["resources"]]


def rows(name: str) -> list[dict[str, str]]:
    """Return a table as texts, one dictionary a row, without pandas; an empty cell is ``""``.

    Raises:
        AlliancesError: there is no such table, or its file cannot be read (``SourceError`` names the line).
    """
    return [row for _, row in numbered_rows(resource(name))]


def load(name: str, lang: Language | None = None) -> pd.DataFrame:
    """Return a table with the types of the descriptor.

    Args:
        name: a name of ``table_names()``.
        lang: when given, each pair of columns ``x_fr`` and ``x_en`` becomes one column ``x``.

    Returns:
        One row a line of the file. Texts and codes are pandas ``string``, whole numbers ``Int64``,
        numbers ``float64``, true or false ``boolean``, dates ``datetime64[s]``; an empty cell is missing.
        ``attrs`` holds ``name``, ``title``, ``source_line``, ``licence``, ``synthetic``, ``titles`` (a title
        a column) and ``units`` (of the columns that have one).

    Raises:
        AlliancesError: there is no such table, or its file is malformed (``SourceError`` names the line).
        ValueError: ``lang`` is neither ``"fr"`` nor ``"en"``.
    """
    language = chosen_language(lang)
    described = resource(name)
    fields = described["schema"]["fields"]
    # Whoever asks may change it: what is kept is nobody's.
    frame = _typed(json.dumps(described), *_stamp(table_path(described))).copy()
    titles = {field["name"]: in_language(field, "title", language) for field in fields}
    if lang is not None:
        other = next(code for code in LANGUAGES if code != lang)
        paired = {title.removesuffix(f"_{lang}") for title in titles if title.endswith(f"_{lang}")}
        paired = {stem for stem in paired if f"{stem}_{other}" in titles}
        frame = frame.drop(columns=[f"{stem}_{other}" for stem in paired])
        frame = frame.rename(columns={f"{stem}_{lang}": stem for stem in paired})
        titles |= {stem: _one_language(titles[f"{stem}_{lang}"]) for stem in paired}
    frame.attrs = {
        "name": name,
        "title": in_language(described, "title", language),
        "source_line": in_language(described, "source_line", language),
        "licence": described["licenses"][0]["name"],
        "synthetic": bool(described.get("synthetic", False)),
        "titles": Labels({column: titles[column] for column in frame.columns}),
        "units": Labels({field["name"]: field["unit"] for field in fields if "unit" in field}),
    }
    return frame


@lru_cache(maxsize=16)
def _typed(described: str, _changed: int, _size: int) -> pd.DataFrame:
    """Return a table with its types: read once, for it is asked for again and again in a lesson."""
    import pandas as pd  # late: a browser takes seconds to load it, and tools can do without

    table = json.loads(described)
    numbered, path = numbered_rows(table), table_path(table)
    return pd.DataFrame(
        {field["name"]: _column(field, numbered, path) for field in table["schema"]["fields"]}
    )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        # Whoever reads it says what is wrong with it.
        return 0, 0
    return about.st_mtime_ns, about.st_size


def _one_language(title: str) -> str:
    """Drop « (français) » from the title of a column that has become the only one of its pair."""
    return re.sub(r" \((?:français|anglais|French|English)\)$", "", title)


def describe(frame: pd.DataFrame, lang: Language | None = None) -> Description:
    """Say what a loaded table holds: fields, units, sources, and what to be careful with.

    Args:
        frame: what ``load`` returned, filtered or not.
        lang: language of the description; by default the current one.

    Returns:
        A description that prints as plain text and shows as a table in a notebook.

    Raises:
        AlliancesError: the frame does not say which table it comes from.
    """
    from alliances.data_words import description_of_frame

    return description_of_frame(frame, chosen_language(lang))


def check(frame: pd.DataFrame, name: str | None = None) -> list[Problem]:
    """Compare a data frame with what the descriptor asks of a table.

    Args:
        frame: columns named as in the file (``load`` without a language).
        name: the table; by default the one that the frame was loaded from.

    Returns:
        What breaks a rule, each printing as a sentence in the reader's language; nothing when all is well.
        ``line`` counts the rows of the frame from 1. Links to other tables are followed.

    Raises:
        AlliancesError: the table is unknown, or the frame does not say which one it comes from.
    """
    from alliances.data_validation import problems_of_frame

    return problems_of_frame(frame, name)


def source_line(name: str, lang: Language | None = None) -> str:
    """Return what a figure made from this table says of its origin and licence.

    Raises:
        AlliancesError: there is no such table.
        ValueError: ``lang`` is neither ``"fr"`` nor ``"en"``.
    """
    return in_language(resource(name), "source_line", chosen_language(lang))


def department_tiles() -> list[tuple[str, str, int, int]]:
    """Return code, name, row and column (from 1) of each of the 101 départements, for ``chart.tile_map``.

    Raises:
        AlliancesError: the table is missing or malformed.
    """
    described = resource("departments_tiles")
    found = []
    for line, row in numbered_rows(described):
        try:
            found.append((row["code"], row["name"], int(row["row"]), int(row["column"])))
        except ValueError as error:
            path = table_path(described)
            message = {"column": "row, column", "value": f"{row['row']}, {row['column']}"}
            expected = text("data.kind_integer")
            raise SourceError("data.bad_value", path=path, line=line, expected=expected, **message) from error
    return found


def department_outlines() -> dict[str, tuple[str, list[list[tuple[int, int]]]]]:
    """Return name and closed rings of each of the 101 départements by code, for ``chart.department_map``.

    Points are ``(x, y)`` in thousandths of the width of the map, y downwards; a hole stands behind its outer
    ring, the other way round. The map is a drawing: overseas départements and, a second time, those around
    Paris have scales of their own. The file is planar TopoJSON, which other libraries read too; it comes from
    IGN, ADMIN EXPRESS COG, Licence Ouverte 2.0 (``datasets/make/departments_map.py``).

    Raises:
        AlliancesError: the file is missing or malformed.
    """
    path = data_folder() / _OUTLINES
    try:
        found = json.loads(read_text(path))
        arcs = [_points(arc) for arc in found["arcs"]]
        return {
            str(shape["id"]): (
                str(shape["properties"]["name"]),
                [_ring(ring, arcs) for polygon in shape["arcs"] for ring in polygon],
            )
            for shape in found["objects"]["departments"]["geometries"]
        }
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise SourceError("chart.bad_outlines", path=path, reason=repr(error)) from error


def _points(arc: list[list[int]]) -> list[tuple[int, int]]:
    """Return the points of an arc, stored as first point and steps."""
    x = y = 0
    points = []
    for right, down in arc:
        x, y = x + right, y + down
        points.append((x, y))
    return points


def _ring(numbers: list[int], arcs: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Join arcs end to end, those below zero backwards; the closing point is not repeated."""
    if not numbers:
        raise ValueError(numbers)
    return [
        point for number in numbers for point in (arcs[number] if number >= 0 else arcs[~number][::-1])[:-1]
    ]


def practice_bank(slug: str) -> dict[str, Any]:
    """Return a module's questions, both languages, those of practice only.

    Raises:
        AlliancesError: there is no such module, it has no questions, or its file is malformed.
    """
    from alliances import data_files

    if not _SLUG.fullmatch(slug):  # also keeps a path from walking out of the folder
        raise AlliancesError("data.bad_slug", slug=slug)
    source = data_files.CHECKOUT / "modules" / slug / "items.yaml"
    packaged = data_files.PACKAGE / "_data" / "items" / f"{slug}.json"
    if in_checkout() and source.is_file():
        bank = _yaml(source)
        items = bank.get("items") if isinstance(bank, dict) else None
        if not isinstance(items, list):
            raise SourceError("data.bad_bank", path=source, reason="items")
        kept = [item for item in items if isinstance(item, dict) and item.get("use") == "practice"]
        return {**cast("dict[str, Any]", bank), "items": kept}
    if not in_checkout() and packaged.is_file():
        return cast("dict[str, Any]", json.loads(read_text(packaged)))
    raise AlliancesError("data.no_bank", slug=slug)


def _column(field: dict[str, Any], numbered: Sequence[NumberedRow], path: Path) -> pd.Series:
    """Convert one column to its declared type."""
    import pandas as pd

    name, kind = field["name"], field["type"]
    read = KINDS[kind][0]
    values: list[object] = []
    for line, row in numbered:
        cell = row[name]
        try:
            values.append(read(cell) if cell else None)
        except (ValueError, KeyError) as error:
            message = {"column": name, "value": cell, "expected": text(f"data.kind_{kind}")}
            raise SourceError("data.bad_value", path=path, line=line, **message) from error
    return pd.Series(values, dtype=pandas_type(kind))


def _yaml(path: Path) -> object:
    try:
        import yaml
    except ImportError as error:  # the light base, in a checkout
        raise AlliancesError("data.needs_yaml") from error
    try:
        return yaml.safe_load(read_text(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SourceError("data.bad_bank", path=path, line=line, reason=error.problem) from error
