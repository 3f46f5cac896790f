"""The judge: evaluates comparisons on plain values, where no learner code has run or can run.

What it evaluates is the trainer's, cut out by ``probe_split`` and held to the allow-list of
``probe_rules``; what
it is given is plain data, rebuilt from bounded JSON. It asks for a value when it needs one, so that a test
that
stops early asks no further.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType
from typing import Any, Final, Protocol

from alliances_grader.probe import NotPlainError, approx
from alliances_grader.probe_marks import Marker, key_marker
from alliances_grader.probe_rules import BUILTINS

__all__ = ["Judge", "Judgement", "JudgingStoppedError", "LearnerError", "Source"]

_MAX_TEXT: Final = 2_000
_RAISE: Final = object()
_BUILTINS: Final = {name: getattr(builtins, name) for name in BUILTINS}


class JudgingStoppedError(Exception):
    """Base of what ends a judgement without being one: the learner's process is gone, or out of time."""


class LearnerError(Exception):
    """The learner's expression raised: names of the exception and its bases, its text and traceback."""

    def __init__(self, names: tuple[str, ...], text: str, traceback: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.names = names or ("Exception",)
        self.text = text
        self.traceback = traceback


class Source(Protocol):
    """Where values come from."""

    def __call__(self, expression: str, *, exact: bool) -> Any:  # noqa: ANN401 - plain data
        """Return the plain value of ``expression`` in the learner's process.

        Raises:
            LearnerError: it raised.
            NotPlainError: its value is not plain.
        """


@dataclass(frozen=True)
class Judgement:
    """What became of one statement.

    Attributes:
        error: name of the exception that it ended with, empty when it holds.
        text: of that exception, bounded.
        traceback: of the learner's expression, when that raised.
        value: of a bare expression that ends a test (partial credit), as ``text/plain``.
        not_plain: a value was needed that is not plain data; says of what type.
        displays: bundles that ``mark_cell`` showed, in order, whatever came after.
    """

    error: str = ""
    text: str = ""
    traceback: tuple[str, ...] = ()
    value: str | None = None
    not_plain: str = ""
    displays: tuple[dict[str, Any], ...] = ()


class Judge:
    """Evaluates the judge's statements of one test cell, in order, in one namespace."""

    def __init__(self, ask: Source, aliases: tuple[tuple[str, str], ...] = ()) -> None:
        self._ask = ask
        self._names: dict[str, Any] = {
            "__builtins__": dict(_BUILTINS),
            "probe": self._probe,
            "probe_exact": self._probe_exact,
            "raises": self._raises,
            "approx": approx,
            "mark_cell": self._mark_cell,
        }
        self._source = ""
        self._displays: list[dict[str, Any]] = []
        for name, library in aliases:
            self._names[name] = _LIBRARIES[library]

    def step(self, source: str) -> Judgement:
        """Evaluate one statement."""
        self._source, self._displays = source, []
        judgement = self._judged(_compiled(source))
        return replace(judgement, displays=tuple(self._displays)) if self._displays else judgement

    def _judged(self, statement: _Compiled) -> Judgement:
        try:
            if not statement.is_value:
                exec(statement.code, self._names)  # noqa: S102 - the trainer's, allow-listed
                return Judgement()
            value = eval(statement.code, self._names)  # noqa: S307 - as above
        except JudgingStoppedError:
            raise
        except NotPlainError as problem:
            return Judgement("TypeError", str(problem)[:_MAX_TEXT], not_plain=str(problem)[:200])
        except LearnerError as problem:
            return Judgement(problem.names[0][:200], problem.text[:_MAX_TEXT], problem.traceback)
        except Exception as problem:  # noqa: BLE001 - a comparison that fails in any way does not hold
            return Judgement(type(problem).__name__, str(problem)[:_MAX_TEXT])
        return Judgement(value=None if value is None else repr(value)[:_MAX_TEXT])

    def _probe(self, expression: str, *, otherwise: object = _RAISE) -> Any:  # noqa: ANN401 - plain data
        try:
            return self._ask(expression, exact=False)
        except (LearnerError, NotPlainError):
            if otherwise is _RAISE:
                raise
            return otherwise

    def _probe_exact(self, expression: str) -> Any:  # noqa: ANN401 - plain data
        return self._ask(expression, exact=True)

    def _raises(self, expression: str, error: str) -> bool:
        try:
            self._ask(expression, exact=False)
        except LearnerError as problem:
            return error in problem.names
        except NotPlainError:
            pass
        return False

    def _mark_cell(self, question: Any, answer: object, lang: Any) -> float:  # noqa: ANN401 - the author's
        # A key that stands in the statement as a literal was replaced by its number.
        known = type(question) is int
        marker = _marker(self._source, question, lang) if known else key_marker(question, lang)
        points, bundle = marker(answer)
        self._displays.append(bundle)
        return points


@dataclass(frozen=True)
class _Compiled:
    code: CodeType
    is_value: bool
    keys: tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=1024)
