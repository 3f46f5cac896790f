"""Every component of the gallery in one page, by keyboard alone: reach, see, hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from accessibility_tree import LiveRegion
from browser import open_page
from component_browser import component_page, served
from focus_stops import FIELDS, STOPS

from alliances.course.gallery import samples, states_of
from alliances.course.gallery_pieces import pieces_of
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES, text
from alliances.questions.prose import typographic
from alliances.questions.registry import TYPES
from alliances.widgets.assembly import static_files
from alliances.widgets.static import COMPONENTS, static_question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser

# Inside a field for a date, Tab stops at day, month, year, and the button of the calendar.
DATE_PARTS = 3

# Where the focus is; whether it can be seen: an outline of 2 px or more on the element (for a field that lies
# unseen over its picture, on what holds it), inside the window, and not under something else.
FOCUS = """() => {
  const at = document.activeElement;
  const shown = getComputedStyle(at).opacity === "0" ? at.parentElement : at;
  const style = getComputedStyle(shown);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = (at.closest("label") ?? at).getBoundingClientRect();
  const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max((box.top + Math.min(box.bottom, innerHeight)) / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const open = top && (at.contains(top) || shown.contains(top) || at.closest("label")?.contains(top));
  const what = at.outerHTML.slice(0, 160);
  return { stop: at.dataset.stop ?? "", type: at.type ?? "", outlined, open: Boolean(open), what };
}"""


class Shown(NamedTuple):
    """A page with every question in practice and every other component."""

    page: Page
    kinds: list[str]


@pytest.fixture(scope="module", params=LANGUAGES)
def shown(
    request: pytest.FixtureRequest, chromium_browser: Browser, tmp_path_factory: Any
) -> Iterator[Shown]:
    """Open the page once a language; at the end it has made no error and asked nobody else."""
    lang: Language = request.param
    folder: Path = tmp_path_factory.mktemp("every")
    questions = [
        static_question(state.question, practice=True)
        for sample in samples(find_tree(), lang)
        for state in states_of(sample)
        if state.state == "practice"
    ]
    pieces = list(pieces_of(lang, []))
    component_page(folder, "\n".join([*questions, *(piece.html for piece in pieces)]), lang)
    sheet = folder / "alliances" / "components.css"
    sheet.write_text(sheet.read_text(encoding="utf-8") + static_files()["tool.css"], encoding="utf-8")
    size = {"width": 1000, "height": 800}
    with (
        served(folder) as address,
        open_page(chromium_browser, address, viewport=size, reduced_motion="reduce") as (page, watched),
    ):
        page.goto(address)
        page.wait_for_function("window.models !== undefined")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        kinds = [sample.kind for sample in samples(find_tree(), lang)]
        yield Shown(page, [*kinds, *(piece.kind for piece in pieces)])
        assert (watched.outside, watched.errors) == ([], [])


def test_every_component_is_on_the_page(shown: Shown) -> None:
    """What the tests below walk through is every component there is."""
    assert set(shown.kinds) == {*COMPONENTS}
    assert shown.page.locator(".al-question, .al-piece, .al-tool").count() >= len(shown.kinds)


def test_tab_stops_at_everything_in_order_and_shows_where_it_is(shown: Shown) -> None:
    """From the top of the page to its end: each control, in the page's order, its focus seen, no trap."""
    page = shown.page
    wanted = page.evaluate(STOPS, f"{FIELDS}, [tabindex]")
    assert len(wanted) > 200
    page.evaluate("const top = document.querySelector('h1'); top.tabIndex = -1; top.focus()")
    trouble = []
    for place, element in enumerate(wanted):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        for _ in range(DATE_PARTS):
            if at["stop"] == str(place) or at["type"] != "date":
                break
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
        if (at["stop"], at["outlined"], at["open"]) != (str(place), True, True):
            trouble.append(f"stop {place}, {element}: {at}")
        if at["stop"] != str(place):
            break
    assert trouble == []


@pytest.mark.parametrize("kind", TYPES)
def test_checking_is_heard_by_a_screen_reader(shown: Shown, kind: str) -> None:
    """Enter on « Vérifier » puts all that is shown into the accessibility tree's polite live region."""
    page = shown.page
    question = page.locator(f".al-question--{kind}").first
    lang: Any = question.get_attribute("lang")
    check = question.get_by_role("button", name=typographic(text("widgets.check", lang), lang), exact=True)
    check.focus()
    page.keyboard.press("Enter")
    reason = question.locator(".al-feedback__reason").inner_text()
    assert reason.strip()
    region = LiveRegion(page)
    region.heard(reason.split("\n")[0])
    assert region.role == ("status", "polite")
    assert check.evaluate("button => button === document.activeElement")
