"""Several choices among several; every option says why it is right or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, text
from alliances.questions.kind import Answer, Checking, Question, QuestionType
from alliances.questions.options import check_options, option_schema, words_of
from alliances.questions.rule_parts import written_options
from alliances.questions.rules import Table, joined
from alliances.questions.several import refused, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["CREDITS", "TYPE", "Choices"]

#: The rules of partial credit, the default first.
CREDITS: Final = ("right_minus_wrong", "per_option", "all_or_nothing")


class Choices(QuestionType):
    """``{"options": [ids]}``; ``credit`` names how a partly right answer is paid.

    - ``right_minus_wrong`` (default): each right option picked earns its share of the right ones, each wrong
      one takes away its share of the wrong ones, and the total is never below 0. Picking everything earns 0.
    - ``per_option``: each option is a yes or no of its own: picked when right, or left when wrong, earns
      1 / number of options. Picking everything earns the share of right options.
    - ``all_or_nothing``: exactly the right options earn everything, anything else 0.

    ``least`` and ``most`` say how many may be picked. Fewer than ``least`` is marked as it is; more than
    ``most`` is not marked, and says so.
    """

    name: ClassVar[str] = "choices"
    answer_fields: ClassVar[tuple[str, ...]] = ("options",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "options", "next_step")
    optional: ClassVar[tuple[str, ...]] = ("credit", "least", "most")
    public_fields: ClassVar[tuple[str, ...]] = ("least", "most")
    public_lists: ClassVar[tuple[str, ...]] = ("options",)

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the options, the rule of credit, and that the right options may all be picked."""
        ids = check_options(fields["options"], at)
        if "credit" in fields:
            fields["credit"].word(CREDITS)
        least = fields["least"].whole(minimum=1) if "least" in fields else 1
        most = fields["most"].whole(minimum=2) if "most" in fields else len(ids)
        if most > len(ids):
            refused(fields["most"], "marking_choices.too_many_picks", count=len(ids))
        if least > most:
            refused(fields["least"], "marking_choices.picks_crossed", least=least, most=most)
        right = sum(option["correct"].value for option in fields["options"].entries())
        if not least <= right <= most:
            refused(
                fields["options"], "marking_choices.key_outside_picks", right=right, least=least, most=most
            )

    def properties(self) -> dict[str, Any]:
        """Return the schema of the options, the credit and the number of picks."""
        return {
            "options": option_schema(),
            "credit": {"enum": list(CREDITS)},
            "least": {"type": "integer", "minimum": 1},
            "most": {"type": "integer", "minimum": 2},
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Name the rule of credit."""
        question.setdefault("credit", CREDITS[0])

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with one part an option: picked or not, and why."""
        options, most = question["options"], question.get("most") or len(question["options"])
        table = self.frame(
            question,
            lang,
            expected=self._expected(question, lang),
            unreadable=say(
                "marking_choices.not_a_list", lang, most=most, allowed=", ".join(o["id"] for o in options)
            ),
        )
        table["says"]["headline"] = say("marking_choices.headline", lang, right="{right}", count="{count}")
        table["fields"] = {"options": ["members", ["options"], written_options(options), most]}
        table["needs"] = ["options"]
        gains = _gains(question)
        table["parts"] = [_part(option, *gains[bool(option.get("correct"))], lang) for option in options]
        return table

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        right = [option for option in question["options"] if option.get("correct")]
        between = " ; " if lang == "fr" else "; "
        named = between.join(option["text"].rstrip(". ") for option in right)
        expected = say("marking_choices.expected", lang, answers=named)
        return joined(expected, *(_reason("expected_one", option, lang) for option in right))

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return every right option."""
        return {"options": [option["id"] for option in question["options"] if option["correct"]]}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the words of each option picked."""
        given = answer.get("options")
        return [("", words_of(question["options"], one)) for one in given] if isinstance(given, list) else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG002
        """Return the options."""
        return [("", [(option["id"], option["text"]) for option in question["options"]])]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the options, and how many."""
        codes = ", ".join(f'"{option["id"]}"' for option in question["options"][:2])
        count = len(question["options"])
        least, most = question.get("least") or 1, question.get("most") or count
        key = "picks_free" if (least, most) == (1, count) else "picks_exact" if least == most else "picks"
        picks = text(f"marking_choices.{key}", lang, least=least, most=most)
        return text("marking_choices.answer", lang, example=f"[{codes}]", picks=picks)


def _gains(question: Mapping[str, Any]) -> dict[bool, tuple[float, float, float]]:
    """Return, for right and for wrong options, (full gain, gain when picked, gain when left)."""
    options = question["options"]
    right = sum(bool(option.get("correct")) for option in options)
    credit = question.get("credit") or CREDITS[0]
    if credit == "right_minus_wrong":
        share = 1 / max(1, right)
        return {True: (share, share, 0.0), False: (0.0, -1 / max(1, len(options) - right), 0.0)}
    share = 1 / len(options)
    # One mistake takes away more than all the rest can earn; the total is never below 0.
    slip = -1.0 if credit == "all_or_nothing" else 0.0
    return {True: (share, share, slip), False: (share, slip, share)}


def _part(option: Mapping[str, Any], of: float, picked: float, left: float, lang: Language) -> dict[str, Any]:
    right = bool(option.get("correct"))
    misconception = "" if right else option.get("misconception") or ""
    rows = [
        {
            "when": ["has", "options", option["id"]],
            "gain": picked,
            "reason": _reason("picked_right" if right else "picked_wrong", option, lang),
            "misconception": misconception,
        },
        {"when": ["else"], "gain": left, "reason": _reason("missed", option, lang) if right else ""},
    ]
    return {"of": of, "rows": rows}


def _reason(key: str, option: Mapping[str, Any], lang: Language) -> str:
    head = say(f"marking_choices.{key}", lang, option=option["text"].rstrip(". "))
    return joined(head, option.get("reason") or "")


TYPE = Choices()
