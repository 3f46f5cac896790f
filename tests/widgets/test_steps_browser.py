"""The steps of a tool in a page: where one is, where one can go, and what is said of the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from accessibility_tree import LiveRegion
from browser import axe_findings
from piece_page import focused, piece_page, sideways

from alliances.course.gallery_pieces import pieces_of
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
CURRENT = "[...document.querySelectorAll('[aria-current=step]')].map((button) => button.textContent)"


def steps(lang: Any) -> str:
    """Return the gallery's steps, at the first."""
    return next(piece.html for piece in pieces_of(lang, []) if piece.state == "step_first")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_step_is_opened_by_keyboard(chromium_browser: Browser, tmp_path: Path, lang: Any) -> None:
    """Each step is one Tab stop; Enter opens it, the focus stays, and one step alone is the current one."""
    with piece_page(chromium_browser, tmp_path, steps(lang), lang) as page:
        names = page.get_by_role("navigation").get_by_role("button").all_text_contents()
        assert len(names) == 3
        assert page.evaluate(CURRENT) == names[:1]
        for name in names:
            page.keyboard.press("Tab")
            assert focused(page) == name
            page.keyboard.press("Enter")
            assert page.evaluate(CURRENT) == [name]
            assert focused(page) == name


def test_work_that_is_not_kept_is_said(chromium_browser: Browser, tmp_path: Path) -> None:
    """What goes well is only shown; what does not is shown and said."""
    set_status = """([words, alert]) => {
      const model = [...window.models.values()][0];
      model.set("data", { ...model.get("data"), status: words, alert });
    }"""
    with piece_page(chromium_browser, tmp_path, steps("fr"), "fr") as page:
        region = LiveRegion(page)
        page.evaluate(set_status, ["Gardé à 14 h 05.", False])
        assert page.get_by_text("Gardé à 14 h 05.", exact=True).is_visible()
        page.evaluate(set_status, ["Le disque est plein.", True])
        assert region.heard("Le disque est plein.") == "Le disque est plein."
        assert page.locator(".al-steps__status").inner_text() == "Le disque est plein."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_fits_a_phone_and_axe_finds_nothing(chromium_browser: Browser, tmp_path: Path, lang: Any) -> None:
    """At 320 px: no sideways scroll, no finding."""
    size = {"viewport": {"width": 320, "height": 700}}
    with piece_page(chromium_browser, tmp_path, steps(lang), lang, **size) as page:
        assert sideways(page) <= 0
        assert axe_findings(page) == []
