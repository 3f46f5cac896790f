"""Figures drawn for each learner, from a seed: the same on every machine, in Python and in the page.

A question says what may be drawn (``parameters``); the copy stores what was drawn (``"drawn"`` in the
answer), so that marking needs neither the seed nor a clock. The hash is FNV-1a (Fowler, Noll, Vo,
RFC 9923), stirred by one step of Mulberry32's output function; both are exact in 32-bit integers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import Language, format_number
from alliances.questions.expressions import evaluated

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["draw", "drawn_of", "fill", "needed_decimals", "uniform", "with_figures", "written_figure"]

_MASK: Final = 0xFFFFFFFF
_PLACE: Final = re.compile(r"\{(\w+)\}")
_MOST_DECIMALS: Final = 6


def uniform(seed: str) -> float:
    """Return a number in [0, 1) that depends on ``seed`` alone."""
    state = 0x811C9DC5
    for byte in seed.encode("utf-8", "replace"):
        state = ((state ^ byte) * 0x01000193) & _MASK
    state = (state + 0x6D2B79F5) & _MASK
    mixed = ((state ^ (state >> 15)) * (state | 1)) & _MASK
    mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61))) & _MASK
    return float(((mixed ^ (mixed >> 14)) & _MASK) / 4294967296)


def draw(question: Mapping[str, Any], seed: object) -> dict[str, float]:
    """Return the figures of one question for one seed, by name; empty when nothing is drawn.

    ``question["parameters"]`` gives, in order, ``[name, [values]]`` to draw from or
    ``[name, {"is": program}]``.
    """
    figures: dict[str, float] = {}
    for name, source in question.get("parameters") or ():
        if isinstance(source, dict):
            figures[name] = evaluated(source["is"], figures)
        else:
            place = int(uniform(f"{seed}|{question['id']}|{name}") * len(source))
            figures[name] = source[place]
    return figures


def drawn_of(question: Mapping[str, Any], stored: object) -> dict[str, float] | None:
    """Return the figures that an answer says it was given; None when the question cannot have drawn them."""
    if type(stored) is not dict:
        return None
    figures: dict[str, float] = {}
    for name, source in question.get("parameters") or ():
        if isinstance(source, dict):
            figures[name] = evaluated(source["is"], figures)
            continue
        value: Any = stored.get(name)
        if type(value) not in (int, float) or value not in source:
            return None
        figures[name] = value
    return figures


def written_figure(value: float, language: Language) -> str:
    """Write a drawn figure with the decimals it needs, six at most."""
    return format_number(value, needed_decimals(value), language)


def needed_decimals(value: float) -> int:
    """Return how many decimals a number needs, six at most."""
    return next((n for n in range(_MOST_DECIMALS) if round(value, n) == value), _MOST_DECIMALS)


def fill(words: str, figures: Mapping[str, str]) -> str:
    """Put figures in their ``{places}``; braces that name none of them stay as they are."""
    if not figures:
        return words
    return _PLACE.sub(lambda place: figures.get(place[1], place[0]), words)


def with_figures(question: Mapping[str, Any], seed: object) -> dict[str, Any]:
    """Return a question with its figures drawn and written into its prompt, and ``drawn`` added."""
    figures = draw(question, seed)
    if not figures:
        return dict(question)
    written = {name: written_figure(value, question["lang"]) for name, value in figures.items()}
    shown = {name: fill(question[name], written) for name in ("prompt", "prompt_html") if name in question}
    return {**question, **shown, "drawn": figures}
