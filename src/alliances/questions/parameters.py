"""What a question may draw: written in its source, checked, and made ready to draw from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from alliances.questions.expressions import ExpressionError, compiled
from alliances.questions.kind import Question, once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alliances.questions.source import Field

__all__ = ["check_parameters", "check_value", "completed", "parameter_schema"]

_MOST_VALUES: Final = 1000


def check_parameters(field: Field) -> list[str]:
    """Check what is drawn, and return the names.

    Each is ``{from, to, step}`` (whole or decimal steps, both ends included), ``{choose: [numbers]}``, or
    ``{is: expression}`` over the names before it.
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    for name, source in field.mapping().items():
        once(_Name(name, source), seen)  # type: ignore[arg-type]
        if isinstance(source.value, dict) and "is" in source.value:
            source.mapping(["is"], [])
            check_value(source["is"], names)
        elif isinstance(source.value, dict) and "choose" in source.value:
            source.mapping(["choose"], [])
            for value in source["choose"].entries(minimum=2):
                value.number()
        else:
            ends = source.mapping(["from", "to"], ["step"])
            low, high = ends["from"].number(), ends["to"].number()
            step = ends["step"].number() if "step" in ends else 1.0
            if high <= low:
                ends["to"].refuse("number_too_small", minimum=low)
            if step <= 0 or (high - low) / step > _MOST_VALUES:
                (ends.get("step") or source).refuse("number_too_small", minimum=(high - low) / _MOST_VALUES)
        names.append(name)
    return names


class _Name:
    """The name of a parameter, checked as an identifier at its own line."""

    def __init__(self, name: str, source: Field) -> None:
        self.value, self.line, self._source = name, source.line, source

    def identifier(self) -> str:
        from dataclasses import replace

        return replace(self._source, value=self.value).identifier()


def check_value(field: Field, names: Sequence[str]) -> None:
    """Check a number, or an expression over the names that are drawn."""
    if not names or not isinstance(field.value, str):
        field.number()
        return
    try:
        compiled(field.value, names)
    except ExpressionError as error:
        field.refuse("not_an_expression", part=error.found, allowed=", ".join(names) or "—")


def completed(question: Question) -> None:
    """Replace what was written by what is drawn from (see ``drawing.draw``), and expressions by programs."""
    written = question.get("parameters")
    names: list[str] = []
    if isinstance(written, dict):
        ready: list[list[Any]] = []
        for name, source in written.items():
            ready.append([name, _source(source, names)])
            names.append(name)
        question["parameters"] = ready
    else:
        names = [name for name, _ in written or ()]
    for place in (question, *(question.get("known_errors") or ())):
        if isinstance(place.get("value"), str):
            place["value"] = compiled(place["value"], names)


def _source(source: dict[str, Any], names: list[str]) -> Any:  # noqa: ANN401 - a list or a dict
    if "is" in source:
        value = source["is"]
        return {"is": compiled(value, names) if isinstance(value, str) else [float(value)]}
    if "choose" in source:
        return list(source["choose"])
    low, step = source["from"], source.get("step", 1)
    count = math.floor((source["to"] - low) / step + 1e-9) + 1
    # Rounded, so that 0.1 + 2 × 0.1 is written and compared as 0.3.
    return [round(low + place * step, 9) for place in range(count)]


def parameter_schema() -> dict[str, Any]:
    """Return the JSON Schema of what is drawn."""
    number = {"type": "number"}
    positive = {"type": "number", "exclusiveMinimum": 0}
    expression = {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "anyOf": [
                {
                    "type": "object",
                    "required": ["from", "to"],
                    "additionalProperties": False,
                    "properties": {"from": number, "to": number, "step": positive},
                },
                {
                    "type": "object",
                    "required": ["choose"],
                    "additionalProperties": False,
                    "properties": {"choose": {"type": "array", "minItems": 2, "items": number}},
                },
                {
                    "type": "object",
                    "required": ["is"],
                    "additionalProperties": False,
                    "properties": {"is": {"anyOf": [number, expression]}},
                },
            ]
        },
    }
