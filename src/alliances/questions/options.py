"""Options with a reason each, as choice and choices write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.questions.kind import Checking, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alliances.questions.source import Field

__all__ = ["BILINGUAL", "LEAST_REASON_WORDS", "check_options", "option_schema", "short", "words_of"]

LEAST_REASON_WORDS: Final = 15  # a shorter reason says « wrong » without saying why
BILINGUAL: Final[dict[str, str]] = {"$ref": "#/$defs/bilingual"}


def check_options(field: Field, at: Checking, *, wrong_needed: bool = True) -> list[str]:
    """Check options (id, text, correct, reason, misconception) and return their ids."""
    seen: dict[str, int] = {}
    right = 0
    options = field.entries(minimum=2)
    for option in options:
        parts = option.mapping(["id", "correct", "text", "reason"], ["misconception"])
        once(parts["id"], seen)
        right += parts["correct"].flag()
        parts["text"].bilingual()
        parts["reason"].bilingual(LEAST_REASON_WORDS)
        at.misconception(parts)
    if not right:
        field.refuse("no_correct_option")
    if wrong_needed and right == len(options):
        field.refuse("no_wrong_option")
    return list(seen)


def option_schema() -> dict[str, Any]:
    """Return the JSON Schema of a list of options."""
    return {
        "type": "array",
        "minItems": 2,
        "items": {
            "type": "object",
            "required": ["id", "correct", "text", "reason"],
            "additionalProperties": False,
            "properties": {
                "id": {"$ref": "#/$defs/id"},
                "correct": {"type": "boolean"},
                "text": BILINGUAL,
                "reason": {"$ref": "#/$defs/reason"},
                "misconception": {"$ref": "#/$defs/id"},
            },
        },
    }


def words_of(entries: Iterable[Mapping[str, Any]], chosen: object) -> str:
    """Return the words of the entry whose id was chosen; what was given when there is none."""
    return next((str(entry["text"]) for entry in entries if entry["id"] == chosen), str(chosen))


def short(label: str) -> str:
    """Return a label without what explains it: the words before its first colon or parenthesis."""
    import re

    return re.split(r"\s*[:(]", label, maxsplit=1)[0] or label
