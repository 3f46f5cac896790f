"""An open answer: a person marks it with criteria; rules only say how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, QuestionType, say
from alliances.questions.rules import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "Text"]

_MOST_WORDS: Final = 10_000


class Text(QuestionType):
    """``{"text": what was written}``."""

    name: ClassVar[str] = "text"
    answer_fields: ClassVar[tuple[str, ...]] = ("text",)
    required: ClassVar[tuple[str, ...]] = ("prompt",)
    optional: ClassVar[tuple[str, ...]] = ("criteria", "min_words", "max_words")
    public_fields: ClassVar[tuple[str, ...]] = ("min_words", "max_words")
    says_unknown: ClassVar[bool] = False
    by_person: ClassVar[bool] = True

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:  # noqa: ARG002
        """Check the rubric's name and that the lengths do not cross."""
        if "criteria" in fields:
            fields["criteria"].identifier()
        low = fields["min_words"].whole(maximum=_MOST_WORDS) if "min_words" in fields else 0
        if "max_words" in fields:
            high = fields["max_words"].whole(minimum=1, maximum=_MOST_WORDS)
            if low > high:
                fields["min_words"].refuse("words_crossed", minimum=low, maximum=high)

    def properties(self) -> dict[str, Any]:
        """Return the schema of lengths and rubric."""
        return {
            "criteria": {"$ref": "#/$defs/id"},
            "min_words": {"type": "integer", "minimum": 0, "maximum": _MOST_WORDS},
            "max_words": {"type": "integer", "minimum": 1, "maximum": _MOST_WORDS},
        }

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table that counts words."""
        low, high = question.get("min_words") or 0, question.get("max_words") or 0
        table = self.frame(question, lang, how="person")
        table["words"] = [low, high]
        table["says"] |= {
            "a_person_marks": say("questions.a_person_marks", lang),
            "words_fit": say("questions.words_fit", lang, words="{words}"),
            "words_short": say("questions.words_short", lang, words="{words}", minimum=low),
            "words_long": say("questions.words_long", lang, words="{words}", maximum=high),
        }
        return table

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return a text of the least length."""
        return {"text": " ".join(["mot"] * max(1, question.get("min_words") or 1))}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the text itself."""
        given = answer.get("text")
        return [("", given)] if isinstance(given, str) and given.strip() else []

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how long the text should be, and who reads it."""
        low, high = question.get("min_words") or 0, question.get("max_words") or 0
        key = "answer_text" if low and high else "answer_text_least" if low else "answer_text_most"
        key = key if low or high else "answer_text_free"
        return say(f"questions.{key}", lang, minimum=low, maximum=high)


TYPE = Text()
