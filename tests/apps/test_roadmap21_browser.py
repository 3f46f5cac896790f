"""The tool « Feuille de route 21 » behind Voilà, by keyboard alone."""

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

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TABS = 400  # the editor has twenty-one cards of some twelve stops each
TOOL = ".al-tool, .al-roadmap21-editor"
PARTS = ("read", "compose", "check", "follow", "take")


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, chromium_browser: Browser) -> Iterator[Any]:
    """Serve the tool in both languages and give what opens it, with the learner's folder."""
    root = tmp_path_factory.mktemp("voila")
    with tool_serving(
        root, chromium_browser, "alliances.apps.roadmap21.Roadmap21", ".al-step--roadmap-read tbody tr"
    ) as served:
        yield served


_tab_to = partial(tab_until, most=TABS)
_press = partial(press, most=TABS)


def _go(page: Page, place: int) -> None:
    page.locator(".al-steps__button").nth(place).click()
    page.wait_for_selector(f".al-step--roadmap-{PARTS[place]}:not([hidden])")


def _inside(measure: str) -> str:
    """Return the test that ``e`` is in the card of a measure."""
    return f"e.closest('.al-card')?.querySelector('textarea').value.startsWith('{measure}')"


def test_the_whole_path_is_done_by_keyboard(tool: Any) -> None:
    """Read, note a title, drop a measure, move another, check, play, take home: keyboard only, work kept."""
    opened, work = tool
    page = opened("fr")
    assert page.locator(".al-step--roadmap-read tbody tr").count() == 21
    _press(page, "Étape suivante : composer".replace(" :", "\u00a0:"))
    page.wait_for_selector(".al-step--roadmap-compose:not([hidden])")
    assert focused(page) == "Composer"
    page.wait_for_selector(".al-roadmap21-editor .al-card")
    assert page.locator(".al-roadmap21-editor .al-card").count() == 21
    # VC-07 three months earlier, VC-13 out.
    _tab_to(page, f"e.value === '6' && {_inside('VC-07')}")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    _tab_to(page, f"/Retirer|Supprimer/.test(e.textContent) && e.tagName === 'BUTTON' && {_inside('VC-13')}")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelectorAll('.al-roadmap21-editor .al-card:not(.al-card--removed)').length === 20"
    )
    _press_step(page, "Charge et chemin critique")
    page.wait_for_selector(".al-step--roadmap-check:not([hidden]) .al-facts")
    assert focused(page) == "Charge et chemin critique"
    page.wait_for_function(
        "document.querySelector('.al-step--roadmap-check').textContent.includes('tient dans la capacité')"
    )
    _press(page, "Étape suivante")
    page.wait_for_selector(".al-step--roadmap-follow:not([hidden])")
    _press(page, "Jouer les six mois")
    page.wait_for_selector(".al-step--roadmap-follow tbody tr")
    assert "élection" in page.locator(".al-step--roadmap-follow .al-facts").text_content()
    _press(page, "Étape suivante")
    page.wait_for_selector(".al-step--roadmap-take:not([hidden])")
    taken = {}
    for words, kind in (
        ("Télécharger la page", "html"),
        ("Télécharger le tableau", "csv"),
        ("Télécharger le calendrier", "ics"),
    ):
        with page.expect_download() as download:
            page.locator(".al-step--roadmap-take button", has_text=words).focus()
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == f"feuille-de-route.{kind}"
        taken[kind] = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "VC-13" not in taken["csv"]
    assert taken["ics"].count("BEGIN:VEVENT") == 20
    assert "Données fictives" in taken["html"]
    kept = json.loads((work / "roadmap21.json").read_text(encoding="utf-8"))
    starts = {one["id"]: one["start"] for one in kept["roadmap"]["measures"]}
    assert starts["VC-07"] == 3
    assert "VC-13" not in starts
    again = opened("en")
    again.wait_for_function("document.querySelectorAll('.al-step--roadmap-read tbody tr').length === 20")


def _press_step(page: Page, words: str) -> None:
    page.locator(".al-steps__button", has_text=words).focus()
    page.keyboard.press("Enter")


def test_printing_prints_the_page_alone(tool: Any) -> None:
    """The print button prints the page to take home, in a frame of its own."""
    opened, _ = tool
    page = opened("en")
    page.add_init_script("window.printed = 0")
    _go(page, 4)
    page.evaluate(
        "new MutationObserver(() => { const f = document.querySelector('.al-roadmap21__sheet');"
        " if (f && !f.alSeen) { f.alSeen = true; f.addEventListener('load', () => {}, true);"
        " window.sheetText = f.srcdoc; } }).observe(document.body, {childList: true})"
    )
    page.locator("button", has_text="Print, or save as PDF").click()
    page.wait_for_function("window.sheetText")
    assert "<h1>Roadmap" in page.evaluate("window.sheetText")


def test_a_month_that_is_none_is_explained(tool: Any) -> None:
    """A bad calendar month is explained beside its field, and the calendar keeps the one it had."""
    opened, _ = tool
    page = opened("fr")
    _go(page, 4)
    field = page.get_by_label("Mois 0 du programme")
    field.fill("janvier")
    field.press("Tab")
    page.wait_for_function("document.querySelector('.al-step--roadmap-take .al-hint--bad').textContent")
    assert field.get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_nothing_in_any_step(tool: Any, lang: str) -> None:
    """Wide and narrow, each step passes axe, has one live region, and does not scroll sideways."""
    opened, _ = tool
    page = opened(lang)
    for place, name in enumerate(PARTS):
        page.set_viewport_size({"width": 1200, "height": 900})
        _go(page, place)
        if name == "follow":
            page.locator(".al-roadmap21__form button").click()
            page.wait_for_selector(".al-step--roadmap-follow tbody tr")
        for details in page.locator(f".al-step--roadmap-{name} > .al-step__body summary").all():
            details.click()
        for width in (1200, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert axe_findings(page, TOOL) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-al-live]").count() == 1
