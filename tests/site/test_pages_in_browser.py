"""Pages in a real browser: axe, requests, answers kept, handed in and erased."""

from __future__ import annotations

import re

import pytest
from browser import PageServer, axe_findings, open_page

pytestmark = pytest.mark.browser

KINDS = ("index", "about", "lessons/tiny", "trainer/tiny", "exercises/tiny")
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
FORM = "fr/exercises/tiny"


def answer_first_case(page) -> None:
    page.locator("#q-c01").get_by_label("Mécénat").check()
    page.locator("#q-c01").get_by_role("combobox").select_option(label="Sens des ressources")


def wait_status(page, words: str) -> None:
    page.locator("[data-al-status]", has_text=words).wait_for()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_and_nothing_comes_from_elsewhere(chromium_browser, server, name, language):
    """Each kind of page, wide and narrow: no finding, no outside request, no error, no sideways scroll."""
    with open_page(chromium_browser, server.origin) as (page, watched):
        page.goto(server.url(f"{language}/{name}"), wait_until="networkidle")
        page.evaluate(
            "document.querySelectorAll('main details').forEach((details) => { details.open = true; })"
        )
        for size, pixels in SIZES.items():
            page.set_viewport_size(pixels)
            page.wait_for_function("width => innerWidth === width", arg=pixels["width"])
            assert axe_findings(page) == [], size
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, size
        assert (watched.outside, watched.errors) == ([], [])


def test_the_first_key_leads_to_the_content(chromium_browser, server):
    """Tab, then Enter: the skip link appears and moves to main."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url("fr/lessons/tiny"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_form_reads_without_javascript(chromium_browser, server):
    """Without JavaScript the questions and their options are there, and a sentence says what is missing."""
    with open_page(chromium_browser, server.origin, java_script_enabled=False) as (page, _):
        page.goto(server.url(FORM))
        assert page.get_by_text("Combien font 2 et 2").is_visible()
        assert page.locator("noscript .al-box").is_visible()


def test_an_answer_is_saved_and_found_again(chromium_browser, server):
    """An answer reaches the server by itself, says when, and is there after the page is opened again."""
    with open_page(chromium_browser, server.origin) as (page, watched):
        page.goto(server.url(FORM))
        answer_first_case(page)
        wait_status(page, "Enregistré à")
        assert server.answers["answers"] == {"c01": {"category": "giving", "reason": "direction"}}
        assert {server.answers[name] for name in ("exercise", "door", "language")} == {"tiny", "form", "fr"}
        page.reload()
        wait_status(page, "sont de retour")
        assert page.locator("#q-c01").get_by_label("Mécénat").is_checked()
        assert page.get_by_text("1 sur 5").is_visible()
        assert watched.errors == []


def test_answers_from_another_computer_come_back(chromium_browser, server):
    """A browser that holds nothing shows what the server has."""
    server.answers = {"answers": {"n01": {"value": "4"}}}
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        wait_status(page, "sont de retour")
        assert page.locator("#q-n01 input[type=text]").input_value() == "4"


def test_a_refusal_is_quoted_and_nothing_is_lost(chromium_browser, server):
    """A server that refuses is quoted, and the answer is still there after reloading."""
    server.refusal = "Le disque est plein."
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        wait_status(page, "Vos réponses seront enregistrées")
        answer_first_case(page)
        wait_status(page, "Le disque est plein.")
        server.refusal = ""
        page.reload()
        # What waited may have left with the page, or leaves when it opens again.
        page.locator("[data-al-status]", has_text=re.compile("Enregistré à|sont de retour")).wait_for()
        assert page.locator("#q-c01").get_by_label("Mécénat").is_checked()
        assert server.answers["answers"]["c01"]["category"] == "giving"


def test_handing_in_lists_what_is_missing_and_gives_a_receipt(chromium_browser, server):
    """Handing in names the questions without an answer, then gives a receipt; a later change is flagged."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        wait_status(page, "Vos réponses seront enregistrées")
        answer_first_case(page)
        page.get_by_role("button", name="Remettre ma copie").click()
        dialog = page.get_by_role("dialog")
        assert dialog.get_by_role("link").all_inner_texts() == [f"Question {n}" for n in (2, 3, 4, 5)]
        assert axe_findings(page) == []
        dialog.get_by_role("button", name="Remettre").click()
        page.get_by_text(re.compile(r"Réponses\s: 1 sur 5\. Numéro de reçu\s: [0-9A-F]{8}$")).wait_for()
        assert [copy["answers"] for copy in server.handed_in] == [
            {"c01": {"category": "giving", "reason": "direction"}}
        ]
        page.locator("#q-c01").get_by_label("Pas d’alliance").check()
        page.get_by_text("Vous avez changé une réponse depuis la remise").wait_for()


def test_the_whole_form_is_done_by_keyboard(chromium_browser, server):
    """Arrows, letters, Tab, Space and Enter are enough to answer and hand in."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        wait_status(page, "Vos réponses seront enregistrées")
        page.locator("#q-c01 input[type=radio]").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.locator("#q-j01 textarea").focus()
        page.keyboard.type("Le cas montre un don.")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Remettre ma copie").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        while page.evaluate("document.activeElement.textContent") != "Remettre":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Numéro de reçu").wait_for()
        assert set(server.handed_in[0]["answers"]) == {"c01", "j01"}


def test_finishing_erases_here_and_on_the_server(chromium_browser, server):
    """« Terminer et effacer » asks first, then leaves nothing on either side."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        answer_first_case(page)
        wait_status(page, "Enregistré à")
        page.get_by_role("button", name="Terminer et effacer").click()
        page.get_by_role("dialog").get_by_role("button", name="Effacer").click()
        page.get_by_text("Vos réponses sont effacées").wait_for()
        assert server.answers == {}
        assert page.evaluate("localStorage.length") == 0
        assert page.get_by_text("Question 1").count() == 0


def test_without_a_server_answers_stay_in_the_browser(chromium_browser, server, tiny_site, tmp_path):
    """A page published alone keeps answers in the browser, and offers them as a file."""
    import shutil

    pages = tmp_path / "pages"
    shutil.copytree(tiny_site.build / "pages", pages)
    form = pages / f"{FORM}.html"
    html = form.read_text(encoding="utf-8")
    form.write_text(html.replace('data-api="../../api/"', 'data-api=""'), encoding="utf-8")
    with PageServer(pages) as alone, open_page(chromium_browser, alone.origin) as (page, _):
        page.goto(alone.url(FORM))
        answer_first_case(page)
        wait_status(page, "dans ce navigateur seulement")
        assert not page.get_by_role("button", name="Remettre ma copie").is_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Télécharger ma copie").click()
        assert saved.value.suggested_filename == "tiny_form.json"
        page.reload()
        page.locator("#q-c01").get_by_label("Mécénat").wait_for()
        assert page.locator("#q-c01").get_by_label("Mécénat").is_checked()
        assert alone.calls == []


def test_a_practice_question_explains_each_answer(chromium_browser, server):
    """In a lesson, « Vérifier » gives a verdict and a reason without any server."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url("fr/lessons/tiny"))
        question = page.locator(".al-question")
        question.get_by_role("radio").first.check()
        question.get_by_role("button").click()
        question.locator(".al-feedback__verdict").wait_for()
        assert len(question.locator(".al-feedback__reason").inner_text().split()) >= 10
