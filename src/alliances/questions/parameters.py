"""What a question may draw: written in its source, checked, and made ready to draw from."""

from __future__ import annotations

import math
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Any, Final

from alliances.questions.drawing import uniform
from alliances.questions.expressions import ExpressionError, compiled, evaluated
from alliances.questions.kind import Question, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alliances.questions.source import Field

__all__ = ["check_figures", "check_parameters", "check_value", "completed", "parameter_schema"]

_MOST_VALUES: Final = 1000
_MOST_DRAWS: Final = 2000  # ways to draw a question's figures that are tried when its source is checked
_LEAST, _GREATEST = 1e-9, 1e15


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


def check_figures(fields: Mapping[str, Field]) -> None:
    """Check that the value, and each figure that is reckoned, is a number one can type, whatever is drawn.

    Every way to draw is tried; of more than 2,000, as many draws, and the first and last of each list.

    Raises:
        SourceError: a division by zero, or a number that is too large or too small, with the figures drawn.
    """
    named = ("parameters", "value")
    question: Question = {name: fields[name].value for name in named if name in fields} | {"id": ""}
    completed(question)
    for figures in _ways(question):
        drawn = {**figures, **_reckoned(question, figures)}
        wrong = next((name for name, value in drawn.items() if not _can_be_typed(value)), None)
        if wrong is None and _can_be_typed(evaluated(question["value"], drawn)):
            continue
        said = ", ".join(f"{name} = {value:g}" for name, value in figures.items()) or "—"
        place = fields["value"] if wrong is None else fields["parameters"][wrong]
        place.refuse("question_sources.no_figure", figures=said)


def _ways(question: Mapping[str, Any]) -> Iterable[dict[str, float]]:
    """Return the figures that may be drawn together, those that are reckoned left out."""
    lists = {name: source for name, source in question.get("parameters") or () if isinstance(source, list)}
    if math.prod(map(len, lists.values())) <= _MOST_DRAWS:
        return (dict(zip(lists, chosen, strict=True)) for chosen in product(*lists.values()))
    ends = product(*((values[0], values[-1]) for values in lists.values()))
    drawn = (
        {name: values[int(uniform(f"{seed}|{name}") * len(values))] for name, values in lists.items()}
        for seed in range(_MOST_DRAWS)
    )
    return chain((dict(zip(lists, chosen, strict=True)) for chosen in islice(ends, _MOST_DRAWS)), drawn)


def _reckoned(question: Mapping[str, Any], figures: Mapping[str, float]) -> dict[str, float]:
    known = dict(figures)
    for name, source in question.get("parameters") or ():
        if isinstance(source, dict):
            known[name] = evaluated(source["is"], known)
    return {name: value for name, value in known.items() if name not in figures}


def _can_be_typed(value: float) -> bool:
    return value == 0 or _LEAST <= abs(value) <= _GREATEST


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
