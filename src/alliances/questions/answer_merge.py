"""Two versions of one answers file become one: the last change of each question wins, nothing is dropped.

Two tabs, two computers, work done offline: every place that keeps answers merges by this rule, in Python here
and in the page by ``form-merge.js``; ``tests/data/answer_merge_vectors.json`` holds them equal.

Each change takes the next number of the file (``next_revision``), as in a clock of Lamport (1978). Of two
answers to a question, the greater number wins; of equal numbers, the greater answer in ``compare``'s order,
so that every place decides alike. The answer that loses goes into ``replaced``, unless it says nothing, says
the same, or is known to be what the winner itself was written over (``base``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import Any, Final

from alliances.questions.answers import AnswerFile, Replaced

__all__ = [
    "MOST_REPLACED",
    "Base",
    "Entry",
    "answered_count",
    "changed",
    "compare",
    "entries",
    "is_answered",
    "merge_answers",
    "next_revision",
    "same",
    "taken_back",
]

MOST_REPLACED: Final = 50
"""Replaced answers that are kept: the most recent."""
_MOST_WEIGHT: Final = 200_000
_GREATEST: Final = 2**53 - 1


@dataclass(frozen=True)
class Entry:
    """The state of one question: its answer, None when erased, and the number of its last change."""

    answer: Any
    revision: int = 0


Base = Mapping[str, tuple[Entry, ...]]
"""Earlier states by question id that the answers being merged are known to have been written over."""


def entries(file: AnswerFile) -> dict[str, Entry]:
    """Return the state of every question that the file knows."""
    names = dict.fromkeys((*file.answers, *file.revisions))
    return {name: Entry(file.answers.get(name), file.revisions.get(name, 0)) for name in names}


def next_revision(file: AnswerFile) -> int:
    """Return the number of the file's next change: one more than any it has seen."""
    seen = (*file.revisions.values(), *(entry.revision for entry in file.replaced), 0)
    return min(max(seen) + 1, _GREATEST)


def changed(file: AnswerFile, question: str, answer: Any) -> AnswerFile:  # noqa: ANN401 - decoded JSON
    """Return the file after its owner gave ``answer`` to ``question``; None erases."""
    after = replace(
        file,
        answers={**file.answers, question: answer},
        revisions={**file.revisions, question: next_revision(file)},
    )
    # An answer taken back is no longer one that was replaced.
    return replace(after, replaced=_kept(after.replaced, entries(after)))


def taken_back(file: AnswerFile, entry: Replaced) -> AnswerFile:
    """Return the file after its owner took a replaced answer back; the answer it had is replaced in turn."""
    now = entries(file).get(entry.question, Entry(None))
    given = Replaced(entry.question, now.answer, now.revision)
    return changed(replace(file, replaced=(*file.replaced, given)), entry.question, entry.answer)


def merge_answers(a: AnswerFile, b: AnswerFile, base: Base | None = None) -> AnswerFile:
    """Return one file from two versions of it.

    Commutative and idempotent (language apart, which is the first one's), and associative on answers:
    the order in which versions meet does not change what is answered.

    Args:
        a: one version; its learner, exercise, door and language are kept.
        b: the other.
        base: what is known to be an ancestor of the winner is not kept as replaced.

    Returns:
        A file whose seed is that of the one with answers, for its figures may have been answered; of two such
        the lesser in ``compare``'s order.
    """
    ours, theirs = entries(a), entries(b)
    winners: dict[str, Entry] = {}
    losers: list[Replaced] = []
    for name in sorted({*ours, *theirs}):
        pair = [entry for entry in (ours.get(name), theirs.get(name)) if entry is not None]
        winner = max(pair, key=_BY_ENTRY)
        winners[name] = winner
        known = (base or {}).get(name, ())
        losers += [
            Replaced(name, entry.answer, entry.revision)
            for entry in pair
            if entry is not winner and not _is_ancestor(entry, winner, known)
        ]
    begun = [file for file, held in ((a, ours), (b, theirs)) if held] or [a, b]
    seeds = sorted((file.seed for file in begun if file.seed is not None), key=_BY_VALUE)
    return replace(
        a,
        seed=seeds[0] if seeds else None,
        answers={name: entry.answer for name, entry in winners.items()},
        revisions={name: entry.revision for name, entry in winners.items() if entry.revision},
        replaced=_kept((*a.replaced, *b.replaced, *losers), winners),
        intact=a.intact and b.intact,
        recovered=a.recovered or b.recovered,
    )


