"""Tables as they were before learner code ran: compared by identity, in one pass unless something differs."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter, is_
from types import FunctionType, ModuleType
from typing import Any, Final

__all__ = ["Kept", "kept_classes", "kept_codes", "kept_modules", "kept_tables"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_Undo = Callable[[], object]
_MISSING: Final = object()


class Kept:
    """Some names of one table and what stood under them.

    Args:
        label: of the table, in front of its names; empty for none.
        get: gives what stands under a name now.
        kept: names and values.
        put: puts a value back under a name.
        table: all that stands there, when most of it is kept: as long as nothing in it differs, no name has
            to be looked up, which between two processes that share a core is most of the work.
    """

    def __init__(
        self,
        label: str,
        get: Callable[..., Any],
        kept: Mapping[Any, Any],
        put: Callable[[Any, Any], object],
        table: Mapping[Any, Any] | None = None,
    ) -> None:
        self._label = label
        self._get = get
        self._names = tuple(kept)
        self._values = tuple(kept.values())
        self._put = put
        self._view = None if table is None else table.values
        self._all = () if table is None else tuple(table.values())

    def look_again(self) -> None:
        """Take the table as it stands now, before learner code: what we took away ourselves is not missed."""
        if self._view is not None:
            self._all = tuple(self._view())

    def _same(self) -> bool:
        # Never ==: what stands there now may answer as it likes.
        if self._view is not None:
            now = self._view()
            # What is new stands at the end.
            if len(now) >= len(self._all) and all(map(is_, now, self._all)):
                return True
        return all(map(is_, map(self._get, self._names), self._values))

    def differences(self) -> Iterator[tuple[str, _Undo]]:
        """Yield what has changed, and what puts it back."""
        if self._same():
            return
        for name, value in zip(self._names, self._values, strict=True):
            if self._get(name) is not value:
                shown = name if isinstance(name, str) else f"{name.__module__}.{name.__name__}"
                yield f"{self._label}{shown}", partial(self._put, name, value)


def kept_tables(items: Iterable[tuple[Any, str, object]]) -> list[Kept]:
    """Keep attributes of modules and classes, given as owner, name and value."""
    owners: dict[int, tuple[Any, dict[str, object]]] = {}
    for owner, name, value in items:
        owners.setdefault(id(owner), (owner, {}))[1][name] = value
    return [
        Kept(
            f"{owner.__name__}.",
            vars(owner).get,
            kept,
            partial(setattr, owner),
            vars(owner) if 2 * len(kept) > len(vars(owner)) else None,
        )
        for owner, kept in owners.values()
    ]


def kept_codes(functions: Iterable[FunctionType]) -> Kept:
    """Keep what functions do: their code can be exchanged under them."""
    code: Callable[[FunctionType], object] = attrgetter("__code__")
    kept = {function: code(function) for function in functions}
    return Kept("", code, kept, lambda function, value: setattr(function, "__code__", value))


def kept_modules(modules: Mapping[str, ModuleType]) -> Kept:
    """Keep which module an import gives."""
    return Kept("sys.modules:", sys.modules.get, modules, sys.modules.__setitem__, sys.modules)


def kept_classes(kinds: Iterable[type]) -> list[Callable[[], Iterator[tuple[str, _Undo]]]]:
    """Keep the methods of classes, and notice new ones in the place of what a class inherits."""
    return [
        part
        for kind in kinds
        for part in (
            Kept(
                f"{kind.__name__}.",
                vars(kind).get,
                {name: value for name, value in vars(kind).items() if callable(value)},
                partial(setattr, kind),
                vars(kind),
            ).differences,
            partial(_added, kind, frozenset(vars(kind))),
        )
    ]


def _added(kind: type, known: frozenset[str]) -> Iterator[tuple[str, _Undo]]:
    if len(vars(kind)) == len(known):
        return
    for name in vars(kind).keys() - known:
        if any(name in vars(base) for base in kind.__mro__[1:]):
            yield f"{kind.__name__}.{name}", partial(delattr, kind, name)
