"""Pairs in a page: by keyboard, at any width, with what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from keyboard import tab_to
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


def _chosen(page: Page) -> list[str]:
    found: list[str] = page.locator("select").evaluate_all("lists => lists.map((list) => list.value)")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_answered_by_keyboard_alone(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """Tab meets a list an entry, named by it; arrows choose; the end is announced; « Vérifier » says why."""
    question = sample("matching", lang)
    words = [entry["text"] for entry in question["left"]]
    last = {"fr": ["Je ne sais pas", "Vérifier ma réponse"], "en": ["I do not know", "Check my answer"]}[lang]
    steps = {"charter": 1, "dashboard": 2, "lessons": 3}
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        assert tab_stops(page, 5) == [*words, *last]
        from_the_top(page)
        for entry in question["left"]:
            page.keyboard.press("Tab")
            for _ in range(steps[entry["id"]]):
                page.keyboard.press("ArrowDown")
        heard(page, {"fr": "Toutes les associations sont faites.", "en": "All pairs are made."}[lang])
        wanted = {"charter": "before", "dashboard": "during", "lessons": "after"}
        assert answer_of(page) == {"pairs": wanted}
        assert mark(question, answer_of(page)).verdict == "right"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        said = heard(page, {"fr": "Réponse juste", "en": "Right"}[lang])
        assert question["reasons"]["lessons"] in said
        assert focused(page) == last[1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, lang: Language, width: int
) -> None:
    """Before an answer and with its feedback open; long words in both lists."""
    long = {
        "fr": "Une réponse particulièrement longue, qui ne tient pas sur une ligne étroite",
        "en": "A long one",
    }
    right = [{"id": name, "text": long} for name in ("before", "during", "after", "never")]
    question = sample("matching", lang, right=right)
    with opened_question(chromium_browser, tmp_path, question, practice=True, width=width) as page:
        check_page(page)
        page.locator("select").first.select_option("never")
        page.locator(".al-button").click()
        assert page.locator(".al-feedback").is_visible()
        check_page(page)


def test_how_far_one_is_stays_in_sight(chromium_browser: Browser, tmp_path: Path) -> None:
    """The count follows each choice, and a list that is emptied again is no answer."""
    with opened_question(chromium_browser, tmp_path, sample("matching", "fr")) as page:
        lists, hint = page.locator("select"), page.locator("fieldset .al-hint")
        assert hint.inner_text() == "Associations faites\u00a0: 0 sur 3."
        lists.nth(1).select_option("after")
        assert hint.inner_text() == "Associations faites\u00a0: 1 sur 3."
        assert answer_of(page) == {"pairs": {sample("matching", "fr")["left"][1]["id"]: "after"}}
        lists.nth(1).select_option("")
        assert answer_of(page) is None


def test_i_do_not_know_keeps_what_was_chosen_in_sight(chromium_browser: Browser, tmp_path: Path) -> None:
    """It is the answer while it is ticked; taken back, or when a list is used, the pairs are."""
    with opened_question(chromium_browser, tmp_path, sample("matching", "fr")) as page:
        first = sample("matching", "fr")["left"][0]["id"]
        page.locator("select").first.select_option("never")
        unknown = page.get_by_label("Je ne sais pas")
        tab_to(page, unknown)
        page.keyboard.press("Space")
        assert answer_of(page) == {"unknown": True}
        page.keyboard.press("Space")
        assert answer_of(page) == {"pairs": {first: "never"}}
        page.keyboard.press("Space")
        page.locator("select").first.select_option("before")
        assert answer_of(page) == {"pairs": {first: "before"}}
        assert not unknown.is_checked()


def test_what_was_stored_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """At the start, and when it changes elsewhere, under a focus that does not move."""
    question = sample("matching", "fr")
    names = [entry["id"] for entry in question["left"]]
    stored = {"pairs": {names[0]: "after", names[2]: "boat"}}
    with opened_question(chromium_browser, tmp_path, question, answer=stored) as page:
        assert _chosen(page) == ["after", "", ""]
        page.locator("select").nth(1).focus()
        check_stored(page, {"pairs": {names[1]: "never"}}, "m1")
        assert _chosen(page) == ["", "never", ""]
        check_stored(page, {"unknown": True}, "m1")
        assert page.get_by_label("Je ne sais pas").is_checked()
        for hostile in (None, {"pairs": "never"}, {"pairs": [1]}):
            check_stored(page, hostile, "m1")
            assert _chosen(page) == ["", "", ""]
