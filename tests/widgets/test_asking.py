"""A question of an exercise shown in its notebook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sample_questions import sample

from alliances.errors import AlliancesError
from alliances.questions import ask, mark
from alliances.questions.answers import read_answers
from alliances.questions.released import FILE, released_bytes
from alliances.widgets.asking import Asked
from alliances.widgets.practice import Practice

if TYPE_CHECKING:
    from pathlib import Path

CHOICE = sample("choice", "fr")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a learner's folder with two released questions."""
    content = released_bytes("tiny", "code", "fr", [CHOICE, sample("number", "fr")])
    (tmp_path / FILE).write_bytes(content)
    return tmp_path


def test_what_is_released_holds_no_key(folder: Path) -> None:
    """The file beside the notebook says what is asked, never what is right."""
    text = (folder / FILE).read_text(encoding="utf-8")
    assert "Les partenaires, ensemble" in text
    for key in ("correct", "reason", "misconception", "tolerance", "known_errors", "next_step"):
        assert f'"{key}"' not in text


def test_an_answer_given_in_the_notebook_is_kept_and_marked(folder: Path) -> None:
    """What the component keeps is in answers.json at once, and marking takes the question for its answer."""
    asked = ask("q1", folder=folder)
    assert isinstance(asked, Asked)
    assert asked.answer is None
    assert mark(CHOICE, asked).verdict == "unanswered"
    asked._component.answer = {"option": "b"}  # type: ignore[union-attr]
    assert read_answers(folder / "answers.json").answers == {"q1": {"option": "b"}}
    assert mark(CHOICE, asked).points == 1
    assert asked.trouble == ""


def test_an_answer_given_elsewhere_is_found(folder: Path) -> None:
    """The form page, another kernel or yesterday's session: the file is read when the question shows."""
    asked = ask("q1", folder=folder)
    ask("q1", folder=folder)._component.answer = {"option": "a"}  # type: ignore[union-attr]
    assert asked.answer == {"option": "a"}
    bundle: Any = asked._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert asked._component.answer == {"option": "a"}  # type: ignore[union-attr]
    assert "contrat-alliance" in bundle["text/plain"]


def test_a_disk_that_refuses_is_said_and_loses_nothing(folder: Path) -> None:
    """The component says why the answer is not written; the answer stays in memory."""
    asked = ask("q1", folder=folder)
    (folder / "answers.json").mkdir()
    asked._component.answer = {"option": "b"}  # type: ignore[union-attr]
    assert asked._component.trouble  # type: ignore[union-attr]
    assert asked.answer == {"option": "b"}


def test_a_practice_item_is_asked_by_its_full_name() -> None:
    """A name with a point is an item of a module, marked at once."""
    assert isinstance(ask("alliance_models.p01", lang="en"), Practice)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (None, "q1", "Aucune question d’exercice dans ce dossier"),
        ("{", "q1", "n’est pas celui de l’exercice"),
        ("[" * 3000, "q1", "n’est pas celui de l’exercice"),
        (json.dumps({"format": "alliances-questions", "version": 2}), "q1", "n’est pas celui de l’exercice"),
        ("", "q9", "Questions présentes : q1, n1"),
    ],
)
def test_what_cannot_be_asked_is_said(folder: Path, content: str | None, name: str, message: str) -> None:
    """No file, another file, or another name: a sentence, and nothing is written."""
    if content is None:
        (folder / FILE).unlink()
    elif content:
        (folder / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(AlliancesError, match=message):
        ask(name, folder=folder)
    assert not (folder / "answers.json").exists()
