"""One question on a static page, and what holds for every component there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from accessibility_tree import LiveRegion
from browser import axe_findings, open_page
from component_browser import component_page, served

from alliances.questions.compiling import public
from alliances.widgets.static import static_question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = [
    "answer_of", "check_page", "check_stored", "focused", "from_the_top", "heard", "opened_question",
    "small_targets", "tab_stops",
]  # fmt: skip

_TARGETS = "button, select, textarea, input:not([type=radio], [type=checkbox]), label.al-option"
_LEAST = 24  # CSS pixels, WCAG 2.2, 2.5.8


@contextlib.contextmanager
def opened_question(  # noqa: PLR0913 - what a page may differ by
    browser: Browser,
    folder: Path,
    question: dict[str, Any],
    *,
    answer: dict[str, Any] | None = None,
    practice: bool = False,
    width: int = 1200,
    **options: Any,
) -> Iterator[Page]:
    """Show a compiled question alone on a page; the page must make no error and ask nobody else.

    Args:
        browser: a Chromium.
        folder: where the page is written.
        question: with its keys; without practice only its public part reaches the page.
        answer: what is stored.
        practice: whether « Vérifier » is there.
        width: of the window, in pixels.
        options: Playwright's, for the context.
    """
    given = question if practice else public(question)
    component_page(folder, static_question(given, answer=answer, practice=practice), question["lang"])
    with (
        served(folder) as address,
        open_page(browser, address, viewport={"width": width, "height": 900}, **options) as (page, watched),
    ):
        page.goto(address)
        page.wait_for_function("window.models !== undefined")
        assert page.evaluate("window.models.size") == 1
        yield page
        assert watched.errors == []
        assert watched.outside == []


def answer_of(page: Page) -> Any:
    """Return the answer that the page kept last; None when nothing was."""
    return page.evaluate("window.changes.length ? window.changes.at(-1).answer : null")


def heard(page: Page, words: str) -> str:
    """Wait until the live region says ``words``, and return all it says, from the accessibility tree."""
    return LiveRegion(page).heard(words)


def focused(page: Page) -> str:
    """Return the name of what has the focus: its aria-label, its label's words, or its own."""
    found = page.evaluate("""() => {
      const at = document.activeElement;
      return at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
    }""")
    return str(found).strip()


def from_the_top(page: Page) -> None:
    """Start Tab from the title of the page again."""
    page.evaluate("const top = document.querySelector('h1'); top.tabIndex = -1; top.focus()")


def tab_stops(page: Page, count: int) -> list[str]:
    """Press Tab ``count`` times from the top and return the names met; each focus must be visible."""
    from_the_top(page)
    names = []
    for _ in range(count):
        page.keyboard.press("Tab")
        names.append(focused(page))
        outline = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", names
        assert outline[1] >= 2, names
    return names


def small_targets(page: Page) -> list[str]:
    """Return what can be pressed and is smaller than 24 by 24 pixels."""
    found: list[str] = page.evaluate(
        """([targets, least]) => [...document.querySelectorAll(targets)]
          .filter((e) => e.checkVisibility())
          .map((e) => [e, e.getBoundingClientRect()])
          .filter(([, box]) => box.width < least || box.height < least)
          .map(([e]) => e.outerHTML.slice(0, 120))""",
        [_TARGETS, _LEAST],
    )
    return found


def check_page(page: Page) -> None:
    """Assert what holds for a page in any state: axe, sideways scrolling, targets, one live region."""
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert small_targets(page) == []
    assert page.locator('[role="status"]').count() == 1


def check_stored(page: Page, stored: dict[str, Any] | None, question: str) -> None:
    """Set an answer from outside: it is no change of the learner's, and the focus stays where it was."""
    page.evaluate("window.before = document.activeElement; window.count = window.changes.length")
    page.evaluate("([id, answer]) => window.models.get(id).set('answer', answer)", [question, stored])
    assert page.evaluate("document.activeElement === window.before && window.before.isConnected")
    assert page.evaluate("window.changes.length === window.count")
