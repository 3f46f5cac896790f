"""What each of our questions becomes in Moodle, and what is lost on the way, which is always said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from alliances.questions import lms_gaps
from alliances.questions.drawing import fill, with_figures, written_figure
from alliances.questions.expressions import evaluated
from alliances.questions.lms import Answer, MoodleQuestion, Pair, Unit, near_fraction, number_text
from alliances.questions.lms_html import block, feedback, line, listed, plain, prompt
from alliances.questions.registry import type_of
from alliances.questions.rules import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alliances.i18n import Language

__all__ = ["VARIANTS", "Exported", "Status", "to_moodle"]

Status = Literal["same", "near", "person", "left_out"]
VARIANTS: Final = 4  # questions that one question with drawn figures becomes
_NAME_LENGTH: Final = 90
_LEAST_CHOICES: Final = 3  # right sides below which Moodle's form warns about a matching question
_FIELD: Final = re.compile(r"\s*\(`[^`]*`\)")  # the name of a field, which only a notebook's cell has
_Made = tuple[tuple[MoodleQuestion, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Exported:
    """What one question became.

    Attributes:
        name: the item, ``module.id``.
        type: its type here.
        status: ``same`` (marked as here), ``near`` (marked nearly as here), ``person`` (somebody marks it),
            ``left_out`` (nothing in Moodle comes near).
        notes: keys of sentences ``bank.note_<key>`` that say what differs.
        questions: the questions of Moodle; none when left out.
    """

    name: str
    type: str
    status: Status
    notes: tuple[str, ...]
    questions: tuple[MoodleQuestion, ...]


def to_moodle(
    question: Mapping[str, Any],
    *,
    name: str,
    category: tuple[str, ...],
    tags: tuple[str, ...] = (),
    variants: int = VARIANTS,
) -> Exported:
    """Return what a compiled question (keys included, in one language) becomes in Moodle.

    Args:
        question: from ``compile_question``; its language is the export's.
        name: ``module.id``; with the language it makes the id number, unique in the category.
        category: where it goes, names from the top down.
        tags: outcome, level and the like.
        variants: how many questions with concrete figures stand for one whose figures are drawn.

    Raises:
        ValueError: there is no such type of question.
    """
    kind = type_of(str(question["type"]))
    lang: Language = question["lang"]
    base = MoodleQuestion(
        kind="essay",
        category=category,
        name=_label(name, question),
        idnumber=f"{name}.{lang}",
        text=prompt(question),
        feedback=feedback(question),
        points=float(question.get("points", 1)),
        tags=tags,
    )
    if kind.name == "number" and question.get("parameters"):
        questions, notes = _drawn(question, base, variants)
    else:
        questions, notes = _MAPPINGS.get(kind.name, _essay)(question, base)
    if not questions:
        status: Status = "left_out"
    elif questions[0].kind == "essay":
        status = "person"
    else:
        status = "near" if set(notes) - {"variants"} else "same"
    return Exported(name, kind.name, status, notes, questions)


def _label(name: str, question: Mapping[str, Any]) -> str:
    """Return what trainers see in the question bank: the item, and how its prompt begins."""
    label = f"{name} · {plain(str(question.get('title') or question.get('prompt') or ''))}"
    return label if len(label) <= _NAME_LENGTH else f"{label[: _NAME_LENGTH - 1].rstrip()}…"


def _choice(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    answers = tuple(
        Answer(line(option["text"]), 1.0 if option["correct"] else 0.0, line(option["reason"]))
        for option in question["options"]
    )
    return (replace(base, kind="multichoice", answers=answers),), ()


def _choices(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    options = question["options"]
    right = sum(bool(option["correct"]) for option in options)
    credit = question.get("credit") or "right_minus_wrong"
    notes = [] if credit == "right_minus_wrong" else [credit]
    # Moodle pays what is picked, never what is left; of our three rules one is the same there.
    wrong = -1.0 if credit == "all_or_nothing" else -1 / max(1, len(options) - right)
    if credit == "per_option":
        wrong = -1 / max(1, right)
    shares = {True: near_fraction(1 / right), False: near_fraction(wrong)}
    if abs(shares[True] - 1 / right) > 1e-6 or abs(shares[False] - wrong) > 1e-6:  # noqa: PLR2004 - 7 decimals
        notes.append("fractions")
    answers = tuple(
        Answer(line(option["text"]), shares[bool(option["correct"])], line(option["reason"]))
        for option in options
    )
    return (replace(base, kind="multichoice", single=False, answers=answers),), tuple(notes)


def _number(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return a numerical question: the value, then each known error, then any other number."""
    drawn = question.get("drawn") or {}
    figures = {name: written_figure(value, question["lang"]) for name, value in drawn.items()}
    value = evaluated(question["value"], drawn)
    figures["answer"] = written(value, question)

    def said(words: object) -> str:
        return line(fill(str(words or ""), figures))

    tolerance = float(question.get("tolerance") or 0)
    if question.get("kind") == "relative":
        tolerance *= abs(value)  # Moodle's numerical question knows absolute tolerances only
    answers = [Answer(number_text(value), 1.0, said(question.get("reason")), round(tolerance, 10))]
    answers += [
        Answer(
            number_text(evaluated(error["value"], drawn)),
            0.0,
            said(error["reason"]),
            float(error.get("tolerance") or 0),
        )
        for error in question.get("known_errors") or ()
    ]
    answers.append(Answer("*", 0.0, said(question.get("otherwise"))))
    unit = plain(str(question.get("unit") or ""))
    units = [Unit(unit)] if unit else []
    units += [Unit(name, round(1 / factor, 10)) for name, factor in (question.get("units") or {}).items()]
    return (replace(base, kind="numerical", answers=tuple(answers), units=tuple(units)),), ()


