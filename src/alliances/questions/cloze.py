"""The gaps of Moodle's cloze questions, ``{1:MULTICHOICE:=right#why~wrong#why}``: written and read back.

Moodle cuts a gap with regular expressions and then undoes HTML entities once
(``question/type/multianswer/questiontype.php``), so everything that it would cut at is written as an entity.
"""

from __future__ import annotations

import html
import re
from typing import Final

from alliances.questions.lms import Answer, Place, fraction_text, number_text

__all__ = ["read_places", "with_places"]

_WORDS: Final = {"multichoice": "MULTICHOICE", "numerical": "NUMERICAL"}
_CUTS: Final = str.maketrans(
    {sign: f"&#{ord(sign)};" for sign in "~}{#=%\\"} | {"&": "&#38;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
)
# The same shape as Moodle's ANSWER_REGEX for what we write: nothing inside is a bare brace, ~ or #.
_GAP: Final = re.compile(r"\{(\d+):(MULTICHOICE|NUMERICAL):([^{}]*)\}")
_ANSWER: Final = re.compile(
    r"(?:(=)|%(-?[\d.]+)%)?((?:[^~#&]|&(?:#\d+|\w+);)+)(?:#((?:[^~#&]|&(?:#\d+|\w+);)*))?"
)


def with_places(text: str, places: tuple[Place, ...]) -> str:
    """Return a question's HTML with each ``{#n}`` replaced by its gap; other braces become entities."""
    parts = re.split(r"\{#(\d+)\}", text)
    written = []
    for index, part in enumerate(parts):
        if index % 2 and 1 <= int(part) <= len(places):
            written.append(_gap(places[int(part) - 1]))
        else:
            words = f"{{#{part}}}" if index % 2 else part
            written.append(words.replace("{", "&#123;").replace("}", "&#125;"))
    return "".join(written)


def _gap(place: Place) -> str:
    written = []
    for answer in place.answers:
        share = (
            "=" if answer.fraction == 1 else f"%{fraction_text(answer.fraction)}%" if answer.fraction else ""
        )
        said = answer.text.translate(_CUTS)
        if place.kind == "numerical" and answer.text != "*":
            said += f":{number_text(answer.tolerance)}"
        written.append(f"{share}{said}" + (f"#{answer.feedback.translate(_CUTS)}" if answer.feedback else ""))
    return f"{{{place.weight}:{_WORDS[place.kind]}:{'~'.join(written)}}}"


def read_places(text: str) -> tuple[str, tuple[Place, ...]]:
    """Return a cloze's HTML with ``{#n}`` for each gap, and the gaps."""
    places: list[Place] = []

    def taken(gap: re.Match[str]) -> str:
        kind: object = gap[2].lower()
        answers = tuple(_answer(found, numerical=kind == "numerical") for found in _ANSWER.finditer(gap[3]))
        places.append(Place(kind, answers, int(gap[1])))  # type: ignore[arg-type]
        return f"\0{len(places)}\0"

    cut = _GAP.sub(taken, text).replace("&#123;", "{").replace("&#125;", "}")
    return re.sub("\0(\\d+)\0", r"{#\1}", cut), tuple(places)


def _answer(found: re.Match[str], *, numerical: bool) -> Answer:
    right, percent, said, feedback = found.groups()
    fraction = 1.0 if right else round(float(percent or 0) / 100, 7)
    value, tolerance = html.unescape(said), 0.0
    if numerical and ":" in value:
        value, _, width = value.partition(":")
        tolerance = float(width)
    return Answer(value, fraction, html.unescape(feedback or ""), tolerance)
