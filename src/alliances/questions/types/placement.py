"""Items to place on two axes, for example influence and interest; a zone is right, not a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType
from alliances.questions.options import BILINGUAL
from alliances.questions.rules import Table, joined
from alliances.questions.several import (
    NOTHING,
    check_reasons,
    inner,
    range_words,
    refused,
    say,
    series,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Placement"]

_CREDITS: Final = ("per_item", "per_axis")
_AXES: Final = ("x", "y")
_END: Final = 100  # axes run from 0 to 100
_STEPS: Final = (5, 10)


class Placement(QuestionType):
    """``{"places": {item: {"x": 0..100, "y": 0..100}}}``; both ends of a zone belong to it.

    Credit rules, in the field ``credit``: ``per_item`` (default), an equal part for each item inside its
    zone; ``per_axis``, half of that part when one axis alone is right.
    """

    name: ClassVar[str] = "placement"
    answer_fields: ClassVar[tuple[str, ...]] = ("places",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "axes", "items", "zones", "reasons", "next_step")
    optional: ClassVar[tuple[str, ...]] = ("step", "credit")
    lists: ClassVar[tuple[str, ...]] = ("items",)
    public_fields: ClassVar[tuple[str, ...]] = ("axes", "step")
    public_lists: ClassVar[tuple[str, ...]] = ("items",)

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check axes and reasons, and that a place of the grid lies in each zone."""
        ids = at.ids_of(fields["items"])
        for axis in fields["axes"].mapping(_AXES, ()).values():
            for words in axis.mapping(["name", "low", "high"], ()).values():
                words.bilingual()
        step = _STEPS[0]
        if "step" in fields:
            step = fields["step"].whole()
            if step not in _STEPS:
                fields["step"].refuse("expected_one_of", allowed=", ".join(map(str, _STEPS)))
        for zone in fields["zones"].mapping(ids, ()).values():
            for ends in zone.mapping(_AXES, ()).values():
                _check_ends(ends, step)
        check_reasons(fields["reasons"], ids)
        if "credit" in fields:
            fields["credit"].word(_CREDITS)

    def properties(self) -> dict[str, Any]:
        """Return the schema of a placement."""
        axis = {
            "type": "object",
            "required": ["name", "low", "high"],
            "additionalProperties": False,
            "properties": dict.fromkeys(("name", "low", "high"), BILINGUAL),
        }
        ends = {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "number", "minimum": 0, "maximum": _END},
        }

        def both(schema: dict[str, Any]) -> dict[str, Any]:
            return {
                "type": "object",
                "required": list(_AXES),
                "additionalProperties": False,
                "properties": dict.fromkeys(_AXES, schema),
            }

        return {
            "axes": both(axis),
            "items": {"$ref": "#/$defs/entries"},
            "zones": {"type": "object", "minProperties": 2, "additionalProperties": both(ends)},
            "reasons": {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"$ref": "#/$defs/reason"},
            },
            "step": {"enum": list(_STEPS)},
            "credit": {"enum": list(_CREDITS)},
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Fill the step of the grid and the credit rule."""
        question.setdefault("step", _STEPS[0])
        question.setdefault("credit", "per_item")

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with a part an item."""
        table = self.frame(
            question,
            lang,
            expected=self._expected(question, lang),
            unreadable=say("marking_placement.unreadable", lang),
        )
        table["says"]["headline"] = say("marking_placement.headline", lang)
        table["says"]["to_review"] = say("marking_placement.to_review", lang)
        share = 1 / len(question["items"])
        half = share / 2 if question.get("credit") == "per_axis" else 0
        for item in question["items"]:
            names = {axis: f"{item['id']}.{axis}" for axis in _AXES}
            for axis, name in names.items():
                table["fields"][name] = ["number", ["places", item["id"], axis], "", {}]
            zone = question["zones"][item["id"]]
            inside = {axis: ["between", names[axis], *zone[axis]] for axis in _AXES}
            reason = say(
                "marking_placement.item_reason",
                lang,
                item=item["text"],
                reason=question["reasons"][item["id"]],
            )
            missing = say("marking_placement.not_placed", lang, item=item["text"])
            other = {"x": "y", "y": "x"}
            rows = [{"when": ["all", *inside.values()], "gain": share, "reason": ""}]
            rows += [
                {
                    "when": inside[axis],
                    "gain": half,
                    "reason": joined(
                        say(
                            "marking_placement.one_axis",
                            lang,
                            item=item["text"],
                            axis=question["axes"][axis]["name"],
                            other=question["axes"][other[axis]]["name"],
                        ),
                        question["reasons"][item["id"]],
                    ),
                }
                for axis in _AXES
            ]
            rows.append(
                {"when": ["all", *(["missing", n] for n in names.values())], "gain": 0, "reason": missing}
            )
            rows.append({"when": ["else"], "gain": 0, "reason": reason})
            table["parts"].append({"of": share, "label": item["text"], "rows": rows})
        return table

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        sentences = []
        for item in question["items"]:
            zone = question["zones"][item["id"]]
            ranges = [
                (question["axes"][axis]["name"], range_words(zone[axis][0], zone[axis][1], "", lang))
                for axis in _AXES
            ]
            where = say(
                "marking_placement.expected_item", lang, item=item["text"], ranges=series(ranges, lang)
            )
            sentences += [where, question["reasons"][item["id"]]]
        return joined(*sentences)

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the place of the grid nearest to the middle of each zone."""
        step = question.get("step") or _STEPS[0]
        return {
            "places": {
                item: {axis: _middle(zone[axis], step) for axis in _AXES}
                for item, zone in question["zones"].items()
            }
        }

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return each item with its place on both axes."""
        lines, any_said = [], False
        for item in question["items"]:
            given = [_written(inner(answer, "places", item["id"], axis)) for axis in _AXES]
            any_said = any_said or any(value != NOTHING for value in given)
            names = [question["axes"][axis]["name"] for axis in _AXES]
            lines.append((item["text"], series(zip(names, given, strict=True), lang)))
        return lines if any_said else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the items and the axes."""
        axes = []
        for axis in _AXES:
            words = {name: question["axes"][axis][name] for name in ("name", "low", "high")}
            axes.append((axis, say("marking_placement.axis", lang, **words)))
        return [
            (say("marking_placement.codes_items", lang), [(i["id"], i["text"]) for i in question["items"]]),
            (say("marking_placement.codes_axes", lang), axes),
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write the places."""
        return say("marking_placement.answer", lang)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return places still to give."""
        if not question:
            return {"places": None}
        return {"places": {item["id"]: dict.fromkeys(_AXES) for item in question["items"]}}


def _written(value: object) -> str:
    return NOTHING if value is None or value == "" else str(value)


def _check_ends(field: Field, step: int) -> None:
    ends = field.entries(minimum=2)
    if len(ends) > 2:  # noqa: PLR2004 - a low and a high end
        refused(field, "marking_placement.two_ends")
    low, high = (end.number(minimum=0) for end in ends)
    if high > _END or low > high:
        refused(field, "marking_placement.bad_ends", end=_END)
    if not any(low <= place <= high for place in range(0, _END + 1, step)):
        refused(field, "marking_placement.no_place", step=step)


def _middle(ends: list[float], step: int) -> int:
    places = [place for place in range(0, _END + 1, step) if ends[0] <= place <= ends[1]]
    return places[len(places) // 2]


TYPE = Placement()
