"""Words of the pages: two languages, the same in the tools' frame, no address of elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from alliances.course.typography import typeset
from alliances.i18n import LANGUAGES, area_texts, text

SITE = Path(__file__).resolve().parents[2] / "site"
TEXTS = sorted({path.name.split(".")[0] for path in (SITE / "texts").glob("*.md")})


@pytest.mark.parametrize(("key", "entry"), sorted(area_texts("pages").items()))
def test_a_text_has_the_same_places_in_both_languages(key, entry):
    """Both languages fill the same places."""
    places = [sorted(re.findall(r"\{\w+\}", entry[language])) for language in LANGUAGES]
    assert places[0] == places[1], key


def test_the_tools_frame_says_what_the_catalogue_says():
    """A Voilà template cannot read the catalogue, so its copy is held equal."""
    folder = SITE / "voila" / "templates" / "alliances"
    module = (
        Environment(loader=FileSystemLoader(folder), autoescape=True).get_template("texts.html.j2").module
    )
    for language in LANGUAGES:
        said = module.texts[language]
        assert said == {key: typeset(text(f"pages.{key}", language), language) for key in said}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_the_same_headings_in_both_languages(name):
    """The two languages of a text have as many headings of each level, and cite the same addresses."""
    shapes = []
    for language in LANGUAGES:
        content = (SITE / "texts" / f"{name}.{language}.md").read_text(encoding="utf-8")
        levels = [len(found) for found in re.findall(r"^(#+) ", content, re.MULTILINE)]
        shapes.append((levels, sorted(re.findall(r"<(https?://[^>]+)>", content))))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("path", sorted(SITE.rglob("*.*")), ids=lambda path: path.name)
def test_nothing_of_the_site_is_fetched_from_elsewhere(path):
    """No template, style or script names another server as something to load."""
    if path.suffix in {".html", ".j2", ".css", ".js", ".svg"}:
        content = path.read_text(encoding="utf-8")
        assert (
            re.findall(r"(?:src|href)=[\"']https?:|url\([\"']?https?:|@import|fetch\([\"']http", content)
            == []
        )
