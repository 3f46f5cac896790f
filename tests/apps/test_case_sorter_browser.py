"""The tool « Trieur de cas » behind Voilà, by keyboard alone."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from tool_browser import focused, press, tab_until, tool_serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
TABS = 60
TOOL = ".al-tool"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, chromium_browser: Browser) -> Iterator[Any]:
    """Serve the tool in both languages and give what opens it, with the learner's folder."""
    root = tmp_path_factory.mktemp("voila")
    with tool_serving(
        root, chromium_browser, "alliances.apps.case_sorter.CaseSorter", ".al-step--sort .al-options"
    ) as served:
        yield served


_tab_to = partial(tab_until, most=TABS)
_press = partial(press, most=TABS)


def test_the_four_steps_are_done_by_keyboard(tool: Any) -> None:
    """Sort, defend, compare, take home: keyboard only, focus always somewhere sensible, work kept."""
    opened, work = tool
    page = opened("fr")
    for _ in range(2):
        _tab_to(page, "e.type === 'radio'")
        page.keyboard.press("Space")
        _tab_to(page, "e.tagName === 'SELECT'")
        page.keyboard.press("ArrowDown")
        _press(page, "Cas suivant")
    assert focused(page) == "Siel Bleu"
    assert (
        page.locator(".al-list summary").inner_text().replace("\u00a0", " ")
        == "Tous les cas (lus : 2 sur 12)"
    )
    _press(page, "Passer à l’étape suivante")
    page.wait_for_selector(".al-step--defend:not([hidden])")
    assert focused(page) == "Défendre deux lectures"
    _tab_to(page, "e.tagName === 'SELECT'")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "e.tagName === 'TEXTAREA'")
    page.keyboard.type("Les familles reçoivent une aide.")
    _press(page, "Étape suivante")
    page.wait_for_selector(".al-step--compare:not([hidden]) .al-compared")
    assert focused(page) == "Comparer"
    assert "Votre lecture" in page.locator(".al-compared").first.text_content()
    _tab_to(page, "e.tagName === 'SUMMARY'")
    page.keyboard.press("Enter")
    assert page.locator(".al-compared[open]").count() == 1
    assert page.locator(".al-compared[open]").get_by_text("Les familles reçoivent une aide.").is_visible()
    _press(page, "Étape suivante")
    page.wait_for_selector(".al-step--takehome:not([hidden]) tbody tr")
    assert focused(page) == "Emporter"
    with page.expect_download() as download:
        _press(page, "Télécharger mes lectures")
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert '"moi","programme_malin","giving","direction","Les familles reçoivent une aide."' in content
    kept = json.loads((work / "case_sorter.json").read_text(encoding="utf-8"))
    assert kept["readings"]["mobiliz_wimoov"] == {"category": "giving", "reason": "direction"}
    again = opened("en")
    again.wait_for_function("document.querySelector('.al-list summary').textContent.includes('2 of 12')")
    assert again.get_by_role("heading", name="Siel Bleu").is_visible()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_nothing_in_any_step(tool: Any, lang: str) -> None:
    """Wide and narrow, each step passes axe, has one live region, and does not scroll sideways."""
    opened, _ = tool
    page = opened(lang)
    for place, name in enumerate(("sort", "defend", "compare", "takehome")):
        page.set_viewport_size({"width": 1200, "height": 900})
        page.locator(".al-steps__button").nth(place).click()
        page.wait_for_selector(f".al-step--{name}:not([hidden])")
        if name == "compare":
            page.wait_for_selector(".al-compared")
            page.locator(".al-compared summary").first.click()
        for width in (1200, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert axe_findings(page, TOOL) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-al-live]").count() == 1
