"""What a comparison may use that is made outside the learner's process: an allow-list, read from the tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["BUILTINS", "MARKING", "METHODS", "PROBES", "Purity", "names_read", "names_stored"]

PROBES: Final = frozenset({"probe", "raises", "approx"})
"""What ``alliances_grader.probe`` gives to tests."""
MARKING: Final = frozenset({"mark_cell"})
"""What ``alliances.questions`` gives to tests: the judge marks as it does, where the key stays outside."""
BUILTINS: Final = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "complex",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "frozenset",
        "int",
        "isinstance",
        "len",
        "list",
        "map",
        "max",
        "min",
        "pow",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
        "AssertionError",
    ]
)
"""Builtins of the judge; each works on plain data and reaches nothing else."""
METHODS: Final = frozenset(
    [
        "append",
        "capitalize",
        "casefold",
        "copy",
        "count",
        "difference",
        "endswith",
        "extend",
        "find",
        "get",
        "index",
        "intersection",
        "is_integer",
        "isalnum",
        "isalpha",
        "isdecimal",
        "isdigit",
        "isdisjoint",
        "islower",
        "isspace",
        "issubset",
        "issuperset",
        "isupper",
        "items",
        "join",
        "keys",
        "lower",
        "lstrip",
        "partition",
        "real",
        "imag",
        "replace",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "title",
        "union",
        "upper",
        "values",
        "add",
        "update",
        "numerator",
        "denominator",
        "conjugate",
    ]
)
"""Methods and attributes of plain data; ``format`` is not among them: it reaches any attribute."""
_LIBRARY: Final = {
    "numpy": frozenset({"isclose", "allclose", "isnan", "pi", "e", "nan", "inf"}),
    "pytest": frozenset({"approx"}),
}
_NODES: Final = (
    ast.Assert, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.For, ast.If, ast.Pass,
    ast.Break, ast.Continue,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Constant, ast.Name,
    ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.List, ast.Tuple, ast.Set, ast.Dict,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.JoinedStr,
    ast.FormattedValue, ast.Lambda,
    ast.arguments, ast.arg, ast.NamedExpr, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip


class Purity:
    """The names that the judge knows, and what a statement uses beyond them."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._foreign: set[str] = set()
        self._probes: set[str] = set()

    @property
    def aliases(self) -> tuple[tuple[str, str], ...]:
        """Return what was imported, under which name."""
        return tuple(self._aliases.items())

    def alias(self, name: str, library: str) -> None:
        """Note that ``name`` stands for ``math``, ``numpy``, ``pytest`` or ``pytest.approx``."""
        self._aliases[name] = library

    def take(self, probes: Iterable[str]) -> None:
        """Note which of ``PROBES`` and ``MARKING`` the cell imports; another of that name is none of ours."""
        self._probes.update(probes)

    def probes_in(self, node: ast.AST) -> bool:
        """Say whether ``node`` reaches the learner's process by ``probe`` or ``raises``."""
        asking = self._probes & {"probe", "raises"}
        return any(isinstance(part, ast.Name) and part.id in asking for part in ast.walk(node))

    def is_builtin(self, name: str) -> bool:
        """Say whether ``name`` still is Python's own."""
        return name in BUILTINS and name not in self._foreign and name not in self._names

    def library(self, name: str) -> str:
        """Return what ``name`` was imported as, or an empty text."""
        return self._aliases.get(name, "")

    def knows(self, name: str) -> bool:
        """Say whether the judge has assigned ``name``."""
        return name in self._names

    def learn(self, node: ast.AST) -> None:
        """Add the names that a statement of the judge assigns."""
        stored = set(names_stored(node))
        self._names |= stored
        self._foreign -= stored

    def forget(self, name: str) -> None:
        """``name`` now belongs to the learner's process, also when a builtin is called so."""
        self._foreign.add(name)
        self._names.discard(name)
        self._aliases.pop(name, None)

    def reasons(self, node: ast.AST) -> Iterator[tuple[int, str, str]]:
        """Yield why ``node`` cannot be evaluated outside: line, key of ``execution``, what was found."""
        own = set(names_stored(node)) | {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
        callees = {id(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
        for part in ast.walk(node):
            line = getattr(part, "lineno", getattr(node, "lineno", 1))
            if not isinstance(part, _NODES):
                yield line, "probe_statement", type(part).__name__
            elif (
                isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and not self._allowed(part, own)
            ):
                yield line, _missing(part.id), part.id
            elif isinstance(part, ast.Name) and part.id in PROBES | MARKING and id(part) not in callees:
                yield line, "probe_not_called", part.id
            elif isinstance(part, ast.Attribute) and not self.attribute(part):
                yield line, "probe_attribute", part.attr

    def _allowed(self, name: ast.Name, own: set[str]) -> bool:
        if name.id in self._names or name.id in self._aliases or name.id in own:
            return True
        return name.id in BUILTINS | self._probes and name.id not in self._foreign

    def attribute(self, node: ast.Attribute) -> bool:
        """Say whether the judge may read this attribute."""
        if isinstance(node.value, ast.Name) and node.value.id in self._aliases:
            library = self._aliases[node.value.id]
            return (
                not node.attr.startswith("_") if library == "math" else node.attr in _LIBRARY.get(library, ())
            )
        return node.attr in METHODS


def _missing(name: str) -> str:
    if name in MARKING:
        return "probe_mark_not_imported"
    return "probe_not_imported" if name in PROBES else "probe_name"


def names_stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that ``node`` assigns, deletes, imports or defines."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]


def names_read(node: ast.AST) -> Iterator[str]:
    """Yield the names that ``node`` reads, also those inside the expression of a ``probe``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from _words(part.value)


def _words(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (part.id for part in ast.walk(tree) if isinstance(part, ast.Name))
