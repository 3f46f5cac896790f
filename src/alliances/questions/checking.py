"""What one question must have, type by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from alliances.questions.source import Field

__all__ = ["LEAST_REASON_WORDS", "check_question"]

LEAST_REASON_WORDS: Final = 15  # a shorter reason says « wrong » without saying why
_COMMON: Final = ("id", "type", "outcome", "points", "prompt", "title", "next_step")
_Sets = dict[str, list[dict[str, Any]]]


def check_question(
    field: Field,
    sets: _Sets,
    misconceptions: Collection[str],
    *,
    extra: tuple[str, ...] = (),
    points_needed: bool = False,
) -> None:
    """Check a question of any type.

    Args:
        field: the question in its file.
        sets: named lists that it may refer to.
        misconceptions: ids of the mistakes that the file describes.
        extra: names of fields that the caller has checked.
        points_needed: whether points must be written (a form) or are 1 by default (an item).

    Raises:
        SourceError: with file, line, field and what was expected.
    """
    field["type"].word(_CHECKS)
    kind = field["type"].value
    required, optional, check = _CHECKS[kind]
    needed = [*required, "points"] if points_needed and kind != "text" else list(required)
    fields = field.mapping(["id", "type", "outcome", *needed], [*_COMMON, *optional, *extra])
    for name in ("prompt", "title", "next_step"):
        if name in fields:
            fields[name].bilingual()
    if "points" in fields:
        fields["points"].number(minimum=0)
    check(fields, sets, misconceptions)


def _choice(fields: Mapping[str, Field], _sets: _Sets, misconceptions: Collection[str]) -> None:
    seen: dict[str, int] = {}
    right = 0
    options = fields["options"].entries(minimum=2)
    for option in options:
        parts = option.mapping(["id", "correct", "text", "reason"], ["misconception"])
        parts["id"].identifier()
        if parts["id"].value in seen:
            parts["id"].refuse("repeated_id", first=seen[parts["id"].value])
        seen[parts["id"].value] = parts["id"].line
        right += parts["correct"].flag()
        parts["text"].bilingual()
        parts["reason"].bilingual(LEAST_REASON_WORDS)
        _misconception(parts, misconceptions)
    if not right:
        fields["options"].refuse("no_correct_option")
    if right == len(options):
        fields["options"].refuse("no_wrong_option")


def _classify(fields: Mapping[str, Field], sets: _Sets, _misconceptions: Collection[str]) -> None:
    categories = _ids(fields["categories"], sets)
    reasons = _ids(fields["reasons"], sets)
    if isinstance(fields["case"].value, dict):
        case = fields["case"].mapping(["title", "text"], ["source_line"])
        for part in case.values():
            part.bilingual()
    else:
        fields["case"].text()
    readings = fields["readings"].mapping()
    if not readings:
        fields["readings"].refuse("not_empty_set")
    for family, supports in readings.items():
        if family not in categories:
            supports.refuse("not_in_set", unknown=family, set="categories", allowed=", ".join(categories))
        for reason in supports.entries(minimum=1):
            if reason.value not in reasons:
                reason.refuse("not_in_set", unknown=reason.value, set="reasons", allowed=", ".join(reasons))
    fields["team_reason"].bilingual(LEAST_REASON_WORDS)


def _ids(field: Field, sets: _Sets) -> list[str]:
    """Return the ids of a list named by ``field`` or written in it."""
    if isinstance(field.value, list):
        for entry in field.entries(minimum=2):
            entry.mapping(["id", "text"], [])
            entry["id"].identifier()
            entry["text"].bilingual()
        return [entry["id"] for entry in field.value]
    return [entry["id"] for entry in sets[field.word(sets)]]


def _number(fields: Mapping[str, Field], _sets: _Sets, misconceptions: Collection[str]) -> None:
    fields["value"].number()
    fields["reason"].bilingual()
    fields["otherwise"].bilingual()
    if "tolerance" in fields:
        fields["tolerance"].number(minimum=0)
    if "kind" in fields:
        fields["kind"].word(("absolute", "relative"))
    if "decimals" in fields:
        fields["decimals"].whole()
    if "unit" in fields and isinstance(fields["unit"].value, dict):
        fields["unit"].bilingual(may_be_empty=True)
    elif "unit" in fields and fields["unit"].value != "":
        fields["unit"].text()
    if "known_errors" not in fields:
        return
    for error in fields["known_errors"].entries():
        parts = error.mapping(["value", "reason"], ["tolerance", "misconception"])
        parts["value"].number()
        parts["reason"].bilingual()
        if "tolerance" in parts:
            parts["tolerance"].number(minimum=0)
        _misconception(parts, misconceptions)


def _text(fields: Mapping[str, Field], _sets: _Sets, _misconceptions: Collection[str]) -> None:
    if "criteria" in fields:
        fields["criteria"].identifier()
    low = fields["min_words"].whole() if "min_words" in fields else 0
    if "max_words" in fields:
        high = fields["max_words"].whole(minimum=1)
        if low > high:
            fields["min_words"].refuse("words_crossed", minimum=low, maximum=high)


def _misconception(parts: Mapping[str, Field], known: Collection[str]) -> None:
    if "misconception" in parts and parts["misconception"].value not in known:
        parts["misconception"].refuse("not_a_misconception", allowed=", ".join(known) or "—")


_Check = tuple[
    tuple[str, ...], tuple[str, ...], "Callable[[Mapping[str, Field], _Sets, Collection[str]], None]"
]
_CHECKS: Final[dict[str, _Check]] = {
    "choice": (("prompt", "options", "next_step"), (), _choice),
    "classify": (("case", "categories", "reasons", "readings", "team_reason", "next_step"), (), _classify),
    "number": (
        ("prompt", "value", "reason", "otherwise", "next_step"),
        ("tolerance", "kind", "unit", "decimals", "known_errors"),
        _number,
    ),
    "text": (("prompt",), ("criteria", "min_words", "max_words"), _text),
}
