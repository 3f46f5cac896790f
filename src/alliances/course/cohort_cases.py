"""Cases that a cohort draws: other cases than the published ones, of the same difficulty.

Two cases are of one difficulty when they agree on the ``strata``: ``family`` (of the team's reading) and
``readings`` (``one`` admissible reading, or ``several``). The published questions say how many of each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cases import admissible_readings
from alliances.errors import AlliancesError
from alliances.i18n import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.course.cohort_chance import Chance
    from alliances.course.cohort_source import CaseDraw
    from alliances.course.csv_source import CsvRow
    from alliances.questions.source import Field
    from alliances.questions.spec import Entry

__all__ = ["PRIVATE", "CaseBank", "case_questions", "draw_cases", "stratum"]

PRIVATE: Final = "private"


@dataclass(frozen=True)
class CaseBank:
    """Every case by identifier, and where each comes from: one of ``CASE_TABLES``, or ``PRIVATE``.

    ``places`` is where the private ones stand in their file.
    """

    rows: dict[str, CsvRow]
    table: dict[str, str]
    places: dict[str, Field] = field(default_factory=dict)


def stratum(row: CsvRow, strata: tuple[str, ...]) -> tuple[str, ...]:
    """Return where a case stands: one word for each of ``strata``."""
    words = {
        "family": row["team_reading"].strip(),
        "readings": "one" if len(admissible_readings(row)) == 1 else "several",
    }
    return tuple(words[name] for name in strata)


def draw_cases(  # noqa: PLR0913 - what there is, what is wanted, and chance
    exercise: str,
    published: list[str],
    bank: CaseBank,
    *,
    tables: Sequence[str],
    draw: CaseDraw,
    chance: Chance,
) -> tuple[list[str], list[str]]:
    """Draw as many cases of each stratum as the published form has, in a drawn order.

    Args:
        exercise: slug, for messages; also a label of the draw.
        published: the cases of the published questions.
        bank: every case, the published ones included.
        tables: where cases may be drawn from.
        draw: what the exercise declares.
        chance: the cohort's.

    Returns:
        Identifiers of the cases, question by question; and a sentence for each stratum without choice.

    Raises:
        AlliancesError: a stratum of the pool is too small; the message says what is missing.
    """
    wanted = Counter(stratum(bank.rows[name], draw.strata) for name in published)
    there: dict[tuple[str, ...], list[str]] = {}
    for name, row in bank.rows.items():
        if bank.table[name] in tables:
            there.setdefault(stratum(row, draw.strata), []).append(name)
    missing = {group: count for group, count in wanted.items() if len(there.get(group, ())) < count}
    if missing:
        lines = [
            text("cohort.pool_line", group=_said(group), wanted=count, found=len(there.get(group, ())))
            for group, count in sorted(missing.items())
        ]
        raise AlliancesError("cohort.pool_too_small", exercise=exercise, missing="\n".join(lines))
    drawn: list[str] = []
    fixed = []
    for group, count in sorted(wanted.items()):
        drawn += chance.order(there[group], exercise, "cases", *group)[:count]
        if len(there[group]) == count:
            fixed.append(
                text("cohort.no_choice", exercise=exercise, group=_said(group), cases=", ".join(there[group]))
            )
    return chance.order(drawn, exercise, "order of cases"), fixed


def _said(group: tuple[str, ...]) -> str:
    words = {"one": text("cohort.one_reading"), "several": text("cohort.several_readings")}
    return ", ".join(words.get(word, word) for word in group)


def case_questions(
    slots: Mapping[str, Entry], drawn: list[str], bank: CaseBank, draw: CaseDraw
) -> dict[str, dict[str, Any]]:
    """Return the questions with the drawn cases in their places: id, points, outcome and lists as published.

    Raises:
        AlliancesError: the exercise gives no next step for a family.
    """
    steps = {entry.raw["case"]: entry.raw["next_step"] for entry in slots.values()}
    questions = {}
    for (name, entry), case in zip(slots.items(), drawn, strict=True):
        row = bank.rows[case]
        family = row["team_reading"].strip()
        step = steps.get(case) or draw.next_step.get(family)
        if step is None:
            raise AlliancesError("cohort.no_next_step", family=family, case=case)
        questions[name] = {
            **entry.raw,
            "case": case,
            "readings": admissible_readings(row),
            "team_reason": {lang: row[f"team_reason_{lang}"] for lang in ("fr", "en")},
            "next_step": step,
        }
    return questions
