"""Answers as source that cannot do anything: a bounded Python literal, or a block of escaped text.

An answer comes from outside as JSON. In the notebook it stands in a cell that a kernel runs or a page
shows, so what is written there is built from six types only, and every character that matters is escaped.
"""

from __future__ import annotations

import ast
import html
import keyword
import math
import re
from collections.abc import Callable
from typing import Any, Final

from alliances_grader.inert_text import escaped

__all__ = [
    "MAX_DEPTH",
    "MAX_ITEMS",
    "MAX_TEXT",
    "UnsafeAnswerError",
    "asks",
    "assignment",
    "is_text_block",
    "python_literal",
    "read_assignment",
    "read_text_block",
    "text_block",
]

MAX_DEPTH: Final = 6
# A theory of change is the largest answer: 60 nodes of 11 values each, with their indicators, and 200 links
# of 4 make some 1,500 values of 60,000 characters, names of fields included.
MAX_ITEMS: Final = 3_000
MAX_TEXT: Final = 100_000
_MAX_INTEGER: Final = 10**18
_LONGEST_ASKING: Final = 2_000

_BLOCK = re.compile(r'<pre class="answer">([^<>]*)</pre>')


class UnsafeAnswerError(ValueError):
    """An answer that cannot be written as a bounded literal; says which bound it breaks."""


def python_literal(value: object) -> str:
    """Write decoded JSON as one line of Python that evaluates to it.

    Only ``None``, ``bool``, ``int`` (below 10¹⁸), finite ``float``, ``str``, ``list`` and ``dict`` with text
    keys, at most ``MAX_DEPTH`` deep, ``MAX_ITEMS`` values and ``MAX_TEXT`` characters in all.

    Raises:
        UnsafeAnswerError: anything else.
    """
    budget = [MAX_ITEMS, MAX_TEXT]
    return _write(value, 0, budget)


def _write(value: object, depth: int, budget: list[int]) -> str:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise UnsafeAnswerError("too deep or too many values")
    if value is None or type(value) is bool:
        return repr(value)
    # type, not isinstance: a subclass could write itself as something else.
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise UnsafeAnswerError(f"type {type(value).__name__}")
    return writer(value, depth, budget)


def _write_number(value: Any, _depth: int, _budget: list[int]) -> str:  # noqa: ANN401 - int or float
    if (type(value) is int and abs(value) >= _MAX_INTEGER) or not math.isfinite(value):
        raise UnsafeAnswerError("number out of range")
    return repr(value)


def _write_text(value: str, _depth: int, budget: list[int]) -> str:
    budget[1] -= len(value)
    if budget[1] < 0:
        raise UnsafeAnswerError("text too long")
    # repr escapes quotes, line ends, controls, bidirectional marks and lone surrogates.
    return repr(value)


def _write_list(value: list[object], depth: int, budget: list[int]) -> str:
    return "[" + ", ".join(_write(item, depth + 1, budget) for item in value) + "]"


def _write_mapping(value: dict[object, object], depth: int, budget: list[int]) -> str:
    pairs = []
    for key, item in value.items():
        if type(key) is not str:
            raise UnsafeAnswerError("key is not text")
        pairs.append(f"{_write_text(key, depth, budget)}: {_write(item, depth + 1, budget)}")
    return "{" + ", ".join(pairs) + "}"


_WRITERS: Final[dict[type, Callable[[Any, int, list[int]], str]]] = {
    int: _write_number,
    float: _write_number,
    str: _write_text,
    list: _write_list,
    dict: _write_mapping,
}


def assignment(name: str, value: object) -> str:
    """Return the source of an answer cell: ``c01 = {'category': 'giving', 'reason': 'direction'}``.

    Raises:
        UnsafeAnswerError: ``name`` is no plain identifier, or ``value`` no bounded literal.
    """
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise UnsafeAnswerError("question id is not an identifier")
    return f"{name} = {python_literal(value)}"


def read_assignment(source: str, name: str) -> tuple[bool, object]:
    """Read ``name = <literal>`` back: ``(True, value)``, or ``(False, None)`` when the cell is anything else.

    The source is parsed, never run; one that is long or nested beyond reason counts as anything else.
    """
    if len(source) > 2 * MAX_TEXT:
        return False, None
    try:
        # The release ends an answer cell with ``raise NotImplementedError()``: people often leave it there.
        body = [node for node in ast.parse(source).body if not isinstance(node, ast.Raise)]
        if len(body) == 1 and isinstance(body[0], ast.Assign):
            targets = body[0].targets
            if len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == name:
                return True, ast.literal_eval(body[0].value)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        pass
    return False, None


def asks(source: str, name: str) -> bool:
    """Say whether a cell still only shows its question: ``name = ask("name")``, whatever its other words.

    The source is parsed, never run.
    """
    if len(source) > _LONGEST_ASKING:
        return False
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    statements = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return len(statements) == 1 and _is_asking(statements[0], name)


def _is_asking(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.Assign):
        targets, call = statement.targets, statement.value
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or targets[0].id != name:
            return False
    elif isinstance(statement, ast.Expr):
        call = statement.value
    else:
        return False
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "ask":
        return False
    given = [*call.args, *(word.value for word in call.keywords)]
    asked = call.args[0] if call.args else None
    plain = all(isinstance(value, ast.Constant) for value in given)
    return plain and isinstance(asked, ast.Constant) and asked.value == name


def text_block(text: str) -> str:
    """Return a written answer as inert Markdown: one ``<pre class="answer">`` of escaped text."""
    return f'<pre class="answer">{escaped(text)}</pre>'


def is_text_block(source: str) -> bool:
    """Say whether ``source`` is exactly what ``text_block`` writes."""
    return _BLOCK.fullmatch(source.strip()) is not None


def read_text_block(source: str) -> str:
    """Return the text of a block that ``text_block`` wrote, or ``source`` itself when it is none."""
    found = _BLOCK.fullmatch(source.strip())
    return html.unescape(found.group(1)) if found else source
