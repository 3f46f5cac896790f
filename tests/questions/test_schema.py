"""The published JSON Schemas: up to date, friendly to real files, and not to broken ones."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from author_examples import author_examples, example_blocks, example_form
from jsonschema import Draft202012Validator
from question_files import FORM, ITEMS

from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES
from alliances.questions.compiling import compile_question
from alliances.questions.marking import mark
from alliances.questions.registry import TYPES, type_of
from alliances.questions.schema import FOLDER, form_schema, items_schema, schema_texts
from alliances.questions.spec import load_form

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.checkout

ROOT = find_tree().root
SCHEMAS = {"items": items_schema(), "form": form_schema()}


def errors(name: str, content: str) -> list[str]:
    """Return where a file breaks its schema."""
    found = Draft202012Validator(SCHEMAS[name]).iter_errors(yaml.safe_load(content))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


@pytest.mark.parametrize("name", ["items", "form"])
def test_the_committed_schemas_are_what_the_types_say(name: str) -> None:
    """Rebuilt, each file is the same; if not: python -m alliances.questions.schema."""
    file = f"{name}.schema.json"
    assert (FOLDER / file).read_text(encoding="utf-8") == schema_texts()[file]
    Draft202012Validator.check_schema(SCHEMAS[name])


REAL = [
    *(("items", path) for path in sorted(ROOT.glob("modules/*/items.yaml"))),
    *(("form", path) for path in sorted(ROOT.glob("exercises/*/form.yaml"))),
]


@pytest.mark.parametrize(("name", "path"), REAL, ids=lambda value: getattr(value, "parent", value))
def test_every_real_file_is_accepted_and_names_its_schema(name: str, path: Path) -> None:
    """Editors find the schema by the first line; nothing in a good file is underlined."""
    content = path.read_text(encoding="utf-8")
    assert errors(name, content) == []
    first = content.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == (FOLDER / f"{name}.schema.json").resolve()


def test_small_files_and_examples_are_accepted() -> None:
    """The smallest good files, and the examples of CONTRIBUTING.md, are accepted."""
    assert errors("items", ITEMS) == []
    assert errors("form", FORM) == []
    assert errors("form", example_form()) == []


# The breakages of test_spec.py that a schema can see (the rest: ids twice, names of lists, crossed numbers).
BROKEN_ITEMS = [
    ("module: tiny", "modul: tiny"),
    ("id: p01", "id: t01"),
    ("id: t01", "id: p1"),
    ("id: t01", "id: p01"),
    ("use: practice", "use: training"),
    ("outcome: tell", "outcome: Dire tout"),
    ("outcome: tell", "outcome: class"),
    ("bloom: understand", "bloom: know"),
    ("tracks: [students, agents]", "tracks: []"),
    ("tracks: [students, agents]", "tracks: [students, pupils]"),
    ("    bloom: apply", "    bloom: apply\n    difficulty: tough"),
    ("type: choice", "type: essay"),
    ('en: "Gift or purchase?"', ""),
    ('en: "A gift"', "en: Yes"),
    ('en: "A gift"', 'en: " "'),
    ('en: "A gift"', 'en: "A gift", de: "Ein"'),
    ("correct: true", "correct: 1"),
    ("is right or is not right here.", "x."),
    ("        correct: true\n", ""),
    ("value: 12", "value: [12]"),
    ("tolerance: 0.5", "tolerance: -1"),
    ("otherwise:", "otherwize:"),
    ("    value: 12", "    valeu: 3\n    value: 12"),
    ("    type: number", "    type: choice"),
]


@pytest.mark.parametrize(("good", "bad"), BROKEN_ITEMS, ids=[row[1][:30] for row in BROKEN_ITEMS])
def test_a_broken_bank_is_underlined(good: str, bad: str) -> None:
    """What an editor can see of each mistake, it sees."""
    assert good in ITEMS
    assert errors("items", ITEMS.replace(good, bad, 1)) != []


BROKEN_FORM = [
    ("id: c01", "id: class"),
    ("{no_alliance: [priced_order]}", "{no_alliance: []}"),
    ("{no_alliance: [priced_order]}", "{}"),
    ("        points: 1\n", ""),
    ("points: 1", "points: -1"),
    ("max_words: 200", "max_words: 12.5"),
    ("  - id: shared", "  - id: shared\n    colour: red"),
    ("parts:", "sections:"),
    ("        case: some_case\n", ""),
    ("exercise: tiny", "exercise: Tiny"),
]


@pytest.mark.parametrize(("good", "bad"), BROKEN_FORM, ids=[row[1][:30] for row in BROKEN_FORM])
def test_a_broken_form_is_underlined(good: str, bad: str) -> None:
    """What an editor can see of each mistake of a form, it sees."""
    assert good in FORM
    assert errors("form", FORM.replace(good, bad, 1)) != []


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_describes_its_fields_and_only_those(kind: str) -> None:
    """A type's schema is about its own fields, refuses an unknown one and misses a required one."""
    type_ = type_of(kind)
    allowed = {*type_.required, *type_.optional}
    assert set(type_.properties()) <= allowed
    assert allowed - set(type_.properties()) <= {"prompt", "title", "next_step", "outcome", "points"}
    question = author_examples()[kind]

    def form(entry: dict[str, Any]) -> str:
        title = {"fr": "T", "en": "T"}
        return json.dumps({"exercise": "x", "parts": [{"id": "p", "title": title, "questions": [entry]}]})

    assert errors("form", form(question)) == []
    assert errors("form", form({**question, "surprise": 1})) != []
    for name in type_.required:
        assert errors("form", form({key: value for key, value in question.items() if key != name})) != []


