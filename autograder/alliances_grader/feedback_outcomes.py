"""Results by outcome: what the questions that bear on one outcome earned together."""

from __future__ import annotations

from dataclasses import dataclass

from alliances_grader.feedback_items import Item
from alliances_grader.feedback_words import LEVEL_CLASS, Page, badge, level_of, points_of, say, sentence

__all__ = ["OutcomeResult", "by_outcome", "outcome_table"]


@dataclass(frozen=True)
class OutcomeResult:
    """One outcome of a copy: its words, points and how many answers still wait for a person.

    ``points`` and ``max_points`` leave out the answers that wait.
    """

    words: str
    points: float
    max_points: float
    to_mark: int


def by_outcome(page: Page) -> list[OutcomeResult]:
    """Return the outcomes that the page's questions bear on and the course has words for, in its order."""
    found = []
    for name, words in page.outcomes.items():
        items = [item for item in page.items if item.outcome == name and (item.max_points or item.to_mark)]
        if items:
            found.append(_sum(words, items))
    return found


def _sum(words: str, items: list[Item]) -> OutcomeResult:
    judged = [item for item in items if not item.to_mark]
    return OutcomeResult(
        words,
        sum(item.points for item in judged),
        sum(item.max_points for item in judged),
        len(items) - len(judged),
    )


def outcome_table(page: Page) -> str:
    """Return the table of outcomes; empty for a course that names none."""
    results = by_outcome(page)
    if not results:
        return ""
    head = "".join(f'<th scope="col">{say(page, name)}</th>' for name in ("outcome", "result"))
    rows = "".join(
        f'<tr><th scope="row">{sentence(result.words)}</th><td>{_shown(page, result)}</td></tr>'
        for result in results
    )
    caption = f"<caption>{say(page, 'outcome_caption')}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _shown(page: Page, result: OutcomeResult) -> str:
    parts = []
    if result.max_points:
        level = level_of(result.points, result.max_points)
        points = points_of(page, result.points, result.max_points)
        label = badge(LEVEL_CLASS[level], say(page, f"level_{level}"))
        parts.append(label if page.agents else f'<span class="points">{points}</span>')
    if result.to_mark:
        parts.append(badge("person", say(page, "verdict_person")))
    return " ".join(parts)
