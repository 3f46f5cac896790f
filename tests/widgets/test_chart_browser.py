"""The chart in a static page: rows and marks show each other; the figure alone says everything already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from piece_page import heard, piece_page, sideways

from alliances.logic.chart import Figure, bars
from alliances.widgets.static_pieces import static_chart

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def figure(lang: Any = "fr", *, missing: bool = False) -> Figure:
    values = [("Ville <b>", 8), ("Entreprise", None if missing else 7), ("Campus", 5)]
    return bars(values, caption="Apports", source="Données inventées", synthetic=True, lang=lang)


def test_a_row_shows_its_mark_and_the_mark_its_row(chromium_browser: Browser, tmp_path: Path) -> None:
    """By keyboard: the row's name is a button that is pressed; once more takes it back, and says so."""
    with piece_page(chromium_browser, tmp_path, static_chart(figure()), "fr") as page:
        page.locator("summary:visible").focus()
        page.keyboard.press("Enter")
        button = page.get_by_role("button", name="Entreprise")
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-pressed") == "true"
        chosen = """[...document.querySelectorAll('.al-chart__mark')]
          .map((mark) => mark.matches('.al-chart__mark--chosen'))"""
        assert page.evaluate(chosen) == [False, True, False]
        page.locator(".al-chart__mark").first.click()
        assert page.evaluate(chosen) == [True, False, False]
        assert button.get_attribute("aria-pressed") == "false"
        page.locator(".al-chart__mark").first.click()
        page.wait_for_function("document.querySelector('[data-al-live]').textContent !== ''")
        assert heard(page) == "Plus aucune ligne n’est montrée dans le dessin."


def test_rows_and_marks_that_cannot_be_told_apart_stay_a_figure(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    """A missing value has no mark: rather than the wrong one, nothing is linked."""
    with piece_page(chromium_browser, tmp_path, static_chart(figure(missing=True)), "fr") as page:
        page.locator("summary:visible").click()
        linked = page.get_by_role("button").count()
        marked = page.evaluate("document.querySelectorAll('.al-chart svg [data-row]').length")
        assert linked == marked
        assert page.locator(".al-chart svg").is_visible()


def test_names_inside_stay_unique(chromium_browser: Browser, tmp_path: Path) -> None:
    """The copy for pages without script stays beside the live one: no name stands twice."""
    with piece_page(chromium_browser, tmp_path, static_chart(figure()), "fr") as page:
        names = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
        assert len(names) == len(set(names))
        assert page.get_by_role("img", name="Apports").count() == 1


def test_without_script_the_figure_is_there(chromium_browser: Browser, tmp_path: Path) -> None:
    """The fallback is the figure itself, table included."""
    html = static_chart(figure())
    assert figure().to_html() in html.partition('<div class="al-fallback">')[2]
    assert html.count("<svg") == 1, "once is enough: maps are heavy"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits_a_phone_and_axe_finds_nothing(
    chromium_browser: Browser, tmp_path: Path, lang: Any, scheme: Any
) -> None:
    """At 320 px, light and dark, with a row chosen: no sideways scroll, targets of 24 px, no finding."""
    options = {"viewport": {"width": 320, "height": 700}, "color_scheme": scheme}
    with piece_page(chromium_browser, tmp_path, static_chart(figure(lang), row=1), lang, **options) as page:
        page.locator("summary:visible").click()
        assert sideways(page) <= 0
        boxes = [button.bounding_box() for button in page.get_by_role("button").all()]
        assert boxes
        assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes)
        assert axe_findings(page, ".al-chart") == []
