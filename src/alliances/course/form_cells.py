"""The questions of a form as nbgrader cells: prompt, answer, hidden test; or open answer and its criteria."""

from __future__ import annotations

import json
from pprint import pformat
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final

from alliances.course.nbgrader_cells import TEXT_STUBS, graded
from alliances.course.notebook_file import Cell, code_cell, markdown_cell
from alliances.course.typography import typeset
from alliances.i18n import Language, format_number, text
from alliances.questions.drawing import with_figures
from alliances.questions.marks import written_points
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alliances.course.exercise_manifest import Criterion
    from alliances.course.form_source import FormPart

__all__ = ["key_of", "part_cells"]

Question = dict[str, Any]
# What marking does not read stays out of the hidden test: the prompt stands just above it.
_SHOWN_ONLY: Final = ("case", "prompt", "prompt_html", "next_step_html", "title", "drawn")
_WIDTH: Final = 100


def part_cells(
    part: FormPart, rubrics: Mapping[str, tuple[Criterion, ...]], language: Language
) -> list[Cell]:
    """Return the cells of one part of a form, title and codes first."""
    cells = [graded(markdown_cell(_introduction(part, language)), "locked", f"part_{part.id}")]
    for question in part.questions:
        if type_of(question["type"]).read_by_person(question):
            cells += _open_question(question, rubrics[part.rubrics[question["id"]]], language)
        else:
            cells += _marked_question(question, language)
    return cells


def _introduction(part: FormPart, language: Language) -> str:
    blocks = [f"## {part.title}", part.intro]
    shared: dict[str, dict[str, str]] = {}
    for question in part.questions:
        kind = type_of(question["type"])
        for title, entries in kind.codes(question, language) if kind.shared_codes else ():
            shared.setdefault(title, {}).update(entries)
    for title, codes in shared.items():
        blocks += [title, _codes(codes.items(), language)]
    return typeset("\n\n".join(filter(None, blocks)), language)


def _codes(entries: Iterable[tuple[str, str]], language: Language) -> str:
    colon = text("course.colon", language)
    return "\n".join(f"- `{name}`{colon}{words}" for name, words in entries)


def _marked_question(question: Question, language: Language) -> list[Cell]:
    # A notebook is the same for all: its figures are drawn once, and a copy's own come with its answer.
    question = with_figures(question, "")
    kind = type_of(question["type"])
    name, points = question["id"], question["points"]
    about = {"question": name, "outcome": question["outcome"]}
    key = key_of(question)
    # No variable holds the key: a later cell of the learner's could read it. An answer that is missing or odd
    # is marked as an unreadable one: an exception would show the lines around it, key included.
    literal = indent(pformat(key, width=_WIDTH, sort_dicts=False), "    ")
    answer = "\n".join(
        [
            f"{name} = {python_source(kind.empty(question))}",
            "### BEGIN SOLUTION",
            f"{name} = {python_source(kind.full_answer(question))}",
            "### END SOLUTION",
        ]
    )
    test = "\n".join(
        [
            "# " + text("course.test_cell", language, question=name),
            "### BEGIN HIDDEN TESTS",
            "from alliances.questions import mark_cell",
            "from alliances_grader.probe import probe",
            "",
            f'mark_cell(\n{literal},\n    probe("{name}", otherwise=()),\n    "{language}",\n)',
            "### END HIDDEN TESTS",
        ]
    )
    return [
        graded(markdown_cell(_prompt(question, language)), "locked", f"{name}_prompt"),
        graded(code_cell(answer), "answer", name, **about),
        graded(code_cell(test), "tests", f"{name}_test", points, **about),
    ]


def key_of(question: Question) -> Question:
    """Return what marking reads of a compiled question, keys included."""
    return {field: value for field, value in question.items() if field not in _SHOWN_ONLY}


def python_source(value: Any) -> str:  # noqa: ANN401 - JSON values
    """Write JSON values as Python, with double quotes, on one line."""
    if isinstance(value, dict):
        inside = (f"{python_source(name)}: {python_source(item)}" for name, item in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(python_source, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _prompt(question: Question, language: Language) -> str:
    colon = text("course.colon", language)
    kind, case = type_of(question["type"]), question.get("case")
    title = case["title"] if case else question.get("title", "")
    head = f"### {question['id']}{colon}{title}" if title else f"### {question['id']}"
    blocks = [f"{head} ({_points(question['points'], language)})"]
    if case:
        blocks.append(case["text"])
        if case.get("source_line"):
            blocks.append(f"*{case['source_line']}*")
    blocks.append(question.get("prompt") or "")
    for name, entries in () if kind.shared_codes else kind.codes(question, language):
        blocks += [name, _codes(entries, language)]
    blocks.append(kind.instruction(question, language))
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
    return text("course.points", language, points=written_points(points, language))
