"""The fictional programme VC-01 to VC-21 as a roadmap, with what each measure bears on.

All of it is in ``syn_measures_vc``. The fragilities that a measure bears on, and the partners that it needs
besides its owner, are the course team's reading of the story of Val-Commun: another is possible. Nothing here
comes from the 21 official measures, whose titles could not be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from alliances.i18n import Language, current_language, text
from alliances.logic.programme import Link
from alliances.logic.roadmap import Candidate, Frame, Measure, Roadmap
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CAPACITY", "FRAGILITIES", "HORIZON_OF", "PUBLIC_OWNERS", "Programme", "vc_programme"]

#: Days a month for the whole programme: the equivalent of two full-time people, twenty days each (fictional).
CAPACITY: Final = 40.0
HORIZON_OF: Final = MappingProxyType({"operational": "h1", "strategic": "h2", "political": "h3"})
PUBLIC_OWNERS: Final = frozenset({"town", "villages"})
FRAGILITIES: Final = ("link", "evening", "work", "waste", "voice", "data")

_DECIMALS: Final = 2


@dataclass(frozen=True)
class Programme:
    """What the tool opens on, in one language.

    Attributes:
        roadmap: the 21 measures as planned.
        frame: horizons, capacity, and the measures to choose from, each with its sheet's figures.
        links: by measure, fragilities and partners.
        fragilities: name by id.
        partners: name by id, the twelve organisations.
        indicators: by measure, what it would be followed by.
        costs: by measure, in euros.
        source_line: to write under each figure and export.
    """

    roadmap: Roadmap
    frame: Frame
    links: Mapping[str, Link]
    fragilities: Mapping[str, str]
    partners: Mapping[str, str]
    indicators: Mapping[str, str]
    costs: Mapping[str, int]
    source_line: str


@cache
def vc_programme(lang: Language | None = None) -> Programme:
    """Return the fictional programme; loads are days a month to two decimals, from the days of each sheet."""
    from alliances.data import rows, source_line

    language = lang or current_language()
    table = rows("syn_measures_vc")
    measures = tuple(_measure(row, language) for row in table)
    links = {
        row["measure_id"]: Link(
            tuple(row["fragilities"].split(";")), (row["owner"], *row["partners"].split(";"))
        )
        for row in table
    }
    fragilities = {name: _words(f"fragility_{name}", language) for name in FRAGILITIES}
    candidates = tuple(
        Candidate(one.id, one.title, links[one.id].fragilities, one.depends, one.duration, one.load)
        for one in measures
    )
    frame = Frame(capacity=(CAPACITY,), cover=fragilities, candidates=candidates, must_drop=True)
    return Programme(
        Roadmap(measures),
        frame,
        MappingProxyType(links),
        MappingProxyType(fragilities),
        MappingProxyType({row["actor_id"]: row["name"] for row in rows("syn_actors")}),
        MappingProxyType(
            {row["measure_id"]: typographic(row[f"indicator_{language}"], language) for row in table}
        ),
        MappingProxyType({row["measure_id"]: int(row["cost_eur"]) for row in table}),
        source_line("syn_measures_vc", language),
    )


def _words(key: str, lang: Language) -> str:
    return typographic(text(f"roadmap21.{key}", lang), lang)


def _measure(row: Mapping[str, str], lang: Language) -> Measure:
    duration = int(row["duration_months"])
    colon = "\u00a0: " if lang == "fr" else ": "
    return Measure(
        row["measure_id"],
        f"{row['measure_id']}{colon}{typographic(row[f'title_{lang}'], lang)}",
        HORIZON_OF[row["horizon"]],
        int(row["start_month"]),
        duration,
        round(int(row["load_days"]) / duration, _DECIMALS),
        tuple(part for part in row["depends"].split(";") if part),
        row["owner"],
    )
