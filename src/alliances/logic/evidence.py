"""How much weight a piece of evidence can bear, as it was read: a sum whose every step says why.

The start depends on how the thing was measured, in the order of the Maryland Scientific Methods Scale (L. W.
Sherman and others, 1997; described by D. P. Farrington and others in *Evidence-Based Crime Prevention*, 2002,
pages 13 to 21). Points then go down for a reason each, as in GRADE (G. H. Guyatt and others, *BMJ* 336, 2008,
pages 924 to 926). Points, reasons and names of levels are this course's own and are not validated:
``Scale.changed`` lets anybody dispute them.

A grade is about what was read. A serious report known through a newspaper only is graded as the newspaper's
account of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from alliances.i18n import Language, text

__all__ = [
    "ACCESSES",
    "DEFAULT_SCALE",
    "LEVELS",
    "MEASURES",
    "PAYERS",
    "QUESTIONS",
    "SPEAKERS",
    "STALE_YEARS",
    "Balance",
    "Grade",
    "Piece",
    "Scale",
    "Step",
    "from_row",
    "grade",
    "level_label",
    "value_label",
    "weigh",
]

MEASURES: Final = ("none", "unstated", "count", "trend", "comparison", "random")
SPEAKERS: Final = ("operator", "partner", "unknown", "press", "audit", "research")
PAYERS: Final = ("interested", "unknown", "independent")
ACCESSES: Final = ("relayed", "read")
QUESTIONS: Final = ("measure", "speaker", "payer", "access", "year")
LEVELS: Final = ("claim", "weak", "sign", "serious", "strong")
STALE_YEARS: Final = 10  # years after which a figure is said to speak of its own time
_FLOORS: Final = (0, 1, 2, 3, 5)  # least points of each level
_ALLOWED: Final = {"measure": MEASURES, "speaker": SPEAKERS, "payer": PAYERS, "access": ACCESSES}
_INTERESTED: Final = frozenset({"operator", "partner"})


@dataclass(frozen=True)
class Piece:
    """One piece of evidence.

    Attributes:
        measure: one of ``MEASURES``: nothing measured, a figure without its method, things counted, a change
            followed over time, a comparison with others, a comparison drawn by lot.
        speaker: one of ``SPEAKERS``: who says it.
        payer: one of ``PAYERS``: whether who paid has an interest in the answer.
        access: ``read`` where it was published, or ``relayed`` by somebody else.
        year: of the figure, None where it is not said.

    Raises:
        ValueError: a value that its question does not have.
    """

    measure: str
    speaker: str
    payer: str
    access: str = "read"
    year: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the scale does not know."""
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    text("evidence.unknown_value", question=name, found=getattr(self, name),
                         expected=", ".join(allowed))
                )  # fmt: skip


def from_row(row: Mapping[str, Any]) -> Piece:
    """Return the piece that a row of the table ``case_evidence`` describes; an empty year is None.

    Raises:
        KeyError: the row lacks one of the five columns.
        ValueError: a value that its question does not have.
    """
    written = str(row["year"])
    year = int(written) if written.isdigit() else None
    return Piece(str(row["measure"]), str(row["speaker"]), str(row["payer"]), str(row["access"]), year)


@dataclass(frozen=True)
class Step:
    """What one question adds or takes: ``reason`` is the name of a sentence, ``points`` may be negative."""

    question: str
    reason: str
    points: int
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def text(self, lang: Language | None = None) -> str:
        """Return the reason in one sentence."""
        return text(f"evidence.reason_{self.reason}", lang, **self.values)


@dataclass(frozen=True)
class Scale:
    """Points to start with, by measure, and points taken, by reason.

    ``costs`` has ``interested_speaker``, ``unknown_speaker``, ``interested_payer``, ``relayed``, ``undated``.
    """

    starts: Mapping[str, int]
    costs: Mapping[str, int]

    def changed(self, name: str, points: int) -> Scale:
        """Return a copy where one start or one cost has other points, 0 or more.

        Raises:
            ValueError: there is no such start or cost, or the points are negative.
        """
        if points < 0:
            raise ValueError(text("evidence.negative", name=name, found=points))
        if name in self.starts:
            return replace(self, starts=MappingProxyType({**self.starts, name: points}))
        if name in self.costs:
            return replace(self, costs=MappingProxyType({**self.costs, name: points}))
        expected = ", ".join((*self.starts, *self.costs))
        raise ValueError(text("evidence.unknown_value", question="scale", found=name, expected=expected))


