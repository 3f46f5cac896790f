"""Answers put into notebooks."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from copies import GOOD

from alliances_grader.cells import by_id
from alliances_grader.merge import merge_code, merge_form, written_answer


def sources(notebook: Any) -> dict[str, str]:
    return {name: cell["source"] for name, cell in by_id(notebook).items()}


def keys(flags: Any) -> list[str]:
    return [flag.key for flag in flags]


def test_a_form_copy_is_the_release_with_its_answers(form: Any) -> None:
    """Every answer cell holds the answer, None where there is none; nothing else differs from the release."""
    answers = {name: answer for name, answer in GOOD.items() if name != "q01"}
    merged = merge_form(form, answers)
    changed = {name for name, source in sources(merged.notebook).items() if source != sources(form)[name]}
    assert changed == {"c01", "c02", "j01", "n01", "q01"}
    assert sources(merged.notebook)["c01"] == "c01 = {'category': 'giving', 'reason': 'direction'}"
    assert sources(merged.notebook)["q01"] == "q01 = None"
    assert merged.flags == ()


def test_merging_changes_neither_argument(form: Any) -> None:
    """The release given is the release afterwards."""
    before = copy.deepcopy(form)
    merge_form(form, GOOD)
    assert form == before


def test_answers_to_other_questions_are_named_and_left_out(form: Any) -> None:
    """An id of a test cell, of a criterion or of nothing writes nowhere."""
    hostile = {"c01_test": {"value": "1"}, "j01_facts": {"text": "3"}, "part_shared": {"text": "x"}, "zz": {}}
    merged = merge_form(form, {**GOOD, **hostile})
    assert sources(merged.notebook) == sources(merge_form(form, GOOD).notebook)
    assert keys(merged.flags) == ["unknown_question"] * 4


@pytest.mark.parametrize("answer", [{"a": 10**30}, {"a": [[[[[[[[]]]]]]]]}, {"category": "x" * 200_000}])
def test_an_answer_beyond_the_bounds_is_left_out(form: Any, answer: object) -> None:
    """It counts as no answer, and the copy is flagged."""
    merged = merge_form(form, {"c01": answer})
    assert sources(merged.notebook)["c01"] == "c01 = None"
    assert keys(merged.flags) == ["unsafe_answer"]


@pytest.mark.parametrize("answer", [None, {"text": ""}, {"text": "  \n"}, {"text": None}, {}])
def test_a_blank_text_leaves_the_cell_as_released(form: Any, answer: object) -> None:
    """Nbgrader tells an unanswered cell by its checksum: it must not be touched."""
    merged = merge_form(form, {"j01": answer})
    assert by_id(merged.notebook)["j01"] == by_id(form)["j01"]
    assert merged.flags == ()


def test_a_text_of_another_type_is_flagged(form: Any) -> None:
    """A number where a text should be is no text."""
    merged = merge_form(form, {"j01": {"text": 12}})
    assert sources(merged.notebook)["j01"] == sources(form)["j01"]
    assert keys(merged.flags) == ["unsafe_answer"]


def test_the_file_fills_cells_left_as_released(code: Any) -> None:
    """By the code door, an untouched cell takes the file's answer."""
    merged = merge_code(code, code, GOOD)
    assert sources(merged.notebook)["c01"] == "c01 = {'category': 'giving', 'reason': 'direction'}"
    assert written_answer(by_id(merged.notebook)["j01"], by_id(code)["j01"]) == GOOD["j01"]["text"]
    assert keys(merged.flags) == ["unknown_question"] * 2  # n01 and q01 belong to the form door


def test_merging_twice_changes_nothing_more(code: Any) -> None:
    """Collecting and grading both merge: the second time is without effect, disagreements included."""
    by_id(code)["c02"]["source"] = 'c02 = {"category": "giving", "reason": None}'
    by_id(code)["j01"]["source"] = "Un autre texte."
    release = tiny_release_of(code)
    answers = {name: GOOD[name] for name in ("c01", "c02", "j01")}
    once = merge_code(code, release, answers)
    twice = merge_code(once.notebook, release, answers)
    assert once.notebook == twice.notebook
    assert once.flags == twice.flags
    assert keys(once.flags) == ["disagreement", "disagreement"]


