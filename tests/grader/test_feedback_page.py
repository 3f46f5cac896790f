"""The page that a learner receives."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from acting import acting_tags

from alliances.i18n import LANGUAGES, Language, area_texts
from alliances_grader.course_manifest import CriterionText
from alliances_grader.feedback_items import CriterionItem, Item
from alliances_grader.feedback_page import render_page
from alliances_grader.feedback_words import Page, heading, level_of, written
from alliances_grader.marks import CellMark
from alliances_grader.results import CellResult

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CASE = {
    "id": "c01",
    "type": "classify",
    "prompt": "Quelle famille ?",
    "case": {"title": "Un cas", "text": "Le texte.", "source_line": "Source : [A](https://example.org)"},
    "categories": [{"id": "giving", "text": "Mécénat"}],
    "reasons": [{"id": "direction", "text": "Sens des ressources"}],
}
LEVELS = ("Rien.", "Peu.", "Assez.", "Beaucoup.")


def item(**changes: Any) -> Item:
    base = Item(
        "c01", "marked", CASE, "", {"category": "giving", "reason": None}, 0.5, 1.0, "partly", to_mark=False
    )
    return replace(base, mark=CellMark("partly", "Il manque la **raison**.", "Relire [ici](#x)."), **changes)


def criterion(points: float | None, comment: str = "") -> CriterionItem:
    words = CriterionText("facts", "S'appuie sur des faits", 3.0, LEVELS)
    result = CellResult("j01_facts", points or 0.0, 3.0, None, points, 0.0, to_mark=points is None)
    return CriterionItem("j01_facts", words, result, comment)


def open_item(points: float | None, text: str = "Mon texte.", comment: str = "") -> Item:
    judged = criterion(points, comment)
    verdict = "person" if points is None else "partly"
    return Item(
        "j01", "open", {"id": "j01", "type": "text", "prompt": "Défendez."}, "", text, points or 0.0, 3.0,
        verdict, to_mark=points is None, criteria=(judged,),
    )  # fmt: skip


def page(*items: Item, language: Language = "fr", **changes: Any) -> Page:
    base = Page(
        language,
        "Titre",
        "form",
        "p01",
        datetime(2026, 3, 1, 9, 5, tzinfo=UTC),
        items,
        0.5,
        4.0,
        0.0,
        "not_needed",
    )
    return replace(base, **changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("agents", [False, True])
def test_a_page_is_whole_and_alone(language: Language, agents: bool) -> None:
    """One language, one h1, a title, landmarks, no script, nothing from elsewhere, the project's status."""
    html = render_page(page(item(), open_item(None), language=language, agents=agents))
    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    assert re.search(r"<title>.+: Titre</title>", html)
    assert html.count("<main") == html.count("<header") == html.count("<footer") == 1
    assert acting_tags(html.split("</head>")[1]) == []
    assert "url(" not in html
    assert "@import" not in html
    assert {"fr": "Projet indépendant", "en": "An independent project"}[language] in html
    assert "{" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize(
    "hostile",
    [
        item(answer={"category": HOSTILE, "reason": HOSTILE}),
        item(question={**CASE, "type": "number", "unit": HOSTILE}, answer={"value": HOSTILE}),
        item(kind="code", answer=HOSTILE, error=HOSTILE, question={}),
        item(prompt=HOSTILE, question={}),
        item(id=HOSTILE, comment=HOSTILE),
        open_item(2.0, HOSTILE, HOSTILE),
        replace(item(), mark=CellMark("wrong", HOSTILE + "[x](javascript:alert(1))", HOSTILE)),
    ],
)
def test_whatever_comes_from_outside_is_escaped(hostile: Item) -> None:
    """Answers, errors, comments, ids, forged reasons: shown as text."""
    html = render_page(page(hostile, student="p01"))
    assert acting_tags(html.split("</head>")[1]) == []
    assert "&lt;script&gt;" in html


def test_an_answer_is_told_in_words() -> None:
    """Families and reasons by their names, points in the language's numbers, links as words."""
    html = render_page(page(item()))
    assert "Mécénat" in html
    assert "0,5 / 1" in html
    assert "<strong>raison</strong>" in html
    assert "Relire ici." in html
    assert "giving" not in html


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (item(answer={"unknown": True}), "Vous avez répondu «\u202fJe ne sais pas\u202f»"),
        (item(answer=None, verdict="unanswered", points=0.0), "pas répondu à cette question"),
        (item(question={**CASE, "type": "number", "unit": "%"}, answer={"value": "0,62"}), "0,62 %"),
        (item(kind="code", question={}, answer="x = 1"), "<code>x = 1</code>"),
        (item(kind="code", question={}, answer="x", error="NameError: x"), "<code>NameError: x</code>"),
        (open_item(None), "Lecture à venir"),
        (open_item(1.0), "visez ce niveau"),
        (open_item(0.0, ""), "aucun critère ne peut être apprécié"),
        (open_item(2.0, comment="Précis."), "Précis."),
    ],
)
def test_each_kind_of_answer_has_its_words(shown: Item, words: str) -> None:
    """Not known, not given, typed, coded, written, waiting, judged."""
    assert words in render_page(page(shown)).replace("\u202f%", " %")


