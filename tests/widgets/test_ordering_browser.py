"""Orders in a page: by keyboard, by pointer, at any width, with what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from keyboard import tab_to
from question_page import answer_of, check_page, check_stored, focused, heard, opened_question, tab_stops
from sample_choosing import sample

from alliances.i18n import LANGUAGES
from alliances.questions import mark

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from alliances.i18n import Language

pytestmark = pytest.mark.browser
KEY = ["need", "partners", "rules", "pilot", "scale"]
WORDS = {
    "fr": {
        "up": "Monter\u00a0: {}", "down": "Descendre\u00a0: {}", "placed": "{}, place {} sur 5.",
        "right": "Réponse juste",
        "answer": "Cet ordre est votre réponse.", "keep": "Garder cet ordre", "check": "Vérifier ma réponse",
        "unknown": "Je ne sais pas", "first": "{} est déjà en premier.",
    },
    "en": {
        "up": "Move up: {}", "down": "Move down: {}", "placed": "{}, place {} of 5.",
        "right": "Right",
        "answer": "This order is your answer.", "keep": "Keep this order", "check": "Check my answer",
        "unknown": "I do not know", "first": "{} is already first.",
    },
}  # fmt: skip


def _order(page: Page) -> list[str]:
    found: list[str] = page.locator(".al-ordering__row").evaluate_all(
        "rows => rows.map((row) => row.dataset.id)"
    )
    places = page.locator(".al-ordering__place").all_inner_texts()
    assert places == [str(place) for place in range(1, len(found) + 1)]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_answered_by_keyboard_alone(chromium_browser: Browser, tmp_path: Path, lang: Language) -> None:
    """Each item is taken to its place by its button, which keeps the focus; each place is announced."""
    question, words = sample("ordering", lang), WORDS[lang]
    name = {entry["id"]: entry["text"].rstrip(".") for entry in question["items"]}
    with opened_question(chromium_browser, tmp_path, question, practice=True) as page:
        stops = [words[step].format(name[one]) for one in question["shown"] for step in ("up", "down")]
        assert tab_stops(page, 13) == [*stops, words["keep"], words["unknown"], words["check"]]
        for place, one in enumerate(KEY):
            button = page.get_by_label(words["up"].format(name[one]), exact=True)
            tab_to(page, button)
            while _order(page).index(one) > place:
                page.keyboard.press("Enter")
                heard(page, words["placed"].format(name[one], _order(page).index(one) + 1))
                assert focused(page) == words["up"].format(name[one])
        assert answer_of(page) == {"order": KEY}
        assert mark(question, answer_of(page)).verdict == "right"
        assert page.get_by_label(words["keep"]).is_checked()
        tab_to(page, page.get_by_role("button", name=words["check"]))
        page.keyboard.press("Enter")
        assert question["reason"] in heard(page, words["right"])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1200])
def test_the_page_holds_at_any_width(
    chromium_browser: Browser, tmp_path: Path, lang: Language, width: int
) -> None:
    """Before an answer and with its feedback open; with an item of many words."""
    question = sample("ordering", lang)
    question["items"][1]["text"] = (
        "Chercher longuement des partenaires incontestablement complémentaires " * 2
    )
    with opened_question(chromium_browser, tmp_path, question, practice=True, width=width) as page:
        check_page(page)
        page.locator(".al-ordering__move").nth(1).click()
        page.locator(".al-actions .al-button").click()
        assert page.locator(".al-feedback").is_visible()
        check_page(page)


def test_an_order_that_nobody_touched_is_no_answer(chromium_browser: Browser, tmp_path: Path) -> None:
    """The first order becomes the answer only when it is kept; no longer kept, there is none."""
    question = sample("ordering", "fr")
    with opened_question(chromium_browser, tmp_path, question) as page:
        hint = page.locator("fieldset .al-hint")
        assert hint.inner_text().startswith("Rien n’est encore répondu")
        assert answer_of(page) is None
        kept = page.get_by_label("Garder cet ordre")
        tab_to(page, kept)
        page.keyboard.press("Space")
        assert answer_of(page) == {"order": question["shown"]}
        assert hint.inner_text() == "Cet ordre est votre réponse."
        page.keyboard.press("Space")
        assert answer_of(page) is None


def test_the_ends_of_the_list_are_said(chromium_browser: Browser, tmp_path: Path) -> None:
    """At an end the button stays in reach, says so, and changes nothing."""
    question, words = sample("ordering", "fr"), WORDS["fr"]
    top = question["shown"][0]
    name = next(entry["text"].rstrip(".") for entry in question["items"] if entry["id"] == top)
    with opened_question(chromium_browser, tmp_path, question) as page:
        button = page.get_by_label(words["up"].format(name), exact=True)
        assert button.get_attribute("aria-disabled") == "true"
        button.focus()
        page.keyboard.press("Enter")
        heard(page, words["first"].format(name))
        assert answer_of(page) is None
        page.get_by_label(words["down"].format(name), exact=True).focus()
        for _ in range(4):
            page.keyboard.press("Enter")
        assert _order(page)[-1] == top
        assert focused(page) == words["down"].format(name)
        assert page.evaluate("document.activeElement.getAttribute('aria-disabled')") == "true"
        assert button.get_attribute("aria-disabled") is None


def test_the_first_move_says_that_it_answers(chromium_browser: Browser, tmp_path: Path) -> None:
    """Once, together with the place."""
    with opened_question(chromium_browser, tmp_path, sample("ordering", "fr")) as page:
        page.locator(".al-ordering__move").nth(1).click()
        assert WORDS["fr"]["answer"] in heard(page, "place 2 sur 5.")
        page.locator(".al-ordering__move").nth(3).click()
        assert WORDS["fr"]["answer"] not in heard(page, "place 3 sur 5.")


def test_i_do_not_know_and_an_order_exclude_each_other(chromium_browser: Browser, tmp_path: Path) -> None:
    """The last thing done counts."""
    with opened_question(chromium_browser, tmp_path, sample("ordering", "fr")) as page:
        unknown, kept = page.get_by_label("Je ne sais pas"), page.get_by_label("Garder cet ordre")
        page.locator(".al-ordering__move").nth(1).click()
        unknown.check()
        assert answer_of(page) == {"unknown": True}
        assert not kept.is_checked()
        page.locator(".al-ordering__move").nth(1).click()
        assert answer_of(page) == {"order": _order(page)}
        assert not unknown.is_checked()
        unknown.check()
        unknown.uncheck()
        assert answer_of(page) is None


def test_a_grip_may_be_dragged(chromium_browser: Browser, tmp_path: Path) -> None:
    """The pointer takes an item to the other end and back; a drag that changes nothing is no answer."""
    question = sample("ordering", "fr")
    shown = question["shown"]
    with opened_question(chromium_browser, tmp_path, question, reduced_motion="reduce") as page:
        grips = page.locator(".al-ordering__grip")
        boxes = [grip.bounding_box() for grip in grips.all()]
        points = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
        page.mouse.move(*points[0])
        page.mouse.down()
        page.mouse.move(points[1][0], points[1][1] + 4, steps=4)
        page.mouse.move(points[0][0], points[0][1] - 4, steps=4)
        page.mouse.up()
        assert _order(page) == shown
        assert answer_of(page) is None
        page.mouse.down()
        page.mouse.move(points[4][0], points[4][1] + 4, steps=12)
        assert page.locator(".al-ordering__row--held").count() == 1
        page.mouse.up()
        assert page.locator(".al-ordering__row--held").count() == 0
        assert _order(page) == [*shown[1:], shown[0]]
        assert answer_of(page) == {"order": [*shown[1:], shown[0]]}
        heard(page, "place 5 sur 5.")


def test_a_drag_that_is_called_off_changes_nothing(chromium_browser: Browser, tmp_path: Path) -> None:
    """When the browser takes the pointer away, the list is as it was."""
    question = sample("ordering", "fr")
    with opened_question(chromium_browser, tmp_path, question) as page:
        box = page.locator(".al-ordering__grip").first.bounding_box()
        assert box
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(box["x"] + 5, box["y"] + 200, steps=8)
        assert _order(page) != question["shown"]
        page.locator(".al-ordering__row--held .al-ordering__grip").dispatch_event("pointercancel")
        assert _order(page) == question["shown"]
        page.mouse.up()
        assert answer_of(page) is None


def test_what_was_stored_is_shown(chromium_browser: Browser, tmp_path: Path) -> None:
    """At the start, and when it changes elsewhere, under a focus that stays; items left out come last."""
    question = sample("ordering", "fr")
    with opened_question(chromium_browser, tmp_path, question, answer={"order": KEY}) as page:
        assert _order(page) == KEY
        assert page.get_by_label("Garder cet ordre").is_checked()
        page.locator(".al-ordering__move").nth(4).focus()
        check_stored(page, {"order": KEY[::-1]}, "o1")
        assert _order(page) == KEY[::-1]
        check_stored(page, {"order": ["scale", "boat", "need"]}, "o1")
        assert _order(page)[:2] == ["scale", "need"]
        assert len(_order(page)) == 5
        for other in ({"unknown": True}, None, {"order": "need"}, {"order": {"0": "need"}}):
            check_stored(page, other, "o1")
            assert _order(page) == question["shown"]
            assert not page.get_by_label("Garder cet ordre").is_checked()


def test_it_is_heard_as_a_list(chromium_browser: Browser, tmp_path: Path) -> None:
    """The accessibility tree has a list of five items in a group that the prompt names."""
    question = sample("ordering", "en")
    with opened_question(chromium_browser, tmp_path, question) as page:
        group = page.get_by_role("group", name=question["prompt"])
        assert group.get_by_role("list").get_by_role("listitem").count() == 5
