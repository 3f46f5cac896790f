"""The words of rule tables: readers of an answer's fields, tests on what was read, measures of a gain.

Each is a list whose first value names it. The same names stand in ``widgets/rules.js``.

Readers (``path`` leads into the answer, for example ``["pairs", "a"]``)::

    ["option", path, {written: id}]       one of the options, by its id or its label
    ["members", path, {written: id}, most]  a list of options, each once, ``most`` of them if given
    ["order", path, [ids]]                a list of ids, each at most once
    ["number", path, unit, {unit: factor}]  a number as people type it
    ["words", path]                       a text, spaces and case evened out

Tests (``f`` names a field; a missing or unreadable one fails all but ``missing``, ``lacks``, ``not``,
``else``)::

    ["is", f, id]  ["in", f, [ids]]  ["has", f, id]  ["lacks", f, id]  ["missing", f]  ["else"]
    ["within", f, value or program, tolerance, "absolute" | "relative"]
    ["between", f, low or null, high or null]
    ["sum", [[coefficient, f], …], low or null, high or null]    a missing number counts as 0
    ["all", test, …]  ["any", test, …]  ["not", test]

Measures of a gain, other than a plain number (``weight`` is the full gain)::

    ["kendall", weight, f, [ids]]   Kendall's tau-b without ties (Kendall 1938), negative values count as 0
    ["lcs", weight, f, [ids]]       longest common subsequence: (length - 1) / (n - 1)
    ["near", weight, [[coefficient, f], …], low, high, width]   falls to 0 over ``width`` outside low .. high
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from alliances.questions.expressions import evaluated
from alliances.questions.numbers import BLANKS, read_number, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "UNREADABLE",
    "Reading",
    "even",
    "gain_of",
    "holds",
    "kendall_tau",
    "lcs_length",
    "read_field",
    "written_options",
]


class _Unreadable:
    """Something is there, and it is not what the field holds."""


UNREADABLE: Final = _Unreadable()
Reading = str | float | tuple[str, ...] | _Unreadable | None
Readings = dict[str, Reading]
_HALF_HAIR: Final = 1e-9
_MOST: Final = 200  # entries of a list that are looked at


def even(label: str) -> str:
    """Return a label as a keyboard types it: plain spaces and apostrophes, lower case."""
    return re.sub("[ \t\n\r\u00a0\u202f]+", " ", label).strip(" ").replace("’", "'").lower()


def written_options(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what may be written for each of ``entries`` (``{"id", "text"}``), ids before labels."""
    options: dict[str, str] = {}
    for entry in entries:
        options.setdefault(even(str(entry["text"])), entry["id"])
    return {**options, **{entry["id"]: entry["id"] for entry in entries}}


def read_field(reader: Sequence[Any], answer: dict[str, Any], lang: str) -> Reading:
    """Return what a field of the answer holds: None when nothing, ``UNREADABLE`` when something else."""
    kind, path, *rest = reader
    value: object = answer
    for key in path:
        if type(value) is dict:
            value = value.get(key)
        elif type(value) is list and type(key) is int:
            value = value[key] if key < len(value) else None
        else:
            return None
    if value is None:
        return None
    return _READERS[kind](value, lang, *rest)


def _option(value: object, _lang: str, options: Mapping[str, str]) -> Reading:
    return options.get(even(value), UNREADABLE) if type(value) is str else UNREADABLE


def _members(value: object, _lang: str, options: Mapping[str, str], most: int = _MOST) -> Reading:
    if type(value) is not list or len(value) > _MOST:
        return UNREADABLE
    words = [options.get(even(entry)) if type(entry) is str else None for entry in value]
    found = sorted({word for word in words if word is not None})
    if None in words or len(found) > most:
        return UNREADABLE
    return tuple(found) or None


def _order(value: object, _lang: str, ids: Sequence[str]) -> Reading:
    if type(value) is not list or len(value) > len(ids):
        return UNREADABLE
    if any(type(entry) is not str or entry not in ids for entry in value) or len(set(value)) < len(value):
        return UNREADABLE
    return tuple(value) or None


