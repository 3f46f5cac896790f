"""A form door done by keyboard alone: every type of question that our exercises ask, then the hand-in."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from keyboard import choose_option, choose_radio, tab_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

__all__ = [
    "answer_by_keyboard",
    "fill_by_keyboard",
    "given_in",
    "hand_in_by_keyboard",
    "told",
    "wait_until_saved",
]

_FAR = 600  # presses of Tab: nine cards of a roadmap have some ten stops each
_choose = partial(choose_option, limit=_FAR)
_INDICATOR = ("unit", "source", "baseline", "frequency", "owner")


def fill_by_keyboard(page: Page, answers: dict[str, Any]) -> None:
    """Give every answer of an answers file by keyboard, in the order of the page."""
    ids = page.locator("[data-al-question]").evaluate_all("all => all.map((one) => one.dataset.alQuestion)")
    for question in ids:
        if (answer := answers.get(question)) is not None:
            answer_by_keyboard(page, question, answer)


def answer_by_keyboard(page: Page, question: str, answer: dict[str, Any]) -> None:
    """Give one answer by keyboard."""
    place = page.locator(f"[data-al-question={question}] .al-question")
    if answer.get("unknown"):
        _do_not_know(page, place)
    elif "value" in answer or "text" in answer:
        tab_to(page, place.locator("input[type=text], textarea").first, limit=_FAR)
        page.keyboard.insert_text(answer.get("value") or answer.get("text"))
    elif "options" in answer:
        for option in answer["options"]:
            tab_to(page, place.locator(f"input[type=checkbox][value={option}]"), limit=_FAR)
            page.keyboard.press("Space")
    elif "pairs" in answer:
        _pair(page, place, answer["pairs"])
    elif "rows" in answer:
        _fill_table(page, place, answer["rows"])
    elif "nodes" in answer:
        _repair_chain(page, place, answer)
    elif "measures" in answer:
        _plan(page, place, answer["measures"])
    else:
        choose_radio(page, place, answer.get("category") or answer.get("option"), limit=_FAR)
        if answer.get("reason"):
            _choose(page, place.locator("select"), answer["reason"])


def hand_in_by_keyboard(page: Page, look: Callable[[Page], list[str]] = lambda _page: []) -> list[str]:
    """Hand the copy in and wait for the receipt; return what ``look`` finds while the page asks."""
    tab_to(page, page.locator("[data-al-hand-in]"), limit=_FAR)
    page.keyboard.press("Enter")
    confirm = page.locator("dialog[open] [data-al-confirm]")
    confirm.wait_for()
    found = look(page)
    tab_to(page, confirm)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-al-receipt]').textContent.trim().length > 10")
    return found


def wait_until_saved(page: Page) -> None:
    """Wait until the page says at what time it saved."""
    page.wait_for_function(
        "() => /\\d\\d.\\d\\d/.test(document.querySelector('[data-al-status]').textContent)"
    )


def given_in(page: Page) -> dict[str, Any]:
    """Return what each question's fields hold, by question id."""
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-al-question]')].map((item) => ["
        "item.dataset.alQuestion, ["
        "...item.querySelectorAll('.al-question input:checked, .al-question select, "
        ".al-question input[type=text], .al-question textarea')].map((field) => field.value)]))"
    )


