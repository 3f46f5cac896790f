"""A roadmap: measures over three horizons, what each waits for, and what they weigh month by month.

The answer of a learner is this JSON::

    {"measures": [{"id", "title", "horizon": "h1" | "h2" | "h3", "start", "duration", "load",
                   "depends": [ids], "owner"}]}

Months count from 0, the start of the programme: a measure that starts at 2 and lasts 3 works during months
2, 3 and 4 and ends at 5. ``load`` is what it takes of the team in each of these months, in the unit of the
question (days a month). A horizon is the window in which a measure should end, that is show its first
effects; by default those announced for the mission's programme of 21 measures, 3/9, 6/12 and 12/18 months
(report of the mission « Accélérer les alliances stratégiques », 2020).

A ``Frame`` is what the question sets around it. Dates and load are in ``roadmap_schedule``, what rules say
in ``roadmap_findings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

from alliances.i18n import Language, format_number, text
from alliances.logic.artefact_reading import (
    ArtefactError,
    amount,
    entries,
    identifier,
    identifiers,
    mapping,
    one_of,
    unique,
    whole,
    words,
)
from alliances.logic.findings import Term

__all__ = [
    "DEFAULT_HORIZONS",
    "HORIZON_IDS",
    "LATEST_MONTH",
    "MOST_MEASURES",
    "Candidate",
    "Frame",
    "Horizon",
    "Measure",
    "Roadmap",
    "from_dict",
    "horizon_label",
    "vocabulary",
]

HORIZON_IDS: Final = ("h1", "h2", "h3")
MOST_MEASURES: Final = 60
MOST_DEPENDENCIES: Final = 200
LATEST_MONTH: Final = 120
_HEAVIEST: Final = 1e6


@dataclass(frozen=True)
class Horizon:
    """A window in months, both ends included: a measure of this horizon ends from ``low`` to ``high``."""

    id: str
    low: int
    high: int


DEFAULT_HORIZONS: Final = (Horizon("h1", 3, 9), Horizon("h2", 6, 12), Horizon("h3", 12, 18))


@dataclass(frozen=True)
class Candidate:
    """A measure on the question's list, which a learner may keep or drop.

    Attributes:
        id: the id that a kept measure has in the roadmap.
        title: in the reader's language.
        tags: what it covers (a fragility, a partner), by id.
        depends: candidates that must end before it starts, whatever the learner writes.
        duration: months, when the question sets it; None when the learner does.
        load: a month, when the question sets it.
    """

    id: str
    title: str = ""
    tags: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    duration: int | None = None
    load: float | None = None


@dataclass(frozen=True)
class Frame:
    """What the question sets around a roadmap; every part but the horizons may be left out.

    Attributes:
        horizons: the windows.
        capacity: load that the team can carry each month: one number for all months, or one a month from
            month 0, whose last holds for the months after; empty for no limit.
        horizon_capacity: load that it can carry for the measures of a horizon together (sum of load times
            duration), by horizon.
        wanted: number of measures asked for, by horizon.
        cover: tags that the kept measures must cover together, each with its label.
        candidates: the list to choose from; own measures may be added to it.
        must_drop: whether keeping every candidate is worth a remark.
    """

    horizons: tuple[Horizon, ...] = DEFAULT_HORIZONS
    capacity: tuple[float, ...] = ()
    horizon_capacity: Mapping[str, float] = field(default_factory=dict, hash=False)
    wanted: Mapping[str, int] = field(default_factory=dict, hash=False)
    cover: Mapping[str, str] = field(default_factory=dict, hash=False)
    candidates: tuple[Candidate, ...] = ()
    must_drop: bool = False

    def capacity_of(self, month: int) -> float | None:
        """Return the capacity of one month, None when there is no limit."""
        if not self.capacity:
            return None
        return self.capacity[min(month, len(self.capacity) - 1)]

    @cached_property
    def candidate(self) -> dict[str, Candidate]:
        """Candidates by their id."""
        return {candidate.id: candidate for candidate in self.candidates}


@dataclass(frozen=True)
class Measure:
    """One measure, as planned.

    ``start`` is a month from 0, ``duration`` a number of months from 1, None where not given yet; ``horizon``
    is empty where not chosen yet; ``load`` is a quantity a month.
    """

    id: str
    title: str
    horizon: str
    start: int | None
    duration: int | None
    load: float = 0.0
    depends: tuple[str, ...] = ()
    owner: str = ""

    @property
    def end(self) -> int | None:
        """The month at which it is over: the first one without it. None without start and duration."""
        return None if self.start is None or self.duration is None else self.start + self.duration

    def runs(self, month: int) -> bool:
        """Say whether it is under way in one month."""
        return self.start is not None and self.end is not None and self.start <= month < self.end


@dataclass(frozen=True)
class Roadmap:
    """Measures as they were written; one may depend on a measure that is not there."""

    measures: tuple[Measure, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Measure]:
        """Measures by their id."""
        return {measure.id: measure for measure in self.measures}

    def of_horizon(self, horizon: str) -> tuple[Measure, ...]:
        """Return the measures of one horizon."""
        return tuple(measure for measure in self.measures if measure.horizon == horizon)

    def depends(self, frame: Frame) -> dict[str, tuple[str, ...]]:
        """Return what each measure waits for: what the learner wrote, and what the question sets."""
        return {
            measure.id: tuple(
                dict.fromkeys((*measure.depends, *frame.candidate[measure.id].depends))
                if measure.id in frame.candidate
                else measure.depends
            )
            for measure in self.measures
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value that ``from_dict`` reads."""
        return {
            "measures": [{**asdict(measure), "depends": list(measure.depends)} for measure in self.measures]
        }


