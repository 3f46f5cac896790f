"""One choice among several; every option says why it is right or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, QuestionType, say
from alliances.questions.options import check_options, option_schema, words_of
from alliances.questions.rule_parts import written_options
from alliances.questions.rules import Table, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Choice"]


class Choice(QuestionType):
    """``{"option": id}``; the first option marked right is the model answer, any right one earns all."""

    name: ClassVar[str] = "choice"
    answer_fields: ClassVar[tuple[str, ...]] = ("option",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "options", "next_step")
    public_lists: ClassVar[tuple[str, ...]] = ("options",)

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the options: at least one right, at least one wrong, a reason for each."""
        check_options(fields["options"], at)

    def properties(self) -> dict[str, Any]:
        """Return the schema of the options."""
        return {"options": option_schema()}

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with one row an option."""
        options = question["options"]
        allowed = say("questions.not_an_option", lang, allowed=", ".join(o["id"] for o in options))
        table = self.frame(question, lang, expected=self._expected(question, lang), unreadable=allowed)
        table["fields"] = {"option": ["option", ["option"], written_options(options)]}
        table["needs"] = ["option"]
        rows = [
            {
                "when": ["is", "option", option["id"]],
                "gain": 1 if option.get("correct") else 0,
                "reason": option["reason"],
                "misconception": "" if option.get("correct") else option.get("misconception") or "",
            }
            for option in options
        ]
        table["parts"] = [{"of": 1, "rows": rows}]
        return table

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        right = next((option for option in question["options"] if option.get("correct")), None)
        if right is None:
            return ""
        answer = right["text"].rstrip(". ")
        expected = say("questions.expected", lang, answer=answer)
        # « … ?. » would stop twice.
        expected = expected.removesuffix(".") if answer.endswith(("?", "!", "…")) else expected
        return joined(expected, right["reason"])

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the first right option."""
        return {"option": next(option["id"] for option in question["options"] if option["correct"])}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the option's words."""
        given = answer.get("option")
        return [("", words_of(question["options"], given))] if given else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG002
        """Return the options."""
        return [("", [(option["id"], option["text"]) for option in question["options"]])]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write the option."""
        return say("questions.answer_choice", lang)


TYPE = Choice()
