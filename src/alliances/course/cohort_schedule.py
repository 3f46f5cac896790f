"""Networks to schedule, drawn: six activities on paper, and other durations for Val-Commun's measures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from alliances.course.files import read_text
from alliances.logic.roadmap_schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.questions.source import Field

__all__ = ["activity_network", "measures_change"]

_TRIES: Final = 10_000
# As published: C waits for A, D for B and C, E for C, F for D and E; the path A, C, E, F is the longest.
_WAITS: Final = {"A": "", "B": "", "C": "A", "D": "BC", "E": "C", "F": "DE"}
_PUBLISHED: Final = (2, 6, 5, 3, 4, 1)
_CHANGED: Final = 3
_MOST_MORE: Final = 3
_SHORTEST: Final = 15  # the published programme takes 14 months
_MOST_CRITICAL: Final = 7
_QUIET: Final = 30  # a month after the end of everything
_LATEST: Final = 18


def activity_network(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:  # noqa: ARG001
    """Draw the durations of six activities whose links stay those of the published table.

    Rejected: another critical path, two slips that give one answer, and the published durations.

    Returns:
        ``a`` to ``f`` (months), ``c_end``, ``d_end``, ``e_end``, ``length``, ``total`` (all durations added),
        ``after_d`` and ``after_b`` (what one finds who forgets E, or follows B), ``slack`` and ``free`` of B,
        ``from_end`` (between the end of B and the end of all), ``f_start`` and ``d_latest`` (latest starts).
    """
    for attempt in range(_TRIES):
        labels = ("activity_network", *place.keys, attempt)
        a, b, c, d, e, f = drawn = tuple(
            least + chance.below(width, *labels, name)
            for name, (least, width) in zip(
                "abcdef", ((2, 4), (5, 5), (4, 4), (2, 3), (3, 4), (1, 3)), strict=True
            )
        )
        months = dict(zip("ABCDEF", map(float, drawn), strict=True))
        found = schedule(months, _WAITS)
        length, slot = int(found.length), found.slots["B"]
        figures = {
            "a": a, "b": b, "c": c, "d": d, "e": e, "f": f,
            "c_end": a + c, "d_end": a + c + d, "e_end": a + c + e, "length": length, "total": sum(drawn),
            "after_d": a + c + d + f, "after_b": b + d + f, "from_end": length - b,
            "slack": int(slot.slack), "free": int(slot.free_slack),
            "f_start": length - f, "d_latest": length - f - d,
        }  # fmt: skip
        ends = [figures[name] for name in ("length", "total", "after_d", "after_b")]
        slacks = [0, *(figures[name] for name in ("slack", "free", "from_end"))]
        if (
            drawn != _PUBLISHED
            and found.paths == (tuple("ACEF"),)
            and b > max(a, c, d, e, f)
            and len(set(ends)) == len(ends)
            and len(set(slacks)) == len(slacks)
        ):
            return figures
    raise AssertionError("no network")  # pragma: no cover - about one try in twenty succeeds


def measures_change(chance: Chance, place: Field, tree: CourseTree) -> dict[str, Any]:
    """Draw longer durations for three measures of ``syn_measures_vc``, so that other measures are critical.

    Returns:
        ``code`` (lines that change ``table``), ``words`` (the change in both languages), ``loads`` (lists of
        a month and its days of work), ``length`` (months), ``critical`` (ids, sorted), and ``departures``
        (lists of an owner, a month and the ids that stop; the last stops nothing).
    """
    table = csv.DictReader(io.StringIO(read_text(tree.datasets / "syn_measures_vc.csv")))
    rows = {row["measure_id"]: row for row in table}
    waits = {name: tuple(filter(None, row["depends"].split(";"))) for name, row in rows.items()}
    published = {name: int(row["duration_months"]) for name, row in rows.items()}
    before = schedule(published, waits)
    for attempt in range(_TRIES):
        labels = ("measures_change", *place.keys, attempt)
        names = sorted(chance.order(rows, *labels, "measures")[:_CHANGED])
        durations = published | {
            name: published[name] + 1 + chance.below(_MOST_MORE, *labels, name) for name in names
        }
        found = schedule(durations, waits)
        if (
            found.length >= _SHORTEST
            and set(found.critical) != set(before.critical)
            and len(found.critical) <= _MOST_CRITICAL
        ):
            break
    else:  # pragma: no cover - about one try in five succeeds
        raise AssertionError("no change")
    months = sorted(int(month) for month in chance.order(map(str, range(3, _LATEST)), *labels, "months")[:4])
    return {
        "code": "\n".join(f'table.loc["{name}", "duration_months"] = {durations[name]}' for name in names),
        "words": {
            language: ", ".join(f"{name} ({durations[name]} {unit})" for name in names)
            for language, unit in (("fr", "mois"), ("en", "months"))
        },
        "loads": [[month, _load(rows, durations, month)] for month in [*months, _QUIET]],
        "length": int(found.length),
        "critical": sorted(found.critical),
        "departures": _departures(rows, durations, waits, chance, labels),
    }


def _load(rows: Mapping[str, Mapping[str, str]], durations: Mapping[str, int], month: int) -> float:
    """Return the days of work asked for in a month."""
    return sum(
        int(row["load_days"]) / durations[name]
        for name, row in rows.items()
        if int(row["start_month"]) <= month < int(row["start_month"]) + durations[name]
    )


def _departures(
    rows: Mapping[str, Mapping[str, str]],
    durations: Mapping[str, int],
    waits: Mapping[str, Sequence[str]],
    chance: Chance,
    labels: Sequence[object],
) -> list[list[Any]]:
    """Return two departures that stop measures of others too, and one that stops nothing."""

    def stopped(owner: str, month: int) -> list[str]:
        # The table lists each measure after those that it waits for.
        names: list[str] = []
        for name, row in rows.items():
            leaves = row["owner"] == owner and int(row["start_month"]) + durations[name] > month
            if leaves or any(other in names for other in waits[name]):
                names.append(name)
        return names

    owners = sorted({row["owner"] for row in rows.values()})
    stops = {f"{owner}|{month}": stopped(owner, month) for owner in owners for month in range(4, _LATEST)}
    far = [key for key, names in stops.items() if {rows[one]["owner"] for one in names} - {key.split("|")[0]}]
    none = [key for key, names in stops.items() if not names]
    chosen = [*chance.order(far, *labels, "departures")[:2], chance.order(none, *labels, "nothing")[0]]
    return [[key.split("|")[0], int(key.split("|")[1]), stops[key]] for key in chosen]
