"""A text file to hand in; a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType
from alliances.questions.rules import Table
from alliances.questions.several import refused, say
from alliances.questions.shapes import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["ACCEPTED", "MOST_KB", "TYPE", "FileQuestion"]

ACCEPTED: Final = (".csv", ".txt", ".md", ".json")
MOST_KB: Final = 60  # a copy of answers stays small enough to be written at each change


class FileQuestion(QuestionType):
    """``{"name": file name, "text": what is in it}``: a text file, ``max_kb`` kB (1,000 bytes) at most."""

    name: ClassVar[str] = "file"
    answer_fields: ClassVar[tuple[str, ...]] = ("name", "text")
    required: ClassVar[tuple[str, ...]] = ("prompt",)
    optional: ClassVar[tuple[str, ...]] = ("accept", "max_kb", "criteria")
    public_fields: ClassVar[tuple[str, ...]] = ("accept", "max_kb")
    says_unknown: ClassVar[bool] = False
    by_person: ClassVar[bool] = True

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:  # noqa: ARG002
        """Check kinds and size."""
        for kind in distinct(fields["accept"].entries(minimum=1)) if "accept" in fields else ():
            kind.word(ACCEPTED)
        if "max_kb" in fields and fields["max_kb"].whole(minimum=1) > MOST_KB:
            refused(fields["max_kb"], "marking_file.too_big", most=MOST_KB)
        if "criteria" in fields:
            fields["criteria"].identifier()

    def properties(self) -> dict[str, Any]:
        """Return the schema of a file."""
        kinds = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(ACCEPTED)}}
        return {
            "accept": kinds,
            "max_kb": {"type": "integer", "minimum": 1, "maximum": MOST_KB},
            "criteria": {"$ref": "#/$defs/id"},
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Fill kinds and size."""
        question.setdefault("accept", list(ACCEPTED))
        question.setdefault("max_kb", MOST_KB)

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table that counts words."""
        table = self.frame(question, lang, how="person")
        table["words"] = [0, 0]
        table["says"]["a_person_marks"] = say("marking_file.a_person_reads", lang)
        table["says"] |= dict.fromkeys(
            ("words_fit", "words_short", "words_long"), say("marking_file.words", lang)
        )
        return table

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return a file of one word."""
        return {"name": f"mot{(question.get('accept') or ACCEPTED)[0]}", "text": "mot"}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the file's name and what is in it."""
        name, content = answer.get("name"), answer.get("text")
        if not isinstance(content, str) or not content.strip():
            return []
        return [(name if isinstance(name, str) else "", content)]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return which file is expected and how to read it into the cell."""
        kinds = ", ".join(question.get("accept") or ACCEPTED)
        return say("marking_file.answer", lang, kinds=kinds, size=question.get("max_kb") or MOST_KB)


TYPE = FileQuestion()
