"""Cuts a test cell in two: what runs with the learner's code, and comparisons that are made outside.

Read, never run: the cell is parsed, and each of its top-level statements goes to one side. An assertion
``assert f(3) == 6`` becomes ``assert probe("f(3)") == 6`` when everything around the learner's expression is
plain: literals, a few builtins, ``math``. A statement that cannot be cut stays with the learner's code.

``mark_cell({…}, probe("c01"), "fr")`` goes to the judge as a whole, and the key with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from alliances_grader.probe_lift import Lifter, substituted
from alliances_grader.probe_rules import MARKING, PROBES, Purity, names_read, names_stored

__all__ = ["Complaint", "ProbeTest", "Step", "beside", "lint", "split_test"]

_BEGIN: Final = re.compile(r"###\s*BEGIN HIDDEN TESTS")
_END: Final = re.compile(r"###\s*END HIDDEN TESTS")
_OURS: Final = {"alliances_grader.probe": PROBES, "alliances.questions": MARKING}
_LIBRARIES: Final = {"math": "math", "numpy": "numpy", "pytest": "pytest"}


@dataclass(frozen=True)
class Step:
    """One statement, or several that run together.

    Attributes:
        side: ``run`` in the learner's process, ``judge`` outside it.
        source: the statement for that side.
        original: of an assertion that was cut by itself, the statement as written, else empty.
        second: of such an assertion, what to try when a value of ``source`` is not plain.
        hidden: it stands between nbgrader's marks of hidden tests.
        line: of the cell, from 1.
    """

    side: Literal["run", "judge"]
    source: str
    original: str = ""
    second: str = ""
    hidden: bool = False
    line: int = 1


@dataclass(frozen=True)
class ProbeTest:
    """A test cell in two parts; the steps follow one another in the order of the cell.

    ``aliases`` says what the judge knows under which name: ``(("np", "numpy"),)``.
    """

    steps: tuple[Step, ...]
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def judged(self) -> Literal["two_process", "same_process"]:
        """Say where points come from: outside only, or also from assertions beside the learner's code."""
        beside = (step for step in self.steps if step.side == "run" and _asserts(step.source))
        return "same_process" if any(beside) else "two_process"


@dataclass(frozen=True)
class Complaint:
    """Why a hidden test is not pure: line of the cell, text of ``execution``, and what stands there."""

    line: int
    key: str
    found: str


def split_test(source: str) -> ProbeTest | None:
    """Cut a test cell in two, or return None when nothing of it can be judged outside.

    None also for a cell that is no plain Python (magics, a syntax error), or that uses ``probe`` in a way
    that the lint refuses: such a cell runs whole beside the learner's code.
    """
    tree = _parsed(source)
    if tree is None:
        return None
    hidden = _hidden_lines(source)
    splitter = _Splitter(source, hidden)
    for node in tree.body:
        if not splitter.take(node):
            return None
    steps = splitter.steps()
    return (
        ProbeTest(steps, splitter.aliases)
        if any(_counts(step) for step in steps if step.side == "judge")
        else None
    )


def lint(source: str) -> tuple[Complaint, ...]:
    """Say why the hidden part of a test cell is not pure; empty when it is, or when it holds no ``probe``.

    Pure means: everything between the marks can be evaluated outside the learner's process, given only what
    ``probe`` returns.
    """
    tree = _parsed(source)
    if tree is None:
        return (Complaint(1, "probe_not_python", ""),) if "probe(" in source else ()
    if not any(isinstance(part, ast.Name) and part.id in ("probe", "raises") for part in ast.walk(tree)):
        return ()
    hidden = _hidden_lines(source)
    purity = Purity()
    complaints: list[Complaint] = []
    for node in tree.body:
        inside = node.lineno in hidden
        if purity.probes_in(node) and not inside:
            complaints.append(Complaint(node.lineno, "probe_not_hidden", ast.unparse(node)[:120]))
        if not _take_import(node, purity) and inside:
            complaints += [Complaint(*reason) for reason in purity.reasons(node)]
            purity.learn(node)
    return tuple(complaints)


def beside(source: str) -> tuple[Complaint, ...]:
    """Say which hidden statements decide beside the learner's code; empty when the judge decides them all.

    What ``lint`` has to say comes first: a cell that it refuses is not looked at.
    """
    hidden = _hidden_lines(source)
    if not hidden or lint(source):
        return ()
    test = split_test(source)
    if test is None:
        line = min(hidden)
        return (Complaint(line, "probe_beside", source.split("\n")[line - 1].strip()[:120]),)
    return tuple(
        Complaint(step.line, "probe_beside", step.source.split("\n")[0][:120])
        for step in test.steps
        if step.hidden and step.side == "run" and _asserts(step.source)
    )


