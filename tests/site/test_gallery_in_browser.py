"""The gallery and a form in a real browser: light, dark, forced colours, zoom, phone, reduced motion."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from browser import PageServer, axe_findings, open_page

from alliances.widgets.assembly import style_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser import Watched
    from playwright.sync_api import Browser, Page

    from alliances.course.tree import CourseTree

pytestmark = pytest.mark.browser

LANGUAGES = ("fr", "en")
COLOURS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
# Width and height in CSS pixels, and how many of the screen's each takes: zoom of a window 1,280 px wide.
SIZES = {
    "desk": (1280, 900, 1),
    "zoom 200 %": (640, 450, 2),
    "zoom 400 %": (320, 225, 4),
    "phone": (360, 740, 3),
}
# Each colour and each size, in one page; a form, which is shorter, takes every pair. Colours come from the
# style sheets, which know no language: what the second language adds is seen at each size.
PAIRS = {
    "fr": [
        ("dark", "desk"),
        ("forced", "desk"),
        ("dark", "zoom 200 %"),
        ("light", "zoom 400 %"),
        ("forced", "phone"),
    ],
    "en": [("dark", "zoom 200 %"), ("light", "zoom 400 %"), ("forced", "phone")],
}
# In the state that is gone after the first look, the second language has the colours of the first.
SEEN_IN_FRENCH = {"fr": (), "en": ("color-contrast",)}
# What each part keeps after the first look: its fullest state, for states differ by values and not
# by build; of the charts each kind.
KEPT = [
    *("_wrong", "_person", "_noted", "_error", "_over", "_trouble", "_second", "_chosen", "_full"),
    *("_bars", "_table", "_intervals", "_lines", "_points", "_network", "_timeline", "_map"),
]
# A change of colours starts the buttons' transitions: axe would measure a shade that nobody has time to read.
SETTLED = "Promise.allSettled(document.getAnimations().map((animation) => animation.finished))"

TOO_SMALL = """() => {
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".al-hidden, .al-live");
  const size = (element) => {
    // A box or a radio button is pressed by its whole line.
    const ticked = element.matches("input[type=radio], input[type=checkbox]");
    const target = ticked ? element.closest("label") : element;
    const box = target.getBoundingClientRect();
    return Math.min(box.width, box.height);
  };
  return [...document.querySelectorAll(".al-question, .al-piece, .al-tool")].flatMap((root) =>
    [...root.querySelectorAll("button, input, select, textarea, summary, [role=tab]")]
      .filter((element) => seen(element) && size(element) < 24)
      .map((element) => `${size(element)} px: ${element.outerHTML.slice(0, 120)}`));
}"""
SIDEWAYS = """() => {
  const apart = ".al-scroll, .al-figure__scroll, svg, .al-live, .al-hidden";
  const wide = [...document.querySelectorAll("main *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(apart));
  const over = document.documentElement.scrollWidth - innerWidth;
  return over > 0 ? [over, ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))] : [];
}"""
UNFOLD = "document.querySelectorAll('main details').forEach((details) => { details.open = true; })"
KEEP = """(kept) => document.querySelectorAll(".al-gallery__state").forEach((state) => {
  if (!kept.some((end) => state.id.endsWith(end))) state.remove();
})"""
RESTYLED = """(sheet) => {
  const names = ["display", "padding", "margin", "border", "background-color", "color", "font", "max-width",
    "min-height", "width", "white-space", "list-style-type", "gap", "opacity", "cursor"];
  const all = [...document.querySelectorAll(":is(.al-question, .al-piece), :is(.al-question, .al-piece) *")];
  const look = () => all.map((element) => {
    const style = getComputedStyle(element);
    return names.map((name) => `${name}: ${style.getPropertyValue(name)}`);
  });
  const before = look();
  const style = document.createElement("style");
  style.textContent = sheet;
  document.head.append(style);
  const found = look().flatMap((after, place) => {
    const other = after.filter((said, at) => said !== before[place][at]);
    return other.length ? [`${all[place].className}: ${other}`] : [];
  }).slice(0, 20);
  style.remove();
  return found;
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const lasts = (text) => text.split(",").some((part) => parseFloat(part) > 0);
  const smooth = style.scrollBehavior === "smooth";
  return lasts(style.transitionDuration) || style.animationName !== "none" || smooth;
}).map((element) => element.outerHTML.slice(0, 120))"""


def faults(page: Page, without: tuple[str, ...] = ()) -> list[Any]:
    """Return what axe finds, what is wider than the page, and targets under 24 px."""
    return [
        *axe_findings(page, without=without),
        *page.evaluate(SIDEWAYS),
        *page.evaluate(TOO_SMALL),
    ]


class Opened(NamedTuple):
    """A page, what it did, and what sets its colours and its window."""

    page: Page
    watched: Watched
    screen: Any

    def look(self, colours: str, size: str) -> None:
        """Show the page in these colours, at this size."""
        width, height, scale = SIZES[size]
        self.page.emulate_media(**COLOURS[colours])
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.screen.send("Emulation.setDeviceMetricsOverride", metrics)
        self.page.wait_for_function("width => innerWidth === width", arg=width)
        self.page.evaluate(SETTLED)


@pytest.fixture(scope="module")
def opened(chromium_browser: Browser, tiny_site: CourseTree) -> Iterator[Callable[[str], Opened]]:
    """Open a page of the tiny course once all its components are there."""
    with ExitStack() as stack:
        server = stack.enter_context(PageServer(tiny_site.build / "pages"))

        def show(name: str) -> Opened:
            page, watched = stack.enter_context(open_page(chromium_browser, server.origin))
            page.goto(server.url(name), wait_until="networkidle")
            page.wait_for_function("!document.querySelector('[data-al-component]:not([data-al-mounted])')")
            return Opened(page, watched, page.context.new_cdp_session(page))

        yield show


@pytest.fixture(scope="module")
def gallery(opened: Callable[[str], Opened]) -> Callable[[str], Opened]:
    """Return the gallery in a language, opened once: tests change how it is shown, and nothing in it."""
    return cache(lambda language: opened(f"{language}/gallery"))


@pytest.fixture(scope="module")
def kept(opened: Callable[[str], Opened]) -> Callable[[str], Opened]:
    """Return the gallery in a language with the fullest state of each part, opened once."""

    @cache
    def shown(language: str) -> Opened:
        found = opened(f"{language}/gallery")
        found.page.evaluate(UNFOLD)
        found.page.evaluate(KEEP, KEPT)
        return found

    return shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_component_comes_to_life(gallery: Callable[[str], Opened], language: str) -> None:
    """No part of the gallery stays at what is read without JavaScript, and one live region serves all."""
    page = gallery(language).page
    places = page.locator("[data-al-component]").count()
    assert places > 100
    assert page.locator("[data-al-component] > .al-fallback[hidden]").count() == places
    assert page.locator("[role=status], [aria-live=polite]").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_is_sound_in_every_colour_and_size(
    gallery: Callable[[str], Opened], kept: Callable[[str], Opened], language: str
) -> None:
    """No finding of axe, nothing scrolls sideways, targets are of 24 px, and nothing fails or is fetched."""
    whole, fullest = gallery(language), kept(language)
    whole.page.evaluate(UNFOLD)
    whole.look("light", "desk")
    trouble = {"light, desk": faults(whole.page, SEEN_IN_FRENCH[language])}
    for colours, size in PAIRS[language]:
        fullest.look(colours, size)
        trouble[f"{colours}, {size}"] = faults(fullest.page)
    assert {look: said for look, said in trouble.items() if said} == {}
    for page in (whole, fullest):
        assert (page.watched.outside, page.watched.errors) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_is_sound_in_every_colour_at_every_size(
    opened: Callable[[str], Opened], language: str
) -> None:
    """The same for a page of questions, each colour with each size."""
    found = opened(f"{language}/exercises/tiny")
    trouble = {}
    for colours in COLOURS:
        for size in SIZES:
            found.look(colours, size)
            trouble[f"{colours}, {size}"] = faults(found.page)
    assert {look: said for look, said in trouble.items() if said} == {}


def test_whoever_asked_for_less_motion_gets_none(gallery: Callable[[str], Opened]) -> None:
    """With prefers-reduced-motion no element moves, fades or scrolls smoothly; otherwise some do."""
    page = gallery("fr").page
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != [], "what this test looks at would not be seen"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize(
    ("chosen", "other", "name"),
    [
        ("[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]", "background-color"),
        (".al-steps__button[aria-current]", ".al-steps__button:not([aria-current])", "border-bottom-color"),
        (".al-chart__row[aria-pressed=true]", ".al-chart__row[aria-pressed=false]", "outline-style"),
        (".al-option:has(input:checked)", ".al-option:has(input:not(:checked))", "outline-style"),
        (".al-status[data-state=trouble] p", ".al-status[data-state=saved] p", "border-top-width"),
        (".al-status[data-state=saving] p", ".al-status[data-state=saved] p", "border-left-style"),
    ],
)
def test_forced_colours_keep_the_states_apart(
    gallery: Callable[[str], Opened], chosen: str, other: str, name: str
) -> None:
    """Where colours are taken away, what is chosen or wrong still looks different."""
    found = gallery("fr")
    found.look("forced", "desk")
    seen = [
        found.page.locator(selector).first.evaluate(
            "(element, name) => getComputedStyle(element).getPropertyValue(name)", name
        )
        for selector in (chosen, other)
    ]
    assert seen[0] != seen[1]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_order_of_style_sheets_does_not_matter(kept: Callable[[str], Opened], width: int) -> None:
    """In Jupyter each widget brings the shared sheet again, after others: nothing may change."""
    found = kept("fr")
    found.look("light", "desk")
    page = found.page
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("width => innerWidth === width", arg=width)
    assert page.evaluate(RESTYLED, style_of()) == []


def test_the_gallery_reads_without_javascript(chromium_browser: Browser, server: PageServer) -> None:
    """Questions, tabs and charts are there as text, drawing and table."""
    with open_page(chromium_browser, server.origin, java_script_enabled=False) as (page, _):
        page.goto(server.url("fr/gallery"))
        for part in page.locator(".al-gallery__part").all():
            if part.get_attribute("id") not in {"status", "report"}:
                assert part.locator(".al-fallback:visible").first.inner_text().strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_the_gallery(opened: Callable[[str], Opened], language: str) -> None:
    """« À propos » leads to the gallery and to the screen reader's scripts; these pages link each other."""
    page = opened(f"{language}/about").page
    for name in ("gallery", "screen_reader"):
        page.locator(f'main a[href="{name}.html"]').click()
        page.wait_for_url(f"**/{language}/{name}.html")
        assert page.locator("h1").count() == 1
        page.go_back()
