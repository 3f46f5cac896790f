"""Which cells are the same program though they are not the same text: comments, blank lines and layout aside.

Python reads both alike, so both give the same values. What could still tell them apart is looked for by name.
A traceback shows lines of the cells that it names: of these, the text counts.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from alliances_grader.verdicts import CellRun

__all__ = ["counts_shown", "names_in", "programs_of"]

_MOST_SOURCE: Final = 200_000

_TEXT: Final = frozenset(
    """
    In _ih _i _ii _iii get_ipython linecache traceback tokenize warnings logging code codeop dis pdb bdb
    globals locals vars dir getattr attrgetter __dict__ __code__ __traceback__ co_firstlineno f_lineno
    tb_lineno lineno stack_info
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Names by which a program reaches its own text or the number of one of its lines."""
_INPUT: Final = re.compile(r"_i\d+")
# Colours stand between the words of a traceback.
_COLOUR: Final = re.compile(r"\\u001b\[[0-9;]*m")
_NAMED: Final = re.compile(r"Cell In\[([0-9]{1,9})\], line [0-9]+")
# A value that a hidden test asked for: the expression is the trainer's.
_ASKED: Final = re.compile(r'File \\"<probe>\\", line [0-9]+, in <module>')
_LINES: Final = ("In[", "In [", "ipykernel_", "<ipython", "<cell", "<string>", "<probe>", "line ", "ligne ")


@lru_cache(maxsize=2048)
def names_in(source: str) -> frozenset[str] | None:
    """Return the names that a program uses, those of attributes and imports included; None for no Python."""
    tree = _tree(source)
    if tree is None:
        return None
    return frozenset(name for node in ast.walk(tree) for name in _names(node))


def programs_of(sources: Iterable[str]) -> list[str] | None:
    """Return for each cell of a copy what stands for all texts of the same program.

    None when one of the cells may read the text of another one, or is no plain Python.
    """
    found = list(map(_program, sources))
    return found if all(found) else None


@lru_cache(maxsize=2048)
def _program(source: str) -> str:
    names = names_in(source)
    if names is None or names & _TEXT or any(map(_INPUT.fullmatch, names)):
        return ""
    tree = _tree(source)
    if tree is None:
        return ""
    # A semicolon keeps IPython from showing a value, and leaves no trace in the program.
    return f"text {source}" if ";" in source else f"program {ast.dump(tree)}"


def counts_shown(cells: Iterable[CellRun]) -> frozenset[int] | None:
    """Return the execution counts of the cells of which what was shown may hold a line, or its number.

    None when it may be any: a warning, a traceback of another form.
    """
    shown = _COLOUR.sub("", json.dumps([cell.outputs for cell in cells], default=str))
    named = frozenset(map(int, _NAMED.findall(shown)))
    rest = _ASKED.sub("", _NAMED.sub("", shown))
    return None if any(mark in rest for mark in _LINES) else named


def _tree(source: str) -> ast.Module | None:
    if len(source) > _MOST_SOURCE:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Import(names=aliases):
            for alias in aliases:
                yield from alias.name.split(".")
        case ast.ImportFrom(module=module, names=aliases):
            yield from (module or "").split(".")
            yield from (alias.name for alias in aliases)
