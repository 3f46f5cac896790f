"""Pages of the tiny course, as files."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tiny_course import write_tiny_course

from alliances.course.build import build
from alliances.course.pages import build_pages
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES

pytestmark = pytest.mark.lessons

KINDS = ("index", "about", "screen_reader", "gallery", "lessons/tiny", "trainer/tiny", "exercises/tiny")
PAGES = [(language, name) for language in LANGUAGES for name in KINDS]
HEAVIEST_KB = 150
DESK = ("api", "tools", "open", "formgrader", "lab")


class Tags(HTMLParser):
    """Every opening tag of a page, with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of this name."""
        return [attributes for tag, attributes in self.tags if tag == name]


def read(tree, language, name) -> str:
    return (tree.pages(language) / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_page_has_its_landmarks(tiny_site, language, name):
    """A page says its language, has one h1, a skip link, a header, a main, a footer and a real title."""
    html = read(tiny_site, language, name)
    tags = Tags(html)
    assert tags.all("html") == [{"lang": language}]
    assert [len(tags.all(tag)) for tag in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    assert tags.all("a")[0]["href"] == "#" + tags.all("main")[0]["id"]
    assert re.search(r"<title>\S.* – Faire alliance</title>", html)
    independent = {"fr": "Projet indépendant, sans lien avec l’État", "en": "An independent project"}
    assert independent[language] in html


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_page_links_to_pages_that_exist(tiny_site, language, name):
    """Every link and file inside the pages is there, anchors included; the desk's addresses are apart."""
    page = tiny_site.pages(language) / f"{name}.html"
    root = tiny_site.build / "pages"
    tags = Tags(read(tiny_site, language, name))
    targets = [tag[key] for _, tag in tags.tags for key in ("href", "src") if tag.get(key)]
    for target in targets:
        parts = urlsplit(unquote(target))
        if parts.scheme:
            continue
        file = (page.parent / parts.path).resolve() if parts.path else page
        if file.relative_to(root).parts[0] in DESK:
            continue
        assert file.is_file(), target
        if parts.fragment:
            there = Tags(file.read_text(encoding="utf-8"))
            assert any(tag.get("id") == parts.fragment for _, tag in there.tags), target


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_page_runs_no_script_of_its_own_text_and_repeats_no_id(tiny_site, language, name):
    """Scripts are files (the desk's policy refuses others), and identifiers are unique."""
    tags = Tags(read(tiny_site, language, name))
    inline = [tag for tag in tags.all("script") if "src" not in tag and tag.get("type") != "application/json"]
    assert inline == []
    ids = [tag["id"] for _, tag in tags.tags if tag.get("id")]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_page_is_light(tiny_site, language, name):
    """A page with everything it loads weighs at most 150 KB, compressed."""
    page = tiny_site.pages(language) / f"{name}.html"
    tags = Tags(page.read_text(encoding="utf-8"))
    files = {page.parent / tag["href"] for tag in tags.all("link") if tag["rel"] in {"stylesheet", "icon"}}
    files |= {page.parent / tag["src"] for tag in tags.all("script") if tag.get("src")}
    scripts = {path for path in files if path.suffix == ".js"}
    # A component is fetched where the page has one; each script brings those that it imports.
    kinds = {tag["data-al-component"] for _, tag in tags.tags if tag.get("data-al-component")}
    own = tiny_site.pages(language) / "_static" / "alliances"
    scripts |= {own / f"{kind}.js" for kind in kinds}
    while scripts:
        path = scripts.pop().resolve()
        files = {*(one for one in files if one.resolve() != path), path}
        imported = re.findall(r'from "(\.{1,2}/[\w./-]+\.js)"', path.read_text(encoding="utf-8"))
        scripts |= {(path.parent / name).resolve() for name in imported} - {one.resolve() for one in files}
    weight = sum(len(gzip.compress(path.read_bytes())) for path in {page, *files})
    assert weight <= HEAVIEST_KB * 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_languages_of_a_page_point_to_each_other(tiny_site, language):
    """The switch leads to the same page in the other language."""
    other = "en" if language == "fr" else "fr"
    switch = [tag for tag in Tags(read(tiny_site, language, "lessons/tiny")).all("a") if tag.get("hreflang")]
    assert [(tag["hreflang"], tag["href"]) for tag in switch] == [(other, f"../../{other}/lessons/tiny.html")]


def test_the_landing_page_announces_modules_to_come_without_a_link(tiny_site):
    """A module that is not written is « à venir », and nothing leads to it; a written one has its minutes."""
    html = read(tiny_site, "fr", "index")
    assert "<h3>Plus tard</h3>" in html
    assert "lessons/later" not in html
    assert html.count("à venir") >= 1
    assert re.search(r'<p class="al-syllabus__time">18.min</p>', html)


