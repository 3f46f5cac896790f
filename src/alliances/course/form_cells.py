"""The questions of a form as nbgrader cells: prompt, answer, hidden test; or open answer and its criteria."""

from __future__ import annotations

from pprint import pformat
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final

from alliances.course.nbgrader_cells import TEXT_STUBS, graded
from alliances.course.notebook_file import Cell, code_cell, markdown_cell
from alliances.course.typography import typeset
from alliances.i18n import Language, format_number, text
from alliances.questions import empty_answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alliances.course.exercise_manifest import Criterion
    from alliances.course.form_source import FormPart

__all__ = ["part_cells"]

Question = dict[str, Any]
# What marking does not read stays out of the hidden test: the prompt stands just above it.
_SHOWN_ONLY: Final = ("case", "prompt", "prompt_html", "next_step_html", "title")
_WIDTH: Final = 100


def part_cells(
    part: FormPart, rubrics: Mapping[str, tuple[Criterion, ...]], language: Language
) -> list[Cell]:
    """Return the cells of one part of a form, title and codes first."""
    cells = [graded(markdown_cell(_introduction(part, language)), "locked", f"part_{part.id}")]
    for question in part.questions:
        if question["type"] == "text":
            cells += _open_question(question, rubrics[part.rubrics[question["id"]]], language)
        else:
            cells += _marked_question(question, language)
    return cells


def _introduction(part: FormPart, language: Language) -> str:
    blocks = [f"## {part.title}", part.intro]
    for name in ("categories", "reasons"):
        entries = {e["id"]: e["text"] for q in part.questions if q["type"] == "classify" for e in q[name]}
        if entries:
            blocks.append(text(f"course.codes_{name}", language))
            blocks.append(_codes(entries.items(), language))
    return typeset("\n\n".join(filter(None, blocks)), language)


def _codes(entries: Iterable[tuple[str, str]], language: Language) -> str:
    colon = text("course.colon", language)
    return "\n".join(f"- `{name}`{colon}{words}" for name, words in entries)


def _marked_question(question: Question, language: Language) -> list[Cell]:
    name, points = question["id"], question["points"]
    about = {"question": name, "outcome": question["outcome"]}
    key = {field: value for field, value in question.items() if field not in _SHOWN_ONLY}
    # No variable holds the key: a later cell of the learner's could read it.
    literal = indent(pformat(key, width=_WIDTH, sort_dicts=False), "    ")
    answer = "\n".join(
        [
            f"{name} = {_literal(empty_answer(question['type']))}",
            "### BEGIN SOLUTION",
            f"{name} = {_literal(_full_answer(question))}",
            "### END SOLUTION",
        ]
    )
    test = "\n".join(
        [
            "# " + text("course.test_cell", language, question=name),
            "### BEGIN HIDDEN TESTS",
            "from alliances.questions import mark_cell",
            "",
            f'mark_cell(\n{literal},\n    {name},\n    "{language}",\n)',
            "### END HIDDEN TESTS",
        ]
    )
    return [
        graded(markdown_cell(_prompt(question, language)), "locked", f"{name}_prompt"),
        graded(code_cell(answer), "answer", name, **about),
        graded(code_cell(test), "tests", f"{name}_test", points, **about),
    ]


def _literal(answer: Mapping[str, str | None]) -> str:
    fields = (f'"{field}": ' + ("None" if value is None else f'"{value}"') for field, value in answer.items())
    return "{" + ", ".join(fields) + "}"


def _full_answer(question: Question) -> dict[str, str]:
    if question["type"] == "choice":
        return {"option": next(option["id"] for option in question["options"] if option["correct"])}
    if question["type"] == "classify":
        category, reasons = next(iter(question["readings"].items()))
        return {"category": category, "reason": reasons[0]}
    return {"value": str(question["value"])}


def _prompt(question: Question, language: Language) -> str:
    colon = text("course.colon", language)
    case, unit = question.get("case"), question.get("unit")
    title = case["title"] if case else question.get("title", "")
    head = f"### {question['id']}{colon}{title}" if title else f"### {question['id']}"
    blocks = [f"{head} ({_points(question['points'], language)})"]
    if case:
        blocks += [case["text"], f"*{case['source_line']}*"]
    blocks.append(question.get("prompt") or "")
    if question["type"] == "choice":
        blocks.append(_codes(((o["id"], o["text"]) for o in question["options"]), language))
    blocks.append(
        text(
            f"course.answer_{question['type']}",
            language,
            unit=text("course.unit", language, unit=unit) if unit else text("course.no_unit", language),
            minimum=question.get("min_words", 0),
            maximum=question.get("max_words", 0),
        )
    )
    return typeset("\n\n".join(filter(None, blocks)), language)


def _open_question(question: Question, criteria: tuple[Criterion, ...], language: Language) -> list[Cell]:
    name, outcome = question["id"], question["outcome"]
    cells = [
        graded(
            markdown_cell(_prompt({**question, "points": sum(c.points for c in criteria)}, language)),
            "locked",
            f"{name}_prompt",
        ),
        # The answer itself earns nothing: its criteria, one task a criterion, are what a person marks.
        graded(markdown_cell(TEXT_STUBS[language]), "manual", name, 0, question=name, outcome=outcome),
    ]
    for criterion in criteria:
        about = {"question": name, "criterion": criterion.id, "outcome": outcome}
        cells.append(
            graded(
                markdown_cell(_criterion(criterion, language)),
                "task",
                f"{name}_{criterion.id}",
                criterion.points,
                **about,
            )
        )
    return cells


def _criterion(criterion: Criterion, language: Language) -> str:
    colon = text("course.colon", language)
    top = len(criterion.levels) - 1
    decimals = 0 if criterion.points % top == 0 else 2
    head = f"**{criterion.text[language]}** ({_points(criterion.points, language)})"
    levels = [
        f"- {format_number(criterion.points * level / top, decimals, language)}{colon}{words[language]}"
        for level, words in enumerate(criterion.levels)
    ]
    return typeset("\n".join([head, "", *levels]), language)


def _points(points: float, language: Language) -> str:
    figure = format_number(points, 0 if points == int(points) else 1, language)
    return text("course.points", language, points=figure)
