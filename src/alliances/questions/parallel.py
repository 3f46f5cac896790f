"""Two forms of one test, A and B: different items, the same outcomes, for a pre-test and a post-test.

Half of a group takes A first and the other half B (``first_form``), so that a difference between the two
moments is not a difference between the two forms.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alliances.errors import AlliancesError
from alliances.questions.bank import DIFFICULTIES
from alliances.questions.drawing import uniform
from alliances.questions.spec import BLOOM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alliances.questions.bank import Item

__all__ = ["SIZE", "ParallelForms", "first_form", "parallel_forms"]

SIZE: Final = 20
_Pair = tuple["Item", "Item"]


@dataclass(frozen=True)
class ParallelForms:
    """The two forms in the order in which they are shown, and the seed that draws them again."""

    a: tuple[Item, ...]
    b: tuple[Item, ...]
    seed: str


def parallel_forms(items: Iterable[Item], size: int = SIZE, seed: str = "") -> ParallelForms:
    """Draw two disjoint forms of ``size`` items each, reproducible from ``seed``.

    Every outcome gets as equal a share as the bank allows. The two forms differ by at most one item an
    outcome, and the two items of a pair are as alike as possible in Bloom level, then in difficulty. Outcomes
    alternate within a form; B starts from the middle of A's round, so that no outcome always comes last.

    Args:
        items: what may be drawn, usually ``select(bank, use=["test"])``; an item named twice counts once.
        size: items a form, at least 1.
        seed: any text.

    Raises:
        AlliancesError: the bank has fewer than ``2 * size`` items; the message says how many are missing and
            where the bank is thin.
        ValueError: ``size`` is below 1.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1 (got {size})")
    pool = {item.name: item for item in items}
    outcomes: dict[str, list[Item]] = {}
    for item in sorted(pool.values(), key=lambda item: uniform(f"{seed}|{item.name}")):
        outcomes.setdefault(f"{item.module}.{item.outcome}", []).append(item)
    if len(pool) < 2 * size:
        raise _too_small(outcomes, size)
    names = sorted(outcomes, key=lambda name: uniform(f"{seed}|{name}"))
    totals = _shares({name: len(outcomes[name]) for name in names}, 2 * size)
    forms: tuple[dict[str, list[Item]], dict[str, list[Item]]] = ({}, {})
    tallies: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    extra = 0
    for name in names:
        pairs, single = _pairs(outcomes[name], totals[name])
        for pair in pairs:
            turned = _turned(pair, tallies, seed)
            for side, item in enumerate(turned):
                _put(item, name, forms[side], tallies[side])
        if single is not None:
            _put(single, name, forms[extra], tallies[extra])
            extra = 1 - extra
    half = len(names) // 2
    return ParallelForms(
        _alternated(forms[0], names), _alternated(forms[1], [*names[half:], *names[:half]]), seed
    )


def first_form(learner: str, seed: str = "") -> str:
    """Return the form that a learner takes first, ``"A"`` or ``"B"``: about half of a group each."""
    return "A" if uniform(f"{seed}|first|{learner}") < 0.5 else "B"  # noqa: PLR2004 - one half


def _too_small(outcomes: dict[str, list[Item]], size: int) -> AlliancesError:
    count = sum(map(len, outcomes.values()))
    fair = -(-2 * size // max(1, len(outcomes)))
    thin = sorted((len(found), name) for name, found in outcomes.items() if len(found) < fair)
    return AlliancesError(
        "bank.too_small",
        wanted=2 * size,
        size=size,
        count=count,
        missing=2 * size - count,
        thin=", ".join(f"{name} ({found})" for found, name in thin) or "—",
    )


def _shares(available: dict[str, int], wanted: int) -> dict[str, int]:
    """Return how many items each outcome gives to both forms together: pairs first, as evenly as possible."""
    shares = dict.fromkeys(available, 0)
    for step in (2, 1):
        while wanted >= step:
            open_ = [name for name in available if available[name] - shares[name] >= step]
            if not open_:
                break
            least = min(open_, key=lambda name: shares[name])
            shares[least] += step
            wanted -= step
    return shares


def _likeness(item: Item) -> tuple[int, int]:
    difficulty = DIFFICULTIES.index(item.difficulty) if item.difficulty in DIFFICULTIES else len(DIFFICULTIES)
    return BLOOM.index(item.bloom), difficulty


def _pairs(items: Sequence[Item], wanted: int) -> tuple[list[_Pair], Item | None]:
    """Return the ``wanted // 2`` pairs most alike, and one item more when ``wanted`` is odd."""
    pairs: list[_Pair] = []
    left = list(items)
    for key in (_likeness, lambda item: _likeness(item)[0], lambda _item: 0):
        groups: dict[object, list[Item]] = {}
        for item in sorted(left, key=_likeness):
            groups.setdefault(key(item), []).append(item)
        left = []
        for group in groups.values():
            pairs += zip(group[0::2], group[1::2], strict=False)
            left += group[-1:] if len(group) % 2 else []
    chosen = pairs[: wanted // 2]
    if wanted % 2 == 0:
        return chosen, None
    unused = [item for pair in pairs[wanted // 2 :] for item in pair]
    return chosen, [*left, *unused][0]


def _turned(pair: _Pair, tallies: tuple[Counter[str], Counter[str]], seed: str) -> _Pair:
    """Return a pair as (for A, for B), so that the two forms keep the same levels; a coin decides a tie."""
    first, second = pair
    one = _distance(tallies, first, second)
    other = _distance(tallies, second, first)
    heads = uniform(f"{seed}|{first.name}|{second.name}") < 0.5  # noqa: PLR2004 - one half
    return (first, second) if (one < other or (one == other and heads)) else (second, first)


def _distance(tallies: tuple[Counter[str], Counter[str]], for_a: Item, for_b: Item) -> int:
    a, b = tallies[0] + Counter(_levels(for_a)), tallies[1] + Counter(_levels(for_b))
    return sum(abs(a[level] - b[level]) for level in {*a, *b})


def _levels(item: Item) -> tuple[str, str]:
    return f"bloom {item.bloom}", f"difficulty {item.difficulty}"


def _put(item: Item, outcome: str, form: dict[str, list[Item]], tally: Counter[str]) -> None:
    form.setdefault(outcome, []).append(item)
    tally.update(_levels(item))


def _alternated(form: dict[str, list[Item]], names: Sequence[str]) -> tuple[Item, ...]:
    """Return the items outcome by outcome in turn."""
    rounds = max(map(len, form.values()), default=0)
    return tuple(
        form[name][place] for place in range(rounds) for name in names if place < len(form.get(name, ()))
    )
