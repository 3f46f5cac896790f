"""The twelve cases of the tool « Trieur de cas », in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alliances.i18n import Language, area_texts, text
from alliances.questions.prose import typographic

__all__ = ["TOOL_CASES", "ToolCase", "tool_cases"]

TOOL_CASES: Final = (
    "programme_malin", "mobiliz_wimoov", "siel_bleu", "simplon_microsoft", "mediaterre", "rejoue",
    "banques_alimentaires", "vivre_les_mureaux", "adie_contrat_impact", "strive_cincinnati",
    "val_commun_v04", "val_commun_v05",
)  # fmt: skip


@dataclass(frozen=True)
class ToolCase:
    """One case as the tool shows it.

    ``admissible`` gives the criteria that support each admissible family; ``row`` is the table's own line,
    which the rule reads.
    """

    id: str
    title: str
    where: str
    summary: str
    source_line: str
    limit: str
    team_reading: str
    team_reason: str
    admissible: dict[str, tuple[str, ...]]
    row: dict[str, str]

    def shown(self) -> dict[str, str]:
        """Return what may be seen before one has read the case: no team reading, no criteria."""
        return {
            "id": self.id,
            "title": self.title,
            "where": self.where,
            "text": self.summary,
            "source_line": self.source_line,
        }


def tool_cases(lang: Language) -> list[ToolCase]:
    """Return the twelve cases, in the order of the tool.

    Raises:
        KeyError: a case is missing from ``cases`` and ``syn_vignettes``.
    """
    from alliances.data import rows

    table = {row["case_id"]: row for name in ("cases", "syn_vignettes") for row in rows(name)}
    titles = {row["source_id"]: row for row in rows("sources")}
    return [_case(table[name], titles, lang) for name in TOOL_CASES]


def _case(row: dict[str, str], sources: dict[str, dict[str, str]], lang: Language) -> ToolCase:
    def words(column: str) -> str:
        cell = row[f"{column}_{lang}"]
        return typographic(cell, lang)

    return ToolCase(
        id=row["case_id"],
        title=words("title"),
        where=_where(row, lang),
        summary=words("summary"),
        source_line=_source_line(row, sources, lang),
        limit=words("limit"),
        team_reading=row["team_reading"],
        team_reason=words("team_reason"),
        admissible=admissible_of(row["admissible"]),
        row=row,
    )


def admissible_of(cell: str) -> dict[str, tuple[str, ...]]:
    """Return the admissible families and the criteria that support each: ``giving:direction+know_how;…``."""
    readings = {}
    for part in cell.split(";"):
        family, _, criteria = part.strip().partition(":")
        if family:
            readings[family] = tuple(name for name in criteria.split("+") if name)
    return readings


def _where(row: dict[str, str], lang: Language) -> str:
    if row.get("synthetic") == "true":
        return text("case_sorter.fictional", lang)
    code = row["country"]
    known = area_texts("case_sorter").get(f"country_{code}")
    country = known[lang] if known else code
    start, end = row["year_start"], row["year_end"]
    if not start:
        return country
    if end == start:
        return text("case_sorter.where_same", lang, country=country, start=start)
    if end:
        return text("case_sorter.where_ended", lang, country=country, start=start, end=end)
    return text("case_sorter.where", lang, country=country, start=start)


def _source_line(row: dict[str, str], sources: dict[str, dict[str, str]], lang: Language) -> str:
    """Name two publishers: enough to see who speaks; the table of cases holds the whole list."""
    publishers: list[str] = []
    for name in row["sources"].split(";"):
        publisher = sources.get(name.strip(), {}).get("publisher", "")
        if publisher and publisher not in publishers:
            publishers.append(publisher)
    if not publishers:
        return ""
    shown = ", ".join(publishers[:2]) + ("…" if len(publishers) > 2 else "")  # noqa: PLR2004 - two are shown
    line = text("case_sorter.sources_line", lang, sources=shown).replace("….", "…")
    return typographic(line, lang)
