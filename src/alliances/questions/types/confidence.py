"""How sure one is of an answer: noted, never counted; ``calibration`` shows what it was worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, text
from alliances.questions.kind import Answer, Checking, Question, QuestionType
from alliances.questions.rules import Table, written
from alliances.questions.several import refused, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["LEVELS", "TYPE", "Confidence"]

#: Percentages that are offered unless the question has its own: from a toss-up to certainty.
LEVELS: Final = (50, 60, 70, 80, 90, 100)
_CERTAIN: Final = 100


class Confidence(QuestionType):
    """``{"level": "80"}``: how sure one is, in per cent, that the answer to the question ``about`` is right.

    ``about_title`` names that question to readers; without it, it is « the question above ».
    """

    name: ClassVar[str] = "confidence"
    answer_fields: ClassVar[tuple[str, ...]] = ("level",)
    required: ClassVar[tuple[str, ...]] = ("about",)
    optional: ClassVar[tuple[str, ...]] = ("about_title", "levels")
    public_fields: ClassVar[tuple[str, ...]] = ("about", "about_title", "levels")
    counts: ClassVar[bool] = False

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:  # noqa: ARG002
        """Check the question meant, and that levels rise from 0 to 100."""
        fields["about"].identifier()
        if "about_title" in fields:
            fields["about_title"].bilingual()
        if "levels" not in fields:
            return
        before = -1
        for level in fields["levels"].entries(minimum=2):
            value = level.whole()
            if value <= before or value > _CERTAIN:
                refused(level, "marking_confidence.levels_do_not_rise")
            before = value

    def properties(self) -> dict[str, Any]:
        """Return the schema of the question meant and of the levels."""
        level = {"type": "integer", "minimum": 0, "maximum": _CERTAIN}
        return {
            "about": {"$ref": "#/$defs/id"},
            "about_title": {"$ref": "#/$defs/bilingual"},
            "levels": {"type": "array", "minItems": 2, "uniqueItems": True, "items": level},
        }

    def complete(self, question: Question, lang: Language) -> None:
        """Give the levels and the prompt, and take the points away."""
        question["points"] = 0
        question.setdefault("levels", list(LEVELS))
        title = question.get("about_title")
        named = say("marking_confidence.prompt_titled", lang, title=title) if title else ""
        question.setdefault("prompt", named or say("marking_confidence.prompt", lang))

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table that notes the level."""
        levels = [int(level) for level in question.get("levels") or LEVELS]
        allowed = ", ".join(str(level) for level in levels)
        unreadable = say("marking_confidence.not_a_level", lang, allowed=allowed)
        expected = say("marking_confidence.unknown", lang)
        table = self.frame(question, lang, expected=expected, unreadable=unreadable, how="noted")
        table["points"] = 0.0
        options = {typed: str(level) for level in levels for typed in (f"{level} %", f"{level}%", str(level))}
        table["fields"] = {"level": ["option", ["level"], options]}
        table["needs"] = ["level"]
        percent = {"unit": "%", "decimals": 0, "lang": lang}
        rows = [
            {
                "when": ["is", "level", str(level)],
                "gain": 0,
                "reason": say("marking_confidence.noted", lang, level=written(level, percent)),
            }
            for level in levels
        ]
        table["parts"] = [{"of": 1, "rows": rows}]
        return table

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return an example: the highest level."""
        return {"level": str((question.get("levels") or LEVELS)[-1])}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the level."""
        level = answer.get("level")
        return [("", _percent(level, lang))] if level else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the levels."""
        levels = question.get("levels") or LEVELS
        return [("", [(str(level), _percent(level, lang)) for level in levels])]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the level, and that it does not count."""
        example = str((question.get("levels") or LEVELS)[-1])
        return text("marking_confidence.answer", lang, example=f'"{example}"')


def _percent(level: object, lang: Language) -> str:
    typed = str(level).strip()
    return (
        written(int(typed), {"unit": "%", "lang": lang}) if typed.isdecimal() and typed.isascii() else typed
    )


TYPE = Confidence()
