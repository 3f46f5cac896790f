"""The line of status in a static page: always to be seen, said when it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from piece_page import heard, piece_page, sideways

from alliances.widgets.static_pieces import static_status

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def become(page: Page, status: str, detail: str = "") -> str:
    """Set the status as a page's owner does, and return what was said."""
    page.evaluate("document.querySelector('[data-al-live]').textContent = ''")
    page.evaluate(
        """([status, detail]) => {
          const model = [...window.models.values()][0];
          model.set("detail", detail);
          model.set("status", status);
        }""",
        [status, detail],
    )
    page.clock.run_for(200)
    return heard(page)


def test_what_matters_is_said_and_the_rest_only_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """Saving is shown; the first success, each trouble and the end of one are said."""
    with piece_page(chromium_browser, tmp_path, static_status("idle", "fr"), "fr", clock=True) as page:
        line = page.locator(".al-status__line")
        assert line.inner_text() == "Rien à enregistrer pour l’instant."
        assert become(page, "saving") == ""
        assert line.inner_text() == "Enregistrement en cours…"
        assert become(page, "saved") == "Vos réponses sont enregistrées."
        assert become(page, "saving") == ""
        assert become(page, "saved", "À 14 h 05.") == ""
        assert line.inner_text() == "Vos réponses sont enregistrées. À 14 h 05."
        assert become(page, "trouble", "Le disque est plein.") == (
            "Vos réponses ne sont pas enregistrées. Le disque est plein."
        )
        assert become(page, "saved") == "Vos réponses sont enregistrées."


def test_there_is_one_live_region(chromium_browser: Browser, tmp_path: Path) -> None:
    """The visible line is text; what is said goes through the page's one live region."""
    content = static_status("saved", "en") + static_status("trouble", "en", detail="The disk is full.")
    with piece_page(chromium_browser, tmp_path, content, "en") as page:
        assert page.locator("[aria-live], [role=status], [role=alert]").count() == 1
        assert page.get_by_text("Your answers are not saved. The disk is full.").is_visible()


@pytest.mark.parametrize("status", ["lost", None, 3])
def test_an_unknown_state_claims_nothing(chromium_browser: Browser, tmp_path: Path, status: Any) -> None:
    """Whatever the model holds, « saved » is said only when it is so."""
    with piece_page(chromium_browser, tmp_path, static_status(status, "en"), "en") as page:
        assert page.locator(".al-status__line").inner_text() == "Nothing to save yet."


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium_browser: Browser, tmp_path: Path, lang: Any) -> None:
    """At 320 px every state stays inside the page, and axe finds nothing."""
    content = "".join(static_status(state, lang) for state in ("idle", "saving", "saved", "trouble"))
    size = {"viewport": {"width": 320, "height": 700}}
    with piece_page(chromium_browser, tmp_path, content, lang, **size) as page:
        assert sideways(page) <= 0
        assert axe_findings(page) == []
