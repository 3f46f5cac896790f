"""Turns ``assert f(3) == 6`` into ``assert probe_exact("f(3)") == 6`` where what surrounds the call is plain.

``probe_exact`` gives plain values only where a comparison outside means what it meant beside the learner's
code;
an array or a date is not converted, and the assertion then runs as it was written.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from typing import Final

from alliances_grader.probe_rules import Purity

__all__ = ["Lifter", "substituted"]

_PURE_CALLS: Final = frozenset(
    {
        "abs",
        "bool",
        "float",
        "frozenset",
        "int",
        "len",
        "list",
        "max",
        "min",
        "round",
        "set",
        "sorted",
        "sum",
        "tuple",
    }
)
_PLAIN_TYPES: Final = frozenset({"dict", "frozenset", "list", "set", "str", "tuple"})
_LIBRARY_CALLS: Final = frozenset({"math.isclose", "numpy.isclose", "numpy.allclose", "pytest.approx"})
_COMPARISONS: Final = (
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
)


class _CannotLiftError(Exception):
    pass


class Lifter:
    """Rewrites assertions; ``constants`` are names whose literal value the cell itself wrote."""

    def __init__(self, purity: Purity, constants: Mapping[str, ast.expr]) -> None:
        self._purity = purity
        self._constants = constants
        self._deep = True
        self._exact = True

    def assertions(self, node: ast.Assert) -> tuple[str, ...]:
        """Return the assertion for the judge, none when it cannot be cut without changing what it says.

        First with ``len``, ``round`` and the like outside; then, when that is another text, with these beside
        the learner's code, for values that are not plain themselves (the length of a table).

        The truth of a bare learner's expression (``assert f(3)``) is not cut: truth of a value that is not
        plain
        belongs to its type.
        """
        found: list[str] = []
        for self._deep in (True, False):
            try:
                lifted = ast.Assert(test=self._test(node.test), msg=self._message(node.msg))
            except _CannotLiftError:
                continue
            found.append(ast.unparse(ast.fix_missing_locations(lifted)))
        return tuple(dict.fromkeys(found))

    def _message(self, node: ast.expr | None) -> ast.expr | None:
        if node is None or self._is_plain(node):
            return node
        if not isinstance(node, ast.JoinedStr):
            return None
        parts: list[ast.expr] = []
        for part in node.values:
            shown = part
            if isinstance(part, ast.FormattedValue):
                if part.format_spec is not None and not self._is_plain(part.format_spec):
                    return None
                shown = ast.FormattedValue(self._value(part.value), part.conversion, part.format_spec)
            parts.append(shown)
        return ast.JoinedStr(parts)

    def _test(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.BoolOp):
            return ast.BoolOp(node.op, [self._test(part) for part in node.values])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, self._test(node.operand))
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Call):
            name = self._callee(node)
            if name == "isinstance":
                return self._isinstance(node)
            if name in ("math.isclose", "numpy.isclose", "numpy.allclose"):
                return self._call(node, name)
        raise _CannotLiftError

    def _compare(self, node: ast.Compare) -> ast.expr:
        sides = [node.left, *node.comparators]
        # One side has to be plain: two learner's values compare as their own types say.
        if not any(self._is_plain(side) for side in sides):
            raise _CannotLiftError
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if not isinstance(operator, _COMPARISONS):
                raise _CannotLiftError
            # ``is`` means the same outside for None only: NumPy's True is another one.
            if isinstance(operator, ast.Is | ast.IsNot) and not (_is_none(left) or _is_none(right)):
                raise _CannotLiftError
        first, *rest = [self._value(side) for side in sides]
        return ast.Compare(first, node.ops, rest)

    def _isinstance(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 2 or node.keywords:  # noqa: PLR2004 - a value and its types
            raise _CannotLiftError
        wanted = node.args[1]
        types = wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]
        # Neither int, float nor bool: NumPy's scalars are not all of them, and outside they are the plain
        # type.
        if not all(isinstance(one, ast.Name) and one.id in _PLAIN_TYPES for one in types):
            raise _CannotLiftError
        return ast.Call(node.func, [self._value(node.args[0]), wanted], [])

    def _callee(self, node: ast.Call) -> str:
        function = node.func
        if isinstance(function, ast.Name):
            return self._purity.library(function.id) or (
                function.id if self._purity.is_builtin(function.id) else ""
            )
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            library = self._purity.library(function.value.id)
            return f"{library}.{function.attr}" if library else ""
        return ""

    def _call(self, node: ast.Call, name: str) -> ast.expr:
        self._exact = not name.startswith("numpy.")
        arguments = [self._value(argument) for argument in node.args]
        self._exact = True
        keywords = [ast.keyword(word.arg, self._plain(word.value)) for word in node.keywords if word.arg]
        if len(keywords) != len(node.keywords) or any(isinstance(one, ast.Starred) for one in node.args):
            raise _CannotLiftError
        if name not in _PURE_CALLS | _LIBRARY_CALLS:
            raise _CannotLiftError
        return ast.Call(node.func, arguments, keywords)

    def _value(self, node: ast.expr) -> ast.expr:
        """Return an operand for the judge: plain, a plain function of an operand, or the learner's whole."""
        if self._is_plain(node):
            return self._plain(node)
        if isinstance(node, ast.Call) and self._callee(node) in (_PURE_CALLS if self._deep else ()):
            return self._call(node, self._callee(node))
        if isinstance(node, ast.BinOp) and (self._is_plain(node.left) or self._is_plain(node.right)):
            return ast.BinOp(self._value(node.left), node.op, self._value(node.right))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            return ast.BinOp(self._value(node.left), node.op, self._value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return ast.UnaryOp(node.op, self._value(node.operand))
        return self._learners(node)

    def _learners(self, node: ast.expr) -> ast.expr:
        for part in ast.walk(node):
            # A name bound by the judge, a walrus, an await: they would mean something else over there.
            if isinstance(part, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom | ast.Starred):
                raise _CannotLiftError
            if isinstance(part, ast.Name) and self._purity.knows(part.id) and part.id not in self._constants:
                raise _CannotLiftError
        written = substituted(node, self._constants)
        asked = "probe_exact" if self._exact else "probe"
        return ast.Call(ast.Name(asked, ast.Load()), [ast.Constant(ast.unparse(written))], [])

    def _is_plain(self, node: ast.expr) -> bool:
        return next(iter(self._purity.reasons(node)), None) is None

    def _plain(self, node: ast.expr) -> ast.expr:
        if not self._is_plain(node):
            raise _CannotLiftError
        return node


def substituted(node: ast.AST, constants: Mapping[str, ast.expr]) -> ast.AST:
    """Return a copy of ``node`` with the literal values of ``constants`` in place of their names."""
    return _Substitute(constants).visit(copy.deepcopy(node))  # type: ignore[no-any-return]


class _Substitute(ast.NodeTransformer):
    """Writes a constant of the cell in place of its name: the learner's process need not know the name."""

    def __init__(self, constants: Mapping[str, ast.expr]) -> None:
        self._constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name."""
        return self._constants.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
