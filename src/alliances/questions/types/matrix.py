"""A grid to fill with values, for example who does what (RACI)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language
from alliances.questions.kind import Answer, Checking, Question, QuestionType, one_of
from alliances.questions.options import LEAST_REASON_WORDS, short, words_of
from alliances.questions.rule_parts import written_options
from alliances.questions.rules import Table, joined
from alliances.questions.several import (
    NOTHING,
    check_reasons,
    inner,
    refused,
    say,
    series,
    words_by_id,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.questions.source import Field

__all__ = ["TYPE", "Matrix"]

_CREDITS: Final = ("per_cell", "per_row")
_MOST_FILLINGS: Final = 100_000  # ways to fill one row that are tried to find one that follows its rules


class Matrix(QuestionType):
    """``{"cells": {row: {column: value}}}``; every cell has one admissible value or several.

    Credit rules, in the field ``credit``: ``per_cell`` (default), an equal part for each right cell;
    ``per_row``, an equal part for each row that is right throughout.
    ``per_row: [{value, reason}]`` asks for exactly one cell with that value in every row, among the cells
    that admit it; while a row breaks the rule, these cells are not right.
    """

    name: ClassVar[str] = "matrix"
    answer_fields: ClassVar[tuple[str, ...]] = ("cells",)
    required: ClassVar[tuple[str, ...]] = (
        "prompt", "rows", "columns", "values", "key", "reasons", "next_step",
    )  # fmt: skip
    optional: ClassVar[tuple[str, ...]] = ("credit", "per_row")
    lists: ClassVar[tuple[str, ...]] = ("rows", "columns", "values")
    public_lists: ClassVar[tuple[str, ...]] = ("rows", "columns", "values")

    def check(self, fields: Mapping[str, Field], at: Checking) -> None:
        """Check the lists, that every cell has its values, and that the rules of rows can be followed."""
        rows, columns, values = (at.ids_of(fields[name]) for name in self.lists)
        rules = []
        for rule in fields["per_row"].entries(minimum=1) if "per_row" in fields else ():
            parts = rule.mapping(["value", "reason"], [])
            rules.append(one_of(parts["value"], values, "values"))
            parts["reason"].bilingual(LEAST_REASON_WORDS)
        for row in fields["key"].mapping(rows, ()).values():
            for cell in row.mapping(columns, ()).values():
                for value in cell.entries(minimum=1) if isinstance(cell.value, list) else [cell]:
                    one_of(value, values, "values")
            key = {column: _several(value) for column, value in row.value.items()}
            if _filling(key, rules) is None:
                refused(row, "marking_matrix.rule_not_met", rules=", ".join(rules))
        check_reasons(fields["reasons"], rows)
        if "credit" in fields:
            fields["credit"].word(_CREDITS)

    def properties(self) -> dict[str, Any]:
        """Return the schema of a matrix."""
        value = {"$ref": "#/$defs/id"}
        admitted = {"anyOf": [value, {"type": "array", "minItems": 1, "items": value}]}
        row = {"type": "object", "minProperties": 2, "additionalProperties": admitted}
        rule = {
            "type": "object",
            "required": ["value", "reason"],
            "additionalProperties": False,
            "properties": {"value": value, "reason": {"$ref": "#/$defs/reason"}},
        }
        return {
            **{name: {"$ref": "#/$defs/entries"} for name in self.lists},
            "key": {"type": "object", "minProperties": 2, "additionalProperties": row},
            "reasons": {
                "type": "object",
                "minProperties": 2,
                "additionalProperties": {"$ref": "#/$defs/reason"},
            },
            "credit": {"enum": list(_CREDITS)},
            "per_row": {"type": "array", "minItems": 1, "items": rule},
        }

    def complete(self, question: Question, lang: Language) -> None:  # noqa: ARG002
        """Fill the credit rule, and write every cell of the key as a list."""
        question.setdefault("credit", "per_cell")
        question["key"] = {
            row: {column: _several(value) for column, value in cells.items()}
            for row, cells in question["key"].items()
        }

    def table(self, question: Mapping[str, Any], lang: Language) -> Table:
        """Return a table with a part a cell, or a part a row."""
        values, columns = question["values"], question["columns"]
        table = self.frame(
            question,
            lang,
            expected=self._expected(question, lang),
            unreadable=say("marking_matrix.unreadable", lang, allowed=", ".join(v["id"] for v in values)),
        )
        options = written_options(values)
        by_cell = question.get("credit") != "per_row"
        count = len(question["rows"]) * (len(columns) if by_cell else 1)
        table["says"]["headline"] = say(f"marking_matrix.headline_{'cells' if by_cell else 'rows'}", lang)
        table["says"]["to_review"] = say("marking_matrix.to_review", lang)
        for row in question["rows"]:
            key = question["key"][row["id"]]
            cells = {column["id"]: _field(row["id"], column["id"]) for column in columns}
            for column, name in cells.items():
                table["fields"][name] = ["option", ["cells", row["id"], column], options]
            rules = {
                rule["value"]: _exactly_one(rule["value"], key, cells)
                for rule in question.get("per_row") or ()
            }
            right = {
                column: ["all", ["in", name, key[column]]]
                + [test for value, test in rules.items() if value in key[column]]
                for column, name in cells.items()
            }
            wrong = self._wrong_rows(question, row, rules, lang)
            if not by_cell:
                rows = [{"when": ["all", *right.values()], "gain": 1 / count, "reason": ""}, *wrong]
                table["parts"].append({"of": 1 / count, "label": short(row["text"]), "rows": rows})
                continue
            before: list[Any] = []
            for column in columns:
                test = right[column["id"]]
                rows = [{"when": test, "gain": 1 / count, "reason": ""}]
                # Why a row is wrong is said once: by its first wrong cell.
                rows += [{**said, "when": ["all", *before, said["when"]]} for said in wrong]
                rows.append({"when": ["else"], "gain": 0, "reason": ""})
                label = f"{short(row['text'])} ({short(column['text'])})"
                table["parts"].append({"of": 1 / count, "label": label, "rows": rows})
                before.append(test)
        return table

    def _wrong_rows(
        self, question: Mapping[str, Any], row: Mapping[str, Any], rules: Mapping[str, Any], lang: Language
    ) -> list[dict[str, Any]]:
        """Return what is said of a row that is wrong: the rule it breaks, or why its values are those."""
        said = []
        for rule in question.get("per_row") or ():
            reason = say("marking_matrix.row_reason", lang, row=short(row["text"]), reason=rule["reason"])
            said.append({"when": ["not", rules[rule["value"]]], "gain": 0, "reason": reason})
        reason = say(
            "marking_matrix.row_reason", lang, row=short(row["text"]), reason=question["reasons"][row["id"]]
        )
        return [*said, {"when": ["else"], "gain": 0, "reason": reason}]

    def _expected(self, question: Mapping[str, Any], lang: Language) -> str:
        values, columns = words_by_id(question["values"]), words_by_id(question["columns"])
        between = say("marking_matrix.or", lang)
        sentences = []
        for row in question["rows"]:
            cells = [
                (short(columns[name]), between.join(short(values[value]) for value in admitted))
                for name, admitted in question["key"][row["id"]].items()
            ]
            where = say(
                "marking_matrix.expected_row", lang, row=short(row["text"]), cells=series(cells, lang)
            )
            sentences += [where, question["reasons"][row["id"]]]
        return joined(*sentences)

    def full_answer(self, question: Mapping[str, Any]) -> Answer:
        """Return the first filling of each row that its key admits and its rules allow."""
        rules = [rule["value"] for rule in question.get("per_row") or ()]
        return {"cells": {row: _filling(key, rules) for row, key in question["key"].items()}}

    def said(self, question: Mapping[str, Any], answer: Answer, lang: Language) -> list[tuple[str, str]]:
        """Return each row with its values."""
        cells = answer.get("cells")
        if not isinstance(cells, dict):
            return []
        lines = []
        for row in question["rows"]:
            given = [
                (short(column["text"]), inner(cells, row["id"], column["id"]))
                for column in question["columns"]
            ]
            written = [
                (name, short(words_of(question["values"], value)) if value else NOTHING)
                for name, value in given
            ]
            lines.append((row["text"], series(written, lang), any(value for _, value in given)))
        return [(row, values) for row, values, _ in lines] if any(line[2] for line in lines) else []

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return values, columns and rows."""
        return [
            (say(f"marking_matrix.codes_{name}", lang), [(e["id"], e["text"]) for e in question[name]])
            for name in ("values", "columns", "rows")
        ]

    def instruction(self, question: Mapping[str, Any], lang: Language) -> str:  # noqa: ARG002
        """Return how to write the cells."""
        return say("marking_matrix.answer", lang)

    def empty(self, question: Mapping[str, Any] | None = None) -> Answer:
        """Return cells still to fill."""
        if not question:
            return {"cells": None}
        columns = [column["id"] for column in question["columns"]]
        return {"cells": {row["id"]: dict.fromkeys(columns) for row in question["rows"]}}


def _several(value: str | list[str]) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


def _field(row: str, column: str) -> str:
    return f"{row}.{column}"


def _exactly_one(value: str, key: Mapping[str, Sequence[str]], cells: Mapping[str, str]) -> list[Any]:
    """Return the test that one cell, of those that admit ``value``, holds it and the others do not."""
    names = [cells[column] for column, admitted in key.items() if value in admitted]
    ways = [
        ["all", ["is", name, value], *(["not", ["is", other, value]] for other in names if other != name)]
        for name in names
    ]
    return ["any", *ways]


def _filling(key: Mapping[str, Sequence[str]], rules: Sequence[str]) -> dict[str, str] | None:
    """Return the first admissible values of a row that follow its rules; None when none was found."""
    for tried, values in enumerate(product(*key.values())):
        if all(values.count(rule) == 1 for rule in rules):
            return dict(zip(key, values, strict=True))
        if tried >= _MOST_FILLINGS:
            break
    return None


TYPE = Matrix()
