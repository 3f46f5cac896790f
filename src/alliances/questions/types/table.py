"""A table to fill: given rows with a key for each cell, or free rows that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType, once
from alliances.questions.marks import Mark, Verdict
from alliances.questions.options import BILINGUAL, short, words_of
from alliances.questions.rule_parts import even, written_options
from alliances.questions.rules import Table, evaluate, joined
from alliances.questions.several import NOTHING, figure, inner, refused, say, series
from alliances.questions.table_checks import KINDS, MOST_ROWS, check_cells, check_free, checked_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.questions.source import Field

__all__ = ["TYPE", "TableQuestion"]


class TableQuestion(QuestionType):
    """``{"rows": {row: {column: value}}}`` for given rows, ``{"rows": [{column: value}, …]}`` for free ones.

    Given rows: every cell is either ``given`` (shown, locked) or has a ``key``: for a text column one
    admissible text or several (case and spaces do not matter), for a number column a value or
    ``{value, tolerance}`` (absolute, in the column's unit), for an option column one id or several. Each
    cell earns an equal part. Free rows (``rows: {least, most}``) have no key: a person reads them.
    """

    name: ClassVar[str] = "table"
    answer_fields: ClassVar[tuple[str, ...]] = ("rows",)
    required: ClassVar[tuple[str, ...]] = ("prompt", "columns", "rows")
    optional: ClassVar[tuple[str, ...]] = ("given", "key", "reasons", "criteria", "next_step")
    when_by_person: ClassVar[dict[str, Any] | None] = {"properties": {"rows": {"type": "object"}}}

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:  # noqa: ARG002
        """Check columns and rows, and that each cell of given rows has one key or one given value."""
        columns: dict[str, int] = {}
        checked = [checked_column(column, columns) for column in fields["columns"].entries(minimum=1)]
        if "criteria" in fields:
            fields["criteria"].identifier()
        if isinstance(fields["rows"].value, dict):
            check_free(fields)
            return
        rows: dict[str, int] = {}
        for row in fields["rows"].entries(minimum=1):
            parts = row.mapping(["id", "text"], [])
            once(parts["id"], rows)
            parts["text"].bilingual()
        for name in ("key", "reasons", "next_step"):
            if name not in fields:
                refused(fields["rows"], "marking_table.needs", missing=name)
        check_cells(fields, list(rows), dict(zip(columns, checked, strict=True)))

    def read_by_person(self, question: Mapping[str, Any]) -> bool:
        """Say whether the rows are free: those have no key."""
        return isinstance(question.get("rows"), dict)

    def properties(self) -> dict[str, Any]:
        """Return the schema of a table."""
        name = {"$ref": "#/$defs/id"}
        entry = {
            "type": "object",
            "required": ["id", "text"],
            "additionalProperties": False,
            "properties": {"id": name, "text": BILINGUAL},
        }
        column = {
            "type": "object",
            "required": ["id", "text", "kind"],
            "additionalProperties": False,
            "properties": {
                "id": name,
                "text": BILINGUAL,
                "kind": {"enum": list(KINDS)},
                "unit": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/bilingual_or_empty"}]},
                "options": {"type": "array", "minItems": 2, "items": entry},
            },
        }
        free = {
            "type": "object",
            "required": ["least", "most"],
            "additionalProperties": False,
            "properties": {
                "least": {"type": "integer", "minimum": 1},
                "most": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
            },
        }
        one = {"anyOf": [{"type": "number"}, name, BILINGUAL]}
        toleranced = {
            "type": "object",
            "required": ["value"],
            "additionalProperties": False,
            "properties": {"value": {"type": "number"}, "tolerance": {"type": "number", "minimum": 0}},
        }
        keyed = {"anyOf": [*one["anyOf"], toleranced, {"type": "array", "minItems": 1, "items": one}]}

        def by_row(cell: dict[str, Any]) -> dict[str, Any]:
            return {
                "type": "object",
                "additionalProperties": {"type": "object", "additionalProperties": cell},
            }

        return {
            "columns": {"type": "array", "minItems": 1, "items": column},
            "rows": {"anyOf": [{"type": "array", "minItems": 1, "items": entry}, free]},
            "given": by_row(one),
            "key": by_row(keyed),
            "reasons": {"type": "object", "additionalProperties": {"$ref": "#/$defs/reason"}},
            "criteria": name,
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Write every key as a list, or as a value with its tolerance."""
        if isinstance(question["rows"], dict):
            return
        question.setdefault("given", {})
        kinds = {column["id"]: column["kind"] for column in question["columns"]}
        question["key"] = {
            row: {column: _whole_key(value, kinds[column]) for column, value in cells.items()}
            for row, cells in question["key"].items()
        }

    def public(self, question: Mapping[str, Any]) -> Question:
        """Return columns, rows and what is given."""
        entry = ("id", "text")
        columns = []
        for column in question["columns"]:
            shown = {name: column[name] for name in (*entry, "kind", "unit") if name in column}
            if "options" in column:
                shown["options"] = [{name: option[name] for name in entry} for option in column["options"]]
            columns.append(shown)
        rows = question["rows"]
        if isinstance(rows, dict):
            return {"columns": columns, "rows": {name: rows[name] for name in ("least", "most")}}
        return {
            "columns": columns,
            "rows": [{name: row[name] for name in entry} for row in rows],
            "given": question.get("given") or {},
        }

    def table(self, question: Mapping[str, Any], lang: Language) -> Table | None:
        """Return a table with a part a cell that is keyed; None for free rows."""
        if isinstance(question["rows"], dict):
            return None
        table = self.frame(
            question,
            lang,
            expected=self._expected(question, lang),
            unreadable=say("marking_table.unreadable", lang),
        )
        table["says"]["headline"] = say("marking_table.headline", lang)
        table["says"]["to_review"] = say("marking_table.to_review", lang)
        columns = {column["id"]: column for column in question["columns"]}
        share = 1 / sum(len(cells) for cells in question["key"].values())
        for row in question["rows"]:
            before: list[Any] = []
            for name, key in question["key"].get(row["id"], {}).items():
                column, field = columns[name], f"{row['id']}.{name}"
                table["fields"][field] = _reader(["rows", row["id"], name], column)
                right = _right(field, key, column["kind"])
                reason = say(
                    "marking_table.row_reason",
                    lang,
                    row=short(row["text"]),
                    reason=question["reasons"][row["id"]],
                )
                rows = [
                    {"when": right, "gain": share, "reason": ""},
                    # Why a row is wrong is said once: by its first wrong cell.
                    {"when": ["all", *before], "gain": 0, "reason": reason},
                    {"when": ["else"], "gain": 0, "reason": ""},
                ]
                label = f"{short(row['text'])} ({short(column['text'])})"
                table["parts"].append({"of": share, "label": label, "rows": rows})
                before.append(right)
        return table

    def mark(self, question: Mapping[str, Any], answer: object, lang: Language) -> Mark:
        """Mark given rows by rules; of free rows, say how many were filled and that a person reads them."""
        table = self.table(question, lang)
        if table is not None:
            return evaluate(table, answer)
        says = self.frame(question, lang)["says"]
        rows = answer.get("rows") if isinstance(answer, dict) else None
        if isinstance(answer, dict) and (answer.get("unknown") is True or rows == "unknown"):
            return self._marked(question, "unknown", says["unknown"])
        if answer is not None and (not isinstance(answer, dict) or not isinstance(rows, list | None)):
            return self._marked(question, "unanswered", says["wrong_shape"])
        filled = len(_filled(question, rows or [], lang))
        if not filled:
            return self._marked(question, "unanswered", says["unanswered"])
        least = question["rows"]["least"]
        count = say(
            f"marking_table.rows_{'short' if filled < least else 'fit'}", lang, rows=filled, least=least
        )
        return self._marked(question, "person", joined(say("marking_table.a_person_reads", lang), count))

    def _marked(self, question: Mapping[str, Any], verdict: Verdict, reason: str) -> Mark:
        step = "" if verdict == "unanswered" else str(question.get("next_step") or "")
        return Mark(0.0, float(question.get("points", 1)), verdict, reason, step)

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        lines = self.said(question, self.full_answer(question), lang)
        reasons = {row["text"]: question["reasons"].get(row["id"], "") for row in question["rows"]}
        sentences = []
        for row, cells in lines:
            sentences += [say("marking_table.expected_row", lang, row=row, cells=cells), reasons[row]]
        return joined(*sentences)

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the first admissible value of each cell; for free rows, the least number of filled rows."""
        if isinstance(question["rows"], dict):
            row = {column["id"]: _example(column) for column in question["columns"]}
            return {"rows": [dict(row) for _ in range(question["rows"]["least"])]}
        return {
            "rows": {
                row: {name: key["value"] if isinstance(key, dict) else key[0] for name, key in cells.items()}
                for row, cells in question["key"].items()
            }
        }

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return each row with its cells, given ones left out."""
        rows = answer.get("rows")
        if isinstance(question["rows"], dict):
            filled = _filled(question, rows, lang) if isinstance(rows, list) else []
            return [
                (say("marking_table.row_number", lang, number=number), cells)
                for number, cells in enumerate(filled, start=1)
            ]
        given = question.get("given") or {}
        lines, any_said = [], False
        for row in question["rows"]:
            asked = [c for c in question["columns"] if c["id"] not in given.get(row["id"], {})]
            if not asked:
                continue
            written = [
                (short(column["text"]), _written(inner(rows, row["id"], column["id"]), column, lang))
                for column in asked
            ]
            any_said = any_said or any(value for _, value in written)
            lines.append((row["text"], series([(name, value or NOTHING) for name, value in written], lang)))
        return lines if any_said else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the columns, the rows when they are given, and the options of each column that has some."""
        columns = [
            (column["id"], f"{column['text']} ({column['unit']})" if column.get("unit") else column["text"])
            for column in question["columns"]
        ]
        lists = [(say("marking_table.codes_columns", lang), columns)]
        if not isinstance(question["rows"], dict):
            rows = [(row["id"], _row_words(question, row, lang)) for row in question["rows"]]
            lists.append((say("marking_table.codes_rows", lang), rows))
        return lists + [
            (
                say("marking_table.codes_options", lang, column=column["text"]),
                [(entry["id"], entry["text"]) for entry in column["options"]],
            )
            for column in question["columns"]
            if column["kind"] == "option"
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:
        """Return how to write the cells."""
        rows = question["rows"]
        if isinstance(rows, dict):
            return say("marking_table.answer_free", lang, least=rows["least"], most=rows["most"])
        return say("marking_table.answer_given", lang)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return cells still to fill."""
        if not question:
            return {"rows": None}
        columns = [column["id"] for column in question["columns"]]
        if isinstance(question["rows"], dict):
            return {"rows": [dict.fromkeys(columns) for _ in range(question["rows"]["least"])]}
        given = question.get("given") or {}
        asked = {
            row["id"]: [name for name in columns if name not in given.get(row["id"], {})]
            for row in question["rows"]
        }
        return {"rows": {row: dict.fromkeys(names) for row, names in asked.items() if names}}


def _row_words(question: Mapping[str, Any], row: Mapping[str, Any], lang: Language) -> str:
    """Return a row's words, with the cells that are given: a notebook shows them nowhere else."""
    given = (question.get("given") or {}).get(row["id"], {})
    cells = [
        (short(column["text"]), _written(given[column["id"]], column, lang))
        for column in question["columns"]
        if column["id"] in given
    ]
    if not cells:
        return str(row["text"])
    return say("marking_table.row_given", lang, row=row["text"], cells=series(cells, lang))


def _whole_key(value: Any, kind: str) -> Any:  # noqa: ANN401 - a value of a source file
    if kind == "number" and not isinstance(value, list):
        return {"tolerance": 0, **value} if isinstance(value, dict) else {"value": value, "tolerance": 0}
    return list(value) if isinstance(value, list) else [value]


def _reader(path: list[str], column: Mapping[str, Any]) -> list[Any]:
    if column["kind"] == "number":
        return ["number", path, str(column.get("unit") or ""), {}]
    if column["kind"] == "option":
        return ["option", path, written_options(column["options"])]
    return ["words", path]


def _right(field: str, key: Any, kind: str) -> list[Any]:  # noqa: ANN401 - a key, by kind of column
    if kind == "number" and isinstance(key, dict):
        return ["within", field, key["value"], key["tolerance"], "absolute"]
    if kind == "number":
        return ["any", *(["within", field, value, 0, "absolute"] for value in key)]
    return ["in", field, [even(value) for value in key] if kind == "text" else list(key)]


def _example(column: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a text, a number or an id
    if column["kind"] == "option":
        return column["options"][0]["id"]
    return "1" if column["kind"] == "number" else "mot"


def _written(value: object, column: Mapping[str, Any], lang: Language) -> str:
    """Return a cell in words; empty when nothing is in it."""
    unit = str(column.get("unit") or "")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:  # noqa: PLR2004
        return figure(float(value), unit, lang)
    typed = value.strip() if isinstance(value, str) else "" if value is None else str(value)
    if column["kind"] == "option" and typed:
        return words_of(column["options"], typed)
    return f"{typed}\u00a0{unit}" if typed and unit and not typed.endswith(unit) else typed


def _filled(question: Mapping[str, Any], rows: list[Any], lang: Language) -> list[str]:
    """Return the free rows that hold something, each in words."""
    found = []
    for row in rows[:MOST_ROWS]:
        cells = [(short(c["text"]), _written(inner(row, c["id"]), c, lang)) for c in question["columns"]]
        if any(value for _, value in cells):
            found.append(series([(name, value or NOTHING) for name, value in cells], lang))
    return found


TYPE = TableQuestion()