def _number(value: object, lang: str, unit: str, units: Mapping[str, float]) -> Reading:
    if type(value) is str and not value.strip(BLANKS):
        return None
    number = read_number(value, unit, lang, units)
    return UNREADABLE if number is None else number


def _words(value: object, _lang: str) -> Reading:
    if type(value) is not str:
        return UNREADABLE
    return even(value) or None


_READERS: Final[dict[str, Callable[..., Reading]]] = {
    "option": _option,
    "members": _members,
    "order": _order,
    "number": _number,
    "words": _words,
}


def holds(test: Sequence[Any], readings: Readings, drawn: Mapping[str, float]) -> bool:
    """Say whether a test of a rule table holds."""
    kind, *rest = test
    if kind in {"all", "any", "not"}:
        found = (holds(inner, readings, drawn) for inner in rest)
        return all(found) if kind == "all" else any(found) if kind == "any" else not next(found)
    if kind in {"else", "sum"}:
        return kind == "else" or _between(_sum(rest[0], readings), rest[1], rest[2])
    return _field_holds(kind, readings[rest[0]], rest, drawn)


def _field_holds(kind: str, value: Reading, rest: Sequence[Any], drawn: Mapping[str, float]) -> bool:
    if kind == "missing":
        return value is None or value is UNREADABLE
    if kind in {"has", "lacks"}:
        return (type(value) is tuple and rest[1] in value) is (kind == "has")
    if value is None or value is UNREADABLE:
        return False
    return _TESTS[kind](value, rest[1:], drawn)


def _within(value: Any, rest: Sequence[Any], drawn: Mapping[str, float]) -> bool:  # noqa: ANN401 - a number
    wanted, tolerance, kind = rest
    return within(value, evaluated(wanted, drawn), tolerance, kind)


_TESTS: Final[dict[str, Callable[[Any, Sequence[Any], Mapping[str, float]], bool]]] = {
    "is": lambda value, rest, _drawn: value == rest[0],
    "in": lambda value, rest, _drawn: value in rest[0],
    "within": _within,
    "between": lambda value, rest, _drawn: _between(value, rest[0], rest[1]),
}


def _between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low - _HALF_HAIR) and (high is None or value <= high + _HALF_HAIR)


def _sum(terms: Sequence[tuple[float, str]], readings: Readings) -> float:
    total = 0.0
    for coefficient, name in terms:
        value = readings[name]
        total += coefficient * value if isinstance(value, float) else 0.0
    return total


def gain_of(gain: float | Sequence[Any], readings: Readings) -> float:
    """Return what a row gains: the number itself, or a measure of what was read."""
    if isinstance(gain, (int, float)):
        return float(gain)
    kind, weight, what, *rest = gain
    if kind == "near":
        low, high, width = rest
        total = _sum(what, readings)
        outside = max(low - total if low is not None else 0.0, total - high if high is not None else 0.0, 0.0)
        return float(weight * max(0.0, 1.0 - outside / width))
    given = readings[what]
    order = given if isinstance(given, tuple) else ()
    ids = rest[0]
    if kind == "kendall":
        return float(weight * max(0.0, kendall_tau(order, ids)))
    return float(weight * max(0, lcs_length(order, ids) - 1) / (len(ids) - 1))


def kendall_tau(given: Sequence[str], wanted: Sequence[str]) -> float:
    """Return (concordant - discordant) / all pairs, from -1 to 1; a pair not ordered counts for neither."""
    place = {name: position for position, name in enumerate(given)}
    score, pairs = 0, 0
    for first in range(len(wanted)):
        for second in range(first + 1, len(wanted)):
            pairs += 1
            a, b = place.get(wanted[first]), place.get(wanted[second])
            if a is not None and b is not None:
                score += 1 if a < b else -1
    return score / pairs if pairs else 1.0


def lcs_length(given: Sequence[str], wanted: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two lists."""
    row = [0] * (len(wanted) + 1)
    for name in given:
        above = row[:]
        for column, other in enumerate(wanted):
            row[column + 1] = above[column] + 1 if name == other else max(above[column + 1], row[column])
    return row[-1]
