"""Answers from ``answers.json`` put into the notebook's answer cells, as often as one likes.

By the form door the notebook is always the course's own release: nothing that a learner brings is run. By the
code door it is the learner's; where the cell and the file say two different things, the cell counts, the
file's answer stands beside it as a comment, and the copy is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alliances_grader.cells import Cell, Notebook, by_id, grade_id, is_answer_code, is_open_answer
from alliances_grader.flags import Flag
from alliances_grader.inert_text import escaped, visible
from alliances_grader.literal import (
    UnsafeAnswerError,
    asks,
    assignment,
    is_text_block,
    python_literal,
    read_assignment,
    read_text_block,
    text_block,
)
from alliances_grader.plain_copy import copied

__all__ = ["Merged", "answer_text", "fill", "merge_code", "merge_form", "written_answer"]

Answers = Mapping[str, Any]

_BESIDE: Final = "# answers.json: "
_MOST_NAMED: Final = 20
_MOST_ROWS: Final = 50
_BESIDE_TEXT: Final = '<pre class="answer-file">'


@dataclass(frozen=True)
class Merged:
    """A notebook ready to be graded, and what a person should know about the copy."""

    notebook: Notebook
    flags: tuple[Flag, ...]


def merge_form(release: Notebook, answers: Answers) -> Merged:
    """Return the release with every answer cell filled from ``answers``; an unanswered one holds ``None``.

    Keys that belong to no answer cell are left out and named in a flag.
    """
    notebook = copied(release)
    flags: list[Flag] = []
    cells = by_id(notebook)
    for name, cell in cells.items():
        if is_answer_code(cell):
            cell["source"] = _form_source(name, answers.get(name), flags)
        elif is_open_answer(cell):
            _fill_text(cell, answers.get(name), flags)
    return Merged(notebook, (*flags, *_strangers(answers, cells)))


def merge_code(brought: Notebook, release: Notebook, answers: Answers) -> Merged:
    """Return the learner's notebook with ``answers`` filled in, otherwise as it was brought."""
    notebook = copied(brought)
    return Merged(notebook, fill(notebook, release, answers))


def fill(notebook: Notebook, release: Notebook, answers: Answers) -> tuple[Flag, ...]:
    """Put ``answers`` into the cells of ``notebook`` that were left as released; return what was noticed.

    A cell that only shows its question, ``c01 = ask("c01")``, was answered in the page: it takes the file's.
    What a cell is, is the release's to say; a cell that was given another type is left for ``restore``.
    """
    flags: list[Flag] = []
    released = by_id(release)
    for name, cell in by_id(notebook).items():
        source = released.get(name)
        if name not in answers or source is None or cell["cell_type"] != source["cell_type"]:
            continue
        if is_answer_code(source):
            _merge_value(cell, source, answers[name], flags)
        elif is_open_answer(source):
            _merge_text(cell, source, answer_text(answers[name]), flags)
    return (*flags, *_strangers(answers, released))


def answer_text(answer: object) -> str:
    """Return what was written to an open question, stripped: ``{"text": …}``, or the text itself.

    Of a table with free rows (``{"rows": [{column: value}]}``), a line for each row that holds something.
    """
    given = answer.get("text") if isinstance(answer, Mapping) else answer
    if isinstance(given, str):
        return given.strip()
    rows = answer.get("rows") if isinstance(answer, Mapping) else None
    lines = map(_row_text, rows[:_MOST_ROWS] if isinstance(rows, list) else ())
    return "\n".join(filter(None, lines))


def _row_text(row: object) -> str:
    cells = row.items() if isinstance(row, Mapping) else ()
    there = [
        f"{name}: {value}"
        for name, value in cells
        if isinstance(value, (str, int, float)) and str(value).strip()
    ]
    return " | ".join(there)


def written_answer(cell: Cell, release: Cell) -> str:
    """Return the text in an open answer's cell; empty when the learner left it as released."""
    source = cell["source"].strip()
    if not source or source == release["source"].strip():
        return ""
    return read_text_block(source).strip()


def _strangers(answers: Answers, cells: dict[str, Cell]) -> list[Flag]:
    known = {name for name, cell in cells.items() if is_answer_code(cell) or is_open_answer(cell)}
    names = sorted(str(name) for name in answers if name not in known)
    return [Flag("unknown_question", {"question": visible(name, 40)}) for name in names[:_MOST_NAMED]]


def _fill_text(cell: Cell, answer: object, flags: list[Flag]) -> None:
    text = answer_text(answer)
    if text:
        cell["source"] = text_block(text)
    elif not _is_blank(answer) and not _says_unknown(answer):
        flags.append(Flag("unsafe_answer", {"question": grade_id(cell)}))


def _form_source(name: str, answer: object, flags: list[Flag]) -> str:
    try:
        return assignment(name, answer)
    except UnsafeAnswerError:
        flags.append(Flag("unsafe_answer", {"question": name}))
        return assignment(name, None)


def _merge_value(cell: Cell, released: Cell, answer: object, flags: list[Flag]) -> None:
    name = grade_id(cell)
    if _is_blank(answer):
        return
    try:
        wanted = assignment(name, answer)
    except UnsafeAnswerError:
        flags.append(Flag("unsafe_answer", {"question": name}))
        return
    lines = cell["source"].split("\n")
    # What an earlier merge put beside the cell is taken off first: merging twice changes nothing.
    source = "\n".join(line for line in lines if not line.startswith(_BESIDE)).rstrip("\n")
    if source.strip() in {"", released["source"].strip()} or asks(source, name):
        cell["source"] = wanted
        return
    parsed, value = read_assignment(source, name)
    if parsed and value == answer:
        cell["source"] = source
        return
    cell["source"] = f"{source}\n{_BESIDE}{python_literal(answer)}"
    flags.append(Flag("disagreement", {"question": name}))


def _says_unknown(answer: object) -> bool:
    """Say whether an open question was answered « Je ne sais pas »: an answer, and nothing to read."""
    return isinstance(answer, Mapping) and answer.get("unknown") is True


def _is_blank(answer: object) -> bool:
    if isinstance(answer, Mapping):
        return all(_is_blank(value) for value in answer.values())
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _merge_text(cell: Cell, released: Cell, text: str, flags: list[Flag]) -> None:
    if not text:
        return
    source = cell["source"].split(_BESIDE_TEXT)[0].rstrip()
    if source in {"", released["source"].strip()} or is_text_block(source):
        cell["source"] = text_block(text)
        return
    if source.strip() == text:
        cell["source"] = source
        return
    cell["source"] = f"{source}\n\n{_BESIDE_TEXT}answers.json:\n{escaped(text)}</pre>"
    flags.append(Flag("disagreement", {"question": grade_id(cell)}))
