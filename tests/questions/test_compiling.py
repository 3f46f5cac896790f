"""A question in one language, and its public part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from question_files import FORM, ITEMS

from alliances.course.tree import find_tree
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES
from alliances.questions import prose
from alliances.questions.spec import compile_question, load_form, load_items, public

if TYPE_CHECKING:
    from pathlib import Path

CASES = {
    "some_case": {
        "title": {"fr": "Un cas", "en": "A case"},
        "text": {"fr": "Texte.", "en": "Text."},
        "source_line": "S",
        "team_reading": "no_alliance",
    }
}
KEYS = {
    "correct",
    "reason",
    "misconception",
    "readings",
    "team_reason",
    "next_step",
    "next_step_html",
    "value",
    "tolerance",
    "kind",
    "known_errors",
    "otherwise",
}


def _raw(kind: str) -> dict[str, Any]:
    items = yaml.safe_load(ITEMS)["items"]
    form = yaml.safe_load(FORM)["parts"][0]["questions"]
    return {"choice": items[0], "number": items[1], "classify": form[0], "text": form[1]}[kind]  # type: ignore[no-any-return]


def _compiled(kind: str, lang: Any = "fr") -> dict[str, Any]:
    return compile_question(_raw(kind), lang, yaml.safe_load(FORM)["sets"], CASES)


def _texts(value: object) -> set[str]:
    """Return every text inside a JSON value."""
    if isinstance(value, dict):
        return {text for part in value.values() for text in _texts(part)}
    if isinstance(value, list):
        return {text for part in value for text in _texts(part)}
    return {value} if isinstance(value, str) else set()


def _key_texts(question: dict[str, Any]) -> set[str]:
    """Return the texts that only key fields hold."""
    found: set[str] = set()
    for field in KEYS & set(question):
        found |= _texts(question[field])
    for option in question.get("options", []):
        found |= {option["reason"], option.get("misconception", "")}
    return {text for text in found if len(text) > 1}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["choice", "classify", "number", "text"])
def test_one_language_remains(kind: str, lang: str) -> None:
    """A compiled question holds one language only, and is JSON."""
    question = _compiled(kind, lang)
    assert question["lang"] == lang
    assert '"fr":' not in json.dumps(question)
    assert question["prompt_html"].startswith("<p>")


@pytest.mark.parametrize("kind", ["choice", "classify", "number", "text"])
def test_the_public_part_holds_no_key(kind: str) -> None:
    """No key field's name and no text of a key survives in what is shown before the answer."""
    question = _compiled(kind)
    shown = public(question)
    names: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            names.update(value)
            for part in value.values():
                collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    collect(shown)
    assert not names & KEYS
    written = json.dumps(shown, ensure_ascii=False)
    assert not [text for text in _key_texts(question) if len(text) > 12 and text in written]
    assert "team_reading" not in written


def test_a_field_added_later_stays_inside() -> None:
    """What the public part does not know is not shown."""
    question = {**_compiled("choice"), "solution": "la réponse"}
    question["options"][0]["hint"] = "la réponse"
    assert "la réponse" not in json.dumps(public(question), ensure_ascii=False)


def test_sets_and_cases_are_put_in_place() -> None:
    """Named lists and the case's id become what they stand for."""
    question = _compiled("classify", "en")
    assert question["categories"][1] == {"id": "no_alliance", "text": "No alliance"}
    assert question["case"]["title"] == "A case"
    assert question["case_id"] == "some_case"
    assert question["prompt"].startswith("Which family")


def test_an_unknown_set_or_case_is_named() -> None:
    """A question that points at nothing is refused by name."""
    with pytest.raises(AlliancesError, match="l’ensemble « families » n’existe pas".replace(" ", r"\s")):
        compile_question(_raw("classify"), "fr", {}, CASES)
    with pytest.raises(AlliancesError, match=r"le cas «\ssome_case\s» n’est pas dans les données"):
        compile_question(_raw("classify"), "fr", yaml.safe_load(FORM)["sets"], {})


def test_raw_html_of_a_prompt_is_shown_as_text() -> None:
    """A prompt cannot carry markup or a script into a page."""
    raw = {**_raw("text"), "prompt": {"fr": "<script>x()</script> [a](javascript:x)", "en": "x"}}
    html = compile_question(raw, "fr")["prompt_html"]
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_french_spaces_do_not_break() -> None:
    """French double punctuation keeps its space on the line; code keeps its own."""
    assert (
        prose.typographic("Oui : « non » ? `a : b` l'un", "fr")
        == "Oui\u00a0: «\u202fnon\u202f»\u202f? `a : b` l’un"
    )


@given(st.text("aé «»:;!?'` %1"))
def test_french_spaces_twice_change_nothing_more(text: str) -> None:
    """Typography is idempotent."""
    once = prose.typographic(text, "fr")
    assert once == prose.typographic(once, "fr")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Voir **ici** et *là*.", "<p>Voir <strong>ici</strong> et <em>là</em>.</p>"),
        ("[la suite](#b) <b>", '<p><a href="#b">la suite</a> &lt;b&gt;</p>'),
        ("[x](javascript:y)", "<p>[x](javascript:y)</p>"),
        ("Un\n\nDeux `c`", "<p>Un</p>\n<p>Deux <code>c</code></p>"),
    ],
)
def test_without_markdown_it_the_essential_is_rendered(
    monkeypatch: pytest.MonkeyPatch, markdown: str, expected: str
) -> None:
    """In a browser without the Markdown library, emphasis, code and links still come out, safely."""
    with_library = prose.block_html(markdown)
    monkeypatch.setattr(prose, "_renderer", lambda: None)
    assert expected == prose.block_html(markdown)
    assert expected == with_library


@pytest.mark.lessons
def test_the_course_own_files_compile() -> None:
    """Every bank and form of the course is read and compiled in both languages, without leaking a key."""
    tree = find_tree()
    checked = 0
    for path in sorted(tree.modules.glob("*/items.yaml")):
        checked += _all_compile(load_items(path).items, {})
    for path in sorted(tree.exercises.glob("*/form.yaml")):
        form = load_form(path)
        checked += _all_compile(form.questions, form.sets)
    assert checked


def _all_compile(entries: Any, sets: Any) -> int:
    for entry in entries:
        for lang in LANGUAGES:
            question = compile_question(entry.raw, lang, sets)
            written = json.dumps(public(question), ensure_ascii=False)
            leaked = [text for text in _key_texts(question) if len(text) > 25 and text in written]
            assert not leaked, f"{entry.id}: {leaked}"
    return len(entries)


def test_a_file_on_disk_and_its_text_agree(tmp_path: Path) -> None:
    """What the loader keeps is what YAML says."""
    path = tmp_path / "form.yaml"
    path.write_text(FORM, encoding="utf-8")
    assert yaml.safe_load(FORM)["parts"][0]["questions"] == [entry.raw for entry in load_form(path).questions]
