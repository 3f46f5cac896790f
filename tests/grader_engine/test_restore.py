"""A copy put back on the course's notebook: what each mode keeps, mends and says."""

from __future__ import annotations

import copy
import itertools
import json
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from mutants import CELL_MUTATIONS, all_kinds, block, kind_of, mixed_mutants, mutants

from alliances.errors import AlliancesError
from alliances_grader.grading_source import name_of, read_source, recorded_source
from alliances_grader.restore import restore, would_stop
from alliances_grader.source_schema import block_fault, upgraded_block

STUBS = {
    "half": "def half(x):\n    raise NotImplementedError()",
    "plot": "raise NotImplementedError()",
    "why": "YOUR ANSWER HERE",
}
HIDDEN = "assert half(2) == 1\n### BEGIN HIDDEN TESTS\nassert half(-2) == -1\n### END HIDDEN TESTS"


def released() -> dict[str, Any]:
    """Return what a learner received of the sheet with each kind of cell."""
    made = copy.deepcopy(all_kinds())
    for cell in made["cells"]:
        cell["source"] = STUBS.get(cell["id"], cell["source"].split("\n### BEGIN")[0])
    return made


def course() -> dict[str, Any]:
    return recorded_source(all_kinds(), released())


def at(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if name_of(cell) == name)
    return found


def keys(findings: Any) -> list[tuple[str, str]]:
    return [(finding.key, finding.cell) for finding in findings]


def names(notebook: dict[str, Any]) -> list[str]:
    return [name_of(cell) for cell in notebook["cells"]]


WANTED = [name_of(cell) for cell in all_kinds()["cells"] if name_of(cell)]


@pytest.mark.parametrize("mode", ["strict", "nbgrader"])
def test_an_honest_copy_is_run_with_the_courses_tests(mode: Any) -> None:
    """Hidden tests are back, answers are the learner's, outputs are gone, and nothing is noted."""
    brought = released()
    at(brought, "half")["source"] = "def half(x):\n    return x / 2"
    at(brought, "half")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    before = copy.deepcopy(brought)
    restored = restore(brought, course(), mode)
    assert brought == before
    assert restored.findings == ()
    assert restored.missing == ()
    assert at(restored.notebook, "half_test")["source"] == HIDDEN
    assert at(restored.notebook, "half")["source"] == "def half(x):\n    return x / 2"
    assert at(restored.notebook, "half")["outputs"] == []


def everything() -> list[Any]:
    return [*mutants(released()), *mixed_mutants(released(), 60)]


@pytest.mark.parametrize("mode", ["strict", "nbgrader"])
def test_no_damage_stops_us(mode: Any) -> None:
    """Whatever befell a copy, it is restored, and restoring again changes nothing."""
    source = read_source(course())
    for name, mutant in everything():
        restored = restore(mutant, source, mode)
        again = restore(restored.notebook, source, mode)
        assert again.notebook == restored.notebook, name
        assert not would_stop(again.findings), name
        for cell in restored.notebook["cells"]:
            if "nbgrader" in cell["metadata"]:
                assert block_fault(cell["metadata"]["nbgrader"], cell["cell_type"]) == "", name


def test_in_strict_mode_every_damaged_copy_is_the_course_again() -> None:
    """Ids, order, types, flags, points, tags and locked texts are the course's, whatever the copy says."""
    source = read_source(course())
    for name, mutant in everything():
        notebook = restore(mutant, source).notebook
        found = [cell for cell in notebook["cells"] if name_of(cell)]
        assert [name_of(cell) for cell in found] == WANTED, name
        for cell in found:
            own = source.cells[name_of(cell)]
            assert cell["metadata"] == {**own.cell["metadata"], "nbgrader": own.block()}, name
            assert cell["cell_type"] == own.cell_type, name
            if own.locked:
                assert cell["source"] == own.text, name
        assert notebook["metadata"] == source.notebook["metadata"], name
        ids = [cell["id"] for cell in notebook["cells"]]
        assert len(ids) == len(set(ids)), name


