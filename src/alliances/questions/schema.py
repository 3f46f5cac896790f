"""JSON Schemas of ``items.yaml`` and ``form.yaml``, put together from what each question type says of itself.

An editor that knows them (``# yaml-language-server: $schema=…``, first line of each file) completes and
underlines while one writes; ``alliances check`` says more, with file and line. ``python -m
alliances.questions.schema`` writes ``schemas/*.schema.json``, which a test compares with what the types say.
"""

from __future__ import annotations

import json
import keyword
from pathlib import Path
from typing import Any, Final

from alliances.i18n import LANGUAGES, area_texts
from alliances.questions.checking import MOST_POINTS
from alliances.questions.options import LEAST_REASON_WORDS
from alliances.questions.registry import TYPES, type_of
from alliances.questions.spec import BLOOM, DIFFICULTIES, TRACKS

__all__ = ["FOLDER", "form_schema", "items_schema", "schema_texts", "write_schemas"]

FOLDER: Final = Path(__file__).parent / "schemas"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[dict[str, Any]] = {"type": "string", "pattern": r"\S"}
_COMMON: Final = ("id", "type", "outcome", "points", "prompt", "title", "next_step")
_BILINGUAL_FIELDS: Final = ("prompt", "title", "next_step")


def items_schema() -> dict[str, Any]:
    """Return the schema of a module's ``items.yaml``."""
    own = {
        "use": {"enum": ["practice", "test"]},
        "bloom": {"enum": list(BLOOM)},
        "tracks": {"type": "array", "minItems": 1, "items": {"enum": list(TRACKS)}},
        "difficulty": {"enum": list(DIFFICULTIES)},
    }
    question = _question(
        {**own, "id": {"type": "string", "pattern": r"^[pt]\d\d$"}},
        ["use", "bloom", "tracks"],
        points_needed=False,
    )
    # A practice item is called p01, a test item t01: the two must not be mistaken for one another.
    named = [
        {
            "if": {"properties": {"use": {"const": use}}, "required": ["use"]},
            "then": {"properties": {"id": {"pattern": f"^{use[0]}"}}},
        }
        for use in ("practice", "test")
    ]
    question["allOf"] += named
    return _file(
        "items",
        {
            "module": _said("module", {"$ref": "#/$defs/id"}),
            "misconceptions": _misconceptions(),
            "items": _said("items", {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/question"}}),
        },
        ["module", "items"],
        question,
    )


def form_schema() -> dict[str, Any]:
    """Return the schema of an exercise's ``form.yaml``."""
    question = _question({"id": {"$ref": "#/$defs/id"}}, [], points_needed=True)
    part = {
        "type": "object",
        "required": ["id", "title", "questions"],
        "additionalProperties": False,
        "properties": {
            "id": {"$ref": "#/$defs/id"},
            "title": {"$ref": "#/$defs/bilingual"},
            "intro": {"$ref": "#/$defs/bilingual"},
            "questions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/question"}},
        },
    }
    sets = {
        "type": "object",
        "additionalProperties": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/entry"}},
    }
    return _file(
        "form",
        {
            "exercise": _said("exercise", {"$ref": "#/$defs/id"}),
            "misconceptions": _misconceptions(),
            "sets": _said("sets", sets),
            "parts": _said("parts", {"type": "array", "minItems": 1, "items": part}),
        },
        ["exercise", "parts"],
        question,
    )


def _file(
    name: str, properties: dict[str, Any], required: list[str], question: dict[str, Any]
) -> dict[str, Any]:
    title = area_texts("schema")[f"title_{name}"]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:faire-alliance:{name}:1",
        "title": f"{title['fr']} · {title['en']}",
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
        "$defs": {**_definitions(), "question": question},
    }


def _question(own: dict[str, Any], required: list[str], *, points_needed: bool) -> dict[str, Any]:
    """Return the schema of a question: what all have in common, then one branch a type."""
    branches = []
    for name in TYPES:
        kind = type_of(name)
        fields: dict[str, Any] = {
            field: _said(field, dict(schema)) for field, schema in kind.properties().items()
        }
        fields |= {field: True for field in (*_COMMON, *own) if field not in fields}
        needed = [*required, "id", "type", "outcome", *kind.required]
        then: dict[str, Any] = {"description": _words(f"type_{name}")}
        if points_needed and kind.counts and not kind.by_person:
            if kind.when_by_person is None:
                needed.append("points")
            else:
                then |= {"if": kind.when_by_person, "else": {"required": ["points"]}}
        then["required"] = list(dict.fromkeys(needed))
        then |= {"additionalProperties": False, "properties": fields}
        branches.append({"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": then})
    common: dict[str, Any] = {
        "id": True,
        "type": {"enum": list(TYPES)},
        "outcome": {"$ref": "#/$defs/id"},
        "points": {"type": "number", "minimum": 0, "maximum": MOST_POINTS},
        **{field: {"$ref": "#/$defs/bilingual"} for field in _BILINGUAL_FIELDS},
        **own,
    }
    return {
        "type": "object",
        "required": ["id", "type", "outcome"],
        "properties": {field: _said(field, schema) for field, schema in common.items()},
        "allOf": branches,
    }


def _misconceptions() -> dict[str, Any]:
    found: dict[str, Any] = _said(
        "misconceptions", {"type": "object", "additionalProperties": {"$ref": "#/$defs/bilingual"}}
    )
    return found


def _definitions() -> dict[str, Any]:
    empty = {"anyOf": [{"const": ""}, _TEXT]}
    # The words of a text are what white space separates, as in Field.bilingual.
    words = {"type": "string", "pattern": rf"^\s*(\S+\s+){{{LEAST_REASON_WORDS - 1},}}\S"}
    entry = {
        "type": "object",
        "required": ["id", "text"],
        "additionalProperties": False,
        "properties": {"id": {"$ref": "#/$defs/id"}, "text": {"$ref": "#/$defs/bilingual"}},
    }
    entries = {
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/entry"}},
        ]
    }
    return {
        "id": _said(
            "identifier",
            {
                "type": "string",
                "pattern": "^[a-z_][a-z0-9_]*$",
                "not": {"enum": sorted([*keyword.kwlist, *LANGUAGES])},
            },
        ),
        "bilingual": _said("bilingual", _bilingual(_TEXT)),
        "bilingual_or_empty": _said("bilingual", _bilingual(empty)),
        "reason": _said("reason", _bilingual(words)),
        "entry": entry,
        "entries": _said("entries", entries),
    }


def _bilingual(text: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["fr", "en"],
        "additionalProperties": False,
        "properties": {"fr": text, "en": text},
    }


def _said(name: str, schema: Any) -> Any:  # noqa: ANN401 - a schema is a table, or true
    """Return a schema with what the field is, in both languages, where the catalogue says it."""
    words = _words(f"field_{name}")
    if not words:
        return schema
    return {"description": words} if schema is True else {"description": words, **schema}


def _words(key: str) -> str:
    entry = area_texts("schema").get(key)
    return f"{entry['fr']}\n\n{entry['en']}" if entry else ""


def schema_texts() -> dict[str, str]:
    """Return the text of each file of ``schemas/``, by its name."""
    made = {"items": items_schema(), "form": form_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in made.items()
    }


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write the schemas and return their paths."""
    folder.mkdir(exist_ok=True)
    for name, content in schema_texts().items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return [folder / name for name in schema_texts()]


if __name__ == "__main__":
    write_schemas()
