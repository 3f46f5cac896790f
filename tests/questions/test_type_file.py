"""File: a text file that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from filled_samples import RAW, filled_sample
from hypothesis import given
from type_checks import ANY_JSON, changed, check_source, near_answers, spaced

from alliances.errors import SourceError
from alliances.questions import mark
from alliances.questions.registry import type_of
from alliances.questions.spec import compile_question, public

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = filled_sample("file", "fr")


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        ({"name": "plan.md", "text": "Deux mots"}, "person", 2),
        ({"name": None, "text": "Sans nom"}, "person", 2),
        ({"name": "plan.md", "text": " \n"}, "unanswered", None),
        ({"name": "plan.md", "text": None}, "unanswered", None),
        ({"name": "plan.md", "text": ["x"]}, "unanswered", None),
        (None, "unanswered", None),
        ({"unknown": True}, "unknown", None),
    ],
)
def test_a_file_is_for_a_person(answer: object, verdict: str, words: int | None) -> None:
    """A file earns nothing by itself; its words are counted for who will read it."""
    found = mark(FRENCH, answer)
    assert (found.verdict, found.points, found.words) == (verdict, 0, words)
    if verdict == "person":
        assert (
            found.reason
            == "Une personne lira ce fichier et le notera avec la grille. Nombre de mots\u00a0: 2."
        )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_says_what_it_takes(lang: Any) -> None:
    """Kinds and size are shown and stand in the notebook's instruction; defaults fill what is not written."""
    question = filled_sample("file", lang)
    assert public(question)["accept"] == [".md", ".txt"]
    assert public(question)["max_kb"] == 2
    kind = type_of("file")
    assert ".md, .txt" in kind.instruction(question, lang)
    assert mark(question, kind.full_answer(question)).verdict == "person"
    bare = compile_question(changed(changed(RAW["file"], "accept", ...), "max_kb", ...), lang)
    assert (bare["accept"], bare["max_kb"]) == ([".csv", ".txt", ".md", ".json"], 60)


def test_what_was_handed_in_is_said_by_its_name() -> None:
    """The file's name heads its text; an empty file says nothing."""
    kind = type_of("file")
    assert kind.said(FRENCH, {"name": "a.md", "text": "<b>x</b>"}, "fr") == [("a.md", "<b>x</b>")]
    assert kind.said(FRENCH, {"name": "a.md", "text": ""}, "fr") == []


@given(near_answers({"name": "plan.md", "text": "mot"}) | ANY_JSON)
def test_any_answer_is_read(answer: object) -> None:
    """No JSON value makes marking or wording fail."""
    assert mark(FRENCH, answer).points == 0
    if isinstance(answer, dict):
        type_of("file").said(FRENCH, answer, "fr")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("accept", [".exe"], "n’est pas une valeur prévue"),
        ("accept", [], "la liste a 0"),
        ("max_kb", 61, "le maximum est 60"),
        ("max_kb", 0, "trop petit"),
    ],
)
def test_a_malformed_source_is_refused(tmp_path: Path, path: str, value: object, message: str) -> None:
    """Each thing that is wrong is named with its place."""
    with pytest.raises(SourceError, match=spaced(message)):
        check_source(tmp_path, changed(RAW["file"], path, value))


def test_a_good_source_loads(tmp_path: Path) -> None:
    """The sample's own source is accepted."""
    check_source(tmp_path, RAW["file"])