def _compiled(source: str) -> _Compiled:
    """Return a statement ready to run; the same for every copy of a class."""
    keys = _Keys()
    tree = keys.visit(ast.parse(source))
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        code = compile(ast.Expression(last.value), "<test>", "eval")
    else:
        code = compile(tree, "<test>", "exec")
    return _Compiled(code, isinstance(last, ast.Expr), tuple(keys.found))


@lru_cache(maxsize=1024)
def _marker(source: str, place: int, lang: Any) -> Marker:  # noqa: ANN401 - the author's
    return key_marker(_compiled(source).keys[place], lang)


class _Keys(ast.NodeTransformer):
    """Takes the keys out of ``mark_cell({…}, …)``: each is read, and made a table of, once."""

    def __init__(self) -> None:
        self.found: list[Mapping[str, Any]] = []

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Put a number in place of a key."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "mark_cell" and node.args:
            try:
                key = ast.literal_eval(node.args[0])
            except (ValueError, TypeError):
                return node
            if isinstance(key, dict):
                node.args[0] = ast.copy_location(ast.Constant(len(self.found)), node.args[0])
                self.found.append(key)
        return node


class _Approx:
    """What ``pytest.approx`` is to a plain value: equal within ``max(rel × |expected|, abs)``."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: object, rel: float | None = None, abs: float | None = None) -> None:  # noqa: A002 - pytest's name
        self._expected = expected
        # An absolute tolerance alone switches the relative one off, as in pytest.
        self._rel = rel if rel is not None else (1e-6 if abs is None else 0.0)
        self._absolute = abs if abs is not None else 1e-12

    def __eq__(self, found: object) -> bool:
        return self._near(found, self._expected)

    def _near(self, found: Any, expected: Any) -> bool:  # noqa: ANN401 - plain data
        if isinstance(expected, list | tuple):
            same = isinstance(found, list | tuple) and len(found) == len(expected)
            return same and all(self._near(*pair) for pair in zip(found, expected, strict=True))
        if isinstance(expected, dict):
            same = isinstance(found, dict) and found.keys() == expected.keys()
            return same and all(self._near(found[key], expected[key]) for key in expected)
        if found == expected or not isinstance(expected, int | float) or not isinstance(found, int | float):
            return bool(found == expected)
        if not math.isfinite(expected):
            return False
        return abs(found - expected) <= max(self._rel * abs(expected), self._absolute)


class _Numpy:
    """The few functions of NumPy that tests compare with, on plain values."""

    pi, e, nan, inf = math.pi, math.e, math.nan, math.inf

    @staticmethod
    def isclose(*values: Any, **tolerances: Any) -> Any:  # noqa: ANN401 - NumPy's own
        """Compare as NumPy does; imported here, because most tests need none of it."""
        import numpy as np

        return np.isclose(*values, **tolerances)

    @staticmethod
    def allclose(*values: Any, **tolerances: Any) -> bool:  # noqa: ANN401 - NumPy's own
        """Compare as NumPy does."""
        import numpy as np

        return bool(np.allclose(*values, **tolerances))

    @staticmethod
    def isnan(value: Any) -> Any:  # noqa: ANN401 - NumPy's own
        """Say where NumPy finds no number."""
        import numpy as np

        return np.isnan(value)


class _Pytest:
    approx = _Approx


_LIBRARIES: Final[Mapping[str, type | Callable[..., Any] | Any]] = {
    "math": math,
    "numpy": _Numpy,
    "pytest": _Pytest,
    "pytest.approx": _Approx,
}
