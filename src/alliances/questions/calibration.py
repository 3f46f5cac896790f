"""Stated certainty against right answers: what confidence questions show, pure and never counted.

The Brier score is the mean of (stated - observed)², both from 0 to 1 (Brier 1950, Monthly Weather Review 78).
Intervals are Wilson's (1927). Below ``LEAST`` answers only counts are given: shares of so few would be read
as more than they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import Language, format_number, format_percent
from alliances.questions.several import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "LEAST",
    "Calibration",
    "Level",
    "brier_score",
    "calibration",
    "sentences",
    "stated_answers",
    "stated_level",
    "wilson",
]

LEAST: Final = 10
_Z: Final = 1.959963984540054  # 97.5 % point of the normal law
_HAIR: Final = 1e-9
_HALF: Final = 0.5


@dataclass(frozen=True)
class Level:
    """The answers given at one level of certainty.

    Attributes:
        stated: level, in per cent.
        count: answers at this level.
        right: how many earned every point.
        observed: mean share of points earned, 0 to 1; None below ``LEAST`` answers.
        interval: Wilson's 95 % interval of ``observed``; None below ``LEAST`` answers.
    """

    stated: int
    count: int
    right: int
    observed: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Calibration:
    """Stated certainty against what answers earned, over all levels.

    Attributes:
        count: answers with a level.
        right: how many earned every point.
        levels: one an observed level, rising.
        stated, observed: means, 0 to 1; None below ``LEAST`` answers.
        interval: Wilson's 95 % interval of ``observed``; None below ``LEAST`` answers.
        brier: Brier score, 0 (best) to 1; None below ``LEAST`` answers.
    """

    count: int
    right: int
    levels: tuple[Level, ...]
    stated: float | None
    observed: float | None
    interval: tuple[float, float] | None
    brier: float | None


def calibration(pairs: Iterable[tuple[int, float]]) -> Calibration:
    """Return the calibration of answers.

    Args:
        pairs: for each answer, its stated level in per cent (0 to 100) and the share of its points that it
            earned (0 to 1), as ``stated_answers`` returns them; of one person or of a group.

    Raises:
        ValueError: a level or a share is out of its range.
    """
    given = [_checked(level, share) for level, share in pairs]
    levels = tuple(
        _level(stated, [share for level, share in given if level == stated])
        for stated in sorted({level for level, _ in given})
    )
    right = sum(level.right for level in levels)
    if len(given) < LEAST:
        return Calibration(len(given), right, levels, None, None, None, None)
    stated = sum(level for level, _ in given) / len(given) / 100
    observed = sum(share for _, share in given) / len(given)
    return Calibration(
        len(given), right, levels, stated, observed, wilson(observed, len(given)), brier_score(given)
    )


def brier_score(pairs: Sequence[tuple[int, float]]) -> float:
    """Return the mean of (stated - observed)², from 0 to 1; levels in per cent, shares from 0 to 1.

    Raises:
        ValueError: there is no pair.
    """
    if not pairs:
        raise ValueError("brier_score needs at least one pair (got none)")
    return sum((level / 100 - share) ** 2 for level, share in pairs) / len(pairs)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (0 to 1) seen over ``count`` answers (at least 1).

    With shares of points, which vary less than right-or-wrong, it is a little wider than needed.
    """
    middle = share + _Z**2 / (2 * count)
    half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def stated_answers(
    questions: Mapping[str, Mapping[str, Any]], answers: Mapping[str, object]
) -> list[tuple[int, float]]:
    """Return (level, share of points earned) of each answer of one copy that comes with a level of certainty.

    Left out: no level, no readable answer, « Je ne sais pas », questions that a person marks.

    Args:
        questions: compiled questions by id, keys included.
        answers: answers by question id.
    """
    from alliances.questions.marking import mark

    pairs = []
    for name, question in questions.items():
        about = str(question.get("about"))
        if question.get("type") != "confidence" or about not in questions:
            continue
        level = stated_level(question, answers.get(name))
        result = mark(questions[about], answers.get(about))
        if level is not None and result.verdict in {"right", "partly", "wrong"} and result.max_points > 0:
            pairs.append((level, result.points / result.max_points))
    return pairs


def sentences(found: Calibration, lang: Language) -> list[str]:
    """Return a calibration in words: the whole first, then a sentence a level."""
    if not found.count:
        return [say("marking_confidence.no_answer", lang)]
    lines = []
    if found.stated is None or found.observed is None or found.interval is None or found.brier is None:
        lines.append(say("marking_confidence.few", lang, count=found.count, least=LEAST))
    else:
        low, high = found.interval
        whole = {"stated": found.stated, "observed": found.observed, "low": low, "high": high}
        shares = {name: _percent(share, lang) for name, share in whole.items()}
        lines.append(say("marking_confidence.compared", lang, count=found.count, **shares))
        key = "too_sure" if found.stated > high else "too_doubtful" if found.stated < low else "within_reach"
        lines.append(say(f"marking_confidence.{key}", lang))
        score, toss_up = format_number(found.brier, 2, lang), format_number(_HALF**2, 2, lang)
        lines.append(say("marking_confidence.brier", lang, score=score, toss_up=toss_up))
    return lines + [_said(level, lang) for level in found.levels]


def _checked(level: int, share: float) -> tuple[int, float]:
    if not 0 <= level <= 100:  # noqa: PLR2004 - per cent
        raise ValueError(f"a level must be from 0 to 100 (got {level})")
    if not 0 <= share <= 1:
        raise ValueError(f"a share of points must be from 0 to 1 (got {share})")
    return level, share


def _level(stated: int, shares: list[float]) -> Level:
    count = len(shares)
    right = sum(share >= 1 - _HAIR for share in shares)
    if count < LEAST:
        return Level(stated, count, right, None, None)
    observed = sum(shares) / count
    return Level(stated, count, right, observed, wilson(observed, count))


def stated_level(question: Mapping[str, Any], answer: object) -> int | None:
    """Return the level (per cent) that an answer states, None where its question does not offer it."""
    from alliances.questions.marking import mark

    if mark(question, answer).verdict != "noted" or not isinstance(answer, dict):
        return None
    typed = "".join(sign for sign in str(answer["level"]) if sign.isdecimal())
    return int(typed)


def _percent(share: float, lang: Language) -> str:
    return format_percent(share * 100, 0, lang)


def _said(level: Level, lang: Language) -> str:
    said = {"level": _percent(level.stated / 100, lang), "right": level.right, "count": level.count}
    if level.observed is None or level.interval is None:
        return say("marking_confidence.at_level", lang, **said)
    low, high = level.interval
    shares = {"observed": level.observed, "low": low, "high": high}
    return say(
        "marking_confidence.at_level_share",
        lang,
        **said,
        **{name: _percent(s, lang) for name, s in shares.items()},
    )
