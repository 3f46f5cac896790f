"""A tool of a module served by Voilà in both languages, and walked through by keyboard."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from component_browser import voila_serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["focused", "press", "tab_until", "tool_serving"]


@contextlib.contextmanager
def tool_serving(
    root: Path, browser: Browser, tool: str, ready: str
) -> Iterator[tuple[Callable[..., Page], Path]]:
    """Serve the tool ``module.Class`` and give what opens it (language, width), with the learner's folder.

    ``ready`` is a selector of what the tool shows once it is there.
    """
    notebooks, work = root / "notebooks", root / "moi"
    notebooks.mkdir()
    work.mkdir()
    module, _, name = tool.rpartition(".")
    for lang in ("fr", "en"):
        cell = nbformat.v4.new_code_cell(f'from {module} import {name}\n\n{name}("{lang}")')
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(
            nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}),
            notebooks / f"{lang}.ipynb",
        )
    with voila_serving(notebooks, work) as address:

        def opened(lang: str, width: int = 1200) -> Page:
            page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
            page.goto(f"{address}/voila/render/{lang}.ipynb")
            page.wait_for_selector(ready, timeout=60_000)
            return page

        yield opened, work


def tab_until(page: Page, matches: str, *, most: int, backwards: bool = False) -> None:
    """Press Tab until the focus is on something that ``matches`` (a JavaScript test on ``e``)."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate(f"(() => {{ const e = document.activeElement; return {matches}; }})()"):
            return
    raise AssertionError(f"Tab never reached {matches}")


def press(page: Page, words: str, *, most: int) -> None:
    """Press, by keyboard, the next button whose text starts with ``words``."""
    tab_until(page, f"e.tagName === 'BUTTON' && e.textContent.startsWith({json.dumps(words)})", most=most)
    page.keyboard.press("Enter")


def focused(page: Page) -> str:
    """Return the text of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent"))
