"""Looks for what learner code has bent before a test runs beside it: signs for the trainer, and a way back.

In one process nothing stops learner code for certain; what is found here is reported, and in strict mode
put back
before the test. Points that must not be forged are compared in the judge, outside (``probe_split``).
"""

from __future__ import annotations

import builtins
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FunctionType, ModuleType
from typing import Any, Final

from alliances_grader.shell import CellShell
from alliances_grader.shell_guard_classes import lying_classes
from alliances_grader.shell_guard_kept import kept_classes, kept_codes, kept_modules, kept_tables
from alliances_grader.shell_guard_names import TestNames
from alliances_grader.shell_guard_watch import Watch

__all__ = ["Guard"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_TEST_LIBRARIES: Final = (
    "unittest.case",
    "unittest.util",
    "numpy.testing",
    "numpy.testing._private.utils",
    "pandas.testing",
    "pandas._testing",
    "pandas._testing.asserters",
    "pytest",
    "math",
)
# What runs a cell and writes down what came of it.
_HARNESS: Final = (
    "IPython.core.async_helpers",
    "IPython.core.compilerop",
    "IPython.core.displayhook",
    "IPython.core.formatters",
    "IPython.core.interactiveshell",
    "IPython.core.ultratb",
    "IPython.lib.pretty",
    "ast",
    "codeop",
    "json",
    "json.encoder",
    "signal",
    "socket",
    "traceback",
)
_COMPARERS: Final = {
    "numpy": ("all", "allclose", "any", "array_equal", "isclose", "isnan", "round", "testing"),
    "pandas": ("isna", "notna", "testing"),
}
# What a cell itself is given by the shell, or what the shell sets while it runs one.
_OWN_BUILTINS: Final = frozenset({"display", "get_ipython", "input", "_", "__build_class__"})
_SHELL_PARTS: Final = (
    "displayhook",
    "display_pub",
    "display_formatter",
    "input_transformer_manager",
    "events",
    "compile",
    "prefilter_manager",
    "InteractiveTB",
    "SyntaxTB",
    "user_module",
    "user_ns",
)
# What may run between our look and the test: taken away. Reloading changed modules harms nobody.
_BEFORE: Final = ("pre_execute", "pre_run_cell")
_RELOADING: Final = "IPython.extensions.autoreload"
_FORMATS: Final = ("singleton_printers", "type_printers", "deferred_printers")
_LISTS: Final = ("ast_transformers", "input_transformers_post", "custom_exceptions")
_MAX_SIGNS: Final = 20
_MISSING: Final = object()
# What %precision sets.
_PRECISION: Final = re.compile(r"%\.\d+f")
_Sign = tuple[str, Callable[[], object]]
"""What was bent (nothing if it is put back without a word), and what puts it back."""


class Guard:
    """A snapshot of the shell, the builtins and the test libraries, taken before any learner code ran."""

    def __init__(self, shell: CellShell) -> None:
        self._shell = shell
        self._builtins = dict(vars(builtins))
        parts = (shell, *(getattr(shell, name) for name in _SHELL_PARTS))
        kinds = dict.fromkeys(kind for part in parts for kind in type(part).__mro__)
        libraries = list(_library_items())
        # The learner's process hides the engine's own modules: they are not missed.
        modules = {
            name: module
            for name, module in sys.modules.items()
            if name != "__main__" and name.partition(".")[0] != "alliances_grader"
        }
        self._modules = kept_modules(modules)
        self._kept = [
            *kept_classes(
                kind for kind in kinds if kind.__module__.startswith(("IPython", "alliances_grader"))
            ),
            self._modules.differences,
            *(table.differences for table in kept_tables(libraries)),
        ]
        self._codes = kept_codes(found for _, _, found in libraries if isinstance(found, FunctionType))
        self._parts = {name: getattr(shell, name) for name in _SHELL_PARTS}
        self._transforms = [list(found) for found in self._transform_lists()]
        self._names = set(vars(shell))
        self._interactivity = shell.ast_node_interactivity
        self._formatters: dict[str, Any] = getattr(shell.display_formatter, "formatters", {})
        self._plain = self._formatters["text/plain"]
        self._float_format = self._plain.float_format
        self._formats = {name: dict(getattr(self._plain, name)) for name in _FORMATS}
        self._callbacks = {event: list(shell.events.callbacks.get(event, [])) for event in _BEFORE}
        self._cell_names = TestNames(shell.user_ns)
        self._watch = Watch()
        self._known: object = None

    def begin(self) -> None:
        """Start in the learner's process, before its code."""
        self._known = [[]]
        self._modules.look_again()
        self._watch.install()

    def begin_test(self, source: str) -> None:
        """Watch from here on what the course's cell ``source`` does."""
        self._cell_names.begin(source)
        self._watch.arm()

    def end_test(self, restore: bool) -> list[str]:
        """Return what was bent, and which calls were made, while it ran."""
        heard = list(self._watch.disarm())
        self._cell_names.end()
        return [*heard, *self.signs("", restore)][:_MAX_SIGNS]

    def signs(self, source: str, restore: bool) -> list[str]:
        """Return what is bent before ``source`` runs, in short; with ``restore``, put back what can be."""
        found: list[str] = []
        try:
            for name, undo in self._differences(source):
                if name and len(found) < _MAX_SIGNS and name[:80] not in found:
                    found.append(name[:80])
                if restore:
                    undo()
        except Exception as problem:  # noqa: BLE001 - what is looked at may have been made to fail
            found.append(f"unreadable:{type(problem).__name__}"[:80])
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

    def _differences(self, source: str) -> Iterator[_Sign]:
        yield from self._bent_builtins()
        for differences in self._kept:
            yield from differences()
        if self._watch.changed:
            yield from self._codes.differences()
        yield from self._bent_shell()
        yield from self._bent_display()
        yield from self._cell_names.differences(source)
        if sys.gettrace() is not None or threading.gettrace() is not None:
            yield "sys.settrace", _untrace
        if sys.getprofile() is not None:
            yield "sys.setprofile", lambda: sys.setprofile(None)
        for name in lying_classes(self._known):
            yield name, _nothing

    def _bent_builtins(self) -> Iterator[_Sign]:
        current = vars(builtins)
        for name, value in self._builtins.items():
            if name not in _OWN_BUILTINS and current.get(name) is not value:
                yield f"builtins.{name}", partial(current.__setitem__, name, value)
        own = self._parts["user_ns"]
        given = own.get("__builtins__", builtins)
        if given is not builtins and given is not current:
            yield "__builtins__", partial(own.__setitem__, "__builtins__", builtins)

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
        if shell.ast_node_interactivity is not self._interactivity:
            yield (
                "shell.ast_node_interactivity",
                partial(setattr, shell, "ast_node_interactivity", self._interactivity),
            )
        if sys.stdout is not shell.streams[0] or sys.stderr is not shell.streams[1]:
            yield "sys.stdout", shell.use_streams

    def _bent_display(self) -> Iterator[_Sign]:
        """What would write a number of points otherwise, or run before the test."""
        plain, shell = self._plain, self._shell
        # IPython moves these to the other table at first use.
        deferred = list(self._formats["deferred_printers"].values())
        if self._formatters.get("text/plain") is not plain:
            yield "shell.formatters", partial(self._formatters.__setitem__, "text/plain", plain)
        for table, kept in self._formats.items():
            now = getattr(plain, table)
            for key, printer in list(now.items()):
                # A format for a class of the learner's own is no sign.
                ours = key in kept or (table == "type_printers" and not _is_new(key))
                if ours and kept.get(key) is not printer and printer not in deferred:
                    undo = (
                        partial(now.__setitem__, key, kept[key]) if key in kept else partial(now.pop, key, 0)
                    )
                    yield f"shell.formatters.{getattr(key, '__name__', key)}"[:80], undo
        if plain.float_format is not self._float_format:
            # Anything but a str of Python's own may change its mind.
            written = plain.float_format if type(plain.float_format) is str else ""
            honest = _PRECISION.fullmatch(written) is not None
            yield (
                "" if honest else "shell.float_format",
                partial(setattr, plain, "float_format", self._float_format),
            )
        for event in _BEFORE:
            callbacks = shell.events.callbacks.get(event, [])
            known = {id(one) for one in self._callbacks[event]}
            for callback in [one for one in callbacks if id(one) not in known]:
                honest = getattr(callback, "__module__", "") == _RELOADING
                yield "" if honest else f"shell.events.{event}", partial(_drop, callbacks, callback)

    def _transform_lists(self) -> tuple[list[Any], ...]:
        manager = self._shell.input_transformer_manager
        return manager.cleanup_transforms, manager.line_transforms, manager.token_transformers


def _library_items() -> Iterator[tuple[Any, str, object]]:
    for module_name in (*_TEST_LIBRARIES, *_HARNESS):
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


def _untrace() -> None:
    sys.settrace(None)
    threading.settrace(None)


def _nothing() -> None:
    """Leave a learner's class as it is: only the trainer can say whether it means harm."""


def _is_new(kind: object) -> bool:
    return isinstance(kind, type) and kind.__module__ == "__main__"


def _drop(callbacks: list[Any], callback: object) -> None:
    callbacks[:] = [one for one in callbacks if one is not callback]
