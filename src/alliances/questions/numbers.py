"""A number as people type it, in French or in English.

The same rules stand in ``widgets/words.js``; one file of vectors holds them equal.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BLANKS", "floor_points", "half_up", "read_number", "typed_number", "within"]

BLANKS: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""White space as JavaScript knows it, which is not quite what ``str.strip`` takes away."""

_SPACES: Final = re.compile("[ \t\n\r\u00a0\u2009\u202f]+")
_GROUPS: Final = "[1-9][0-9]{0,2}(?:%s[0-9]{3})+"
_SPACED: Final = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")
_PLAIN: Final = re.compile(r"(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)")
_COMMA_GROUPS: Final = re.compile(_GROUPS % ",")
_DOT_THEN_COMMA: Final = re.compile((_GROUPS % r"\.") + r",[0-9]+")
_COMMA_THEN_DOT: Final = re.compile((_GROUPS % ",") + r"\.[0-9]+")
_LONGEST: Final = 40  # characters; more is not a number that someone read somewhere
_GREATEST: Final = 1e15  # beyond, JavaScript writes an exponent and no longer counts exactly
_DIGITS: Final = 400  # no number has more before its point
_HALF_CENT: Final = 1e-9


def read_number(
    typed: object, unit: str, lang: str, units: Mapping[str, float] | None = None
) -> float | None:
    """Return the number that was typed, or None when it is not one.

    Accepts a decimal comma or point, spaces between thousands (narrow and no-break too), a leading sign,
    the question's unit, and « % » (which divides by 100 unless the unit is a percentage). In English,
    ``1,234`` is one thousand two hundred and thirty-four; in French it is 1.234. ``units`` gives other units
    that may be typed after the number, each with what one of it is worth in the question's unit
    (``{"k€": 1000}``).
    """
    if isinstance(typed, bool):
        return None
    if type(typed) in (int, float):
        return float(typed) if abs(typed) <= _GREATEST else None  # type: ignore[arg-type]
    if type(typed) is not str or len(typed) > _LONGEST:
        return None
    text = _SPACES.sub(" ", typed).strip(" ")
    wanted = _SPACES.sub(" ", unit).strip(" ")
    text, divisor, factor = _without_unit(text, wanted, units or {})
    sign = 1.0
    if text[:1] in {"-", "\u2212", "+"}:
        sign = 1.0 if text[0] == "+" else -1.0
        text = text[1:].lstrip(" ")
    magnitude = _magnitude(text, lang)
    return None if magnitude is None or magnitude > _GREATEST else sign * magnitude / divisor * factor


def _without_unit(text: str, unit: str, units: Mapping[str, float]) -> tuple[str, float, float]:
    """Return the text without its unit, what to divide by and what to multiply by."""
    # The longest first: « k€ » ends with « € ».
    for name in sorted(units, key=len, reverse=True):
        if text.lower().endswith(name.lower()):
            return text[: len(text) - len(name)].rstrip(" "), 1.0, float(units[name])
    if unit and unit != "%" and text.lower().endswith(unit.lower()):
        return text[: len(text) - len(unit)].rstrip(" "), 1.0, 1.0
    if text.endswith("%"):
        return text[:-1].rstrip(" "), 1.0 if unit.startswith("%") else 100.0, 1.0
    return text, 1.0, 1.0


def _magnitude(text: str, lang: str) -> float | None:
    whole, mark, decimals = text.rpartition("," if "," in text else ".")
    if mark and _SPACED.fullmatch(whole) and re.fullmatch("[0-9]+", decimals):
        return float(whole.replace(" ", "") + "." + decimals)
    if _SPACED.fullmatch(text):
        return float(text.replace(" ", ""))
    if (lang == "en" and _COMMA_GROUPS.fullmatch(text)) or _COMMA_THEN_DOT.fullmatch(text):
        return float(text.replace(",", ""))
    if _DOT_THEN_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    return None


def half_up(number: float, decimals: int) -> float:
    """Return a number rounded as the page writes it: halves away from zero, and never « -0 »."""
    if not math.isfinite(number):
        return number
    context = Context(prec=_DIGITS, rounding=ROUND_HALF_UP)
    return float(Decimal(number).quantize(Decimal(1).scaleb(-decimals), context=context)) + 0.0


def typed_number(value: float) -> str:
    """Return a number as it is typed, to the last digit and without exponent: ``0.00001``, ``12``."""
    whole = f"{Decimal(repr(float(value))):f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def within(number: float, value: float, tolerance: float, kind: str) -> bool:
    """Say whether ``number`` is at most ``tolerance`` from ``value``.

    ``kind`` is ``"absolute"`` (in the question's unit) or ``"relative"`` (a share of ``value``, 0.01 = 1 %).
    A hair is added: 0.62 ± 0.01 accepts 0.63, which binary numbers would otherwise refuse.
    """
    margin = tolerance * abs(value) if kind == "relative" else tolerance
    return abs(number - value) <= margin + _HALF_CENT * max(1.0, abs(value))


def floor_points(points: float, maximum: float) -> float:
    """Return ``points`` rounded half up to two decimals, between 0 and ``maximum``."""
    return min(max(math.floor(points * 100 + 0.5) / 100, 0.0), float(maximum))
