"""Notebooks that learners damaged, put back on the release."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from alliances_grader.cells import by_id
from alliances_grader.repair import repair


def block(notebook: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = by_id(notebook)[name]["metadata"]["nbgrader"]
    return found


def double(notebook: Any) -> None:
    place = notebook["cells"].index(by_id(notebook)["k01_test"])
    twin = copy.deepcopy(notebook["cells"][place])
    twin["id"] = "twin"
    notebook["cells"].insert(place, twin)


def retype(notebook: Any) -> None:
    cell = by_id(notebook)["k01"]
    cell["cell_type"] = "raw"
    del cell["outputs"], cell["execution_count"]


DAMAGES: dict[str, tuple[Callable[[Any], object], list[str]]] = {
    "points": (lambda n: block(n, "k01_test").update(points=1e308), []),
    "flags": (lambda n: block(n, "k01_test").update(grade=False, locked=False), []),
    "version_99": (lambda n: block(n, "k01_test").update(schema_version=99), []),
    "checksum": (lambda n: block(n, "k01_test").update(checksum="0" * 32), []),
    "stranger": (lambda n: block(n, "k01").update(grade_id="k01"), []),
    "skip": (lambda n: by_id(n)["k01_test"]["metadata"].update(tags=["skip-execution"]), ["test_tampered"]),
    "kernel": (lambda n: n["metadata"].update(kernelspec={"name": "bash", "argv": ["x"]}), []),
    "locked": (lambda n: by_id(n)["k01_test"].update(source="pass"), ["locked_cell"]),
    "deleted": (lambda n: n["cells"].remove(by_id(n)["k01_test"]), ["missing_cell"]),
    "double": (double, ["double_cell"]),
    "retyped": (retype, ["retyped_cell"]),
    "all_gone": (lambda n: n["cells"].clear(), []),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_copy_is_the_release_again(code: Any, name: str) -> None:
    """Whatever a learner's notebook says about the course's cells, the release's word counts."""
    damage, expected = DAMAGES[name]
    brought = copy.deepcopy(code)
    damage(brought)
    repaired, flags = repair(brought, code)
    known = by_id(repaired)
    assert list(known) == list(by_id(code))
    for cell_id, cell in by_id(code).items():
        assert known[cell_id]["metadata"] == cell["metadata"], cell_id
        assert known[cell_id]["cell_type"] == cell["cell_type"]
        assert known[cell_id]["source"] == cell["source"]
    assert repaired["metadata"] == code["metadata"]
    if expected:
        assert [flag.key for flag in flags] == expected


def test_what_the_learner_wrote_stays(code: Any) -> None:
    """Answers, added cells and their order are not touched."""
    brought = copy.deepcopy(code)
    by_id(brought)["k01"]["source"] = "def total(numbers):\n    return 0"
    brought["cells"].insert(
        2, {"id": "mine", "cell_type": "markdown", "metadata": {"x": 1}, "source": "Note"}
    )
    repaired, flags = repair(brought, code)
    assert by_id(repaired)["k01"]["source"] == "def total(numbers):\n    return 0"
    assert repaired["cells"][2]["source"] == "Note"
    assert repaired["cells"][2]["metadata"] == {}
    assert flags == []


def test_of_two_cells_with_one_id_the_last_counts(code: Any) -> None:
    """As in nbgrader; the first becomes an ordinary cell, so that no schema error stops the class."""
    brought = copy.deepcopy(code)
    double(brought)
    cells = [
        cell
        for cell in brought["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "k01_test"
    ]
    repaired, _ = repair(brought, code)
    kept = by_id(repaired)["k01_test"]
    assert kept["id"] == cells[1]["id"]
    assert next(cell for cell in repaired["cells"] if cell["id"] == "twin")["metadata"] == {}
