"""The page that a learner receives."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from acting import acting_tags
from browser import axe_findings, open_page

from alliances.i18n import LANGUAGES, Language, area_texts
from alliances_grader.course_manifest import CriterionText
from alliances_grader.feedback_checks import FailedCheck
from alliances_grader.feedback_items import CriterionItem, Item
from alliances_grader.feedback_outcomes import by_outcome
from alliances_grader.feedback_page import render_page
from alliances_grader.feedback_remarks import Remark, told_keys
from alliances_grader.feedback_words import Page, heading, level_of, written
from alliances_grader.marks import CellMark
from alliances_grader.results import CellResult

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
        verdict, to_mark=points is None, criteria=(judged,), by_person=True,
    )  # fmt: skip


def by_tests(check: FailedCheck | None, **changes: Any) -> Item:
    base = Item(
        "k01", "code", {}, "## k01 – La somme", "x = 1", 0.0, 2.0, "wrong", to_mark=False, check=check,
        outcome="count", cells=frozenset({"k01", "k01_test"}),
    )  # fmt: skip
    return replace(base, **changes)


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
        by_tests(FailedCheck("visible", HOSTILE, HOSTILE)),
        by_tests(FailedCheck("visible", HOSTILE, error=HOSTILE)),
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


OUTCOMES = {"tell": "Dire ce qui est.", "count": "Compter *juste*.", "other": "Autre."}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (by_tests(FailedCheck("visible", "assert x", "x vaut 2")), "<strong>x vaut 2</strong>"),
        (by_tests(FailedCheck("visible", "assert x")), "<code>assert x</code>"),
        (
            by_tests(FailedCheck("visible", "f()", error="NameError: f")),
            "<code>NameError: f</code>, à cette ligne",
        ),
        (by_tests(FailedCheck("hidden")), "objectif «\u202fCompter <em>juste</em>\u202f»"),
        (by_tests(FailedCheck("hidden"), outcome="zz"), "la question «\u202fk01 · La somme\u202f»"),
        (by_tests(FailedCheck("hidden"), points=1.0, verdict="partly"), "passe une partie des vérifications"),
        (by_tests(FailedCheck("time")), "durait trop longtemps"),
        (by_tests(None), "ne passe pas encore les vérifications"),
        (by_tests(None, verdict="unanswered", answer=""), "remplacez la ligne"),
        (by_tests(None, verdict="right", points=2.0), "passe toutes les vérifications"),
        (by_tests(None, to_mark=True), "une personne va le lire"),
        (by_tests(None, answer=""), "ce que vous avez écrit plus haut"),
        (
            by_tests(None, kind="task", by_person=True, answer="", to_mark=True),
            "à la suite de cette consigne",
        ),
    ],
)
def test_the_failed_check_is_told_in_words(shown: Item, words: str) -> None:
    """The assertion's own words, the line, the error, or what a hidden check bears on."""
    assert words in render_page(page(shown, outcomes=OUTCOMES))


def test_marks_are_added_up_by_outcome() -> None:
    """In the course's order, only outcomes that are asked; what waits for a person is not counted as lost."""
    items = [
        by_tests(None, points=1.0),
        by_tests(None, id="k02", points=2.0),
        item(outcome="tell"),
        replace(open_item(None), outcome="tell"),
        replace(sure("80"), outcome="other"),
    ]
    found = by_outcome(page(*items, outcomes=OUTCOMES))
    assert [(one.words, one.points, one.max_points, one.to_mark) for one in found] == [
        ("Dire ce qui est.", 0.5, 1.0, 1),
        ("Compter *juste*.", 3.0, 4.0, 0),
    ]
    html = render_page(page(*items, outcomes=OUTCOMES))
    assert "Résultat par objectif" in html
    assert "3 / 4" in html
    assert "Résultat par objectif" not in render_page(page(*items))


def test_public_servants_see_outcomes_as_levels() -> None:
    """No points there either."""
    html = render_page(page(by_tests(None, points=2.0, verdict="right"), outcomes=OUTCOMES, agents=True))
    table = html.partition("Résultat par objectif")[2].partition("</table>")[0]
    assert "Acquis" in table
    assert "2 / 2" not in table


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(told_keys()))
def test_every_remark_has_its_words(language: Language, key: str) -> None:
    """In both languages, naming the question where it is about one."""
    html = render_page(page(by_tests(None), language=language, remarks=(Remark(key, "k01_test"),)))
    told = html.partition('<ul class="remarks">')[2].partition("</ul>")[0]
    assert told.startswith("<li>")
    assert ("La somme" in told) == ("{cell}" in area_texts("feedback")[f"told_{key}"][language])


def shown_page(tmp_path: Path, language: Language) -> Path:
    items = [
        item(),
        item(id="x1", question={**CASE, "prompt": "Lequel ?"}, answer={"category": HOSTILE}),
        open_item(None),
        replace(open_item(2.0, HOSTILE, "Précis. " + HOSTILE), id="j02"),
        by_tests(FailedCheck("visible", "assert total([1, 2]) == 3", "trois attendu")),
        by_tests(
            FailedCheck("hidden"),
            id="k02",
            answer="y = " + "'long' * 3 + " * 30,
            prompt="## Deux\n\nMot à lire.",
        ),
        replace(sure("80"), id="s02"),
    ]
    shown = page(
        *items,
        language=language,
        points=3.0,
        late_penalty=0.5,
        outcomes=OUTCOMES,
        remarks=(Remark("order"), Remark("put_back", "k01")),
    )
    path = tmp_path / f"{language}.html"
    path.write_text(render_page(shown), encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_accessible_and_asks_for_nothing(
    tmp_path: Path, chromium_browser: Browser, language: Language, width: int
) -> None:
    """The checker axe finds nothing, nothing is wider than a phone, nothing runs, nothing is asked for."""
    path = shown_page(tmp_path, language)
    viewport = {"width": width, "height": 800}
    with open_page(chromium_browser, "file://", viewport=viewport, bypass_csp=True) as (tab, watched):
        tab.on("dialog", lambda dialog: watched.errors.append(dialog.message))
        tab.goto(path.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert axe_findings(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watched.outside == []
        assert watched.errors == []


@pytest.mark.browser
def test_the_policy_holds_even_if_a_script_came_in(tmp_path: Path, chromium_browser: Browser) -> None:
    """Were a learner's text ever left unescaped, the page would still run and load nothing."""
    path = shown_page(tmp_path, "fr")
    slipped = "<script>document.title = 'ran'</script><img src='https://example.org/x.png'>"
    path.write_text(
        path.read_text(encoding="utf-8").replace("</main>", slipped + "</main>"), encoding="utf-8"
    )
    with open_page(chromium_browser, "file://") as (tab, _):
        failed: list[str | None] = []
        tab.on("requestfailed", lambda request: failed.append(request.failure))
        tab.goto(path.as_uri())
        assert tab.title() == "Votre retour\u00a0: Titre"
        assert failed == ["csp"]


@pytest.mark.browser
def test_on_paper_the_questions_stand_open_and_code_is_whole(
    tmp_path: Path, chromium_browser: Browser
) -> None:
    """Printed, a closed prompt is shown and a long line of code wraps."""
    with open_page(chromium_browser, "file://", viewport={"width": 700, "height": 900}) as (tab, _):
        tab.goto(shown_page(tmp_path, "fr").as_uri())
        closed = tab.get_by_text("Mot à lire.")
        assert not closed.is_visible()
        tab.emulate_media(media="print")
        assert closed.is_visible()
        assert tab.evaluate(
            "[...document.querySelectorAll('pre')].every((one) => one.scrollWidth <= one.clientWidth)"
        )
