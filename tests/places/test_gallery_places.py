"""The gallery's notebook in JupyterLab 4, Notebook 7 and Voilà: each component, its states, its marking."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from browser import Watched, axe_findings, open_page
from keyboard import tab_to

from alliances.course.gallery import Sample, samples, states_of
from alliances.course.gallery_pieces import pieces_of
from alliances.course.gallery_views import gallery_notebook
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES, text
from alliances.questions import mark
from alliances.widgets.static import COMPONENTS
from places import (
    OWN_ERRORS,
    Jupyter,
    jupyter_serving,
    open_in_lab,
    open_in_notebook,
    open_in_voila,
    run_all,
    tools_serving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser

WINDOW: Final = {"width": 1280, "height": 900}
PATIENCE: Final = 120_000  # milliseconds: the machine may be shared
COMPONENTS_THERE: Final = """wanted => Object.entries(wanted).every(([kind, number]) =>
  document.querySelectorAll(`.al-question--${kind}, .al-${kind}[lang]`).length === number)"""
COMPLAINTS: Final = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
  .filter(({ dataset }) => /error|stderr/.test(dataset.mimeType ?? "")).map((output) => output.textContent)"""
NOT_RUN: Final = """() => [...document.querySelectorAll(".jp-CodeCell")]
  .filter((cell) => !/^\\[\\d+\\]:$/.test(cell.querySelector(".jp-InputPrompt").textContent.trim()))
  .map((cell) => cell.textContent.slice(0, 80))"""
HEADINGS: Final = """() => ["h1", "h2", "h3"].map((tag) =>
  [...document.querySelectorAll(`.al-toolhead ${tag}, .jp-RenderedMarkdown ${tag}`)]
    .filter((heading) => heading.checkVisibility())
    .map((heading) => parseFloat(getComputedStyle(heading).fontSize)))"""
CHOICE_IS: Final = """({ verdict, chosen, checks }) => {
  const question = document.querySelector(".al-question--choice");
  const feedback = question?.querySelector(".al-feedback");
  if (!feedback) return false;
  return (feedback.hidden ? null : feedback.dataset.verdict) === verdict
    && (question.querySelector("input[type=radio]:checked")?.value ?? null) === chosen
    && Boolean(question.querySelector(".al-actions button")) === checks;
}"""


@dataclass(frozen=True)
class Place:
    """The gallery in one language, open in one place; its cells have run."""

    name: str
    lang: Language
    page: Page
    watched: Watched

    def question(self, kind: str) -> Locator:
        """Return the first question of a type."""
        return self.page.locator(f".al-question--{kind}").first

    def states(self, kind: str) -> Locator:
        """Return the list of states above the first question of a type, by its label."""
        boxes = self.page.locator(".widget-vbox", has=self.page.locator(f".al-question--{kind}"))
        return boxes.first.get_by_label(text("gallery.state", self.lang), exact=True)


def sample_of(kind: str, lang: Language) -> Sample:
    return next(sample for sample in samples(find_tree(), lang) if sample.kind == kind)


def plain(label: str) -> str:
    """Return a label without the spaces that French typography puts in."""
    return label.replace("\u00a0", " ").replace("\u202f", " ")


