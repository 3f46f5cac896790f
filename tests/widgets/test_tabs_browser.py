"""Tabs in a static page, by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from piece_page import focused, piece_page, sideways

from alliances.widgets.static_pieces import static_tabs, tabs_state

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

TABS = [("Récit", "Le **soir**."), ("Décision", "Un comité <b>x</b>."), ("Apports", "Trois apports.")]


@pytest.mark.parametrize(
    ("keys", "opened"),
    [
        ([], "Récit"),
        (["ArrowRight"], "Décision"),
        (["ArrowLeft"], "Apports"),
        (["End", "ArrowRight"], "Récit"),
        (["End"], "Apports"),
        (["ArrowRight", "Home"], "Récit"),
        (["Control+ArrowRight"], "Récit"),
    ],
)
def test_arrows_move_and_open(
    chromium_browser: Browser, tmp_path: Path, keys: list[str], opened: str
) -> None:
    """One Tab reaches the open tab, arrows, Home and End open others, the focus with them."""
    with piece_page(chromium_browser, tmp_path, static_tabs("Vues", TABS, "fr"), "fr") as page:
        page.keyboard.press("Tab")
        for key in keys:
            page.keyboard.press(key)
        assert focused(page) == opened
        assert page.get_by_role("tab", selected=True).inner_text() == opened
        assert page.get_by_role("tabpanel").count() == 1


def test_the_panel_comes_after_the_open_tab(chromium_browser: Browser, tmp_path: Path) -> None:
    """The next Tab goes to the panel, which the tab names; going back finds the tab that is open."""
    with piece_page(chromium_browser, tmp_path, static_tabs("Vues", TABS, "fr"), "fr") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "tabpanel"
        assert page.get_by_role("tabpanel", name="Décision").inner_text() == "Un comité <b>x</b>."
        page.keyboard.press("Shift+Tab")
        assert focused(page) == "Décision"


def test_another_view_opened_from_outside_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """The model's value opens a tab; a place that does not exist opens the nearest."""
    with piece_page(chromium_browser, tmp_path, static_tabs("Vues", TABS, "fr"), "fr") as page:
        page.evaluate("[...window.models.values()][0].set('current', 9)")
        assert page.get_by_role("tab", selected=True).inner_text() == "Apports"


def test_print_and_no_script_show_everything(chromium_browser: Browser, tmp_path: Path) -> None:
    """On paper and without JavaScript every view is there under its title."""
    content = static_tabs("Vues", TABS, "fr")
    with piece_page(chromium_browser, tmp_path, content, "fr") as page:
        page.emulate_media(media="print")
        assert page.locator(".al-tabs__print:visible").all_inner_texts() == ["Récit", "Décision", "Apports"]
        assert page.locator(".al-tabs__panel:visible").count() == 3
    fallback = content.partition('<div class="al-fallback">')[2]
    assert all(title in fallback for title, _ in TABS)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium_browser: Browser, tmp_path: Path, lang: Any) -> None:
    """At 320 px the row wraps, targets are 24 px or more, and axe finds nothing."""
    size = {"viewport": {"width": 320, "height": 700}}
    with piece_page(chromium_browser, tmp_path, static_tabs("Vues", TABS, lang), lang, **size) as page:
        assert sideways(page) <= 0
        boxes = [tab.bounding_box() for tab in page.get_by_role("tab").all()]
        assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes)
        assert axe_findings(page) == []


@pytest.mark.parametrize("titles", [["Seul"], ["A", "A"], []])
def test_tabs_need_two_titles_that_differ(titles: list[str]) -> None:
    """One view needs no tabs, and two of one name cannot be told apart."""
    with pytest.raises(ValueError, match="two titles"):
        tabs_state("Vues", [(title, "") for title in titles])
