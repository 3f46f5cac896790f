"""A roadmap in a page: measures by keyboard, load against capacity in words, proposed measures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import artefact_examples as examples
import pytest
from editor_samples import to_build, to_repair
from keyboard import choose_option, tab_to
from question_page import answer_of, check_page, focused, heard, opened_question

from alliances.i18n import LANGUAGES
from alliances.logic.roadmap import HORIZON_IDS
from alliances.logic.roadmap_schedule import load_per_month
from alliances.questions import mark
from alliances.questions.types.roadmap import TYPE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
FRAME: dict[str, Any] = {
    "capacity": 6,
    "wanted": {"h1": 2, "h2": 2, "h3": 2},
    "unit": {"fr": "jours", "en": "days"},
}
CANDIDATES: list[dict[str, Any]] = [
    {
        "id": "m1", "title": {"fr": "Tenir un guichet commun", "en": "Run a shared desk"},
        "tags": ["jobs"], "duration": 4, "load": 3,
    },
    {
        "id": "vc8", "title": {"fr": "Former dix élus", "en": "Train ten councillors"},
        "tags": ["transport"], "depends": ["m1"], "duration": 3, "load": 2.5,
    },
]  # fmt: skip
COVER = {"jobs": {"fr": "Emploi", "en": "Jobs"}, "transport": {"fr": "Mobilité", "en": "Transport"}}
SAYS = {
    "fr": {
        "add": "Ajouter une mesure", "added": "Ajouté\u00a0: Mesure {}.",
        "within": "La charge tient dans la capacité",
        "months": "Du mois 4 au mois 9 compris\u202f; finie au mois 10.",
        "over": "La charge dépasse la capacité aux mois\u00a0: 2, 3.",
        "half": "2,5", "count": "Mesures\u00a0: 2 sur 2 demandées.", "moved": "Déplacé\u00a0: Mesure 2.3",
    },
    "en": {
        "add": "Add a measure", "added": "Added: Measure {}.", "within": "The load is within capacity",
        "months": "From month 4 to month 9 included; over at month 10.",
        "over": "The load is above capacity in months: 2, 3.",
        "half": "2.5", "count": "Measures: 2 of 2 asked for.", "moved": "Moved: Measure 2.3",
    },
}  # fmt: skip


def _section(page: Page, horizon: str) -> Locator:
    return page.locator(".al-board > .al-board__section").nth(HORIZON_IDS.index(horizon))


def _figures(card: Locator) -> list[Locator]:
    """Return the fields of start, duration and load."""
    return card.locator(".al-roadmap__figures input").all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_roadmap_is_planned_by_keyboard_alone(
    chromium_browser: Browser, tmp_path: Path, lang: Language
) -> None:
    """Six measures with their months, load, owner and what they wait for: the answer earns every point."""
    question, says, wanted = to_build("roadmap", lang, **FRAME), SAYS[lang], examples.roadmap()
    counts = dict.fromkeys(HORIZON_IDS, 0)
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        for measure in wanted["measures"]:
            horizon = measure["horizon"]
            counts[horizon] += 1
            section = _section(page, horizon)
            tab_to(page, section.locator(".al-board__add button"))
            page.keyboard.press("Enter")
            heard(page, says["added"].format(f"{HORIZON_IDS.index(horizon) + 1}.{counts[horizon]}"))
            page.keyboard.type(measure["title"])
            card = section.locator(".al-card").last
            for name, field in zip(("start", "duration", "load"), _figures(card), strict=True):
                tab_to(page, field)
                page.keyboard.press("Control+a")
                page.keyboard.type(str(measure[name]))
            tab_to(page, card.locator(".al-card__field input[type=text]").last)
            page.keyboard.type(measure["owner"])
            tab_to(page, card.locator("summary"))
            page.keyboard.press("Enter")
            for other in measure["depends"]:
                tab_to(page, card.locator(f"input[value={other}]"))
                page.keyboard.press("Space")
        assert answer_of(page) == wanted
        assert mark(question, answer_of(page)).verdict == "right"
        assert says["months"] in page.locator("main").inner_text()
        assert says["within"] in page.locator(".al-roadmap__over").inner_text()
        assert all(says["count"] in _section(page, horizon).inner_text() for horizon in HORIZON_IDS)
        loads = page.locator(".al-load__number").all_inner_texts()
        assert [float(load) for load in loads] == list(load_per_month(TYPE.read(wanted)))
        assert page.locator(".al-plan__bar").count() == 6
        assert page.locator(".al-plan").get_attribute("aria-hidden") == "true"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_too_much_in_a_month_is_said(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """A load above capacity is announced with its months, and the table says by how much."""
    with opened_question(chromium_browser, tmp_path, to_repair("roadmap", lang, **FRAME)) as page:
        load = _figures(page.locator(".al-card").nth(1))[2]
        load.fill("5,5" if lang == "fr" else "5.5")
        load.blur()
        # With the 4 of the next measure, months 4 to 6 are over too: it goes where there is room.
        start = _figures(page.locator(".al-card").nth(2))[0]
        start.fill("20")
        start.blur()
        heard(page, SAYS[lang]["over"])
        assert SAYS[lang]["half"] in page.locator(".al-load__over").first.inner_text()
        assert page.locator(".al-load__over").count() == 2
        check_page(page)


def test_the_horizon_can_be_changed(chromium_browser: Browser, tmp_path: Path) -> None:
    """A measure given another horizon goes there with the focus, and says its new name."""
    with opened_question(chromium_browser, tmp_path, to_repair("roadmap", "fr", **FRAME)) as page:
        select = _section(page, "h1").locator(".al-card").first.locator("select")
        choose_option(page, select, "h2")
        heard(page, SAYS["fr"]["moved"])
        assert page.evaluate("document.activeElement.value") == "h2"
        assert answer_of(page)["measures"][0]["horizon"] == "h2"
        assert "1 sur 2" in _section(page, "h1").inner_text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_proposed_measures_are_chosen_from_a_list(
    chromium_browser: Browser, tmp_path: Path, lang: Language
) -> None:
    """One chosen leaves the lists, brings the figures of its sheet, not to be typed over, and its tags."""
    question = to_build("roadmap", lang, candidates=CANDIDATES, cover=COVER, **FRAME)
    with opened_question(chromium_browser, tmp_path, question, width=360) as page:
        section = _section(page, "h2")
        choose_option(page, section.locator(".al-roadmap__pick select"), "vc8")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('.al-roadmap__figures') !== null")
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        page.keyboard.type("9")  # read only
        page.keyboard.press("Tab")
        title = CANDIDATES[1]["title"][lang]
        assert answer_of(page)["measures"] == [
            {
                "id": "vc8", "title": title, "horizon": "h2", "start": 5, "duration": 3, "load": 2.5,
                "depends": [], "owner": "",
            }
        ]  # fmt: skip
        assert page.locator("option", has_text=title).count() == 0
        text = section.inner_text()
        assert CANDIDATES[0]["title"][lang] in text
        assert COVER["transport"][lang] in text
        check_page(page)
        section.locator(".al-card__tools button").click()
        assert page.locator("option", has_text=title).count() == 3
        # Chosen again, it is not brought back a second time.
        section.locator(".al-roadmap__pick select").select_option("vc8")
        section.locator(".al-roadmap__pick button").click()
        assert page.locator(".al-card--removed").count() == 0
        assert len(answer_of(page)["measures"]) == 1


def test_a_dependency_on_a_measure_that_is_gone_stays_readable(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    """A measure still waits for one that was removed, says so, and can be freed of it."""
    with opened_question(chromium_browser, tmp_path, to_repair("roadmap", "fr", **FRAME)) as page:
        _section(page, "h1").locator(".al-card__tools button").first.click()
        assert answer_of(page)["measures"][1]["depends"] == ["m1"]
        card = _section(page, "h2").locator(".al-card").first
        card.locator("summary").click()
        box = card.get_by_role("checkbox", name=re.compile("pas dans le programme"))
        assert "Tenir un guichet commun" in card.inner_text()
        tab_to(page, box)
        page.keyboard.press("Space")
        assert focused(page).startswith("Mesure 1.1")
        assert answer_of(page)["measures"][1]["depends"] == []


@pytest.mark.parametrize("typed", ["bientôt", "-1", "2,5", ""])
def test_a_month_that_is_none_is_said_and_kept(chromium_browser: Browser, tmp_path: Path, typed: str) -> None:
    """What is no whole month is explained under its field, and comes back after a reload as it was typed."""
    question = to_repair("roadmap", "fr", **FRAME)
    with opened_question(chromium_browser, tmp_path, question) as page:
        field = _figures(page.locator(".al-card").first)[0]
        field.fill(typed)
        field.blur()
        assert field.get_attribute("aria-invalid") == "true"
        hint = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert "nombre entier, de 0 à 120" in hint.inner_text()
        kept = answer_of(page)
        assert "que l’on puisse lire" in mark(question, kept).reason
    with opened_question(chromium_browser, tmp_path, question, answer=kept) as page:
        assert _figures(page.locator(".al-card").first)[0].input_value() == typed


def test_capacity_by_horizon_is_said_there(chromium_browser: Browser, tmp_path: Path) -> None:
    """With a capacity by horizon, each horizon says its whole load; no month has a limit."""
    question = to_repair("roadmap", "fr", capacity={"h1": 20, "h2": 40, "h3": 30})
    with opened_question(chromium_browser, tmp_path, question) as page:
        assert "Charge en tout\u00a0: 22, pour 20 disponibles." in _section(page, "h1").inner_text()
        assert page.locator(".al-load thead th:visible").count() == 2
