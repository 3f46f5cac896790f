"""What the three artefacts (theory of change, agreement, roadmap) have in common as questions.

A rule gives findings; the author of a question names those that count. Their reading is a graph's, not a
table's, so Python marks them (``artefact_marks``) and a page without a kernel says that it does not.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language, text
from alliances.logic.artefact_reading import ArtefactError
from alliances.questions.artefact_marks import FULL, assess, beginning, explained, mark
from alliances.questions.kind import Answer, Checking, Question, QuestionType, in_language_of
from alliances.questions.prose import typographic
from alliances.questions.rules import Table
from alliances.questions.shapes import check_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from alliances.logic.findings import Finding
    from alliances.questions.marks import Mark
    from alliances.questions.source import Field

__all__ = ["Artefact", "refuse", "table_schema"]

#: Fields that an author writes in both languages; names, ids and dates are the same in both.
_TEXTS: Final = ("text", "because", "title", "contributes", "unit", "source", "frequency")
_TEXT_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [{"$ref": "#/$defs/bilingual_or_empty"}, {"type": ["string", "number", "null"]}]
}


class Artefact(QuestionType):
    """``answer_fields`` are those of the artefact's JSON. Subclasses say how it is read and checked."""

    required: ClassVar[tuple[str, ...]] = ("prompt", "checks", "model_answer", "next_step")
    optional: ClassVar[tuple[str, ...]] = ("start", "keep")
    rules: ClassVar[Sequence[str]]

    # What a subclass gives.

    def read(self, value: object) -> Any:  # noqa: ANN401 - each type's own dataclass
        """Return the artefact of a JSON value, or raise ``ArtefactError``."""
        raise NotImplementedError

    def find(self, artefact: Any, question: Mapping[str, Any]) -> tuple[Finding, ...]:  # noqa: ANN401
        """Return what the rules find in it, within what the question asks."""
        raise NotImplementedError

    def idle(self, artefact: Any, rule: str, question: Mapping[str, Any]) -> bool:  # noqa: ANN401
        """Say whether there is nothing to apply a rule to."""
        raise NotImplementedError

    def elements(self, artefact: Any) -> dict[str, str]:  # noqa: ANN401
        """Return the text of each element by its id."""
        raise NotImplementedError

    def completeness(self, artefact: Any, question: Mapping[str, Any]) -> float:  # noqa: ANN401
        """Return how much of what is expected is there, 0 to 1."""
        raise NotImplementedError

    def vocabulary(self, question: Mapping[str, Any], lang: Language) -> dict[str, Any]:
        """Return the words that the editor shows."""
        raise NotImplementedError

    def lines(self, artefact: Any, lang: Language) -> list[tuple[str, str]]:  # noqa: ANN401
        """Return an artefact in words, as ``(name, value)`` lines."""
        raise NotImplementedError

    def artefact_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of an artefact in a source file."""
        raise NotImplementedError

    def check_more(self, fields: Mapping[str, Field]) -> None:
        """Check the fields that this type alone has."""

    def note(self, artefact: Any, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ANN401, ARG002
        """Return what is always said after the findings."""
        return ""

    # Marking.

    def table(self, question: Mapping[str, Any], lang: Language) -> Table | None:  # noqa: ARG002
        """Return None: a graph's rules are no table."""
        return None

    def mark(self, question: Mapping[str, Any], answer: object, lang: Language) -> Mark:
        """Mark one answer. Never raises for what the answer is, and never takes points away."""
        return self.marker(question, lang)(answer)

    def marker(self, question: Mapping[str, Any], lang: Language) -> Callable[[object], Mark]:
        """Return what marks answers to one question: what is to repair is looked at once."""
        begun = beginning(self, question, lang)
        return lambda answer: mark(self, question, answer, lang, begun)

    def rule_label(self, rule: str, lang: Language) -> str:
        """Return a rule's name in a few words."""
        return text(f"marking_{self.name}.rule_{rule}", lang)

    # Showing.

    def public(self, question: Mapping[str, Any]) -> Question:
        """Return the editor's words, the artefact to begin from, what must stay, and what is checked.

        What is checked is shown when the learner builds; where there are faults to find, it is the key.
        """
        lang = question["lang"]
        shown = super().public(question)
        words = in_language_of(self.vocabulary(question, lang), lang)
        if "model_answer" not in question:
            # Public already: what was shown is shown again, and nothing else.
            names = (*words, "locked", "start", "checked")
            return shown | {name: question[name] for name in names if name in question}
        shown |= words
        shown["locked"] = list(question.get("keep") or ())
        if question.get("start") is not None:
            shown["start"] = deepcopy(question["start"])
        else:
            shown["checked"] = [typographic(self.rule_label(rule, lang), lang) for rule in question["checks"]]
        return shown

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Write days that YAML read as dates the way an answer writes them."""
        for name in ("start", "model_answer"):
            if name in question:
                question[name] = _with_days(question[name])

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the model answer."""
        return {name: deepcopy(question["model_answer"].get(name)) for name in self.answer_fields}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the artefact element by element."""
        try:
            lines = self.lines(self.read(answer), lang)
        except ArtefactError:
            return []
        return [(typographic(name, lang), typographic(value, lang)) for name, value in lines]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write the artefact as a dictionary."""
        return text(f"marking_{self.name}.instruction", lang)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return the artefact to begin from, else one with every list still to fill."""
        start = (question or {}).get("start")
        if start is None:
            return super().empty(question)
        return {name: deepcopy(start.get(name)) for name in self.answer_fields}

    # Sources.

    def properties(self) -> dict[str, Any]:
        """Return the schema of checks, artefacts and what must stay."""
        return {
            "checks": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"enum": list(self.rules)},
            },
            "model_answer": self.artefact_schema(),
            "start": self.artefact_schema(),
            "keep": {"type": "array", "items": {"type": "string", "minLength": 1}},
        }

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:  # noqa: ARG002
        """Check that artefacts can be read, that faults are there, and that the model answer earns all."""
        seen: dict[str, int] = {}
        for one in fields["checks"].entries(minimum=1):
            one.word(self.rules)
            if one.value in seen:
                one.refuse("repeated_id", first=seen[one.value])
            seen[one.value] = one.line
        self.check_more(fields)
        for name in ("start", "model_answer"):
            if name in fields:
                _check_texts(fields[name])
                check_shape(fields[name], self.artefact_schema())
        for lang in LANGUAGES:
            question = {name: in_language_of(_with_days(field.value), lang) for name, field in fields.items()}
            self._check_one(fields, question, lang)

    def _check_one(self, fields: Mapping[str, Field], question: Question, lang: Language) -> None:
        for name in ("start", "model_answer"):
            if name in fields:
                try:
                    self.read(question[name])
                except ArtefactError as error:
                    refuse(fields[name], "source_artefact", problem=error.in_language())
        first = "start" if "start" in fields else "model_answer"
        known = self.elements(self.read(question[first]))
        for one in fields["keep"].entries() if "keep" in fields else ():
            if not isinstance(one.value, str) or one.value not in known:
                refuse(one, "source_keep", found=one.value, where=first, allowed=", ".join(known) or "—")
        if "start" in fields:
            found = {one.name for one in self.find(self.read(question["start"]), question)}
            for one in fields["checks"].entries():
                if one.value not in found:
                    refuse(one, "source_no_fault", found=one.value, allowed=", ".join(sorted(found)) or "—")
        begun = beginning(self, question, lang)
        result = assess(self, question, self.read(question["model_answer"]), begun)
        if result.share < FULL:
            refuse(fields["model_answer"], "source_model", problem=explained(self, question, result, lang))


def _with_days(value: Any) -> Any:  # noqa: ANN401 - any value of a source file
    if isinstance(value, dict):
        return {key: _with_days(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_with_days(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def _check_texts(field: Field) -> None:
    """Check that what a reader reads is written in both languages."""
    if isinstance(field.value, dict):
        for name in field.value:
            inside = field[name]
            if name not in _TEXTS:
                _check_texts(inside)
            elif inside.value not in ("", None):
                inside.bilingual(may_be_empty=True)
    elif isinstance(field.value, list):
        for place in range(len(field.value)):
            _check_texts(field[place])


def refuse(field: Field, key: str, **values: object) -> NoReturn:
    """Refuse a field of a source file with a message of the artefacts."""
    raise SourceError(
        f"marking_artefacts.{key}", path=field.file, line=field.line, field=field.name, **values
    )


def table_schema(required: Collection[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a table of fields with no others."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {
            name: _TEXT_SCHEMA if schema == "text" else schema for name, schema in properties.items()
        },
    }