def _is_ancestor(loser: Entry, winner: Entry, known: tuple[Entry, ...]) -> bool:
    if loser.revision >= winner.revision:
        return False
    return any(entry.revision == loser.revision and same(entry.answer, loser.answer) for entry in known)


def _kept(candidates: tuple[Replaced, ...], winners: Mapping[str, Entry]) -> tuple[Replaced, ...]:
    """Return the replaced answers worth keeping: each once, the most recent first, within the bounds."""
    latest: dict[str, list[Replaced]] = {}
    for entry in sorted(candidates, key=_BY_RECENCY):
        seen = latest.setdefault(entry.question, [])
        winner = winners.get(entry.question)
        stale = entry.answer is None or (winner is not None and same(winner.answer, entry.answer))
        if not stale and not any(same(other.answer, entry.answer) for other in seen):
            seen.append(entry)
    kept: list[Replaced] = []
    room = _MOST_WEIGHT
    for entry in sorted((entry for seen in latest.values() for entry in seen), key=_BY_RECENCY):
        cost = _weight(entry.answer)
        if len(kept) < MOST_REPLACED and cost <= room:
            kept.append(entry)
            room -= cost
    return tuple(kept)


def _weight(value: object) -> int:
    """Return about how many characters a value takes in the file, counted as JavaScript counts."""
    if isinstance(value, str):
        return 2 + len(_units(value)) // 2
    if isinstance(value, Mapping):
        return 2 + sum(_weight(key) + _weight(item) for key, item in value.items())
    if isinstance(value, list):
        return 2 + sum(map(_weight, value))
    return 5


def same(a: object, b: object) -> bool:
    """Say whether two JSON values are equal: ``True`` is not 1, ``1.0`` is."""
    return compare(a, b) == 0


def compare(a: object, b: object) -> int:
    """Order any two JSON values: negative, zero or positive.

    null < booleans < numbers < texts < lists < objects; texts by UTF-16 unit, as JavaScript orders them;
    lists item by item, the shorter first; objects by their sorted pairs.
    """
    rank = _rank(a) - _rank(b)
    if rank:
        return rank
    if isinstance(a, str) and isinstance(b, str):
        return _sign(_units(a), _units(b))
    if isinstance(a, list) and isinstance(b, list):
        return _compare_lists(a, b)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return _compare_lists(_pairs(a), _pairs(b))
    return 0 if a is None else _sign(a, b)


def _compare_lists(a: list[Any], b: list[Any]) -> int:
    for left, right in zip(a, b, strict=False):
        found = compare(left, right)
        if found:
            return found
    return len(a) - len(b)


def _pairs(value: Mapping[str, Any]) -> list[list[Any]]:
    return [[key, value[key]] for key in sorted(value, key=_units)]


def _sign(a: Any, b: Any) -> int:  # noqa: ANN401 - two numbers or two byte strings
    return int(a > b) - int(a < b)


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _rank(value: object) -> int:
    if value is None:
        return 0
    # A boolean is an integer to Python.
    kinds: tuple[tuple[type, ...], ...] = ((bool,), (int, float), (str,), (list,))
    return next((place for place, kind in enumerate(kinds, start=1) if isinstance(value, kind)), 5)


def _compare_entries(a: Entry, b: Entry) -> int:
    return _sign(a.revision, b.revision) or compare(a.answer, b.answer)


def _compare_replaced(a: Replaced, b: Replaced) -> int:
    """Order replaced answers, the most recent first."""
    return _sign(b.revision, a.revision) or compare(a.question, b.question) or compare(a.answer, b.answer)


_BY_VALUE: Final = cmp_to_key(compare)
_BY_ENTRY: Final = cmp_to_key(_compare_entries)
_BY_RECENCY: Final = cmp_to_key(_compare_replaced)
# The figures that a question was drawn with, and the box that is not ticked.
_NOT_GIVEN: Final = frozenset({"drawn", "unknown"})


def is_answered(answer: object) -> bool:
    """Say whether an answer is complete: « Je ne sais pas », or every one of its values given."""
    if not isinstance(answer, Mapping):
        return False
    if answer.get("unknown") is True:
        return True
    given = [value for name, value in answer.items() if name not in _NOT_GIVEN]
    return bool(given) and not any(map(_is_empty, given))


def _is_empty(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_empty, value.values()))
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or (isinstance(value, str) and not value.strip())


def answered_count(file: AnswerFile) -> int:
    """Return how many questions have a complete answer."""
    return sum(map(is_answered, file.answers.values()))
