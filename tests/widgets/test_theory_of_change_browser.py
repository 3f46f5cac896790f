"""A theory of change in a page: elements, links and indicators by keyboard, and what follows a removal."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import artefact_examples as examples
import pytest
from editor_samples import to_build, to_repair
from keyboard import choose_option, tab_to
from question_page import answer_of, focused, heard, opened_question, tab_stops

from alliances.i18n import LANGUAGES
from alliances.logic.theory_of_change import KINDS, vocabulary
from alliances.logic.theory_of_change_findings import findings
from alliances.questions import mark
from alliances.questions.types.theory_of_change import TYPE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
SAYS = {
    "fr": {
        "add": "Ajouter\u00a0: {}", "added": "Ajouté\u00a0: {} 1.", "link": "Ajouter un lien",
        "text": "En une phrase",
        "because": "Parce que", "to": "Mène à", "from": "Découle de\u00a0: {} 1", "unknown": "Je ne sais pas",
        "moved": "Déplacé\u00a0: Effet 2\u00a0: Semaines",
    },
    "en": {
        "add": "Add: {}", "added": "Added: {} 1.", "link": "Add a link", "text": "In one sentence",
        "because": "Because", "to": "Leads to", "from": "Comes from: {} 1", "unknown": "I do not know",
        "moved": "Moved: Outcome 2: Semaines",
    },
}  # fmt: skip


def _section(page: Page, kind: str) -> Locator:
    return page.locator(".al-board__section").nth(KINDS.index(kind))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chain_is_built_by_keyboard_alone(
    chromium_browser: Browser, tmp_path: Path, lang: Language
) -> None:
    """One element of each kind, each linked to the next with a reason, two measured: rules find nothing."""
    question, says, wanted = to_build("theory_of_change", lang), SAYS[lang], examples.theory()
    kinds = {entry["id"]: entry["text"] for entry in vocabulary(lang)["kinds"]}
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        buttons = [says["add"].format(kinds[kind].lower()) for kind in KINDS]
        stops = tab_stops(page, 8)
        assert stops[1:] == [*buttons, says["unknown"]]
        for node in wanted["nodes"]:
            section = _section(page, node["kind"])
            tab_to(page, section.locator(".al-board__add button"))
            page.keyboard.press("Enter")
            heard(page, says["added"].format(kinds[node["kind"]]))
            assert focused(page) == says["text"]
            page.keyboard.type(node["text"])
            if node["indicator"]:
                summary = section.locator("summary")
                tab_to(page, summary)
                page.keyboard.press("Enter")
                for name, field in zip(
                    ("unit", "source", "baseline", "frequency", "owner"),
                    section.locator("details input").all(),
                    strict=True,
                ):
                    tab_to(page, field)
                    page.keyboard.type(node["indicator"][name])
                choose_option(page, section.locator("details select"), node["indicator"]["burden"])
                assert re.search(r"6 (sur|of) 6", summary.inner_text())
        page.evaluate("const top = document.querySelector('h1'); top.tabIndex = -1; top.focus()")
        for link, kind in zip(wanted["links"], KINDS, strict=False):
            section = _section(page, kind)
            tab_to(page, section.locator(".al-card__links > button"))
            page.keyboard.press("Enter")
            assert focused(page) == says["to"]
            choose_option(page, section.locator(".al-link select"), link["to"])
            page.keyboard.press("Tab")
            assert focused(page) == says["because"]
            page.keyboard.type(link["because"])
        page.keyboard.press("Tab")
        assert answer_of(page) == wanted
        assert findings(TYPE.read(answer_of(page))) == ()
        assert mark(question, answer_of(page)).verdict == "right"
        for before, after in pairwise(KINDS):
            assert says["from"].format(kinds[before]) in _section(page, after).inner_text()
        assert page.locator(".al-chain__arrow").count() == 5
        assert page.locator(".al-chain__box").all_inner_texts() == [node["text"] for node in wanted["nodes"]]
        assert page.locator(".al-chain").get_attribute("aria-hidden") == "true"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kind_can_be_changed(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """An element given another kind goes to that section with the focus, keeps its links, and says so."""
    with opened_question(chromium_browser, tmp_path, to_repair("theory_of_change", lang)) as page:
        kind = _section(page, "activity").locator(
            ".al-card__group > .al-card__fields > .al-card__field select"
        )
        choose_option(page, kind, "outcome")
        heard(page, SAYS[lang]["moved"])
        assert page.evaluate("document.activeElement.value") == "outcome"
        assert _section(page, "outcome").locator(".al-card").count() == 2
        answer = answer_of(page)
        assert [node["kind"] for node in answer["nodes"]].count("outcome") == 2
        assert answer["nodes"][2]["id"] == "n3"
        assert answer["links"] == to_repair("theory_of_change", lang)["start"]["links"]


def test_links_go_and_come_back_with_their_element(chromium_browser: Browser, tmp_path: Path) -> None:
    """Removing an element takes its links out of the answer, from it and to it; undoing brings both back."""
    with opened_question(chromium_browser, tmp_path, to_repair("theory_of_change", "fr")) as page:
        _section(page, "output").locator(".al-card__tools button").click()
        answer = answer_of(page)
        assert [(one["from"], one["to"]) for one in answer["links"]] == [
            ("n1", "n2"),
            ("n2", "n3"),
            ("n5", "n6"),
        ]
        assert _section(page, "activity").locator(".al-link:visible").count() == 0
        page.get_by_role("button", name="Annuler la suppression").click()
        assert answer_of(page) is None  # the start again
        assert _section(page, "activity").locator(".al-link:visible").count() == 1


def test_a_link_is_removed_and_brought_back(chromium_browser: Browser, tmp_path: Path) -> None:
    """A link has its own removal, named by where it leads, and its own undo."""
    with opened_question(chromium_browser, tmp_path, to_repair("theory_of_change", "fr")) as page:
        page.get_by_role("button", name=re.compile("^Supprimer le lien vers Effet 1 : Des jeunes")).click()
        heard(page, "Supprimé\u00a0: lien de")
        assert len(answer_of(page)["links"]) == 4
        page.keyboard.press("Enter")
        assert answer_of(page) is None


def test_a_link_to_nothing_can_be_seen_and_mended(chromium_browser: Browser, tmp_path: Path) -> None:
    """Links of the start whose ends are missing are shown, kept as they are, and can be mended."""
    start = examples.theory()
    start["links"] += [examples.link("n9", "n5"), examples.link("n5", "n8")]
    with opened_question(chromium_browser, tmp_path, to_repair("theory_of_change", "fr", start)) as page:
        assert "élément absent (n9)" in page.locator("main").inner_text()
        lost = _section(page, "outcome").locator(".al-link select").last
        assert "élément absent (n8)" in lost.locator("option:checked").inner_text()
        lost.select_option("n6")
        assert [(one["from"], one["to"]) for one in answer_of(page)["links"][5:]] == [
            ("n9", "n5"),
            ("n5", "n6"),
        ]
        page.get_by_role("button", name="Supprimer le lien").last.click()
        assert len(answer_of(page)["links"]) == 6


def test_six_columns_where_there_is_room(chromium_browser: Browser, tmp_path: Path) -> None:
    """On a wide page kinds stand side by side, on a phone one under the other."""
    for width, columns in ((1600, 6), (360, 1)):
        with opened_question(
            chromium_browser, tmp_path, to_repair("theory_of_change", "fr"), width=width
        ) as page:
            page.add_style_tag(content="main { max-width: none !important }")
            lefts = page.locator(".al-board__section:visible").evaluate_all(
                "all => all.map((one) => Math.round(one.getBoundingClientRect().left))"
            )
            assert len(set(lefts)) == columns
