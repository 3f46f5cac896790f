"""Components in a static page, watched: what they kept, what they announced, whether they fit."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from accessibility_tree import LiveRegion
from browser import axe_findings, open_page
from component_browser import component_page, served
from filled_samples import filled_sample

from alliances.questions.spec import public
from alliances.widgets.static import static_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

__all__ = ["accessible_name", "answers", "back_to", "check_fit", "heard", "opened", "show_answer"]

_MOST_STOPS = 60  # more than any question here has
_SMALL = """() => [...document.querySelectorAll("main :is(button, input, select, textarea, summary)")]
  .filter((element) => element.offsetParent)
  .map((element) => (element.closest("label") ?? element).getBoundingClientRect())
  .filter((box) => box.width < 24 || box.height < 24).length"""


@pytest.fixture
def opened(chromium_browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a page with one sample question; at the end it has made no error and no outside request."""
    with ExitStack() as stack:

        def show(name: str, lang: Any, *, width: int = 1000, practice: bool = False, **options: Any) -> Page:
            question = filled_sample(name, lang)
            content = static_question(question if practice else public(question), practice=practice)
            component_page(tmp_path, content, lang, options)
            address = stack.enter_context(served(tmp_path))
            page, watched = stack.enter_context(
                open_page(chromium_browser, address, viewport={"width": width, "height": 800})
            )
            stack.callback(_quiet, watched)
            page.goto(address)
            page.wait_for_function("window.models !== undefined")
            return page

        yield show


def _quiet(watched: Any) -> None:
    assert (watched.outside, watched.errors) == ([], [])


def answers(page: Page) -> list[Any]:
    """Return the answers kept, one a change."""
    return [change["answer"] for change in page.evaluate("window.changes")]


def back_to(page: Page, target: Locator) -> None:
    """Press Shift and Tab until ``target`` has the focus."""
    for _ in range(_MOST_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"not reached backwards: {target}")


def heard(page: Page, words: str) -> None:
    """Wait until the live region says ``words``, in the accessibility tree."""
    LiveRegion(page).heard(words)


def show_answer(page: Page, name: str, answer: Any) -> None:
    """Give the component an answer from elsewhere, as another tab or the kernel does."""
    page.evaluate("([name, answer]) => window.models.get(name).set('answer', answer)", [name, answer])


def check_fit(page: Page) -> None:
    """Hold that axe finds nothing, that nothing scrolls sideways and that each target has 24 px."""
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_SMALL) == 0


def accessible_name(page: Page, selector: str) -> str:
    """Return the name that the accessibility tree gives to the first element of a selector."""
    session = page.context.new_cdp_session(page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    tree = session.send("Accessibility.getPartialAXTree", {"nodeId": node, "fetchRelatives": False})
    return " ".join(tree["nodes"][0]["name"]["value"].split())
