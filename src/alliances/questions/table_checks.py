"""What the source of a table question must have: columns by kind, given cells, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.questions.kind import once, one_of
from alliances.questions.several import check_reasons, refused, unit_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["KINDS", "MOST_ROWS", "check_cells", "check_free", "checked_column"]

KINDS: Final = ("text", "number", "option")
MOST_ROWS: Final = 50


def checked_column(field: Field, seen: dict[str, int]) -> dict[str, Any]:
    """Check a column, remember its id and return it."""
    parts = field.mapping(["id", "text", "kind"], ["unit", "options"])
    once(parts["id"], seen)
    parts["text"].bilingual()
    kind = parts["kind"].word(KINDS)
    if "unit" in parts:
        if kind != "number":
            refused(parts["unit"], "marking_table.not_for_kind", part="unit", kind="number")
        unit_checked(parts["unit"])
    if "options" in parts and kind != "option":
        refused(parts["options"], "marking_table.not_for_kind", part="options", kind="option")
    if kind == "option":
        if "options" not in parts:
            refused(field, "marking_table.needs", missing="options")
        options: dict[str, int] = {}
        for option in parts["options"].entries(minimum=2):
            entry = option.mapping(["id", "text"], [])
            once(entry["id"], options)
            entry["text"].bilingual()
    column: dict[str, Any] = field.value
    return column


def check_free(fields: Mapping[str, Field]) -> None:
    """Check how many free rows there may be, and that they have no key."""
    ends = fields["rows"].mapping(["least", "most"], ())
    least, most = ends["least"].whole(minimum=1), ends["most"].whole(minimum=1)
    if not least <= most <= MOST_ROWS:
        refused(ends["most"], "marking_table.rows_crossed", least=least, most=MOST_ROWS)
    for name in ("key", "given", "reasons"):
        if name in fields:
            refused(fields[name], "marking_table.not_for_free_rows", part=name)


def check_cells(
    fields: Mapping[str, Field], rows: list[str], columns: Mapping[str, Mapping[str, Any]]
) -> None:
    """Check that each cell of given rows is given or keyed, and that each row with keys has a reason."""
    given = fields["given"].mapping((), rows) if "given" in fields else {}
    key = fields["key"].mapping((), rows)
    for row in rows:
        shown = given[row].mapping((), columns) if row in given else {}
        for name, value in shown.items():
            _check_value(value, columns[name])
        asked = [name for name in columns if name not in shown]
        if asked and row not in key:
            refused(fields["key"], "marking_table.needs", missing=row)
        for name, value in key[row].mapping(asked, ()).items() if row in key else ():
            _check_key(value, columns[name])
    if not any(field.value for field in key.values()):
        fields["key"].refuse("list_too_short", minimum=1, count=0)
    check_reasons(fields["reasons"], [row for row in rows if row in key])


def _check_key(field: Field, column: Mapping[str, Any]) -> None:
    if isinstance(field.value, list):
        for value in field.entries(minimum=1):
            _check_value(value, column)
    elif column["kind"] == "number" and isinstance(field.value, dict):
        parts = field.mapping(["value"], ["tolerance"])
        parts["value"].number()
        if "tolerance" in parts:
            parts["tolerance"].number(minimum=0)
    else:
        _check_value(field, column)


def _check_value(field: Field, column: Mapping[str, Any]) -> None:
    if column["kind"] == "number":
        field.number()
    elif column["kind"] == "option":
        one_of(field, [option["id"] for option in column["options"]], "options")
    else:
        field.bilingual()