def _drawn(question: Mapping[str, Any], base: MoodleQuestion, variants: int) -> _Made:
    """Return several questions with concrete figures, in a category of their own to draw from at random."""
    made: list[MoodleQuestion] = []
    seen: list[Mapping[str, float]] = []
    for attempt in range(20 * variants):
        ready = with_figures(question, f"moodle-{attempt}")
        if ready["drawn"] in seen:
            continue
        seen.append(ready["drawn"])
        here = replace(
            base,
            name=_label(f"{base.name.partition(' · ')[0]} ({len(seen)})", ready),
            idnumber=f"{base.idnumber}.{len(seen)}",
            category=(*base.category, base.idnumber),
            text=prompt(ready),
        )
        made += _number(ready, here)[0]
        if len(seen) == variants:
            break
    return tuple(made), ("variants",)


def _matching(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    left, key = question["left"], question["key"]
    rights = {entry["id"]: plain(entry["text"]) for entry in question["right"]}
    if any(len(wanted) > 1 for wanted in key.values()) or len(set(rights.values())) < _LEAST_CHOICES:
        return lms_gaps.matching(question, base)
    reasons = listed([(entry["text"], question["reasons"][entry["id"]]) for entry in left])
    used = {wanted[0] for wanted in key.values()}
    pairs = [Pair(line(entry["text"]), rights[key[entry["id"]][0]]) for entry in left]
    pairs += [Pair("", words) for name, words in rights.items() if name not in used]
    made = replace(base, kind="matching", pairs=tuple(pairs), feedback=feedback(question, reasons))
    return (made,), ()


def _ordering(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    grading = (
        "LONGEST_ORDERED_SUBSET" if question.get("credit") == "lcs" else "RELATIVE_ALL_PREVIOUS_AND_NEXT"
    )
    made = replace(
        base,
        kind="ordering",
        answers=tuple(Answer(line(item["text"])) for item in question["items"]),
        grading=grading,
        feedback=feedback(question, str(question.get("reason") or "")),
    )
    return (made,), ("ordering",)


def _matrix(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return one matching question a row; a single cloze when a cell admits several values."""
    values = {entry["id"]: plain(entry["text"]) for entry in question["values"]}
    cells = [wanted for row in question["key"].values() for wanted in row.values()]
    notes = ("row_rules",) if question.get("per_row") or question.get("credit") == "per_row" else ()
    columns, rows = question["columns"], question["rows"]
    if any(len(wanted) > 1 for wanted in cells) or len(set(values.values())) < _LEAST_CHOICES:
        questions, more = lms_gaps.matrix(question, base)
        return questions, (*notes, *more)
    made = []
    for place, row in enumerate(rows, start=1):
        wanted = question["key"][row["id"]]
        used = {wanted[column["id"]][0] for column in columns}
        pairs = [Pair(line(column["text"]), values[wanted[column["id"]][0]]) for column in columns]
        pairs += [Pair("", words) for name, words in values.items() if name not in used]
        made.append(
            replace(
                base,
                kind="matching",
                name=f"{base.name} ({place}/{len(rows)})",
                idnumber=f"{base.idnumber}.{place}",
                text=f"{base.text}<p><strong>{line(row['text'])}</strong></p>",
                points=round(base.points / len(rows), 5),
                pairs=tuple(pairs),
                feedback=feedback(question, question["reasons"][row["id"]]),
            )
        )
    return tuple(made), (*notes, "rows")


def _essay(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return an essay: what may be answered is listed, an answer that earns everything is the marker's."""
    kind = type_of(str(question["type"]))
    lang: Language = question["lang"]
    words, grader, shown = (0, 0), "", base.text
    if kind.name == "text":
        words = (int(question.get("min_words") or 0), int(question.get("max_words") or 0))
    elif kind.name != "file":
        for title, entries in kind.codes(question, lang):
            shown += block(_FIELD.sub("", title)) + listed([("", said) for _, said in entries])
        if question.get("start") is not None:
            shown += listed(kind.said(question, kind.empty(question), lang))
        grader = listed(kind.said(question, kind.full_answer(question), lang))
    made = replace(base, text=shown, words=words, grader=grader, file=kind.name == "file")
    return (made,), () if kind.by_person else ("person",) if kind.table(question, lang) else ("artefact",)


def _allocation(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    return lms_gaps.allocation(question, base) or _essay(question, base)


def _confidence(_question: Mapping[str, Any], _base: MoodleQuestion) -> _Made:
    return (), ("confidence",)


# Every other type is read by a person there: placement, table, text, file and the artefacts.
_MAPPINGS: Final[dict[str, Callable[[Mapping[str, Any], MoodleQuestion], _Made]]] = {
    "choice": _choice,
    "choices": _choices,
    "classify": lms_gaps.classify,
    "matching": _matching,
    "ordering": _ordering,
    "number": _number,
    "allocation": _allocation,
    "matrix": _matrix,
    "confidence": _confidence,
}
