"""An author's slips, in a question of every type: named with their place, or harmless; never a traceback."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from author_examples import author_examples, example_blocks, example_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from alliances.errors import SourceError
from alliances.i18n import LANGUAGES
from alliances.questions import mark
from alliances.questions.compiling import compile_question, public
from alliances.questions.drawing import with_figures
from alliances.questions.marking import table_of
from alliances.questions.registry import TYPES, type_of
from alliances.questions.schema import form_schema
from alliances.questions.spec import load_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.checkout

WORDS = {"fr": "T", "en": "T"}
# What the question « how sure are you » is about, which must be there.
ABOUT = {"id": "repair_contract", "type": "text", "outcome": "o", "prompt": WORDS}
ODD: list[Any] = [
    None, True, 0, -1, 2, 0.333, 1e-5, 1e20, 10**400, float("nan"), float("inf"), "", " ", "x", "a b",
    "fr", "class", "é", "1", "a / b", [], [1], ["a", "a"], [[]], {}, WORDS, {"fr": "x"}, date(2026, 1, 1),
    "x" * 3000, "__proto__",
]  # fmt: skip
SIGNS = ("", ":", "{", "}", "[", '"', "'", "\t", "\n", "  ", "- ", "*a", "&a ", "!", "?", "#", "\0", "é", "9")
_SCHEMA = Draft202012Validator(form_schema())


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return the examples of CONTRIBUTING.md by type, read once."""
    return author_examples()


def written(question: dict[str, Any]) -> str:
    """Return a form with one question and the one that another may be about."""
    about = [] if question["id"] == ABOUT["id"] else [ABOUT]
    part = {"id": "shared", "title": WORDS, "questions": [*about, question]}
    form = {"exercise": "tiny", "parts": [part]}
    return yaml.safe_dump(form, allow_unicode=True, sort_keys=False)


def refused(folder: Path, content: str) -> str:
    """Return the message that a form is refused with, on plain spaces; its line is there."""
    path = folder / "form.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_form(path)
    assert caught.value.line > 0
    assert re.search(r"form\.yaml:\d+: ", caught.value.in_language("en"))
    return re.sub("[\u00a0\u202f]", " ", str(caught.value))


def refusal(path: Path) -> SourceError | None:
    """Return what a form is refused with, None when it is read."""
    try:
        load_form(path)
    except SourceError as error:
        return error
    return None


SLIPS: list[tuple[str, dict[str, Any], str]] = [
    ("choice", {"points": 0.333}, "deux décimales au plus"),
    ("choice", {"points": 10**400}, "un nombre est attendu"),
    ("choice", {"points": 1001}, "vont de 0 à 1000"),
    ("file", {"accept": [".md", ".txt", ".md"]}, r"accept\[2\] » : « .md » est déjà à la ligne"),
    ("theory_of_change", {"expects": ["activity", "activity"]}, r"expects\[1\] » : « activity » est déjà"),
    ("agreement", {"expects": ["exit", "exit"]}, r"expects\[1\] » : « exit » est déjà"),
    ("number", {"value": "share / (total - 20000)"}, "avec ces valeurs : share = 10, total = 20000"),
    ("number", {"value": "round(1 / (share - 60))"}, "share = 60"),
    ("number", {"value": "total * total * total * total"}, "de 0.000000001 à 1e15"),
    (
        "number",
        {"parameters": {"share": {"from": 0, "to": 2}, "total": {"is": "1 / share"}}},
        "parameters.total » : .* share = 0",
    ),
    ("number", {"value": 1e-12, "parameters": ...}, "avec ces valeurs : —"),
    ("number", {"decimals": 7}, "7 est trop grand ; le maximum est 6"),
    ("text", {"max_words": 10**400}, "le maximum est 10000"),
    ("text", {"min_words": 10**9, "max_words": 10**9}, "le maximum est 10000"),
    ("number", {"units": {" ": 2}}, "une unité à taper ne peut pas être vide"),
    ("number", {"parameters": {"fr": {"from": 1, "to": 2}}}, "« fr » est le nom d’une langue"),
]


@pytest.mark.parametrize(("kind", "change", "message"), SLIPS)
def test_a_slip_that_marking_would_meet_is_refused(
    tmp_path: Path, kind: str, change: dict[str, Any], message: str
) -> None:
    """What would cost a learner points, or stop the marking, is named before anybody answers."""
    question = {**examples()[kind], **change}
    assert re.search(message, refused(tmp_path, written({k: v for k, v in question.items() if v is not ...})))


