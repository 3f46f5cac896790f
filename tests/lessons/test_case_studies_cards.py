"""The cards that the guide « étudier des cas » asks a trainer to print are the cases of the truth table."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliances.data import rows
from alliances.i18n import LANGUAGES
from alliances.logic.case_comparison import truth_table
from alliances.logic.case_conditions import binary_cases

pytestmark = pytest.mark.lessons
MODULE = Path(__file__).parents[2] / "modules" / "case_studies"
CASES = rows("cases")
TABLE = truth_table(binary_cases(CASES), ("joint_offer", "priced_order"), "figure")
ANSWERS = {"oui": 1, "non": 0, "yes": 1, "no": 0}


def _cards(lang: str) -> dict[tuple[int, ...], list[str]]:
    """Return the names on the cards by configuration; the empty one holds the cases beside the wall."""
    guide = (MODULE / f"trainer.{lang}.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in guide if line.startswith("|")]
    wall = [row for row in cells if len(row) == 4 and (";" in row[2] or set(row[:2]) <= set(ANSWERS))]
    return {tuple(ANSWERS[cell] for cell in row[:2] if cell in ANSWERS): _names(row[2]) for row in wall}


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cards_are_the_cases_of_the_table(lang: str) -> None:
    """Each box of the wall has its cases, each card names one case, and the others are beside the wall."""
    titles = {row["case_id"]: row[f"title_{lang}"] for row in CASES}
    expected = {row.configuration: set(row.cases) for row in TABLE.rows} | {(): set(TABLE.left_out)}
    cards = _cards(lang)
    assert set(cards) == set(expected)
    for box, names in cards.items():
        found = [{case for case, title in titles.items() if name in title} for name in names]
        assert all(len(cases) == 1 for cases in found), box
        assert set().union(*found) == expected[box]
        assert len(names) == len(expected[box])
