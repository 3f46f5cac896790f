"""A sum to spread over items, under constraints; what falls short of a constraint may still earn a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType, one_of
from alliances.questions.options import LEAST_REASON_WORDS
from alliances.questions.rules import Table, joined
from alliances.questions.several import (
    NOTHING,
    figure,
    inner,
    range_words,
    refused,
    say,
    series,
    unit_checked,
    words_by_id,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Allocation"]

_SLACK: Final = 0.1  # share of the total: how far off a spread may be for its constraints to count
_HAIR: Final = 1e-9


class Allocation(QuestionType):
    """``{"amounts": {item: number}}``, numbers as people type them.

    The sum weighs 1 and must equal ``total``; each constraint weighs ``weight`` (1 by default). A constraint
    bounds a weighted sum of items between ``min`` and ``max``; with ``width``, its gain falls evenly from all
    to nothing over that distance outside the bounds. A maximum counts once at least 90 % of the total is
    spread, a minimum while at most 110 % is: neither is earned by leaving money aside or by inventing some.
    A negative amount earns nothing. ``example`` is one spread that meets everything.
    """

    name: ClassVar[str] = "allocation"
    answer_fields: ClassVar[tuple[str, ...]] = ("amounts",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "items", "total", "constraints", "example", "next_step")
    optional: ClassVar[tuple[str, ...]] = ("unit", "step")
    lists: ClassVar[tuple[str, ...]] = ("items",)
    public_fields: ClassVar[tuple[str, ...]] = ("total", "unit", "step")
    public_lists: ClassVar[tuple[str, ...]] = ("items",)

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check total, step and constraints, and that the example meets them all."""
        ids = at.ids_of(fields["items"])
        for name in ("total", "step"):
            if name in fields:
                _positive(fields[name])
        if "unit" in fields:
            unit_checked(fields["unit"])
        constraints = [_checked_constraint(field, ids) for field in fields["constraints"].entries(minimum=1)]
        _check_example(fields["example"], ids, fields["total"].value, constraints)

    def properties(self) -> dict[str, Any]:
        """Return the schema of an allocation."""
        number = {"type": "number"}
        amount = {"type": "number", "minimum": 0}
        positive = {"type": "number", "exclusiveMinimum": 0}
        constraint = {
            "type": "object",
            "required": ["items", "reason"],
            "anyOf": [{"required": ["min"]}, {"required": ["max"]}],
            "additionalProperties": False,
            "properties": {
                "items": {
                    "anyOf": [
                        {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/id"}},
                        {"type": "object", "minProperties": 1, "additionalProperties": number},
                    ]
                },
                "min": number,
                "max": number,
                "weight": positive,
                "width": positive,
                "reason": {"$ref": "#/$defs/reason"},
            },
        }
        return {
            "items": {"$ref": "#/$defs/entries"},
            "total": positive,
            "constraints": {"type": "array", "minItems": 1, "items": constraint},
            "example": {"type": "object", "minProperties": 2, "additionalProperties": amount},
            "unit": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/bilingual_or_empty"}]},
            "step": positive,
        }  # fmt: skip

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Fill defaults, and write every constraint with coefficients and a weight."""
        question.setdefault("unit", "")
        question.setdefault("step", 1)
        question["constraints"] = [
            {**constraint, "items": _coefficients(constraint["items"]), "weight": constraint.get("weight", 1)}
            for constraint in question["constraints"]
        ]

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with a part for the sum and one a constraint."""
        ids = [item["id"] for item in question["items"]]
        table = self.frame(
            question,
            lang,
            expected=self._expected(question, lang),
            unreadable=say("marking_allocation.unreadable", lang),
        )
        unit, total = str(question.get("unit") or ""), question["total"]
        table["fields"] = {name: ["number", ["amounts", name], unit, {}] for name in ids}
        table["says"]["headline"] = say("marking_allocation.headline", lang)
        table["says"]["to_review"] = say("marking_allocation.to_review", lang)
        weights = 1 + sum(constraint["weight"] for constraint in question["constraints"])
        every = [[1, name] for name in ids]
        negative = ["any", *(["all", ["not", ["missing", f]], ["not", ["between", f, 0, None]]] for f in ids)]
        spread = figure(total, unit, lang)
        rows = [
            _row(negative, 0, say("marking_allocation.negative", lang)),
            _row(["sum", every, total, total], 1 / weights),
        ]
        for most, key in (
            (total * (1 - _SLACK), "far_below"),
            (total, "below"),
            (total * (1 + _SLACK), "above"),
            (None, "far_above"),
        ):
            reason = say(f"marking_allocation.{key}", lang, total=spread)
            rows.append(_row(["sum", every, None, most], 0, reason))
        label = say("marking_allocation.label_total", lang, total=spread)
        table["parts"] = [{"of": 1 / weights, "label": label, "rows": rows}]
        for constraint in question["constraints"]:
            low, high = constraint.get("min"), constraint.get("max")
            weight, width = constraint["weight"] / weights, constraint.get("width")
            terms = [[factor, name] for name, factor in constraint["items"].items()]
            least = None if high is None else total * (1 - _SLACK)
            most = None if low is None else total * (1 + _SLACK)
            counts = ["all", ["not", negative], ["sum", every, least, most]]
            near = ["near", weight, terms, low, high, width] if width else 0
            rows = [
                _row(["all", counts, ["sum", terms, low, high]], weight),
                _row(counts, near, constraint["reason"]),
                _row(["sum", terms, low, high], 0),
                _row(["else"], 0, constraint["reason"]),
            ]
            label = self._constraint_words(question, constraint, lang)
            table["parts"].append({"of": weight, "label": label, "rows": rows})
        return table

    def _constraint_words(
        self, question: Mapping[str, Any], constraint: Mapping[str, Any], lang: Language
    ) -> str:
        words = words_by_id(question["items"])
        names = [
            words[name] if factor == 1 else f"{figure(factor, '', lang)} × {words[name]}"
            for name, factor in constraint["items"].items()
        ]
        unit = str(question.get("unit") or "")
        bounds = range_words(constraint.get("min"), constraint.get("max"), unit, lang)
        return series([(" + ".join(names), bounds)], lang)

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        lines = self.said(question, {"amounts": question["example"]}, lang)
        reasons = (constraint["reason"] for constraint in question["constraints"])
        return joined(say("marking_allocation.expected", lang, amounts=series(lines, lang)), *reasons)

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the example."""
        return {"amounts": dict(question["example"])}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return each item with its amount, numbers as typed."""
        amounts = answer.get("amounts")
        if not isinstance(amounts, dict) or not any(_typed(value, "", lang) for value in amounts.values()):
            return []
        unit = str(question.get("unit") or "")
        return [
            (item["text"], _typed(inner(amounts, item["id"]), unit, lang) or NOTHING)
            for item in question["items"]
        ]

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the items."""
        return [
            (say("marking_allocation.codes_items", lang), [(i["id"], i["text"]) for i in question["items"]])
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the amounts."""
        total = figure(question["total"], str(question.get("unit") or ""), lang)
        return say("marking_allocation.answer", lang, total=total)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return amounts still to give."""
        return {"amounts": {item["id"]: None for item in question["items"]} if question else None}


def _row(when: list[Any], gain: float | list[Any], reason: str = "") -> dict[str, Any]:
    return {"when": when, "gain": gain, "reason": reason}


def _typed(value: object, unit: str, lang: Language) -> str:
    """Return an amount as it was typed, with the unit it lacks; empty when there is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return figure(float(value), unit, lang) if abs(value) < 1e15 else str(value)  # noqa: PLR2004
    typed = value.strip() if isinstance(value, str) else ""
    return f"{typed}\u00a0{unit}" if typed and unit and not typed.endswith(unit) else typed


def _coefficients(items: list[str] | dict[str, float]) -> dict[str, float]:
    return dict(items) if isinstance(items, dict) else dict.fromkeys(items, 1)


def _positive(field: Field) -> float:
    value = field.number(minimum=0)
    if value == 0:
        field.refuse("number_too_small", minimum="> 0")
    return value


def _checked_constraint(field: Field, ids: list[str]) -> dict[str, Any]:
    parts = field.mapping(["items", "reason"], ["min", "max", "weight", "width"])
    _check_terms(parts["items"], ids)
    bounds = [parts[name].number() for name in ("min", "max") if name in parts]
    if not bounds:
        refused(field, "marking_allocation.no_bound")
    if bounds[0] > bounds[-1]:
        refused(parts["min"], "marking_allocation.crossed", maximum=bounds[-1])
    for name in ("weight", "width"):
        if name in parts:
            _positive(parts[name])
    parts["reason"].bilingual(LEAST_REASON_WORDS)
    return {**field.value, "items": _coefficients(field.value["items"])}


def _check_terms(field: Field, ids: list[str]) -> None:
    """Check what a constraint adds up: a list of items, or a coefficient for each."""
    if not isinstance(field.value, dict):
        for name in field.entries(minimum=1):
            one_of(name, ids, "items")
        return
    for item, factor in field.mapping((), ids).items():
        if factor.number() == 0:
            refused(factor, "marking_allocation.no_weight", item=item)


def _check_example(field: Field, ids: list[str], total: float, constraints: list[dict[str, Any]]) -> None:
    amounts = {name: part.number(minimum=0) for name, part in field.mapping(ids, ()).items()}
    if abs(sum(amounts.values()) - total) > _HAIR:
        refused(field, "marking_allocation.example_sum", sum=sum(amounts.values()), total=total)
    for number, constraint in enumerate(constraints, start=1):
        value = sum(factor * amounts[name] for name, factor in constraint["items"].items())
        low, high = constraint.get("min", value), constraint.get("max", value)
        if not low - _HAIR <= value <= high + _HAIR:
            refused(
                field, "marking_allocation.example_breaks", number=number, value=value, low=low, high=high
            )


TYPE = Allocation()
