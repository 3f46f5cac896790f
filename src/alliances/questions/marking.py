"""Marking: a question and an answer in, points and reasons out.

Pure: no file, no Jupyter, no clock. The rules for choice, classify and number are written a second time in
``widgets/marking.js`` for practice in the page; ``tests/data/marking_vectors.json`` holds the two equal.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from alliances.i18n import Language, current_language, format_number, is_language, text
from alliances.questions.numbers import floor_points, read_number, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["UNKNOWN", "Mark", "Verdict", "count_words", "empty_answer", "mark"]

Verdict = Literal["right", "partly", "wrong", "unknown", "unanswered", "person"]
UNKNOWN: Final = "unknown"

_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "choice": ("option",),
    "classify": ("category", "reason"),
    "number": ("value",),
    "text": ("text",),
}


@dataclass(frozen=True)
class Mark:
    """What one answer earns, and why.

    Attributes:
        points: earned, rounded to two decimals, from 0 to ``max_points``.
        max_points: what a full answer earns.
        verdict: ``person`` means that somebody will read it; ``unanswered`` also covers unreadable answers.
        reason: why, in the question's language.
        next_step: one thing to do now (Markdown, may hold a link); empty when the answer is right.
        misconception: the known mistake that this answer shows, by its id; empty otherwise.
        words: number of words of an open answer; None for other types.
    """

    points: float
    max_points: float
    verdict: Verdict
    reason: str
    next_step: str = ""
    misconception: str = ""
    words: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the mark as JSON values."""
        return asdict(self)


def empty_answer(kind: str) -> dict[str, None]:
    """Return an answer to a question of type ``kind`` with every value still to give.

    Raises:
        ValueError: there is no such type.
    """
    if kind not in _FIELDS:
        raise ValueError(f"kind must be one of {', '.join(_FIELDS)} (got {kind!r})")
    return dict.fromkeys(_FIELDS[kind])


def count_words(typed: str) -> int:
    """Count the words of a text: what spaces separate and holds a letter or a digit."""
    return sum(any(sign.isalnum() for sign in part) for part in re.split(r"\s+", typed))


def mark(question: Mapping[str, Any], answer: object, lang: Language | None = None) -> Mark:
    """Mark one answer. Never raises for what the answer is, and never takes points away.

    Args:
        question: a compiled question, keys included (``spec.compile_question``).
        answer: what the person gave: ``{"option"}``, ``{"category", "reason"}``, ``{"value"}``, ``{"text"}``,
            ``{"unknown": true}`` for « Je ne sais pas », or None.
        lang: language of the reasons; by default the question's own, else the current one.

    Raises:
        ValueError: the question's type is not one of the four.
    """
    language = lang or _language_of(question)
    kind = question.get("type")
    if kind not in _FIELDS:
        raise ValueError(f"question {question.get('id')!r} has no known type (got {kind!r})")
    sheet = _Sheet(question, language)
    if answer is None:
        return sheet.without("unanswered")
    if type(answer) is not dict:
        return sheet.without("wrong_shape", expected=_shape(kind))
    given = {key: value for key, value in answer.items() if type(key) is str}
    if given.get("unknown") is True or _says_unknown(given, _FIELDS[kind][0]):
        return sheet.unknown()
    return _MARKERS[kind](sheet, given)


def _language_of(question: Mapping[str, Any]) -> Language:
    code = question.get("lang")
    return cast("Language", code) if isinstance(code, str) and is_language(code) else current_language()


def _says_unknown(given: dict[str, object], field: str) -> bool:
    return field not in {"value", "text"} and given.get(field) == UNKNOWN


def _shape(kind: str) -> str:
    return "{" + ", ".join(f'"{field}": …' for field in _FIELDS[kind]) + "}"


@dataclass(frozen=True)
class _Sheet:
    """A question being marked in one language."""

    question: Mapping[str, Any]
    language: Language

    @property
    def max_points(self) -> float:
        return float(self.question.get("points", 1))

    def say(self, key: str, **values: object) -> str:
        return text(f"questions.{key}", self.language, **values)

    def give(self, share: float, verdict: Verdict, reason: str, misconception: str = "") -> Mark:
        """Return a mark of ``share`` (0 to 1) of the points."""
        step = "" if verdict == "right" else str(self.question.get("next_step") or "")
        points = floor_points(self.max_points * share, self.max_points)
        return Mark(points, self.max_points, verdict, reason, step, misconception)

    def without(self, key: str, **values: object) -> Mark:
        """Return a mark for an answer that is missing or cannot be read."""
        return Mark(0.0, self.max_points, "unanswered", self.say(key, **values))

    def unknown(self) -> Mark:
        """Return the mark of « Je ne sais pas », with what there is to learn."""
        return self.give(0, "unknown", joined(self.say("said_unknown"), self._expected()))

    def _expected(self) -> str:
        kind = self.question["type"]
        if kind == "choice":
            right = next((o for o in self.question["options"] if o.get("correct")), None)
            return (
                ""
                if right is None
                else joined(self.say("expected", answer=right["text"].rstrip(". ")), right["reason"])
            )
        if kind == "classify":
            return joined(self.admitted(), str(self.question.get("team_reason") or ""))
        if kind == "number":
            return joined(
                self.say("expected", answer=self.written(float(self.question["value"]))),
                str(self.question.get("reason") or ""),
            )
        return ""

    def written(self, number: float) -> str:
        """Return a number with its unit, as the language writes it."""
        unit = str(self.question.get("unit") or "")
        figure = format_number(number, int(self.question.get("decimals", 0)), self.language)
        if not unit:
            return figure
        tight = unit == "%" and self.language == "en"
        return f"{figure}{unit}" if tight else f"{figure}\u00a0{unit}"

    def admitted(self) -> str:
        """Return the admissible readings in words, each with the reasons that support it."""
        categories = {c["id"]: short(c["text"]) for c in self.question["categories"]}
        reasons = {r["id"]: short(r["text"]) for r in self.question["reasons"]}
        readings = [
            self.say(
                "reading",
                family=categories.get(family, family),
                reasons=", ".join(reasons.get(reason, reason) for reason in supports),
            )
            for family, supports in self.question["readings"].items()
        ]
        return self.say(
            "admitted", readings="\u00a0; ".join(readings) if self.language == "fr" else "; ".join(readings)
        )


