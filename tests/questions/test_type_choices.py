"""Several choices: what each rule of credit pays, and what is said."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_choosing import RAW, SETS, sample
from type_files import load_changed, refusal
from type_properties import any_answer, check_mark, check_type

from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.compiling import public
from alliances.questions.types.choices import CREDITS

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.i18n import Language

IDS = ["notice", "logo", "share", "press", "party"]


@pytest.mark.parametrize(
    ("picked", "minus", "each", "all_or_nothing"),
    [
        (["notice", "share"], 2, 2, 2),
        (["share", "notice"], 2, 2, 2),
        (["notice"], 1, 1.6, 0),
        (["notice", "share", "logo"], 1.33, 1.6, 0),
        (["notice", "logo"], 0.33, 1.2, 0),
        (["logo", "press", "party"], 0, 0, 0),
        (IDS, 0, 0.8, 0),
        (["notice", "notice"], 1, 1.6, 0),
        (["Un préavis de trois mois", "SHARE"], 2, 2, 2),
    ],
)
def test_each_rule_of_credit_pays_what_its_name_says(
    picked: list[str], minus: float, each: float, all_or_nothing: float
) -> None:
    """Of two points, with two right options and three wrong ones."""
    paid = [mark(sample("choices", "fr", credit=credit), {"options": picked}).points for credit in CREDITS]
    assert paid == [minus, each, all_or_nothing]


@pytest.mark.parametrize(
    ("answer", "verdict", "said", "misconception"),
    [
        ({"options": ["notice", "share"]}, "right", "bien jugées\u00a0: 5 sur 5", ""),
        ({"options": ["notice"]}, "partly", "Le partage de ce qui a été acheté\u202f», à retenir aussi", ""),
        ({"options": ["logo", "party"]}, "wrong", "L’usage du logo\u202f», à laisser", "form_first"),
        ({"options": ["party"]}, "wrong", "Une fête annuelle\u202f», à laisser", "good_will"),
        ({"options": ["press"]}, "wrong", "Un communiqué commun\u202f», à laisser", ""),
        ({"options": []}, "unanswered", "pas encore de réponse", ""),
        ({"options": "notice"}, "unanswered", "une liste d’au plus 5 codes parmi\u00a0: notice, logo", ""),
        ({"options": ["notice", "boat"]}, "unanswered", "une liste d’au plus 5 codes", ""),
        ({"options": "unknown"}, "unknown", "Un préavis de trois mois\u202f; Le partage", ""),
    ],
)
def test_the_reason_says_what_was_picked_and_missed(
    answer: dict[str, Any], verdict: str, said: str, misconception: str
) -> None:
    """Each option picked, and each right one missed, is named with its reason."""
    found = mark(sample("choices", "fr"), answer)
    assert (found.verdict, found.misconception) == (verdict, misconception)
    assert said in found.reason


def test_options_rightly_left_are_not_commented() -> None:
    """A full answer is told about its own options only."""
    reason = mark(sample("choices", "en"), {"options": ["notice", "share"]}).reason
    assert "logo" not in reason
    assert "Three months’ notice”, rightly picked" in reason


def test_more_than_may_be_picked_is_not_marked() -> None:
    """Above ``most`` the answer is refused in words; below ``least`` it is marked as it is."""
    question = sample("choices", "en", least=2, most=3)
    assert mark(question, {"options": ["notice", "share", "logo", "press"]}).verdict == "unanswered"
    assert "at most 3 codes" in mark(question, {"options": IDS}).reason
    assert mark(question, {"options": ["notice"]}).points == 1


@pytest.mark.parametrize("credit", CREDITS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_does_what_every_type_does(lang: Language, credit: str) -> None:
    """The key earns everything, nothing earns 0, the key is not published."""
    question = sample("choices", lang, credit=credit)
    check_type(question, lang)
    assert public(question)["options"] == [{"id": o["id"], "text": o["text"]} for o in question["options"]]
    assert not {"credit", "next_step"} & public(question).keys()


@given(answer=any_answer(["options"], IDS), credit=st.sampled_from(CREDITS))
def test_any_answer_is_marked(answer: object, credit: str) -> None:
    """Points stay between 0 and the maximum, and nothing raises."""
    check_mark(sample("choices", "fr", credit=credit), answer)


@settings(max_examples=50)
@given(
    picked=st.lists(st.sampled_from(IDS), unique=True), seed=st.integers(), credit=st.sampled_from(CREDITS)
)
def test_the_order_of_options_does_not_matter(picked: list[str], seed: int, credit: str) -> None:
    """Options shown in another order, or picked in another order, earn the same."""
    options = list(RAW["choices"]["options"])
    Random(seed).shuffle(options)  # noqa: S311 - an order, not a secret
    here = mark(sample("choices", "fr", credit=credit), {"options": picked})
    there = mark(sample("choices", "fr", credit=credit, options=options), {"options": picked[::-1]})
    assert (here.points, here.verdict) == (there.points, there.verdict)


@given(picked=st.lists(st.sampled_from(IDS), unique=True, min_size=1))
def test_one_more_right_option_never_costs(picked: list[str]) -> None:
    """Under every rule a right option more lowers nothing, and a wrong one more raises nothing."""
    for credit in CREDITS:
        question = sample("choices", "fr", credit=credit)
        points = mark(question, {"options": picked}).points
        for name in set(IDS) - set(picked):
            more = mark(question, {"options": [*picked, name]}).points
            assert more >= points if name in {"notice", "share"} else more <= points


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"credit": "generous"}, "questions[0].credit » : « generous » n’est pas une valeur prévue"),
        ({"most": 9}, "9 dépasse le nombre d’options (5)"),
        ({"most": 1}, "1 est trop petit"),
        ({"least": 4, "most": 3}, "least (4) dépasse most (3)"),
        ({"least": 3}, "2 options sont justes, mais on peut en cocher de 3 à 5"),
        ({"options.0.correct": False, "options.2.correct": False}, "aucune option n’est juste"),
        ({"options.1.reason.fr": "Trop court."}, "il en faut au moins 15"),
        ({"next_step": None}, "il manque « next_step »"),
    ],
)
def test_a_source_is_refused_in_words(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """File, line, field and what was expected."""
    assert message in refusal(tmp_path, RAW["choices"], SETS, changes)


def test_the_sample_is_a_valid_source(tmp_path: Path) -> None:
    """With every optional field."""
    load_changed(tmp_path, RAW["choices"], SETS, {"credit": "all_or_nothing", "least": 1, "most": 2})
