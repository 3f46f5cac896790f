"""What one answer earns, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from alliances.i18n import Language, format_number

__all__ = ["Mark", "Verdict", "written_points"]

Verdict = Literal["right", "partly", "wrong", "unknown", "unanswered", "person", "noted"]


@dataclass(frozen=True)
class Mark:
    """What one answer earns, and why.

    Attributes:
        points: earned, rounded to two decimals, from 0 to ``max_points``.
        max_points: what a full answer earns.
        verdict: ``person`` means that somebody will read it; ``noted`` that it counts for nothing;
            ``unanswered`` also covers unreadable answers.
        reason: why, in the question's language; where several things are marked, a line each.
        next_step: one thing to do now (Markdown, may hold a link); empty when the answer is right.
        misconception: the known mistake that this answer shows, by its id; empty otherwise.
        words: number of words of an open answer; None for other types.
    """

    points: float
    max_points: float
    verdict: Verdict
    reason: str
    next_step: str = ""
    misconception: str = ""
    words: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the mark as JSON values."""
        return asdict(self)


def written_points(points: float, language: Language) -> str:
    """Write a number of points with as many decimals as it needs, two at most."""
    points = round(points, 2)
    decimals = 0 if points == int(points) else 1 if round(points, 1) == points else 2
    return format_number(points, decimals, language)
