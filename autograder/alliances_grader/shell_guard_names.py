"""Names that a test reads and learner code has taken: Python's own, and what the course's cells defined."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any, Final

__all__ = ["TestNames"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_WORD: Final = re.compile(r"[^\W\d]\w*")
_MISSING: Final = object()
# The notebook's own, or given to each cell by the shell.
_SHELLS: Final = frozenset({"display", "get_ipython", "input", "_", "__name__", "__doc__", "exit", "quit"})


class TestNames:
    """Remembers what the course's cells bound, and compares before the next of them runs."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._builtins = frozenset(vars(builtins)) - _SHELLS
        # The shell has put names there itself, as ``open``: they are nobody's doing.
        self._given = dict(names)
        self._course: dict[str, object] = {}
        self._before: dict[str, object] = {}

    def differences(self, source: str) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield what ``source`` would read otherwise than the course means it, and what puts it back.

        A name of Python's own is left to the learner: an exercise may ask for another ``max``.
        """
        words = set(_WORD.findall(source))
        for word in sorted(words & self._course.keys()):
            value = self._course[word]
            if self._names.get(word, _MISSING) is not value:
                yield f"name:{word}", partial(self._names.__setitem__, word, value)
        for word in sorted(words & self._builtins & self._names.keys() - self._course.keys()):
            if self._names[word] is not self._given.get(word, _MISSING):
                yield f"name:{word}", _nothing

    def begin(self, source: str) -> None:
        """Note what the names of a course's cell stand for before it runs."""
        self._before = {word: self._names.get(word, _MISSING) for word in set(_WORD.findall(source))}

    def end(self) -> None:
        """Remember the modules, functions and classes that it bound; data may well be worked on."""
        for word, before in self._before.items():
            value = self._names.get(word, _MISSING)
            if value is not before and (callable(value) or type(value) is ModuleType):
                self._course[word] = value
        self._before = {}


def _nothing() -> None:
    """Leave the learner's own."""
