"""From the landing page to the marks: a public servant by keyboard only, then the trainer."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings, open_page
from form_door import fill_by_keyboard, given_in, hand_in_by_keyboard, told, wait_until_saved
from keyboard import tab_to

from alliances.cli import main
from alliances.i18n import use

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from alliances.desk.serving import Serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "exercises/alliance_models/submissions"
SAMPLE = {"fr": "form_partial", "en": "form_english_good"}
FORM_DOOR = {
    "fr": "Porte formulaire – Lire douze cas et mesurer un accord",
    "en": "Form door – Reading twelve cases and measuring agreement",
}
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


def test_a_public_servant_does_the_form_by_keyboard_and_hands_in(
    running: Serving, chromium_browser: Browser
) -> None:
    """Landing page, form door, close, come back, find the answers, hand in: no pointer, no other server."""
    language = running.plan.language
    answers, _ = _sample(language)
    origin = _origin(running)
    with open_page(chromium_browser, origin) as (page, watched):
        page.goto(running.plan.url)
        tab_to(page, page.get_by_role("link", name=FORM_DOOR[language], exact=True))
        page.keyboard.press("Enter")
        page.wait_for_url("**/exercises/alliance_models.html")
        assert page.evaluate("document.documentElement.lang") == language
        page.locator("[data-al-question=c01] .al-question").wait_for()
        fill_by_keyboard(page, answers)
        saved = running.plan.tree.work / running.plan.learner / ASSIGNMENT / "answers.json"
        wait_until_saved(page)
        before = given_in(page)
        cookies = page.context.cookies()
        assert saved.is_file()
        assert watched.outside == []
        assert watched.errors == []
    with open_page(chromium_browser, origin) as (page, watched):
        page.context.add_cookies(cookies)  # the same reader comes back; the browser's own memory is gone
        page.goto(f"{origin}/alliances/{language}/exercises/alliance_models.html")
        page.locator("[data-al-question=c01] input:checked").wait_for()
        assert given_in(page) == before
        assert hand_in_by_keyboard(page, look=axe_findings) == []
        assert watched.outside == []
        assert watched.errors == []
    handed = running.plan.tree.work / "handin" / running.plan.learner / ASSIGNMENT / "answers.json"
    written = json.loads(handed.read_text(encoding="utf-8"))
    assert written["language"] == language
    assert told(written["answers"]) == told(answers)


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
