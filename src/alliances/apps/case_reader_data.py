"""Six cases read in depth, in one language: claim, five sides, dates, actors, evidence, open questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from alliances.i18n import Language
from alliances.logic.evidence import Grade, Piece, from_row, grade
from alliances.questions.prose import typographic

__all__ = ["CHAIRS", "DEEP_CASES", "Chair", "DeepCase", "Event", "Link", "Source", "Weighed", "deep_cases"]

DEEP_CASES: Final = (
    "tzcld", "strive_cincinnati", "programme_malin", "pole_sud_archer", "banques_alimentaires",
    "peterborough",
)  # fmt: skip
CHAIRS: Final = ("beneficiaries", "staff", "small_partners", "funders", "critics")


@dataclass(frozen=True)
class Source:
    """A document: ``bias`` says what to be careful with."""

    id: str
    title: str
    publisher: str
    year: str
    url: str
    bias: str


@dataclass(frozen=True)
class Chair:
    """The case from one side; ``standing`` is ``heard``, ``told`` or ``absent``."""

    id: str
    standing: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """A dated step; ``when`` is a date or ``start/end``."""

    when: str
    text: str


@dataclass(frozen=True)
class Link:
    """Who brings what to whom."""

    start: str
    end: str
    kind: str
    text: str


@dataclass(frozen=True)
class Weighed:
    """A piece of evidence for or against the claim, with its grade."""

    stance: str
    claim: str
    piece: Piece
    grade: Grade
    source: str


@dataclass(frozen=True)
class DeepCase:
    """One case; ``row`` is its line of the table ``cases``, ``sources`` all documents by id."""

    id: str
    title: str
    claim: str
    result: str
    ending: str
    limit: str
    chairs: dict[str, Chair]
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    evidence: tuple[Weighed, ...]
    questions: tuple[str, ...]
    sources: dict[str, Source]
    row: dict[str, str]


def deep_cases(lang: Language, *, now: int | None = None) -> dict[str, DeepCase]:
    """Return the six cases by id, in the order of the tool.

    Args:
        lang: language of every text.
        now: the year in which evidence is read; the current one by default.

    Raises:
        KeyError: a table lacks one of the cases.
    """
    from alliances.data import rows

    year = now or datetime.now(UTC).year
    cases = {row["case_id"]: row for row in rows("cases")}
    sources = {
        row["source_id"]: Source(
            row["source_id"], row["title"], row["publisher"], row["year"], row["url"],
            typographic(row[f"bias_{lang}"], lang),
        )
        for row in rows("sources")
    }  # fmt: skip
    readings, links, pieces = rows("case_readings"), rows("case_links"), rows("case_evidence")

    def words(row: dict[str, str], column: str) -> str:
        return typographic(row[f"{column}_{lang}"], lang)

    def case(name: str) -> DeepCase:
        own = [row for row in readings if row["case_id"] == name]
        evidence = tuple(_weighed(row, words(row, "claim"), year) for row in pieces if row["case_id"] == name)
        chairs = {
            row["chair"]: Chair(row["chair"], row["standing"], words(row, "text"), _ids(row["sources"]))
            for row in own
            if row["kind"] == "chair"
        }
        row = cases[name]
        used = {source for one in own for source in _ids(one["sources"])} | set(_ids(row["sources"]))
        used |= {one.source for one in evidence}
        return DeepCase(
            id=name,
            title=words(row, "title"),
            claim=next(words(one, "text") for one in own if one["kind"] == "claim"),
            result=words(row, "result"),
            ending=words(row, "ending"),
            limit=words(row, "limit"),
            chairs=chairs,
            events=tuple(_event(one, words(one, "text")) for one in own if one["kind"] == "event"),
            links=tuple(
                Link(words(one, "from"), words(one, "to"), one["kind"], words(one, "text"))
                for one in links
                if one["case_id"] == name
            ),
            evidence=evidence,
            questions=tuple(words(one, "text") for one in own if one["kind"] == "question"),
            sources={source: sources[source] for source in sorted(used)},
            row=row,
        )

    return {name: case(name) for name in DEEP_CASES}


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def _event(row: dict[str, str], words: str) -> Event:
    start, end = row["date_start"], row["date_end"]
    return Event(f"{start}/{end}" if end else start, words)


def _weighed(row: dict[str, str], claim: str, now: int) -> Weighed:
    piece = from_row(row)
    return Weighed(row["stance"], claim, piece, grade(piece, now=now), row["source_id"])
