"""Lessons and code doors as text: MyST notebooks (``md:myst``), read with the line of every cell.

The subset that the course uses, and what jupytext reads in the same way (a test compares both): front
matter between ``---``, ``+++`` between cells, ``{code-cell}`` fences with ``:option: value`` lines. Reading
it here keeps lines for messages and starts fifty times faster than importing jupytext.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml

from alliances.course.files import read_text
from alliances.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["SourceCell", "SourceNotebook", "parse_notebook", "read_notebook"]

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*([^`]*?)\s*$")
_BREAK: Final = re.compile(r"^\+\+\+\s*(.*)$")
_OPTION: Final = re.compile(r"^\s*:([\w-]+):")


@dataclass(frozen=True)
class SourceCell:
    """One cell of a source; ``line`` is where its text starts in the file, from 1."""

    kind: Literal["markdown", "code"]
    source: str
    line: int
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceNotebook:
    """A text notebook: front matter and cells."""

    path: Path
    front_matter: dict[str, Any]
    cells: tuple[SourceCell, ...]


def read_notebook(path: Path) -> SourceNotebook:
    """Read a text notebook.

    Raises:
        SourceError: it is missing, its front matter or a cell's options are not YAML, or a fence stays open.
    """
    return parse_notebook(read_text(path), path)


def parse_notebook(content: str, path: Path) -> SourceNotebook:
    """Parse the text of a notebook; ``path`` is for messages. Raises as ``read_notebook``."""
    lines = content.split("\n")
    front_matter, start = _front_matter(lines, path)
    return SourceNotebook(path, front_matter, tuple(_cells(lines, start, path)))


def _front_matter(lines: list[str], path: Path) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            value = _yaml("\n".join(lines[1:number]), path, 2)
            if not isinstance(value, dict):
                raise SourceError("course.front_matter", path=path, line=2)
            return value, number + 1
    raise SourceError("course.front_matter_open", path=path, line=1)


def _cells(lines: list[str], start: int, path: Path) -> Iterator[SourceCell]:
    options: dict[str, Any] = {}
    number = start
    while number < len(lines):
        if mark := _BREAK.match(lines[number]):
            yield from _markdown(lines, start, number, options)
            options = _yaml(mark[1], path, number + 1) if mark[1] else {}
            start = number = number + 1
        elif fence := _FENCE.match(lines[number]):
            end = _fence_end(lines, number, fence[1], path)
            if fence[2].startswith("{code-cell}") and not lines[number].startswith(" "):
                yield from _markdown(lines, start, number, options)
                yield _code(lines, number, end, path)
                options, start = {}, end + 1
            number = end + 1
        else:
            number += 1
    yield from _markdown(lines, start, len(lines), options)


def _fence_end(lines: list[str], start: int, opening: str, path: Path) -> int:
    closing = re.compile(rf"^ {{0,3}}{re.escape(opening[0])}{{{len(opening)},}}\s*$")
    for number in range(start + 1, len(lines)):
        if closing.match(lines[number]):
            return number
    raise SourceError("course.fence_open", path=path, line=start + 1, fence=opening)


def _markdown(lines: list[str], start: int, end: int, options: dict[str, Any]) -> Iterator[SourceCell]:
    while start < end and not lines[start].strip():
        start += 1
    source = "\n".join(lines[start:end]).rstrip()
    if source:
        yield SourceCell("markdown", source, start + 1, options)


def _code(lines: list[str], start: int, end: int, path: Path) -> SourceCell:
    first = start + 1
    if first < end and lines[first].rstrip() == "---":
        close = next((n for n in range(first + 1, end) if lines[n].rstrip() == "---"), None)
        if close is None:
            raise SourceError("course.cell_options", path=path, line=first + 1, reason="---")
        options, body = _yaml("\n".join(lines[first + 1 : close]), path, first + 2), close + 1
    else:
        body = first
        while body < end and _OPTION.match(lines[body]):
            body += 1
        block = "\n".join(line.lstrip()[1:] for line in lines[first:body])
        options = _yaml(block, path, first + 1)
    if not isinstance(options, dict):
        raise SourceError("course.cell_options", path=path, line=first + 1, reason=repr(options))
    if body < end and not lines[body].strip():
        body += 1
    return SourceCell("code", "\n".join(lines[body:end]), body + 1, options)


def _yaml(block: str, path: Path, line: int) -> Any:  # noqa: ANN401 - whatever the block holds
    try:
        return yaml.safe_load(block) or {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = line + (mark.line if mark else 0)
        raise SourceError("course.cell_options", path=path, line=place, reason=error.problem) from None
