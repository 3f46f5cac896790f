"""Matrix: a grid to fill, with admissible values and a rule for each row."""

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

FRENCH = filled_sample("matrix", "fr")  # 3 points over six cells
PER_ROW = {**FRENCH, "credit": "per_row"}
GOOD = {"town": "i", "backbone": "a", "firm": "r"}
CASES: list[tuple[dict[str, Any], float, float, str]] = [
    ({"charter": {"town": "a", "backbone": "r", "firm": "c"}, "survey": GOOD}, 3, 3, "6 sur 6"),
    ({"charter": {"town": "c", "backbone": "a", "firm": "c"}, "survey": GOOD}, 3, 3, "6 sur 6"),
    (
        {"charter": {"town": "A : répond du résultat", "backbone": "C", "firm": "c"}, "survey": GOOD},
        2.5,
        1.5,
        "Rédiger la charte (Structure pivot)",
    ),
    # Two cells that admit A hold it, or none does: the rule says why.
    ({"charter": {"town": "a", "backbone": "a", "firm": "c"}, "survey": GOOD}, 2, 1.5, "Une seule orga"),
    ({"charter": {"town": "c", "backbone": "r", "firm": "c"}, "survey": GOOD}, 2, 1.5, "Une seule orga"),
    # A where it is not admitted is that cell's mistake alone.
    ({"charter": {"town": "a", "backbone": "r", "firm": "a"}, "survey": GOOD}, 2.5, 1.5, "tient la plume"),
    ({"survey": GOOD}, 1.5, 1.5, "3 sur 6"),
    ({"survey": {"backbone": "a"}}, 0.5, 0, "L’enquête est un travail"),
    ({"charter": {"town": "i"}}, 0, 0, "0 sur 6"),
]


@pytest.mark.parametrize(("cells", "by_cell", "by_row", "reason"), CASES)
def test_cells_or_rows_earn_equal_parts(
    cells: dict[str, Any], by_cell: float, by_row: float, reason: str
) -> None:
    """``per_cell`` counts right cells, ``per_row`` rows right throughout; reasons say why a row is not."""
    found = mark(FRENCH, {"cells": cells})
    assert found.points == by_cell
    assert reason in found.reason
    assert mark(PER_ROW, {"cells": cells}).points == by_row


def test_a_row_says_its_reason_once() -> None:
    """Three wrong cells of a row give one reason, and are named one by one."""
    found = mark(FRENCH, {"cells": {"charter": {"town": "i"}, "survey": GOOD}})
    assert found.reason.count("Rédiger la charte\u00a0: ") == 1
    assert found.reason.count("Rédiger la charte (") == 3


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("credit", ["per_cell", "per_row"])
def test_ends(lang: Any, credit: str) -> None:
    """The model answer earns everything; nothing and « Je ne sais pas » earn nothing, and no key is shown."""
    check_ends({**filled_sample("matrix", lang), "credit": credit})


@given(
    st.fixed_dictionaries(
        {row: st.fixed_dictionaries(dict.fromkeys(GOOD, st.sampled_from("raci"))) for row in FRENCH["key"]}
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter(cells: dict[str, Any], random: Any) -> None:
    """Points lie in 0..3 and do not depend on the order of rows, columns and values."""
    other = {name: random.sample(FRENCH[name], len(FRENCH[name])) for name in ("rows", "columns", "values")}
    for question in (FRENCH, PER_ROW):
        found = mark(question, {"cells": cells})
        assert 0 <= found.points <= 3
        assert mark({**question, **other}, {"cells": cells}).points == found.points


@given(near_answers(type_of("matrix").full_answer(FRENCH)) | ANY_JSON)
def test_any_answer_is_marked(answer: object) -> None:
    """No JSON value makes marking or wording fail."""
    assert 0 <= mark(FRENCH, answer).points <= 3
    if isinstance(answer, dict):
        type_of("matrix").said(FRENCH, answer, "fr")


def test_values_that_are_not_offered_are_named() -> None:
    """An answer of unknown values alone is unreadable, and says which ones there are."""
    found = mark(FRENCH, {"cells": {"charter": {"town": "z"}}})
    assert found.verdict == "unanswered"
    assert "r, a, c, i" in found.reason


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("key.charter.town", ["z"], "n’existe pas dans l’ensemble"),
        ("key.charter.town", [], "la liste a 0"),
        ("key.charter.town", ..., "il manque « town »"),
        ("key.survey", ..., "il manque « survey »"),
        ("key.survey.backbone", "r", "aucune façon de remplir cette ligne"),
        ("per_row.0.value", "z", "n’existe pas dans l’ensemble"),
        ("reasons.survey", ..., "il manque « survey »"),
        ("reasons.survey.fr", "Court.", "au moins 15"),
        ("credit", "half", "n’est pas une valeur prévue"),
        ("rows.1.id", "charter", "sert déjà"),
    ],
)
def test_a_malformed_source_is_refused(tmp_path: Path, path: str, value: object, message: str) -> None:
    """Each thing that is wrong is named with its place."""
    with pytest.raises(SourceError, match=spaced(message)):
        check_source(tmp_path, changed(RAW["matrix"], path, value))


def test_a_good_source_loads(tmp_path: Path) -> None:
    """The sample's own source is accepted."""
    check_source(tmp_path, RAW["matrix"])
