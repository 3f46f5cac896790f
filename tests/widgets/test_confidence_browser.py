"""Certainty in a page: by keyboard, at any width, with what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from question_page import (
    answer_of,
    check_page,
    check_stored,
    focused,
    from_the_top,
    heard,
    opened_question,
    tab_stops,
)
from sample_choosing import sample

from alliances.i18n import LANGUAGES
from alliances.questions import mark

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser


def _level(page: Page) -> list[str]:
    found: list[str] = page.locator("input").evaluate_all(
        "radios => radios.filter((radio) => radio.checked).map((radio) => radio.value)"
    )
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_answered_by_keyboard_alone(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """One stop for the levels, arrows between them, written as the language does; noted, not counted."""
    question = sample("confidence", lang)
    check = {"fr": "Vérifier ma réponse", "en": "Check my answer"}[lang]
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        assert tab_stops(page, 2) == [{"fr": "50\u00a0%", "en": "50%"}[lang], check]
        from_the_top(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        assert answer_of(page) == {"level": "80"}
        assert mark(question, answer_of(page)).verdict == "noted"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        said = heard(page, {"fr": "Réponse notée, sans points", "en": "Answer noted, no points"}[lang])
        assert {"fr": "80\u00a0%", "en": "80%"}[lang] in said
        assert focused(page) == check


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, lang: Language, width: int
) -> None:
    """With a level chosen and what is said of it."""
    with opened_question(
        chromium_browser, tmp_path, sample("confidence", lang), practice=True, width=width
    ) as page:
        check_page(page)
        page.get_by_role("radio").nth(5).check()
        page.locator(".al-button").click()
        assert page.locator(".al-feedback").is_visible()
        check_page(page)


def test_choosing_moves_nothing(chromium_browser: Browser, tmp_path: Path) -> None:
    """The levels stay where they are when one is chosen and set in bold."""
    places = "labels => labels.map((label) => [label.offsetLeft, label.offsetTop])"
    with opened_question(chromium_browser, tmp_path, sample("confidence", "fr")) as page:
        before = page.locator(".al-option").evaluate_all(places)
        for radio in page.get_by_role("radio").all()[:6]:
            radio.check()
            assert page.locator(".al-option").evaluate_all(places) == before


def test_it_names_its_question_and_says_that_it_does_not_count(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    """The group is named by the question meant, and described by what becomes of the answer."""
    with opened_question(chromium_browser, tmp_path, sample("confidence", "fr")) as page:
        group = page.locator("fieldset")
        assert "«\u202fLes étapes\u202f»" in group.locator("legend").inner_text()
        hint = page.locator(f"#{group.get_attribute('aria-describedby')}")
        assert hint.inner_text().startswith("Ne compte pas dans les points")


def test_what_was_stored_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """At the start, and when it changes elsewhere, under a focus that does not move."""
    question = sample("confidence", "fr")
    with opened_question(chromium_browser, tmp_path, question, answer={"level": "70"}) as page:
        assert _level(page) == ["70"]
        page.get_by_role("radio").nth(2).focus()
        check_stored(page, {"level": 90}, "k1")
        assert _level(page) == ["90"]
        check_stored(page, {"unknown": True}, "k1")
        assert _level(page) == ["unknown"]
        page.get_by_role("radio").nth(0).check()
        assert answer_of(page) == {"level": "50"}
        for other in (None, {"level": "75"}, {"level": ["50"]}):
            check_stored(page, other, "k1")
            assert _level(page) == ([] if other is None or other["level"] == "75" else ["50"])
