"""Parallel forms: disjoint, alike, balanced, reproducible; refused in words when the bank is too small."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.errors import AlliancesError
from alliances.questions.bank import DIFFICULTIES, Item
from alliances.questions.parallel import first_form, parallel_forms
from alliances.questions.spec import BLOOM


def make(
    place: int, module: str = "m", outcome: str = "o", bloom: str = "apply", difficulty: str = ""
) -> Item:
    raw = {"type": "choice", "use": "test", "outcome": outcome, "bloom": bloom, "tracks": ["agents"]}
    raw |= {"difficulty": difficulty} if difficulty else {}
    return Item(module, f"t{place:02d}", raw, Path("items.yaml"), 1)


@st.composite
def banks(draw: st.DrawFn) -> tuple[list[Item], int, str]:
    """A bank of some outcomes, Bloom levels and difficulties; a size that it can give; a seed."""
    kinds = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["m", "n"]),
                st.sampled_from(["o", "p", "q", "r"]),
                st.sampled_from(BLOOM),
                st.sampled_from(["", *DIFFICULTIES]),
            ),
            min_size=2,
            max_size=80,
        )
    )
    items = [make(place, *kind) for place, kind in enumerate(kinds)]
    size = draw(st.integers(1, len(items) // 2))
    return items, size, draw(st.text(max_size=5))


def outcomes(form: tuple[Item, ...]) -> Counter[tuple[str, str]]:
    return Counter((item.module, item.outcome) for item in form)


@settings(max_examples=150, deadline=None)
@given(banks())
def test_forms_are_disjoint_full_balanced_and_reproducible(bank: tuple[list[Item], int, str]) -> None:
    """No item twice, the size asked for, at most one item of difference an outcome, the same draw again."""
    items, size, seed = bank
    forms = parallel_forms(items, size, seed)
    assert len(forms.a) == len(forms.b) == size
    names = [item.name for item in (*forms.a, *forms.b)]
    assert len(set(names)) == 2 * size
    assert set(names) <= {item.name for item in items}
    a, b = outcomes(forms.a), outcomes(forms.b)
    assert all(abs(a[name] - b[name]) <= 1 for name in {*a, *b})
    assert parallel_forms(list(reversed(items)), size, seed) == forms


@settings(max_examples=60, deadline=None)
@given(banks())
def test_every_outcome_has_its_share(bank: tuple[list[Item], int, str]) -> None:
    """An outcome gets less than another by more than a pair only when it has no more items to give."""
    items, size, seed = bank
    forms = parallel_forms(items, size, seed)
    used, there = outcomes((*forms.a, *forms.b)), outcomes(tuple(items))
    most = max(used.values())
    for name, count in there.items():
        assert used[name] >= most - 2 or used[name] >= count - 1


def test_levels_are_balanced_too() -> None:
    """Where every item has its like, the two forms have the same levels of Bloom and difficulty."""
    items = [
        make(4 * place + twin, outcome=outcome, bloom=bloom, difficulty=difficulty)
        for place, (outcome, bloom, difficulty) in enumerate(
            (outcome, bloom, difficulty)
            for outcome in ("o", "p")
            for bloom in ("apply", "analyse")
            for difficulty in ("easy", "hard")
        )
        for twin in range(2)
    ]
    forms = parallel_forms(items, 8, "seed")
    for level in ("bloom", "difficulty"):
        a, b = (Counter(getattr(item, level) for item in form) for form in (forms.a, forms.b))
        assert a == b


def test_forms_of_twenty_from_a_real_size_of_bank() -> None:
    """Twelve modules of six test items give two forms of twenty in which every module is seen."""
    items = [
        make(place, module=f"m{module}", outcome=f"o{place % 3}")
        for module in range(12)
        for place in range(6)
    ]
    forms = parallel_forms(items, seed="2026")
    assert len(forms.a) == len(forms.b) == 20
    assert outcomes(forms.a) == outcomes(forms.b)


def test_the_order_is_rotated() -> None:
    """Outcomes alternate, and B does not start with the outcome that A starts with."""
    items = [make(place, outcome="opqr"[place % 4]) for place in range(16)]
    forms = parallel_forms(items, 8, "x")
    assert len({item.outcome for item in forms.a[:4]}) == 4
    assert [item.outcome for item in forms.b[:2]] == [item.outcome for item in forms.a[2:4]]


def test_another_seed_gives_other_forms() -> None:
    """The seed decides: ten seeds do not give ten times the same form."""
    items = [make(place) for place in range(40)]
    assert len({parallel_forms(items, 5, str(seed)).a for seed in range(10)}) == 10


def test_half_of_a_group_starts_with_each_form() -> None:
    """``first_form`` is stable for a learner and splits a group about evenly."""
    given_ = Counter(first_form(f"learner-{place}", "s") for place in range(400))
    assert 160 < given_["A"] < 240
    assert first_form("x", "s") == first_form("x", "s")


def test_a_bank_too_small_says_what_is_missing() -> None:
    """The refusal counts what is needed, there and missing, and names the thin outcomes, thinnest first."""
    items = [make(place, outcome="o") for place in range(4)] + [make(9, outcome="p")]
    with pytest.raises(
        AlliancesError, match="demandent 40 items ; la sélection en compte 5, il en manque 35"
    ) as caught:
        parallel_forms(items, 20)
    assert "m.p (1), m.o (4)" in str(caught.value)
    assert "so 35 are missing" in caught.value.in_language("en")


def test_an_empty_bank_is_refused() -> None:
    """No item at all is a bank too small, not a crash."""
    with pytest.raises(AlliancesError, match="il en manque 40"):
        parallel_forms([])


def test_a_form_without_items_is_refused() -> None:
    """A size below one makes no sense."""
    with pytest.raises(ValueError, match="size must be at least 1"):
        parallel_forms([make(1)], 0)
