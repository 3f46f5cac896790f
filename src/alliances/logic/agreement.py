"""An agreement between the partners of an alliance: who, what each brings and decides, and its clauses.

The kinds of clauses are the course's own list: what partners should have talked about before they sign,
whatever the legal form (see Ostrom's design principles and the literature on cross-sector collaboration in
the lesson). Nothing here is legal advice: a rule says that a point was not found, never that a text holds.

The answer of a learner is this JSON::

    {"parties": [{"id", "name", "contributes", "decides": true | false | null}],
     "clauses": [{"id", "kind", "text", "parties": [ids], "date": "YYYY-MM-DD" | ""}],
     "start": "YYYY-MM-DD" | "", "end": "YYYY-MM-DD" | ""}

What rules say about it is in ``agreement_findings``; the conditions of the 2021 bill, which is not in force,
in ``agreement_bill``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from alliances.i18n import Language, text
from alliances.logic.artefact_reading import (
    entries,
    flag,
    identifier,
    identifiers,
    mapping,
    one_of,
    unique,
    words,
)
from alliances.logic.findings import Term

__all__ = [
    "CLAUSE_KINDS",
    "MOST_CLAUSES",
    "MOST_PARTIES",
    "Agreement",
    "Clause",
    "Party",
    "from_dict",
    "read_date",
    "vocabulary",
]

CLAUSE_KINDS: Final = (
    "purpose",
    "contributions",
    "governance",
    "costs",
    "results",
    "data",
    "publicity",
    "evaluation",
    "review",
    "dispute",
    "exit",
)
MOST_PARTIES: Final = 60
MOST_CLAUSES: Final = 60
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Party:
    """One partner; ``contributes`` is what it brings, in words; ``decides`` is None when not said."""

    id: str
    name: str
    contributes: str = ""
    decides: bool | None = None


@dataclass(frozen=True)
class Clause:
    """One clause: a kind of ``CLAUSE_KINDS`` (empty when not chosen yet), text, ids of those bound, date.

    ``date`` is what the clause turns on: for an exit, the last day to give notice.
    """

    id: str
    kind: str
    text: str
    parties: tuple[str, ...] = ()
    date: str = ""


@dataclass(frozen=True)
class Agreement:
    """Parties, clauses and period as they were written; a clause may name a party that is not there."""

    parties: tuple[Party, ...] = ()
    clauses: tuple[Clause, ...] = ()
    start: str = ""
    end: str = ""

    @cached_property
    def party(self) -> dict[str, Party]:
        """Parties by their id."""
        return {party.id: party for party in self.parties}

    def of_kind(self, *kinds: str) -> tuple[Clause, ...]:
        """Return the clauses of these kinds, as ordered in the text."""
        return tuple(clause for clause in self.clauses if clause.kind in kinds)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value that ``from_dict`` reads."""
        return {
            "parties": [asdict(party) for party in self.parties],
            "clauses": [{**asdict(clause), "parties": list(clause.parties)} for clause in self.clauses],
            "start": self.start,
            "end": self.end,
        }


def read_date(written: str) -> date | None:
    """Return the day written as ``YYYY-MM-DD``, or None when it is none of the calendar."""
    if not _DATE.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def from_dict(data: object) -> Agreement:
    """Read an agreement from JSON that anybody may have written.

    At most 60 parties, 60 clauses and 2,000 characters a text; unknown fields are left aside. A date stays
    as it was written: ``agreement_findings`` says when it cannot be read.

    Raises:
        ArtefactError: (a ``ValueError``) something has another form; the message says where and what to do.
    """
    fields = mapping(data, Term("agreement.artefact"))
    parties = tuple(
        Party(
            identifier(entry, "id", place),
            words(entry, "name", place),
            words(entry, "contributes", place),
            flag(entry, "decides", place),
        )
        for place, entry in entries(fields, "parties", MOST_PARTIES)
    )
    unique([party.id for party in parties], "parties")
    clauses = tuple(_clause(entry, place) for place, entry in entries(fields, "clauses", MOST_CLAUSES))
    unique([clause.id for clause in clauses], "clauses")
    return Agreement(parties, clauses, words(fields, "start", ""), words(fields, "end", ""))


def _clause(fields: Mapping[str, object], place: str) -> Clause:
    return Clause(
        identifier(fields, "id", place),
        one_of(fields, "kind", place, CLAUSE_KINDS, unset=True),
        words(fields, "text", place),
        identifiers(fields, "parties", place, MOST_PARTIES),
        words(fields, "date", place),
    )


def vocabulary(lang: Language | None = None) -> dict[str, list[dict[str, str]]]:
    """Return the words of the editor: kinds of clauses and fields of a party, ``{"id", "text", "help"}``."""
    return {
        "clause_kinds": [_entry("kind", name, lang) for name in CLAUSE_KINDS],
        "party_fields": [_entry("party", name, lang) for name in ("name", "contributes", "decides")],
        "clause_fields": [_entry("clause", name, lang) for name in ("kind", "text", "parties", "date")],
        "period": [_entry("period", name, lang) for name in ("start", "end")],
    }


def _entry(group: str, name: str, lang: Language | None) -> dict[str, str]:
    key = f"agreement.{group}_{name}"
    return {"id": name, "text": text(key, lang), "help": text(f"{key}_help", lang)}
