"""Placement: items in zones of a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from filled_samples import RAW, filled_sample
from hypothesis import given
from hypothesis import strategies as st
from type_checks import ANY_JSON, changed, check_ends, check_source, near_answers, spaced

from alliances.errors import SourceError
from alliances.questions import mark
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = filled_sample("placement", "fr")  # 2 points for two items
PER_AXIS = {**FRENCH, "credit": "per_axis"}
GOOD = {"x": 80, "y": 30}
CASES: list[tuple[dict[str, Any], float, float, str]] = [
    ({"prefecture": {"x": 20, "y": 80}, "residents": GOOD}, 2, 2, "2 sur 2"),
    ({"prefecture": {"x": 0, "y": 100}, "residents": {"x": 60, "y": 50}}, 2, 2, "2 sur 2"),
    ({"prefecture": {"x": "20", "y": "80,0"}, "residents": GOOD}, 2, 2, "2 sur 2"),
    ({"prefecture": {"x": 50, "y": 80}, "residents": GOOD}, 1, 1.5, "l’axe «\u202fInfluence\u202f» convient"),
    ({"prefecture": {"x": 20}, "residents": GOOD}, 1, 1.5, "pas l’axe «\u202fInfluence\u202f»"),
    ({"prefecture": {"x": 90, "y": 10}, "residents": GOOD}, 1, 1, "Elle autorise le site"),
    ({"residents": GOOD}, 1, 1, "Préfecture\u00a0: pas encore placé"),
    ({"prefecture": {"x": 90, "y": 10}}, 0, 0, "0 sur 2"),
]


@pytest.mark.parametrize(("places", "by_item", "by_axis", "reason"), CASES)
def test_a_place_inside_its_zone_earns(
    places: dict[str, Any], by_item: float, by_axis: float, reason: str
) -> None:
    """Both ends of a zone belong to it; ``per_axis`` gives half for one axis; the reason says which fits."""
    found = mark(FRENCH, {"places": places})
    assert found.points == by_item
    assert reason in found.reason
    assert mark(PER_AXIS, {"places": places}).points == by_axis


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("credit", ["per_item", "per_axis"])
def test_ends(lang: Any, credit: str) -> None:
    """The model answer earns everything; nothing and « Je ne sais pas » earn nothing, and no key is shown."""
    check_ends({**filled_sample("placement", lang), "credit": credit})


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_order_does_not_matter(values: list[int]) -> None:
    """Points lie in 0..2 and do not depend on the order of items."""
    places = {
        "prefecture": {"x": values[0], "y": values[1]},
        "residents": {"x": values[2], "y": values[3]},
    }
    for question in (FRENCH, PER_AXIS):
        found = mark(question, {"places": places})
        assert 0 <= found.points <= 2
        assert mark({**question, "items": question["items"][::-1]}, {"places": places}).points == found.points


@given(near_answers(type_of("placement").full_answer(FRENCH)) | ANY_JSON)
def test_any_answer_is_marked(answer: object) -> None:
    """No JSON value makes marking or wording fail."""
    assert 0 <= mark(FRENCH, answer).points <= 2
    if isinstance(answer, dict):
        type_of("placement").said(FRENCH, answer, "fr")


@given(
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted),
    st.sampled_from([5, 10]),
)
def test_the_model_answer_is_on_the_grid_and_in_the_zone(ends: list[int], step: int) -> None:
    """Whatever the zone, its model place is a multiple of the step between its ends, when there is one."""
    if not any(ends[0] <= place <= ends[1] for place in range(0, 101, step)):
        return
    question = {**FRENCH, "step": step, "zones": {"prefecture": {"x": ends, "y": ends}}}
    place = type_of("placement").full_answer(question)["places"]["prefecture"]["x"]
    assert place % step == 0
    assert ends[0] <= place <= ends[1]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("axes.x.low", ..., "il manque « low »"),
        ("axes.y", ..., "il manque « y »"),
        ("step", 7, "n’est pas une valeur prévue"),
        ("zones.prefecture.x", [40, 0], "du plus petit au plus grand"),
        ("zones.prefecture.x", [0, 120], "entre 0 et 100"),
        ("zones.prefecture.x", [0, 20, 40], "deux nombres sont attendus"),
        ("zones.prefecture.x", [41, 49], "aucun multiple de 10"),
        ("zones.nobody", {"x": [0, 1], "y": [0, 1]}, "n’est pas prévu"),
        ("reasons.prefecture", ..., "il manque « prefecture »"),
        ("credit", "half", "n’est pas une valeur prévue"),
    ],
)
def test_a_malformed_source_is_refused(tmp_path: Path, path: str, value: object, message: str) -> None:
    """Each thing that is wrong is named with its place."""
    with pytest.raises(SourceError, match=spaced(message)):
        check_source(tmp_path, changed(RAW["placement"], path, value))


def test_a_good_source_loads(tmp_path: Path) -> None:
    """The sample's own source is accepted."""
    check_source(tmp_path, RAW["placement"])