def choose_next(page: Page) -> None:
    """Open the list that has the focus, go down by one and choose.

    Closed, an ipywidgets list in JupyterLab or Notebook 7 never gets its arrows: they go to the next cell.
    """
    for key in ("Alt+ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)


def wanted_components(lang: Language) -> dict[str, int]:
    """Return how often the notebook shows each component: a question once, a piece in each state."""
    questions = [sample.kind for sample in samples(find_tree(), lang)]
    return dict(Counter([*questions, *(piece.kind for piece in pieces_of(lang, []))]))


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the gallery's notebook in each language, as the build does."""
    folder = tmp_path_factory.mktemp("gallery")
    for lang in LANGUAGES:
        (folder / f"gallery.{lang}.ipynb").write_bytes(gallery_notebook(find_tree(), lang))
    return folder


@pytest.fixture(scope="module")
def jupyter(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Start the one server of JupyterLab and Notebook 7."""
    with jupyter_serving(notebooks, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def voila(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Voilà."""
    with tools_serving(notebooks, tmp_path_factory.mktemp("voila")) as address:
        yield address


@pytest.fixture(
    scope="module",
    # Lab and Notebook are one front end around the notebook: a language each.
    params=[("lab", "fr"), ("notebook", "en"), ("voila", "fr"), ("voila", "en")],
    ids="-".join,
)
def place(request: pytest.FixtureRequest, chromium_browser: Browser) -> Iterator[Place]:
    """Open the gallery in each place and language in turn, run it, and wait for its components."""
    name, lang = request.param
    server = request.getfixturevalue("voila" if name == "voila" else "jupyter")
    origin = server if name == "voila" else server.address
    with open_page(chromium_browser, origin, viewport=WINDOW) as (page, watched):
        page.set_default_timeout(PATIENCE)
        {"lab": open_in_lab, "notebook": open_in_notebook, "voila": open_in_voila}[name](
            page, server, f"gallery.{lang}.ipynb"
        )
        if name != "voila":
            run_all(page)
        page.wait_for_function(COMPONENTS_THERE, arg=wanted_components(lang))
        yield Place(name, lang, page, watched)


def test_every_cell_runs(place: Place) -> None:
    """Each cell of code has run, and none says anything but what it shows."""
    assert place.page.evaluate(COMPLAINTS) == []
    if place.name != "voila":  # which shows no code
        assert place.page.evaluate(NOT_RUN) == []


def test_every_component_is_shown(place: Place) -> None:
    """Each type of question and each other component is seen, with its words, in the notebook's language."""
    wanted = wanted_components(place.lang)
    assert {*wanted} == {*COMPONENTS}
    for kind, number in wanted.items():
        shown = place.page.locator(f".al-question--{kind}, .al-{kind}[lang]")
        assert shown.count() == number, kind
        for one in shown.all():
            one.scroll_into_view_if_needed()
            assert one.is_visible(), kind
            assert one.get_attribute("lang") == place.lang
            # Lab draws what comes into view a moment after it was scrolled there.
            place.page.wait_for_function("shown => shown.innerText.trim() !== ''", arg=one.element_handle())


def test_headings_can_be_told_apart(place: Place) -> None:
    """The page shows one title, larger than its parts, and these larger than their states."""
    (title,), parts, states = place.page.evaluate(HEADINGS)
    assert title > max(parts)
    assert min(parts) > max(states)


def test_states_are_chosen_by_keyboard(place: Place) -> None:
    """Tab reaches the list of states, keys choose each in turn, and the question is shown in that state."""
    page, states = place.page, place.states("choice")
    tab_to(page, states)
    page.keyboard.press("Home")
    for shown in states_of(sample_of("choice", place.lang)):
        label = text(f"gallery.state_{shown.state}", place.lang)
        assert plain(states.locator("option:checked").inner_text()) == label
        wanted = {
            "verdict": shown.mark.verdict if shown.mark else None,
            "chosen": "unknown" if shown.state == "unknown" else (shown.answer or {}).get("option"),
            "checks": shown.state == "practice",
        }
        page.wait_for_function(CHOICE_IS, arg=wanted)
        assert states.evaluate("list => list === document.activeElement"), "the list keeps the focus"
        choose_next(page)


def test_an_artefact_is_marked_by_the_kernel(place: Place) -> None:
    """In practice, « Vérifier » on a theory of change brings what Python says of it, shown and announced."""
    page, question, states = place.page, place.question("theory_of_change"), place.states("theory_of_change")
    asked = sample_of("theory_of_change", place.lang).question
    page.locator(".al-question--theory_of_change").first.scroll_into_view_if_needed()
    states.focus()
    choose_next(page)  # from the answered question to practice
    assert plain(states.locator("option:checked").inner_text()) == text("gallery.state_practice", place.lang)
    check = question.get_by_role("button", name=text("widgets.check", place.lang), exact=True)
    check.wait_for()

    tab_to(page, question.get_by_role("textbox").first)
    page.keyboard.press("Control+End")
    page.keyboard.type(" !")
    tab_to(page, check)
    page.keyboard.press("Enter")

    answer = deepcopy(asked["start"])
    answer["nodes"][0]["text"] += " !"
    wanted = mark(asked, answer, place.lang)
    feedback = question.locator(f'.al-feedback[data-verdict="{wanted.verdict}"]')
    feedback.wait_for()
    assert wanted.verdict == "wrong"
    assert feedback.locator(".al-feedback__reason :is(p, li)").all_inner_texts() == wanted.reason.split("\n")
    page.locator("[data-al-live]").filter(has_text=wanted.reason.split("\n")[0]).wait_for(state="attached")
    assert check.evaluate("button => button === document.activeElement"), "the button keeps the focus"


def test_axe_finds_nothing_in_the_components(place: Place) -> None:
    """Whatever surrounds them, the components have nothing for axe to find."""
    assert axe_findings(place.page, ".al-question, .al-piece, .al-tool") == []


def test_nothing_is_asked_elsewhere_and_nothing_fails(place: Place) -> None:
    """Opening, running and using the gallery asked no other server, and no script of ours failed."""
    assert place.watched.outside == []
    own = OWN_ERRORS if place.name == "notebook" else ()
    assert [error for error in place.watched.errors if error not in own] == []
