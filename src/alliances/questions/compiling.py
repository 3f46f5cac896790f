"""A question of a source file, in one language, with its keys; and the same without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.errors import AlliancesError
from alliances.questions.kind import in_language_of, named
from alliances.questions.prose import block_html, inline_html
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.i18n import Language

__all__ = ["compile_question", "public"]

# A list of what may be shown, never of what must be hidden: a field added later stays inside by default.
_PUBLIC: Final = ("id", "type", "lang", "points", "outcome", "title", "prompt", "prompt_html", "drawn")


def compile_question(
    raw: Mapping[str, Any],
    lang: Language,
    sets: Mapping[str, Any] | None = None,
    cases: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return a question in one language, keys included.

    Args:
        raw: the question as its source file has it, each text ``{"fr": …, "en": …}``.
        lang: language kept.
        sets: the form's named lists (``families``, ``criteria``): ``[{"id", "text"}]`` under each name.
        cases: what ``case: ID`` stands for, by id: ``{"title", "text", "source_line"}``, in one language or
            both. Without it the id is left for the caller to replace.

    Returns:
        JSON values only. Added: ``lang``, ``prompt_html``, ``next_step_html`` and, for a case, ``case_id``.

    Raises:
        AlliancesError: a set or a case that the question names is not there.
        ValueError: there is no such type of question.
    """
    question: dict[str, Any] = in_language_of(dict(raw), lang)
    question["lang"] = lang
    question.setdefault("points", 1)
    kind = type_of(str(question.get("type")))
    for name in kind.lists:
        question[name] = named(question, name, lang, sets or {})
    _resolve_case(question, lang, cases)
    kind.complete(question, lang)
    question["prompt_html"] = block_html(str(question.get("prompt", "")))
    if question.get("next_step"):
        question["next_step_html"] = inline_html(question["next_step"])
    return question


def public(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown before the answer: no key field, and no text that gives the key away."""
    shown = {name: question[name] for name in _PUBLIC if name in question}
    return shown | type_of(question["type"]).public(question)


def _resolve_case(
    question: dict[str, Any], lang: Language, cases: Mapping[str, Mapping[str, Any]] | None
) -> None:
    case = question.get("case")
    if not isinstance(case, str):
        return
    question["case_id"] = case
    if cases is None:
        return
    if case not in cases:
        raise AlliancesError("questions.unknown_case", question=question.get("id"), case=case)
    question["case"] = in_language_of(dict(cases[case]), lang)