def test_an_entry_called_as_a_language_is_refused(tmp_path: Path) -> None:
    """« fr » and « en » as ids would make a key look like a text in two languages."""
    question = deepcopy(examples()["matching"])
    for entry, name in zip(question["left"], LANGUAGES, strict=True):
        for field in ("key", "reasons"):
            question[field][name] = question[field].pop(entry["id"])
        entry["id"] = name
    assert r"left[0].id » : « fr » est le nom d’une langue" in refused(tmp_path, written(question))


def test_a_known_mistake_that_is_no_word_is_refused(tmp_path: Path) -> None:
    """A list where an id is expected is named, as an unknown id is."""
    question = deepcopy(examples()["choice"])
    question["options"][1]["misconception"] = ["ladder"]
    assert "n’est pas décrite" in refused(tmp_path, written(question))


@pytest.mark.parametrize("value", ["2026-02-30", "0b_", "!!int x", "2026-13-01T00:00:00Z"])
def test_what_yaml_takes_for_a_date_or_a_number_and_is_none_is_named(tmp_path: Path, value: str) -> None:
    """YAML's own readers of dates and numbers stop at their line, like any other mistake."""
    content = example_form().replace("min_words: 80", f"min_words: {value}")
    line = next(n for n, text in enumerate(content.splitlines(), start=1) if f"min_words: {value}" in text)
    assert f":{line}: YAML illisible" in refused(tmp_path, content)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the path of every value inside another."""
    for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inside, (dict, list)):
            yield from places(inside, (*path, key))


@cache
def places_of(kind: str) -> list[tuple[Any, ...]]:
    """Return the paths of an example, those of its id and type left out."""
    return [path for path in places(examples()[kind]) if path[0] not in {"id", "type"}]


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_slip_is_named_or_harmless(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    """A value replaced, removed or repeated is refused with its line, or the question works in full.

    Works in full: compiled, shown, marked and said in both languages, its key earns every point, and an
    editor underlines nothing in it.
    """
    question = deepcopy(examples()[kind])
    *before, last = data.draw(st.sampled_from(places_of(kind)))
    inside: Any = question
    for key in before:
        inside = inside[key]
    action = data.draw(st.sampled_from(["replace", "replace", "remove", "repeat", "surprise"]))
    if action == "replace":
        inside[last] = data.draw(st.sampled_from(ODD))
    elif action == "remove":
        del inside[last]
    elif isinstance(inside, list):
        inside.append(deepcopy(inside[last]))
    else:
        inside["surprise"] = data.draw(st.sampled_from(ODD))
    path = tmp_path / "form.yaml"
    path.write_text(written(question), encoding="utf-8")
    error = refusal(path)
    if error is not None:
        assert error.line > 0
        assert error.in_language("fr") != error.in_language("en")
        return
    form = load_form(path)
    part = {"id": "shared", "title": WORDS, "questions": [question]}
    as_json = json.loads(json.dumps({"exercise": "tiny", "parts": [part]}, default=str))
    assert not list(_SCHEMA.iter_errors(as_json))
    for lang in LANGUAGES:
        _works(compile_question(form.questions[-1].raw, lang, form.sets, {}))


def _works(question: dict[str, Any]) -> None:
    """Hold that a question can be shown, marked and said, and that its key earns everything."""
    kind, lang, shown = type_of(question["type"]), question["lang"], public(question)
    json.dumps([shown, table_of(question)], allow_nan=False)
    full = json.loads(json.dumps(kind.full_answer(with_figures(question, "x")), allow_nan=False))
    best = mark(question, full)
    if kind.counts and not kind.read_by_person(question):
        assert (best.verdict, best.points) == ("right", best.max_points)
    for nothing in (None, {}, kind.empty(question), kind.empty(shown)):
        assert (mark(question, nothing).verdict, mark(question, nothing).points) == ("unanswered", 0)
    assert mark(question, {"unknown": True}).points == 0
    assert kind.said(shown, full, lang)
    assert kind.instruction(shown, lang)
    kind.codes(shown, lang)


@pytest.mark.parametrize("kind", TYPES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_slip_of_the_keyboard_is_named_or_harmless(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    """Signs typed, lost or doubled anywhere in a file end in a form or in a message that names it."""
    block = next(block for block in example_blocks() if f"type: {kind}\n" in block)
    head = f"exercise: tiny\nparts:\n  - id: shared\n    title: {json.dumps(WORDS)}\n    questions:\n"
    content = head + re.sub("(?m)^(?=.)", "      ", block)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 3))
        content = content[:start] + data.draw(st.sampled_from(SIGNS)) + content[end:]
    path = tmp_path / "form.yaml"
    path.write_text(content, encoding="utf-8")
    error = refusal(path)
    assert error is None or str(path) in str(error)
