"""One hostile copy in the middle of many good ones, graded by worker processes as a class is."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from escape_corpus import HOSTILE, Attack
from escape_course import ASSIGNMENT, AUTOMATIC, as_bytes, cell_of, honest
from escape_grading import escape_kit

from alliances_grader.box import BoxLevel
from alliances_grader.copies import Brought
from alliances_grader.findings import needs_attention
from alliances_grader.graded import Graded
from alliances_grader.pool import LocalPool

__all__ = ["Among", "attacks_by_class", "chosen", "one_among"]

_HOSTILE = "hostile"


@dataclass(frozen=True)
class Among:
    """What came of a class with one hostile copy.

    Attributes:
        right: good copies that got every point, and nothing said of them.
        wrong: the other good copies, with what came of them.
        report: what the trainer reads of the hostile copy: keys of findings, or why it was refused.
        points: what the hostile copy earned beyond its due without a word about it, by test.
        seconds: for the whole class.
    """

    right: int
    wrong: tuple[str, ...]
    report: tuple[str, ...]
    points: dict[str, float]
    seconds: float


def attacks_by_class() -> dict[str, list[Attack]]:
    """Return the attacks that can be run in the middle of a class, by the letter of their class.

    Left out are those that need limits or a machine of their own: the escape suite runs them. Where a class
    has attacks that the trainer is told of, it is those; else those that are made harmless without a word.
    """
    found: dict[str, list[Attack]] = {}
    for attack in HOSTILE:
        if not (attack.limits or attack.needs or attack.again):
            found.setdefault(attack.number[0], []).append(attack)
    told = {letter: [one for one in found[letter] if one.findings or one.refused] for letter in found}
    return {letter: told[letter] or found[letter] for letter in sorted(found)}


def chosen(seed: int = 4) -> dict[str, Attack]:
    """Return one attack of each class, the same at each run."""
    rng = random.Random(seed)  # noqa: S311 - which example, not a secret
    return {letter: rng.choice(attacks) for letter, attacks in attacks_by_class().items()}


def _copies(attack: Attack, count: int) -> Iterator[Brought]:
    for number in range(count):
        if number == count // 2:
            yield Brought(_HOSTILE, ASSIGNMENT, attack.make(honest()))
        notebook = honest()
        cell_of(notebook, "double")["source"] += f"\n# {number}"
        yield Brought(f"good{number:04}", ASSIGNMENT, {f"{ASSIGNMENT}.ipynb": as_bytes(notebook)})


def one_among(attack: Attack, count: int, level: BoxLevel, jobs: int = 2) -> Among:
    """Grade ``count`` good copies and the hostile one, in ``strict`` mode."""
    began = time.monotonic()
    right, wrong = 0, []
    hostile: Graded | None = None
    with LocalPool([escape_kit(level)], jobs) as pool:
        for done in pool.grade(_copies(attack, count)):
            if done.copy.student == _HOSTILE:
                hostile = done.graded
            elif _is_right(done.graded):
                right += 1
            else:
                wrong.append(f"{done.copy.student}: {done.graded.refused or done.graded.notebooks}"[:500])
    seconds = time.monotonic() - began
    if hostile is None:
        return Among(right, tuple(wrong), (), {}, seconds)
    return Among(right, tuple(wrong), _report(hostile), _unearned(hostile, attack), seconds)


def _is_right(graded: Graded) -> bool:
    if graded.refused is not None:
        return False
    verdict = graded.notebooks[0].entry.verdict
    points = {cell.grade_id: cell.auto_score for cell in verdict.cells if cell.grade_id in AUTOMATIC}
    return points == AUTOMATIC and not any(map(needs_attention, verdict.findings))


def _report(graded: Graded) -> tuple[str, ...]:
    if graded.refused is not None:
        return (graded.refused.key,)
    return tuple(sorted({finding.key for finding in graded.notebooks[0].entry.verdict.findings}))


def _unearned(graded: Graded, attack: Attack) -> dict[str, float]:
    if graded.refused is not None or _report(graded):
        return {}
    cells = graded.notebooks[0].entry.verdict.cells
    return {
        cell.grade_id: cell.auto_score
        for cell in cells
        if cell.grade_id in AUTOMATIC and (cell.auto_score or 0.0) > attack.earns.get(cell.grade_id, 0.0)
    }
