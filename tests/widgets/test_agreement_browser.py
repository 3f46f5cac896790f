"""An agreement in a page: parties, clauses and dates by keyboard, order, and parties that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import artefact_examples as examples
import pytest
from editor_samples import to_build, to_repair
from keyboard import choose_option, tab_to
from question_page import answer_of, focused, from_the_top, heard, opened_question

from alliances.i18n import LANGUAGES
from alliances.logic.agreement import vocabulary
from alliances.logic.agreement_findings import findings
from alliances.questions import mark
from alliances.questions.types.agreement import TYPE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
SAYS = {
    "fr": {
        "party": "Ajouter une partie", "clause": "Ajouter une clause", "added": "Ajouté\u00a0: Partie {}.",
        "up": "Monter\u00a0: {}", "placed": ", place 1 sur 11.", "first": "est déjà en premier.",
        "day": "Lu\u00a0: 1er septembre 2026.", "start": "Début", "end": "Fin", "unknown": "Je ne sais pas",
        "words": "Ce que l’on écrit dans chaque champ",
    },
    "en": {
        "party": "Add a party", "clause": "Add a clause", "added": "Added: Party {}.",
        "up": "Move up: {}", "placed": ", place 1 of 11.", "first": "is already first.",
        "day": "Read as 1 September 2026.", "start": "Start", "end": "End", "unknown": "I do not know",
        "words": "What goes in each field",
    },
}  # fmt: skip


def _parties(page: Page) -> Locator:
    return page.locator(".al-board").first.locator(".al-card")


def _clauses(page: Page) -> Locator:
    return page.locator(".al-board").last.locator(".al-card")


def _stops(page: Page) -> list[str]:
    """Return what Tab meets; a day takes several presses, for its parts and its calendar."""
    from_the_top(page)
    names: list[str] = []
    for _ in range(16):
        page.keyboard.press("Tab")
        if focused(page) not in names[-1:]:
            names.append(focused(page))
    return names


def _type_day(page: Page, field: Locator, written: str) -> None:
    """Type a day as Chromium's field of the tests' locale takes it: month, day, year."""
    year, month, day = written.split("-")
    tab_to(page, field, limit=400)
    page.keyboard.type(f"{month}{day}{year}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_agreement_is_written_by_keyboard_alone(
    chromium_browser: Browser, tmp_path: Path, lang: Language
) -> None:
    """Three parties, the term, a clause of each kind offered in turn: rules find nothing."""
    question, says, wanted = to_build("agreement", lang), SAYS[lang], examples.agreement()
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        assert _stops(page)[1:7] == [
            says[name] for name in ("words", "party", "start", "end", "clause", "unknown")
        ]
        for place, party in enumerate(wanted["parties"], start=1):
            tab_to(page, page.get_by_role("button", name=says["party"]))
            page.keyboard.press("Enter")
            heard(page, says["added"].format(place))
            page.keyboard.type(party["name"])
            card = _parties(page).nth(place - 1)
            choose_option(page, card.locator("select"), "yes")
            tab_to(page, card.locator("textarea"))
            page.keyboard.type(party["contributes"])
        for name in ("start", "end"):
            _type_day(page, page.get_by_label(says[name], exact=True), wanted[name])
        assert says["day"] in page.locator(".al-agreement__period").inner_text()
        for place, clause in enumerate(wanted["clauses"]):
            tab_to(page, page.get_by_role("button", name=says["clause"]), limit=400)
            page.keyboard.press("Enter")
            card = _clauses(page).nth(place)
            if card.locator("select").input_value() != clause["kind"]:
                choose_option(page, card.locator("select"), clause["kind"])
            tab_to(page, card.locator("textarea"))
            page.keyboard.type(clause["text"])
            for box in card.locator("input[type=checkbox]").all():
                tab_to(page, box)
                page.keyboard.press("Space")
            if clause["date"]:
                _type_day(page, card.locator("input[type=date]"), clause["date"])
        page.keyboard.press("Tab")
        assert answer_of(page) == wanted
        assert findings(TYPE.read(answer_of(page))) == ()
        assert mark(question, answer_of(page)).verdict == "right"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_clause_is_moved_by_its_buttons(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """The button keeps the focus; the new place is announced; at the end it says so and nothing moves."""
    says = SAYS[lang]
    second = vocabulary(lang)["clause_kinds"][1]["text"]
    with opened_question(chromium_browser, tmp_path, to_repair("agreement", lang)) as page:
        up = _clauses(page).nth(1).locator(".al-card__tool").first
        tab_to(page, up, limit=400)
        page.keyboard.press("Enter")
        assert second in heard(page, says["placed"])
        assert focused(page).startswith(says["up"].format("Clause 1"))
        assert [clause["id"] for clause in answer_of(page)["clauses"]][:3] == ["c2", "c1", "c3"]
        page.keyboard.press("Enter")
        heard(page, says["first"])
        assert [clause["id"] for clause in answer_of(page)["clauses"]][:3] == ["c2", "c1", "c3"]


def test_a_party_that_goes_is_bound_by_no_clause(chromium_browser: Browser, tmp_path: Path) -> None:
    """Its box leaves every clause, and comes back ticked when the removal is undone."""
    with opened_question(chromium_browser, tmp_path, to_repair("agreement", "fr")) as page:
        _parties(page).nth(1).get_by_role("button").click()
        answer = answer_of(page)
        assert [party["id"] for party in answer["parties"]] == ["p1", "p3"]
        assert {tuple(clause["parties"]) for clause in answer["clauses"]} == {("p1", "p3")}
        assert _clauses(page).first.locator("input[type=checkbox]").count() == 2
        page.keyboard.press("Enter")
        assert answer_of(page) is None
        assert _clauses(page).first.locator("input:checked").count() == 3


def test_the_name_of_a_party_is_that_of_its_box(chromium_browser: Browser, tmp_path: Path) -> None:
    """A party renamed is renamed in every clause."""
    with opened_question(chromium_browser, tmp_path, to_repair("agreement", "fr")) as page:
        _parties(page).first.locator("input").fill("Mission locale")
        _parties(page).first.locator("input").blur()
        assert page.get_by_role("checkbox", name="Mission locale").count() == 11


def test_what_cannot_be_read_is_said_and_kept(chromium_browser: Browser, tmp_path: Path) -> None:
    """A day that does not exist and a party that is not there are shown; both stay until they are mended."""
    start = examples.agreement()
    start["clauses"][0] |= {"date": "2027-02-31", "parties": ["p1", "p9"]}
    with opened_question(chromium_browser, tmp_path, to_repair("agreement", "fr", start)) as page:
        card = _clauses(page).first
        assert "2027-02-31" in card.locator(".al-hint--bad").inner_text()
        card.locator("textarea").fill("Ensemble.")
        card.locator("textarea").blur()
        assert answer_of(page)["clauses"][0] == {
            "id": "c1", "kind": "purpose", "text": "Ensemble.", "parties": ["p1", "p9"], "date": "2027-02-31",
        }  # fmt: skip
        card.locator("input[type=date]").fill("2027-02-28")
        card.get_by_label("partie absente de la liste (p9)").uncheck()
        assert "28 février 2027" in card.inner_text()
        card.locator("textarea").focus()
        assert answer_of(page)["clauses"][0]["parties"] == ["p1"]
        assert answer_of(page)["clauses"][0]["date"] == "2027-02-28"
