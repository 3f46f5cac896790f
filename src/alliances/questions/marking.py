"""Marking: a question and an answer in, points and reasons out.

Pure: no file, no Jupyter, no clock. Each type compiles its question to a rule table (``rules``) that the page
evaluates as well; the artefacts, whose rules are graphs, are marked here only and say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from alliances.i18n import Language, current_language, is_language
from alliances.questions.marks import Mark, Verdict
from alliances.questions.registry import TYPES, type_of
from alliances.questions.rules import Table, count_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alliances.questions.kind import QuestionType

__all__ = ["Mark", "Verdict", "count_words", "empty_answer", "mark", "marker", "table_of"]


def empty_answer(kind: str) -> dict[str, Any]:
    """Return an answer to a question of type ``kind`` with every value still to give.

    Raises:
        ValueError: there is no such type.
    """
    return type_of(kind).empty()


def mark(question: Mapping[str, Any], answer: object, lang: Language | None = None) -> Mark:
    """Mark one answer. Never raises for what the answer is, and never takes points away.

    Args:
        question: a compiled question, keys included (``spec.compile_question``).
        answer: what the person gave, as the type's ``answer_fields``; ``{"unknown": true}`` for « Je ne sais
            pas »; None; or what ``ask`` shows.
        lang: language of the reasons; by default the question's own, else the current one.

    Raises:
        ValueError: there is no such type of question.
    """
    return marker(question, lang)(answer)


def marker(question: Mapping[str, Any], lang: Language | None = None) -> Callable[[object], Mark]:
    """Return what marks answers to one question: the table is made once for many copies.

    Raises:
        ValueError: there is no such type of question.
    """
    language = lang or _language_of(question)
    of_question = _type_of(question).marker(question, language)

    def marked(answer: object) -> Mark:
        given = answer.given() if hasattr(type(answer), "_alliances_asked") else answer  # type: ignore[attr-defined]
        return of_question(given)

    return marked


def table_of(question: Mapping[str, Any], lang: Language | None = None) -> Table | None:
    """Return the rule table that a page may carry to mark this question, keys inside; None when it cannot.

    Raises:
        ValueError: there is no such type of question.
    """
    return _type_of(question).table(question, lang or _language_of(question))


def _type_of(question: Mapping[str, Any]) -> QuestionType:
    name = question.get("type")
    if name not in TYPES:
        raise ValueError(f"question {question.get('id')!r} has no known type (got {name!r})")
    return type_of(cast("str", name))


def _language_of(question: Mapping[str, Any]) -> Language:
    code = question.get("lang")
    return cast("Language", code) if isinstance(code, str) and is_language(code) else current_language()
