"""The grid to fill, in a real browser, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from filled_browser import accessible_name, answers, check_fit, heard, opened, show_answer
from filled_samples import filled_sample
from keyboard import choose_option, tab_to

from alliances.questions import mark
from alliances.questions.registry import type_of

__all__ = ["opened"]
pytestmark = pytest.mark.browser
WORDS = {"fr": "Cases remplies : 6 sur 6.", "en": "Cells filled: 6 of 6."}


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_grid_is_filled_by_keyboard(opened: Any, lang: Any, width: int) -> None:
    """Tab goes along each row, arrows choose, the count is said after a pause: as a table and as a list."""
    question = filled_sample("matrix", lang)
    full = type_of("matrix").full_answer(question)
    page = opened("matrix", lang, width=width, practice=True)
    selects = page.locator(".al-grid select").all()
    values = [
        full["cells"][row["id"]][column["id"]] for row in question["rows"] for column in question["columns"]
    ]
    for select, value in zip(selects, values, strict=True):
        choose_option(page, select, value)
    heard(page, WORDS[lang])
    assert answers(page)[-1] == full
    assert mark(question, answers(page)[-1]).verdict == "right"
    tab_to(page, page.locator(".al-actions .al-button"))
    page.keyboard.press("Enter")
    assert page.locator(".al-feedback").get_attribute("data-verdict") == "right"


@pytest.mark.parametrize(("width", "role"), [(1000, "table"), (320, "none")])
def test_each_cell_is_named_by_row_and_column(opened: Any, width: int, role: str) -> None:
    """Wide it is a table with headers; narrow, each row is a named group whose lists have visible labels."""
    page = opened("matrix", "fr", width=width)
    assert accessible_name(page, ".al-grid tbody tr:nth-child(2) td:nth-of-type(2) select") == (
        "Mener l’enquête Structure pivot"
    )
    table = page.locator(".al-grid")
    if role == "table":
        assert page.get_by_role("columnheader").count() == 3
        assert page.get_by_role("rowheader").count() == 2
    else:
        assert table.get_attribute("role") == "none"
        assert page.get_by_role("group", name="Rédiger la charte").get_by_text("Entreprise").is_visible()


def test_the_focus_stays_when_the_page_gets_narrow(opened: Any) -> None:
    """Turning or zooming the screen changes the layout and neither the focus nor what was chosen."""
    page = opened("matrix", "fr")
    select = page.locator(".al-grid select").nth(4)
    choose_option(page, select, "a")
    for width in (320, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            "(narrow) => document.querySelector('.al-grid').classList.contains('al-grid--list') === narrow",
            arg=width == 320,
        )
        assert select.evaluate("element => element === document.activeElement")
        assert select.input_value() == "a"


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits(opened: Any, lang: Any, width: int) -> None:
    """At a desk and at 320 px axe finds nothing, nothing scrolls sideways, and targets are large enough."""
    page = opened("matrix", lang, width=width, practice=True)
    page.locator(".al-actions .al-button").click()
    check_fit(page)


def test_answers_come_back_and_go(opened: Any) -> None:
    """A stored answer is shown, one from elsewhere changes values only, values that are none are left out."""
    page = opened("matrix", "fr", answers={"m1": {"cells": {"charter": {"town": "a", "firm": "zz"}, "x": 1}}})
    selects = page.locator(".al-grid select")
    assert [select.input_value() for select in selects.all()] == ["a", "", "", "", "", ""]
    selects.nth(1).focus()
    show_answer(page, "m1", {"cells": {"charter": {"backbone": "r"}}})
    assert [select.input_value() for select in selects.all()][:3] == ["", "r", ""]
    assert selects.nth(1).evaluate("element => element === document.activeElement")
    show_answer(page, "m1", {"unknown": True})
    assert page.get_by_label("Je ne sais pas").is_checked()
    assert answers(page) == []
    selects.nth(1).select_option("c")
    assert answers(page) == [{"cells": {"charter": {"backbone": "c"}}}]
    selects.nth(1).select_option("")
    assert answers(page)[-1] is None
