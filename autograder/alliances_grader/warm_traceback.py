"""Tracebacks as a kernel writes them, at a fraction of the price: in a class, many cells fail alike.

What libraries work out anew for each traceback, though it is always the same, is kept: nothing that is shown
changes. It is done in the warm parent, before any learner code runs.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from alliances_grader.shell import CellShell

__all__ = ["belongs_to_no_module", "quicken", "show_slips"]

_SLIPS: Final[dict[str, tuple[str, ...]]] = {
    "pandas": ("pandas.DataFrame({'a': [1]})['b']",),
}
"""By library: slips that learners make every day, and that end somewhere inside it."""


def quicken() -> None:
    """Keep what does not change from one traceback to the next: colours, and the styles made of them."""
    kind: Any = importlib.import_module("pygments.formatters.terminal256").Terminal256Formatter
    # They have no public name, and a library without them is as good.
    kind._closest_color = _remembered(kind._closest_color)  # noqa: SLF001
    kind._setup_styles = _set_up_once(kind._setup_styles)  # noqa: SLF001
    stack_data: Any = importlib.import_module("stack_data")
    stack_data.style_with_executing_node = lru_cache(maxsize=16)(stack_data.style_with_executing_node)


def belongs_to_no_module(filename: str) -> None:
    """Say that a cell is in no module: ``inspect`` would look at a thousand, several times a traceback."""
    inspect.modulesbyfile.setdefault(filename, "")


def show_slips(shell: CellShell) -> None:
    """Write the tracebacks of everyday slips: a library's source is then parsed once, not in each copy."""
    for package, slips in _SLIPS.items():
        for slip in slips if package in sys.modules else ():
            try:
                exec(compile(slip, "<warm-up>", "exec"), {package: sys.modules[package]})  # noqa: S102 - a line of ours
            except Exception:  # noqa: BLE001 - whatever it raises is what is wanted
                kind, error, trace = sys.exc_info()
                shell.write_traceback(kind, error, trace)


def _remembered(find: Callable[[Any, int, int, int], int]) -> Callable[[Any, int, int, int], int]:
    """Return ``find`` with a memory: its answer depends on the three numbers alone."""
    known: dict[tuple[int, int, int], int] = {}

    def found(formatter: object, red: int, green: int, blue: int) -> int:
        colour = red, green, blue
        if colour not in known:
            known[colour] = find(formatter, red, green, blue)
        return known[colour]

    return found


def _set_up_once(set_up: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return ``set_up`` with a memory: what it makes depends on the style and three switches alone."""
    known: dict[tuple[object, ...], dict[str, object]] = {}

    def done(formatter: Any) -> None:  # noqa: ANN401 - a class without types
        given = formatter.style, formatter.usebold, formatter.useunderline, formatter.useitalic
        if given not in known:
            set_up(formatter)
            known[given] = dict(formatter.style_string)
        formatter.style_string = dict(known[given])

    return done
