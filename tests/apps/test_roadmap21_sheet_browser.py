"""The sheet of a measure behind Voilà, by keyboard, wide and narrow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from tool_browser import tab_until, tool_serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
RULE = ".al-step--roadmap-sheet"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, chromium_browser: Browser) -> Iterator[Any]:
    """Serve the tool in both languages and give what opens it, with the learner's folder."""
    root = tmp_path_factory.mktemp("voila")
    with tool_serving(
        root, chromium_browser, "alliances.apps.roadmap21.Roadmap21", f"{RULE} .al-step__body p"
    ) as served:
        yield served


def test_a_sheet_is_written_by_keyboard(tool: Any) -> None:
    """Emptying the stop rule's figure by keyboard makes the rule ask for it, and the words are kept."""
    opened, work = tool
    page = opened("fr")
    page.wait_for_selector(".al-roadmap21-editor .al-grid input")
    tab_until(page, "e.tagName === 'INPUT' && e.value.startsWith('2 départs ou plus')", most=120)
    page.keyboard.press("Control+A")
    page.keyboard.type("trop de départs")
    page.keyboard.press("Tab")
    # The whole sheet, in its details, is shown once the words are kept.
    page.wait_for_function(f"document.querySelector('{RULE}').textContent.includes('trop de départs')")
    assert page.locator(f"{RULE} .al-facts li").count() == 1
    assert "arrêt" in page.locator(f"{RULE} .al-facts").text_content()
    kept = json.loads((work / "roadmap21.json").read_text(encoding="utf-8"))
    assert kept["sheet"]["threshold"] == "trop de départs"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_nothing_in_the_sheet(tool: Any, lang: str) -> None:
    """Wide and narrow, with its details open, the sheet passes axe and does not scroll sideways."""
    opened, _ = tool
    page = opened(lang)
    page.wait_for_selector(".al-roadmap21-editor .al-grid input")
    for details in page.locator(f"{RULE} summary").all():
        details.click()
    for width in (1200, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe_findings(page, f"{RULE}, .al-roadmap21-editor") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
