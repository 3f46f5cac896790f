"""A question as Moodle knows it: what its XML and GIFT files hold, neither more nor less.

``lms_mapping`` makes these from our questions, ``moodle_xml`` and ``gift`` write them, ``moodle_reading`` and
``gift_reading`` read them back. Texts are HTML unless said otherwise. What Moodle accepts is known from its
published source (moodle/moodle on GitHub): ``question/format/{xml,gift}/format.php``,
``question/engine/bank.php`` (fractions), ``question/type/{numerical,ordering,multianswer}/questiontype.php``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "FRACTIONS",
    "Answer",
    "Kind",
    "MoodleQuestion",
    "Pair",
    "Place",
    "Unit",
    "fraction_text",
    "near_fraction",
    "number_text",
]

Kind = Literal["multichoice", "numerical", "matching", "ordering", "cloze", "essay"]

#: Shares of the points that an answer may earn, from 0 to 1 (Moodle also knows them with a minus sign):
#: p/q for q up to 6, tenths, 1/7, 1/8, 1/9 and 1/20, to seven decimals (``fraction_options`` of
#: ``question/engine/bank.php``). An import refuses a file with any other share, unless told not to.
FRACTIONS: Final = (
    0.0, 0.05, 0.1, 0.1111111, 0.125, 0.1428571, 0.1666667, 0.2, 0.25, 0.3, 0.3333333, 0.4, 0.5, 0.6,
    0.6666667, 0.7, 0.75, 0.8, 0.8333333, 0.9, 1.0,
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One answer: an option, a number (``*`` for any other), or an item to order.

    Attributes:
        text: HTML of an option or item; the plain number of a numerical answer.
        fraction: share of the points, from -1 to 1, one of ``FRACTIONS``; an ordering's answers have 0.
        feedback: HTML said to whoever chose it.
        tolerance: absolute, in the question's unit; 0 for other kinds.
    """

    text: str
    fraction: float = 0.0
    feedback: str = ""
    tolerance: float = 0.0


@dataclass(frozen=True)
class Pair:
    """One line of a matching question: ``left`` is HTML, empty beside a right side that fits nothing."""

    left: str
    right: str


@dataclass(frozen=True)
class Place:
    """One gap of a cloze: a list or a number, with what it weighs among the gaps (a whole number from 1)."""

    kind: Literal["multichoice", "numerical"]
    answers: tuple[Answer, ...]
    weight: int = 1


@dataclass(frozen=True)
class Unit:
    """A unit that may be typed: ``multiplier`` says how many of it make one of the question's own unit."""

    name: str
    multiplier: float = 1.0


@dataclass(frozen=True)
class MoodleQuestion:
    """One question of Moodle.

    Attributes:
        kind: its type, as Moodle's files call it.
        category: where it goes in the question bank, names from the top down.
        name: shown to trainers.
        idnumber: unique in its category.
        text: HTML of the question; in a cloze ``{#1}`` stands for the first place.
        feedback: HTML shown to everybody afterwards (Moodle's general feedback).
        points: full mark; a cloze has the sum of its weights.
        single: whether one option only may be chosen (multichoice).
        answers, pairs, places, units: what the kind needs; empty otherwise.
        grading: Moodle's word for how an order is marked (ordering).
        words: least and most words, 0 for no limit (essay).
        file: whether a file is handed in (essay).
        grader: HTML for whoever marks (essay).
        tags: outcome, level and the like.
    """

    kind: Kind
    category: tuple[str, ...]
    name: str
    idnumber: str
    text: str
    feedback: str = ""
    points: float = 1.0
    single: bool = True
    answers: tuple[Answer, ...] = ()
    pairs: tuple[Pair, ...] = ()
    places: tuple[Place, ...] = ()
    units: tuple[Unit, ...] = ()
    grading: str = ""
    words: tuple[int, int] = (0, 0)
    file: bool = False
    grader: str = ""
    tags: tuple[str, ...] = ()


def near_fraction(share: float) -> float:
    """Return the share that Moodle knows nearest to ``share`` (between -1 and 1); the larger one on a tie."""
    size = min(max(abs(share), 0.0), 1.0)
    found = min(reversed(FRACTIONS), key=lambda known: abs(known - size))
    return -found if share < 0 < found else found


def fraction_text(share: float) -> str:
    """Return a share as Moodle writes it, a percentage of five decimals at most: ``33.33333``, ``50``."""
    return number_text(round(100 * share, 5))


def number_text(value: float) -> str:
    """Return a number without useless zeros or exponent: ``12``, ``0.5``."""
    if value == int(value):
        return str(int(value))
    return f"{value:.10f}".rstrip("0")
