"""Several choices in a page: by keyboard, at any width, with what was stored."""

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
IDS = ["notice", "logo", "share", "press", "party"]


def _ticked(page: Page) -> list[str]:
    found: list[str] = page.locator(".al-options input").evaluate_all(
        "boxes => boxes.filter((box) => box.checked).map((box) => box.value)"
    )
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_answered_by_keyboard_alone(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """Tab meets the options in order, then « Je ne sais pas »; Space picks them; « Vérifier » says why."""
    question = sample("choices", lang)
    words = [option["text"] for option in question["options"]]
    last = {"fr": ["Je ne sais pas", "Vérifier ma réponse"], "en": ["I do not know", "Check my answer"]}[lang]
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        assert tab_stops(page, 7) == [*words, *last]
        from_the_top(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert answer_of(page) == {"options": ["notice", "share"]}
        assert mark(question, answer_of(page)).verdict == "right"
        for _ in range(4):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        said = heard(page, {"fr": "Réponse juste", "en": "Right"}[lang])
        assert question["options"][0]["reason"] in said
        assert focused(page) == last[1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, lang: Language, width: int
) -> None:
    """With its feedback open, and with too many picks."""
    question = sample("choices", lang, most=2)
    with opened_question(chromium_browser, tmp_path, question, practice=True, width=width) as page:
        page.locator(".al-options input").nth(1).check()
        page.locator(".al-button").click()
        assert page.locator(".al-feedback").is_visible()
        check_page(page)
        for place in (0, 2):
            page.locator(".al-options input").nth(place).check()
        check_page(page)


@pytest.mark.parametrize(
    ("picks", "fr", "en"),
    [
        ({}, "Une ou plusieurs réponses possibles.", "One or more answers."),
        ({"least": 2, "most": 2}, "Choisissez 2 réponses.", "Choose 2 answers."),
        ({"least": 2, "most": 3}, "Choisissez de 2 à 3 réponses.", "Choose from 2 to 3 answers."),
        ({"least": 2}, "Choisissez au moins 2 réponses.", "Choose at least 2 answers."),
        ({"most": 3}, "Choisissez jusqu’à 3 réponses.", "Choose up to 3 answers."),
    ],
)
def test_it_says_how_many_may_be_picked(
    chromium_browser: Browser, tmp_path: Path, picks: dict[str, int], fr: str, en: str
) -> None:
    """In words that describe the group, so that they are heard before the first option."""
    for lang, words in (("fr", fr), ("en", en)):
        with opened_question(chromium_browser, tmp_path, sample("choices", lang, **picks)) as page:  # type: ignore[arg-type]
            group = page.locator("fieldset")
            hint = page.locator(f"#{group.get_attribute('aria-describedby')}")
            assert hint.inner_text() == words


def test_too_many_picks_are_announced_and_kept(chromium_browser: Browser, tmp_path: Path) -> None:
    """Above the number, the page says how many to remove; nothing is unticked behind one's back."""
    with opened_question(chromium_browser, tmp_path, sample("choices", "fr", most=2)) as page:
        boxes = page.locator(".al-options input")
        for place in range(3):
            boxes.nth(place).check()
        assert heard(page, "retirez-en 1") == "3 sont cochées\u00a0: retirez-en 1."
        assert answer_of(page) == {"options": IDS[:3]}
        assert "retirez-en 1" in page.locator(".al-choices__hint.al-hint--bad").inner_text()
        boxes.nth(1).uncheck()
        heard(page, "convient")
        assert page.locator(".al-choices__hint.al-hint--bad").count() == 0


def test_i_do_not_know_stands_alone_and_can_be_taken_back(chromium_browser: Browser, tmp_path: Path) -> None:
    """It empties the options; taken back, they return; picking one takes it away; no pick is no answer."""
    with opened_question(chromium_browser, tmp_path, sample("choices", "fr")) as page:
        boxes = page.locator(".al-options input")
        unknown = page.get_by_label("Je ne sais pas")
        boxes.nth(0).check()
        boxes.nth(4).check()
        unknown.check()
        assert answer_of(page) == {"unknown": True}
        assert _ticked(page) == ["on"]
        unknown.uncheck()
        assert answer_of(page) == {"options": ["notice", "party"]}
        assert _ticked(page) == ["notice", "party"]
        unknown.check()
        boxes.nth(2).check()
        assert answer_of(page) == {"options": ["share"]}
        assert not unknown.is_checked()
        boxes.nth(2).uncheck()
        assert answer_of(page) is None


def test_what_was_stored_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """At the start, and when it changes elsewhere, under a focus that does not move."""
    stored = {"options": ["share", "boat"]}
    with opened_question(chromium_browser, tmp_path, sample("choices", "fr"), answer=stored) as page:
        assert _ticked(page) == ["share"]
        page.locator(".al-options input").first.focus()
        check_stored(page, {"options": ["notice", "logo"]}, "s1")
        assert _ticked(page) == ["notice", "logo"]
        check_stored(page, {"unknown": True}, "s1")
        assert _ticked(page) == ["on"]
        for hostile in (None, {"options": "notice"}, {"options": {"a": 1}}):
            check_stored(page, hostile, "s1")
            assert _ticked(page) == []
