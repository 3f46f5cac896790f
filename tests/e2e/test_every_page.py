"""Every page that people open: one title, no fault that axe can see, nothing asked of anybody else."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pytest
from browser import axe_findings, open_page
from focus_stops import FIELDS, STOPS
from keyboard import choose_radio, tab_to

from alliances.course.syllabus import read_syllabus
from alliances.course.tree import find_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, Response

    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser

SLUG = "alliance_models"
SLUGS = sorted(read_syllabus(find_tree()).written)
KINDS = ("lessons", "exercises", "trainer")
PAGES = ("index.html", "about.html", *(f"{kind}/{slug}.html" for slug in SLUGS for kind in KINDS))
# What a tool shows once its kernel has answered; that of ``SLUG`` is walked through below.
TOOLS = {
    "case_studies": ".al-step--read .al-explorer__result figure",
    "measure_design": ".al-step--roadmap-read tbody tr",
}
MOST_KB = 150
PHONE = {"width": 360, "height": 780}
MOST_STOPS = 600
_FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [at === document.body, at.dataset.stop ?? "", seen, at.outerHTML.slice(0, 120)];
}"""


def _open(running: Serving, page: Page, path: str) -> None:
    page.request.get(running.plan.url)  # the token becomes a cookie
    page.goto(f"{_origin(running)}/alliances/{path}")


def _origin(running: Serving) -> str:
    return f"http://127.0.0.1:{running.plan.port}"


@dataclass
class Seen:
    """What one visit of a page with a phone's width saw; ``loaded`` is the compressed size by address."""

    language: str
    title: str
    headings: int
    landmarks: dict[str, int]
    footer: str
    fits: bool
    links: dict[str, set[str]]
    axe: list[str]
    outside: list[str]
    errors: list[str]
    loaded: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def visit(running: Serving, chromium_browser: Browser) -> Callable[[str], Seen]:
    """Return what visits a page, once."""

    @cache
    def seen(name: str) -> Seen:
        with open_page(chromium_browser, _origin(running), viewport=PHONE) as (page, watched):
            answers: list[Response] = []
            page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin serves
            _open(running, page, f"{running.plan.language}/{name}")
            page.wait_for_load_state("networkidle")
            bodies = {answer.url: answer.body() for answer in answers if answer.ok}
            links: dict[str, set[str]] = {}
            for words, target in page.evaluate(
                "[...document.querySelectorAll('a[href]')].map((a) => [a.textContent, a.href])"
            ):
                links.setdefault(" ".join(words.split()), set()).add(target)
            return Seen(
                language=page.evaluate("document.documentElement.lang"),
                title=page.title(),
                headings=page.locator("h1").count(),
                landmarks={tag: page.locator(tag).count() for tag in ("header", "main", "footer")},
                footer=page.locator("footer").last.inner_text(),
                fits=page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"),
                links=links,
                axe=axe_findings(page),
                outside=watched.outside,
                errors=watched.errors,
                loaded={address: len(gzip.compress(body)) for address, body in bodies.items()},
            )

    return seen


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(running: Serving, visit: Callable[[str], Seen], name: str) -> None:
    """A page has its language, one h1, a title, landmarks; axe finds nothing; nobody else is asked."""
    seen = visit(name)
    assert seen.language == running.plan.language
    assert seen.headings == 1
    assert re.fullmatch(r".{5,} – Faire alliance", seen.title)
    assert all(seen.landmarks.values()), seen.landmarks
    assert "Le RAMEAU" in seen.footer
    assert seen.fits
    assert seen.axe == []
    assert seen.outside == []
    assert seen.errors == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(visit: Callable[[str], Seen], name: str) -> None:
    """A page with all it loads weighs 150 KB at most once compressed."""
    loaded = visit(name).loaded
    size = sum(loaded.values())
    assert size <= MOST_KB * 1000, f"{size} bytes: {sorted((n, u) for u, n in loaded.items())[-4:]}"


