"""The timer in a static page: it helps, and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from piece_page import focused, heard, piece_page, sideways

from alliances.widgets.static_pieces import static_timer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

BUTTONS = {
    "fr": ("Démarrer", "Ajouter 5 minutes", "Éteindre le minuteur"),
    "en": ("Start", "Add 5 minutes", "Switch the timer off"),
}


def left(page: Page) -> str:
    return page.get_by_role("timer").inner_text()


def said_after(page: Page, seconds: float) -> str:
    """Let time pass in the page, then the moment that the live region takes to speak."""
    page.clock.run_for(int(seconds * 1000))
    page.clock.run_for(100)
    return heard(page)


@pytest.mark.parametrize("lang", BUTTONS)
def test_it_waits_to_be_started_and_can_be_paused_extended_and_switched_off(
    chromium_browser: Browser, tmp_path: Path, lang: Any
) -> None:
    """By keyboard: start, pause, add, off and on; the focus stays on the button whose words change."""
    start, add, off = BUTTONS[lang]
    with piece_page(chromium_browser, tmp_path, static_timer(10, lang), lang, clock=True) as page:
        assert page.get_by_role("button").all_inner_texts() == [start, add, off]
        page.clock.run_for(120_000)
        assert left(page).count("10") == 1
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.clock.run_for(100)
        assert heard(page) == left(page)
        page.clock.run_for(182_000)
        assert "7" in left(page)
        page.keyboard.press("Enter")
        assert focused(page) == {"fr": "Reprendre", "en": "Resume"}[lang]
        page.clock.run_for(600_000)
        assert "7" in left(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert "12" in said_after(page, 0)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert focused(page) == {"fr": "Rallumer le minuteur", "en": "Switch the timer on"}[lang]
        assert page.get_by_role("button").count() == 1
        page.keyboard.press("Space")
        assert "12" in said_after(page, 0)


@pytest.mark.parametrize(
    ("minutes", "passing", "words"),
    [
        (10, 295, ""),
        (10, 303, "Il reste 5 minutes."),
        (10, 543, "Il reste une minute."),
        (10, 603, "Le temps conseillé est passé. Vous pouvez continuer."),
        (3, 100, ""),
    ],
)
def test_it_speaks_at_five_minutes_one_minute_and_the_end(
    chromium_browser: Browser, tmp_path: Path, minutes: int, passing: int, words: str
) -> None:
    """Between these three moments the live region stays silent."""
    with piece_page(chromium_browser, tmp_path, static_timer(minutes, "fr"), "fr", clock=True) as page:
        page.get_by_role("button", name="Démarrer").click()
        page.clock.run_for(200)
        page.evaluate("document.querySelector('[data-al-live]').textContent = ''")
        assert said_after(page, passing) == words


def test_it_says_nothing_each_second(chromium_browser: Browser, tmp_path: Path) -> None:
    """What is shown changes by the minute, and the element that shows it is no live region."""
    with piece_page(chromium_browser, tmp_path, static_timer(10, "fr"), "fr", clock=True) as page:
        page.get_by_role("button", name="Démarrer").click()
        before = left(page)
        page.clock.run_for(50_000)
        assert left(page) == before
        assert page.get_by_role("timer").get_attribute("aria-live") == "off"


def test_the_end_closes_nothing(chromium_browser: Browser, tmp_path: Path) -> None:
    """When time is over every button is still there, and time can be added or begun again."""
    with piece_page(chromium_browser, tmp_path, static_timer(1, "fr"), "fr", clock=True) as page:
        page.get_by_role("button", name="Démarrer").click()
        page.clock.run_for(90_000)
        assert page.get_by_role("button").all_inner_texts() == [
            "Recommencer",
            "Ajouter 5 minutes",
            "Éteindre le minuteur",
        ]
        page.get_by_role("button", name="Ajouter").click()
        assert left(page) == "Il reste 5 minutes."


def test_it_survives_a_reload_and_goes_into_no_answer(chromium_browser: Browser, tmp_path: Path) -> None:
    """A named timer goes on where it was, through the tab's own memory; no change of answer is sent."""
    with piece_page(chromium_browser, tmp_path, static_timer(10, "fr", name="t1"), "fr", clock=True) as page:
        page.get_by_role("button", name="Démarrer").click()
        page.clock.run_for(242_000)
        page.reload()
        page.wait_for_function("window.models !== undefined")
        assert left(page) == "Il reste 6 minutes."
        assert page.get_by_role("button", name="Mettre en pause").count() == 1
        assert page.evaluate("window.changes") == []


def test_a_state_from_the_model_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """What the model holds wins, and a value set from outside is shown."""
    state = {"left": 59, "until": None, "off": False}
    with piece_page(chromium_browser, tmp_path, static_timer(10, "en", state=state), "en") as page:
        assert left(page) == "Less than a minute left."
        page.evaluate("[...window.models.values()][0].set('state', { left: 0, until: null, off: false })")
        assert left(page) == "The suggested time is over. You can go on."


@pytest.mark.parametrize("state", [{"left": -4}, {"left": "x", "until": "y"}, [], 7])
def test_a_broken_state_is_no_state(chromium_browser: Browser, tmp_path: Path, state: Any) -> None:
    """A timer whose memory is broken starts from its own time."""
    with piece_page(chromium_browser, tmp_path, static_timer(2, "fr", state=state), "fr") as page:
        assert left(page) == "Il reste 2 minutes."


@pytest.mark.parametrize("lang", BUTTONS)
def test_it_fits_a_phone_and_axe_finds_nothing(chromium_browser: Browser, tmp_path: Path, lang: Any) -> None:
    """At 320 px: no sideways scroll, targets of 24 px or more, no finding."""
    size = {"viewport": {"width": 320, "height": 700}}
    with piece_page(chromium_browser, tmp_path, static_timer(10, lang), lang, **size) as page:
        assert sideways(page) <= 0
        boxes = [button.bounding_box() for button in page.get_by_role("button").all()]
        assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes)
        assert axe_findings(page) == []
