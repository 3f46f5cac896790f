"""Looks for what learner code has bent before a test runs beside it: signs for the trainer, and a way back.

In one process nothing stops learner code for certain; what is found here is reported, and in strict mode
put back
before the test. Points that must not be forged are compared in the judge, outside (``probe_split``).
"""

from __future__ import annotations

import builtins
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FunctionType, ModuleType
from typing import Any, Final

from alliances_grader.shell import CellShell

__all__ = ["Guard"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_TEST_LIBRARIES: Final = (
    "unittest.case",
    "numpy.testing",
    "pandas.testing",
    "pandas._testing",
    "pytest",
    "math",
)
_COMPARERS: Final = {
    "numpy": ("all", "allclose", "any", "array_equal", "isclose", "isnan", "round"),
    "pandas": ("isna", "notna"),
}
# What a cell itself is given by the shell, or what the shell sets while it runs one.
_OWN_BUILTINS: Final = frozenset({"display", "get_ipython", "input", "_", "__build_class__"})
_SHELL_PARTS: Final = (
    "displayhook",
    "display_pub",
    "display_formatter",
    "input_transformer_manager",
    "events",
)
_LISTS: Final = ("ast_transformers", "input_transformers_post", "custom_exceptions")
_MAX_SIGNS: Final = 20
_MISSING: Final = object()
_Sign = tuple[str, Callable[[], object]]
"""What was bent, and what puts it back."""


class Guard:
    """A snapshot of the shell, the builtins and the test libraries, taken before any learner code ran."""

    def __init__(self, shell: CellShell) -> None:
        self._shell = shell
        self._builtins = dict(vars(builtins))
        self._classes = {
            kind: dict(vars(kind))
            for part in (shell, *(getattr(shell, name) for name in _SHELL_PARTS))
            for kind in type(part).__mro__
            if kind.__module__.startswith(("IPython", "alliances_grader"))
        }
        self._parts = {name: getattr(shell, name) for name in _SHELL_PARTS}
        self._transforms = [list(found) for found in self._transform_lists()]
        self._names = set(vars(shell))
        self._libraries = dict(self._library_names())
        self._codes = {
            found: found.__code__ for _, _, found in self._library_items() if isinstance(found, FunctionType)
        }
        self._interactivity = shell.ast_node_interactivity

    def signs(self, restore: bool) -> list[str]:
        """Return what has been bent, as short names; with ``restore``, put it back where that can be done."""
        found: list[str] = []
        for name, undo in self._differences():
            if len(found) < _MAX_SIGNS:
                found.append(name[:80])
            if restore:
                undo()
        return found

    def hide_builtins(self) -> dict[str, object]:
        """Put Python's builtins back for our work between cells; return the learner's."""
        current = vars(builtins)
        bent = {
            name: current.get(name, _MISSING)
            for name, value in self._builtins.items()
            if current.get(name) is not value
        }
        current.update({name: self._builtins[name] for name in bent})
        return bent

    @staticmethod
    def show_builtins(bent: dict[str, object]) -> None:
        """Give the learner's builtins back to the learner's code."""
        current = vars(builtins)
        for name, value in bent.items():
            if value is _MISSING:
                current.pop(name, None)
            else:
                current[name] = value

    def _differences(self) -> Iterator[_Sign]:
        yield from self._bent_builtins()
        yield from self._bent_classes()
        yield from self._bent_shell()
        yield from self._bent_libraries()
        if sys.gettrace() is not None or threading.gettrace() is not None:
            yield "sys.settrace", _untrace
        if sys.getprofile() is not None:
            yield "sys.setprofile", lambda: sys.setprofile(None)
        for name, kind in list(self._shell.user_ns.items()):
            if isinstance(kind, type) and kind.__module__ == "__main__" and _lies(kind):
                yield f"comparison:{name}", _nothing

    def _bent_builtins(self) -> Iterator[_Sign]:
        current = vars(builtins)
        for name, value in self._builtins.items():
            if name not in _OWN_BUILTINS and current.get(name) is not value:
                yield f"builtins.{name}", partial(current.__setitem__, name, value)

    def _bent_classes(self) -> Iterator[_Sign]:
        for kind, snapshot in self._classes.items():
            for name, value in snapshot.items():
                if callable(value) and vars(kind).get(name) is not value:
                    yield f"{kind.__name__}.{name}", partial(setattr, kind, name, value)
            for name in vars(kind).keys() - snapshot.keys():
                # New on the class, in the place of what it inherits.
                if any(name in vars(base) for base in kind.__mro__[1:]):
                    yield f"{kind.__name__}.{name}", partial(delattr, kind, name)

    def _bent_shell(self) -> Iterator[_Sign]:  # noqa: C901 - a list of places
        shell = self._shell
        for name in set(vars(shell)) - self._names:
            if callable(getattr(type(shell), name, None)):
                yield f"shell.{name}", partial(vars(shell).pop, name, None)
        for name, part in self._parts.items():
            if getattr(shell, name, None) is not part:
                yield f"shell.{name}", partial(setattr, shell, name, part)
        for name in _LISTS:
            if getattr(shell, name, None):
                yield (
                    f"shell.{name}",
                    partial(setattr, shell, name, () if name == "custom_exceptions" else []),
                )
        for kept, now in zip(self._transforms, self._transform_lists(), strict=True):
            if len(kept) != len(now) or any(one is not two for one, two in zip(kept, now, strict=True)):
                yield "shell.input_transformers", partial(now.__setitem__, slice(None), kept)
        if shell.ast_node_interactivity != self._interactivity:
            yield (
                "shell.ast_node_interactivity",
                partial(setattr, shell, "ast_node_interactivity", self._interactivity),
            )
        if sys.stdout is not shell.streams[0] or sys.stderr is not shell.streams[1]:
            yield "sys.stdout", shell.use_streams

    def _bent_libraries(self) -> Iterator[_Sign]:
        for (owner, name), value in self._libraries.items():
            if vars(owner).get(name) is not value:
                yield f"{owner.__name__}.{name}", partial(setattr, owner, name, value)
        for function, code in self._codes.items():
            if function.__code__ is not code:
                sign = f"{function.__module__}.{function.__name__}"
                yield sign, partial(setattr, function, "__code__", code)

    def _transform_lists(self) -> tuple[list[Any], ...]:
        manager = self._shell.input_transformer_manager
        return manager.cleanup_transforms, manager.line_transforms, manager.token_transformers

    def _library_items(self) -> Iterator[tuple[Any, str, object]]:
        for module_name in _TEST_LIBRARIES:
            module = sys.modules.get(module_name)
            if isinstance(module, ModuleType):
                owner = module.TestCase if module_name == "unittest.case" else module
                for name, value in vars(owner).items():
                    if callable(value) and not name.startswith("__"):
                        yield owner, name, value
        for module_name, names in _COMPARERS.items():
            module = sys.modules.get(module_name)
            if module is not None:
                yield from ((module, name, vars(module)[name]) for name in names if name in vars(module))

    def _library_names(self) -> Iterator[tuple[tuple[Any, str], object]]:
        yield from (((owner, name), value) for owner, name, value in self._library_items())


def _untrace() -> None:
    sys.settrace(None)
    threading.settrace(None)


def _nothing() -> None:
    """Leave a learner's class as it is: only the trainer can say whether it means harm."""


def _lies(kind: type) -> bool:
    own = vars(kind)
    return "__eq__" in own and "__dataclass_fields__" not in own
