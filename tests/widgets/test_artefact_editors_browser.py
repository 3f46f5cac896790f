"""What the three editors of artefacts have in common: nothing lost, nothing by pointer alone, any width."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from editor_samples import EXAMPLES, KINDS, to_build, to_repair
from keyboard import tab_to
from question_page import answer_of, check_page, check_stored, focused, heard, opened_question

from alliances.i18n import LANGUAGES
from alliances.logic import agreement, roadmap, theory_of_change
from alliances.questions import mark
from alliances.widgets.assembly import module_of
from alliances.widgets.components import component_class

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
UNDO = {"fr": "Annuler la suppression", "en": "Undo the removal"}
REMOVED = {"fr": "Supprimé\u00a0: ", "en": "Removed: "}
RESTORED = {"fr": "Rétabli\u00a0: ", "en": "Brought back: "}
UNKNOWN = {"fr": "Je ne sais pas", "en": "I do not know"}
LISTS = {"theory_of_change": "nodes", "agreement": "clauses", "roadmap": "measures"}
FAULTS = {
    "theory_of_change": [
        {"id": "x1", "kind": "dream", "text": 7, "indicator": "yes"},
        {"id": "x1", "kind": "need"},
        {"kind": "need"},
        None,
        "n1",
    ],
    "agreement": [{"id": "c1", "kind": None, "text": None, "parties": [1, "p9", "p9"], "date": "31 mars"}],
    "roadmap": [
        {"id": "m1", "horizon": 4, "start": "bientôt", "duration": -1, "load": {}, "depends": ["m1", "m7"]}
    ],
}


def _cards(page: Page) -> list[str]:
    return [title for title in page.locator(".al-card__title").all_inner_texts() if title]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1400])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, kind: str, lang: Language, width: int
) -> None:
    """With every card open, a removed card and a checked answer, axe finds nothing and nothing overflows."""
    start = EXAMPLES[kind]()
    first = start[LISTS[kind]][0]
    first["title" if kind == "roadmap" else "text"] = "Incontestablementtrèslongmotsansespace " * 4
    with opened_question(
        chromium_browser, tmp_path, to_repair(kind, lang, start), practice=True, width=width
    ) as page:
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        check_page(page)
        page.locator(".al-card").last.locator(".al-card__tool").last.click()
        page.locator(".al-actions .al-button").click()
        assert page.locator(".al-feedback").is_visible()
        check_page(page)


@pytest.mark.parametrize("scheme", ["dark", "forced"])
@pytest.mark.parametrize("kind", KINDS)
def test_other_colours_hold(chromium_browser: Browser, tmp_path: Path, kind: str, scheme: str) -> None:
    """Dark and forced colours pass axe too."""
    options = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": "dark"}
    with opened_question(chromium_browser, tmp_path, to_repair(kind, "fr"), **options) as page:
        if scheme == "dark":  # the page around is the test's own, and light
            page.add_style_tag(content="body { background: #15191d !important; color: #e8e6e0 }")
        check_page(page)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_removed_comes_back(
    chromium_browser: Browser, tmp_path: Path, kind: str, lang: Language
) -> None:
    """Two removals are undone one after the other; the answer is then the start again, which is none."""
    with opened_question(chromium_browser, tmp_path, to_repair(kind, lang)) as page:
        before = _cards(page)
        for place in (-1, 1):
            card = page.locator(".al-card").nth(place)
            button = card.locator(".al-card__tools button").last
            tab_to(page, button, limit=400)
            page.keyboard.press("Enter")
            heard(page, REMOVED[lang])
            assert focused(page) == UNDO[lang]
        assert len(_cards(page)) == len(before) - 2
        assert answer_of(page) is not None
        for left in (1, 2):
            page.keyboard.press("Enter")
            heard(page, RESTORED[lang])
            # The focus is in the card that came back, or on what brings the other one back.
            assert page.evaluate("document.activeElement.closest('.al-card') !== null")
            if left == 1:
                tab_to(page, page.get_by_role("button", name=UNDO[lang]), limit=400)
        assert _cards(page) == before
        assert page.get_by_role("button", name=UNDO[lang]).count() == 0
        assert answer_of(page) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_must_stay_has_no_button(chromium_browser: Browser, tmp_path: Path, kind: str) -> None:
    """An element to keep says so, and cannot be removed; the others can."""
    name = EXAMPLES[kind]()[LISTS[kind]][0]["id"]
    with opened_question(chromium_browser, tmp_path, to_repair(kind, "fr", keep=[name])) as page:
        kept = page.locator(".al-card", has_text="ne peut pas être supprimé")
        assert kept.count() == 1
        removable = page.get_by_role("button", name=re.compile("^Supprimer( la fiche)? :"))
        assert removable.count() == len(_cards(page)) - 1
        assert kept.get_by_role("button", name=re.compile("^Supprimer( la fiche)? :")).count() == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_stored_answer_is_shown_and_kept_whole(
    chromium_browser: Browser, tmp_path: Path, kind: str, lang: Language
) -> None:
    """An answer stored is shown without a change; one word more leaves the rest of it as it was."""
    stored = EXAMPLES[kind]()
    name = LISTS[kind]
    field = "title" if kind == "roadmap" else "text"
    with opened_question(chromium_browser, tmp_path, to_build(kind, lang), answer=stored) as page:
        assert page.evaluate("window.changes") == []
        wanted = stored[name][0][field]
        area = page.locator(".al-card textarea").nth(3 if kind == "agreement" else 0)
        assert area.input_value() == wanted
        area.focus()
        page.keyboard.press("End")
        page.keyboard.type(" !")
        page.keyboard.press("Tab")
        stored[name][0][field] += " !"
        assert answer_of(page) == stored
        assert mark(to_build(kind, lang), answer_of(page)).verdict == "right"


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_from_elsewhere_moves_nothing(chromium_browser: Browser, tmp_path: Path, kind: str) -> None:
    """Another tab's answer is shown around somebody who is in a field; « Je ne sais pas » too, and none."""
    stored = EXAMPLES[kind]()
    stored[LISTS[kind]].reverse()
    with opened_question(chromium_browser, tmp_path, to_repair(kind, "fr")) as page:
        page.locator(".al-card textarea").nth(1).focus()
        for answer in (stored, {"unknown": True}, None):
            check_stored(page, answer, "p01")
            assert page.get_by_label(UNKNOWN["fr"]).is_checked() == (answer == {"unknown": True})


