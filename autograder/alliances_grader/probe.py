"""``probe("expression")``: the value of a learner's expression, as plain data.

In a hidden test of this course the learner's code is reached through ``probe`` only, and what it returns is
compared as plain data. Under stock nbgrader all of it happens in one process: ``probe`` evaluates the
expression
in the notebook and returns a copy of the value. Our grader cuts the test out, asks the learner's process
for the
same value as JSON, and compares outside, where learner code has never run.

Plain data: ``None``, ``bool``, ``int``, ``float`` (NaN and infinities too), ``complex``, ``str``,
``Fraction``,
``list``, ``tuple``, ``set``, ``frozenset``, ``dict``. NumPy arrays become nested lists and NumPy scalars
numbers;
a pandas Series becomes the list of its values, a DataFrame a dictionary of columns, an Index a list; dates
become ISO text, missing values None; a question shown by ``ask`` becomes the answer given to it. A subclass
of a plain type becomes that type, whatever its methods say.
"""

from __future__ import annotations

import builtins
import math
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from types import FrameType
from typing import Any, Final

__all__ = ["MAX_NODES", "MAX_TEXT", "NotPlainError", "approx", "from_wire", "probe", "raises", "to_wire"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

MAX_NODES: Final = 200_000
MAX_TEXT: Final = 2_000_000
_MAX_DEPTH: Final = 40
_MAX_BITS: Final = 4_096
_MARK: Final = "~"

_MAX_HASHED: Final = 10_000
_RAISE: Final = object()

# Bound here, before any learner code runs: a patched builtin does not reach the conversion.
_INT, _FLOAT, _STR = int.__index__, float.__float__, str.__str__
_TYPE, _LIST, _REPR = type, list, repr


class NotPlainError(ValueError):
    """The value is not plain data, or is too large; says which."""


def probe(expression: str, *, otherwise: object = _RAISE) -> Any:  # noqa: ANN401 - plain data of any type
    """Evaluate ``expression`` in the notebook and return its value as plain data.

    Args:
        expression: Python, in the names of the notebook.
        otherwise: what to return in place of an exception; without it the exception is raised.

    Raises:
        NotPlainError: the value is no plain data.
        Exception: whatever the expression raises.
    """
    space = _notebook(sys._getframe(1))  # noqa: SLF001 - the caller's globals are the notebook's names
    try:
        return from_wire(to_wire(eval(compile(expression, "<probe>", "eval"), space)))  # noqa: S307 - its purpose
    except Exception:
        if otherwise is _RAISE:
            raise
        return otherwise


def raises(expression: str, error: str) -> bool:
    """Say whether evaluating ``expression`` raises the exception called ``error``, or one derived from it."""
    space = _notebook(sys._getframe(1))  # noqa: SLF001 - as above
    try:
        eval(compile(expression, "<probe>", "eval"), space)  # noqa: S307 - its purpose
    except Exception as problem:  # noqa: BLE001 - any exception is the answer
        return error in (base.__name__ for base in type(problem).__mro__)
    return False


def _notebook(frame: FrameType) -> dict[str, Any]:
    shell = frame.f_globals.get("get_ipython")
    return shell().user_ns if callable(shell) else frame.f_globals


def approx(found: object, expected: object, rel: float = 1e-6, absolute: float = 1e-9) -> bool:
    """Say whether two numbers, or two equally built lists, tuples or dictionaries of numbers, are close."""
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(found) == len(expected)
            and all(approx(one, two, rel, absolute) for one, two in zip(found, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(approx(found[key], expected[key], rel, absolute) for key in expected)
        )
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(found, int | float | Fraction) and isinstance(expected, int | float | Fraction):
        return math.isclose(found, expected, rel_tol=rel, abs_tol=absolute)
    return found == expected


def to_wire(value: object, *, exact: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return ``value`` as JSON that ``from_wire`` reads back.

    With ``exact``, only what compares with a literal as its plain value does: no arrays, tables, dates,
    Decimal.

    Raises:
        NotPlainError: no plain data, deeper than 40 levels, more than ``MAX_NODES`` values (10,000 in sets
            and
            dictionaries), more than ``MAX_TEXT`` characters, or an integer of more than 4,096 bits.
    """
    return _encode(value, 0, _Budget(exact))


class _Budget:
    """What may still be converted: values, characters, members of sets and dictionaries."""

    __slots__ = ("exact", "hashed", "nodes", "text")

    def __init__(self, exact: bool = False) -> None:
        self.exact = exact
        self.nodes, self.text, self.hashed = MAX_NODES, MAX_TEXT, _MAX_HASHED

    def node(self, depth: int) -> None:
        self.nodes -= 1
        if depth > _MAX_DEPTH or self.nodes < 0:
            raise NotPlainError("too deep or too many values")

    def letters(self, text: str) -> str:
        self.text -= len(text)
        if self.text < 0:
            raise NotPlainError("too much text")
        return text

    def members(self, count: int) -> None:
        # Learner code may choose keys that collide: what a hostile table costs to rebuild grows with its
        # square.
        self.hashed -= count
        if self.hashed < 0:
            raise NotPlainError("too many values in sets or dictionaries")


def _tagged(tag: str, content: object) -> dict[str, object]:
    return {_MARK: tag, "v": content}


def _encode(value: Any, depth: int, budget: _Budget) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - a table of types
    budget.node(depth)
    kind = _TYPE(value)
    if value is None or kind is bool:
        return value
    # The type's own place in the hierarchy is read, not ``isinstance``: ``__class__`` can lie.
    bases = kind.__mro__
    if int in bases:
        number = _INT(value)
        if number.bit_length() > _MAX_BITS:
            raise NotPlainError("an integer of too many digits")
        return number
    if float in bases:
        real = _FLOAT(value)
        return real if math.isfinite(real) else _tagged("float", _REPR(real))
    if str in bases:
        return budget.letters(_STR(value))
    if complex in bases:
        return _tagged("complex", [_encode(part, depth + 1, budget) for part in (value.real, value.imag)])
    for container in (list, tuple, set, frozenset):
        if container in bases:
            if container in (set, frozenset):
                budget.members(set.__len__(value) if container is set else frozenset.__len__(value))
            items = [_encode(item, depth + 1, budget) for item in container.__iter__(value)]
            return items if container is list else _tagged(container.__name__, items)
    if dict in bases:
        budget.members(dict.__len__(value))
        pairs = [
            [_encode(key, depth + 1, budget), _encode(item, depth + 1, budget)]
            for key, item in dict.items(value)
        ]
        return _tagged("dict", pairs)
    if kind is Fraction:
        return _tagged("fraction", [value.numerator, value.denominator])
    if budget.exact and "numpy" not in kind.__module__.partition(".")[0]:
        raise _not_plain(kind)
    if hasattr(kind, "_alliances_asked"):
        return _encode(value.given(), depth + 1, budget)
    if kind is Decimal:
        return _encode(float(value), depth, budget)
    if datetime in bases or date in bases or time in bases:
        return _encode_date(value)
    return _encode_library(value, kind, depth, budget)


def _encode_date(value: Any) -> object:  # noqa: ANN401 - datetime, date, time or a pandas Timestamp
    # NaT is the only date that differs from itself.
    return None if value != value else str(value.isoformat())  # noqa: PLR0124 - see above


def _encode_library(value: Any, kind: type, depth: int, budget: _Budget) -> Any:  # noqa: ANN401 - any library's value
    for module, converter in _LIBRARIES.items():
        library = sys.modules.get(module)
        if library is not None and kind.__module__.partition(".")[0] == module:
            if budget.exact and not isinstance(value, library.number | library.bool_):
                break
            plain = converter(library, value)
            if plain is not value:
                return _encode(plain, depth, budget)
    raise _not_plain(kind)


def _not_plain(kind: type) -> NotPlainError:
    return NotPlainError(f"a value of type {str(getattr(kind, '__name__', '?'))[:80]}")


def _from_numpy(numpy: Any, value: Any) -> Any:  # noqa: ANN401 - a library without types here
    if isinstance(value, numpy.ndarray):
        if value.size > MAX_NODES:
            raise NotPlainError("too many values")
        return value.tolist()
    return value.item() if isinstance(value, numpy.generic) else value


def _from_pandas(pandas: Any, value: Any) -> Any:  # noqa: ANN401 - a library without types here
    if value is pandas.NA or value is pandas.NaT:
        return None
    if isinstance(value, pandas.Series | pandas.Index | pandas.DataFrame) and value.size > MAX_NODES:
        raise NotPlainError("too many values")
    if isinstance(value, pandas.DataFrame):
        return {column: _list_of(value[column]) for column in value.columns}
    if isinstance(value, pandas.Series | pandas.Index | pandas.api.extensions.ExtensionArray):
        return _list_of(value)
    return str(value) if isinstance(value, pandas.Timedelta | pandas.Period | pandas.Interval) else value


def _list_of(values: Any) -> list[Any]:  # noqa: ANN401 - a Series, an Index, an array
    return _LIST(values.tolist())


_LIBRARIES: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"numpy": _from_numpy, "pandas": _from_pandas}


def from_wire(content: Any) -> Any:  # noqa: ANN401 - JSON in, plain data out
    """Return the plain value that ``to_wire`` wrote.

    Raises:
        NotPlainError: ``content`` is not what ``to_wire`` writes, or beyond its bounds.
    """
    return _decode(content, 0, _Budget())


def _decode(content: Any, depth: int, budget: _Budget) -> Any:  # noqa: ANN401 - JSON
    budget.node(depth)
    if isinstance(content, str):
        return budget.letters(content)
    if content is None or isinstance(content, bool | int | float):
        if isinstance(content, int) and content.bit_length() > _MAX_BITS:
            raise NotPlainError("an integer of too many digits")
        return content
    if isinstance(content, list):
        return [_decode(item, depth + 1, budget) for item in content]
    if isinstance(content, dict) and content.keys() == {_MARK, "v"} and isinstance(content[_MARK], str):
        try:
            return _build(content[_MARK], content["v"], depth + 1, budget)
        except (TypeError, ValueError, ZeroDivisionError, OverflowError) as problem:
            raise NotPlainError(str(problem)[:200]) from None
    raise NotPlainError("not a value of the protocol")


def _build(tag: str, content: Any, depth: int, budget: _Budget) -> Any:  # noqa: ANN401 - JSON
    if tag == "float" and content in _SPECIAL:
        return float(content)
    builder = _BUILDERS.get(tag)
    if builder is None or not isinstance(content, list):
        raise NotPlainError("not a value of the protocol")
    if tag == "dict":
        budget.members(len(content))
        pairs: dict[Any, Any] = {}
        for key, item in content:
            pairs[_decode(key, depth, budget)] = _decode(item, depth, budget)
        return pairs
    if tag in ("set", "frozenset"):
        budget.members(len(content))
    return builder([_decode(item, depth, budget) for item in content])


_SPECIAL: Final = ("nan", "inf", "-inf")
_BUILDERS: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "complex": lambda parts: complex(*parts),
    "fraction": lambda parts: Fraction(*parts),
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
}
