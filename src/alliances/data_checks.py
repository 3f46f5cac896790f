"""What no column says by itself: lists of keys, sums, computed figures, tables that repeat facts.

The descriptor declares each check under ``checks`` of a table; this file only carries them out.
"""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from alliances.data_rules import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from alliances.data_files import NumberedRow

    Tables = Mapping[str, Sequence[NumberedRow]]

__all__ = ["declared_checks", "worked_out"]

_OPERATIONS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def declared_checks(described: dict[str, Any], tables: Tables) -> Iterator[Problem]:
    """Yield what breaks the checks that the descriptor declares for a table."""
    for kind, settings in described.get("checks", {}).items():
        yield from _CHECKS[kind](described["name"], settings, tables)


def _lists(name: str, settings: list[dict[str, str]], tables: Tables) -> Iterator[Problem]:
    """Cells that hold several keys, separated by semicolons: each exists, none stands twice."""
    for setting in settings:
        known = {row[setting["target"]] for _, row in tables[setting["resource"]]}
        for line, row in tables[name]:
            named = [part for part in row[setting["field"]].split(";") if part]
            for part in named:
                if part not in known:
                    values = {"value": part, "table": setting["resource"]}
                    yield Problem(name, line, setting["field"], "data.rule_link", values)
            if len(named) != len(set(named)):
                yield Problem(name, line, setting["field"], "data.check_repeated", {})


def _symmetric(name: str, column: str, tables: Tables) -> Iterator[Problem]:
    """A row that contradicts another is contradicted by it."""
    links = {(row["fact_id"], other) for _, row in tables[name] for other in row[column].split(";") if other}
    for line, row in tables[name]:
        for other in filter(None, row[column].split(";")):
            if (other, row["fact_id"]) not in links or other == row["fact_id"]:
                yield Problem(name, line, column, "data.check_one_way", {"other": other})


def _partitions(name: str, settings: dict[str, Any], tables: Tables) -> Iterator[Problem]:
    """The rows of one breakdown add up to its total."""
    sums: dict[str, float] = defaultdict(float)
    for _, row in tables[name]:
        if row[settings["field"]]:
            sums[row[settings["field"]]] += float(row[settings["value"]])
    totals = settings["totals"]
    for group, found in sums.items():
        if group not in totals:
            yield Problem(name, 0, settings["field"], "data.check_no_total", {"group": group})
        elif abs(found - totals[group][0]) > totals[group][1] + 1e-9:
            values = {"group": group, "found": round(found, 6), "expected": totals[group][0]}
            yield Problem(name, 0, settings["field"], "data.check_sum", values)
    for group in totals.keys() - sums.keys():
        yield Problem(name, 0, settings["field"], "data.check_idle_total", {"group": group})


def _formulas(name: str, settings: dict[str, Any], tables: Tables) -> Iterator[Problem]:
    """A figure said to be computed has a formula, and the formula gives it."""
    values = {row[settings["key"]]: float(row[settings["value"]]) for _, row in tables[name]}
    for line, row in tables[name]:
        fact = row[settings["key"]]
        rule = settings["rules"].get(fact)
        if row[settings["status"]] == settings["computed"] and rule is None:
            yield Problem(name, line, settings["value"], "data.check_no_formula", {"fact": fact})
        elif rule is not None:
            try:
                expected = worked_out(rule[0], values)
            except (KeyError, ZeroDivisionError, ValueError, SyntaxError) as error:
                yield Problem(name, line, settings["value"], "data.check_bad_formula", {"reason": str(error)})
                continue
            if abs(expected - values[fact]) > rule[1] + 1e-9:
                told = {
                    "fact": fact,
                    "found": values[fact],
                    "expected": f"{expected:.6g}",
                    "formula": rule[0],
                }
                yield Problem(name, line, settings["value"], "data.check_formula", told)


def worked_out(formula: str, values: Mapping[str, float]) -> float:
    """Return the value of a formula: numbers, names, ``+ - * /`` and brackets.

    Raises:
        KeyError: it names a figure that does not exist.
        ValueError: it holds anything else.
        SyntaxError: it is no expression.
        ZeroDivisionError: it divides by zero.
    """
    return _value(ast.parse(formula, mode="eval").body, values)


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_value(node.left, values), _value(node.right, values))
    raise ValueError(ast.unparse(node))


def _bounds(name: str, settings: dict[str, Any], tables: Tables) -> Iterator[Problem]:
    """A value lies within the bounds of its unit; the upper end of a range is above its value."""
    for line, row in tables[name]:
        value = float(row[settings["value"]])
        limits = settings["limits"].get(row[settings["field"]])
        if limits is not None and not limits[0] <= value <= limits[1]:
            values = {"value": row[settings["value"]], "low": limits[0], "high": limits[1]}
            yield Problem(name, line, settings["value"], "data.check_bounds", values)
        if row["value_max"] and float(row["value_max"]) <= value:
            yield Problem(name, line, "value_max", "data.check_range", {"value": row["value_max"]})


def _statuses(name: str, settings: dict[str, str], tables: Tables) -> Iterator[Problem]:
    """A figure quoted from memory has a source quoted from memory, and only such a figure has one."""
    recalled = {
        row[settings["key"]] for _, row in tables[settings["resource"]] if row[settings["read"]] == "memory"
    }
    for line, row in tables[name]:
        from_memory = row[settings["source"]] in recalled
        if from_memory != (row[settings["field"]] == settings["memory"]):
            values = {"value": row[settings["field"]], "source": row[settings["source"]]}
            yield Problem(name, line, settings["field"], "data.check_status", values)


def _mirror(name: str, settings: dict[str, Any], tables: Tables) -> Iterator[Problem]:
    """A row that files a fact says what the fact says."""
    key = settings["key"]
    facts = {row[key]: row for _, row in tables[settings["resource"]]}
    for line, row in tables[name]:
        fact = facts.get(row[key])
        if fact is None:
            continue  # the foreign key says it
        for mine, its in settings["fields"].items():
            if row[mine] != fact[its]:
                values = {"value": row[mine], "expected": fact[its], "fact": row[key]}
                yield Problem(name, line, mine, "data.check_mirror", values)


def _totals(name: str, settings: list[dict[str, Any]], tables: Tables) -> Iterator[Problem]:
    """A column holds the sums of a column of another table, or numbers of its rows, by key."""
    for setting in settings:
        sums: dict[str, float] = defaultdict(float)
        for _, row in tables[setting["resource"]]:
            if "of" not in setting:
                sums[row[setting["by"]]] += 1
            elif row[setting["of"]]:
                sums[row[setting["by"]]] += float(row[setting["of"]])
        for line, row in tables[name]:
            cell, expected = row[setting["field"]], sums.get(row[setting["key"]])
            if (float(cell) if cell else None) != expected:
                told = {"value": cell, "table": setting["resource"]}
                told |= {
                    "key": row[setting["key"]],
                    "expected": "" if expected is None else f"{expected:.12g}",
                }
                yield Problem(name, line, setting["field"], "data.check_total", told)


_CHECKS: Final[dict[str, Callable[[str, Any, Tables], Iterator[Problem]]]] = {
    "lists": _lists,
    "symmetric": _symmetric,
    "partitions": _partitions,
    "formulas": _formulas,
    "bounds": _bounds,
    "statuses": _statuses,
    "mirror": _mirror,
    "totals": _totals,
}
