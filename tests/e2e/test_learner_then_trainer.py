"""From the landing page to the marks: a public servant by keyboard only, then the trainer."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings, open_page
from keyboard import choose_option, choose_radio, tab_to

from alliances.cli import main
from alliances.i18n import use

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "exercises/alliance_models/submissions"
SAMPLE = {"fr": "form_partial", "en": "form_english_good"}
FORM_DOOR = {"fr": "Porte formulaire", "en": "Form door"}
MARK_COPIES = {"fr": "Correction des copies", "en": "Marking the copies"}
EXERCISE, ASSIGNMENT = "alliance_models", "alliance_models_form"
# What the trainer gives for the four criteria of the justification.
LEVELS = {"reading": 3, "facts": 2, "rival": 2, "doubt": 1}


def _sample(language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = SAMPLES / SAMPLE[language]
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))["answers"]
    return answers, tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def _origin(running: Serving) -> str:
    return f"http://127.0.0.1:{running.plan.port}"


def _answer(page: Page, question: str, answer: dict[str, Any]) -> None:
    """Give one answer by keyboard."""
    place = page.locator(f"[data-al-question={question}] .al-question")
    if "value" in answer or "text" in answer:
        tab_to(page, place.locator("input[type=text], textarea").first)
        page.keyboard.insert_text(answer.get("value") or answer.get("text"))
        return
    chosen = answer.get("category") or answer.get("option")
    if answer.get("unknown"):
        choose_unknown(page, place)
        return
    choose_radio(page, place, chosen)
    if answer.get("reason"):
        choose_option(page, place.locator("select"), answer["reason"])


def choose_unknown(page: Page, place: Any) -> None:
    """Choose « Je ne sais pas », the last of the options, by arrows."""
    buttons = place.locator("input[type=radio]")
    tab_to(page, buttons.first)
    page.keyboard.press("Space")
    for _ in range(buttons.count() - 1):
        page.keyboard.press("ArrowDown")


def _given(page: Page) -> dict[str, Any]:
    """Return what the form page says is answered."""
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-al-question]')].map((item) => ["
        "item.dataset.alQuestion, ["
        "...item.querySelectorAll('.al-question input:checked, .al-question select, "
        ".al-question input[type=text], .al-question textarea')].map((field) => field.value)]))"
    )


def _fill(page: Page, answers: dict[str, Any]) -> None:
    for question, answer in answers.items():
        if answer is not None:
            _answer(page, question, answer)


def test_a_public_servant_does_the_form_by_keyboard_and_hands_in(
    running: Serving, chromium_browser: Browser
) -> None:
    """Landing page, form door, close, come back, find the answers, hand in: no pointer, no other server."""
    language = running.plan.language
    answers, _ = _sample(language)
    origin = _origin(running)
    with open_page(chromium_browser, origin) as (page, watched):
        page.goto(running.plan.url)
        doors = page.get_by_role("link", name=FORM_DOOR[language], exact=True)
        door = doors.and_(page.locator("[href='exercises/alliance_models.html']"))
        tab_to(page, door)
        page.keyboard.press("Enter")
        page.wait_for_url("**/exercises/alliance_models.html")
        assert page.evaluate("document.documentElement.lang") == language
        page.locator("[data-al-question=c01] .al-question").wait_for()
        _fill(page, answers)
        status = page.locator("[data-al-status]")
        saved = running.plan.tree.work / running.plan.learner / ASSIGNMENT / "answers.json"
        page.wait_for_function(
            "() => /\\d\\d.\\d\\d/.test(document.querySelector('[data-al-status]').textContent)"
        )
        assert status.inner_text()
        before = _given(page)
        cookies = page.context.cookies()
        assert saved.is_file()
        assert watched.outside == []
        assert watched.errors == []
    with open_page(chromium_browser, origin) as (page, watched):
        page.context.add_cookies(cookies)  # the same reader comes back; the browser's own memory is gone
        page.goto(f"{origin}/alliances/{language}/exercises/alliance_models.html")
        page.locator("[data-al-question=c01] input:checked").wait_for()
        assert _given(page) == before
        tab_to(page, page.locator("[data-al-hand-in]"), limit=200)
        page.keyboard.press("Enter")
        confirm = page.locator("dialog[open] [data-al-confirm]")
        confirm.wait_for()
        assert axe_findings(page) == []
        tab_to(page, confirm)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "() => document.querySelector('[data-al-receipt]').textContent.trim().length > 10"
        )
        assert watched.outside == []
        assert watched.errors == []
    handed = running.plan.tree.work / "handin" / running.plan.learner / ASSIGNMENT / "answers.json"
    written = json.loads(handed.read_text(encoding="utf-8"))
    assert written["language"] == language
    given = {name: answer for name, answer in written["answers"].items() if answer is not None}
    wanted = {name: answer for name, answer in answers.items() if answer is not None}
    assert {name: {k: v for k, v in answer.items() if v is not None} for name, answer in given.items()} == {
        name: {k: v for k, v in answer.items() if v is not None} for name, answer in wanted.items()
    }


def test_the_trainer_grades_marks_and_sends_feedback(
    running: Serving, chromium_browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """Collect, grade, mark the open answer in the formgrader, give feedback, export: the expected marks."""
    plan, language = running.plan, running.plan.language
    use(language)
    _, expected = _sample(language)
    course = ["--course", str(plan.course)]
    assert main(["collect", str(plan.tree.work / "handin"), *course]) == 0
    assert main(["grade", ASSIGNMENT, *course]) == 0
    with open_page(chromium_browser, _origin(running), viewport={"width": 1280, "height": 1000}) as (
        page,
        watched,
    ):
        page.goto(running.plan.url)
        page.get_by_role("link", name=MARK_COPIES[language]).first.click()
        page.wait_for_url("**/formgrader/**")
        page.goto(f"{_origin(running)}/formgrader/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
        row = page.locator("tr").filter(has_text=plan.learner)
        row.get_by_role("link", name="Submission #").click()
        page.wait_for_url("**/formgrader/submissions/**")
        page.locator("#j01_reading.needs_manual_grade").wait_for()
        for criterion, level in LEVELS.items():
            box = page.locator(f"input.score#j01_{criterion}")
            with page.expect_response(lambda answer: answer.request.method == "PUT"):
                box.fill(str(level))
                box.press("Tab")
        assert watched.outside == []
    assert main(["feedback", ASSIGNMENT, *course]) == 0
    out = plan.tree.work / f"marks-{language}.csv"
    assert main(["export", *course, "--out", str(out)]) == 0
    capsys.readouterr()
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["learner"] == plan.learner]
    assert row["door"] == "form"
    assert float(row["auto_points"]) == expected["total_auto"]
    assert float(row["person_points"]) == sum(LEVELS.values())
    assert float(row["points"]) == expected["total_auto"] + sum(LEVELS.values())
    assert float(row["max_points"]) == 40
    feedback = plan.course / "feedback" / plan.learner / ASSIGNMENT / f"{ASSIGNMENT}.html"
    with open_page(chromium_browser, "file://") as (page, watched):
        page.goto(feedback.as_uri())
        assert page.evaluate("document.documentElement.lang") == language
        assert page.locator("h1").count() == 1
        assert axe_findings(page) == []
