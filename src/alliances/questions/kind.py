"""What a question type is: how it is written, completed, shown, answered, marked and put into words.

One type a file in ``types/``, one object ``TYPE`` in each. A type says everything about itself, so that the
author's lint, pages, notebooks, the grader and the item bank need no list of types of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, Language, text
from alliances.questions.prose import typographic
from alliances.questions.rules import Table, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from alliances.questions.marks import Mark
    from alliances.questions.source import Field

__all__ = [
    "Answer",
    "Checking",
    "Question",
    "QuestionType",
    "in_language_of",
    "named",
    "once",
    "one_of",
    "say",
]

Question = dict[str, Any]
Answer = dict[str, Any]
Sets = dict[str, list[dict[str, Any]]]


def say(key: str, lang: Language, **values: object) -> str:
    """Return the text ``area.key`` as its language is typeset; ``{places}`` without a value stay."""
    return typographic(text(key, lang, **values), lang)


@dataclass(frozen=True)
class Checking:
    """What a question may refer to in its file: named lists, and known mistakes by their ids."""

    sets: Sets = field(default_factory=dict)
    misconceptions: Collection[str] = ()

    def ids_of(self, entries: Field) -> list[str]:
        """Check a list of ``{"id", "text"}``, written in place or named, and return its ids."""
        if not isinstance(entries.value, list):
            return [entry["id"] for entry in self.sets[entries.word(self.sets)]]
        seen: dict[str, int] = {}
        for entry in entries.entries(minimum=2):
            entry.mapping(["id", "text"], [])
            entry["text"].bilingual()
            once(entry["id"], seen)
        return list(seen)

    def misconception(self, parts: Mapping[str, Field]) -> None:
        """Check the known mistake that an answer names, if it names one."""
        if "misconception" not in parts:
            return
        known = parts["misconception"].value
        if not isinstance(known, str) or known not in self.misconceptions:
            allowed = ", ".join(self.misconceptions) or "—"
            parts["misconception"].refuse("not_a_misconception", allowed=allowed)


def once(name: Field, seen: dict[str, int]) -> str:
    """Check an identifier that may stand once in its list, remember it and return it."""
    word = name.identifier()
    if word in seen:
        name.refuse("repeated_id", first=seen[word])
    seen[word] = name.line
    return word


def one_of(name: Field, allowed: Collection[str], of: str) -> str:
    """Check that a value is one of the ids of the list ``of``, and return it."""
    if name.value not in allowed:
        name.refuse("not_in_set", unknown=name.value, set=of, allowed=", ".join(allowed))
    return str(name.value)


class QuestionType:
    """One type of question. Subclasses fill what differs; the defaults suit a closed question with a table.

    Attributes:
        name: the word after ``type:`` in the source file.
        answer_fields: fields of its answer, apart from ``unknown`` and ``drawn``; the first may hold
            ``"unknown"`` in a notebook when ``says_unknown``.
        required, optional: fields of its source, besides those that every question has.
        lists: those that name one of the form's lists, or hold one: completed to ``[{"id", "text"}]``.
        public_fields: what may be shown before the answer, copied as it is.
        public_lists: lists of which only ``id`` and ``text`` may be shown.
        by_person: a person marks it; rules only say its length.
        when_by_person: JSON Schema of the sources that a person marks, where only some are.
        counts: False for what is shown and never counted.
        shared_codes: its codes are those of the form's lists: a notebook prints them once, before questions.
    """

    name: ClassVar[str]
    answer_fields: ClassVar[tuple[str, ...]]
    required: ClassVar[tuple[str, ...]] = ("prompt", "next_step")
    optional: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[tuple[str, ...]] = ()
    public_fields: ClassVar[tuple[str, ...]] = ()
    public_lists: ClassVar[tuple[str, ...]] = ()
    says_unknown: ClassVar[bool] = True
    by_person: ClassVar[bool] = False
    when_by_person: ClassVar[dict[str, Any] | None] = None
    counts: ClassVar[bool] = True
    shared_codes: ClassVar[bool] = False

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the fields of this type in a source file.

        Raises:
            SourceError: with file, line, field and what was expected.
        """
        raise NotImplementedError

    def properties(self) -> dict[str, Any]:
        """Return the JSON Schema of each field of its own: prompt, next_step and the like are common."""
        raise NotImplementedError

    def complete(self, question: Question, lang: Language) -> None:
        """Fill defaults of a question that is already in one language, in place."""

    def public(self, question: Mapping[str, Any]) -> Question:
        """Return this type's part of what may be shown before the answer."""
        shown = {name: question[name] for name in self.public_fields if name in question}
        for name in self.public_lists:
            shown[name] = [{"id": entry["id"], "text": entry["text"]} for entry in question[name]]
        return shown

    def table(self, question: Mapping[str, Any], lang: Language) -> Table | None:
        """Return the rule table, or None when rules of a table cannot mark this type (``mark`` then does)."""
        raise NotImplementedError

    def mark(self, question: Mapping[str, Any], answer: object, lang: Language) -> Mark:
        """Mark one answer."""
        table = self.table(question, lang)
        if table is None:
            raise NotImplementedError
        return evaluate(table, answer)

    def marker(self, question: Mapping[str, Any], lang: Language) -> Callable[[object], Mark]:
        """Return what marks answers to one question: what they have in common is made once."""
        table = self.table(question, lang)
        if table is None:
            return lambda answer: self.mark(question, answer, lang)
        return lambda answer: evaluate(table, answer)

    def read_by_person(self, question: Mapping[str, Any]) -> bool:  # noqa: ARG002 - some types ask it
        """Say whether a person marks this question, with the criteria that its source names."""
        return self.by_person

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return an answer that earns every point (an example of one for open questions)."""
        raise NotImplementedError

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return an answer in words, as ``(name, value)`` lines; names may be empty; ``[]`` without answer.

        The question may be its public part alone.
        """
        raise NotImplementedError

    def codes(
        self,
        question: Mapping[str, Any],  # noqa: ARG002 - a type without codes
        lang: Language,  # noqa: ARG002
    ) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what may be answered, as titled lists of ``(code, words)``: for notebooks and print."""
        return []

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how the answer is typed in a notebook, in one or two sentences (Markdown)."""
        raise NotImplementedError

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:  # noqa: ARG002 - for those with places
        """Return an answer with every value still to give; with a question, its inner places too."""
        return dict.fromkeys(self.answer_fields)

    def frame(
        self,
        question: Mapping[str, Any],
        lang: Language,
        *,
        expected: str = "",
        unreadable: str = "",
        how: str = "parts",
    ) -> Table:
        """Return what every table has: points, texts, what « Je ne sais pas » is answered by."""
        shape = "{" + ", ".join(f'"{name}": …' for name in self.answer_fields) + "}"
        said_unknown = say("questions.said_unknown", lang)
        table: Table = {
            "id": question.get("id"),
            "type": self.name,
            "lang": lang,
            "points": float(question.get("points", 1)),
            "next_step": str(question.get("next_step") or ""),
            "how": how,
            "fields": {},
            "parts": [],
            "says": {
                "unanswered": say("questions.unanswered", lang),
                "wrong_shape": say("questions.wrong_shape", lang, expected=shape),
                "unreadable": unreadable or say("questions.wrong_shape", lang, expected=shape),
                "said_unknown": said_unknown,
                "unknown": f"{said_unknown} {expected}".strip(),
            },
        }
        if self.says_unknown:
            table["unknown"] = self.answer_fields[0]
        if question.get("parameters"):
            table["parameters"] = question["parameters"]
            table["says"]["undrawn"] = say("questions.undrawn", lang)
        return table


def in_language_of(value: Any, lang: Language) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value with every ``{"fr", "en"}`` replaced by the text of one language, typeset."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return in_language_of(value[lang], lang)
        return {key: in_language_of(item, lang) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_language_of(item, lang) for item in value]
    return typographic(value.strip(), lang) if isinstance(value, str) else value


def named(
    question: Mapping[str, Any], name: str, lang: Language, sets: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the list that ``categories: families`` names, or the one written in place.

    Raises:
        AlliancesError: there is no list of that name.
    """
    entries = question.get(name, [])
    if isinstance(entries, str):
        if entries not in sets:
            allowed = ", ".join(sets) or "—"
            raise AlliancesError(
                "questions.unknown_set", question=question.get("id"), set=entries, allowed=allowed
            )
        entries = sets[entries]
    found: list[dict[str, Any]] = in_language_of(list(entries), lang)
    return found