def test_every_definition_that_is_pointed_at_is_there() -> None:
    """No $ref leads nowhere."""
    for schema in SCHEMAS.values():
        pointed = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
        assert pointed <= set(schema["$defs"])


def test_editors_are_told_in_both_languages() -> None:
    """Descriptions have a French and an English paragraph."""
    described = re.findall(
        r'"description": "((?:[^"\\]|\\.)*)"', json.dumps(SCHEMAS["items"], ensure_ascii=False)
    )
    assert len(described) > 40
    assert all("\\n\\n" in words for words in described)


# The page for authors.


def test_authors_see_each_type_once_in_about_ten_lines() -> None:
    """CONTRIBUTING.md has one example of each type, short enough to be read."""
    kinds = [entry["type"] for block in example_blocks() for entry in yaml.safe_load(block)]
    assert sorted(kinds) == sorted(TYPES)
    assert max(block.count("\n") for block in example_blocks()) <= 12


def test_examples_for_authors_are_good_questions(tmp_path: Path) -> None:
    """Each example passes the lint, and its full answer earns every point in both languages."""
    path = tmp_path / "form.yaml"
    path.write_text(example_form(), encoding="utf-8")
    form = load_form(path)
    assert len(form.questions) == len(TYPES)
    for entry in form.questions:
        for lang in LANGUAGES:
            question = compile_question(entry.raw, lang, form.sets)
            result = mark(question, type_of(question["type"]).full_answer(question))
            expected = {"text": "person", "file": "person", "confidence": "noted"}.get(
                question["type"], "right"
            )
            assert (entry.id, result.verdict) == (entry.id, expected)
            if expected == "right":
                assert result.points == entry.raw["points"]


def test_authors_read_every_rule_of_credit() -> None:
    """Each rule that a question's ``credit`` may name stands in the page for authors."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("\n## Writing a question\n")[1].split("\n## ")[0]
    rules = [rule for kind in TYPES for rule in type_of(kind).properties().get("credit", {}).get("enum", ())]
    assert len(rules) == 9
    assert not [rule for rule in rules if f"`{rule}`" not in section]
    assert not [kind for kind in TYPES if kind not in section]
