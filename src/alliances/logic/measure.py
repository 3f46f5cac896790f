"""A measure of a programme: what it answers, for whom, who brings what, and when it should stop.

A sheet is this JSON::

    {"id", "title", "problem", "target", "lever", "means", "start", "duration",
     "partners": [{"name", "brings"}],
     "indicator": {"unit", "source", "baseline", "frequency", "owner", "burden"} | null,
     "stop": {"threshold", "month", "decider", "after"} | null}

Months count from 0, the start of the programme, as in ``roadmap``. The six fields of the indicator are those
of ``theory_of_change``. The stop rule says what figure ends the measure, when it is read, who decides, and
what becomes of people and means. What rules say about a sheet is in ``measure_findings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alliances.i18n import Language, text
from alliances.logic.artefact_reading import entries, identifier, mapping, one_of, whole, words
from alliances.logic.findings import Term
from alliances.logic.roadmap import LATEST_MONTH
from alliances.logic.theory_of_change import INDICATOR_FIELDS, Indicator

__all__ = [
    "LEVERS",
    "MOST_PARTNERS",
    "SHEET_FIELDS",
    "STOP_FIELDS",
    "Partner",
    "Sheet",
    "StopRule",
    "from_dict",
    "vocabulary",
]

#: What a measure acts by; the course's own list.
LEVERS: Final = ("inform", "train", "fund", "organise", "rule")
SHEET_FIELDS: Final = (
    "title", "problem", "target", "partners", "lever", "means", "start", "duration", "indicator", "stop",
)  # fmt: skip
STOP_FIELDS: Final = ("threshold", "month", "decider", "after")
MOST_PARTNERS: Final = 20


@dataclass(frozen=True)
class Partner:
    """An organisation and what it brings, in words; empty where it was not said."""

    name: str
    brings: str = ""


@dataclass(frozen=True)
class StopRule:
    """What ends the measure: « if the figure is below ``threshold`` at ``month``, ``decider`` stops it ».

    ``month`` counts from the start of the programme; ``after`` says what becomes of people and means.
    """

    threshold: str = ""
    month: int | None = None
    decider: str = ""
    after: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value."""
        return {name: getattr(self, name) for name in STOP_FIELDS}


@dataclass(frozen=True)
class Sheet:
    """One measure, as it was written; texts are empty and figures None where nothing was said."""

    id: str
    title: str = ""
    problem: str = ""
    target: str = ""
    partners: tuple[Partner, ...] = ()
    lever: str = ""
    means: str = ""
    start: int | None = None
    duration: int | None = None
    indicator: Indicator | None = None
    stop: StopRule | None = None

    @property
    def end(self) -> int | None:
        """The month at which it is over; None without start and duration."""
        return None if self.start is None or self.duration is None else self.start + self.duration

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value that ``from_dict`` reads."""
        return {
            "id": self.id,
            "title": self.title,
            "problem": self.problem,
            "target": self.target,
            "partners": [{"name": one.name, "brings": one.brings} for one in self.partners],
            "lever": self.lever,
            "means": self.means,
            "start": self.start,
            "duration": self.duration,
            "indicator": self.indicator.to_dict() if self.indicator else None,
            "stop": self.stop.to_dict() if self.stop else None,
        }


def from_dict(data: object) -> Sheet:
    """Read a sheet from JSON that anybody may have written.

    At most 20 partners, months up to 120 and 2,000 characters a text; unknown fields are left aside. An
    indicator or a stop rule with no field filled in counts as none; so does a partner without name or
    contribution.

    Raises:
        ArtefactError: (a ``ValueError``) something has another form; the message says where and what to do.
    """
    fields = mapping(data, Term("measure.artefact"))
    partners = [
        Partner(words(entry, "name", place), words(entry, "brings", place))
        for place, entry in entries(fields, "partners", MOST_PARTNERS)
    ]
    return Sheet(
        identifier(fields, "id", "measure"),
        words(fields, "title", ""),
        words(fields, "problem", ""),
        words(fields, "target", ""),
        tuple(one for one in partners if one != Partner("")),
        one_of(fields, "lever", "measure", LEVERS, unset=True),
        words(fields, "means", ""),
        whole(fields, "start", "measure", 0, LATEST_MONTH),
        whole(fields, "duration", "measure", 1, LATEST_MONTH),
        _indicator(fields),
        _stop(fields),
    )


def _indicator(fields: Mapping[str, object]) -> Indicator | None:
    if fields.get("indicator") is None:
        return None
    table = mapping(fields["indicator"], "indicator")
    written = Indicator(**{name: words(table, name, "indicator") for name in INDICATOR_FIELDS})
    return None if written == Indicator() else written


def _stop(fields: Mapping[str, object]) -> StopRule | None:
    if fields.get("stop") is None:
        return None
    table = mapping(fields["stop"], "stop")
    written = StopRule(
        words(table, "threshold", "stop"),
        whole(table, "month", "stop", 0, LATEST_MONTH),
        words(table, "decider", "stop"),
        words(table, "after", "stop"),
    )
    return None if written == StopRule() else written


def vocabulary(lang: Language | None = None) -> dict[str, list[dict[str, str]]]:
    """Return the words of a sheet: ``fields``, ``stop_fields``, ``levers``, each with id, text and help."""
    return {
        "fields": [_entry("field", name, lang) for name in SHEET_FIELDS],
        "stop_fields": [_entry("stop", name, lang) for name in STOP_FIELDS],
        "levers": [{"id": name, "text": text(f"measure.lever_{name}", lang)} for name in LEVERS],
    }


def _entry(group: str, name: str, lang: Language | None) -> dict[str, str]:
    key = f"measure.{group}_{name}"
    return {"id": name, "text": text(key, lang), "help": text(f"{key}_help", lang)}
