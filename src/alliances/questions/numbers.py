"""A number as people type it, in French or in English.

The same rules stand in ``widgets/words.js``; one file of vectors holds them equal.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["floor_points", "read_number", "within"]

_SPACES: Final = re.compile("[ \t\n\r\u00a0\u2009\u202f]+")
_GROUPS: Final = "[1-9][0-9]{0,2}(?:%s[0-9]{3})+"
_SPACED: Final = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")
_PLAIN: Final = re.compile(r"(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)")
_COMMA_GROUPS: Final = re.compile(_GROUPS % ",")
_DOT_THEN_COMMA: Final = re.compile((_GROUPS % r"\.") + r",[0-9]+")
_COMMA_THEN_DOT: Final = re.compile((_GROUPS % ",") + r"\.[0-9]+")
_LONGEST: Final = 40  # characters; more is not a number that someone read somewhere
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
        number = float(typed) if abs(typed) < 1e300 else math.inf  # type: ignore[arg-type]  # noqa: PLR2004
        return number if math.isfinite(number) else None
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
    return None if magnitude is None else sign * magnitude / divisor * factor


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
