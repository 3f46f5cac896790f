"""A long text, in a page: its draft is kept while it is typed, and its words are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from keyboard import tab_to
from question_page import answer_of, check_page, check_stored, opened_question
from sample_questions import sample

from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
KEPT = "window.changes.length > 0"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_is_kept_without_leaving_the_field(
    chromium_browser: Browser, tmp_path: Path, lang: Language
) -> None:
    """A pause in typing keeps the text; the focus stays, the words are counted below the field."""
    words = {"fr": "Un fait du texte", "en": "One fact from the text"}[lang]
    with opened_question(chromium_browser, tmp_path, sample("text", lang)) as page:
        field = page.get_by_role("textbox")
        tab_to(page, field)
        page.keyboard.type(words)
        page.wait_for_function(KEPT)
        assert answer_of(page) == {"text": words}
        assert field.evaluate("field => field === document.activeElement")
        hint = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert str(len(words.split())) in hint.inner_text()
        check_page(page)


def test_a_draft_is_kept_when_the_page_is_left(chromium_browser: Browser, tmp_path: Path) -> None:
    """What was typed a moment ago is kept as the page goes."""
    with opened_question(chromium_browser, tmp_path, sample("text", "fr")) as page:
        page.get_by_role("textbox").focus()
        page.keyboard.type("Vite")
        page.evaluate("dispatchEvent(new Event('pagehide'))")
        assert answer_of(page) == {"text": "Vite"}


def test_nobody_writes_under_the_hands_of_somebody_who_types(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    """Another tab's text is shown when the field is at rest, and not while it is being typed in."""
    with opened_question(chromium_browser, tmp_path, sample("text", "fr")) as page:
        field = page.get_by_role("textbox")
        field.focus()
        check_stored(page, {"text": "D'ailleurs."}, "j01")
        assert field.input_value() == "D'ailleurs."
        page.keyboard.type("Ici. ")
        typed = field.input_value()
        page.evaluate("window.models.get('j01').set('answer', { text: 'Autre.' })")
        assert field.input_value() == typed
