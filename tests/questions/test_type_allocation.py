"""Allocation: a sum to spread under constraints."""

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

NAMES = ("facilitation", "actions", "communication", "reserve")
FRENCH = filled_sample("allocation", "fr")  # 4 points: 1 for the sum, 1 for the minimum, 2 for the maximum
CASES = [
    (("25", "55", "10", "10"), 4, "right", "3 conditions remplies sur 3"),
    (("25 k€", "55,0", "10", "10"), 4, "right", "3 conditions"),
    ((20, 50, 10, 20), 4, "right", "3 conditions"),
    (("15", "65", "10", "10"), 3.75, "partly", "Sans personne payée"),
    (("10", "70", "10", "10"), 3.5, "partly", "Animation de l’alliance\u00a0: au moins 20"),
    (("25", "35", "20", "20"), 2, "partly", "Au-delà de trente pour cent"),
    (("25", "45", "10", "10"), 3, "partly", "en dessous de 100"),
    (("25", "44", "10", "10"), 1, "partly", "loin en dessous de 100"),
    (("25", "60", "10", "10"), 3, "partly", "dépasse 100"),
    (("60", "60", "10", "10"), 2, "partly", "dépasse de beaucoup 100"),
    (("25", "70", "-5", "10"), 0, "wrong", "négatif"),
    (("0", "", "", ""), 0, "wrong", "loin en dessous"),
    (("", "", "", "x"), 0, "unanswered", "Aucun montant"),
    (("100", "", "", "x"), 4, "right", "3 conditions"),
]


def _amounts(values: tuple[Any, ...]) -> dict[str, Any]:
    return {"amounts": dict(zip(NAMES, values, strict=True))}


@pytest.mark.parametrize(("values", "points", "verdict", "reason"), CASES)
def test_a_spread_earns_what_it_meets(
    values: tuple[Any, ...], points: float, verdict: str, reason: str
) -> None:
    """Sum and constraints earn their weights; neither money left aside nor money invented earns any."""
    found = mark(FRENCH, _amounts(values))
    assert (found.points, found.verdict) == (points, verdict)
    assert reason in found.reason


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_ends(lang: Any) -> None:
    """The example earns everything; nothing and « Je ne sais pas » earn nothing, and no key is shown."""
    check_ends(filled_sample("allocation", lang))


def test_the_figures_of_the_reasons_follow_the_language() -> None:
    """English writes its own constraint, unit and sum."""
    found = mark(filled_sample("allocation", "en"), _amounts(("0", "100", "0", "0")))
    assert "Facilitation of the alliance: at least 20\u00a0k€" in found.reason


@given(st.lists(st.floats(-200, 200), min_size=4, max_size=4), st.permutations(NAMES))
def test_points_stay_within_bounds_whatever_the_order(values: list[float], order: list[str]) -> None:
    """Points lie in 0..4, and the order of items in the file or in the answer changes nothing."""
    answer = dict(zip(NAMES, values, strict=True))
    found = mark(FRENCH, {"amounts": answer})
    assert 0 <= found.points <= 4
    items = {item["id"]: item for item in FRENCH["items"]}
    other = {**FRENCH, "items": [items[name] for name in order]}
    # Sums in another order differ by a hair of floating point; marks are told to the cent.
    again = mark(other, {"amounts": {name: answer[name] for name in order}})
    assert again.points == pytest.approx(found.points, abs=0.011)


@given(near_answers(type_of("allocation").full_answer(FRENCH)) | ANY_JSON)
def test_any_answer_is_marked(answer: object) -> None:
    """No JSON value makes marking or wording fail."""
    found = mark(FRENCH, answer)
    assert 0 <= found.points <= 4
    if isinstance(answer, dict):
        type_of("allocation").said(FRENCH, answer, "fr")


def test_an_answer_is_said_as_it_was_typed() -> None:
    """Amounts keep what was typed and gain their unit; a missing one is a dash."""
    said = type_of("allocation").said(FRENCH, _amounts(("25 k€", "55,50", 10, None)), "fr")
    assert [value for _, value in said] == ["25 k€", "55,50\u00a0k€", "10\u00a0k€", "–"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("total", 0, "trop petit"),
        ("step", -5, "trop petit"),
        ("constraints.0.min", ..., "besoin de min, de max ou des deux"),
        ("constraints.0.max", 10, "dépasse max"),
        ("constraints.0.width", 0, "trop petit"),
        ("constraints.0.items", ["nobody"], "n’existe pas dans l’ensemble"),
        ("constraints.1.items.reserve", 0, "coefficient de « reserve » est nul"),
        ("constraints.0.reason", {"fr": "Court.", "en": "Short."}, "au moins 15"),
        ("example.actions", 50, "l’exemple fait 95"),
        ("example", dict(zip(NAMES, (10, 70, 10, 10), strict=True)), "contrainte n° 1"),
        ("example.actions", ..., "il manque « actions »"),
    ],
)  # fmt: skip
def test_a_malformed_source_is_refused(tmp_path: Path, path: str, value: object, message: str) -> None:
    """Each thing that is wrong is named with its place."""
    with pytest.raises(SourceError, match=spaced(message)):
        check_source(tmp_path, changed(RAW["allocation"], path, value))


def test_a_good_source_loads(tmp_path: Path) -> None:
    """The sample's own source is accepted."""
    check_source(tmp_path, RAW["allocation"])