@pytest.mark.parametrize("name", PAGES)
def test_links_of_one_name_lead_to_one_place(visit: Callable[[str], Seen], name: str) -> None:
    """Heard out of its place, a link still says where it leads: the doors of two exercises differ in name."""
    assert {words: sorted(to) for words, to in visit(name).links.items() if len(to) > 1} == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_without_javascript(running: Serving, chromium_browser: Browser, name: str) -> None:
    """Without scripts the text is all there."""
    with open_page(chromium_browser, _origin(running), java_script_enabled=False) as (page, _):
        _open(running, page, f"{running.plan.language}/{name}")
        assert len(page.locator("main").inner_text().split()) > 150


@pytest.mark.parametrize("slug", SLUGS)
def test_tab_goes_through_a_form_door(running: Serving, chromium_browser: Browser, slug: str) -> None:
    """Tab alone stops at everything that can be done there, in the order of the page, each time visibly.

    ``test_small_class.py`` answers both long forms so, in both languages, and hands them in.
    """
    with open_page(chromium_browser, _origin(running)) as (page, watched):
        _open(running, page, f"{running.plan.language}/exercises/{slug}.html")
        page.locator("[data-al-question] .al-question").last.wait_for()
        page.wait_for_load_state("networkidle")
        wanted = page.evaluate(STOPS, FIELDS)
        met: list[int] = []
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            ended, stop, visible, what = page.evaluate(_FOCUS)
            if ended:
                break
            assert visible, what
            met += [int(stop)] if stop else []
        assert met == list(range(len(wanted))), [
            wanted[place] for place in set(range(len(wanted))) - set(met)
        ]
        borders = page.locator(".al-doors .al-card").evaluate_all(
            "cards => cards.map((card) => getComputedStyle(card).borderTopStyle)"
        )
        assert borders == ["solid", "solid"]  # the editors' own cards have their style for themselves
        assert watched.errors == []


@pytest.mark.parametrize("slug", sorted(set(SLUGS) - {SLUG}))
def test_a_tool_is_whole(running: Serving, chromium_browser: Browser, slug: str) -> None:
    """A tool opens behind the same address, on a phone too: its language, one title, nothing for axe."""
    with open_page(chromium_browser, _origin(running), viewport=PHONE) as (page, watched):
        _open(running, page, f"tools/{running.plan.language}/{slug}")
        page.locator(TOOLS[slug]).first.wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.lang") == running.plan.language
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert axe_findings(page) == []
        assert watched.outside == []
        assert watched.errors == []


def test_the_switch_leads_to_the_same_page(running: Serving, chromium_browser: Browser) -> None:
    """The language switch keeps the reader on the page that she reads."""
    other = "en" if running.plan.language == "fr" else "fr"
    with open_page(chromium_browser, _origin(running)) as (page, _):
        _open(running, page, f"{running.plan.language}/lessons/{SLUG}.html")
        page.locator(f"header a[hreflang={other}]").click()
        page.wait_for_url(f"**/{other}/lessons/{SLUG}.html")
        assert page.evaluate("document.documentElement.lang") == other


def test_modules_to_come_are_no_links(
    running: Serving, chromium_browser: Browser, visit: Callable[[str], Seen]
) -> None:
    """Each link of the landing page leads somewhere; a module that is not written has none."""
    links = set[str]().union(*visit("index.html").links.values())
    inside = {link.split("#")[0] for link in links if link.startswith(_origin(running))}
    tools = {link for link in inside if "/tools/" in link}  # they start a kernel, and are opened below
    with open_page(chromium_browser, _origin(running)) as (page, _):
        page.request.get(running.plan.url)
        dead = [link for link in sorted(inside - tools) if not page.request.get(link).ok]
    assert dead == []
    assert {link.rsplit("/", 1)[1] for link in tools} == set(SLUGS)
    assert len(inside) > 6


def test_the_tool_works_by_keyboard(running: Serving, chromium_browser: Browser) -> None:
    """The tool opens behind the same address, answers to the keyboard, and keeps what was chosen."""
    language = running.plan.language
    with open_page(chromium_browser, _origin(running), viewport=PHONE) as (page, watched):
        _open(running, page, f"tools/{language}/{SLUG}")
        group = page.locator("fieldset:has(input[type=radio])").first
        group.wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
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
