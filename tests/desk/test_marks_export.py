"""Marks as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import fields, replace

import pytest

from alliances.desk.marks_export import MarkRow, marks_csv

ROW = MarkRow(
    "p01", "tiny", "form", False, 5.5, 2.0, 7.5, 9.0, 0.0, 1, "2026-01-01T00:00:00Z", "nbgrader", "not_needed"
)


def cells(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def test_the_columns_are_the_documented_ones() -> None:
    """In their order, with numbers plain and truth as yes or no."""
    head, row = cells(marks_csv([ROW]))
    assert head == [
        "learner", "exercise", "door", "both_doors", "auto_points", "person_points", "points", "max_points",
        "late_penalty", "to_mark", "handed_in", "mode", "sandbox",
    ]  # fmt: skip
    assert head == [item.name for item in fields(MarkRow)]
    assert row == [
        "p01",
        "tiny",
        "form",
        "no",
        "5.5",
        "2.0",
        "7.5",
        "9.0",
        "0.0",
        "1",
        ROW.handed_in,
        "nbgrader",
        "not_needed",
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(first: str) -> None:
    """What a spreadsheet would run gets an apostrophe in front and stands in quotes."""
    text = marks_csv([replace(ROW, learner=f'{first}cmd|"x"!A1')])
    assert cells(text)[1][0] == f'\'{first}cmd|"x"!A1'
    assert "\"'" in text


def test_quotes_separators_and_ends_of_line_stay_inside_their_cell() -> None:
    """A text with all of them reads back as it was."""
    odd = 'a;b,c"d\ne'
    assert cells(marks_csv([replace(ROW, learner=odd)]))[1][0] == odd


def test_a_copy_not_graded_yet_has_empty_marks() -> None:
    """Nothing is not zero."""
    row = replace(ROW, auto_points=None, person_points=None, points=None, max_points=None, to_mark=None)
    assert cells(marks_csv([row]))[1][4:8] == ["", "", "", ""]


@pytest.mark.parametrize("separator", [",", ";"])
def test_the_mark_for_excel_and_the_separator_are_options(separator: str) -> None:
    """Both as asked, ends of line as the format says."""
    text = marks_csv([ROW], bom=True, separator=separator)
    assert text.startswith('\ufeff"learner"' + separator)
    assert text.count("\r\n") == 2
    assert cells(text, separator)[1][0] == "p01"
