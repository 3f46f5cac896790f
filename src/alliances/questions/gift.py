"""Questions as a GIFT file: Moodle's format for people, one question a paragraph.

Written as Moodle's own exporter does (``question/format/gift/format.php``; for an order,
``question/type/ordering``). GIFT has no cloze, no unit, no file and no note for the marker: ``for_gift`` says
what each question becomes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from alliances.questions.lms import Pair, fraction_text, number_text
from alliances.questions.moodle_xml import ROOT_CATEGORY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliances.questions.lms import Answer, MoodleQuestion

__all__ = ["for_gift", "write_gift"]

_RESERVED: Final = str.maketrans(
    {"\\": "\\\\", "\n": "\\n", "\r": "", **{sign: f"\\{sign}" for sign in "#=~{}:"}}
)
# An order's items are read as they stand, without any escape.
_RAW: Final = re.compile(r"[{}\\]|^//|^\[")


def for_gift(question: MoodleQuestion) -> tuple[tuple[MoodleQuestion, ...], tuple[str, ...]]:
    """Return the question as GIFT can hold it, and the keys of ``bank.note_<key>`` that say what was lost.

    A cloze becomes one question a gap; an order whose items GIFT could not read back becomes a matching of
    items with their ranks.
    """
    if question.kind == "cloze":
        return _apart(question), ("gift_apart", "gift_points")
    notes: tuple[str, ...] = () if question.points == 1 else ("gift_points",)
    if question.kind == "numerical" and question.units:
        question, notes = replace(question, units=()), (*notes, "gift_units")
    if question.kind == "essay" and (question.file or question.grader or any(question.words)):
        question, notes = replace(question, file=False, grader="", words=(0, 0)), (*notes, "gift_essay")
    if question.kind == "ordering":
        items = [_one_line(answer.text) for answer in question.answers]
        if any(_RAW.search(item) for item in items) or _RAW.search(question.text) or "{" in question.name:
            pairs = tuple(
                Pair(answer.text, str(place)) for place, answer in enumerate(question.answers, start=1)
            )
            return (replace(question, kind="matching", answers=(), grading="", pairs=pairs),), (
                *notes,
                "gift_ranks",
            )
        if any(answer.feedback for answer in question.answers) or question.feedback:
            notes = (*notes, "gift_order_feedback")
        answers = tuple(
            replace(answer, text=item, feedback="")
            for answer, item in zip(question.answers, items, strict=True)
        )
        question = replace(question, answers=answers, feedback="")
    return (question,), notes


def _one_line(text: str) -> str:
    """Return an item's HTML on one line."""
    return " ".join(text.split())


def _apart(question: MoodleQuestion) -> tuple[MoodleQuestion, ...]:
    bodies = re.split(r"\{#(\d+)\}", question.text)
    total = sum(place.weight for place in question.places)
    text = re.sub(r"\{#(\d+)\}", r"[\1]", question.text)
    made = []
    for number in map(int, bodies[1::2]):
        place = question.places[number - 1]
        made.append(
            replace(
                question,
                kind=place.kind,
                name=f"{question.name} ({number}/{len(question.places)})",
                idnumber=f"{question.idnumber}.{number}",
                text=f"{text}<p><strong>[{number}]</strong></p>",
                points=round(question.points * place.weight / total, 5),
                answers=place.answers,
                places=(),
            )
        )
    return tuple(made)


def write_gift(questions: Iterable[MoodleQuestion]) -> str:
    """Return the file's text (to be written in UTF-8).

    Raises:
        ValueError: a question is one that GIFT cannot hold (``for_gift`` was not asked).
    """
    blocks: list[str] = []
    category: tuple[str, ...] | None = None
    for question in questions:
        if question.category != category:
            category = question.category
            path = "/".join([ROOT_CATEGORY, *(name.replace("/", "//") for name in category)])
            blocks.append(f"$CATEGORY: {path}")
        blocks.append(_block(question))
    return "\n\n".join([*blocks, ""])


def _escaped(text: str) -> str:
    return text.translate(_RESERVED)


def _bracketed(value: str) -> str:
    return value.replace("\\", "\\\\").replace("]", "\\]")


def _block(question: MoodleQuestion) -> str:
    marks = [f"[id:{_bracketed(question.idnumber)}]", *(f"[tag:{_bracketed(tag)}]" for tag in question.tags)]
    # Points have no place in GIFT; a comment keeps them for whoever reads the file.
    lines = [f"// {' '.join(marks)}", f"// points: {number_text(question.points)}"]
    head = f"::{_escaped(question.name)}::[html]{_escaped(question.text)}"
    if question.kind == "ordering":
        head = f"::{_escaped(question.name)}::[html]{question.text.replace(chr(10), ' ')}"
        lines.append(f"{head}{{>{len(question.answers)} ALL VERTICAL {question.grading} SHOW none")
        return "\n".join([*lines, *(answer.text for answer in question.answers), "}"])
    lines.append(head + ("{#" if question.kind == "numerical" else "{"))
    lines += _answers(question)
    if question.feedback:
        lines.append(f"\t####{_escaped(question.feedback)}")
    return "\n".join([*lines, "}"])


def _answers(question: MoodleQuestion) -> list[str]:
    if question.kind == "essay":
        return []
    if question.kind == "matching":
        return [f"\t={_escaped(pair.left)} -> {_escaped(pair.right)}" for pair in question.pairs]
    if question.kind == "multichoice":
        return [
            _option(answer, _weight(answer.fraction, single=question.single)) for answer in question.answers
        ]
    if question.kind == "numerical":
        return [_number(answer) for answer in question.answers]
    raise ValueError(f"GIFT has no question of kind {question.kind!r}")


def _option(answer: Answer, weight: str) -> str:
    return f"\t{weight}{_escaped(answer.text)}#{_escaped(answer.feedback)}"


def _number(answer: Answer) -> str:
    if answer.text == "*":
        return f"\t~#{_escaped(answer.feedback)}"
    value = f"{answer.text}:{number_text(answer.tolerance)}"
    return f"\t=%{fraction_text(answer.fraction)}%{value}#{_escaped(answer.feedback)}"


def _weight(fraction: float, *, single: bool) -> str:
    if fraction == 1 and single:
        return "="
    return "~" if fraction == 0 else f"~%{fraction_text(fraction)}%"
