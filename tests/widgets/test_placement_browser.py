"""Items on two axes, in a real browser: the list and the plane do the same."""

from __future__ import annotations

from typing import Any

import pytest
from filled_browser import accessible_name, answers, back_to, check_fit, heard, opened, show_answer
from filled_samples import filled_sample
from keyboard import choose_option, tab_to

from alliances.questions import mark

__all__ = ["opened"]
pytestmark = pytest.mark.browser
WORDS = {
    "fr": "Préfecture : Intérêt 30, Influence 70",
    "en": "Prefecture: Interest 30, Influence 70",
}


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_items_are_placed_by_keyboard(opened: Any, lang: Any, width: int) -> None:
    """Lists place one item, arrows on the plane the other; both views stay in step and the move is said."""
    page = opened("placement", lang, width=width, practice=True)
    selects, marks = page.locator(".al-placement__list select"), page.locator(".al-plane__mark")
    assert marks.first.is_hidden()
    tab_to(page, page.locator(".al-placement__put").nth(0))
    page.keyboard.press("Enter")  # in the middle, and the focus goes there
    assert marks.nth(0).evaluate("element => element === document.activeElement")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    heard(page, WORDS[lang])
    assert [selects.nth(place).input_value() for place in (0, 1)] == ["30", "70"]
    for select, value in ((selects.nth(2), "80"), (selects.nth(3), "20")):
        back_to(page, selects.first)
        choose_option(page, select, value)
    assert answers(page)[-1] == {
        "places": {"prefecture": {"x": 30, "y": 70}, "residents": {"x": 80, "y": 20}}
    }
    assert mark(filled_sample("placement", lang), answers(page)[-1]).verdict == "right"
    assert marks.nth(1).evaluate("element => [element.style.left, element.style.bottom]") == ["80%", "20%"]
    assert accessible_name(page, ".al-plane__mark") == WORDS[lang]


def test_the_list_comes_first(opened: Any) -> None:
    """The order of the focus is the list, the plane's points, then « Je ne sais pas »."""
    places = {"prefecture": {"x": 90, "y": 90}, "residents": {"x": 10, "y": 10}}
    page = opened("placement", "fr", answers={"pl1": {"places": places}})
    order = []
    for _ in range(9):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.className.split(' ').at(-1) || 'unknown'"))
    row = ["al-select", "al-select", "al-placement__put"]
    assert order == [*row, *row, "al-plane__mark--left", "al-plane__mark", "unknown"]


def test_a_pointer_moves_a_point_by_steps(opened: Any) -> None:
    """Dragging places on the grid and the lists follow; beyond the edge is the edge."""
    page = opened("placement", "fr", answers={"pl1": {"places": {"prefecture": {"x": 50, "y": 50}}}})
    field = page.locator(".al-plane__field").bounding_box()
    dot = page.locator(".al-plane__mark .al-plane__dot").first.bounding_box()
    page.mouse.move(dot["x"] + 12, dot["y"] + 12)
    page.mouse.down()
    page.mouse.move(field["x"] + field["width"] * 0.21, field["y"] + field["height"] * 0.18, steps=4)
    assert answers(page)[-1] == {"places": {"prefecture": {"x": 20, "y": 80}}}
    page.mouse.move(field["x"] - 40, field["y"] - 40, steps=4)
    page.mouse.up()
    page.mouse.move(field["x"] + 100, field["y"] + 100)
    assert answers(page)[-1] == {"places": {"prefecture": {"x": 0, "y": 100}}}
    selects = page.locator(".al-placement__list select")
    assert [selects.nth(place).input_value() for place in (0, 1)] == ["0", "100"]


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits(opened: Any, lang: Any, width: int) -> None:
    """At a desk and at 320 px, points at the corners too, axe finds nothing and nothing scrolls sideways."""
    corners = {"prefecture": {"x": 100, "y": 0}, "residents": {"x": 0, "y": 100}}
    page = opened("placement", lang, width=width, practice=True, answers={"pl1": {"places": corners}})
    page.locator(".al-actions .al-button").click()
    check_fit(page)


