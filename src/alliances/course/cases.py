"""Cases that exercises show: the documented ones and the invented ones of Val-Commun, as CSV rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alliances.course.csv_source import CsvRow, read_csv
from alliances.course.typography import typeset
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language, text

if TYPE_CHECKING:
    from alliances.course.references import References
    from alliances.course.tree import CourseTree

__all__ = ["CASE_TABLES", "admissible_readings", "case_texts", "read_cases"]

CASE_TABLES: Final = ("cases", "syn_vignettes")
_COLUMNS: Final = (
    "title_fr", "title_en", "summary_fr", "summary_en", "team_reading", "team_reason_fr", "team_reason_en",
    "admissible", "sources",
)  # fmt: skip


def read_cases(tree: CourseTree) -> dict[str, CsvRow]:
    """Read every case by its identifier.

    Raises:
        SourceError: a table is malformed, or an identifier stands in both.
    """
    found: dict[str, CsvRow] = {}
    for table in CASE_TABLES:
        path = tree.datasets / f"{table}.csv"
        for name, row in read_csv(path, "case_id", _COLUMNS).items():
            if name in found:
                raise SourceError("course.id_twice", path=path, line=row.line, id=name, first=CASE_TABLES[0])
            found[name] = row
    return found


def admissible_readings(row: CsvRow) -> dict[str, list[str]]:
    """Return a case's admissible families, each with the criteria that support it.

    The column reads ``family:criterion+criterion;family:criterion``.
    """
    readings: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in row["admissible"].split(";"))):
        family, _, criteria = part.partition(":")
        readings[family.strip()] = [name.strip() for name in criteria.split("+") if name.strip()]
    return readings


def case_texts(row: CsvRow, references: References) -> dict[str, dict[Language, str]]:
    """Return what a question shows of a case: title, text and source line, in both languages."""
    return {
        "title": {language: typeset(row[f"title_{language}"], language) for language in LANGUAGES},
        "text": {language: typeset(row[f"summary_{language}"], language) for language in LANGUAGES},
        "source_line": {language: _source_line(row, references, language) for language in LANGUAGES},
    }


def _source_line(row: CsvRow, references: References, language: Language) -> str:
    if row.values.get("synthetic", "").strip().lower() == "true":
        return text("course.case_invented", language)
    named: list[str] = []
    for source in filter(None, (name.strip() for name in row["sources"].split(";"))):
        known = references.sources.get(source)
        if known is None:
            continue  # « alliances check » names it; an exercise can be built without it
        year = known["year"].strip()
        label = known["publisher"].strip() + (f" ({year})" if year else "")
        if label not in named:
            named.append(label)
    return typeset(text("course.case_sources", language, sources="; ".join(named)), language)