def test_in_strict_mode_no_text_of_a_learners_own_is_lost() -> None:
    """Answers and added cells are all there after restoring, also from copies, swaps and shuffles."""
    answers = {"half": "# my half", "plot": "# my plot", "why": "My reason."}
    brought = released()
    for name, answer in answers.items():
        at(brought, name)["source"] = answer
    brought["cells"].insert(
        3, {"id": "mine", "cell_type": "markdown", "metadata": {"x": 1}, "source": "Note"}
    )
    harmless = {"text_changed", "text_blank", "text_odd"}
    for name, mutant in mutants(brought):
        if name.split("/")[0] in {*harmless, "delete", "delete_all"}:
            continue
        texts = {cell["source"] for cell in restore(mutant, course()).notebook["cells"]}
        assert {*answers.values(), "Note"} <= texts, name


def test_added_cells_stay_where_and_as_they_are() -> None:
    """An added cell keeps its text, type and metadata; only what marks it or decides a run is taken off."""
    brought = released()
    mine = {
        "id": "m", "cell_type": "code", "source": "y = 1", "outputs": [], "execution_count": None,
        "metadata": {"mine": 1, "nbgrader": {"grade_id": "x"}, "tags": ["a"]},
    }  # fmt: skip
    brought["cells"].insert(5, mine)
    restored = restore(brought, course())
    assert restored.notebook["cells"][5] == {**mine, "metadata": {"mine": 1, "tags": ["a"]}}
    assert keys(restored.findings) == [("id_unknown", "")]


def swap_ids(one: str, two: str) -> Callable[[dict[str, Any]], None]:
    def change(notebook: dict[str, Any]) -> None:
        first, second = at(notebook, one), at(notebook, two)
        block(first)["grade_id"], block(second)["grade_id"] = two, one

    return change


def to_end(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].append(
        notebook["cells"].pop(notebook["cells"].index(at(notebook, name)))
    )


def twin(name: str, **change: Any) -> Callable[[dict[str, Any]], None]:
    def add(notebook: dict[str, Any]) -> None:
        cell = copy.deepcopy(at(notebook, name)) | {"id": "twin"} | change
        notebook["cells"].insert(notebook["cells"].index(at(notebook, name)) + 1, cell)

    return add


def replaced(name: str, text: str) -> Callable[[dict[str, Any]], None]:
    """Leave the answer out, and answer in a cell of one's own."""

    def change(notebook: dict[str, Any]) -> None:
        place = notebook["cells"].index(at(notebook, name))
        kind = notebook["cells"][place]["cell_type"]
        cell = {"id": "own", "cell_type": kind, "metadata": {}, "source": text}
        notebook["cells"][place] = cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})

    return change


