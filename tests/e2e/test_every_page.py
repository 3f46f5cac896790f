"""Every page that people open: one title, no fault that axe can see, nothing asked of anybody else."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest
from browser import axe_findings, open_page
from keyboard import choose_radio, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser

SLUG = "alliance_models"
PAGES = (
    "index.html",
    f"lessons/{SLUG}.html",
    f"exercises/{SLUG}.html",
    f"trainer/{SLUG}.html",
    "about.html",
)
MOST_KB = 150
PHONE = {"width": 360, "height": 780}


def _open(running: Serving, page: Page, path: str) -> None:
    page.goto(running.plan.url)  # the token becomes a cookie
    page.goto(f"http://127.0.0.1:{running.plan.port}/alliances/{path}")


def _origin(running: Serving) -> str:
    return f"http://127.0.0.1:{running.plan.port}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(running: Serving, chromium_browser: Browser, name: str) -> None:
    """A page has its language, one h1, a title, landmarks; axe finds nothing; nobody else is asked."""
    language = running.plan.language
    with open_page(chromium_browser, _origin(running), viewport=PHONE) as (page, watched):
        _open(running, page, f"{language}/{name}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.locator("h1").count() == 1
        assert re.fullmatch(r".{5,} – Faire alliance", page.title())
        for landmark in ("header", "main", "footer"):
            assert page.locator(landmark).count() >= 1
        assert "Le RAMEAU" in page.locator("footer").last.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert axe_findings(page) == []
        assert watched.outside == []
        assert watched.errors == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(running: Serving, chromium_browser: Browser, name: str) -> None:
    """A page with all it loads weighs 150 KB at most once compressed."""
    with open_page(chromium_browser, _origin(running)) as (page, _):
        page.goto(running.plan.url)
        bodies: dict[str, bytes] = {}
        page.on("response", lambda answer: bodies.update({answer.url: answer.body()}) if answer.ok else None)
        page.goto(f"{_origin(running)}/alliances/{running.plan.language}/{name}")
        page.wait_for_load_state("networkidle")
    size = sum(len(gzip.compress(body)) for body in bodies.values())
    assert size <= MOST_KB * 1000, f"{size} bytes: {sorted((len(b), u) for u, b in bodies.items())[-4:]}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_without_javascript(running: Serving, chromium_browser: Browser, name: str) -> None:
    """Without scripts the text is all there."""
    with open_page(chromium_browser, _origin(running), java_script_enabled=False) as (page, _):
        page.goto(running.plan.url)
        page.goto(f"{_origin(running)}/alliances/{running.plan.language}/{name}")
        assert len(page.locator("main").inner_text().split()) > 150


def test_the_switch_leads_to_the_same_page(running: Serving, chromium_browser: Browser) -> None:
    """The language switch keeps the reader on the page that she reads."""
    other = "en" if running.plan.language == "fr" else "fr"
    with open_page(chromium_browser, _origin(running)) as (page, _):
        _open(running, page, f"{running.plan.language}/lessons/{SLUG}.html")
        page.locator(f"header a[hreflang={other}]").click()
        page.wait_for_url(f"**/{other}/lessons/{SLUG}.html")
        assert page.evaluate("document.documentElement.lang") == other


def test_modules_to_come_are_no_links(running: Serving, chromium_browser: Browser) -> None:
    """Each link of the landing page leads somewhere; a module that is not written has none."""
    with open_page(chromium_browser, _origin(running)) as (page, _):
        _open(running, page, f"{running.plan.language}/index.html")
        links = {link.evaluate("a => a.href") for link in page.locator("a[href]").all()}
        inside = {link.split("#")[0] for link in links if link.startswith(_origin(running))}
        dead = [link for link in sorted(inside) if not page.request.get(link).ok]
        assert dead == []
        assert len(inside) > 6


def test_the_tool_works_by_keyboard(running: Serving, chromium_browser: Browser) -> None:
    """The tool opens behind the same address, answers to the keyboard, and keeps what was chosen."""
    language = running.plan.language
    with open_page(chromium_browser, _origin(running)) as (page, watched):
        _open(running, page, f"tools/{language}/{SLUG}")
        group = page.locator("fieldset:has(input[type=radio])").first
        group.wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.locator("h1").count() == 1
        choose_radio(page, group, "giving")
        assert axe_findings(page) == []
        kept = running.plan.tree.work / running.plan.learner / "case_sorter.json"
        page.wait_for_load_state("networkidle")
        tab_to(page, page.locator("select").first)
        page.keyboard.press("ArrowDown")
        page.wait_for_function("() => !document.querySelector('.jp-mod-busy')")
        assert "giving" in json.dumps(json.loads(_when_there(page, kept)))
        assert watched.outside == []
        assert watched.errors == []


def _when_there(page: Page, path: object) -> str:
    """Return a file's text once it is there; the page's own clock paces the looks."""
    for _ in range(100):
        if path.exists():
            return path.read_text(encoding="utf-8")
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} was never written")


def test_the_notebooks_open_and_ask_nobody(running: Serving, chromium_browser: Browser) -> None:
    """JupyterLab opens the learner's own copy, in the course's language, without an outside request."""
    language = running.plan.language
    menu = {"fr": "Fichier", "en": "File"}[language]
    for path in (f"open/{language}/lesson/{SLUG}", f"open/{language}/{SLUG}_code"):
        with open_page(chromium_browser, _origin(running)) as (page, watched):
            _open(running, page, path)
            page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
            page.get_by_text(menu, exact=True).first.wait_for()
            assert watched.outside == []
    work = running.plan.tree.work / running.plan.learner
    assert (work / "lessons" / f"{SLUG}.{language}.ipynb").is_file()
    assert (work / f"{SLUG}_code" / f"{SLUG}_code.ipynb").is_file()


def test_the_code_door_is_handed_in_from_its_page(running: Serving, chromium_browser: Browser) -> None:
    """The exercise's page hands the saved notebook in, by keyboard, and gives a receipt."""
    language, plan = running.plan.language, running.plan
    with open_page(chromium_browser, _origin(running)) as (page, watched):
        _open(running, page, f"open/{language}/{SLUG}_code")
        page.goto(f"{_origin(running)}/alliances/{language}/exercises/{SLUG}.html")
        page.locator("[data-al-question=c01] .al-question").wait_for()
        tab_to(page, page.locator("[data-al-hand-in-code]"))
        page.keyboard.press("Enter")
        receipt = page.locator("[data-al-receipt-code]:not(:empty)")
        receipt.wait_for()
        assert re.search(r"[0-9A-F]{8}", receipt.inner_text())
        assert watched.errors == []
    drop = plan.tree.work / "handin" / plan.learner / f"{SLUG}_code"
    assert (drop / f"{SLUG}_code.ipynb").is_file()
