"""The escape suite is whole: each of the 110 attacks is tried, here or by a test that exists."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from escape_corpus import HOSTILE
from escape_corpus.held_elsewhere import HELD_ELSEWHERE, NO_SURFACE
from escape_course import AUTOMATIC, TOTAL, cell_of, recorded, release

from alliances_grader.grading_source import read_source
from alliances_grader.probe_split import lint, split_test

ROOT = Path(__file__).resolve().parents[3]
LETTERS = {"A": 30, "B": 26, "C": 32, "D": 14, "E": 8}
ALL_NUMBERS = [f"{letter}{number}" for letter, last in LETTERS.items() for number in range(1, last + 1)]


def test_there_are_110() -> None:
    """The numbers are those of grading.md 3.4."""
    assert len(ALL_NUMBERS) == 110
    known = {attack.number for attack in HOSTILE} | HELD_ELSEWHERE.keys() | NO_SURFACE.keys()
    assert known == set(ALL_NUMBERS)


def test_names_are_unique() -> None:
    """Each attack has an id of its own."""
    assert [name for name, count in Counter(map(str, HOSTILE)).items() if count > 1] == []


@pytest.mark.parametrize("test", sorted({test for tests in HELD_ELSEWHERE.values() for test in tests}))
def test_what_is_held_elsewhere_is(test: str) -> None:
    """The named test exists, in the named file."""
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_exercise_has_every_kind_of_point() -> None:
    """14 points: two kinds of tests beside the code, one of probes, one cut by itself, two for a person."""
    source = read_source(recorded())
    assert sum(cell.points for cell in source.cells.values()) == TOTAL
    kinds = {name: split_test(cell_of(recorded(), name)["source"]) for name in AUTOMATIC}
    assert {name for name, test in kinds.items() if test is not None and test.judged == "two_process"} == {
        "total_tests",
        "square_tests",
    }
    assert lint(cell_of(recorded(), "total_tests")["source"]) == ()


def test_the_release_holds_no_hidden_test() -> None:
    """What learners receive has stubs, and nothing of the hidden parts."""
    texts = "\n".join(cell["source"] for cell in release()["cells"])
    assert "HIDDEN" not in texts
    assert "12.5" not in texts
    assert "SOLUTION" not in texts
