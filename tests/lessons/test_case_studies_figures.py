"""What the lesson « Étudier des cas » says of its own tables is what they hold."""

from __future__ import annotations

from collections import Counter

import pytest

from alliances.data import rows
from alliances.logic.case_comparison import sufficiency, truth_table
from alliances.logic.case_comparison_cautions import cases_that_decide, chance_of_consistency
from alliances.logic.case_comparison_minimise import minimise
from alliances.logic.case_conditions import binary_cases
from alliances.logic.evidence import DEFAULT_SCALE, from_row, grade

pytestmark = pytest.mark.lessons
CONDITIONS = ("joint_offer", "priced_order")
CASES = binary_cases(rows("cases"))
TABLE = truth_table(CASES, CONDITIONS, "figure")
PIECES = rows("case_evidence")


def test_the_pieces_have_the_levels_that_the_lesson_counts() -> None:
    """Twenty-five pieces of twenty-nine have one point at most, one is serious, none is strong."""
    grades = [grade(from_row(row), now=2026) for row in PIECES]
    levels = Counter(one.level for one in grades)
    assert (len(grades), levels["claim"] + levels["weak"]) == (29, 25)
    assert (levels["serious"], levels["strong"]) == (1, 0)
    job_case = [one.points for row, one in zip(PIECES, grades, strict=True) if row["case_id"] == "tzcld"]
    assert sorted(job_case)[-2:] == [1, 4]


def test_a_kinder_scale_changes_twelve_pieces() -> None:
    """Without the cost of hearsay twelve pieces gain a point, and one becomes strong evidence."""
    kinder = DEFAULT_SCALE.changed("relayed", 0)
    pairs = [(grade(from_row(row), now=2026), grade(from_row(row), now=2026, scale=kinder)) for row in PIECES]
    assert sum(before.points != after.points for before, after in pairs) == 12
    assert [after.level for _, after in pairs].count("strong") == 1


def test_four_views_of_thirty_are_heard_and_none_is_the_people_s() -> None:
    """Four sides speak for themselves; the people concerned never do."""
    views = [row for row in rows("case_readings") if row["kind"] == "chair"]
    heard = [row["chair"] for row in views if row["standing"] == "heard"]
    assert (len(views), len(heard)) == (30, 4)
    assert "beneficiaries" not in heard


def test_the_truth_table_is_the_one_in_the_lesson() -> None:
    """Twenty cases of twenty-nine are compared; each row has the counts that lesson and guide give."""
    assert (len(TABLE.cases), len(TABLE.left_out)) == (20, 9)
    assert {"tzcld", "gavi", "siel_bleu"} <= set(TABLE.left_out)
    counts = {row.configuration: (len(row.cases), row.positive) for row in TABLE.rows}
    assert counts == {(0, 0): (8, 7), (0, 1): (5, 2), (1, 0): (6, 6), (1, 1): (1, 1)}


def test_consistency_and_formula_are_those_in_the_lesson() -> None:
    """Nine of nine, nine of eighteen, about one deal in ten; the formula is the joint offer alone."""
    fit = sufficiency([case["joint_offer"] for case in CASES], [case["figure"] for case in CASES])
    assert (fit.both, fit.condition, fit.outcome, fit.total) == (9, 9, 18, 22)
    assert round(chance_of_consistency(fit), 1) == 0.1
    assert [formula.write(CONDITIONS) for formula in minimise(TABLE)] == ["joint_offer"]
    assert cases_that_decide(CASES, CONDITIONS, "figure") == ("fonds_odd17", "simplon_microsoft")