def from_dict(data: object) -> Roadmap:
    """Read a roadmap from JSON that anybody may have written.

    At most 60 measures, 200 dependencies, months up to 120 and 2,000 characters a text; unknown fields are
    left aside.

    Raises:
        ArtefactError: (a ``ValueError``) something has another form; the message says where and what to do.
    """
    fields = mapping(data, Term("roadmap.artefact"))
    measures = tuple(_measure(entry, place) for place, entry in entries(fields, "measures", MOST_MEASURES))
    unique([measure.id for measure in measures], "measures")
    count = sum(len(measure.depends) for measure in measures)
    if count > MOST_DEPENDENCIES:
        raise ArtefactError("roadmap.too_many_dependencies", count=count, most=MOST_DEPENDENCIES)
    return Roadmap(measures)


def _measure(fields: Mapping[str, object], place: str) -> Measure:
    return Measure(
        identifier(fields, "id", place),
        words(fields, "title", place),
        one_of(fields, "horizon", place, HORIZON_IDS, unset=True),
        whole(fields, "start", place, 0, LATEST_MONTH),
        whole(fields, "duration", place, 1, LATEST_MONTH),
        amount(fields, "load", place, _HEAVIEST),
        identifiers(fields, "depends", place, MOST_MEASURES),
        words(fields, "owner", place),
    )


def horizon_label(horizon: Horizon, lang: Language | None = None) -> str:
    """Return « Horizon 1 (3 à 9 mois) »."""
    number = HORIZON_IDS.index(horizon.id) + 1 if horizon.id in HORIZON_IDS else horizon.id
    low, high = (format_number(month, 0, lang) for month in (horizon.low, horizon.high))
    return text("roadmap.horizon", lang, number=number, low=low, high=high)


def vocabulary(lang: Language | None = None, frame: Frame | None = None) -> dict[str, list[dict[str, str]]]:
    """Return the words of the editor: horizons with their windows, and fields of a measure.

    Lists of ``{"id", "text"}`` and ``{"id", "text", "help"}``, in the order to show.
    """
    fields = ("title", "horizon", "start", "duration", "load", "depends", "owner")
    return {
        "horizons": [
            {"id": horizon.id, "text": horizon_label(horizon, lang)}
            for horizon in (frame or Frame()).horizons
        ],
        "fields": [
            {
                "id": name,
                "text": text(f"roadmap.field_{name}", lang),
                "help": text(f"roadmap.field_{name}_help", lang),
            }
            for name in fields
        ],
    }
