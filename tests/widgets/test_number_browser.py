"""A number with a range, in a page: the field and the slider are one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from keyboard import tab_to
from question_page import answer_of, check_page, check_stored, opened_question

from alliances.course.gallery import samples
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
WORDS = {
    "fr": ("Pas encore de valeur", "50,5\u00a0%", "Lu comme 50,5\u00a0%.", "0\u00a0%", "100\u00a0%"),
    "en": ("No value yet", "50.5%", "Read as 50.5%.", "0%", "100%"),
}


def with_range(lang: Language) -> dict[str, Any]:
    """Return the gallery's number with a slider."""
    return next(one.question for one in samples(find_tree(), lang) if "range" in one.question)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_slider_is_moved_by_keyboard(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """It says that it has no value, then the value with its unit; the field and the answer follow it."""
    none, moved, read, least, most = WORDS[lang]
    with opened_question(chromium_browser, tmp_path, with_range(lang)) as page:
        field, slider = page.locator(".al-number"), page.get_by_role("slider")
        assert slider.get_attribute("aria-valuetext") == none
        assert answer_of(page) is None
        tab_to(page, slider)
        page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == moved
        assert field.input_value() == moved.removesuffix("%").rstrip()
        assert answer_of(page)["value"] == field.input_value()
        assert page.get_by_text(read, exact=True).is_visible()
        for key, words in (("Home", least), ("End", most)):
            page.keyboard.press(key)
            assert slider.get_attribute("aria-valuetext") == words
            assert float(answer_of(page)["value"].replace(",", ".")) == {"Home": 0, "End": 100}[key]


def test_what_is_typed_moves_the_slider(chromium_browser: Browser, tmp_path: Path) -> None:
    """A value typed, or from elsewhere, is the slider's; what is no number leaves it without one."""
    with opened_question(chromium_browser, tmp_path, with_range("fr")) as page:
        field, slider = page.locator(".al-number"), page.get_by_role("slider")
        field.fill("26,7")
        assert slider.input_value() == "26.5"  # its own steps are of a half; the answer keeps what was typed
        assert answer_of(page)["value"] == "26,7"
        assert slider.get_attribute("aria-valuetext") == "26,7\u00a0%"
        field.fill("un tiers")
        assert slider.get_attribute("aria-valuetext") == "Pas encore de valeur"
        check_stored(page, {"value": "80"}, str(with_range("fr")["id"]))
        assert slider.input_value() == "80"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, lang: Language, width: int
) -> None:
    """With a slider, and what cannot be read."""
    with opened_question(chromium_browser, tmp_path, with_range(lang), practice=True, width=width) as page:
        check_page(page)
        page.locator(".al-number").fill("x")
        page.locator(".al-actions .al-button").click()
        check_page(page)
