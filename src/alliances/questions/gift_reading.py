"""A GIFT file read back into questions, as Moodle reads it (``question/format/gift/format.php``)."""

from __future__ import annotations

import re
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances.questions.lms import Answer, MoodleQuestion, Pair
from alliances.questions.moodle_xml import ROOT_CATEGORY

__all__ = ["read_gift"]

# What was escaped is held aside as a number between two marks, so that nothing cuts at it.
_ESCAPED: Final = re.compile(r"\\([\\:#={}~n])")
_HELD: Final = re.compile("\0(\\d+)\0")
_MARK: Final = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.)*)\]")
_WEIGHT: Final = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_ORDER: Final = re.compile(r"\{>\s*\d+ ALL VERTICAL (\w+) SHOW none\n(.*)\n\}\s*$", re.DOTALL)


def read_gift(content: str) -> list[MoodleQuestion]:
    """Return the questions of a file, in its order, each with the category that was open.

    Raises:
        AlliancesError: a question without its closing brace, or with answers of no known form; the message
            gives the line.
    """
    category: tuple[str, ...] = ()
    questions: list[MoodleQuestion] = []
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*content.removeprefix("\ufeff").splitlines(), ""], start=1):
        if line.strip():
            if not lines:
                start = number
            lines.append(line.strip())
            continue
        if lines and lines[0].startswith("$CATEGORY:"):
            category = _category(lines[0].removeprefix("$CATEGORY:").strip())
        elif any(not entry.startswith("//") for entry in lines):
            questions.append(_question(lines, category, start))
        lines = []
    return questions


def _category(path: str) -> tuple[str, ...]:
    inner = path.removeprefix(ROOT_CATEGORY).lstrip("/").replace("//", "\0")
    return tuple(name.replace("\0", "/") for name in inner.split("/") if name)


def _plain(text: str) -> str:
    return _HELD.sub(lambda found: chr(int(found[1])), text).strip()


def _question(lines: list[str], category: tuple[str, ...], start: int) -> MoodleQuestion:
    comments = [line for line in lines if line.startswith("//")]
    whole = "\n".join(line for line in lines if not line.startswith("//"))
    marks = [
        (kind, re.sub(r"\\(.)", r"\1", value)) for line in comments for kind, value in _MARK.findall(line)
    ]
    points = next((float(line.split(":", 1)[1]) for line in comments if line.startswith("// points:")), 1.0)
    order = _ORDER.search(whole)
    if order is not None:
        # Items stand as they are, without escapes.
        whole = whole[: order.start()] + "{}"
    held = _ESCAPED.sub(lambda found: f"\0{ord(chr(10) if found[1] == 'n' else found[1])}\0", whole)
    name = ""
    if held.startswith("::"):
        name, _, held = held[2:].partition("::")
    text, opened, rest = held.partition("{")
    body, closed, after = rest.partition("}")
    if not opened or not closed or after.strip():
        raise AlliancesError("bank.gift_braces", line=start, name=_plain(name))
    answers, _, feedback = body.rpartition("####") if "####" in body else (body, "", "")
    common: dict[str, Any] = {
        "category": category,
        "name": _plain(name),
        "idnumber": next((value for kind, value in marks if kind == "id"), ""),
        "tags": tuple(value for kind, value in marks if kind == "tag"),
        "text": _plain(text.strip().removeprefix("[html]")),
        "feedback": _plain(feedback),
        "points": points,
    }
    if order is not None:
        items = tuple(Answer(line.strip()) for line in order[2].splitlines())
        return MoodleQuestion("ordering", **common, answers=items, grading=order[1])
    answers = answers.strip()
    if not answers:
        return MoodleQuestion("essay", **common)
    if answers.startswith("#"):
        return MoodleQuestion("numerical", **common, answers=_numbers(answers[1:]))
    if "~" in answers:
        single = "=" in answers
        options = [part.strip() for part in answers.replace("=", "~=").split("~") if part.strip()]
        return MoodleQuestion("multichoice", **common, single=single, answers=tuple(map(_option, options)))
    if "=" in answers and "->" in answers:
        pairs = [part.partition("->") for part in answers.split("=") if part.strip()]
        found = tuple(Pair(_plain(left.strip()), _plain(right.strip())) for left, _, right in pairs)
        return MoodleQuestion("matching", **common, pairs=found)
    raise AlliancesError("bank.gift_answers", line=start, name=common["name"])


def _option(part: str) -> Answer:
    fraction = 0.0
    weight = _WEIGHT.match(part)
    if part.startswith("="):
        fraction, part = 1.0, part[1:]
    elif weight:
        fraction, part = round(float(weight[1]) / 100, 7), part[weight.end() :]
    said, _, feedback = part.partition("#")
    return Answer(_plain(said), fraction, _plain(feedback))


def _numbers(written: str) -> tuple[Answer, ...]:
    right, _, wrong = written.partition("~")
    answers = []
    for part in filter(None, (part.strip() for part in right.split("="))):
        weight = _WEIGHT.match(part)
        share = float(weight[1]) / 100 if weight else 1.0
        said, _, feedback = (part[weight.end() :] if weight else part).partition("#")
        value, _, width = said.partition(":")
        answers.append(Answer(value.strip(), round(share, 7), _plain(feedback), float(width or 0)))
    if wrong:
        answers.append(Answer("*", 0.0, _plain(wrong.partition("#")[2])))
    return tuple(answers)