def tiny_release_of(changed: Any) -> Any:
    """Return the release that a changed copy came from."""
    release = copy.deepcopy(changed)
    by_id(release)["c02"]["source"] = "c02 = released"
    by_id(release)["j01"]["source"] = "VOTRE RÉPONSE ICI"
    return release


def test_where_cell_and_file_disagree_both_are_kept(code: Any) -> None:
    """The cell counts and stays first; the file's answer stands beside it."""
    release = copy.deepcopy(code)
    by_id(code)["c01"]["source"] = 'c01 = {"category": "giving", "reason": None}'
    merged = merge_code(code, release, {"c01": GOOD["c02"]})
    lines = sources(merged.notebook)["c01"].split("\n")
    assert lines[0] == 'c01 = {"category": "giving", "reason": None}'
    assert lines[1] == "# answers.json: {'category': 'no_alliance', 'reason': 'priced_order'}"


def test_the_same_answer_written_otherwise_is_no_disagreement(code: Any) -> None:
    """Quotes, spaces and the stub left below do not make another answer."""
    release = copy.deepcopy(code)
    source = 'c01 = {"category":"giving",\n  "reason":"direction"}\nraise NotImplementedError()'
    by_id(code)["c01"]["source"] = source
    merged = merge_code(code, release, {"c01": GOOD["c01"]})
    assert merged.flags == ()
    assert sources(merged.notebook)["c01"] == source


def test_a_blank_answer_of_the_file_does_not_touch_the_cell(code: Any) -> None:
    """The empty answer that a component saves at first does not contradict what was typed in the cell."""
    release = copy.deepcopy(code)
    by_id(code)["c01"]["source"] = 'c01 = {"category": "giving", "reason": None}'
    merged = merge_code(code, release, {"c01": {"category": None, "reason": None}, "j01": {"text": ""}})
    assert merged.flags == ()
    assert sources(merged.notebook)["c01"] == 'c01 = {"category": "giving", "reason": None}'


@pytest.mark.parametrize(
    "source",
    [
        'c01 = ask("c01")',
        "c01 = ask('c01', lang='en')",
        'from alliances.questions import ask\n\nc01 = ask("c01")  # la question',
        'ask("c01")',
    ],
)
def test_a_cell_that_only_asks_takes_the_files_answer(code: Any, source: str) -> None:
    """A cell left as ``c01 = ask("c01")`` was answered in the page: it counts as untouched."""
    release = copy.deepcopy(code)
    by_id(code)["c01"]["source"] = source
    merged = merge_code(code, release, {"c01": GOOD["c01"]})
    assert sources(merged.notebook)["c01"] == "c01 = {'category': 'giving', 'reason': 'direction'}"
    assert merged.flags == ()
    assert merge_code(merged.notebook, release, {"c01": GOOD["c01"]}).notebook == merged.notebook


@pytest.mark.parametrize(
    "source",
    [
        'c01 = ask("c02")',
        'c01 = asks("c01")',
        'c01 = ask("c01")\nc01 = None',
        'c01 = ask("c01", answer={"category": "giving"})',
        "c01 = ask(",
        'c01 = ask("c01") or {}',
        "#" * 3000,
    ],
)
def test_a_cell_that_does_more_than_ask_is_the_learners(code: Any, source: str) -> None:
    """Whatever else the cell says counts, and the file's answer stands beside it."""
    release = copy.deepcopy(code)
    by_id(code)["c01"]["source"] = source
    merged = merge_code(code, release, {"c01": GOOD["c01"]})
    assert sources(merged.notebook)["c01"].startswith(source)
    assert keys(merged.flags) == ["disagreement"]


def test_an_erased_answer_leaves_the_cell_as_it_is(code: Any) -> None:
    """What was erased in the page (null) says nothing against the notebook."""
    assert merge_code(code, code, {"c01": None}).notebook == merge_code(code, code, {}).notebook
