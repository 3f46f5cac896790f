"""The Voilà template: a tool with a component, as a page of the course."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from browser import axe_findings, open_page
from component_browser import voila_serving

pytestmark = pytest.mark.browser

SITE = Path(__file__).resolve().parents[2] / "site"
TITLES = {"fr": "Petit outil", "en": "Tiny tool"}
TOOL = """\
from alliances.questions.spec import public
from alliances.widgets.choice import Choice

Choice(public({{"id": "a", "type": "choice", "lang": "{lang}", "points": 1, "prompt": "?", "options": [
    {{"id": "x", "text": "X"}}, {{"id": "y", "text": "Y"}}]}}), lang="{lang}")
"""


def write_tool(folder: Path, language: str) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"slug": "tiny", "lang": language, "kind": "tool"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(TOOL.format(lang=language))],
        metadata={"kernelspec": kernel, "alliances": about, "title": TITLES[language]},
    )
    (folder / language).mkdir(parents=True)
    nbformat.write(notebook, folder / language / "tiny.ipynb")


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory):
    """Serve a small tool in both languages with our template."""
    root = tmp_path_factory.mktemp("tools")
    for language in TITLES:
        write_tool(root / "apps", language)
    for name in ("settings", "work"):
        (root / name).mkdir()
    settings = {"VoilaConfiguration": {"template": "alliances", "strip_sources": True}}
    (root / "settings" / "voila.json").write_text(json.dumps(settings), encoding="utf-8")
    places = {"JUPYTER_PATH": str(SITE), "JUPYTER_CONFIG_DIR": str(root / "settings")}
    with voila_serving(root / "apps", root / "work", **places) as address:
        yield address


@pytest.mark.parametrize("language", TITLES)
def test_a_tool_is_a_page_of_the_course(chromium_browser, voila, language):
    """Language, title, landmarks, a status that goes away, a live component, nothing from elsewhere."""
    with open_page(chromium_browser, voila, viewport={"width": 390, "height": 844}) as (page, watched):
        page.goto(f"{voila}/voila/render/{language}/tiny.ipynb")
        question = page.locator("main .al-question")
        question.wait_for()
        question.get_by_role("radio").first.check()
        page.locator("#al-toolstatus").wait_for(state="detached")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.title() == f"{TITLES[language]} – Faire alliance"
        assert page.locator("h1").all_inner_texts() == [TITLES[language]]
        assert page.locator("footer").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert axe_findings(page) == []
        assert (watched.outside, watched.errors) == ([], [])
        switch = page.locator("header a[hreflang]").get_attribute("href")
        assert switch == f"/voila/render/{'en' if language == 'fr' else 'fr'}/tiny.ipynb"


def test_a_tool_that_is_not_there_is_said_in_both_languages(chromium_browser, voila):
    """A wrong address gives a page of the course, again without anything from elsewhere."""
    with open_page(chromium_browser, voila) as (page, watched):
        page.goto(f"{voila}/voila/render/fr/none.ipynb")
        assert page.get_by_text("Le serveur des outils a répondu : 404").is_visible()
        assert page.get_by_text("The tools’ server answered: 404").is_visible()
        assert axe_findings(page) == []
        assert watched.outside == []
