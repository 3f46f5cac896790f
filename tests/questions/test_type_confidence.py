"""Certainty: noted and never counted; what it was worth afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_choosing import RAW, SETS, sample
from type_files import load_changed, refusal
from type_properties import any_answer, check_mark, check_type

from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.calibration import brier_score, calibration, sentences, stated_answers, wilson
from alliances.questions.compiling import public

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.i18n import Language


@pytest.mark.parametrize(
    ("level", "verdict", "said"),
    [
        ("80", "noted", "Votre certitude est notée\u00a0: 80\u00a0%."),
        ("80 %", "noted", "80\u00a0%"),
        ("100%", "noted", "100\u00a0%"),
        ("75", "unanswered", "niveaux proposés\u00a0: 50, 60, 70, 80, 90, 100"),
        (80, "unanswered", "niveaux proposés"),
        (None, "unanswered", "pas encore de réponse"),
        ("unknown", "unknown", "ne compte pas"),
    ],
)
def test_a_level_is_noted(level: object, verdict: str, said: str) -> None:
    """A level that is offered is noted, with no point to win or lose."""
    found = mark(sample("confidence", "fr"), {"level": level})
    assert (found.verdict, found.points, found.max_points, found.next_step) == (verdict, 0, 0, "")
    assert said in found.reason


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_does_what_every_type_does(lang: Language) -> None:
    """It is shown, noted, said and coded; it never counts, whatever points its source gives."""
    question = sample("confidence", lang, points=3)
    check_type(question, lang)
    assert public(question)["about"] == "o1"
    assert mark(question, {"level": "80"}).max_points == 0


def test_it_names_the_question_that_it_is_about() -> None:
    """By its title when there is one, as the question above otherwise; or as the author writes."""
    assert "«\u202fLes étapes\u202f»\u202f?" in sample("confidence", "fr")["prompt"]
    assert "“The steps”?" in sample("confidence", "en")["prompt"]
    assert "question above" in sample("confidence", "en", about_title=None)["prompt"]
    own = {"fr": "Sûr ?", "en": "Sure?"}
    assert sample("confidence", "en", prompt=own)["prompt"] == "Sure?"


@given(answer=any_answer(["level"], ["50", "80", "100 %"]))
def test_any_answer_is_marked(answer: object) -> None:
    """Nothing raises, and no point is won."""
    check_mark(sample("confidence", "fr"), answer)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"about": None}, "il manque « about »"),
        ({"about": "La question 2"}, "ne peut pas servir d’identifiant"),
        ({"levels": [50]}, "il en faut au moins 2"),
        ({"levels": [50, 50]}, "levels[1] » : les niveaux vont en croissant, de 0 à 100"),
        ({"levels": [50, 110]}, "(trouvé : 110)"),
        ({"levels": [50, "60"]}, "un nombre entier est attendu"),
    ],
)
def test_a_source_is_refused_in_words(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """File, line, field and what was expected."""
    assert message in refusal(tmp_path, RAW["confidence"], SETS, changes)


def test_the_sample_is_a_valid_source(tmp_path: Path) -> None:
    """Points need not be written; levels of its own may be."""
    load_changed(tmp_path, RAW["confidence"], SETS, {"levels": [0, 25, 50, 75, 100]})


# Calibration.


@pytest.mark.parametrize(
    ("pairs", "score"),
    [
        ([(100, 1.0)], 0),
        ([(100, 0.0)], 1),
        ([(50, 1.0), (50, 0.0)], 0.25),
        ([(80, 1.0), (80, 0.0)], (0.04 + 0.64) / 2),
        ([(70, 0.5)], 0.04),
    ],
)
def test_the_brier_score_is_a_mean_square(pairs: list[tuple[int, float]], score: float) -> None:
    """The mean of (stated - observed)², worked out by hand."""
    assert brier_score(pairs) == pytest.approx(score)


def test_a_score_of_nothing_is_refused() -> None:
    """There is no mean of nothing."""
    with pytest.raises(ValueError, match="at least one pair"):
        brier_score([])


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
        (0.0, 20, 0.0, 0.1611),
        (1 / 29, 29, 0.0061, 0.1718),
        (1.0, 20, 0.8389, 1.0),
    ],
)
def test_intervals_are_those_of_the_tables(share: float, count: int, low: float, high: float) -> None:
    """The four examples of Newcombe (1998, Statistics in Medicine 17, method 3), and a mirror image."""
    assert wilson(share, count) == pytest.approx((low, high), abs=5e-5)


def test_few_answers_give_counts_only() -> None:
    """Below ten answers, in all or at a level, no share, score or interval is given."""
    found = calibration([(50, 0.0), (90, 1.0), (90, 0.5)])
    assert (found.count, found.right) == (3, 1)
    assert (found.stated, found.observed, found.interval, found.brier) == (None, None, None, None)
    assert [(level.stated, level.count, level.right, level.observed) for level in found.levels] == [
        (50, 1, 0, None),
        (90, 2, 1, None),
    ]
    said = sentences(found, "fr")
    assert "seuls les nombres se lisent" in said[0]
    assert said[2] == "À 90\u202f% de certitude, réponses justes\u00a0: 1 sur 2."
    assert not any("Brier" in line for line in said)


@pytest.mark.parametrize(
    ("right", "level", "words"),
    [(6, 95, "more certainty than"), (19, 60, "more right answers than"), (16, 80, "within the uncertainty")],
)
def test_the_whole_is_compared_with_its_interval(right: int, level: int, words: str) -> None:
    """Too sure, too doubtful, or no gap that twenty answers could show."""
    found = calibration([(level, float(place < right)) for place in range(20)])
    assert found.stated == pytest.approx(level / 100)
    assert found.observed == pytest.approx(right / 20)
    said = sentences(found, "en")
    assert words in said[1]
    assert f"At {level}% sure, right answers: {right} of 20, or" in said[-1]
    assert f"Brier score: {found.brier:.2f} (0 at best; 0.25" in said[2]


def test_nothing_to_compare_is_said() -> None:
    """Without any answer with a level there is one sentence."""
    assert sentences(calibration([]), "en") == [
        "No answer comes with a level of certainty yet: there is nothing to compare."
    ]


@pytest.mark.parametrize(
    ("pair", "match"), [((101, 1.0), "0 to 100"), ((50, 1.5), "0 to 1"), ((-1, 0.0), "0 to 100")]
)
def test_what_is_no_level_or_share_is_refused(pair: tuple[int, float], match: str) -> None:
    """A mistake of the caller, named."""
    with pytest.raises(ValueError, match=match):
        calibration([pair])


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(0, 1)), min_size=10, max_size=40))
def test_scores_and_intervals_stay_in_their_range(pairs: list[tuple[int, float]]) -> None:
    """Brier from 0 to 1, the interval around what was observed, counts that add up."""
    found = calibration(pairs)
    assert found.brier is not None
    assert found.observed is not None
    assert found.interval is not None
    assert 0 <= found.brier <= 1
    low, high = found.interval
    assert 0 <= low <= found.observed + 1e-9
    assert found.observed - 1e-9 <= high <= 1
    assert sum(level.count for level in found.levels) == found.count == len(pairs)


def test_levels_are_matched_with_what_was_earned() -> None:
    """One pair for each answer that has a level and could be marked; « Je ne sais pas » states nothing."""
    order = sample("ordering", "fr")
    questions = {
        "o1": order,
        "s1": sample("choices", "fr"),
        "k1": sample("confidence", "fr"),
        "k2": sample("confidence", "fr", id="k2", about="s1"),
        "k3": sample("confidence", "fr", id="k3", about="gone"),
    }
    half = {"options": ["notice"]}
    assert stated_answers(questions, {"o1": {"order": order["shown"]}, "k1": {"level": "90 %"}}) == [
        (90, 0.0)
    ]
    assert stated_answers(questions, {"s1": half, "k2": {"level": "60"}}) == [(60, 0.5)]
    assert stated_answers(questions, {"s1": {"unknown": True}, "k2": {"level": "60"}}) == []
    assert stated_answers(questions, {"s1": half, "k2": {"unknown": True}, "k3": {"level": "60"}}) == []
    assert stated_answers(questions, {"k1": {"level": "60"}}) == []
