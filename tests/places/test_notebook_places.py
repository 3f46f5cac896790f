"""A notebook with practice questions in JupyterLab 4, Notebook 7 and Voilà: shown, answered, marked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from browser import Watched, axe_findings, open_page
from keyboard import choose_radio, tab_to

from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.widgets.practice import practice
from places import (
    OWN_ERRORS,
    Jupyter,
    jupyter_serving,
    open_in_lab,
    open_in_notebook,
    open_in_voila,
    run_all,
    tools_serving,
    write_notebook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

ITEM: Final = "alliance_models.p01"
WINDOW: Final = {"width": 1200, "height": 900}
# What the kernel received is written under each question.
CELL: Final = f"""\
import json
from ipywidgets import Label
from alliances.widgets.practice import practice

shown = practice("{ITEM}", "LANG")
received = Label().add_class("received-LANG")
shown._component.observe(lambda change, to=received: setattr(to, "value", json.dumps(change.new)), "answer")
display(shown, received)
"""
# Keys that, in a notebook's command mode, leave, cut, delete, add, run or change a cell.
STOLEN: Final = (
    "ArrowDown",
    "ArrowUp",
    "x",
    "d",
    "d",
    "a",
    "b",
    "m",
    "y",
    "Shift+m",
    "Shift+Enter",
    "c",
    "v",
)


@dataclass(frozen=True)
class Place:
    """An open notebook whose cells have run."""

    name: str
    page: Page
    watched: Watched

    def question(self, lang: str) -> Locator:
        """Return the question in this language."""
        return self.page.locator(f".al-question[lang={lang}]")


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the notebook: the same practice question in French, then in English."""
    folder = tmp_path_factory.mktemp("notebooks")
    write_notebook(folder / "practice.ipynb", *(CELL.replace("LANG", lang) for lang in LANGUAGES))
    return folder


@pytest.fixture(scope="module")
def jupyter(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Start the one server of JupyterLab and Notebook 7."""
    with jupyter_serving(notebooks, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module", params=["lab", "notebook", "voila"])
def place(
    request: pytest.FixtureRequest,
    chromium_browser: Browser,
    notebooks: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """Open the notebook in each place in turn and run it."""
    if request.param == "voila":
        with (
            tools_serving(notebooks, tmp_path_factory.mktemp("voila")) as address,
            open_page(chromium_browser, address, viewport=WINDOW) as (page, watched),
        ):
            open_in_voila(page, address, "practice.ipynb")
            yield Place(request.param, page, watched)
        return
    server = request.getfixturevalue("jupyter")
    with open_page(chromium_browser, server.address, viewport=WINDOW) as (page, watched):
        {"lab": open_in_lab, "notebook": open_in_notebook}[request.param](page, server, "practice.ipynb")
        run_all(page)
        yield Place(request.param, page, watched)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_question_is_answered_by_keyboard(place: Place, lang: str) -> None:
    """Tab, Space, arrows and Enter choose an option and check it; the reason is shown and announced."""
    page, question = place.page, place.question(lang)
    asked = practice(ITEM, lang).question
    option = next(option["id"] for option in asked["options"][2:] if not option["correct"])
    wanted = mark(asked, {"option": option})
    choose_radio(page, question.locator("fieldset"), option)
    assert page.evaluate("document.activeElement.value") == option
    tab_to(page, question.get_by_role("button"))
    page.keyboard.press("Enter")
    feedback = question.locator(".al-feedback")
    assert feedback.get_attribute("data-verdict") == wanted.verdict == "wrong"
    assert feedback.locator(".al-feedback__reason").inner_text() == wanted.reason
    said = page.locator("[data-al-live]").filter(has_text=wanted.reason)
    said.wait_for(state="attached")
    assert question.get_by_role("button").evaluate("button => button === document.activeElement")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kernel_receives_the_answer(place: Place, lang: str) -> None:
    """What is chosen in the page is what Python has."""
    place.question(lang).get_by_role("radio").nth(1).check()
    options = practice(ITEM, lang).question["options"]
    received = json.dumps({"option": options[1]["id"]})
    place.page.locator(f".received-{lang}").get_by_text(received).wait_for()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_keys_in_a_question_are_the_questions_own(place: Place, lang: str) -> None:
    """No key typed in a question runs, moves, cuts, deletes or adds a cell of the notebook around it."""
    page, question = place.page, place.question(lang)
    cells = page.locator(".jp-Cell")
    before = cells.count()
    question.get_by_role("radio").first.focus()
    for key in STOLEN:
        page.keyboard.press(key)
        assert question.evaluate("question => question.contains(document.activeElement)"), key
    assert cells.count() == before
    assert page.locator(".al-question").count() == len(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_a_question(place: Place, lang: str) -> None:
    """Whatever surrounds it, the question has nothing for axe to find."""
    assert axe_findings(place.page, f".al-question[lang={lang}]") == []


def test_nothing_is_asked_elsewhere_and_nothing_fails(place: Place) -> None:
    """Opening, running and answering asked no other server, and no script of ours failed."""
    assert place.watched.outside == []
    own = OWN_ERRORS if place.name == "notebook" else ()
    assert [error for error in place.watched.errors if error not in own] == []
