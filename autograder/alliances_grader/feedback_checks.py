"""Which check of a test cell was not passed, in words that may be shown.

A line that stands in the learner's own version may be quoted, with what it said; of any other, only that
there is one. The outputs were written beside the learner's code and are read as foreign data: a text
that repeats a piece of what was not released is left out. (Code that runs in one process with its tests could
still write them down in disguise: tests that must stay secret belong to the two-process kind.)
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from alliances_grader.cells import Cell, Notebook, grade_id, marks
from alliances_grader.inert_text import visible
from alliances_grader.probe_split import split_test

__all__ = ["FailedCheck", "Secrets", "error_words", "failed_check", "squashed"]

_LONGEST: Final = 300
_PIECE: Final = 16
"""Characters, spaces left out, from which a piece of an unreleased test counts as given away."""
_ARROW: Final = re.compile(r"^-+>\s*(\d{1,6})\s?(.*)$")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_OVER_TIME: Final = frozenset({"CellTimeoutError", "TimeoutError"})
_MOST_LINES: Final = 400
_CACHED: Final = 512  # released cells, the same for a whole class


@dataclass(frozen=True)
class FailedCheck:
    """The first check that was not passed.

    Attributes:
        kind: ``visible`` (it stands in the learner's version), ``hidden``, or ``time``.
        line: of a visible check, the line as released.
        message: of a visible assertion, its own words, if it has any.
        error: the error that a visible line stopped on, when that is no assertion.
    """

    kind: str
    line: str = ""
    message: str = ""
    error: str = ""


class Secrets:
    """What stands in the graded tests of a copy and not in the learner's version.

    Args:
        released: cells of the learner's version, by id.
        known: all of its text, as ``squashed`` gives it.
        graded: the graded copy.
    """

    def __init__(self, released: Mapping[str, Cell], known: str, graded: Notebook) -> None:
        self._released = released
        self._known = known
        self._graded = graded

    @cached_property
    def _hidden(self) -> str:
        hidden: list[str] = []
        for cell in self._graded["cells"]:
            # Only what the course wrote: the learner's own code is no secret to them.
            if marks(cell).get("grade") is True and marks(cell).get("solution") is not True:
                source = self._released.get(grade_id(cell), {}).get("source", "")
                if cell["source"] != source:
                    own = _lines(source)
                    hidden += [line for line in map(str.strip, cell["source"].split("\n")) if line not in own]
        return squashed("\n".join(hidden))

    def in_text(self, text: str) -> bool:
        """Say whether a text repeats a piece of an unreleased test."""
        bare = squashed(text)
        pieces = (bare[at : at + _PIECE] for at in range(len(bare) - _PIECE + 1))
        return any(piece in self._hidden and piece not in self._known for piece in pieces)


def error_words(output: Mapping[str, Any], secrets: Secrets) -> str:
    """Return an error as ``Name: text``, or its name alone where the text says too much."""
    name, value = str(output.get("ename") or ""), str(output.get("evalue") or "")
    whole = visible(f"{name}: {value}" if value else name, _LONGEST)
    if not secrets.in_text(f"{name}{value}"):
        return whole
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, BaseException) else "Exception"


def failed_check(
    released: str, graded: str, outputs: Iterable[Mapping[str, Any]], secrets: Secrets
) -> FailedCheck | None:
    """Return what kept a test cell from all of its points; ``None`` when nothing is known of it.

    Without an error it is what the cell counted at its end: where tests are hidden, that was there.

    Args:
        released: the cell as the learner had it.
        graded: the cell as it was run.
        outputs: nbformat outputs of the graded cell.
        secrets: of the copy.
    """
    error = next((one for one in outputs if one.get("output_type") == "error"), None)
    if error is None:
        return FailedCheck("hidden") if _hidden_lines(graded) else None
    name = str(error.get("ename") or "")
    if name in _OVER_TIME:
        return FailedCheck("time")
    line = _visible_line(released, graded, _traceback(error))
    if not line:
        return FailedCheck("hidden")
    if name != "AssertionError":
        return FailedCheck("visible", line, error=error_words(error, secrets))
    message = str(error.get("evalue") or "").strip()
    message = "" if secrets.in_text(message) else visible(message, _LONGEST)
    return FailedCheck("visible", line, message)


def _traceback(error: Mapping[str, Any]) -> list[str]:
    lines = error.get("traceback")
    text = "\n".join(str(line) for line in lines) if isinstance(lines, list) else ""
    return _COLOUR.sub("", text).split("\n")[:_MOST_LINES]


def _visible_line(released: str, graded: str, traceback: Sequence[str]) -> str:
    """Return the released line that a traceback points at; empty when it points elsewhere."""
    known = _lines(released)
    inside = _hidden_lines(graded)
    rows = graded.split("\n")
    for number, text in _arrows(traceback):
        line = text.strip()
        if line not in known:
            break
        # The same words may stand in both parts: then the number decides, if it is this cell's.
        at = int(number)
        here = at <= len(rows) and rows[at - 1].strip() == line
        if at in inside if here else any(rows[place - 1].strip() == line for place in inside):
            return ""
        return line
    # What was compared apart from the learner's code ends with the statement and the error's name.
    statement = "\n".join(traceback[-2:-1])
    return _statements(released).get(_normal(statement), "") if statement.strip() else ""


def _arrows(traceback: Sequence[str]) -> Iterator[tuple[str, str]]:
    # The outermost frame comes first, and it is the test's.
    for line in traceback:
        if found := _ARROW.match(line):
            yield found.group(1), found.group(2)


@lru_cache(_CACHED)
def _statements(released: str) -> dict[str, str]:
    """Return the visible statements by their normal form, as run apart from the learner's code."""
    found: dict[str, str] = {}
    test = split_test(released)
    for step in test.steps if test is not None else ():
        if not step.hidden and step.side == "judge":
            source = released.split("\n")[step.line - 1].strip()
            for form in (step.original, step.source):
                if form:
                    found[_normal(form)] = source
    return found


def _normal(source: str) -> str:
    try:
        return ast.unparse(ast.parse(source.strip()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()


@lru_cache(_CACHED)
def _lines(source: str) -> frozenset[str]:
    lines = (line.strip() for line in source.split("\n"))
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _hidden_lines(source: str) -> frozenset[int]:
    """Return the numbers, from 1, of the lines between nbgrader's marks of hidden tests."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        elif inside:
            found.add(number)
    return frozenset(found)


def squashed(text: str) -> str:
    """Return a text without its spaces."""
    return "".join(text.split())
