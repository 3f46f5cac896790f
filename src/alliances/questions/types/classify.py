"""A case to read: a family, and the feature that decided; any admissible reading with a reason earns all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType, one_of, say
from alliances.questions.options import BILINGUAL, LEAST_REASON_WORDS, short, words_of
from alliances.questions.rule_parts import written_options
from alliances.questions.rules import Table, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Classify"]

_CASE: Final = ("title", "text", "source_line")


class Classify(QuestionType):
    """``{"category": id, "reason": id}``; a reading without a reason that supports it earns half."""

    name: ClassVar[str] = "classify"
    answer_fields: ClassVar[tuple[str, ...]] = ("category", "reason")
    required: ClassVar[tuple[str, ...]] = (
        "case", "categories", "reasons", "readings", "team_reason", "next_step",
    )  # fmt: skip
    lists: ClassVar[tuple[str, ...]] = ("categories", "reasons")
    public_fields: ClassVar[tuple[str, ...]] = ("case_id",)
    shared_codes: ClassVar[bool] = True
    public_lists: ClassVar[tuple[str, ...]] = ("categories", "reasons")

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the case, and that every reading names a family and reasons of the lists."""
        categories = at.ids_of(fields["categories"])
        reasons = at.ids_of(fields["reasons"])
        if isinstance(fields["case"].value, dict):
            for part in fields["case"].mapping(["title", "text"], ["source_line"]).values():
                part.bilingual()
        else:
            fields["case"].text()
        readings = fields["readings"].mapping()
        if not readings:
            fields["readings"].refuse("not_empty_set")
        for family, supports in readings.items():
            if family not in categories:
                allowed = ", ".join(categories)
                supports.refuse("not_in_set", unknown=family, set="categories", allowed=allowed)
            for reason in supports.entries(minimum=1):
                one_of(reason, reasons, "reasons")
        fields["team_reason"].bilingual(LEAST_REASON_WORDS)

    def properties(self) -> dict[str, Any]:
        """Return the schema of a case and its readings."""
        entries = {"$ref": "#/$defs/entries"}
        case = {
            "type": "object",
            "required": ["title", "text"],
            "additionalProperties": False,
            "properties": dict.fromkeys(_CASE, BILINGUAL),
        }
        readings = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/id"}},
        }
        return {
            "case": {"anyOf": [{"type": "string", "minLength": 1}, case]},
            "categories": entries,
            "reasons": entries,
            "readings": readings,
            "team_reason": {"$ref": "#/$defs/reason"},
        }

    def complete(self, question: Question, lang: Language) -> None:
        """Give the prompt that every case has."""
        question.setdefault("prompt", say("questions.classify_prompt", lang))

    def public(self, question: Mapping[str, Any]) -> Question:
        """Return the lists and the case, without what says how the case is read."""
        shown = super().public(question)
        case = question.get("case")
        if isinstance(case, dict):
            shown["case"] = {name: case[name] for name in _CASE if name in case}
        elif case is not None:
            shown["case"] = case
        return shown

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with three rows a family that is admitted, one for the others."""
        categories, reasons = question["categories"], question["reasons"]
        admitted, team = self._admitted(question, lang), str(question.get("team_reason") or "")
        allowed = say("questions.not_an_option", lang, allowed=", ".join(c["id"] for c in categories))
        table = self.frame(question, lang, expected=joined(admitted, team), unreadable=allowed)
        table["fields"] = {
            "category": ["option", ["category"], written_options(categories)],
            "reason": ["option", ["reason"], written_options(reasons)],
        }
        table["needs"] = ["category"]
        rows = []
        for category in categories:
            here = ["is", "category", category["id"]]
            supports = question["readings"].get(category["id"])
            if supports is None:
                start = say("questions.reading_not_admitted", lang, family=category["text"])
                rows.append(_row(here, 0, start, admitted, team))
                continue
            for test, gain, key in (
                (["in", "reason", list(supports)], 1, "reading_supported"),
                (["missing", "reason"], 0.5, "reason_missing"),
                (["else"], 0.5, "reason_unsupporting"),
            ):
                start = say(f"questions.{key}", lang)
                rows.append(_row(["all", here, test], gain, start, admitted, team))
        table["parts"] = [{"of": 1, "rows": rows}]
        return table

    def _admitted(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return the admissible readings in words, each with the reasons that support it."""
        categories = {c["id"]: short(c["text"]) for c in question["categories"]}
        reasons = {r["id"]: short(r["text"]) for r in question["reasons"]}
        readings = [
            say(
                "questions.reading",
                lang,
                family=categories.get(family, family),
                reasons=", ".join(
                    say("questions.quoted", lang, words=reasons.get(reason, reason)) for reason in supports
                ),
            )
            for family, supports in question["readings"].items()
        ]
        between = "\u00a0; " if lang == "fr" else "; "
        return say("questions.admitted", lang, readings=between.join(readings))

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the first admissible reading and the first reason that supports it."""
        category, reasons = next(iter(question["readings"].items()))
        return {"category": category, "reason": reasons[0]}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return the family and what decided."""
        if not answer.get("category") and not answer.get("reason"):
            return []
        return [
            (
                say(f"questions.said_{name}", lang),
                words_of(question[entries], answer[name]) if answer.get(name) else "–",
            )
            for name, entries in (("category", "categories"), ("reason", "reasons"))
        ]

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return families and reasons."""
        return [
            (
                say(f"questions.codes_{name}", lang),
                [(entry["id"], entry["text"]) for entry in question[name]],
            )
            for name in ("categories", "reasons")
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write a reading."""
        return say("questions.answer_classify", lang)


def _row(when: list[Any], gain: float, *sentences: str) -> dict[str, Any]:
    return {"when": when, "gain": gain, "reason": joined(*sentences)}


TYPE = Classify()