def test_the_level_reached_and_the_next_one_are_the_rubrics() -> None:
    """Two points of three is the third level; the step names the fourth."""
    html = render_page(page(open_item(2.0)))
    assert "<p>Assez.</p>" in html
    assert "Beaucoup." in html
    assert "Peu." not in html


def test_public_servants_see_levels_and_no_points() -> None:
    """With the track of agents no figure of points is shown, and the thresholds are."""
    html = render_page(page(item(), open_item(3.0), agents=True)).split("</head>")[1]
    assert "À reprendre" not in html
    assert "En cours" in html
    assert "Acquis" in html
    assert " / 1" not in html
    assert "80" in html


@pytest.mark.parametrize(
    ("share", "level"),
    [
        (1, "acquired"),
        (0.8, "acquired"),
        (0.79, "under_way"),
        (0.5, "under_way"),
        (0.49, "to_resume"),
        (0, "to_resume"),
    ],
)
def test_levels_have_documented_thresholds(share: float, level: str) -> None:
    """Acquired from 80 %, under way from 50 %."""
    assert level_of(share * 3, 3) == level


def test_a_late_copy_says_what_was_taken_off() -> None:
    """The total is after the penalty, and the penalty is named."""
    html = render_page(page(item(), points=3.0, late_penalty=0.5))
    assert "2,5 / 4" in html
    assert "Retrait pour retard" in html


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.5, "0,5"), (1 / 3, "0,33"), (1234.5, "1\u202f234,5")]
)
def test_points_have_the_decimals_they_need(value: float, text: str) -> None:
    """None, one or two."""
    assert written(page(), value) == text


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        (item(), "c01 · Un cas"),
        (
            item(question={}, prompt="### k01 – Accord observé (3 points)\n\nTexte", id="k01"),
            "k01 · Accord observé",
        ),
        (item(question={"prompt": "Combien ? Dites-le."}), "c01 · Combien ?"),
        (item(question={}), "c01"),
    ],
)
def test_a_question_has_a_title(shown: Item, title: str) -> None:
    """Its case, the heading over it, how it begins, or its id."""
    assert heading(shown).replace("\u202f", " ") == title


def test_every_text_stands_in_both_languages() -> None:
    """And takes the same values in both."""
    for area in ("feedback", "grader", "course_folder"):
        for key, texts in area_texts(area).items():
            fields = [sorted(re.findall(r"\{(\w+)\}", texts[language])) for language in LANGUAGES]
            assert fields[0] == fields[1], f"{area}.{key}"


def sure(level: str | None, about: str = "c01") -> Item:
    question = {"id": "s01", "type": "confidence", "about": about, "levels": [50, 80, 100], "lang": "fr"}
    verdict = "noted" if level else "unanswered"
    return Item("s01", "marked", question, "", {"level": level}, 0.0, 0.0, verdict, to_mark=False)


@pytest.mark.parametrize("agents", [False, True])
def test_how_sure_somebody_was_is_shown_and_not_counted(agents: bool) -> None:
    """A level of certainty is noted without points, and compared with what the answer earned."""
    html = render_page(page(item(), sure("80"), agents=agents))
    assert "Notée, sans points" in html
    assert "Votre certitude et vos réponses" in html
    assert "80" in html.partition("Votre certitude")[2].partition("</ul>")[0]
    assert "0 / 0" not in html


@pytest.mark.parametrize("other", [sure(None), sure("80", "zz"), sure("33")])
def test_certainty_without_an_answer_to_compare_says_so(other: Item) -> None:
    """No level, a level that was not offered or a question that is not there: no figure is made up."""
    html = render_page(page(item(), other))
    assert "%" not in html.partition("Votre certitude et vos")[2].partition("</ul>")[0]


def test_several_reasons_are_a_list() -> None:
    """Where a question marks several things, each reason has its line."""
    several = replace(item(), mark=CellMark("partly", "1 sur 2.\nLa **première**.\nLa seconde.", ""))
    html = render_page(page(several))
    assert "<p>1 sur 2.</p><ul><li>La <strong>première</strong>.</li><li>La seconde.</li></ul>" in html
