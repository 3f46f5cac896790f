"""Sources and facts that lessons cite, and how a fact and a source are written in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alliances.course.csv_source import CsvRow, read_csv
from alliances.errors import SourceError
from alliances.i18n import Language, format_number, format_percent, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliances.course.tree import CourseTree

__all__ = ["References", "read_references"]

_SOURCE_COLUMNS: Final = ("title", "publisher", "year", "url", "read", "bias_fr", "bias_en")
_FACT_COLUMNS: Final = ("value", "value_max", "unit", "source_id", "status")
_PLAIN: Final = ("count", "ratio", "year")
_UNITS: Final = (
    *_PLAIN, "percent", "percent_change", "points", "EUR", "MEUR", "people", "fte", "tonnes",
)  # fmt: skip


@dataclass(frozen=True)
class References:
    """What ``datasets/sources.csv`` and ``datasets/facts.csv`` hold, by identifier."""

    sources: dict[str, CsvRow]
    facts: dict[str, CsvRow]

    def source_of(self, fact: str) -> str:
        """Return the identifier of the source of a fact."""
        return self.facts[fact]["source_id"]

    def cite_fact(self, fact: str, language: Language) -> str:
        """Write a fact as Markdown: value, unit, link to its source at the lesson's end."""
        row = self.facts[fact]
        note = text("course.fact_unverified", language) if row["status"] == "memory_unverified" else ""
        return f"{_quantity(row, language)} ({self.cite_source(row['source_id'])}{note})"

    def cite_source(self, source: str) -> str:
        """Write the link to a source of the lesson's list."""
        return f"[{source}](#{_anchor(source)})"

    def listing(self, sources: Iterable[str], language: Language) -> str:
        """Write the list of the sources cited, in the order of their identifiers, each with its anchor."""
        return "\n".join(self._entry(source, language) for source in sorted(set(sources)))

    def _entry(self, source: str, language: Language) -> str:
        row = self.sources[source]
        parts = [f'- <a id="{_anchor(source)}"></a>**{source}** *{row["title"].strip()}*']
        parts += [row[column].strip() for column in ("publisher", "year") if row[column].strip()]
        entry = ", ".join(parts) + "."
        if row["url"].strip():
            entry += f" <{row['url'].strip()}>."
        entry += " " + text(f"course.source_read_{row['read'] or 'memory'}", language)
        bias = row[f"bias_{language}"].strip()
        return entry + (" " + text("course.source_bias", language, bias=bias.rstrip(".")) if bias else "")


def _anchor(source: str) -> str:
    return f"source-{source.lower()}"


def _quantity(row: CsvRow, language: Language) -> str:
    low, high = row["value"].strip(), row["value_max"].strip()
    unit = row["unit"]
    largest = float(high or low)
    if unit == "year":
        return low
    plain = _number(low, language)
    if high:
        plain = text("course.range", language, low=plain, high=_number(high, language))
    if unit in {"percent", "percent_change"}:
        percent = format_percent(largest, _decimals(high or low), language)
        return percent if not high else percent.replace(_number(high, language), plain)
    if unit in _PLAIN:
        return plain
    # French takes the plural from two on, English for anything but one.
    plural = abs(largest) >= 2 if language == "fr" else largest != 1  # noqa: PLR2004 - the grammar's own number
    return text(f"course.unit_{unit}_{'many' if plural else 'one'}", language, number=plain)


def _number(value: str, language: Language) -> str:
    return format_number(float(value), _decimals(value), language)


def _decimals(value: str) -> int:
    return len(value.partition(".")[2])


def read_references(tree: CourseTree) -> References:
    """Read sources and facts.

    Raises:
        SourceError: a table is malformed, a fact has no number, an unknown unit or an unknown source.
    """
    sources = read_csv(tree.datasets / "sources.csv", "source_id", _SOURCE_COLUMNS)
    path = tree.datasets / "facts.csv"
    facts = read_csv(path, "fact_id", _FACT_COLUMNS)
    for name, row in facts.items():
        if row["source_id"] not in sources:
            raise SourceError("course.unknown_source", path=path, line=row.line, source=row["source_id"])
        if row["unit"] not in _UNITS:
            raise SourceError("course.fact_unit", path=path, line=row.line, unit=row["unit"], known=_UNITS)
        for column in ("value", "value_max"):
            try:
                float(row[column] or (0 if column == "value_max" else ""))
            except ValueError:
                raise SourceError(
                    "course.fact_number", path=path, line=row.line, fact=name, found=row[column]
                ) from None
    return References(sources, facts)