STRICT: dict[str, tuple[Callable[[dict[str, Any]], Any], list[tuple[str, str]]]] = {
    "flags": (lambda n: CELL_MUTATIONS["grade"](at(n, "half_test")), [("block_restored", "half_test")]),
    "points": (lambda n: block(at(n, "half_test")).update(points=9), [("block_restored", "half_test")]),
    "points_true": (lambda n: block(at(n, "half_test")).update(points=True),
        [("block_restored", "half_test")]),
    "schema": (lambda n: block(at(n, "half")).update(schema_version=99), [("block_restored", "half")]),
    "no_block": (lambda n: at(n, "half")["metadata"].update(nbgrader=[]), [("cell_recognised", "half"),
                                                                            ("block_restored", "half")]),
    "checksum": (lambda n: block(at(n, "half")).update(checksum="0" * 32), []),
    "type": (lambda n: CELL_MUTATIONS["to_raw"](at(n, "half")), [("type_restored", "half")]),
    "text": (lambda n: at(n, "setup").update(source="import os"), [("text_restored", "setup")]),
    "skip": (lambda n: at(n, "half_test")["metadata"].update(tags=["skip-execution"]),
        [("tags_ignored", "half_test")]),
    "any_tag": (lambda n: at(n, "prompt")["metadata"].update(tags=["x"]), [("tags_ignored", "prompt")]),
    "own_tag": (lambda n: at(n, "half")["metadata"].update(tags=["mine"]), []),
    "tags_odd": (lambda n: at(n, "half")["metadata"].update(tags={"a": 1}), []),
    "kernel": (lambda n: n["metadata"].update(kernelspec={"name": "bash"}), [("kernel_restored", "")]),
    "kernel_odd": (lambda n: n["metadata"].update(kernelspec=["bash"]), [("kernel_restored", "")]),
    "missing": (lambda n: n["cells"].remove(at(n, "half_test")), [("cell_put_back", "half_test")]),
    "missing_answer": (lambda n: n["cells"].remove(at(n, "half")), [("cell_put_back", "half")]),
    "swap_answers": (swap_ids("half", "plot"), [("id_swapped", "half"), ("id_swapped", "plot")]),
    "swap_answer_and_test": (swap_ids("half", "half_test"),
        [("id_swapped", "half"), ("id_swapped", "half_test")]),
    "moved": (to_end("half_test"), [("order_restored", "")]),
    "twin": (twin("half_test"), [("cell_double", "half_test")]),
    "renamed": (lambda n: block(at(n, "half")).update(grade_id="foo"), [("cell_recognised", "half")]),
    "answered_elsewhere": (replaced("why", "Because."), [("cell_recognised", "why")]),
}  # fmt: skip


@pytest.mark.parametrize("name", STRICT)
def test_what_strict_mode_says(name: str) -> None:
    """Each repair has its finding, and only that."""
    damage, expected = STRICT[name]
    brought = released()
    damage(brought)
    assert keys(restore(brought, course()).findings) == expected


def test_of_two_answers_the_one_that_was_written_in_counts() -> None:
    """A copied answer cell left untouched does not hide the answer; nbgrader takes the last, and stops."""
    brought = released()
    at(brought, "why")["source"] = "Because."
    twin("why", source=STUBS["why"])(brought)
    assert at(restore(brought, course()).notebook, "why")["source"] == "Because."
    stock = restore(brought, course(), "nbgrader")
    assert at(stock.notebook, "why")["source"] == STUBS["why"]
    assert keys(stock.findings) == [("stops_double", "why")]


def test_an_answer_in_a_cell_of_ones_own_is_met_by_the_test() -> None:
    """The learner's own definition stays behind the empty answer that is put back, and before the test."""
    brought = released()
    for number, text in enumerate(("a = 1", "def half(x):\n    return x / 2")):
        own = {"id": f"own{number}", "cell_type": "code", "metadata": {}, "source": text}
        brought["cells"].insert(4 + number, {**own, "outputs": [], "execution_count": None})
    brought["cells"] = [cell for cell in brought["cells"] if name_of(cell) not in {"half", "half_test"}]
    notebook = restore(brought, course()).notebook
    texts = [cell["source"] for cell in notebook["cells"]]
    places = [
        texts.index(text) for text in (STUBS["half"], "a = 1", "def half(x):\n    return x / 2", HIDDEN)
    ]
    assert places == sorted(places)


def test_an_empty_copy_is_the_whole_sheet() -> None:
    """Of a copy without a cell, also the course's unmarked cells are put back."""
    restored = restore({**released(), "cells": []}, course())
    assert len(restored.notebook["cells"]) == len(all_kinds()["cells"])
    assert list(restored.missing) == WANTED
    assert restore(restored.notebook, course()).missing == ()


def test_what_is_no_cell_is_left_aside() -> None:
    """Values among the cells that are no cells do not stop the others."""
    brought = released()
    brought["cells"][1:1] = [None, {"cell_type": "video"}, {"cell_type": "code", "source": 1, "metadata": {}}]
    restored = restore(brought, course())
    assert keys(restored.findings) == [("cells_unreadable", "")]
    assert [name for name in names(restored.notebook) if name] == WANTED


