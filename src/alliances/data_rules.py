"""What the descriptor asks of the cells of a table, and what is said, in plain words, when one breaks it.

Pure Python: the same messages in a browser, where the validators that publishers use cannot run.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.data_files import in_language
from alliances.data_types import KINDS
from alliances.i18n import Language, current_language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from alliances.data_files import NumberedRow

    _Judge = Callable[[str], tuple[str, dict[str, Any]] | None]

__all__ = ["Problem", "broken_cells", "broken_keys", "broken_links", "columns_of"]

_SHOWN: Final = 12


@dataclass(frozen=True)
class Problem:
    """Something that a table does not keep: where, and what to do.

    ``line`` counts from 1 in the file (in a data frame: rows from 1, the header apart); 0 is the whole table.
    """

    table: str
    line: int
    column: str
    key: str
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def message(self, language: Language | None = None) -> str:
        """Return place, what was found and what to do, in ``language``."""
        language = language or current_language()
        values = {
            name: value[language] if isinstance(value, dict) else value for name, value in self.values.items()
        }
        place = self.table
        if self.line:
            place += text("data.at_line", language, line=self.line)
        if self.column:
            place += text("data.at_column", language, column=self.column)
        return text("data.problem", language, place=place, message=text(self.key, language, **values))

    def __str__(self) -> str:
        """Return the message in the current language."""
        return self.message()


def _both(holder: dict[str, Any], key: str) -> dict[str, str]:
    return {"fr": in_language(holder, key, "fr"), "en": in_language(holder, key, "en")}


def _words(key: str) -> dict[str, str]:
    return {"fr": text(key, "fr"), "en": text(key, "en")}


def columns_of(described: dict[str, Any], names: Iterable[str]) -> Iterator[Problem]:
    """Yield the columns that a frame lacks."""
    found = set(names)
    for declared in described["schema"]["fields"]:
        if declared["name"] not in found:
            yield Problem(
                described["name"],
                0,
                declared["name"],
                "data.rule_column",
                {"title": _both(declared, "title")},
            )


def broken_cells(described: dict[str, Any], rows: Sequence[NumberedRow]) -> Iterator[Problem]:
    """Yield the cells that break the type or a constraint of their column."""
    for declared in described["schema"]["fields"]:
        name = declared["name"]
        judge = _judge(declared)
        for line, row in rows:
            found = judge(row[name])
            if found is not None:
                key, values = found
                if key == "data.rule_pattern" and (good := _example(judge, rows, name)):
                    key, values = "data.rule_pattern_like", {**values, "example": good}
                yield Problem(described["name"], line, name, key, {"value": row[name], **values})
        if declared.get("constraints", {}).get("unique"):
            yield from _repeated(described, [name], rows)


def _example(judge: _Judge, rows: Sequence[NumberedRow], name: str) -> str:
    """Return a cell of the same column that keeps its rule; ``""`` where there is none."""
    return next((row[name] for _, row in rows if row[name] and judge(row[name]) is None), "")


def _judge(declared: dict[str, Any]) -> _Judge:
    """Return what judges one cell of a column: None, or a key and values for the message."""
    rules = declared.get("constraints", {})
    kind = declared["type"]
    read = KINDS[kind][0]
    known = {str(value).lower() if isinstance(value, bool) else str(value) for value in rules.get("enum", [])}
    pattern = re.compile(rules["pattern"]) if "pattern" in rules else None
    low, high = rules.get("minimum"), rules.get("maximum")

    def judge(cell: str) -> tuple[str, dict[str, Any]] | None:  # noqa: PLR0911 - one a rule
        if not cell:
            return ("data.rule_required", {}) if rules.get("required") else None
        try:
            value: Any = read(cell)
        except (ValueError, KeyError):
            return "data.rule_type", {"expected": _words(f"data.kind_{kind}")}
        if known and cell not in known:
            shown = ", ".join(sorted(known)[:_SHOWN]) + ("…" if len(known) > _SHOWN else "")
            return "data.rule_enum", {"known": shown}
        if pattern is not None and not pattern.fullmatch(cell):
            holder = "description" if "description" in declared else "title"
            words = {code: told.rstrip(".") for code, told in _both(declared, holder).items()}
            return "data.rule_pattern", {"expected": words}
        if low is not None and value < _bound(low, kind):
            return "data.rule_minimum", {"limit": low}
        if high is not None and value > _bound(high, kind):
            return "data.rule_maximum", {"limit": high}
        return None

    return judge


def _bound(limit: object, kind: str) -> Any:  # noqa: ANN401 - compared with a value of the same kind
    return KINDS[kind][0](str(limit)) if kind == "date" else limit


def _key_columns(described: dict[str, Any]) -> list[str]:
    key = described["schema"].get("primaryKey", [])
    return [key] if isinstance(key, str) else list(key)


def broken_keys(described: dict[str, Any], rows: Sequence[NumberedRow]) -> Iterator[Problem]:
    """Yield the rows whose key stands twice."""
    columns = _key_columns(described)
    unique = {
        found["name"] for found in described["schema"]["fields"] if found.get("constraints", {}).get("unique")
    }
    if columns and not (len(columns) == 1 and columns[0] in unique):
        yield from _repeated(described, columns, rows)


def _repeated(
    described: dict[str, Any], columns: list[str], rows: Sequence[NumberedRow]
) -> Iterator[Problem]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for line, row in rows:
        values = tuple(row[column] for column in columns)
        if all(values):
            places[values].append(line)
    for values, lines in places.items():
        if len(lines) > 1:
            yield Problem(
                described["name"],
                lines[1],
                ", ".join(columns),
                "data.rule_twice",
                {"value": ", ".join(values), "first": lines[0]},
            )


def broken_links(
    described: dict[str, Any],
    rows: Sequence[NumberedRow],
    known: Callable[[str, str], Counter[str] | set[str]],
) -> Iterator[Problem]:
    """Yield the cells that name a row of a table that does not hold it.

    Args:
        described: what the descriptor says of the table.
        rows: its rows.
        known: the values of a column of a table: ``known(table, column)``.
    """
    for link in described["schema"].get("foreignKeys", []):
        column, target = link["fields"], link["reference"]
        if not isinstance(column, str):
            continue  # keys of several columns: the publishers' validator reads them
        there = known(target["resource"] or described["name"], target["fields"])
        for line, row in rows:
            if row[column] and row[column] not in there:
                values = {"value": row[column], "table": target["resource"] or described["name"]}
                yield Problem(described["name"], line, column, "data.rule_link", values)
