"""What question types with several places to fill share: typeset sentences, figures, refusals, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from alliances.errors import SourceError
from alliances.i18n import Language
from alliances.questions.drawing import written_figure
from alliances.questions.kind import say
from alliances.questions.options import LEAST_REASON_WORDS
from alliances.questions.source import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from alliances.questions.source import Field

__all__ = [
    "NOTHING",
    "check_reasons",
    "figure",
    "inner",
    "range_words",
    "refused",
    "say",
    "series",
    "unit_checked",
    "words_by_id",
]

NOTHING = "–"  # what a place left empty is written as


def refused(field: Field, key: str, **values: object) -> NoReturn:
    """Raise the error ``area.key`` at the place of a field.

    Raises:
        SourceError: always.
    """
    raise SourceError(
        key, path=field.file, line=field.line, **{"field": field.name, "found": shown(field.value), **values}
    )


def check_reasons(field: Field, ids: Collection[str]) -> None:
    """Check ``{id: reason}``: one reason for each of ``ids`` and for nothing else."""
    for reason in field.mapping(ids, ()).values():
        reason.bilingual(LEAST_REASON_WORDS)


def unit_checked(field: Field) -> None:
    """Check a unit: a word, or one in each language."""
    if isinstance(field.value, dict):
        field.bilingual(may_be_empty=True)
    elif field.value != "":
        field.text()


def figure(value: float, unit: str, lang: Language) -> str:
    """Return a number with the decimals it needs, and its unit."""
    number = written_figure(value, lang)
    if not unit:
        return number
    return f"{number}{unit}" if unit == "%" and lang == "en" else f"{number}\u00a0{unit}"


def range_words(low: float | None, high: float | None, unit: str, lang: Language) -> str:
    """Return an interval in words: « au moins 20 k€ », « entre 20 k€ et 30 k€ »; a missing end is open."""
    ends = {
        "low": "" if low is None else figure(low, unit, lang),
        "high": "" if high is None else figure(high, unit, lang),
    }
    if low is None or high is None:
        return say("marking_several.at_most" if low is None else "marking_several.at_least", lang, **ends)
    return say("marking_several.exactly" if low == high else "marking_several.between", lang, **ends)


def series(lines: Iterable[tuple[str, str]], lang: Language) -> str:
    """Return ``(name, value)`` pairs as one sentence part: « Mairie : 20 ; CAF : 30 »."""
    pair = "{}\u00a0: {}" if lang == "fr" else "{}: {}"
    return ("\u202f; " if lang == "fr" else "; ").join(pair.format(*line) for line in lines)


def inner(value: object, *path: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return what a path of keys leads to in an answer, None when the answer has another form."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def words_by_id(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the words of ``{"id", "text"}`` entries by id."""
    return {str(entry["id"]): str(entry["text"]) for entry in entries}
