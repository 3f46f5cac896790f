"""Every table against its descriptor: cells, keys, links, declared checks, size; and the publishers' gate.

``frictionless`` is the publishers' gate: it reads types, keys, encodings and licences as any user of the
package would. It is heavy and has native parts, so it is imported only when asked for; the rest is pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from alliances.data_checks import declared_checks
from alliances.data_files import DESCRIPTOR, data_folder, descriptor, numbered_rows, resource
from alliances.data_rules import Problem, broken_cells, broken_keys, broken_links, columns_of
from alliances.data_types import cell_of
from alliances.errors import AlliancesError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from alliances.data_files import NumberedRow

__all__ = ["MOST_BYTES", "Validation", "gate_available", "gate_problems", "problems_of_frame", "validate"]

MOST_BYTES: Final = 6_000_000


@dataclass(frozen=True)
class Validation:
    """What was found: tables and rows read, bytes on disk, problems, and files that could not be read."""

    tables: int
    rows: int
    size: int
    problems: tuple[Problem, ...]
    refusals: tuple[AlliancesError, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.problems and not self.refusals


def validate() -> Validation:
    """Check every table of the descriptor, and the checks that span tables.

    Raises:
        AlliancesError: there is no descriptor, or it cannot be read.
    """
    package = descriptor()
    tables: dict[str, Sequence[NumberedRow]] = {}
    refusals: list[AlliancesError] = []
    for described in package["resources"]:
        try:
            tables[described["name"]] = numbered_rows(described)
        except SourceError as refusal:
            refusals.append(refusal)
    problems = [problem for found in package["resources"] for problem in _problems(found, tables)]
    folder = data_folder()
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    if size > MOST_BYTES:
        problems.append(
            Problem(DESCRIPTOR, 0, "", "data.check_size", {"found": size // 1000, "most": MOST_BYTES // 1000})
        )
    described_files = {found["path"] for found in package["resources"]}
    problems += [
        Problem(path.name, 0, "", "data.check_undescribed", {})
        for path in sorted(folder.glob("*.csv"))
        if path.name not in described_files
    ]
    rows = sum(len(found) for found in tables.values())
    return Validation(len(tables), rows, size, tuple(problems), tuple(refusals))


def _problems(described: dict[str, Any], tables: dict[str, Sequence[NumberedRow]]) -> Iterator[Problem]:
    name = described["name"]
    if name not in tables:
        return
    rows = tables[name]
    cells = [*broken_cells(described, rows), *broken_keys(described, rows)]
    yield from cells
    links = broken_links(described, rows, lambda table, column: _values(tables, table, column))
    yield from _new(links, cells)
    needed = {name, *_tables_named(described.get("checks", {}))}
    if not cells and needed <= tables.keys():  # a check on a broken cell would say the same thing twice
        yield from declared_checks(described, tables)


def _new(problems: Iterable[Problem], told: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of cells of which nothing was said yet."""
    places = {(problem.line, problem.column) for problem in told}
    return (problem for problem in problems if (problem.line, problem.column) not in places)


def _tables_named(checks: object) -> Iterator[str]:
    """Yield the tables that declared checks read."""
    if isinstance(checks, dict):
        for key, value in checks.items():
            if key == "resource" and isinstance(value, str):
                yield value
            else:
                yield from _tables_named(value)
    elif isinstance(checks, list):
        for value in checks:
            yield from _tables_named(value)


def _values(tables: dict[str, Sequence[NumberedRow]], table: str, column: str) -> set[str]:
    return {row[column] for _, row in tables.get(table, ())}


def problems_of_frame(frame: pd.DataFrame, name: str | None = None) -> list[Problem]:
    """Return what breaks the rules of a table in a data frame; see ``alliances.data.check``."""
    named = name or frame.attrs.get("name")
    if not isinstance(named, str):
        raise AlliancesError("data.no_origin")
    described = resource(named)
    lacking = list(columns_of(described, map(str, frame.columns)))
    if lacking:
        return lacking
    kinds = {field["name"]: field["type"] for field in described["schema"]["fields"]}
    columns = {column: frame[column].tolist() for column in kinds}
    rows = [
        (place + 1, {column: cell_of(columns[column][place], kind) for column, kind in kinds.items()})
        for place in range(len(frame))
    ]

    def known(table: str, column: str) -> set[str]:
        if table == named:
            return {row[column] for _, row in rows}
        return {row[column] for _, row in numbered_rows(resource(table))}

    cells = [*broken_cells(described, rows), *broken_keys(described, rows)]
    return [*cells, *_new(broken_links(described, rows, known), cells)]


def gate_available() -> bool:
    """Say whether the publishers' validator is installed."""
    return find_spec("frictionless") is not None


def gate_problems() -> list[Problem]:
    """Return what ``frictionless`` says of the package (server side only; some seconds).

    Raises:
        AlliancesError: frictionless is not installed.
    """
    if not gate_available():
        raise AlliancesError("data.no_gate")
    from frictionless import Package

    report = Package(str(data_folder() / DESCRIPTOR)).validate()
    found = [Problem(DESCRIPTOR, 0, "", "data.gate", {"message": error.message}) for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            values = {"message": error.message}
            line = getattr(error, "row_number", 0) or 0
            column = getattr(error, "field_name", "") or ""
            found.append(Problem(str(task.name), line, column, "data.gate", values))
    return found
