"""The sum to spread, in a real browser, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from filled_browser import answers, back_to, check_fit, heard, opened, show_answer
from filled_samples import filled_sample
from keyboard import tab_to

from alliances.questions import mark

__all__ = ["opened"]
pytestmark = pytest.mark.browser
WORDS = {
    "fr": ("Reste à répartir : 75 k€ sur 100 k€.", "Tout est réparti", "Dépassement : 5 k€", "n’est pas lu"),
    "en": ("Left to spread: 75 k€ of 100 k€.", "All of it is spread", "Too much: 5 k€", "cannot be read"),
}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_sum_is_spread_by_keyboard(opened: Any, lang: Any) -> None:
    """Typing and the two buttons spread the sum; what is left is seen at once and said after a pause."""
    page = opened("allocation", lang, practice=True)
    inputs, left = page.locator(".al-number"), page.locator(".al-allocation__left")
    rest, done, over, unread = WORDS[lang]
    tab_to(page, inputs.nth(0))
    page.keyboard.type("25")
    assert " ".join(left.inner_text().split()) == rest
    heard(page, rest)
    tab_to(page, inputs.nth(1))
    page.keyboard.type("soixante")
    tab_to(page, inputs.nth(2))
    heard(page, unread)
    assert inputs.nth(1).get_attribute("aria-invalid") == "true"
    page.keyboard.type("10")
    page.keyboard.press("Tab")  # the button that adds
    page.keyboard.press("Enter")
    heard(page, "15")
    tab_to(page, inputs.nth(3))
    page.keyboard.type("10")
    back_to(page, inputs.nth(1))
    page.keyboard.press("Control+a")
    page.keyboard.type("55")
    heard(page, over)
    tab_to(page, page.locator(".al-allocation__step").nth(4))  # takes away from the third
    page.keyboard.press("Space")
    heard(page, done)
    final = answers(page)[-1]
    assert final == {
        "amounts": {"facilitation": "25", "actions": "55", "communication": "10", "reserve": "10"}
    }
    assert mark(filled_sample("allocation", lang), final).verdict == "right"
    tab_to(page, page.locator(".al-actions .al-button"))
    page.keyboard.press("Enter")
    assert page.locator(".al-feedback").get_attribute("data-verdict") == "right"


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits(opened: Any, lang: Any, width: int) -> None:
    """At a desk and at 320 px axe finds nothing, nothing scrolls sideways, and targets are large enough."""
    page = opened("allocation", lang, width=width, practice=True)
    page.locator(".al-number").first.fill("x")
    page.locator(".al-actions .al-button").click()
    check_fit(page)


def test_what_is_left_stays_in_sight(opened: Any) -> None:
    """What is left stays at the top while its rows scroll, and hides no field that has the focus."""
    page = opened("allocation", "fr", width=360)
    page.set_viewport_size({"width": 360, "height": 400})
    page.locator(".al-number").last.focus()
    bar = page.locator(".al-allocation__left").bounding_box()
    field = page.locator(".al-number").last.bounding_box()
    assert 0 <= bar["y"] < 400
    assert field["y"] >= bar["y"] + bar["height"]


def test_answers_come_back_and_go(opened: Any) -> None:
    """A stored answer is shown, one from elsewhere changes values only, and neither is a change of ours."""
    stored = {"amounts": {"facilitation": "25 k€", "actions": 1055.5}}
    page = opened("allocation", "fr", answers={"a1": stored})
    inputs = page.locator(".al-number")
    assert inputs.nth(0).input_value() == "25 k€"
    assert inputs.nth(1).input_value() == "1\u202f055,5"
    inputs.nth(2).focus()
    show_answer(page, "a1", {"amounts": {"communication": "5"}})
    assert [entry.input_value() for entry in inputs.all()] == ["", "", "5", ""]
    assert page.evaluate("document.activeElement.value") == "5"
    show_answer(page, "a1", {"unknown": True})
    assert page.locator(".al-option--unknown input").is_checked()
    assert answers(page) == []


def test_unknown_and_back(opened: Any) -> None:
    """« Je ne sais pas » replaces the answer, and typing takes it back."""
    page = opened("allocation", "fr")
    page.get_by_label("Je ne sais pas").check()
    page.get_by_label("Communication", exact=True).fill("10")
    assert not page.get_by_label("Je ne sais pas").is_checked()
    assert answers(page) == [{"unknown": True}, {"amounts": {"communication": "10"}}]
    page.get_by_label("Communication", exact=True).fill("")
    assert answers(page)[-1] is None


def test_nothing_goes_below_zero(opened: Any) -> None:
    """The button that takes away stops at zero and says so; a negative number typed is marked as such."""
    page = opened("allocation", "fr")
    page.get_by_label("Communication", exact=True).fill("5")
    less = page.get_by_role("button", name="Retirer 5 k€ : Communication")
    less.focus()
    page.keyboard.press("Enter")
    assert less.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Enter")
    heard(page, "Communication est déjà à zéro.")
    page.get_by_label("Communication", exact=True).fill("-5")
    assert page.get_by_text("Un montant ne peut pas être négatif.").is_visible()
