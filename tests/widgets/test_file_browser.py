"""The text file to hand in, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from filled_browser import accessible_name, answers, check_fit, heard, opened, show_answer
from filled_samples import filled_sample
from keyboard import tab_to

from alliances.questions import mark

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["opened"]
pytestmark = pytest.mark.browser
HOSTILE = "<script>window.acted = true</script><img src=x onerror='window.acted = true'> fin"
WORDS = {
    "fr": ("Fichier texte (.md, .txt), 2 Ko au plus.", "plan.md est retiré."),
    "en": ("Text file (.md, .txt), at most 2 kB.", "plan.md is removed."),
}


def _file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_file_is_chosen_and_removed_by_keyboard(opened: Any, tmp_path: Path, lang: Any) -> None:
    """Kinds and size stand before; the text is kept and announced; removing leads back to the field."""
    page = opened("file", lang)
    # Listening asks the browser to hand its dialogues over; that must have arrived before the key does.
    page.on("filechooser", lambda _: None)
    field = page.locator("input[type=file]")
    assert WORDS[lang][0] in " ".join(page.locator(".al-field").inner_text().split())
    tab_to(page, field)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(_file(tmp_path, "plan.md", HOSTILE.encode()))
    heard(page, "plan.md (0,1" if lang == "fr" else "plan.md (0.1")
    assert answers(page) == [{"name": "plan.md", "text": HOSTILE}]
    assert mark(filled_sample("file", lang), answers(page)[-1]).verdict == "person"
    tab_to(page, page.locator(".al-file__details summary"))
    page.keyboard.press("Enter")
    assert page.locator(".al-file__text").inner_text() == HOSTILE
    assert page.evaluate("window.acted") is None
    check_fit(page)
    tab_to(page, page.locator(".al-file__card button"))
    page.keyboard.press("Enter")
    heard(page, WORDS[lang][1])
    assert answers(page)[-1] is None
    assert field.evaluate("element => element === document.activeElement")
    assert page.locator(".al-file__card").is_hidden()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.docx", b"x", "n’est pas d’un type accepté (.md, .txt)"),
        ("plan.md", b"x" * 2001, "fait 2,0 Ko ; le maximum est 2 Ko"),
        ("plan.md", b"\x89PNG\x00\x01", "ne contient pas du texte simple"),
        ("plan.md", b" \n", "est vide"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(
    opened: Any, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    """Another kind, too large, no text, empty: one sentence, said and shown; the answer stays as it was."""
    page = opened("file", "fr", answers={"f1": {"name": "avant.md", "text": "Avant"}})
    field = page.locator("input[type=file]")
    field.set_input_files(_file(tmp_path, name, content))
    heard(page, sentence)
    assert field.get_attribute("aria-invalid") == "true"
    assert sentence in " ".join(page.locator(".al-hint--bad").first.inner_text().split())
    assert answers(page) == []
    assert "avant.md" in page.locator(".al-file__name").inner_text()
    check_fit(page)
    field.set_input_files(_file(tmp_path, "bon.txt", b"Bon"))
    heard(page, "bon.txt")
    assert field.get_attribute("aria-invalid") is None
    assert answers(page) == [{"name": "bon.txt", "text": "Bon"}]


def test_old_spreadsheets_are_read(opened: Any, tmp_path: Path) -> None:
    """A text in the old encoding of Windows is read, and a byte order mark is left out."""
    page = opened("file", "fr")
    field = page.locator("input[type=file]")
    field.set_input_files(_file(tmp_path, "a.txt", "Médiathèque".encode("cp1252")))
    heard(page, "a.txt")
    field.set_input_files(_file(tmp_path, "b.txt", "\ufeffMédiathèque".encode()))
    heard(page, "b.txt")
    assert [answer["text"] for answer in answers(page)] == ["Médiathèque", "Médiathèque"]


@pytest.mark.parametrize("width", [1000, 320])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_fits(opened: Any, lang: Any, width: int) -> None:
    """At a desk and at 320 px axe finds nothing and nothing scrolls sideways, with a long name too."""
    stored = {"name": "plan_de_l_atelier_" * 8 + ".md", "text": "a" * 300}
    page = opened("file", lang, width=width, practice=True, answers={"f1": stored})
    page.locator(".al-file__details summary").click()
    page.locator(".al-actions .al-button").click()
    assert page.locator(".al-feedback").get_attribute("data-verdict") == "person"
    check_fit(page)


def test_answers_come_back_and_go(opened: Any) -> None:
    """A stored file is shown by its name, and « Je ne sais pas » replaces it until it is taken back."""
    page = opened("file", "fr", answers={"f1": {"name": "plan.md", "text": "Deux mots"}})
    assert "plan.md (0,1" in page.locator(".al-file__name").inner_text()
    unknown = page.get_by_label("Je ne sais pas")
    unknown.check()
    unknown.uncheck()
    assert answers(page) == [{"unknown": True}, {"name": "plan.md", "text": "Deux mots"}]
    show_answer(page, "f1", None)
    assert page.locator(".al-file__card").is_hidden()


@pytest.mark.parametrize(
    ("lang", "first", "other"),
    [
        ("fr", "Choisir un fichier", "Choisir un autre fichier"),
        ("en", "Choose a file", "Choose another file"),
    ],
)
def test_the_button_speaks_the_language_of_the_page(opened: Any, lang: Any, first: str, other: str) -> None:
    """What is read is ours and part of the field's name; the browser's words, in its language, are unseen."""
    page = opened("file", lang)
    field, words = page.locator("input[type=file]"), page.locator(".al-file__button")
    assert words.inner_text() == first
    assert accessible_name(page, "input[type=file]").endswith(first)
    assert field.evaluate("field => getComputedStyle(field).opacity") == "0"
    for box in (words.bounding_box(), page.locator(".al-file__pick").bounding_box()):
        point = [box["x"] + 8, box["y"] + box["height"] / 2]
        assert field.evaluate("(field, [x, y]) => document.elementFromPoint(x, y) === field", point)
    show_answer(page, "f1", {"name": "plan.md", "text": "Deux mots"})
    assert words.inner_text() == other


def test_the_focus_of_the_field_is_seen(opened: Any) -> None:
    """The field itself is unseen: its frame shows the focus."""
    page = opened("file", "fr")
    tab_to(page, page.locator("input[type=file]"))
    style = page.locator(".al-file__pick").evaluate("frame => getComputedStyle(frame).outlineStyle")
    assert style == "solid"
