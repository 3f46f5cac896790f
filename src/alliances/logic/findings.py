"""What a rule has to say about an artefact: what is missing or doubtful, where, and what to do next.

A finding is never a mark and never a verdict of conformity: « point non trouvé, à faire relire ». A person
gives marks for open work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from alliances.i18n import Language, current_language, format_number, text

__all__ = ["SEVERITIES", "Finding", "Severity", "Term", "Trail", "Value", "by_id", "in_order", "name_of"]

Severity = Literal["missing", "warning", "error"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "missing", "warning")
_LONGEST_NAME: Final = 60  # characters of a learner's text quoted in a sentence
_LONGEST_LIST: Final = 8  # entries of a list written in a sentence
_DECIMALS: Final = 2
_INERT: Final = str.maketrans("[]<>`", "()‹›’")


@dataclass(frozen=True)
class Term:
    """A word of a catalogue, written in the reader's language when the sentence is."""

    key: str


@dataclass(frozen=True)
class Trail:
    """Steps that follow each other, written with arrows: « A → B → A »."""

    steps: tuple[str | Term, ...]


Entry = str | int | float | date | Term
Value = Entry | Trail | tuple[Entry, ...]


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found.

    Attributes:
        code: ``area.name``, which is also the key of its sentence: ``theory_of_change.circular``.
        where: ids of the elements concerned, in a stable order; empty when the whole artefact is.
        severity: ``missing`` (a point was not found), ``warning`` (to read again) or ``error`` (it cannot
            hold as it is written).
        values: what the sentence is filled with; words of a catalogue stay ``Term`` until then.
    """

    code: str
    where: tuple[str, ...]
    severity: Severity
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Name of the rule, without its area."""
        return self.code.partition(".")[2]

    def text(self, lang: Language | None = None) -> str:
        """Return one sentence in ``lang``: what was found, where, and what to do next."""
        language = lang or current_language()
        return text(
            self.code, language, **{name: _written(value, language) for name, value in self.values.items()}
        )

    def severity_text(self, lang: Language | None = None) -> str:
        """Return the word shown beside the finding: « À compléter », « À relire », « À corriger »."""
        return text(f"findings.severity_{self.severity}", lang)


def _written(value: Value, language: Language) -> str:
    if isinstance(value, Trail):
        return " → ".join(_word(step, language) for step in _cut(value.steps))
    if not isinstance(value, tuple):
        return _word(value, language)
    words = [_word(entry, language) for entry in _cut(value)]
    if len(words) < 2:  # noqa: PLR2004 - a list takes two
        return "".join(words)
    return ", ".join(words[:-1]) + text("findings.and", language) + words[-1]


def _word(entry: Entry, language: Language) -> str:
    if isinstance(entry, Term):
        return text(entry.key, language)
    if isinstance(entry, str):
        return entry
    if isinstance(entry, date):
        return f"{entry.day:02}/{entry.month:02}/{entry.year:04}"
    shown = round(float(entry), _DECIMALS)
    decimals = next((n for n in range(_DECIMALS) if round(shown, n) == shown), _DECIMALS)
    return format_number(shown, decimals, language)


def _cut(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return entries if len(entries) <= _LONGEST_LIST else (*entries[:_LONGEST_LIST], "…")


def name_of(written: str) -> str | Term:
    """Return an element's own text as a sentence quotes it: one line, shortened, « sans texte » if none.

    Sentences may be read as Markdown: what could make a link or code of a learner's words is put otherwise.
    """
    line = " ".join(written.translate(_INERT).split())
    if not line:
        return Term("findings.nameless")
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"


def by_id(identifier: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ids as people count: ``n2`` before ``n10``."""
    parts = re.split("([0-9]+)", identifier)
    return tuple((1, int(part), part) if place % 2 else (0, 0, part) for place, part in enumerate(parts))


def in_order(found: Iterable[Finding], rules: Sequence[str]) -> tuple[Finding, ...]:
    """Return findings by the order of ``rules`` (their names), then by the ids concerned.

    The order does not depend on how the artefact was written, provided that the findings of one rule on the
    whole artefact (without ids) come in an order of their own.
    """
    rank = {name: place for place, name in enumerate(rules)}
    return tuple(sorted(found, key=lambda one: (rank[one.name], tuple(map(by_id, one.where)))))
