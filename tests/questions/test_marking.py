"""Marking, by the vectors that Python and JavaScript share."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from vectors import QUESTIONS, VECTORS, name_of

from alliances.questions import Mark, empty_answer, mark
from alliances.questions.marking import table_of
from alliances.questions.numbers import read_number
from alliances.questions.registry import TYPES, type_of


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_each_vector_gets_its_verdict_and_points(vector: dict[str, Any]) -> None:
    """An answer earns what the shared file says, and the mark stays between 0 and the maximum."""
    question = QUESTIONS[vector["question"]]
    result = mark(question, vector["answer"])
    assert vector["verdict"] == result.verdict
    assert vector["points"] == result.points
    assert vector.get("misconception", "") == result.misconception
    assert 0 <= result.points <= result.max_points
    assert result.reason


def test_a_mark_is_json() -> None:
    """A mark becomes JSON values with fixed names."""
    assert mark(QUESTIONS["choice_fr"], {"option": "b"}).to_dict() == {
        "points": 1.0,
        "max_points": 1.0,
        "verdict": "right",
        "reason": "Raison de b en plusieurs mots.",
        "next_step": "",
        "misconception": "",
        "words": None,
    }


class _Hostile(dict):  # type: ignore[type-arg]
    """A learner's object that claims to be an answer."""

    def items(self) -> Any:
        raise RuntimeError

    def get(self, *_: object) -> Any:
        raise RuntimeError


class _Text(str):
    __slots__ = ()

    def strip(self, *_: object) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "answer",
    [
        _Hostile(option="b"),
        {"option": _Text("b")},
        {"value": _Text("1")},
        object(),
        {1: 2},
        float("nan"),
        {"value": float("nan")},
        {"value": 10**400},
        {"value": float("inf")},
        {"option": float("nan")},
    ],
)
@pytest.mark.parametrize("name", ["choice_fr", "classify_fr", "number_fr", "text_fr"])
def test_an_answer_never_raises(name: str, answer: object) -> None:
    """Whatever an answer is, it is marked as not readable and the marking goes on."""
    result = mark(QUESTIONS[name], answer)
    assert (result.verdict, result.points) == ("unanswered", 0)


def test_unknown_teaches_what_there_is_to_know() -> None:
    """« Je ne sais pas » gets the expected answer and its reason, without blame."""
    result = mark(QUESTIONS["number_fr"], {"unknown": True})
    assert "information utile" in result.reason
    assert "0,62" in result.reason
    assert result.reason.endswith("Deux tiers.")


def test_every_admissible_reading_is_named() -> None:
    """A reading that is not admitted is answered with those that are, and with the team's reason."""
    result = mark(QUESTIONS["classify_fr"], {"category": "giving", "reason": "direction"})
    assert "Coopération économique (raisons qui la soutiennent" in result.reason
    assert "Pas d’alliance" in result.reason
    assert "Une seule offre." in result.reason


def test_the_language_can_be_asked_for() -> None:
    """Reasons follow the language given, else the question's."""
    assert "There is no answer" in mark(QUESTIONS["choice_fr"], None, "en").reason
    assert "There is no answer" in mark(QUESTIONS["choice_en"], None).reason


def test_an_unknown_type_is_a_mistake_of_ours() -> None:
    """A question without a known type is refused: it cannot come from a learner."""
    with pytest.raises(ValueError, match="has no known type"):
        mark({"id": "x", "type": "essay"}, {})
    with pytest.raises(ValueError, match="must be one of choice"):
        empty_answer("essay")


def test_an_empty_answer_has_the_fields_of_its_type() -> None:
    """The stub of an answer shows what to fill."""
    assert empty_answer("classify") == {"category": None, "reason": None}
    assert isinstance(mark(QUESTIONS["classify_fr"], empty_answer("classify")), Mark)


@pytest.mark.parametrize(
    ("typed", "lang", "expected"),
    [
        ("1,234", "fr", 1.234),
        ("1,234", "en", 1234.0),
        ("1 234 567,8", "fr", 1234567.8),
        ("1,234,567", "en", 1234567.0),
        ("12,345.6", "fr", 12345.6),
        ("−3,5", "fr", -3.5),
        ("50 %", "fr", 0.5),
        ("1,2,3", "en", None),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(typed: str, lang: str, expected: float | None) -> None:
    """The same signs may mean two numbers: the language decides."""
    assert expected == read_number(typed, "", lang)


def test_importing_questions_loads_nothing_heavy() -> None:
    """A hidden test's import brings neither YAML, IPython, pandas, numpy nor widgets."""
    code = (
        "import sys; from alliances.questions import mark_cell;"
        "print(sorted({'yaml', 'IPython', 'pandas', 'numpy', 'anywidget', 'ipywidgets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_type_with_a_table_has_vectors_and_the_others_say_that_they_have_none() -> None:
    """JavaScript and Python are compared on every type that a page marks; graphs and free rows have none."""
    in_python_alone = {"theory_of_change", "agreement", "roadmap"}
    assert {question["type"] for question in QUESTIONS.values()} == set(TYPES) - in_python_alone
    assert all(table_of(question) for question in QUESTIONS.values())
    for kind in in_python_alone:
        assert type_of(kind).table({}, "fr") is None
    assert type_of("table").table({"rows": {"least": 1, "most": 2}}, "fr") is None
