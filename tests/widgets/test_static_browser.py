"""Components in a static page, in a real browser, by keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser import axe_findings
from component_browser import component_page, served
from sample_questions import DRAWN, sample

from alliances.questions import mark
from alliances.questions.drawing import draw
from alliances.questions.spec import compile_question, public
from alliances.widgets.static import static_mount, static_question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
KINDS = ("choice", "classify", "number", "text")
TABS = 40  # more presses than any page here has stops


@pytest.fixture
def opened(chromium_browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """Write a page, serve it, open it; the page must finish without an error or an outside request."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def show(content: str, lang: str, width: int = 1200, **options: Any) -> Page:
            component_page(tmp_path, content, lang, options)
            address = stack.enter_context(served(tmp_path))
            context = chromium_browser.new_context(viewport={"width": width, "height": 900})
            stack.callback(context.close)
            page = context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda asked: asked.url.startswith(address) or problems.append(asked.url))
            stack.callback(lambda: _none(problems))
            page.goto(address)
            page.wait_for_function("window.models !== undefined")
            return page

        yield show


def _none(problems: list[str]) -> None:
    assert not problems


def _form(lang: Any) -> str:
    return "\n".join(static_question(public(sample(kind, lang))) for kind in KINDS)


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what ``selector`` matches."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_form_is_answered_by_keyboard_alone(opened: Any, lang: str) -> None:
    """Tab, arrows, space and typing answer the four types, and each change is announced to the page."""
    page = opened(_form(lang), lang)
    _tab_to(page, ".al-question--choice input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    _tab_to(page, ".al-question--classify input")
    page.keyboard.press("ArrowUp")  # round to the last: I do not know
    page.keyboard.press("ArrowUp")
    _tab_to(page, ".al-question--classify select")
    page.keyboard.type("Com" if lang == "fr" else "Pri")
    _tab_to(page, ".al-question--number input[type=text]")
    page.keyboard.type("70 %")
    _tab_to(page, ".al-question--text textarea")
    page.keyboard.type("Un fait du texte : la ville paie.")
    page.keyboard.press("Tab")
    answers = {change["id"]: change["answer"] for change in page.evaluate("window.changes")}
    assert answers == {
        "q1": {"option": "b"},
        "c01": {"category": "no_alliance", "reason": "priced_order"},
        "n1": {"value": "70 %"},
        "j01": {"text": "Un fait du texte : la ville paie."},
    }
    assert [
        mark(sample(kind, lang), answers[name]).verdict  # type: ignore[arg-type]
        for kind, name in zip(KINDS, ("q1", "c01", "n1", "j01"), strict=True)
    ] == ["right", "right", "right", "person"]


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_axe_finds_nothing(opened: Any, lang: str, width: int) -> None:
    """Form, practice with feedback, and report pass axe; the page never scrolls sideways."""
    report = {
        "rows": [
            {"id": k, "title": k, "mark": mark(sample(k, lang), {"unknown": True}).to_dict()} for k in KINDS
        ],  # type: ignore[arg-type]
        "total": 0,
        "maximum": 5,
    }
    content = _form(lang) + static_mount("report", {"report": report, "lang": lang})
    for kind in ("choice", "number", "classify"):
        question = sample(kind, lang)  # type: ignore[arg-type]
        content += static_question({**question, "id": f"practice_{kind}"}, practice=True)
    page = opened(content, lang, width)
    for button in page.locator(".al-button").all():
        button.click()
    assert page.locator(".al-feedback:visible").count() == len(KINDS) + 3
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator('[role="status"]').count() == 1


def test_practice_says_why_and_keeps_the_focus(opened: Any) -> None:
    """« Vérifier » shows verdict, reason and next step, says them once, and leaves the focus where it is."""
    page = opened(static_question(sample("choice", "fr"), practice=True), "fr")
    page.get_by_label("Celui qui paie").check()
    page.get_by_role("button", name="Vérifier ma réponse").focus()
    page.keyboard.press("Enter")
    feedback = page.locator(".al-feedback")
    assert feedback.get_attribute("data-verdict") == "wrong"
    assert "Le texte dit qui paie" in feedback.inner_text()
    assert feedback.get_by_role("link").get_attribute("href") == "#familles"
    page.wait_for_function(
        "document.querySelector('[data-al-live]').textContent.includes('Réponse à revoir')"
    )
    assert page.evaluate("document.activeElement.textContent") == "Vérifier ma réponse"
    page.get_by_label("Les partenaires, ensemble").check()
    assert not feedback.is_visible()


def test_what_was_answered_comes_back(opened: Any) -> None:
    """Answers given to the host are shown, and showing them is not a change."""
    answers = {
        "q1": {"unknown": True},
        "c01": {"category": "giving", "reason": "direction"},
        "n1": {"value": "0,7"},
        "j01": {"text": "Un texte."},
    }
    page = opened(_form("fr"), "fr", answers=answers)
    assert page.locator(".al-question--choice .al-option--unknown input").is_checked()
    assert page.get_by_label("Mécénat").is_checked()
    assert page.locator("select").input_value() == "direction"
    assert page.locator(".al-number").input_value() == "0,7"
    assert page.locator("textarea").input_value() == "Un texte."
    assert page.evaluate("window.changes") == []


def test_each_learner_has_figures_of_their_own(opened: Any) -> None:
    """The prompt shows the figures of the seed, the answer carries them, and those of a stored answer win."""
    question = compile_question(DRAWN, "fr")
    page = opened(static_question(question), "fr", seed="a1b2c3d4")
    drawn = draw(question, "a1b2c3d4")
    prompt = page.locator(".al-question .al-prompt")
    assert f"Sur {drawn['total']:.0f} associations, {drawn['rate']}" in prompt.inner_text()
    page.locator(".al-number").fill("7")
    assert page.evaluate("window.changes.at(-1).answer") == {"value": "7", "drawn": drawn}
    other = {"value": "3", "drawn": {"n": 25, "rate": 10, "total": 50}}
    page.evaluate("answer => window.models.get('d01').set('answer', answer)", other)
    assert "Sur 50 associations, 10" in prompt.inner_text()
    assert page.locator(".al-number").input_value() == "3"


def test_a_change_from_outside_does_not_move_the_focus(opened: Any) -> None:
    """A value set while somebody is in a control changes no element under them."""
    page = opened(_form("fr"), "fr")
    page.locator(".al-question--choice input").first.focus()
    page.evaluate("window.before = document.activeElement")
    page.evaluate("""() => {
      window.models.get("q1").set("answer", { option: "c" });
      window.models.get("q1").set("feedback", { verdict: "wrong", reason: "R", points: 0, max_points: 1 });
    }""")
    assert page.evaluate("document.activeElement === window.before && document.body.contains(window.before)")
    assert page.get_by_label("Personne", exact=True).is_checked()
    assert (
        page.locator(".al-question--choice .al-feedback")
        .inner_text()
        .startswith("Réponse à revoir (0 sur 1)")
    )


def test_a_number_that_is_none_is_explained_at_once(opened: Any) -> None:
    """What cannot be read as a number is said under the field, linked to it, and announced on leaving."""
    page = opened(static_question(public(sample("number", "fr"))), "fr")
    field = page.locator(".al-number")
    field.fill("beaucoup")
    assert field.get_attribute("aria-invalid") == "true"
    hint = page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert "1\u202f234,5" in hint.inner_text()
    field.blur()
    page.wait_for_function("document.querySelector('[data-al-live]').textContent.includes('nombre')")
    field.fill("0,7")
    assert "Lu comme 0,7" in hint.inner_text()


@pytest.mark.parametrize(
    "missing", ["options", "categories", "reasons", "case", "prompt", "prompt_html", "labels", "lang"]
)
def test_missing_values_are_survived(opened: Any, missing: str) -> None:
    """A component whose model lacks a value still shows what it has."""
    mounts = []
    for kind in KINDS:
        state = {"question": public(sample(kind, "fr")), "lang": "fr"}
        state["question"].pop(missing, None)
        html = static_mount(kind, state)
        start, _, rest = html.partition('application/json">')
        data, _, end = rest.partition("</script>")
        full = json.loads(data)
        full.pop(missing, None)
        mounts.append(f'{start}application/json">{json.dumps(full)}</script>{end}')
    page = opened("".join(mounts), "fr")
    assert page.locator(".al-question").count() == len(KINDS)


def test_hostile_text_stays_text(opened: Any) -> None:
    """Markup in texts and answers is shown as written, in the state, the page and the fallback."""
    question = public(sample("choice", "fr"))
    question["options"][0]["text"] = "</script><img src=x onerror=document.title='bad'><!-- <script>"
    page = opened(static_question(question, answer={"option": "<b>"}), "fr")
    assert page.title() == "Page d'essai"
    assert page.get_by_label("</script><img src=x").count() == 1
    assert page.locator("main img").count() == 0


def test_what_cannot_be_mounted_stays_readable(opened: Any) -> None:
    """A broken state or an unknown component leaves its fallback on the page."""
    mount = (
        '<div data-al-component="{}"><script type="application/json">{}</script>'
        '<div class="al-fallback">{}</div></div>'
    )
    page = opened(mount.format("choice", "{oops", "Lisible") + mount.format("dice", "{}", "Aussi"), "fr")
    assert page.get_by_text("Lisible").is_visible()
    assert page.get_by_text("Aussi").is_visible()


def test_without_javascript_the_question_is_readable(chromium_browser: Browser, tmp_path: Path) -> None:
    """With JavaScript off, prompt, options and reasons are there."""
    component_page(tmp_path, static_question(sample("choice", "fr"), practice=True), "fr")
    with served(tmp_path) as address:
        context = chromium_browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(address)
        assert page.get_by_text("Qui porte le risque").is_visible()
        page.locator("summary").click()
        assert page.get_by_text("Réponse juste.").is_visible()
        context.close()
