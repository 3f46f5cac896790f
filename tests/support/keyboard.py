"""Doing things with the keyboard only, as somebody without a pointer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["choose_option", "choose_radio", "tab_to"]


def tab_to(page: Page, target: Locator, *, limit: int = 150) -> None:
    """Press Tab until ``target`` has the focus; fail after ``limit`` presses: it cannot be reached."""
    wanted = target.element_handle()
    for _ in range(limit):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    focus = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"not reached by {limit} presses of Tab; the focus is on {focus}")


def choose_radio(page: Page, group: Locator, value: str, *, limit: int = 150) -> None:
    """Choose the radio button of ``group`` (a fieldset) with this value, by Tab, Space and arrows."""
    buttons = group.locator("input[type=radio]")
    values = [button.get_attribute("value") for button in buttons.all()]
    tab_to(page, buttons.first, limit=limit)
    page.keyboard.press("Space")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")


def choose_option(page: Page, select: Locator, value: str, *, limit: int = 150) -> None:
    """Choose an option of a list by Tab and arrows."""
    values = [option.get_attribute("value") for option in select.locator("option").all()]
    tab_to(page, select, limit=limit)
    page.keyboard.press("Home")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")
