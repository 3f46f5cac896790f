"""The answers of a form in a real browser: two tabs, two computers, offline, full storage, files taken up."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import PageServer, axe_findings, open_page
from keyboard import tab_to

from alliances.questions.answer_merge import changed
from alliances.questions.answers import AnswerFile, answers_to_bytes, parse_answers, seed_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Response

pytestmark = pytest.mark.browser

FORM = "fr/exercises/tiny"
READY = {"fr": "Vos réponses seront enregistrées", "en": "Your answers will be saved"}
NUMBER = "#q-n01 input[type=text]"


def wait_status(page: Page, words: str) -> None:
    page.locator("[data-al-status]", has_text=words).wait_for()


def opened(page: Page, server: PageServer, language: str = "fr") -> Page:
    page.goto(server.url(f"{language}/exercises/tiny"))
    wait_status(page, READY[language])
    return page


def type_number(page: Page, value: str) -> None:
    page.locator(NUMBER).fill(value)


def is_saved(response: Response) -> bool:
    """Say whether the server has just saved answers."""
    return response.request.method == "PUT" and response.ok


def wait_value(page: Page, value: str, place: str = NUMBER) -> None:
    page.wait_for_function(
        "([place, value]) => document.querySelector(place)?.value === value", arg=[place, value]
    )


def on_server(page: Page, server: PageServer, **answers: Any) -> None:
    """Wait for the page to have saved: its own status says when, the store's file says what."""
    wait_status(page, "Enregistré à")
    given = {name: answer for name, answer in server.answers["answers"].items() if answer is not None}
    assert given == answers


def kept_here(page: Page) -> dict[str, Any]:
    return page.evaluate("JSON.parse(localStorage.getItem('alliances:tiny:form'))")


def copy_file(path: Path, **fields: Any) -> Path:
    """Write a copy of the tiny exercise to take up."""
    file = AnswerFile(**{"learner": "moi", "exercise": "tiny", "door": "form", "language": "fr", **fields})
    path.write_bytes(answers_to_bytes(file))
    return path


@pytest.fixture
def alone(tiny_site: Any, tmp_path: Path) -> Iterator[PageServer]:
    """Serve the form as a page published without the course's server."""
    pages = tmp_path / "pages"
    shutil.copytree(tiny_site.build / "pages", pages)
    form = pages / f"{FORM}.html"
    html = form.read_text(encoding="utf-8")
    form.write_text(html.replace('data-api="../../api/"', 'data-api=""'), encoding="utf-8")
    with PageServer(pages) as running:
        yield running


def test_two_tabs_stay_alike(chromium_browser, server):
    """What one tab answers shows in the other at once, in place; each tab's answers survive the other's."""
    with open_page(chromium_browser, server.origin) as (one, _):
        opened(one, server)
        two = opened(one.context.new_page(), server)
        type_number(one, "4")
        wait_value(two, "4")
        two.locator("#q-q01 input[type=radio]").first.check()
        one.wait_for_function("() => document.querySelector('#q-q01 input[type=radio]').checked")
        on_server(two, server, n01={"value": "4"}, q01={"option": "a"})
        assert two.get_by_text("2 sur 5").is_visible()
        assert one.get_by_text("2 sur 5").is_visible()
        for page in (one, two):
            assert not page.locator("[data-al-replaced]").is_visible()
        assert server.answers["replaced"] == []


def test_an_erased_answer_is_a_change_like_another(chromium_browser, server):
    """A number that is emptied stays empty in the other tab, on the server, and after opening again."""
    with open_page(chromium_browser, server.origin) as (one, _):
        opened(one, server)
        two = opened(one.context.new_page(), server)
        type_number(one, "4")
        wait_value(two, "4")
        type_number(one, "")
        wait_value(two, "")
        on_server(one, server)
        assert server.answers["answers"] == {"n01": None}
        two.reload()
        wait_status(two, READY["fr"])
        assert two.locator(NUMBER).input_value() == ""
        assert server.answers["replaced"] == []


