"""Classes made by learner code whose objects may suit any comparison: found among everything that is new.

A class counts wherever it is kept (in a list, in a closure, under another module's name). What an honest
library
defines when a cell imports it does not: its methods were read from that library's own file.
"""

from __future__ import annotations

import builtins
import dataclasses
import gc
import sys
from collections.abc import Iterator
from itertools import compress, repeat
from operator import contains, is_
from types import FunctionType, ModuleType, WrapperDescriptorType
from typing import Any, Final

__all__ = ["lying_classes"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

# What comparisons are made of, also those with a tolerance.
_OPERATORS: Final = tuple(
    f"__{name}__"
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "sub", "rsub", "abs", "round", "array_ufunc",
                 "array_function")
)  # fmt: skip
_MAX_NAME: Final = 60

# Bound before any learner code runs.
_OBJECTS = gc.get_objects
_TYPE, _VARS, _BASES = type, type.__dict__["__dict__"].__get__, type.__dict__["__mro__"].__get__
_MODULES: Final = sys.modules
_FIELDS, _GENERATE = dataclasses.fields, dataclasses.make_dataclass
_WRITTEN: Final[dict[tuple[str, ...], dict[str, tuple[object, ...]]]] = {}


def lying_classes(known: object) -> Iterator[str]:
    """Yield the names of suspicious classes that are new.

    What was there before the fork was set aside (``gc.freeze``) and is not looked at.

    Args:
        known: made in this process before learner code ran, by a container; when it is not found among the
            new, learner code has set things aside too, and ``gc.freeze`` is named.
    """
    new = _OBJECTS()
    if not any(map(is_, new, repeat(known))):
        yield "gc.freeze"
    if "unittest.mock" in _MODULES:
        yield "unittest.mock"
    # In one pass of compiled code: this stands before and behind every test, and there may be many objects.
    for kind in compress(new, map(contains, map(_BASES, map(_TYPE, new)), repeat(_TYPE))):
        if _suspicious(kind):
            yield f"comparison:{str(_TYPE.__dict__['__name__'].__get__(kind))[:_MAX_NAME]}"


def _suspicious(kind: type) -> bool:
    own = _VARS(kind)
    return any(name in own and not _sound(kind, name, own[name]) for name in _OPERATORS)


def _sound(kind: type, name: str, value: Any) -> bool:  # noqa: ANN401 - whatever learner code put there
    if value is None:
        return True
    if _TYPE(value) is WrapperDescriptorType:
        # Compiled, and this type's own: not float's inequality under the name of equality.
        return value.__objclass__ is kind and value.__name__ == name
    if _TYPE(value) is not FunctionType:
        return False
    return _from_library(value) or _is_generated(kind, name, value)


def _from_library(function: FunctionType) -> bool:
    module = _MODULES.get(function.__globals__.get("__name__", ""))
    if _TYPE(module) is not ModuleType or function.__globals__ is not module.__dict__:
        return False
    file = module.__dict__.get("__file__")
    return isinstance(file, str) and file.startswith("/") and function.__code__.co_filename == file


def _is_generated(kind: type, name: str, function: FunctionType) -> bool:
    # A dataclass compares its fields and nothing else: its method is the one that dataclasses would write.
    try:
        fields = tuple(field.name for field in _FIELDS(kind) if field.compare)
        theirs = _generated(fields)[name]
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
    code = function.__code__
    return (code.co_code, code.co_names, code.co_consts) == theirs


def _generated(fields: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    """Return what dataclasses write for some fields: made once, since making it costs more than all else."""
    if not all(_TYPE(field) is str for field in fields):
        raise TypeError
    if fields not in _WRITTEN:
        made = _VARS(_GENERATE("Model", fields, order=True))
        codes = {name: made[name].__code__ for name in _OPERATORS if _TYPE(made.get(name)) is FunctionType}
        _WRITTEN[fields] = {
            name: (code.co_code, code.co_names, code.co_consts) for name, code in codes.items()
        }
    return _WRITTEN[fields]
