"""Table: given rows marked cell by cell, free rows read by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from filled_samples import RAW, filled_sample
from hypothesis import given
from hypothesis import strategies as st
from type_checks import ANY_JSON, changed, check_ends, check_source, near_answers, spaced

from alliances.errors import SourceError
from alliances.questions import mark
from alliances.questions.marking import table_of
from alliances.questions.registry import type_of
from alliances.questions.spec import public

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = filled_sample("table", "fr")  # 2 points over five cells
FREE = filled_sample("table_free", "fr")
TRUST = {"unit": "part", "value": 52, "source": "survey"}
CASES: list[tuple[dict[str, Any], float, str]] = [
    ({"turnout": {"value": "62", "source": "register"}, "trust": TRUST}, 2, "5 sur 5"),
    ({"turnout": {"value": "61,5 %", "source": "Registre"}, "trust": TRUST}, 2, "5 sur 5"),
    (
        {
            "turnout": {"value": 62, "source": "register"},
            "trust": {**TRUST, "unit": " PART  des réponses "},
        },
        2,
        "5 sur 5",
    ),
    ({"turnout": {"value": "63", "source": "register"}, "trust": TRUST}, 1.6, "La feuille d’émargement"),
    (
        {"turnout": {"value": 62, "source": "survey"}, "trust": {**TRUST, "value": 50}},
        1.2,
        "Confiance (Valeur)",
    ),
    ({"turnout": {"value": "beaucoup", "source": "register"}}, 0.4, "1 sur 5"),
    ({"trust": {"unit": "euros"}}, 0, "0 sur 5"),
]


@pytest.mark.parametrize(("rows", "points", "reason"), CASES)
def test_each_right_cell_earns_an_equal_part(rows: dict[str, Any], points: float, reason: str) -> None:
    """Texts forgive case and spaces, numbers a tolerance and a unit; a wrong row says its reason."""
    found = mark(FRENCH, {"rows": rows})
    assert found.points == points
    assert reason in found.reason


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_ends(lang: Any) -> None:
    """The model answer earns everything; nothing and « Je ne sais pas » earn nothing, and no key is shown."""
    check_ends(filled_sample("table", lang))


def test_what_is_shown_has_what_is_given() -> None:
    """Public columns keep unit and options, rows and given cells; nothing says what is right."""
    shown = public(FRENCH)
    assert shown["given"] == {"turnout": {"unit": "part des inscrits"}}
    assert [sorted(column) for column in shown["columns"]] == [
        ["id", "kind", "text"],
        ["id", "kind", "text", "unit"],
        ["id", "kind", "options", "text"],
    ]
    assert public(FREE)["rows"] == {"least": 2, "most": 4}


@given(near_answers(type_of("table").full_answer(FRENCH)) | ANY_JSON, st.permutations([0, 1, 2]))
def test_any_answer_is_marked_whatever_the_order_of_columns(answer: object, order: list[int]) -> None:
    """No JSON value makes marking or wording fail, and the order of columns and rows changes no point."""
    found = mark(FRENCH, answer)
    assert 0 <= found.points <= 2
    columns = [FRENCH["columns"][place] for place in order]
    assert mark({**FRENCH, "columns": columns, "rows": FRENCH["rows"][::-1]}, answer).points == found.points
    if isinstance(answer, dict):
        type_of("table").said(FRENCH, answer, "fr")


FREE_CASES = [
    (None, "unanswered", "pas encore de réponse"),
    ({"rows": None}, "unanswered", "pas encore de réponse"),
    ({"rows": [{}, {"risk": " "}]}, "unanswered", "pas encore de réponse"),
    ({"rows": [{"nothing": "x"}]}, "unanswered", "pas encore de réponse"),
    ([], "unanswered", "forme attendue"),
    ({"rows": {"a": {}}}, "unanswered", "forme attendue"),
    ({"rows": [{"risk": "Retrait"}]}, "person", "Lignes remplies\u00a0: 1\u202f; le minimum demandé est 2"),
    ({"rows": [{"risk": "Retrait"}, {}, {"cost": "3"}]}, "person", "Lignes remplies\u00a0: 2."),
    ({"unknown": True}, "unknown", "Je ne sais pas"),
    ({"rows": "unknown"}, "unknown", "Je ne sais pas"),
]


@pytest.mark.parametrize(("answer", "verdict", "reason"), FREE_CASES)
def test_free_rows_go_to_a_person(answer: object, verdict: str, reason: str) -> None:
    """Free rows have no table of rules: they are counted, and a person reads them."""
    assert table_of(FREE) is None
    found = mark(FREE, answer)
    assert (found.verdict, found.points, found.max_points) == (verdict, 0, 2)
    assert reason in found.reason


@given(near_answers(type_of("table").full_answer(FREE)) | ANY_JSON)
def test_any_free_answer_is_read(answer: object) -> None:
    """No JSON value makes the marking or wording of free rows fail, and none earns a point."""
    assert mark(FREE, answer).points == 0
    if isinstance(answer, dict):
        type_of("table").said(FREE, answer, "fr")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_free_rows_are_said_one_by_one(lang: Any) -> None:
    """Filled rows are said by number, in the words of their options; the model answer is for a person."""
    question, kind = filled_sample("table_free", lang), type_of("table")
    said = kind.said(question, {"rows": [{}, {"risk": "Retrait", "level": "high"}]}, lang)
    assert said[0][0] == ("Ligne 1" if lang == "fr" else "Row 1")
    assert ("Fort" if lang == "fr" else "High") in said[0][1]
    assert mark(question, kind.full_answer(question)).verdict == "person"
    assert kind.instruction(question, lang).startswith("*")
    assert len(kind.empty(question)["rows"]) == 2
    assert len(kind.codes(public(question), lang)) == 2


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        ("table", "columns.0.kind", "date", "n’est pas une valeur prévue"),
        ("table", "columns.0.unit", "€", "« unit » n’a de sens que pour une colonne kind: number"),
        ("table", "columns.2.options", ..., "il manque « options »"),
        ("table", "columns.1.options", [], "« options » n’a de sens"),
        ("table", "key", ..., "il manque « key »"),
        ("table", "next_step", ..., "il manque « next_step »"),
        ("table", "key.turnout.unit", {"fr": "a", "en": "b"}, "n’est pas prévu"),
        ("table", "key.turnout.value", "62", "un nombre est attendu"),
        ("table", "key.turnout.value", {"value": 62, "tolerance": -1}, "trop petit"),
        ("table", "key.turnout.source", "rumour", "n’existe pas dans l’ensemble"),
        ("table", "key.trust", ..., "il manque « trust »"),
        ("table", "given.turnout.unit", "euros", "deux langues"),
        ("table", "reasons.trust", ..., "il manque « trust »"),
        ("table", "rows.1.id", "turnout", "sert déjà"),
        ("table_free", "rows.most", 1, "1 lignes au plus ne va pas"),
        ("table_free", "rows.most", 51, "de 2 (.*) à 50"),
        ("table_free", "rows.least", 0, "trop petit"),
        ("table_free", "key", {"a": 1}, "des lignes libres"),
    ],
)
def test_a_malformed_source_is_refused(
    tmp_path: Path, name: str, path: str, value: object, message: str
) -> None:
    """Each thing that is wrong is named with its place."""
    with pytest.raises(SourceError, match=spaced(message)):
        check_source(tmp_path, changed(RAW[name], path, value))


@pytest.mark.parametrize("name", ["table", "table_free"])
def test_a_good_source_loads(tmp_path: Path, name: str) -> None:
    """The samples' own sources are accepted."""
    check_source(tmp_path, RAW[name])