@pytest.mark.parametrize(
    ("language", "said", "button"),
    [
        ("fr", "votre réponse a été remplacée par « 5 »", "Reprendre cette réponse"),
        ("en", "your answer was replaced by “5”", "Take this answer back"),
    ],
)
def test_a_replaced_answer_is_said_shown_and_taken_back(chromium_browser, server, language, said, button):
    """After working offline the later answer wins, the page says so, and by keyboard the other comes back."""
    with open_page(chromium_browser, server.origin, viewport={"width": 360, "height": 740}) as (page, _):
        opened(page, server, language)
        server.down = True
        type_number(page, "4")
        page.locator("[data-al-state][data-trouble]").wait_for()
        server.down = False
        file = AnswerFile("moi", "tiny", "form", "fr")
        for value in ("1", "12", "5"):
            file = changed(file, "n01", {"value": value})
        server.answers = {"answers": file.answers, "revisions": file.revisions}
        page.reload()
        wait_value(page, "5")
        notice = page.locator("[data-al-notice]")
        assert said in re.sub(r"[\u202f\u00a0]", " ", notice.inner_text())
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.wait_for_function("() => document.querySelector('[data-al-live]').textContent.includes('5')")
        tab_to(page, notice.get_by_role("link"))
        page.keyboard.press("Enter")
        details = page.locator("[data-al-replaced]")
        assert details.locator("blockquote").all_inner_texts() == ["4"]
        assert axe_findings(page) == []
        tab_to(page, details.get_by_role("button", name=button))
        page.keyboard.press("Enter")
        wait_value(page, "4")
        assert details.locator("blockquote").all_inner_texts() == ["5"]
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.locator("[data-al-status]", has_text=re.compile(r"\d\d:\d\d")).wait_for()
        assert server.answers["answers"] == {"n01": {"value": "4"}}
        assert [entry["answer"] for entry in server.answers["replaced"]] == [{"value": "5"}]


def test_two_computers_working_at_once_lose_nothing(chromium_browser, server):
    """Each sends its own answers; both end with all of them, and the answer that lost is in the file."""
    with (
        open_page(chromium_browser, server.origin) as (one, _),
        open_page(chromium_browser, server.origin) as (two, _),
    ):
        opened(one, server)
        opened(two, server)
        one.locator("#q-c01").get_by_label("Mécénat").check()
        wait_status(one, "Enregistré à")
        # The status says « saved » already: what is waited for is the answer to this very change.
        with one.expect_response(is_saved):
            type_number(one, "4")
        with two.expect_response(is_saved):
            type_number(two, "5")
        wait_status(two, "Enregistré à")
        assert two.locator("#q-c01").get_by_label("Mécénat").is_checked()
        held = server.answers
        assert {held["answers"]["n01"]["value"], held["replaced"][0]["answer"]["value"]} == {"4", "5"}
        one.locator("#q-q01 input[type=radio]").first.check()
        one.wait_for_function("() => !document.querySelector('[data-al-replaced]').hidden")
        assert one.locator(NUMBER).input_value() == held["answers"]["n01"]["value"]


def test_what_is_typed_during_a_save_stays(chromium_browser, server):
    """The server's answer to an earlier save never replaces what was typed since, and is no other version."""
    server.held = threading.Event()
    with open_page(chromium_browser, server.origin) as (page, _):
        opened(page, server)
        with page.expect_request(lambda request: request.method == "PUT"):
            type_number(page, "4")
        type_number(page, "42")
        server.held.set()
        page.wait_for_function(
            "() => Object.values(JSON.parse(localStorage.getItem('alliances:tiny:form')).known)"
            ".some((state) => state.answer.value === '42')"
        )
        assert page.locator(NUMBER).input_value() == "42"
        assert server.answers["answers"] == {"n01": {"value": "42"}}
        assert server.answers["replaced"] == []


def test_answers_never_read_are_merged_not_written_over(chromium_browser, server):
    """A server silent at the start and back later keeps what it held, and the page takes it over."""
    server.answers = {"answers": {"n01": {"value": "5"}}, "revisions": {"n01": 3}}
    server.down = True
    with open_page(chromium_browser, server.origin) as (page, _):
        page.goto(server.url(FORM))
        wait_status(page, "n’a pas rendu vos réponses")
        server.down = False
        page.locator("#q-q01 input[type=radio]").first.check()
        on_server(page, server, n01={"value": "5"}, q01={"option": "a"})
        assert page.locator(NUMBER).input_value() == "5"


def test_a_full_browser_is_said_and_the_server_still_saves(chromium_browser, server):
    """Where the browser has no room the answer reaches the server, and the status says where it is."""
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    with open_page(chromium_browser, server.origin) as (page, watched):
        page.add_init_script(full)
        opened(page, server)
        type_number(page, "4")
        wait_status(page, "sur le serveur ; ce navigateur n’a pas de place")
        assert server.answers["answers"] == {"n01": {"value": "4"}}
        server.down = True
        type_number(page, "44")
        wait_status(page, "Gardez cette page ouverte et téléchargez votre copie")
        assert watched.errors == []