def test_notebooks_without_cell_ids_stay_without() -> None:
    """Before nbformat 4.5 cells have no ids: what is put back has none either."""
    brought = {**released(), "nbformat_minor": 4}
    for cell in brought["cells"]:
        del cell["id"]
    brought["cells"].remove(at(brought, "half_test"))
    assert all("id" not in cell for cell in restore(brought, course()).notebook["cells"])


def test_what_a_learner_wrote_is_short_and_inert_in_findings() -> None:
    """Ids, tags and types of a copy reach the trainer cut, without controls."""
    brought = released()
    block(at(brought, "half_test"))["grade_id"] = "\x1b[31m\u202e" + "x" * 10_000
    for mode in ("strict", "nbgrader"):
        for finding in restore(brought, course(), mode).findings:
            assert all(len(str(value)) < 200 for value in finding.values.values())
            assert not any(
                "\x1b" in str(value) or "\u202e" in str(value) for value in finding.values.values()
            )


NBGRADER: dict[str, tuple[Callable[[dict[str, Any]], Any], list[tuple[str, str]]]] = {
    "points": (lambda n: block(at(n, "half_test")).update(points=9), [("points_restored", "half_test")]),
    "text": (lambda n: at(n, "setup").update(source="import os"), [("text_restored", "setup")]),
    "lock": (lambda n: block(at(n, "setup")).update(locked=False), [("lock_restored", "setup")]),
    "type": (lambda n: CELL_MUTATIONS["to_raw"](at(n, "half")), [("type_restored", "half")]),
    "skip": (lambda n: at(n, "half_test")["metadata"].update(tags=["skip-execution"]),
        [("test_left_out", "half_test")]),
    "flags": (lambda n: block(at(n, "plot")).update(solution=False),
        [("lock_restored", "plot"), ("flags_kept", "plot")]),
    "flags_of_a_test": (lambda n: block(at(n, "half_test")).update(grade=False),
        [("stops_flags", "half_test")]),
    "task_flag": (lambda n: block(at(n, "prompt")).update(task=True), [("stops_flags", "prompt")]),
    "no_points": (lambda n: block(at(n, "half_test")).pop("points"), [("stops_points", "half_test")]),
    "schema": (lambda n: block(at(n, "half")).update(schema_version=2), [("stops_schema", "half")]),
    "twin": (twin("half"), [("stops_double", "half")]),
    "unknown": (lambda n: block(at(n, "half")).update(grade_id="foo"), [("id_unknown", ""), ("stops_id", ""),
                                                                        ("cell_missing", "half")]),
    "block": (lambda n: at(n, "half")["metadata"].update(nbgrader=None),
        [("stops_block", ""), ("cell_missing", "half")]),
    "attachment": (lambda n: CELL_MUTATIONS["attachment"](at(n, "half")), [("stops_type", "half")]),
    "missing": (lambda n: n["cells"].remove(at(n, "half_test")), [("cell_missing", "half_test")]),
    "kernel": (lambda n: n["metadata"].update(kernelspec={"name": "bash"}), [("kernel_restored", "")]),
}  # fmt: skip


@pytest.mark.parametrize("name", NBGRADER)
def test_what_nbgrader_mode_says(name: str) -> None:
    """Quirks are reported, and where nbgrader would stop that is said."""
    damage, expected = NBGRADER[name]
    brought = released()
    damage(brought)
    restored = restore(brought, course(), "nbgrader")
    assert keys(restored.findings) == expected
    assert would_stop(restored.findings) == any(key.startswith("stops_") for key, _ in expected)


