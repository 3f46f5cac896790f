"""Part of a source file against the JSON Schema of its type: what an editor underlines, the lint says.

Only the words of JSON Schema that ``artefacts.table_schema`` and its callers use are known here. Each refusal
names file, line and field, where a reader of learners' JSON says no more than that something is amiss.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["check_shape", "distinct"]

_BILINGUAL: Final = "#/$defs/bilingual_or_empty"


def distinct(entries: list[Field]) -> list[Field]:
    """Check that no word stands twice in a list, and return its entries.

    Raises:
        SourceError: one does.
    """
    seen: dict[str, int] = {}
    for entry in entries:
        if str(entry.value) in seen:
            entry.refuse("question_sources.repeated_word", first=seen[str(entry.value)])
        seen[str(entry.value)] = entry.line
    return entries


def check_shape(field: Field, schema: Mapping[str, Any]) -> None:
    """Check a value and everything inside it.

    Raises:
        SourceError: with file, line, field and what was expected.
    """
    if "enum" in schema:
        field.word(schema["enum"])
        return
    if "anyOf" in schema:
        _check_either(field, schema["anyOf"])
        return
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if field.value is None and "null" in types:
        return
    if "number" in types and "string" in types and isinstance(field.value, str):
        return
    _CHECKS[
        next(name for name in ("object", "array", "integer", "number", "boolean", "string") if name in types)
    ](field, schema)


def _check_either(field: Field, branches: list[Mapping[str, Any]]) -> None:
    """Check a value that may be nothing, or a text in both languages, or what the other branch says."""
    if isinstance(field.value, dict) and any(branch.get("$ref") == _BILINGUAL for branch in branches):
        field.bilingual(may_be_empty=True)
        return
    if field.value is None and any("null" in str(branch.get("type")) for branch in branches):
        return
    check_shape(field, next(one for one in branches if "type" in one and one["type"] != "null"))


def _check_object(field: Field, schema: Mapping[str, Any]) -> None:
    properties = schema["properties"]
    for name, inside in field.mapping(schema.get("required", ()), properties).items():
        check_shape(inside, properties[name])


def _check_array(field: Field, schema: Mapping[str, Any]) -> None:
    entries = field.entries(schema.get("minItems", 0))
    if len(entries) > schema.get("maxItems", len(entries)):
        field.refuse("question_sources.too_many", count=len(entries), most=schema["maxItems"])
    for entry in entries:
        check_shape(entry, schema["items"])


def _check_text(field: Field, schema: Mapping[str, Any]) -> None:
    if isinstance(field.value, date) and not schema.get(
        "minLength"
    ):  # a day without quotation marks, which YAML reads as one
        return
    if not isinstance(field.value, str) or schema.get("minLength"):
        field.text()
    if len(field.value) > schema.get("maxLength", len(field.value)):
        field.refuse("question_sources.too_long", count=len(field.value), most=schema["maxLength"])


def _check_number(field: Field, schema: Mapping[str, Any]) -> None:
    value = (
        field.whole(schema.get("minimum", 0))
        if schema["type"] == "integer"
        else field.number(schema.get("minimum"))
    )
    if value > schema.get("maximum", value):
        field.refuse("question_sources.too_large", most=schema["maximum"])


_CHECKS: Final = {
    "object": _check_object,
    "array": _check_array,
    "integer": _check_number,
    "number": _check_number,
    "boolean": lambda field, _schema: field.flag(),
    "string": _check_text,
}