def test_the_server_gives_the_seed_once(chromium_browser, server):
    """A first visit receives the learner's seed; it is saved with the first answer and never changes."""
    with open_page(chromium_browser, server.origin) as (page, _):
        opened(page, server)
        type_number(page, "4")
        on_server(page, server, n01={"value": "4"})
        assert server.answers["seed"] == seed_for("moi", "tiny")
        assert re.fullmatch("[0-9a-f]{8}", server.answers["seed"])


def test_a_page_without_a_server_draws_its_seed_once(chromium_browser, alone):
    """The seed is drawn at the first visit, kept, and another browser has another."""
    seeds = []
    for _ in range(2):
        with open_page(chromium_browser, alone.origin) as (page, _watched):
            page.goto(alone.url(FORM))
            wait_status(page, "Pas de serveur ici")
            first = kept_here(page)["file"]["seed"]
            type_number(page, "4")
            wait_status(page, "dans ce navigateur seulement")
            page.reload()
            wait_value(page, "4")
            assert kept_here(page)["file"]["seed"] == first
            seeds.append(first)
    assert all(re.fullmatch("[0-9a-f]{8}", seed) for seed in seeds)
    assert seeds[0] != seeds[1]


def test_a_copy_downloaded_is_read_intact_and_taken_up_elsewhere(chromium_browser, alone, server, tmp_path):
    """A copy made without a server is read by Python with its hash, and taken up in another place."""
    with open_page(chromium_browser, alone.origin) as (page, _):
        page.goto(alone.url(FORM))
        wait_status(page, "Pas de serveur ici")
        type_number(page, "4")
        page.locator("#q-j01 textarea").fill("Un don : l’association « reçoit » 0,5 % 😀.")
        page.locator("#q-j01 textarea").blur()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Télécharger ma copie").click()
        path = tmp_path / saved.value.suggested_filename
        saved.value.save_as(path)
    file = parse_answers(path.read_bytes())
    assert file.intact
    assert set(file.answers) == {"n01", "j01"}
    with open_page(chromium_browser, server.origin) as (page, _):
        # Listening from the start: asked for at the last moment, the dialog may open before anybody listens.
        page.on("filechooser", lambda _: None)
        opened(page, server)
        chooser = page.get_by_label("Reprendre une copie")
        tab_to(page, chooser)
        with page.expect_file_chooser() as asked:
            page.keyboard.press("Enter")
        asked.value.set_files(path)
        page.get_by_text("Réponses prises dans le fichier : 2 sur 2").wait_for()
        wait_value(page, "4")
        on_server(page, server, **file.answers)
        assert server.answers["seed"] == file.seed
        assert not page.locator("[data-al-replaced]").is_visible()


def test_taking_up_a_copy_keeps_the_later_answers(chromium_browser, server, tmp_path):
    """Of each question the most recent answer wins, the other is listed; strange questions are left out."""
    path = copy_file(
        tmp_path / "old.json",
        answers={"n01": {"value": "9"}, "q01": {"option": "a"}, "z99": {"value": "1"}},
        revisions={"q01": 1},
    )
    with open_page(chromium_browser, server.origin) as (page, _):
        opened(page, server)
        type_number(page, "4")
        page.get_by_label("Reprendre une copie").set_input_files(path)
        page.get_by_text("Réponses prises dans le fichier : 1 sur 2").wait_for()
        page.get_by_text("Versions différentes gardées dans « Réponses remplacées » : 1").wait_for()
        page.get_by_text("laissées dans le fichier : 1").wait_for()
        assert page.locator(NUMBER).input_value() == "4"
        assert page.locator("[data-al-replaced] blockquote").all_text_contents() == ["9"]
        on_server(page, server, n01={"value": "4"}, q01={"option": "a"})


GOOD = AnswerFile("moi", "tiny", "form", "fr", answers={"n01": {"value": "9"}}).to_dict()
BAD_FILES = {
    "not json": (b"{", "n’est pas une copie"),
    "another json": (b'{"cells": []}', "n’est pas une copie"),
    "a list": (b"[]", "n’est pas une copie"),
    "too deep": (b"[" * 200_000 + b"]" * 200_000, "n’est pas une copie"),
    "newer": ({**GOOD, "version": 3}, "version plus récente du cours"),
    "version": ({**GOOD, "version": "2"}, "champ version"),
    "other exercise": ({**GOOD, "exercise": "other"}, "other_form"),
    "other door": ({**GOOD, "door": "code"}, "tiny_code"),
    "no answers": ({**GOOD, "answers": []}, "champ answers"),
    "an answer": ({**GOOD, "answers": {"n01": "9"}}, "champ answers.n01"),
    "a number too large": (json.dumps(GOOD).replace('"9"', "1e999").encode(), "champ answers"),
    "revisions": ({**GOOD, "revisions": {"n01": -1}}, "champ revisions"),
    "replaced": ({**GOOD, "replaced": [3]}, "champ replaced"),
    "seed": ({**GOOD, "seed": []}, "champ seed"),
    "too big": (b" " * 2_000_001, "dépasse 2 Mo"),
}


