"""Readings drawn for the hidden checks of the code door: two columns made up, or two readers of a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from alliances.course.files import read_text
from alliances.errors import SourceError
from alliances.logic.rater_agreement import cohen_kappa
from alliances.logic.typology import FAMILIES

if TYPE_CHECKING:
    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.questions.source import Field

__all__ = ["rater_pair", "reading_lists"]

_TRIES: Final = 10_000
_USED: Final = 3  # families that both readers use
_WIDE: Final = 0.4  # an interval that says little, as the published one
_PUBLISHED: Final = ("r03", "r06")


def reading_lists(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:  # noqa: ARG001
    """Draw what two readers made of 10 to 16 cases, in the same three families, and a third with another.

    Rejected: hardly any or nearly complete agreement, an agreement that guessing among equal families gives,
    and two habits so alike that one reader's totals would do.

    Returns:
        ``a``, ``b``, ``c`` (lists of families, of one length), ``observed``, ``expected`` and ``kappa`` of
        ``a`` and ``b``, ``expected_c`` of ``a`` and ``c``; shares from 0 to 1.
    """
    names = [family.id for family in FAMILIES]
    for attempt in range(_TRIES):
        labels = ("reading_lists", *place.keys, attempt)
        length = 10 + chance.below(7, *labels, "length")
        used = chance.order(names, *labels, "families")
        a = [used[chance.below(_USED, *labels, "a", case)] for case in range(length)]
        b = [
            a[case]
            if chance.below(2, *labels, "same", case)
            else used[chance.below(_USED, *labels, "b", case)]
            for case in range(length)
        ]
        c = [used[_USED] if family == used[0] else family for family in b]
        if set(a) != set(used[:_USED]) or set(b) != set(a):
            continue
        found = cohen_kappa(a, b)
        if (
            0.35 <= found.observed <= 0.8  # noqa: PLR2004 - some agreement, not all
            and abs(found.expected - 1 / _USED) > 0.02  # noqa: PLR2004 - not equal chances
            and abs(found.expected - _own(a)) > 0.02 < abs(found.expected - _own(b))  # noqa: PLR2004
            and _expected(a, c) > 0
        ):
            return {
                "a": a, "b": b, "c": c, "observed": found.observed, "expected": found.expected,
                "kappa": found.value, "expected_c": _expected(a, c),
            }  # fmt: skip
    raise AssertionError("no readings")  # pragma: no cover - about one try in 5 succeeds


def _own(readings: list[str]) -> float:
    return _expected(readings, readings)


def _expected(first: list[str], second: list[str]) -> float:
    one, two = Counter(first), Counter(second)
    return sum(one[name] * two[name] for name in one) / (len(first) * len(second))


def rater_pair(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:
    """Draw two readers of ``syn_readings.csv``, never the published two, whose interval says little.

    Returns:
        ``one``, ``two`` (names of readers), ``observed`` and ``kappa`` of the two.

    Raises:
        SourceError: the table is malformed, or no two readers will do.
    """
    path = tree.datasets / "syn_readings.csv"
    readings: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(read_text(path))):
        readings.setdefault(row["rater"], {})[row["case_id"]] = row["family"]
    pairs = {}
    for one, two in combinations(sorted(readings), 2):
        cases = sorted(readings[one].keys() & readings[two].keys())
        found = cohen_kappa([readings[one][case] for case in cases], [readings[two][case] for case in cases])
        if (one, two) != _PUBLISHED and found.high - found.low >= _WIDE:
            pairs[f"{one}|{two}"] = found
    if not pairs:
        raise SourceError("cohort.no_rater_pair", path=path)
    name = chance.order(pairs, "rater_pair", *place.keys)[0]
    one, two = name.split("|")
    return {"one": one, "two": two, "observed": pairs[name].observed, "kappa": pairs[name].value}