def short(label: str) -> str:
    """Return a label without what explains it: the words before its first colon or parenthesis."""
    return re.split(r"\s*[:(]", label, maxsplit=1)[0] or label


def joined(*sentences: str) -> str:
    """Return the sentences that are there, one after the other."""
    return " ".join(sentence.strip() for sentence in sentences if sentence.strip())


def _found(entries: list[dict[str, Any]], given: object) -> dict[str, Any] | None:
    """Return the entry that an answer names by its id or by its full label."""
    if type(given) is not str:
        return None
    wanted = _plain(given)
    by_id = next((entry for entry in entries if entry["id"] == wanted), None)
    return by_id or next((entry for entry in entries if _plain(entry["text"]) == wanted), None)


def _plain(label: str) -> str:
    """Return a label as a keyboard types it: plain spaces and apostrophes, lower case."""
    return re.sub("[ \t\n\r\u00a0\u202f]+", " ", label).strip(" ").replace("’", "'").lower()


def _choice(sheet: _Sheet, given: dict[str, object]) -> Mark:
    if given.get("option") is None:
        return sheet.without("unanswered")
    option = _found(sheet.question["options"], given["option"])
    if option is None:
        ids = ", ".join(o["id"] for o in sheet.question["options"])
        return sheet.without("not_an_option", allowed=ids)
    if option.get("correct"):
        return sheet.give(1, "right", option["reason"])
    return sheet.give(0, "wrong", option["reason"], str(option.get("misconception") or ""))


def _classify(sheet: _Sheet, given: dict[str, object]) -> Mark:
    question = sheet.question
    if given.get("category") is None:
        return sheet.without("unanswered")
    category = _found(question["categories"], given["category"])
    if category is None:
        ids = ", ".join(c["id"] for c in question["categories"])
        return sheet.without("not_an_option", allowed=ids)
    team = str(question.get("team_reason") or "")
    supports = question["readings"].get(category["id"])
    if supports is None:
        reading = sheet.say("reading_not_admitted", family=category["text"])
        return sheet.give(0, "wrong", joined(reading, sheet.admitted(), team))
    reason = _found(question["reasons"], given.get("reason"))
    if reason is not None and reason["id"] in supports:
        return sheet.give(1, "right", joined(sheet.say("reading_supported"), sheet.admitted(), team))
    start = sheet.say("reason_missing" if reason is None else "reason_unsupporting")
    return sheet.give(0.5, "partly", joined(start, sheet.admitted(), team))


def _number(sheet: _Sheet, given: dict[str, object]) -> Mark:
    question = sheet.question
    typed = given.get("value")
    if typed is None or (type(typed) is str and not typed.strip()):
        return sheet.without("unanswered")
    number = read_number(typed, str(question.get("unit") or ""), sheet.language)
    if number is None:
        example = format_number(1234.5, 1, sheet.language)
        return sheet.without("not_a_number", example=example)
    kind = str(question.get("kind") or "absolute")
    read = sheet.say("read_as", number=sheet.written(number))
    if within(number, float(question["value"]), float(question.get("tolerance") or 0), kind):
        return sheet.give(1, "right", str(question.get("reason") or ""))
    for error in question.get("known_errors") or ():
        if within(number, float(error["value"]), float(error.get("tolerance") or 0), "absolute"):
            return sheet.give(
                0, "wrong", joined(read, error["reason"]), str(error.get("misconception") or "")
            )
    return sheet.give(0, "wrong", joined(read, str(question.get("otherwise") or "")))


def _text(sheet: _Sheet, given: dict[str, object]) -> Mark:
    typed = given.get("text")
    if typed is not None and type(typed) is not str:
        return sheet.without("wrong_shape", expected=_shape("text"))
    words = count_words(typed or "")
    if not words:
        return sheet.without("unanswered")
    low, high = sheet.question.get("min_words"), sheet.question.get("max_words")
    if low and words < low:
        length = sheet.say("words_short", words=words, minimum=low)
    elif high and words > high:
        length = sheet.say("words_long", words=words, maximum=high)
    else:
        length = sheet.say("words_fit", words=words)
    reason = joined(sheet.say("a_person_marks"), length)
    return Mark(
        0.0, sheet.max_points, "person", reason, str(sheet.question.get("next_step") or ""), words=words
    )


_MARKERS: Final[dict[str, Callable[[_Sheet, dict[str, object]], Mark]]] = {
    "choice": _choice,
    "classify": _classify,
    "number": _number,
    "text": _text,
}
