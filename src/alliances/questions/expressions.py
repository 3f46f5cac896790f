"""Small arithmetic for figures that are drawn: ``"n * p / 100"``, read once, evaluated anywhere.

``compiled`` turns an expression into reverse Polish notation, a flat list of numbers, names and operators.
The page evaluates the same list (``widgets/rules.js``), so neither side parses what an author wrote twice.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

__all__ = ["ExpressionError", "compiled", "evaluated"]


_BINARY: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_FUNCTIONS: Final[dict[str, int]] = {"min": 2, "max": 2, "round": 1, "floor": 1}
_LONGEST: Final = 200  # characters


class ExpressionError(ValueError):
    """An expression that is not small arithmetic over the names given; ``found`` is the part at fault."""

    def __init__(self, found: str) -> None:
        super().__init__(f"not an expression: {found}")
        self.found = found


def compiled(expression: str, names: Collection[str]) -> list[float | str]:
    """Return ``expression`` in reverse Polish notation.

    Numbers, ``names``, ``+ - * /``, parentheses, ``min(a, b)``, ``max(a, b)``, ``round(a)`` (halves go up)
    and ``floor(a)``. A name is written ``"=n"`` in the result, an operator or function by itself.

    Raises:
        ExpressionError: anything else, or more than 200 characters.
    """
    if len(expression) > _LONGEST:
        raise ExpressionError(expression[:_LONGEST])
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(expression) from error
    program: list[float | str] = []
    _write(tree, names, program)
    return program


def _write(node: ast.expr, names: Collection[str], program: list[float | str]) -> None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        program.append(float(node.value))  # type: ignore[arg-type]
    elif isinstance(node, ast.Name) and node.id in names:
        program.append(f"={node.id}")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        program.append(0.0)
        _write(node.operand, names, program)
        program.append("-")
    elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        _write(node.left, names, program)
        _write(node.right, names, program)
        program.append(_BINARY[type(node.op)])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if _FUNCTIONS.get(node.func.id) != len(node.args):
            raise ExpressionError(ast.unparse(node))
        for argument in node.args:
            _write(argument, names, program)
        program.append(node.func.id)
    else:
        raise ExpressionError(ast.unparse(node))


_APPLIED: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.nan,
    "min": min,
    "max": max,
}


def evaluated(program: float | Sequence[float | str], values: Mapping[str, float]) -> float:
    """Return the value of a compiled expression; a plain number is its own value.

    A division by zero gives NaN, which no tolerance accepts.
    """
    if isinstance(program, (int, float)):
        return float(program)
    stack: list[float] = []
    for step in program:
        if not isinstance(step, str):
            stack.append(float(step))
        elif step.startswith("="):
            stack.append(float(values[step[1:]]))
        elif step in {"round", "floor"}:
            value = stack.pop() + (0.5 if step == "round" else 0.0)
            # As JavaScript does: what is no number stays none.
            stack.append(float(math.floor(value)) if math.isfinite(value) else value)
        else:
            second, first = stack.pop(), stack.pop()
            stack.append(_APPLIED[step](first, second))
    return stack[-1]
