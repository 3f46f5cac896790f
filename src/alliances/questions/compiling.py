"""A question of a source file, in one language, with its keys; and the same without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, Language, text
from alliances.questions.prose import block_html, inline_html, typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compile_question", "public"]

# A list of what may be shown, never of what must be hidden: a field added later stays inside by default.
_PUBLIC: Final = ("id", "type", "lang", "points", "outcome", "title", "prompt", "prompt_html")
_PUBLIC_OF_TYPE: Final[dict[str, tuple[str, ...]]] = {
    "choice": (),
    "classify": ("case_id",),
    "number": ("unit", "decimals"),
    "text": ("min_words", "max_words"),
}
_PUBLIC_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "choice": ("options",),
    "classify": ("categories", "reasons"),
}
_PUBLIC_CASE: Final = ("title", "text", "source_line")


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
    """
    question: dict[str, Any] = _in_language(dict(raw), lang)
    question["lang"] = lang
    question.setdefault("points", 1)
    kind = question.get("type")
    if kind == "classify":
        question.setdefault("prompt", text("questions.classify_prompt", lang))
        for field in ("categories", "reasons"):
            question[field] = _entries(question, field, lang, sets or {})
        _resolve_case(question, lang, cases)
    if kind == "number":
        question.setdefault("unit", "")
        question.setdefault("decimals", 0)
        question.setdefault("tolerance", 0)
        question.setdefault("kind", "absolute")
    question["prompt_html"] = block_html(str(question.get("prompt", "")))
    if question.get("next_step"):
        question["next_step_html"] = inline_html(question["next_step"])
    return question


def public(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown before the answer: no key field, and no text that gives the key away."""
    kind = question["type"]
    shown = {field: question[field] for field in (*_PUBLIC, *_PUBLIC_OF_TYPE[kind]) if field in question}
    for field in _PUBLIC_LISTS.get(kind, ()):
        shown[field] = [{"id": entry["id"], "text": entry["text"]} for entry in question[field]]
    case = question.get("case")
    if kind == "classify" and isinstance(case, dict):
        shown["case"] = {field: case[field] for field in _PUBLIC_CASE if field in case}
    elif kind == "classify" and case is not None:
        shown["case"] = case
    return shown


def _in_language(value: Any, lang: Language) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return _in_language(value[lang], lang)
        return {key: _in_language(item, lang) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_language(item, lang) for item in value]
    if isinstance(value, str):
        return typographic(value.strip(), lang)
    return value


def _entries(
    question: dict[str, Any], field: str, lang: Language, sets: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the list that ``categories: families`` names, or the one written in place."""
    named = question.get(field, [])
    if isinstance(named, str):
        if named not in sets:
            raise AlliancesError(
                "questions.unknown_set",
                question=question.get("id"),
                set=named,
                allowed=", ".join(sets) or "—",
            )
        named = sets[named]
    entries: list[dict[str, Any]] = _in_language(list(named), lang)
    return entries


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
    question["case"] = _in_language(dict(cases[case]), lang)
