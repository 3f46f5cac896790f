"""Hears, while a test runs, of calls by which code looks at the code that called it, or traces it.

Python tells its audit hooks of them, and a hook cannot be taken off again. What learner code undoes before
the test ends, it has still done.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["Watch"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_TRACING: Final = frozenset(
    {"sys.settrace", "sys.setprofile", "sys.monitoring.register_callback", "sys._current_frames"}
)
# Libraries call these too: they count when a cell does.
_LOOKING: Final = frozenset({"sys._getframe", "gc.get_objects", "gc.get_referrers"})
# Reading what hundreds of functions do calls this hook for each: it is done once one of them was changed.
_CHANGING: Final = "object.__setattr__"
_THROUGH: Final = ("/inspect.py",)
_GETFRAME: Final = sys._getframe  # noqa: SLF001 - the one way to know who calls
_CELL: Final = "/ipykernel_"


class Watch:
    """Armed while a test runs; installed once, before any learner code."""

    def __init__(self) -> None:
        self.armed = False
        self.changed = False
        """Some function's code, or a like part of an object, was exchanged since this listens."""
        self._heard: set[str] = set()
        self._busy = False

    def install(self) -> None:
        """Begin to listen, for the life of this process."""
        sys.addaudithook(self._hear)

    def arm(self) -> None:
        """Count from now on."""
        self._heard.clear()
        self.armed = True

    def disarm(self) -> Iterator[str]:
        """Stop counting and yield what was heard, named after the call."""
        self.armed = False
        yield from sorted(self._heard)

    def _hear(self, event: str, _: tuple[Any, ...]) -> None:
        if event == _CHANGING:
            self.changed = True
        if not self.armed or self._busy:
            return
        if event in _TRACING:
            self._heard.add(event)
        elif event in _LOOKING:
            self._busy = True
            try:
                frame = _GETFRAME(1)
                if frame.f_code.co_filename.endswith(_THROUGH) and frame.f_back is not None:
                    frame = frame.f_back
                if _CELL in frame.f_code.co_filename or frame.f_code.co_filename.startswith("<"):
                    self._heard.add(event)
            finally:
                self._busy = False
