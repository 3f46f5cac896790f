"""What rules find in an agreement: points not found, contributions without a say, dates that clash.

They read structure, never law: the same clause may be sound or void, and a person has to read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from alliances.logic.agreement import CLAUSE_KINDS, Agreement, Clause, Party, read_date
from alliances.logic.artefact_reading import count_words
from alliances.logic.findings import Finding, Severity, Term, Value, by_id, in_order, name_of

__all__ = ["RULES", "SHORTEST_CLAUSE", "findings"]

SHORTEST_CLAUSE: Final = 8  # words; below, nobody could apply it (the course's own mark)
_FEWEST_PARTIES: Final = 2
# A review or a payment may come on several days; these turn on one.
_ONE_DATE: Final = ("purpose", "governance", "results", "data", "publicity", "dispute", "exit")

# By name; the order is that in which a reader should take them up.
RULES: Final = (
    "unknown_party",
    "date_unreadable",
    "dates_crossed",
    "date_outside",
    "contradiction",
    "repeated_clause",
    "too_few_parties",
    "no_start",
    "no_end",
    "missing_clause",
    "no_name",
    "no_contribution",
    "decision_unsaid",
    "contributes_without_deciding",
    "decides_outside_governance",
    "party_unnamed",
    "no_kind",
    "no_text",
    "too_short",
    "names_nobody",
    "exit_without_notice",
)


def findings(agreement: Agreement, *, kinds: Collection[str] = CLAUSE_KINDS) -> tuple[Finding, ...]:
    """Return what the rules find, in an order that does not depend on the order of the elements.

    ``kinds`` are the clauses that this agreement is asked to hold; the others are welcome and not missed.
    """
    found = [
        *_parties(agreement),
        *_clauses(agreement),
        *_period(agreement),
        *_dates(agreement),
        *_doubles(agreement),
        *_missing(agreement, kinds),
    ]
    return in_order(found, RULES)


def _finding(rule: str, severity: Severity, *where: str, **values: Value) -> Finding:
    return Finding(f"agreement.{rule}", where, severity, values)


def _kind(clause: Clause) -> Term:
    return Term(f"agreement.kind_{clause.kind or 'unset'}")


def _missing(agreement: Agreement, kinds: Collection[str]) -> Iterator[Finding]:
    present = {clause.kind for clause in agreement.clauses}
    for name in CLAUSE_KINDS:
        if name in kinds and name not in present:
            label, helped = Term(f"agreement.kind_{name}"), Term(f"agreement.kind_{name}_help")
            yield _finding("missing_clause", "missing", kind=label, help=helped)


def _parties(agreement: Agreement) -> Iterator[Finding]:
    if len(agreement.parties) < _FEWEST_PARTIES:
        yield _finding("too_few_parties", "missing", count=len(agreement.parties))
    named = {one for clause in agreement.clauses for one in clause.parties}
    governing = {one for clause in agreement.of_kind("governance") for one in clause.parties}
    for party in agreement.parties:
        if not party.name:
            yield _finding("no_name", "missing", party.id)
        yield from _say(party)
        # Where governance names nobody, or clauses are not there yet, another finding says so.
        if governing and party.decides and party.id not in governing:
            yield _finding("decides_outside_governance", "warning", party.id, party=name_of(party.name))
        if named and party.id not in named:
            yield _finding("party_unnamed", "missing", party.id, party=name_of(party.name))


def _say(party: Party) -> Iterator[Finding]:
    """Say how what a party brings compares with what it decides."""
    name = name_of(party.name)
    if not party.contributes:
        yield _finding("no_contribution", "missing", party.id, party=name)
    if party.decides is None:
        yield _finding("decision_unsaid", "missing", party.id, party=name)
    elif party.contributes and not party.decides:
        what = name_of(party.contributes)
        yield _finding("contributes_without_deciding", "warning", party.id, party=name, what=what)


def _clauses(agreement: Agreement) -> Iterator[Finding]:
    for clause in agreement.clauses:
        kind, count = _kind(clause), count_words(clause.text)
        if not clause.kind:
            yield _finding("no_kind", "missing", clause.id)
        if not clause.text:
            yield _finding("no_text", "missing", clause.id, kind=kind)
        elif count < SHORTEST_CLAUSE:
            yield _finding("too_short", "warning", clause.id, kind=kind, count=count, least=SHORTEST_CLAUSE)
        if not clause.parties:
            yield _finding("names_nobody", "missing", clause.id, kind=kind)
        for party in clause.parties:
            if party not in agreement.party:
                yield _finding("unknown_party", "error", clause.id, party, kind=kind)
        if clause.kind == "exit" and not clause.date:
            yield _finding("exit_without_notice", "missing", clause.id)


def _period(agreement: Agreement) -> Iterator[Finding]:
    for name, written in (("start", agreement.start), ("end", agreement.end)):
        if not written:
            yield _finding(f"no_{name}", "missing")
        elif read_date(written) is None:
            yield _finding(
                "date_unreadable", "error", place=Term(f"agreement.period_{name}"), found=name_of(written)
            )
    start, end = read_date(agreement.start), read_date(agreement.end)
    if start and end and start > end:
        yield _finding("dates_crossed", "error", start=start, end=end)


def _dates(agreement: Agreement) -> Iterator[Finding]:
    start, end = read_date(agreement.start), read_date(agreement.end)
    crossed = bool(start and end and start > end)
    for clause in agreement.clauses:
        day = read_date(clause.date)
        if clause.date and day is None:
            yield _finding(
                "date_unreadable", "error", clause.id, place=_kind(clause), found=name_of(clause.date)
            )
        # In a period that is upside down every day is outside; one finding is enough.
        elif day and not crossed and _outside(day, start, end):
            yield _finding(
                "date_outside", "error", clause.id, kind=_kind(clause), date=day,
                start=start or "…", end=end or "…",
            )  # fmt: skip


def _outside(day: date, start: date | None, end: date | None) -> bool:
    return bool((start and day < start) or (end and day > end))


def _doubles(agreement: Agreement) -> Iterator[Finding]:
    for name in CLAUSE_KINDS:
        same = sorted(agreement.of_kind(name), key=lambda clause: by_id(clause.id))
        texts: dict[str, list[Clause]] = {}
        for clause in same:
            texts.setdefault(" ".join(clause.text.casefold().split()), []).append(clause)
        for written, clauses in texts.items():
            if written and len(clauses) > 1:
                ids = [clause.id for clause in clauses]
                yield _finding("repeated_clause", "warning", *ids, kind=_kind(clauses[0]), count=len(ids))
        if name in _ONE_DATE:
            yield from _clash(same)


def _clash(clauses: list[Clause]) -> Iterator[Finding]:
    """Find clauses of one kind that set different days for the same party."""
    dated = [clause for clause in clauses if read_date(clause.date)]
    clashing = [
        clause
        for clause in dated
        if any(other.date != clause.date and set(other.parties) & set(clause.parties) for other in dated)
    ]
    if clashing:
        days = tuple(sorted({day for clause in clashing if (day := read_date(clause.date))}))
        ids = [clause.id for clause in clashing]
        yield _finding("contradiction", "error", *ids, kind=_kind(clashing[0]), dates=days)
