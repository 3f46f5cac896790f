"""Items to put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, text
from alliances.questions.kind import Answer, Checking, Question, QuestionType
from alliances.questions.options import LEAST_REASON_WORDS, short, words_of
from alliances.questions.rules import Table, joined
from alliances.questions.several import say
from alliances.questions.shuffling import shuffled_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["CREDITS", "TYPE", "Ordering"]

#: The rules of partial credit, the default first.
CREDITS: Final = ("kendall", "lcs")


class Ordering(QuestionType):
    """``{"order": [ids]}``; ``items`` stand in the right order in the file, and are shown in another.

    ``credit`` names how an order that is partly right is paid:

    - ``kendall`` (default): Kendall's tau (Kendall 1938), the pairs in the right order minus those in the
      wrong one, over all pairs; an order worse than chance earns 0, and so does the order first shown.
    - ``lcs``: (length of the longest common subsequence - 1) / (number of items - 1): how many items may stay
      where they are; for long chains in which one misplaced item should cost one place only.

    An item left out makes pairs that count for neither side.
    """

    name: ClassVar[str] = "ordering"
    answer_fields: ClassVar[tuple[str, ...]] = ("order",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "items", "reason", "next_step")
    optional: ClassVar[tuple[str, ...]] = ("credit",)
    lists: ClassVar[tuple[str, ...]] = ("items",)

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the items, the reason and the rule of credit."""
        at.ids_of(fields["items"])
        fields["reason"].bilingual(LEAST_REASON_WORDS)
        if "credit" in fields:
            fields["credit"].word(CREDITS)

    def properties(self) -> dict[str, Any]:
        """Return the schema of the items, the reason and the credit."""
        return {
            "items": {"$ref": "#/$defs/entries"},
            "reason": {"$ref": "#/$defs/reason"},
            "credit": {"enum": list(CREDITS)},
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Name the rule of credit, and add ``shown``: the ids in the order to start from."""
        question.setdefault("credit", CREDITS[0])
        question["shown"] = shuffled_order(_ids(question), str(question.get("id")))

    def public(self, question: Mapping[str, Any]) -> Question:
        """Return the items in the order to start from."""
        return {"items": [{"id": entry["id"], "text": entry["text"]} for entry in _shown(question)]}

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table of one part: exactly the order, or what its measure says."""
        ids = _ids(question)
        expected = self._expected(question, lang)
        codes = ", ".join(sorted(ids))
        unreadable = say("marking_ordering.not_an_order", lang, allowed=codes)
        table = self.frame(question, lang, expected=expected, unreadable=unreadable)
        table["fields"] = {"order": ["order", ["order"], ids]} | {
            f"place_{place}": ["option", ["order", place], {name: name for name in ids}]
            for place in range(len(ids))
        }
        table["needs"] = ["order"]
        exactly = [["is", f"place_{place}", name] for place, name in enumerate(ids)]
        measure = [question.get("credit") or CREDITS[0], 1, "order", ids]
        rows = [
            {"when": ["all", *exactly], "gain": 1, "reason": question.get("reason") or ""},
            {"when": ["else"], "gain": measure, "reason": expected},
        ]
        table["parts"] = [{"of": 1, "rows": rows}]
        return table

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        between = " ; " if lang == "fr" else "; "
        order = between.join(
            f"{place}. {short(entry['text']).rstrip('. ')}"
            for place, entry in enumerate(question["items"], start=1)
        )
        expected = say("marking_ordering.expected", lang, order=order)
        return joined(expected, str(question.get("reason") or ""))

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the order of the file."""
        return {"order": _ids(question)}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the items as they were ordered, with their ranks."""
        given = answer.get("order")
        if not isinstance(given, list):
            return []
        return [(str(place), words_of(question["items"], name)) for place, name in enumerate(given, start=1)]

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG002
        """Return the items in the order to start from."""
        return [("", [(entry["id"], entry["text"]) for entry in _shown(question)])]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the order."""
        codes = [f'"{entry["id"]}"' for entry in _shown(question)]
        return text("marking_ordering.answer", lang, example=f"[{codes[0]}, {codes[1]}, …]", count=len(codes))


def _ids(question: Mapping[str, Any]) -> list[str]:
    return [entry["id"] for entry in question["items"]]


def _shown(question: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the items as they are shown; a public question has them so already."""
    by_id = {entry["id"]: entry for entry in question["items"]}
    return [by_id[name] for name in question.get("shown") or by_id]


TYPE = Ordering()