def test_answers_come_back_and_go(opened: Any) -> None:
    """Places typed or between two steps are shown, others keep the focus, and no change is ours."""
    stored = {"places": {"prefecture": {"x": "43", "y": 70}, "residents": {"x": "?", "y": 400}}}
    page = opened("placement", "fr", answers={"pl1": stored})
    selects, marks = page.locator(".al-placement__list select"), page.locator(".al-plane__mark")
    assert [select.input_value() for select in selects.all()] == ["43", "70", "", ""]
    assert [entry.is_visible() for entry in marks.all()] == [True, False]
    marks.first.focus()
    same = {"x": 43, "y": 70}
    show_answer(page, "pl1", {"places": {"prefecture": same, "residents": same}})
    assert marks.first.evaluate("element => element === document.activeElement")
    boxes = [entry.locator(".al-plane__dot").bounding_box() for entry in marks.all()]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) > 12  # one place, two points: both can be reached
    show_answer(page, "pl1", {"unknown": True})
    assert page.get_by_label("Je ne sais pas").is_checked()
    assert answers(page) == []
    selects.nth(0).select_option("")
    assert answers(page) == [{"places": {"prefecture": {"y": 70}, "residents": {"x": 43, "y": 70}}}]


# Boxes of the plane that can be read: dots, and the names that are shown; and what stands in another's place.
OVERLAPS = """() => {
  const field = document.querySelector(".al-plane__field").getBoundingClientRect();
  const inside = (b) => b.left >= field.left - 1 && b.right <= field.right + 1;
  const seen = (e) => getComputedStyle(e).display !== "none" && getComputedStyle(e).visibility !== "hidden";
  const all = [...document.querySelectorAll(".al-plane__mark:not([hidden])")].flatMap((mark) => {
    const box = (selector) => mark.querySelector(selector).getBoundingClientRect();
    const name = mark.querySelector(".al-plane__name");
    const words = seen(name) ? [Object.assign(name.getBoundingClientRect(), { name: true })] : [];
    return [box(".al-plane__dot"), ...words];
  });
  const names = all.filter((one) => one.name);
  const under = names.flatMap((a) => all.filter((b) => a !== b
    && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1));
  return { names: names.length, under: under.length, outside: names.filter((one) => !inside(one)).length };
}"""


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ([(20, 20), (80, 20)], 2),  # two long names on one line
        ([(50, 50), (60, 50)], 2),
        ([(50, 50), (50, 50)], 2),  # one place
        ([(0, 0), (100, 0)], 2),
        ([(100, 100), (100, 90)], 2),
        ([(40, 50), (50, 50)], 2),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_name_stands_on_another(opened: Any, lang: Any, places: Any, names: int) -> None:
    """Each name is beside its point, inside the plane, on no other point or name; moving keeps it so."""
    items = ("prefecture", "residents")
    stored = {name: {"x": x, "y": y} for name, (x, y) in zip(items, places, strict=True)}
    page = opened("placement", lang, answers={"pl1": {"places": stored}})
    assert page.evaluate(OVERLAPS) == {"names": names, "under": 0, "outside": 0}
    page.locator(".al-plane__mark").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        found = page.evaluate(OVERLAPS)
        assert (found["under"], found["outside"]) == (0, 0)


def test_the_middle_of_the_plane_stays_in_forced_colours(opened: Any) -> None:
    """Both lines are borders: a background would be taken away."""
    page = opened("placement", "fr")
    page.emulate_media(forced_colors="active")
    lines = page.locator(".al-plane__field").evaluate("""field => ["::before", "::after"].map((part) => {
      const style = getComputedStyle(field, part);
      return [style.borderLeftStyle, style.borderTopStyle].includes("solid");
    })""")
    assert lines == [True, True]
