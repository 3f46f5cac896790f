"""The tool « Lecteur de cas » behind Voilà: keyboard, axe, phone width."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from tool_browser import focused, press, tab_until, tool_serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
TABS = 80
STEPS = ("read", "weigh", "pair", "filter", "compare")


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, chromium_browser: Browser) -> Iterator[Any]:
    """Serve the tool in both languages and give what opens it."""
    root = tmp_path_factory.mktemp("voila")
    ready = ".al-step--read .al-explorer__result figure"
    with tool_serving(root, chromium_browser, "alliances.apps.case_reader.CaseReader", ready) as served:
        yield served[0]


_tab_to = partial(tab_until, most=TABS)
_press = partial(press, most=TABS)


def test_the_whole_tool_answers_the_keyboard(tool: Any) -> None:
    """Steps, choices and what unfolds are reached by Tab; a choice keeps the focus and its answer is said."""
    page = tool("fr")
    _tab_to(page, "e.tagName === 'SELECT'")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "document.querySelector('.al-step--read .al-explorer__result').textContent.includes('Cincinnati')"
    )
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.wait_for_function(
        "document.querySelector('[data-al-live]').textContent.includes('StrivePartnership')"
    )
    page.locator(".al-steps__button").first.focus()
    _press(page, "2")
    page.wait_for_selector(".al-step--weigh:not([hidden])")
    assert focused(page) == "Peser les preuves"
    _tab_to(page, "e.tagName === 'SUMMARY' && !e.textContent.includes('calculé')")
    page.keyboard.press("Enter")
    opened = page.locator(".al-step--weigh .al-compared[open]")
    assert opened.count() == 1
    assert opened.locator("tbody tr").count() == 5
    page.locator(".al-steps__button").nth(3).click()
    page.wait_for_selector(".al-step--filter:not([hidden])")
    _tab_to(page, "e.tagName === 'SELECT'")
    page.keyboard.type("Royaume")
    page.wait_for_function("document.querySelector('.al-step--filter caption').textContent.startsWith('1')")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_nothing_in_any_part(tool: Any, lang: str) -> None:
    """Wide and narrow, folded and unfolded, each part passes axe and does not scroll sideways."""
    page = tool(lang)
    for place, name in enumerate(STEPS):
        page.set_viewport_size({"width": 1200, "height": 900})
        page.locator(".al-steps__button").nth(place).click()
        page.wait_for_selector(f".al-step--{name}:not([hidden]) .al-explorer__result > *")
        page.evaluate(
            f"document.querySelectorAll('.al-step--{name} details').forEach((one) => {{ one.open = true; }})"
        )
        for width in (1200, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert axe_findings(page, ".al-tool") == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-al-live]").count() == 1