@pytest.mark.parametrize("kind", KINDS)
def test_typing_is_not_written_over(chromium_browser: Browser, tmp_path: Path, kind: str) -> None:
    """What is being typed stays when another answer arrives, and is kept when the page is left."""
    with opened_question(chromium_browser, tmp_path, to_repair(kind, "fr")) as page:
        page.locator(".al-card textarea").first.focus()
        page.keyboard.type("ZZ")
        check_stored(page, EXAMPLES[kind](), "p01")
        page.evaluate("dispatchEvent(new Event('pagehide'))")
        assert "ZZ" in str(answer_of(page))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_not_knowing_is_an_answer(
    chromium_browser: Browser, tmp_path: Path, kind: str, lang: Language
) -> None:
    """« Je ne sais pas » is kept, and a change of the artefact takes its place."""
    with opened_question(chromium_browser, tmp_path, to_build(kind, lang)) as page:
        page.get_by_label(UNKNOWN[lang]).check()
        assert answer_of(page) == {"unknown": True}
        page.locator(".al-board__add button").last.click()
        assert not page.get_by_label(UNKNOWN[lang]).is_checked()
        # A card with nothing in it yet is no answer.
        assert answer_of(page) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("junk", [{}, [], 3, {"nodes": 1, "clauses": {}, "measures": "x"}, "faults"])
def test_any_answer_can_be_shown(chromium_browser: Browser, tmp_path: Path, kind: str, junk: Any) -> None:
    """Whatever an answers file holds, the editor opens; each entry with an id is a card."""
    answer = {LISTS[kind]: FAULTS[kind], "links": [3, {"from": "x1"}]} if junk == "faults" else junk
    with opened_question(chromium_browser, tmp_path, to_build(kind, "fr"), answer=answer) as page:
        assert len(_cards(page)) == (1 if junk == "faults" else 0)
        assert page.locator(".al-board__add button").count() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_than_can_be_read(chromium_browser: Browser, tmp_path: Path, kind: str) -> None:
    """At sixty cards, one more is refused in words."""
    name = LISTS[kind]
    entry = EXAMPLES[kind]()[name][0]
    many = {name: [{**entry, "id": f"z{place}"} for place in range(60)]}
    with opened_question(chromium_browser, tmp_path, to_build(kind, "fr"), answer=many) as page:
        page.locator(".al-board__add button").last.click()
        heard(page, "60 au plus")
        assert len(_cards(page)) == 60


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(chromium_browser: Browser, tmp_path: Path, kind: str) -> None:
    """Markup in an answer is shown as written."""
    stored = EXAMPLES[kind]()
    for field in ("text", "title", "name"):
        for entry in (*stored[LISTS[kind]], *stored.get("parties", [])):
            if field in entry:
                entry[field] = "<img src=x onerror=document.title='bad'>"
    with opened_question(chromium_browser, tmp_path, to_build(kind, "fr"), answer=stored) as page:
        assert page.locator(".al-question img").count() == 0
        assert page.title() == "Page d'essai"


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_kernel_it_has_its_style_and_is_marked(kind: str) -> None:
    """The live component carries the shared style and its own, one module, and marks when asked."""
    made = component_class(kind)
    question = to_build(kind, "fr")
    shown = made(question, lang="fr", answer=EXAMPLES[kind](), practice=True)
    own = resources.files("alliances.widgets").joinpath(f"{kind}.css").read_text(encoding="utf-8")
    assert ".al-card__tool" in shown._css
    assert own in shown._css
    assert not re.search("^import ", module_of(kind), re.MULTILINE)
    sent: list[Any] = []
    shown.send = sent.append  # type: ignore[method-assign]
    assert shown.marked_by == "kernel"
    shown._asked(shown, {"kind": "check"}, [])
    assert [message["mark"]["verdict"] for message in sent] == ["right"]


@pytest.mark.parametrize(
    ("script", "name", "value"),
    [
        ("theory_of_change", "MOST_NODES", theory_of_change.MOST_NODES),
        ("theory_of_change", "MOST_LINKS", theory_of_change.MOST_LINKS),
        ("agreement", "MOST", agreement.MOST_CLAUSES),
        ("agreement", "MOST", agreement.MOST_PARTIES),
        ("roadmap", "MOST", roadmap.MOST_MEASURES),
        ("roadmap", "LATEST", roadmap.LATEST_MONTH),
        ("artefact_fields", "LONGEST", 2000),
    ],
)
def test_limits_are_those_of_the_reader(script: str, name: str, value: int) -> None:
    """What the page allows is what Python reads."""
    source = resources.files("alliances.widgets").joinpath(f"{script}.js").read_text(encoding="utf-8")
    assert re.search(rf"^const {name} = {value};", source, re.MULTILINE)
