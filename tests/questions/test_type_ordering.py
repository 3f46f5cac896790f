"""Orders: what they earn, what is said, and where one starts from."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_choosing import RAW, SETS, sample
from type_files import load_changed, refusal
from type_properties import any_answer, check_mark, check_type

from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.compiling import public
from alliances.questions.shuffling import shuffled_order
from alliances.questions.types.ordering import CREDITS

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.i18n import Language

KEY = ["need", "partners", "rules", "pilot", "scale"]


@pytest.mark.parametrize(
    ("order", "kendall", "lcs"),
    [
        (KEY, 4, 4),
        (["partners", "need", "rules", "pilot", "scale"], 3.2, 3),
        (["scale", "need", "partners", "rules", "pilot"], 0.8, 3),
        (["need", "partners", "rules", "scale", "pilot"], 3.2, 3),
        (["partners", "rules", "need", "scale", "pilot"], 1.6, 2),
        (KEY[::-1], 0, 0),
        (["need", "partners", "rules", "pilot"], 2.4, 3),
        (["need"], 0, 0),
    ],
)
def test_an_order_earns_what_its_rule_says(order: list[str], kendall: float, lcs: float) -> None:
    """Of four points: pairs in order minus pairs out of it, or items that may stay."""
    paid = [mark(sample("ordering", "fr", credit=credit), {"order": order}).points for credit in CREDITS]
    assert paid == [kendall, lcs]


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ({"order": KEY}, "right", "Le besoin décide des partenaires"),
        (
            {"order": ["partners", *KEY[:1], *KEY[2:]]},
            "partly",
            "Ordre attendu\u00a0: 1. Nommer le besoin\u202f; 2.",
        ),
        ({"order": KEY[::-1]}, "wrong", "Le besoin décide des partenaires"),
        ({"order": []}, "unanswered", "pas encore de réponse"),
        (
            {"order": [*KEY, "need"]},
            "unanswered",
            "chaque code est écrit une seule fois\u00a0: need, partners, pilot",
        ),
        ({"order": ["boat"]}, "unanswered", "chaque code est écrit une seule fois"),
        ({"order": "need"}, "unanswered", "chaque code est écrit une seule fois"),
        ({"order": "unknown"}, "unknown", "Ordre attendu\u00a0: 1. Nommer le besoin"),
    ],
)
def test_the_reason_gives_the_order_to_who_missed_it(answer: dict[str, Any], verdict: str, said: str) -> None:
    """The expected order is said with its reason; whoever has it is told why only."""
    found = mark(sample("ordering", "fr"), answer)
    assert found.verdict == verdict
    assert said in found.reason
    assert ("Ordre attendu" in found.reason) == (verdict in {"partly", "wrong", "unknown"})


@pytest.mark.parametrize("credit", CREDITS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_does_what_every_type_does(lang: Language, credit: str) -> None:
    """The key earns everything, nothing earns 0, the key is not published."""
    question = sample("ordering", lang, credit=credit)
    check_type(question, lang)
    shown = public(question)
    assert not {"shown", "reason", "credit"} & shown.keys()
    assert [entry["id"] for entry in shown["items"]] == question["shown"] != KEY


def test_both_languages_start_from_the_same_order() -> None:
    """The order shown depends on ids only, so that a copy means the same in both."""
    assert sample("ordering", "fr")["shown"] == sample("ordering", "en")["shown"]


@given(
    key=st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), unique=True, min_size=2, max_size=9),
    seed=st.text(max_size=5),
)
def test_the_first_order_gives_nothing_away(key: list[str], seed: str) -> None:
    """It is stable, never the key nor (from three items on) its reverse, and by rank correlation earns 0."""
    order = shuffled_order(key, seed)
    assert order == shuffled_order(key, seed)
    assert sorted(order) == sorted(key)
    assert order != key
    assert order != key[::-1] or len(key) == 2
    items = [{"id": f"i_{name}", "text": name} for name in key]
    question = {**sample("ordering", "fr"), "items": items}
    assert mark(question, {"order": [f"i_{name}" for name in order]}).points == 0


@given(answer=any_answer(["order"], KEY), credit=st.sampled_from(CREDITS))
def test_any_answer_is_marked(answer: object, credit: str) -> None:
    """Points stay between 0 and the maximum, and nothing raises."""
    check_mark(sample("ordering", "fr", credit=credit), answer)


def test_only_the_key_earns_everything() -> None:
    """Of the 120 orders of five items, one is right by either rule, and chance earns little."""
    for credit, most in (("kendall", 1.0), ("lcs", 2.0)):
        question = sample("ordering", "fr", credit=credit)
        points = [mark(question, {"order": list(order)}).points for order in permutations(KEY)]
        assert points.count(4) == 1
        assert sum(points) / len(points) < most


def test_the_order_in_which_items_are_shown_does_not_matter() -> None:
    """Another start earns the same for the same order."""
    order = ["partners", "need", "rules", "pilot", "scale"]
    here, there = sample("ordering", "fr"), sample("ordering", "fr", id="other")
    assert here["shown"] != there["shown"]
    assert mark(here, {"order": order}).points == mark(there, {"order": order}).points


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"credit": "spearman"},
            "« spearman » n’est pas une valeur prévue. Valeurs possibles : kendall, lcs",
        ),
        ({"items": [RAW["ordering"]["items"][0]]}, "il en faut au moins 2"),
        ({"items.1.id": "need"}, "« need » sert déjà"),
        ({"reason.en": "Too short."}, "il en faut au moins 15"),
        ({"reason": None}, "il manque « reason »"),
    ],
)
def test_a_source_is_refused_in_words(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """File, line, field and what was expected."""
    assert message in refusal(tmp_path, RAW["ordering"], SETS, changes)


def test_the_sample_is_a_valid_source(tmp_path: Path) -> None:
    """With either rule, and with a named list."""
    load_changed(tmp_path, RAW["ordering"], SETS, {"credit": "lcs", "items": "moments"})