class _Splitter:
    def __init__(self, source: str, hidden: frozenset[int]) -> None:
        self._source = source
        self._hidden = hidden
        self._purity = Purity()
        self._constants: dict[str, ast.expr] = {}
        self._steps: list[tuple[Step, ast.stmt]] = []

    @property
    def aliases(self) -> tuple[tuple[str, str], ...]:
        """Return what the judge has to know beside plain Python."""
        return self._purity.aliases

    def take(self, node: ast.stmt) -> bool:
        """Put one statement on its side; False when the cell must stay whole."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            taken = _take_import(node, self._purity)
            if not taken:
                self._forget(node)
            self._add("run", node)
            return True
        impure = next(iter(self._purity.reasons(node)), None)
        if self._purity.probes_in(node):
            if impure is not None:
                return False
            self._judge(node)
            return True
        if impure is None:
            # Plain on its own (a literal, a total): the judge needs it, and so may what runs beside.
            self._judge(node)
            self._remember(node)
            if not isinstance(node, ast.Assert):
                self._add("run", node)
            return True
        lifted = (
            Lifter(self._purity, self._constants).assertions(node) if isinstance(node, ast.Assert) else ()
        )
        if lifted:
            self._add("judge", node, *lifted)
            return True
        # From here on the statement belongs to the learner's process, and so do the names it stores.
        self._forget(node)
        self._add("run", node)
        return True

    def _forget(self, node: ast.stmt) -> None:
        for name in names_stored(node):
            self._constants.pop(name, None)
            self._purity.forget(name)

    def _judge(self, node: ast.stmt) -> None:
        self._purity.learn(node)
        self._add("judge", node)

    def _remember(self, node: ast.stmt) -> None:
        for name in names_stored(node):
            self._constants.pop(name, None)
        if not isinstance(node, ast.Assign):
            return
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and _is_literal(node.value):
            self._constants[node.targets[0].id] = node.value

    def _add(self, side: Literal["run", "judge"], node: ast.stmt, lifted: str = "", second: str = "") -> None:
        written = ast.get_source_segment(self._source, node) or ast.unparse(node)
        hidden = node.lineno in self._hidden
        original = ""
        if lifted:
            # With the cell's constants written in, so that these need not be known beside the learner's code.
            original = ast.unparse(substituted(node, self._constants)) if self._constants else written
        step = Step(side, lifted or written, original, second, hidden, node.lineno)
        self._steps.append((step, node))

    def steps(self) -> tuple[Step, ...]:
        """Return the steps; an import of ours, a plain assignment stay beside only if they are read there."""
        needed: set[str] = set()
        kept: list[Step] = []
        twins = {id(node) for step, node in self._steps if step.side == "judge"}
        for step, node in reversed(self._steps):
            if step.side == "run" and (id(node) in twins or _is_ours(node)):
                if not needed & {*names_stored(node), *names_read(node)}:
                    continue
                needed |= set(names_read(node))
            elif step.side == "run":
                needed |= set(names_read(node))
            elif step.original:
                needed |= set(names_read(ast.parse(step.original)))
            kept.append(step)
        kept.reverse()
        return tuple(kept)


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _hidden_lines(source: str) -> frozenset[int]:
    lines: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        if _BEGIN.search(line):
            inside = True
        elif _END.search(line):
            inside = False
        elif inside:
            lines.add(number)
    return frozenset(lines)


def _take_import(node: ast.stmt, purity: Purity) -> bool:
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        names = {alias.asname or alias.name: alias.name for alias in node.names}
        if _is_ours(node):
            purity.take(names)
            return True
        if node.module == "pytest" and names == {"approx": "approx"}:
            purity.alias("approx", "pytest.approx")
            return True
    if isinstance(node, ast.Import) and all(alias.name in _LIBRARIES for alias in node.names):
        for alias in node.names:
            purity.alias(alias.asname or alias.name, _LIBRARIES[alias.name])
        return True
    return False


def _is_ours(node: ast.stmt) -> bool:
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    known = _OURS.get(node.module or "", frozenset())
    return all(alias.name in known and alias.asname in (None, alias.name) for alias in node.names)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _counts(step: Step) -> bool:
    names = (part.id for part in ast.walk(ast.parse(step.source)) if isinstance(part, ast.Name))
    return bool(step.original) or not {"probe", "raises"}.isdisjoint(names)


def _asserts(source: str) -> bool:
    return any(isinstance(node, ast.Assert | ast.Raise | ast.Expr) for node in _statements(source))


def _statements(source: str) -> Iterator[ast.AST]:
    tree = _parsed(source)
    return iter(()) if tree is None else ast.walk(tree)
