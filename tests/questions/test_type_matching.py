"""Pairs: what each earns, what is said, and that the lists do not give the key away."""

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

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.i18n import Language

LEFT = ["charter", "dashboard", "lessons"]
RIGHT = ["before", "during", "after", "never"]
FULL = {"charter": "before", "dashboard": "during", "lessons": "after"}


@pytest.mark.parametrize(
    ("pairs", "points", "verdict", "said", "not_said"),
    [
        (FULL, 3, "right", "justes\u00a0: 3 sur 3", "Sans réponse"),
        (
            {**FULL, "dashboard": "after"},
            3,
            "right",
            "«\u202fLe tableau de bord\u202f» va avec",
            "Sans réponse",
        ),
        (
            {"charter": "before"},
            1,
            "partly",
            "Sans réponse\u00a0: «\u202fLe tableau de bord",
            "La charte dit",
        ),
        ({**FULL, "lessons": "never"}, 2, "partly", "Les leçons se tirent à la fin", "La charte dit"),
        ({**FULL, "lessons": "boat"}, 2, "partly", "Sans réponse\u00a0: «\u202fLa fiche", "La charte dit"),
        (
            {"charter": "never"},
            0,
            "wrong",
            "«\u202fLa charte\u202f» va avec «\u202fAvant de signer\u202f»",
            "Choisir",
        ),
        ({"charter": "Avant de signer"}, 1, "partly", "1 sur 3", "La charte dit"),
        ({"charter": "boat"}, 0, "unanswered", "proposées\u00a0: before, during, after, never", "va avec"),
        ({"charter": None}, 0, "unanswered", "pas encore de réponse", "va avec"),
        ({"boat": "before"}, 0, "unanswered", "pas encore de réponse", "va avec"),
        ({}, 0, "unanswered", "pas encore de réponse", "va avec"),
    ],
)
def test_each_pair_earns_its_share(
    pairs: dict[str, Any], points: float, verdict: str, said: str, not_said: str
) -> None:
    """Reasons are said for what is to review, and all of them when everything is right."""
    found = mark(sample("matching", "fr"), {"pairs": pairs})
    assert (found.points, found.verdict) == (points, verdict)
    assert said in found.reason
    assert not_said not in found.reason


def test_any_admissible_right_is_named() -> None:
    """What was to be known names both rights that suit."""
    reason = mark(sample("matching", "en"), {"unknown": True}).reason
    assert "“The dashboard” goes with “While acting” or “After the review”." in reason


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_does_what_every_type_does(lang: Language) -> None:
    """The key earns everything, nothing earns 0, the key is not published."""
    question = sample("matching", lang)
    check_type(question, lang)
    assert not {"key", "reasons"} & public(question).keys()


def test_the_lists_do_not_stand_in_step() -> None:
    """Lists written pair by pair are shown otherwise, alike in both languages; rights keep their order."""
    shown = {lang: public(sample("matching", lang)) for lang in LANGUAGES}
    orders = [[entry["id"] for entry in shown[lang]["left"]] for lang in LANGUAGES]
    assert orders[0] == orders[1] != LEFT
    assert sorted(orders[0]) == LEFT
    assert [entry["id"] for entry in shown["fr"]["right"]] == RIGHT


def test_lists_that_already_differ_are_left_alone() -> None:
    """An author's order that gives nothing away is kept."""
    left = [RAW["matching"]["left"][place] for place in (2, 0, 1)]
    assert [entry["id"] for entry in sample("matching", "fr", left=left)["left"]] == [
        "lessons", "charter", "dashboard",
    ]  # fmt: skip


@settings(max_examples=50)
@given(
    key=st.lists(st.sampled_from(RIGHT), min_size=3, max_size=3),
    name=st.from_regex(r"[a-z]{1,6}", fullmatch=True),
)
def test_never_in_step_when_there_is_another_way(key: list[str], name: str) -> None:
    """Read from top to bottom, the rights are never in the order of their list."""
    question = sample("matching", "fr", id=name, key=dict(zip(LEFT, key, strict=True)))
    ranks = [RIGHT.index(question["key"][entry["id"]][0]) for entry in question["left"]]
    assert ranks != sorted(ranks) or len(set(ranks)) == 1


@given(answer=any_answer(["pairs"], [*LEFT, *RIGHT]))
def test_any_answer_is_marked(answer: object) -> None:
    """Points stay between 0 and the maximum, and nothing raises."""
    check_mark(sample("matching", "fr"), answer)


@settings(max_examples=50)
@given(pairs=st.dictionaries(st.sampled_from(LEFT), st.sampled_from(RIGHT)), seed=st.integers())
def test_the_order_of_the_lists_does_not_matter(pairs: dict[str, str], seed: int) -> None:
    """The same pairs earn the same, however the two lists stand."""
    left, right = list(RAW["matching"]["left"]), list(SETS["moments"])
    Random(seed).shuffle(left)  # noqa: S311 - an order, not a secret
    Random(seed + 1).shuffle(right)  # noqa: S311 - an order, not a secret
    here = mark(sample("matching", "fr"), {"pairs": pairs})
    there = mark(sample("matching", "fr", left=left, right=right), {"pairs": pairs})
    assert (here.points, here.verdict) == (there.points, there.verdict)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key.charter": None}, "il manque « charter »"),
        ({"key.boat": "before"}, "le nom « boat » n’est pas prévu"),
        ({"key.charter": "boat"}, "« boat » n’existe pas dans l’ensemble « right »"),
        ({"key.dashboard": []}, "il en faut au moins 1"),
        ({"reasons.lessons": None}, "il manque « lessons »"),
        ({"reasons.lessons.en": "Too short."}, "il en faut au moins 15"),
        ({"right": "moment"}, "« moment » n’est pas une valeur prévue"),
        ({"left": [RAW["matching"]["left"][0]]}, "il en faut au moins 2"),
    ],
)
def test_a_source_is_refused_in_words(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """File, line, field and what was expected."""
    assert message in refusal(tmp_path, RAW["matching"], SETS, changes)


def test_the_sample_is_a_valid_source(tmp_path: Path) -> None:
    """With a named list and one written in place."""
    load_changed(tmp_path, RAW["matching"], SETS, {})
