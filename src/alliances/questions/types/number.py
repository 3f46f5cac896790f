"""A number to give: tolerance, unit, other units, known errors, and figures drawn for each learner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from alliances.i18n import Language, format_number
from alliances.questions.drawing import draw
from alliances.questions.expressions import evaluated
from alliances.questions.kind import Answer, Checking, Question, QuestionType, say
from alliances.questions.numbers import typed_number
from alliances.questions.options import BILINGUAL
from alliances.questions.parameters import (
    check_figures,
    check_parameters,
    check_value,
    completed,
    parameter_schema,
)  # fmt: skip
from alliances.questions.rules import Table, joined, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Number"]

_RANGE = ("min", "max", "step")
_MOST_DECIMALS = 6  # as many as a drawn figure is written with


class Number(QuestionType):
    """``{"value": what was typed}``, and ``"drawn"`` when the question draws its figures."""

    name: ClassVar[str] = "number"
    answer_fields: ClassVar[tuple[str, ...]] = ("value",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "value", "reason", "otherwise", "next_step")
    optional: ClassVar[tuple[str, ...]] = (
        "tolerance", "kind", "unit", "units", "decimals", "known_errors", "range", "parameters",
    )  # fmt: skip
    public_fields: ClassVar[tuple[str, ...]] = ("unit", "units", "decimals", "range", "parameters")

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check value, tolerance, units, range, known errors and what is drawn."""
        names = check_parameters(fields["parameters"]) if "parameters" in fields else []
        check_value(fields["value"], names)
        fields["reason"].bilingual()
        fields["otherwise"].bilingual()
        if "tolerance" in fields:
            fields["tolerance"].number(minimum=0)
        if "kind" in fields:
            fields["kind"].word(("absolute", "relative"))
        if "decimals" in fields:
            fields["decimals"].whole(maximum=_MOST_DECIMALS)
        _check_units(fields)
        if "range" in fields:
            ends = fields["range"].mapping(["min", "max"], ["step"])
            low = ends["min"].number()
            if ends["max"].number() <= low:
                ends["max"].refuse("number_too_small", minimum=low)
            if "step" in ends and ends["step"].number(minimum=0) == 0:
                ends["step"].refuse("number_too_small", minimum="> 0")
        check_figures(fields)
        for error in fields["known_errors"].entries() if "known_errors" in fields else ():
            parts = error.mapping(["value", "reason"], ["tolerance", "misconception"])
            check_value(parts["value"], names)
            parts["reason"].bilingual()
            if "tolerance" in parts:
                parts["tolerance"].number(minimum=0)
            at.misconception(parts)

    def properties(self) -> dict[str, Any]:
        """Return the schema of a number."""
        value = {"anyOf": [{"type": "number"}, {"type": "string", "minLength": 1, "maxLength": 200}]}
        tolerance = {"type": "number", "minimum": 0}
        return {
            "value": value,
            "reason": BILINGUAL,
            "otherwise": BILINGUAL,
            "tolerance": tolerance,
            "kind": {"enum": ["absolute", "relative"]},
            "unit": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/bilingual_or_empty"}]},
            "units": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
            },
            "decimals": {"type": "integer", "minimum": 0, "maximum": _MOST_DECIMALS},
            "range": {
                "type": "object",
                "required": ["min", "max"],
                "additionalProperties": False,
                "properties": {name: {"type": "number"} for name in _RANGE},
            },
            "parameters": parameter_schema(),
            "known_errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["value", "reason"],
                    "additionalProperties": False,
                    "properties": {
                        "value": value,
                        "reason": BILINGUAL,
                        "tolerance": tolerance,
                        "misconception": {"$ref": "#/$defs/id"},
                    },
                },
            },
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Fill defaults, and turn expressions into programs."""
        for name, default in (("unit", ""), ("decimals", 0), ("tolerance", 0), ("kind", "absolute")):
            question.setdefault(name, default)
        completed(question)

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with a row for the value, one a known error, and one for every other number."""
        example = format_number(1234.5, 1, lang)
        unreadable = say("component_number.not_a_number", lang, example=example)
        table = self.frame(question, lang, expected=self._expected(question, lang), unreadable=unreadable)
        unit, units = str(question.get("unit") or ""), dict(question.get("units") or {})
        table |= {"unit": unit, "decimals": int(question.get("decimals") or 0)}
        table["says"]["read"] = say("questions.read_as", lang, number="{number}")
        table["fields"] = {"value": ["number", ["value"], unit, units]}
        table["needs"] = ["value"]
        if table.get("parameters"):
            table["answer"] = question["value"]
        tolerance, kind = question.get("tolerance") or 0, question.get("kind") or "absolute"
        rows: list[dict[str, Any]] = [
            {
                "when": ["within", "value", question["value"], tolerance, kind],
                "gain": 1,
                "reason": question.get("reason") or "",
            }
        ]
        rows += [
            {
                "when": ["within", "value", error["value"], error.get("tolerance") or 0, "absolute"],
                "gain": 0,
                "read": "value",
                "reason": error["reason"],
                "misconception": error.get("misconception") or "",
            }
            for error in question.get("known_errors") or ()
        ]
        rows.append({"when": ["else"], "gain": 0, "read": "value", "reason": question.get("otherwise") or ""})
        table["parts"] = [{"of": 1, "rows": rows}]
        return table

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        answer = "{answer}"
        if not question.get("parameters"):
            answer = written(evaluated(question["value"], {}), {**question, "lang": lang})
        return joined(say("questions.expected", lang, answer=answer), str(question.get("reason") or ""))

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the value, and the figures it was reckoned from."""
        if not question.get("parameters"):
            return {"value": typed_number(evaluated(question["value"], {}))}
        drawn = question.get("drawn") or draw(question, "")
        return {"value": typed_number(evaluated(question["value"], drawn)), "drawn": drawn}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return what was typed, with the unit."""
        value = answer.get("value")
        if value is None or not str(value).strip():
            return []
        return [("", f"{value} {question.get('unit') or ''}".strip())]

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return a value still to give, beside the figures drawn, which marking reads there."""
        drawn = (question or {}).get("drawn")
        return {"value": None, "drawn": dict(drawn)} if drawn else super().empty(question)

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the number."""
        unit = question.get("unit")
        said = say("questions.unit", lang, unit=unit) if unit else say("questions.no_unit", lang)
        return say("questions.answer_number", lang, unit=said)


def _check_units(fields: Mapping[str, Field]) -> None:
    if "unit" in fields and isinstance(fields["unit"].value, dict):
        fields["unit"].bilingual(may_be_empty=True)
    elif "unit" in fields and fields["unit"].value != "":
        fields["unit"].text()
    if "units" not in fields:
        return
    for name, factor in fields["units"].mapping().items():
        if not name.strip():
            factor.refuse("question_sources.blank_unit")
        if factor.number(minimum=0) == 0:
            factor.refuse("number_too_small", minimum="> 0")


TYPE = Number()
