"""The table to fill, in a real browser, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from filled_browser import accessible_name, answers, back_to, check_fit, heard, opened, show_answer
from filled_samples import filled_sample
from keyboard import choose_option, tab_to

from alliances.questions import mark

__all__ = ["opened"]
pytestmark = pytest.mark.browser
WORDS = {
    "fr": ("Participation Valeur (%)", "Un des nombres n’est pas lu", "Ligne 3 ajoutée.", "Ligne 1 retirée."),
    "en": ("Turnout Value (%)", "One of the numbers cannot be read", "Row 3 added.", "Row 1 removed."),
}  # fmt: skip


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_given_rows_are_filled_by_keyboard(opened: Any, lang: Any, width: int) -> None:
    """Each cell is named by row and column; given cells are text; an unreadable number is said when left."""
    page = opened("table", lang, width=width, practice=True)
    cells = page.locator(".al-grid :is(input, select)")
    assert cells.count() == 5
    assert accessible_name(page, ".al-grid input") == WORDS[lang][0]
    tab_to(page, cells.nth(0))
    page.keyboard.type("beaucoup")
    page.keyboard.press("Tab")
    heard(page, WORDS[lang][1])
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("62 %")
    choose_option(page, cells.nth(1), "register")
    tab_to(page, cells.nth(2))
    page.keyboard.type("Part" if lang == "fr" else "Share")
    tab_to(page, cells.nth(3))
    page.keyboard.type("48")
    choose_option(page, cells.nth(4), "survey")
    final = answers(page)[-1]
    assert final == {
        "rows": {
            "turnout": {"value": "62 %", "source": "register"},
            "trust": {"unit": "Part" if lang == "fr" else "Share", "value": "48", "source": "survey"},
        }
    }
    assert mark(filled_sample("table", lang), final).verdict == "right"
    assert page.locator("[aria-invalid]").count() == 0
    tab_to(page, page.locator(".al-actions .al-button"))
    page.keyboard.press("Enter")
    assert page.locator(".al-feedback").get_attribute("data-verdict") == "right"


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_free_rows_are_added_and_removed_by_keyboard(opened: Any, lang: Any, width: int) -> None:
    """A new row takes the focus and is announced; removing keeps the focus near; limits are said."""
    page = opened("table_free", lang, width=width)
    texts, removes = page.locator(".al-grid textarea"), page.locator(".al-table__remove")
    add = page.locator(".al-actions .al-button")
    tab_to(page, texts.nth(0))
    page.keyboard.type("A")
    choose_option(page, page.locator(".al-grid select").nth(0), "high")
    page.keyboard.press("Tab")
    page.keyboard.type("10")
    tab_to(page, add)
    page.keyboard.press("Enter")
    assert texts.nth(2).evaluate("element => element === document.activeElement")
    heard(page, WORDS[lang][2])
    page.keyboard.type("C")
    assert answers(page)[-1] == {"rows": [{"risk": "A", "level": "high", "cost": "10"}, {}, {"risk": "C"}]}
    back_to(page, removes.nth(0))
    page.keyboard.press("Enter")
    heard(page, WORDS[lang][3])
    assert answers(page)[-1] == {"rows": [{}, {"risk": "C"}]}
    assert removes.nth(0).evaluate("element => element === document.activeElement")
    assert removes.nth(0).get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")
    heard(page, "2 lignes au moins" if lang == "fr" else "2 rows at least")
    assert removes.count() == 2
    for _ in range(3):
        tab_to(page, add)
        page.keyboard.press("Enter")
    heard(page, "4 lignes au plus" if lang == "fr" else "4 rows at most")
    assert removes.count() == 4
    assert page.locator(".al-grid th[scope=row]").nth(3).inner_text() == (
        "Ligne 4" if lang == "fr" else "Row 4"
    )


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", ["table", "table_free"])
def test_it_fits(opened: Any, name: str, lang: Any, width: int) -> None:
    """At a desk and at 320 px axe finds nothing, nothing scrolls sideways, and targets are large enough."""
    page = opened(name, lang, width=width, practice=True)
    page.locator(".al-number").first.fill("x")
    page.locator(".al-question > .al-actions .al-button").click()
    check_fit(page)


def test_answers_come_back_and_go(opened: Any) -> None:
    """Stored cells are shown as the language writes them, others change values, and no change is ours."""
    page = opened("table", "fr", answers={"tb1": {"rows": {"turnout": {"value": 61.5, "unit": "x"}}}})
    cells = page.locator(".al-grid :is(input, select)")
    assert [cell.input_value() for cell in cells.all()] == ["61,5", "", "", "", ""]
    cells.nth(2).focus()
    show_answer(page, "tb1", {"rows": {"trust": {"unit": "part"}}})
    assert [cell.input_value() for cell in cells.all()] == ["", "", "part", "", ""]
    assert cells.nth(2).evaluate("element => element === document.activeElement")
    show_answer(page, "tb1", {"unknown": True})
    assert page.get_by_label("Je ne sais pas").is_checked()
    assert answers(page) == []
    cells.nth(2).fill("")
    assert answers(page) == [None]


def test_free_rows_come_back(opened: Any) -> None:
    """As many rows as were kept are shown, no more than the most; what a learner wrote stays text."""
    rows = [{"risk": "<img src=x onerror=alert(1)>", "level": "high"}, {}, {"cost": 3}]
    page = opened("table_free", "fr", answers={"tb2": {"rows": rows}})
    texts = page.locator(".al-grid textarea")
    assert texts.count() == 3
    assert texts.first.input_value() == rows[0]["risk"]
    show_answer(page, "tb2", {"rows": [{"risk": str(number)} for number in range(9)]})
    assert [text.input_value() for text in texts.all()] == ["0", "1", "2", "3"]
    show_answer(page, "tb2", {"rows": "unknown"})
    assert [text.input_value() for text in texts.all()] == ["", ""]
    assert answers(page) == []
