"""A page with components that are not questions, opened and watched; for their tests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from component_browser import component_page, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["focused", "heard", "piece_page", "sideways"]


@contextlib.contextmanager
def piece_page(
    browser: Browser, folder: Path, content: str, lang: str, *, clock: bool = False, **options: Any
) -> Iterator[Page]:
    """Open a page of mounted components; it must finish without an error of its scripts.

    ``clock`` stops the page's time, which then passes only as the test says (``page.clock``); ``options`` are
    Playwright's for the context.
    """
    component_page(folder, content, lang)
    with served(folder) as address:
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}, **options})
        try:
            page = context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            if clock:
                page.clock.install(time=0)
            page.goto(address)
            page.wait_for_function("window.models !== undefined")
            yield page
            assert problems == []
        finally:
            context.close()


def heard(page: Page) -> str:
    """Return what the page's live region says."""
    return str(page.locator("[data-al-live]").text_content())


def focused(page: Page) -> str:
    """Return the words of the element that has the focus."""
    return str(page.evaluate("document.activeElement.textContent"))


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