# ---- the course's own notebook


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: block(at(n, "half")).update(schema_version=4), "version 4"),
        (lambda n: block(at(n, "half")).update(grade_id="setup"), "« setup » sert deux fois"),
        (lambda n: block(at(n, "half")).update(extra=1), r"Cellule 4 .*\(keys\)"),
        (lambda n: block(at(n, "half_test")).pop("points"), r"Cellule 5 .*\(points\)"),
        (lambda n: block(at(n, "compare")).pop("points"), r"\(points\)"),
        (lambda n: block(at(n, "half")).update(grade_id=""), r"\(id\)"),
        (lambda n: at(n, "half")["metadata"].update(nbgrader=[]), r"\(block\)"),
        (lambda n: at(n, "setup").update(cell_type="raw"), r"\(cell_type\)"),
        (lambda n: block(at(n, "half")).update(solution="yes"), r"\(flags\)"),
    ],
)
def test_a_broken_source_is_refused(change: Callable[[dict[str, Any]], Any], message: str) -> None:
    """The course's own notebook is not repaired: the message names the cell and what is wrong."""
    source = course()
    change(source)
    with pytest.raises(AlliancesError, match=message):
        restore(released(), source)


def test_a_test_made_by_running_code_comes_from_the_gradebook() -> None:
    """An AUTOTEST in the source is no test yet: without its recorded text the course is refused."""
    authored = all_kinds()
    at(authored, "half_zero")["source"] = "### AUTOTEST half(0)"
    with pytest.raises(AlliancesError, match="generate_assignment"):
        recorded_source(authored, released())
    recorded = recorded_source(authored, released(), {"half_zero": "assert half(0) == 0.0"})
    assert at(recorded, "half_zero")["source"] == "assert half(0) == 0.0"


@pytest.mark.grader
def test_old_sources_are_upgraded_as_nbgrader_does() -> None:
    """Blocks of schemas 0, 1 and 2 become what ``nbgrader update`` writes, or are refused where it fails."""
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    options = {
        "schema_version": [None, 0, 1, 2], "grade": [None, True, False], "solution": [None, True, False],
        "locked": [None, True], "points": [None, "", "2", -1, 2.5, "x"], "checksum": [None, "0" * 32],
        "grade_id": [None, "a"], "odd": [None, 1],
    }  # fmt: skip
    compared = 0
    for values in itertools.product(*options.values()):
        about = {key: value for key, value in zip(options, values, strict=True) if value is not None}
        cell = {"cell_type": "code", "source": "", "metadata": {"nbgrader": about}}
        node = nbformat.from_dict(copy.deepcopy(cell))
        try:
            validator = MetadataValidator()
            validator.log.disabled = True
            validator.upgrade_cell_metadata(node)
            validator.validate_cell(node)
        except Exception:  # noqa: BLE001 - it fails in several ways
            with pytest.raises(AlliancesError):
                upgraded_block(cell, 1)
            continue
        expected = node.metadata.get("nbgrader")
        assert upgraded_block(cell, 1) == expected, about
        compared += 1
    assert compared > 500


@pytest.mark.grader
def test_blocks_are_judged_as_nbgrader_judges_them() -> None:
    """What our check of a block accepts is what nbgrader's schema 3 and its rules accept."""
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator

    validator = MetadataValidator()
    validator.log.disabled = True
    for name, mutant in everything():
        for cell in mutant["cells"]:
            if "nbgrader" not in cell["metadata"]:
                continue
            try:
                validator.validate_cell(nbformat.from_dict(cell))
                accepted = True
            except Exception:  # noqa: BLE001 - it fails in several ways
                accepted = False
            fault = block_fault(cell["metadata"]["nbgrader"], cell["cell_type"])
            assert accepted == (fault == ""), (name, kind_of(cell), fault)


def test_every_finding_has_its_words() -> None:
    """Each key that restoring can give is in the catalogue, in both languages, and takes its values."""
    catalogue = tomllib.loads(
        resources.files("alliances.i18n").joinpath("grading_findings.toml").read_text(encoding="utf-8")
    )
    source = read_source(course())
    for _, mutant in everything():
        for mode in ("strict", "nbgrader"):
            for finding in restore(mutant, source, mode).findings:
                for language in ("fr", "en"):
                    said = catalogue[finding.key][language].format(**finding.values)
                    assert "{" not in said.replace(str(finding.values.get("found", "")), "")
                json.dumps(dict(finding.values))
