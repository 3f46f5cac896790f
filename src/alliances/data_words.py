"""What a table holds, said to a person: fields, units, sources, and what to be careful with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from alliances.data_files import in_language, numbered_rows, resource
from alliances.errors import AlliancesError
from alliances.i18n import Language, area_texts, format_number, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

__all__ = ["Description", "FieldLine", "description_of_frame", "description_of_table"]

_SOURCES_SHOWN: Final = 10
# How pandas names the types of columns, and the descriptor's word for each.
_DTYPES: Final = (
    ("Int", "integer"),
    ("int", "integer"),
    ("float", "number"),
    ("Float", "number"),
    ("bool", "boolean"),
    ("datetime", "date"),
)


@dataclass(frozen=True)
class FieldLine:
    """One column: its name in code, what it is, its type, its unit, and how many values are missed.

    A text may be empty by design, and so may a column that the descriptor marks ``may_be_empty``.
    """

    name: str
    title: str
    kind: str
    unit: str
    note: str
    missing: int


@dataclass(frozen=True)
class Description:
    """What a table holds, in one language; prints as text, shows as a table in a notebook."""

    language: Language
    name: str
    title: str
    summary: str
    grain: str
    rows: int
    licence: str
    source_line: str
    fields: tuple[FieldLine, ...]
    sources: tuple[str, ...]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        """Return the description as plain text."""
        lines = [self._heading(), *filter(None, [self.summary]), self._size(), ""]
        widths = [max(len(row[place]) for row in self._table()) for place in range(4)]
        lines += [
            "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
            for row in self._table()
        ]
        for heading, told in self._lists(self._notes()):
            lines += ["", heading, *(f"- {line}" for line in told)]
        return "\n".join([*lines, "", self.source_line])

    def _repr_html_(self) -> str:
        """Return the description for a notebook: headings, one table, lists; every text is escaped."""
        head, *body = self._table()
        cells = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
        rows = "".join(
            f'<tr><th scope="row"><code>{escape(row[0])}</code></th>'
            f"<td>{escape(row[1])}{_small(line.note)}</td>"
            + "".join(f"<td>{escape(word)}</td>" for word in row[2:])
            + "</tr>"
            for row, line in zip(body, self.fields, strict=True)
        )
        parts = [f"<p>{escape(line)}</p>" for line in (self.summary, self._size()) if line]
        caption = f"<caption>{escape(self._heading())}</caption>"
        parts.append(f"<table>{caption}<thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>")
        for heading, told in self._lists(()):
            points = "".join(f"<li>{escape(line)}</li>" for line in told)
            parts.append(f"<p>{escape(heading)}</p><ul>{points}</ul>")
        parts.append(f"<p>{escape(self.source_line)}</p>")
        return f'<div lang="{self.language}">' + "".join(parts) + "</div>"

    def _notes(self) -> list[str]:
        """Return what is to know of columns, once where neighbours share it (``x_fr`` and ``x_en``)."""
        groups = groupby((line for line in self.fields if line.note), key=lambda line: line.note)
        return [
            text("data_words.note", self.language, field=", ".join(line.name for line in lines), note=note)
            for note, lines in groups
        ]

    def _lists(self, notes: Iterable[str]) -> list[tuple[str, Sequence[str]]]:
        """Return what follows the table: a heading and its lines; ``notes`` come first."""
        found = [
            (text("data_words.notes", self.language), tuple(notes)),
            (text("data.words_warnings", self.language), self.warnings),
            (text("data.words_sources", self.language), self.sources),
        ]
        return [(heading, told) for heading, told in found if told]

    def _heading(self) -> str:
        return f"{self.title} ({self.name})" if self.name else self.title

    def _size(self) -> str:
        count = format_number(self.rows, 0, self.language)
        key = "data.words_size" if self.grain else "data.words_rows"
        return text(key, self.language, count=count, grain=self.grain)

    def _table(self) -> list[tuple[str, str, str, str]]:
        head = ("field", "meaning", "kind", "unit")
        found = [tuple(text(f"data.head_{name}", self.language) for name in head)]
        found += [(line.name, line.title, line.kind, line.unit) for line in self.fields]
        return found  # type: ignore[return-value] # four words each


def description_of_table(name: str, language: Language) -> Description:
    """Return the description of a table, without pandas.

    Raises:
        AlliancesError: there is no such table, or its file cannot be read.
    """
    described = resource(name)
    found = [row for _, row in numbered_rows(described)]
    columns = [field["name"] for field in described["schema"]["fields"]]
    return _description(described, columns, found, language)


def description_of_frame(frame: pd.DataFrame, language: Language) -> Description:
    """Return the description of a frame, of the rows and columns that it still has.

    It is one of ``load``, or of a reader of ``alliances.readers``, which says its titles and source itself.

    Raises:
        AlliancesError: the frame does not say where it comes from.
    """
    name = frame.attrs.get("name")
    if isinstance(name, str):
        described = resource(name)
    elif isinstance(frame.attrs.get("titles"), dict):
        described = _told_by_itself(frame, language)
    else:
        raise AlliancesError("data.no_origin")
    columns = [str(column) for column in frame.columns]
    texts = frame.astype("object").where(frame.notna(), "")
    found = [
        dict(zip(columns, map(_cell, record), strict=True))
        for record in texts.itertuples(index=False, name=None)
    ]
    return _description(described, columns, found, language)


def _told_by_itself(frame: pd.DataFrame, language: Language) -> dict[str, Any]:
    """Return, in the descriptor's terms, what a frame says of itself.

    A frame of ``alliances.readers`` names its format, whose words exist in both languages; another is told
    in the language that it has.
    """
    from alliances.readers.columns import column_title, format_warnings, source_line  # late: it loads numpy

    titles, units = frame.attrs["titles"], frame.attrs.get("units", {})
    layout, synthetic = frame.attrs.get("layout"), bool(frame.attrs.get("synthetic", False))
    fields = []
    for column, dtype in frame.dtypes.items():
        if column in titles:
            kind = next((kind for start, kind in _DTYPES if str(dtype).startswith(start)), "string")
            title = column_title(layout, str(column), language) if layout else str(titles[column])
            field = {"name": str(column), "type": kind, "title": title, "title_en": title}
            fields.append(field | ({"unit": str(units[column])} if column in units else {}))
    told = {key: str(frame.attrs.get(key, "")) for key in ("title", "source_line")}
    if layout:
        told["title"] = text(f"readers.layout_{layout}", language)
        told["source_line"] = source_line(
            layout, str(frame.attrs.get("file", "")), synthetic=synthetic, language=language
        )
    return {
        "name": "",
        **told,
        **{f"{key}_en": value for key, value in told.items()},
        "synthetic": synthetic,
        "warnings": format_warnings(layout, language) if layout else (),
        "licenses": [{}],
        "schema": {"fields": fields},
    }


def _small(note: str) -> str:
    return f"<br><small>{escape(note)}</small>" if note else ""


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _description(
    described: dict[str, Any], columns: Sequence[str], found: Sequence[Mapping[str, str]], language: Language
) -> Description:
    declared = _declared(described, language)
    fields = tuple(_line(column, declared.get(column), found, language) for column in columns)
    licence = described["licenses"][0]
    return Description(
        language=language,
        name=described["name"],
        title=in_language(described, "title", language),
        summary=in_language(described, "description", language),
        grain=in_language(described, "grain", language),
        rows=len(found),
        licence=in_language(licence, "title", language),
        source_line=in_language(described, "source_line", language),
        fields=fields,
        sources=_sources(described, columns, found, language),
        warnings=tuple(_warnings(described, fields, columns, found, language)),
    )


def _declared(described: dict[str, Any], language: Language) -> dict[str, dict[str, Any]]:
    """Return the declared fields by name, and by the stem that a frame in one language has."""
    declared = {field["name"]: field for field in described["schema"]["fields"]}
    ending = f"_{language}"
    for name in [name for name in declared if name.endswith(ending)]:
        declared.setdefault(name.removesuffix(ending), declared[name])
    return declared


def _line(
    column: str, field: dict[str, Any] | None, found: Sequence[Mapping[str, str]], language: Language
) -> FieldLine:
    if field is None:  # a column that the reader added
        return FieldLine(column, text("data.words_added", language), "", "", "", 0)
    by_design = field["type"] == "string" or field.get("may_be_empty", False)
    unit = field.get("unit", "")
    known = f"unit_{unit}" in area_texts("data")
    return FieldLine(
        name=column,
        title=in_language(field, "title", language),
        kind=text(f"data.type_{field['type']}", language),
        unit=text(f"data.unit_{unit}", language) if unit and known else unit,
        note=in_language(field, "description", language),
        missing=0 if by_design else sum(not row[column] for row in found),
    )


def _sources(
    described: dict[str, Any], columns: Sequence[str], found: Sequence[Mapping[str, str]], language: Language
) -> tuple[str, ...]:
    """Return the documents that the rows at hand cite, the most cited first; else those of the descriptor."""
    cited: Counter[str] = Counter()
    if described["name"] != "sources":
        for column in ("source_id", "sources"):
            if column in columns:
                for row in found:
                    cited.update(filter(None, row[column].split(";")))
    if not cited:
        return tuple(in_language(source, "title", language) for source in described.get("sources", []))
    known = {row["source_id"]: row for _, row in numbered_rows(resource("sources"))}
    listed = [name for name, _ in cited.most_common(_SOURCES_SHOWN)]
    told = [_source(name, known) for name in listed]
    more = len(cited) - len(listed)
    return (*told, *([text("data.words_more", language, count=more)] if more else []))


def _source(name: str, known: Mapping[str, Mapping[str, str]]) -> str:
    row = known.get(name, {})
    return f"{name} " + ", ".join(filter(None, (row.get(key, "") for key in ("title", "publisher", "year"))))


def _warnings(
    described: dict[str, Any],
    fields: Iterable[FieldLine],
    columns: Sequence[str],
    found: Sequence[Mapping[str, str]],
    language: Language,
) -> Iterable[str]:
    if described.get("synthetic"):
        yield text("data.warn_synthetic", language)
    yield from described.get("warnings", ())
    holes = [f"{line.name} ({format_number(line.missing, 0, language)})" for line in fields if line.missing]
    if holes:
        yield text("data.warn_missing", language, columns=", ".join(holes))
    if "status" in columns:
        counts = Counter(row["status"] for row in found)
        for status in ("memory_unverified", "read_secondary", "computed"):
            if counts[status]:
                yield text(f"data.warn_{status}", language, count=counts[status])
    if "conflicts_with" in columns and (count := sum(bool(row["conflicts_with"]) for row in found)):
        yield text("data.warn_conflicts", language, count=count)
    if "year" in columns and len(years := {row["year"] for row in found if row["year"]}) > 1:
        yield text("data.warn_years", language, first=min(years), last=max(years))
    if "basis" in columns and len({row["basis"] for row in found}) > 1:
        yield text("data.warn_bases", language)
    if any(row.get("summable") == "false" for row in found):
        yield text("data.warn_sums", language)