def told(answers: Any) -> Any:
    """Return what somebody told in answers, at any depth, in plain typography.

    Without what is not said (``None``), and without the words that the question itself gives to elements of
    a chain or a roadmap: a sample keeps those of the day when it was written.
    """
    if isinstance(answers, dict):
        given = {"nodes": "text", "measures": "title"}
        return {
            name: [told({**entry, given[name]: None}) for entry in value] if name in given else told(value)
            for name, value in answers.items()
            if value is not None
        }
    if isinstance(answers, str):  # texts that a question gives come back as the page wrote them
        return answers.replace("\u2019", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return [told(value) for value in answers] if isinstance(answers, list) else answers


def _asked(place: Locator) -> dict[str, Any]:
    """Return the public question that the page received."""
    state = place.locator("xpath=ancestor::*[@data-al-component]/script").first
    return json.loads(state.text_content() or "{}")["question"]


def _do_not_know(page: Page, place: Locator) -> None:
    """Choose « Je ne sais pas »: the last of the options by arrows, or a box of its own."""
    boxes = place.locator("input[type=radio]")
    if boxes.count() == 0:
        tab_to(page, place.locator("input[type=checkbox]").last, limit=_FAR)
        page.keyboard.press("Space")
        return
    tab_to(page, boxes.first, limit=_FAR)
    page.keyboard.press("Space")
    for _ in range(boxes.count() - 1):
        page.keyboard.press("ArrowDown")


def _pair(page: Page, place: Locator, pairs: dict[str, str]) -> None:
    for row, entry in enumerate(_asked(place)["left"]):
        if entry["id"] in pairs:
            _choose(page, place.locator("select").nth(row), pairs[entry["id"]])


def _fill_table(page: Page, place: Locator, rows: dict[str, dict[str, str]]) -> None:
    question = _asked(place)
    given = question.get("given", {})
    cells = [
        (row["id"], column)
        for row in question["rows"]
        for column in question["columns"]
        if column["id"] not in given.get(row["id"], {})
    ]
    fields = place.locator("tbody :is(input, select)").all()
    for (row, column), field in zip(cells, fields, strict=True):
        value = rows.get(row, {}).get(column["id"], "")
        if value and column["kind"] == "option":
            _choose(page, field, value)
        elif value:
            tab_to(page, field, limit=_FAR)
            page.keyboard.insert_text(value)


def _repair_chain(page: Page, place: Locator, wanted: dict[str, Any]) -> None:
    """Change the chain that the question starts with into the wanted one, card after card."""
    start = _asked(place)["start"]
    begun = {(link["from"], link["to"]): link["because"] for link in start["links"]}
    kept = {(link["from"], link["to"]): link["because"] for link in wanted["links"]}
    indicators = {node["id"]: node.get("indicator") or {} for node in wanted["nodes"]}
    for node in start["nodes"]:
        card = _card(place, node["text"])
        _measure(page, card, indicators[node["id"]], node.get("indicator") or {})
        for source, target in begun:
            if source == node["id"] and (source, target) not in kept:
                tab_to(page, _link(card, target).locator("button"), limit=_FAR)
                page.keyboard.press("Enter")
        for (source, target), because in kept.items():
            if source != node["id"] or told(begun.get((source, target))) == told(because):
                continue
            if (source, target) not in begun:
                tab_to(page, card.locator(".al-card__links > button"), limit=_FAR)
                page.keyboard.press("Enter")
                _choose(page, card.locator(".al-link select").last, target)
            _type_over(page, _link(card, target).locator("textarea"), because)


def _card(place: Locator, text: str) -> Locator:
    texts = place.locator(".al-card").evaluate_all(
        "cards => cards.map((card) => card.querySelector('textarea').value)"
    )
    return place.locator(".al-card").nth(texts.index(text))


def _link(card: Locator, target: str) -> Locator:
    ends = card.locator(".al-link").evaluate_all("all => all.map((one) => one.querySelector('select').value)")
    return card.locator(".al-link").nth(ends.index(target))


def _measure(page: Page, card: Locator, wanted: dict[str, str], had: dict[str, str]) -> None:
    """Fill in the fields of an element's indicator that differ from what is there."""
    wanted, had = told(wanted), told(had)
    if wanted == had:
        return
    summary = card.locator("summary")
    tab_to(page, summary, limit=_FAR)
    page.keyboard.press("Enter")
    for name, field in zip(_INDICATOR, card.locator("details input").all(), strict=True):
        if wanted.get(name, "") != had.get(name, ""):
            _type_over(page, field, wanted[name])
    if wanted.get("burden", "") != had.get("burden", ""):
        _choose(page, card.locator("details select"), wanted["burden"])


def _plan(page: Page, place: Locator, measures: list[dict[str, Any]]) -> None:
    """Pick proposed measures, each in its horizon, and give the month where it starts and who carries it."""
    horizons = [horizon["id"] for horizon in _asked(place)["horizons"]]
    for measure in measures:
        section = place.locator(".al-board > .al-board__section").nth(horizons.index(measure["horizon"]))
        _choose(page, section.locator(".al-roadmap__pick select"), measure["id"])
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        card = section.locator(".al-card").last
        _type_over(page, card.locator(".al-roadmap__figures input").first, str(measure["start"]))
        _type_over(page, card.locator(".al-card__field input[type=text]").last, measure["owner"])


def _type_over(page: Page, field: Locator, text: str) -> None:
    tab_to(page, field, limit=_FAR)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