def test_a_file_that_is_no_copy_is_refused_with_its_reason(chromium_browser, server, tmp_path):
    """Each kind of wrong file gets its own message, changes nothing, and the next file can be chosen."""
    with open_page(chromium_browser, server.origin) as (page, watched):
        opened(page, server)
        receipt = page.locator("[data-al-receipt]")
        for name, (content, said) in BAD_FILES.items():
            path = tmp_path / "a file.json"
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            page.get_by_label("Reprendre une copie").set_input_files(path)
            receipt.filter(has_text=said).wait_for()
            assert receipt.get_attribute("data-trouble") is not None, name
            page.evaluate("document.querySelector('[data-al-receipt]').textContent = ''")
        assert page.locator(NUMBER).input_value() == ""
        path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
        page.get_by_label("Reprendre une copie").set_input_files(path)
        wait_value(page, "9")
        assert watched.errors == []


def test_erasing_in_one_tab_stops_the_other(chromium_browser, server):
    """« Terminer et effacer » clears replaced answers too, and another tab does not bring anything back."""
    server.answers = {
        "answers": {"n01": {"value": "5"}},
        "revisions": {"n01": 3},
        "replaced": parse_answers(
            json.dumps(
                {**GOOD, "replaced": [{"question": "n01", "answer": {"value": "7"}, "revision": 1}]}
            ).encode()
        ).replaced,
    }
    with open_page(chromium_browser, server.origin) as (one, _):
        one.goto(server.url(FORM))
        wait_value(one, "5")
        one.get_by_text("Réponses remplacées : 1").wait_for()
        two = one.context.new_page()
        two.goto(server.url(FORM))
        wait_value(two, "5")
        one.get_by_role("button", name="Terminer et effacer").click()
        one.get_by_role("dialog").get_by_role("button", name="Effacer").click()
        one.get_by_text("Vos réponses sont effacées").wait_for()
        two.get_by_text("effacées depuis un autre onglet").wait_for()
        assert two.locator("[data-al-replaced]").count() == 0
        assert server.answers == {}
        assert one.evaluate("localStorage.length") == 0


@contextlib.contextmanager
def _spoilt(server: PageServer, content: bytes, *, previous: bool) -> Iterator[Path]:
    folder = server.store.folder("tiny", "form")
    server.answers = {"answers": {"n01": {"value": "5"}}}
    if previous:
        server.answers = {"answers": {"n01": {"value": "6"}}}
    path = folder / "answers.json"
    path.write_bytes(content)
    yield path


@pytest.mark.parametrize(
    ("previous", "said", "value"),
    [(True, "Le dernier enregistrement était abîmé", "5"), (False, "answers.json.damaged", "")],
)
def test_a_damaged_file_on_the_server_is_said(chromium_browser, server, previous, said, value):
    """The version before a damaged file comes back; without one it is set aside; the page says which."""
    with (
        _spoilt(server, b'{"format', previous=previous),
        open_page(chromium_browser, server.origin) as (page, _),
    ):
        page.goto(server.url(FORM))
        wait_status(page, said)
        assert page.locator(NUMBER).input_value() == value
        page.locator("#q-q01 input[type=radio]").first.check()
        wait_status(page, "Enregistré à")
        assert server.answers["answers"]["q01"] == {"option": "a"}


def test_answers_kept_by_an_older_page_are_read(chromium_browser, server):
    """A browser that last visited before files had revisions loses nothing."""
    with open_page(chromium_browser, server.origin) as (page, _):
        page.add_init_script(
            "if (!localStorage.length) localStorage.setItem('alliances:tiny:form',"
            " JSON.stringify({ answers: { n01: { value: '8' } }, known: { n01: { value: '7' } } }))"
        )
        page.goto(server.url(FORM))
        wait_value(page, "8")
        on_server(page, server, n01={"value": "8"})
