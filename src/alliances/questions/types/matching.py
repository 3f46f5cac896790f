"""Pairs to make: what goes with what, by one choice an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from alliances.i18n import Language, text
from alliances.questions.kind import Answer, Checking, Question, QuestionType, one_of
from alliances.questions.options import LEAST_REASON_WORDS, short, words_of
from alliances.questions.rule_parts import written_options
from alliances.questions.rules import Table, joined
from alliances.questions.several import say
from alliances.questions.shuffling import shuffled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Matching"]


class Matching(QuestionType):
    """``{"pairs": {left: right}}``; each entry of ``left`` earns 1 / their number when well matched.

    ``key`` gives for each left the right that goes with it, or a list of admissible ones; one right may go
    with several lefts, and some with none. Reasons are said for what is to review; all when nothing is.
    """

    name: ClassVar[str] = "matching"
    answer_fields: ClassVar[tuple[str, ...]] = ("pairs",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "left", "right", "key", "reasons", "next_step")
    lists: ClassVar[tuple[str, ...]] = ("left", "right")
    public_lists: ClassVar[tuple[str, ...]] = ("left", "right")

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check that every left has its right and its reason."""
        left, right = at.ids_of(fields["left"]), at.ids_of(fields["right"])
        for wanted in fields["key"].mapping(left, []).values():
            for name in wanted.entries(minimum=1) if isinstance(wanted.value, list) else [wanted]:
                one_of(name, right, "right")
        for reason in fields["reasons"].mapping(left, []).values():
            reason.bilingual(LEAST_REASON_WORDS)

    def properties(self) -> dict[str, Any]:
        """Return the schema of the two lists, the key and the reasons."""
        entries, identifier = {"$ref": "#/$defs/entries"}, {"$ref": "#/$defs/id"}
        several = {"type": "array", "minItems": 1, "items": identifier}
        return {
            "left": entries,
            "right": entries,
            "key": {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"anyOf": [identifier, several]},
            },
            "reasons": {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"$ref": "#/$defs/reason"},
            },
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Make every value of the key a list, and shuffle the lefts if the two lists give the key away.

        Authors write left and right in step. The rights keep their order, which may mean something.
        """
        key = {
            name: wanted if isinstance(wanted, list) else [wanted] for name, wanted in question["key"].items()
        }
        question["key"] = key
        left = {entry["id"]: entry for entry in question["left"]}
        rank = {entry["id"]: place for place, entry in enumerate(question["right"])}
        places = {name: rank[key[name][0]] for name in left}
        if _in_step(places, list(left)):
            order = shuffled(list(left), str(question.get("id")))
            question["left"] = [left[name] for name in (order[::-1] if _in_step(places, order) else order)]

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with one part a left."""
        left, right = question["left"], question["right"]
        codes = ", ".join(entry["id"] for entry in right)
        table = self.frame(
            question,
            lang,
            expected=joined(*(self._expected(question, entry, lang) for entry in left)),
            unreadable=say("marking_matching.not_pairs", lang, allowed=codes),
        )
        table["says"]["headline"] = say("marking_matching.headline", lang, right="{right}", count="{count}")
        options = written_options(right)
        table["fields"] = {entry["id"]: ["option", ["pairs", entry["id"]], options] for entry in left}
        good = {entry["id"]: ["in", entry["id"], _wanted(question, entry["id"])] for entry in left}
        share, missing = 1 / len(left), say("marking_matching.missing", lang)
        for entry in left:
            name, known = short(entry["text"]), self._expected(question, entry, lang)
            rows = [
                # What is right needs no comment while something else is to review.
                {"when": ["all", *good.values()], "gain": share, "reason": known},
                {"when": good[entry["id"]], "gain": share, "reason": ""},
                {"when": ["missing", entry["id"]], "gain": 0, "reason": joined(missing, known)},
                {"when": ["else"], "gain": 0, "reason": known},
            ]
            table["parts"].append({"of": share, "label": name, "rows": rows})
        return table

    def _expected(self, question: Mapping[str, Any], entry: Mapping[str, Any], lang: Language) -> str:
        """Return what goes with one left, and why."""
        wanted = _wanted(question, entry["id"])
        several = text("marking_matching.or", lang)
        rights = several.join(
            say("marking_matching.quoted", lang, words=words_of(question["right"], name)) for name in wanted
        )
        said = say("marking_matching.goes_with", lang, left=short(entry["text"]), right=rights)
        return joined(said, (question.get("reasons") or {}).get(entry["id"]) or "")

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the first admissible right of each left."""
        return {"pairs": {entry["id"]: _wanted(question, entry["id"])[0] for entry in question["left"]}}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return each left with what was chosen for it."""
        pairs = answer.get("pairs")
        if not isinstance(pairs, dict) or not any(pairs.values()):
            return []
        return [
            (short(entry["text"]), words_of(question["right"], pairs[entry["id"]]))
            if pairs.get(entry["id"])
            else (short(entry["text"]), "–")
            for entry in question["left"]
        ]

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return both lists."""
        return [
            (
                text(f"marking_matching.codes_{name}", lang),
                [(entry["id"], entry["text"]) for entry in question[name]],
            )
            for name in ("left", "right")
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write the pairs."""
        return text("marking_matching.answer", lang)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return an answer with every right still to give."""
        if question is None:
            return super().empty()
        return {"pairs": {entry["id"]: None for entry in question["left"]}}


def _wanted(question: Mapping[str, Any], left: str) -> list[str]:
    """Return the admissible rights of a left."""
    wanted = question["key"][left]
    return list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]


def _in_step(places: Mapping[str, int], order: list[str]) -> bool:
    """Say whether matching from top to bottom follows the order of the rights."""
    rights = [places[name] for name in order]
    return len(set(rights)) > 1 and rights == sorted(rights)


TYPE = Matching()
