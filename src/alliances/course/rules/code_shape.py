"""The shape of code, texts and comments apart: what the two languages of a lesson must have in common."""

from __future__ import annotations

import ast
import re
from typing import Final

__all__ = ["code_shape"]

_MAGIC: Final = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


def code_shape(source: str) -> str:
    """Return code as a string that is equal for two cells that differ by texts and comments only.

    Docstrings and strings count as absent or blank; what an f-string computes counts, its order does not.

    Raises:
        SyntaxError: it is not Python (lines of IPython magics apart); ``lineno`` counts from 1.
    """
    tree = ast.parse(_MAGIC.sub(r"\1pass", source))
    return ast.dump(_Blank().visit(tree))


class _Blank(ast.NodeTransformer):
    """Blanks texts."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Blank a string."""
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Keep what an f-string computes, in an order that no language decides."""
        computed = [self.visit(part) for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.JoinedStr(sorted(computed, key=ast.dump))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """Keep the value; its format may differ (1,5 or 1.5)."""
        return ast.FormattedValue(self.visit(node.value), -1)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drop the docstring."""
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Drop the docstring."""
        return self._without_docstring(node)

    def _without_docstring(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)
