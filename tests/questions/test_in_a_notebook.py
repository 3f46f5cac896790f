"""What a notebook says of a question, where no component shows it: enough to answer it, or to say no."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from author_examples import author_examples
from filled_samples import filled_sample

from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.compiling import compile_question, public
from alliances.questions.drawing import with_figures
from alliances.questions.registry import TYPES, type_of

pytestmark = pytest.mark.checkout


@cache
def example(kind: str, lang: Any) -> dict[str, Any]:
    """Return the question of a type that CONTRIBUTING.md shows, in one language."""
    return compile_question(author_examples()[kind], lang)


def plain(words: str) -> str:
    """Return words with the spaces of a keyboard."""
    return re.sub("[\u00a0\u202f]", " ", words)


def codes_of(question: dict[str, Any]) -> dict[str, str]:
    """Return every code that a notebook lists, with its words."""
    lists = type_of(question["type"]).codes(public(question), question["lang"])
    return {code: plain(words) for _, entries in lists for code, words in entries}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES)
def test_not_knowing_can_be_said_in_a_cell(kind: str, lang: Any) -> None:
    """Each type that rules mark says in its instruction how to answer « Je ne sais pas », and it works."""
    question = example(kind, lang)
    type_ = type_of(kind)
    if type_.read_by_person(question):
        return
    instruction = type_.instruction(public(question), lang)
    assert ("je ne sais pas" if lang == "fr" else "I do not know") in plain(instruction)
    said = {"unknown": True} if '"unknown": True' in instruction else {type_.answer_fields[0]: "unknown"}
    assert mark(question, said).verdict == "unknown"


def test_the_figures_drawn_stand_in_the_cell() -> None:
    """A number typed in the cell is marked with the figures that its notebook shows."""
    question = with_figures(example("number", "fr"), "")
    kind = type_of("number")
    stub = kind.empty(question)
    assert stub == {"value": None, "drawn": question["drawn"]}
    assert mark(question, stub).verdict == "unanswered"
    value = question["drawn"]["share"] * question["drawn"]["total"] / 100
    assert mark(question, {**stub, "value": str(value)}).verdict == "right"
    assert kind.empty() == {"value": None}


@pytest.mark.parametrize(
    ("lang", "row", "column"),
    [
        ("fr", "Année 1 (donné : Aide : 2 000 €)", "Aide (€)"),
        ("en", "Year 1 (given: Support: 2,000 €)", "Support (€)"),
    ],
)
def test_what_a_table_gives_is_read_in_a_notebook(lang: Any, row: str, column: str) -> None:
    """Cells that are given, and units, stand beside the codes: they are the question."""
    codes = codes_of(example("table", lang))
    assert (codes["first"], codes["amount"]) == (row, column)
    assert codes["second"] in {"Année 2", "Year 2"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["file", "table_free"])
def test_what_a_person_reads_is_written_as_text(name: str, lang: Any) -> None:
    """The cell of an answer that a person reads is Markdown: no code is asked for there."""
    question = filled_sample(name, lang)
    instruction = type_of(question["type"]).instruction(public(question), lang)
    assert not re.search(r"None|open\(|\{\"", instruction)
    assert ("Une personne" if lang == "fr" else "A person") in instruction


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        (80, 200, "(80 à 200 mots)"),
        (80, None, "(80 mots au moins)"),
        (None, 200, "(200 mots au plus)"),
        (0, None, "cellule suivante. Une personne"),
    ],
)
def test_a_text_says_the_lengths_it_has(least: int | None, most: int | None, said: str) -> None:
    """No text is asked to have « 0 à 0 mots »."""
    limits = {"min_words": least, "max_words": most}
    raw = {name: value for name, value in author_examples()["text"].items() if name not in limits}
    raw |= {name: value for name, value in limits.items() if value is not None}
    question = compile_question(raw, "fr")
    assert said in plain(type_of("text").instruction(question, "fr"))


@pytest.mark.parametrize(
    ("lang", "sheet"),
    [
        ("fr", "Prêter (durée en mois : 3 ; charge : 2,5 par mois ; attend : a ; couvre : emploi)"),
        ("en", "Lend (duration in months: 3; load: 2.5 a month; waits for: a; covers: jobs)"),
    ],
)
def test_a_measure_to_choose_is_read_with_its_sheet(lang: Any, sheet: str) -> None:
    """Duration, load, what it waits for and what it covers are said: « the figures of the sheets kept »."""
    candidates = [
        {"id": "a", "title": {"fr": "Écouter", "en": "Listen"}},
        {
            "id": "b",
            "title": {"fr": "Prêter", "en": "Lend"},
            "duration": 3,
            "load": 2.5,
            "depends": ["a"],
            "tags": ["jobs"],
        },
    ]
    cover = {"jobs": {"fr": "emploi", "en": "jobs"}}
    raw = {**author_examples()["roadmap"], "candidates": candidates, "cover": cover}
    codes = codes_of(compile_question(raw, lang))
    assert codes["b"] == sheet
    assert codes["a"] in {"Écouter", "Listen"}