DEFAULT_SCALE: Final = Scale(
    MappingProxyType({"none": 0, "unstated": 1, "count": 2, "trend": 3, "comparison": 5, "random": 6}),
    MappingProxyType(
        {"interested_speaker": 1, "unknown_speaker": 1, "interested_payer": 1, "relayed": 1, "undated": 1}
    ),
)


@dataclass(frozen=True)
class Grade:
    """The sum, never below 0, and the five steps that made it, in the order of ``QUESTIONS``."""

    points: int
    steps: tuple[Step, ...]

    @property
    def level(self) -> str:
        """One of ``LEVELS``."""
        return LEVELS[max(place for place, floor in enumerate(_FLOORS) if self.points >= floor)]

    def label(self, lang: Language | None = None) -> str:
        """Return the name of the level."""
        return level_label(self.level, lang)


def grade(piece: Piece, *, now: int, scale: Scale = DEFAULT_SCALE) -> Grade:
    """Grade one piece.

    Args:
        piece: what is known of it.
        now: the year in which it is read.
        scale: points and costs.

    Returns:
        The grade; steps add up to ``points``, unless their sum is negative: then ``points`` is 0.
    """
    steps = (
        Step("measure", f"measure_{piece.measure}", scale.starts[piece.measure]),
        _speaker(piece, scale),
        _payer(piece, scale),
        _cost("access", piece.access, scale.costs["relayed"] if piece.access == "relayed" else 0),
        _year(piece, now, scale),
    )
    return Grade(max(0, sum(step.points for step in steps)), steps)


def _cost(question: str, reason: str, cost: int, **values: object) -> Step:
    return Step(question, reason, -cost, values)


def _speaker(piece: Piece, scale: Scale) -> Step:
    if piece.speaker in _INTERESTED:
        return _cost("speaker", f"speaker_{piece.speaker}", scale.costs["interested_speaker"])
    cost = scale.costs["unknown_speaker"] if piece.speaker == "unknown" else 0
    return _cost("speaker", f"speaker_{piece.speaker}", cost)


def _payer(piece: Piece, scale: Scale) -> Step:
    if piece.payer != "interested":
        return _cost("payer", f"payer_{piece.payer}", 0)
    # Who speaks for itself and pays for itself has one interest, not two.
    if piece.speaker in _INTERESTED:
        return _cost("payer", "payer_counted", 0)
    return _cost("payer", "payer_interested", scale.costs["interested_payer"])


def _year(piece: Piece, now: int, scale: Scale) -> Step:
    if piece.year is None:
        return _cost("year", "undated", scale.costs["undated"])
    if now - piece.year > STALE_YEARS:
        return _cost("year", "stale", 0, year=piece.year, years=now - piece.year)
    return _cost("year", "dated", 0, year=piece.year)


@dataclass(frozen=True)
class Balance:
    """What is known for and against, side by side: it counts and never decides.

    ``best`` and ``counts`` are keyed by side, ``for`` and ``against``; ``best`` is None without a piece.
    """

    best: Mapping[str, str | None]
    counts: Mapping[str, Mapping[str, int]]

    def text(self, lang: Language | None = None) -> str:
        """Say in one sentence what the strongest piece of each side is worth."""
        names = {
            side: level_label(level, lang) if level else text("evidence.nothing", lang)
            for side, level in self.best.items()
        }
        return text("evidence.balance", lang, best_for=names["for"], best_against=names["against"])


def weigh(graded: Iterable[tuple[str, Grade]]) -> Balance:
    """Set graded pieces side by side.

    Args:
        graded: ``for`` or ``against``, and the grade of each piece.

    Raises:
        ValueError: a side that is neither.
    """
    counts: dict[str, Counter[str]] = {"for": Counter(), "against": Counter()}
    for side, found in graded:
        if side not in counts:
            raise ValueError(
                text("evidence.unknown_value", question="side", found=side, expected=", ".join(counts))
            )
        counts[side][found.level] += 1
    best = {side: max(levels, key=LEVELS.index, default=None) for side, levels in counts.items()}
    return Balance(best, {side: {name: levels[name] for name in LEVELS} for side, levels in counts.items()})


def level_label(level: str, lang: Language | None = None) -> str:
    """Return the name of one of ``LEVELS``."""
    return text(f"evidence.level_{level}", lang)


def value_label(question: str, value: str, lang: Language | None = None) -> str:
    """Return the name of a value of ``measure``, ``speaker``, ``payer`` or ``access``."""
    return text(f"evidence.{question}_{value}", lang)