def test_a_lesson_shows_what_it_promises(tiny_site):
    """Outcomes, sections with minutes, sources, and what comes next surround a lesson."""
    html = read(tiny_site, "fr", "lessons/tiny")
    for expected in (
        "<li>Compter des partenariats.</li>",
        '<a href="#one_section">',
        '<span class="al-minutes">8\u00a0min</span>',
        'id="source-s001"',
        'href="../../tools/fr/tiny"',
        'href="../../open/fr/lesson/tiny"',
        'href="../exercises/tiny.html"',
    ):
        assert expected in html


def test_a_lesson_folds_code_and_shows_what_it_displays(tiny_site):
    """Code is folded behind words, outputs are in sight, a practice question needs no code."""
    html = read(tiny_site, "fr", "lessons/tiny")
    assert html.count("<summary>Voir le code</summary>") == 2
    assert "import alliances" not in html
    assert "practice(" not in html
    assert "'Bonjour'" in html or "&#39;Bonjour&#39;" in html
    assert html.count('data-al-component="choice"') == 1
    assert '<th scope="row">x</th>' in html


def test_a_lesson_writes_formulas_as_mathml(tiny_site):
    """A formula is MathML in the page."""
    assert "<msub><mi>p</mi><mi>o</mi></msub>" in read(tiny_site, "fr", "lessons/tiny")


def test_a_lesson_carries_the_images_of_its_module(tiny_site):
    """An image of the module is copied, and its alternative kept."""
    images = Tags(read(tiny_site, "fr", "lessons/tiny")).all("img")
    assert [image["alt"] for image in images] == ["Une flèche va de l’entreprise vers l’association."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_reaches_the_form_page(tiny_site, language):
    """Reasons, readings, expected values and next steps stay out of the form's page."""
    html = read(tiny_site, language, "exercises/tiny")
    states = [
        json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', html)
    ]
    assert len(states) == 5
    public = {
        "id", "type", "lang", "points", "outcome", "title", "prompt", "prompt_html", "case", "case_id",
        "categories", "reasons", "options", "unit", "decimals", "min_words", "max_words",
    }  # fmt: skip
    for state in states:
        assert set(state["question"]) <= public
        for entry in state["question"].get("options", []) + state["question"].get("categories", []):
            assert set(entry) == {"id", "text"}
    for key in (
        "contrepartie équivalente",
        "equal worth",
        "font quatre",
        "make four",
        "team_reason",
        "Recomptez",
    ):
        assert key not in html


def test_the_form_page_says_how_it_is_marked(tiny_site):
    """Points, minutes, rubric and the rule on AI stand on the form's page."""
    html = read(tiny_site, "fr", "exercises/tiny")
    for expected in (
        "9 points",
        "20 min",
        "3 points, notés par une personne",
        "Deux faits.",
        "demandé à une IA",
    ):
        assert expected.replace(" min", "\u00a0min") in html or expected in html


def test_pages_are_the_same_bytes_when_built_again(tiny_site):
    """Building again changes no byte."""
    folder = tiny_site.pages("fr")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    built = build_pages(tiny_site, "fr")
    assert built.pages == tuple(sorted(KINDS))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_published_alone_pages_link_to_no_server(tiny_site):
    """In the mode « site » what needs the desk is named, not linked."""
    try:
        build_pages(tiny_site, "en", "site")
        html = read(tiny_site, "en", "lessons/tiny") + read(tiny_site, "en", "index")
        assert not re.search(r'href="[./]*(?:tools|open|formgrader|lab)\b', html)
        assert "Needs the course installed on your computer." in html
        assert 'data-api=""' in read(tiny_site, "en", "exercises/tiny")
    finally:
        build_pages(tiny_site, "en")


def test_a_lesson_that_is_not_built_is_named(tmp_path):
    """Pages made before lessons say which lesson is missing and what to run."""
    tree = write_tiny_course(tmp_path)
    tree.site.mkdir()
    (tree.site / "conf.py").touch()
    (tree.site / "texts").mkdir()
    (tree.site / "texts" / "about.fr.md").write_text("# À propos\n", encoding="utf-8")
    with pytest.raises(AlliancesError, match=r"« tiny » n'est pas construite en « fr ».*alliances build"):
        build_pages(tree, "fr")


def test_a_checkout_without_its_site_is_refused(tmp_path):
    """Without the folder site/ the message names it."""
    with pytest.raises(AlliancesError, match=r"Le dossier .*site manque"):
        build_pages(write_tiny_course(tmp_path), "fr")


def test_a_lesson_that_stops_on_an_error_is_quoted(tmp_path):
    """A lesson whose code fails stops the pages, with the error's own words."""
    import shutil

    tree = write_tiny_course(tmp_path)
    shutil.copytree(Path(__file__).resolve().parents[2] / "site", tree.site)
    lesson = tree.lesson("tiny", "fr")
    lesson.write_text(lesson.read_text(encoding="utf-8").replace('"Bonjour"', "1 / 0"), encoding="utf-8")
    build(tree, only="lessons")
    with pytest.raises(AlliancesError, match=r"(?s)pages en « fr ».*ZeroDivisionError"):
        build_pages(tree, "fr")
