"""What outputs are worth: nbgrader's rules as nbgrader has them, and strict ones that cannot be cheated."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutants import all_kinds, block

from alliances.i18n import LANGUAGES, text
from alliances_grader.grading_source import checksum, read_source, recorded_source
from alliances_grader.restore import restore
from alliances_grader.scoring import cell_comment, cell_total, failed_tests, score, score_absent
from alliances_grader.scoring_outputs import OutputRules, limited, score_as_nbgrader, score_strictly
from alliances_grader.verdicts import CellRun, CellVerdict, CopyRun, Status

ERROR: dict[str, Any] = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
OUT = {"output_type": "stream", "name": "stdout", "text": "said"}
WARNING = {"output_type": "stream", "name": "stderr", "text": "warned"}
SHOWN = {"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": {}}


def result(value: Any) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "data": {"text/plain": value},
        "metadata": {},
        "execution_count": 1,
    }


NBGRADER: dict[str, tuple[list[Any], Status | None, float, tuple[str, ...]]] = {
    "S4 nothing shown": ([], "ok", 2.0, ()),
    "S4 left out": ([], "skipped", 2.0, ("full_without_output",)),
    "S5": ([ERROR], "error", 0.0, ()),
    "S6": ([WARNING], "ok", 0.0, ("warning_cost",)),
    "S7": ([OUT, SHOWN, ERROR], "error", 0.0, ()),
    "S8": ([result("1.5")], "ok", 1.5, ()),
    "S8 zero": ([result("0.0")], "ok", 0.0, ()),
    "S9": ([result("2.1")], "ok", 0.0, ("stops_result",)),
    "S9 inf": ([result("inf")], "ok", 0.0, ("stops_result",)),
    "S10": ([result("-1")], "ok", 2.0, ("result_strange",)),
    "S10 nan": ([result("nan")], "ok", 2.0, ("result_strange",)),
    "S11": ([result("True")], "ok", 2.0, ("result_strange",)),
    "S11 convertible": ([result(" 1_0e-1 ")], "ok", 1.0, ()),
    "S12": ([result(["1\n", "0"])], "ok", 2.0, ("result_strange",)),
    "S12 one": ([result(["1"])], "ok", 1.0, ()),
    "S13": ([{**result(""), "data": {}}], "ok", 0.0, ("stops_result",)),
    "S14": ([result("1"), ERROR], "error", 1.0, ("error_after_result",)),
    "S15": ([OUT], "ok", 2.0, ()),
    "S16": ([OUT], "timeout", 0.0, ("error_hidden",)),
    "S17": ([], "error", 0.0, ("error_hidden",)),
    "S17 behind a result": ([result("1")], "error", 1.0, ("error_after_result",)),
    "kernel died": ([], "killed", 0.0, ("stops_run",)),
}


@pytest.mark.parametrize("name", NBGRADER)
def test_nbgrader_mode_follows_the_table(name: str) -> None:
    """Each rule on outputs gives its points, and a finding where it is a quirk."""
    outputs, status, points, notes = NBGRADER[name]
    outcome = score_as_nbgrader(outputs, 2.0, status)
    assert (outcome.points, outcome.notes) == (points, notes)


STRICT: dict[str, tuple[list[Any], Status | None, float, tuple[str, ...]]] = {
    "ended well, nothing shown": ([], "ok", 2.0, ()),
    "ended well, said something": ([OUT, SHOWN], "ok", 2.0, ()),
    "a warning": ([WARNING], "ok", 2.0, ()),
    "nothing known, nothing shown": ([], None, 0.0, ("run_unknown",)),
    "nothing known, said something": ([OUT], None, 0.0, ("run_unknown",)),
    "nothing known, a number": ([result("1.5")], None, 1.5, ()),
    "left out": ([], "skipped", 0.0, ("test_left_out",)),
    "left out, with a result": ([result("2")], "skipped", 0.0, ("test_left_out",)),
    "an error": ([ERROR], "error", 0.0, ()),
    "an error behind a result": ([result("2"), ERROR], "error", 0.0, ()),
    "an error that nothing shows": ([], "error", 0.0, ("error_hidden",)),
    "an error that nothing shows, a result": ([result("2")], "error", 0.0, ("error_hidden",)),
    "an error shown, said to be well": ([ERROR], "ok", 0.0, ()),
    "time over": ([], "timeout", 0.0, ()),
    "killed": ([result("2")], "killed", 0.0, ("run_ended",)),
    "not run": ([], "not_run", 0.0, ("run_ended",)),
    "a number": ([result("0.5")], "ok", 0.5, ()),
    "the maximum": ([result("2.0")], "ok", 2.0, ()),
    "over": ([result("2.1")], "ok", 0.0, ("result_refused",)),
    "infinite": ([result("inf")], "ok", 0.0, ("result_refused",)),
    "not a number": ([result("nan")], "ok", 0.0, ("result_refused",)),
    "negative": ([result("-1")], "ok", 0.0, ("result_refused",)),
    "true": ([result("True")], "ok", 0.0, ("result_refused",)),
    "a word": ([result("'ok'")], "ok", 0.0, ("result_refused",)),
    "lines": ([result(["2"])], "ok", 0.0, ("result_refused",)),
    "no text": ([{**result(""), "data": {"image/png": "A"}}], "ok", 0.0, ("result_refused",)),
    "forged before": ([result("2"), result("0.5")], "ok", 0.5, ("results_several",)),
    "forged behind": ([result("0.5"), result("2")], "ok", 0.5, ("results_several",)),
    "forged word": ([result("'x'"), result("0.5")], "ok", 0.0, ("result_refused", "results_several")),
}


@pytest.mark.parametrize("name", STRICT)
def test_strict_mode_closes_the_holes(name: str) -> None:
    """Points come from a run that ended well, or from one number within bounds; nothing else."""
    outputs, status, points, notes = STRICT[name]
    outcome = score_strictly(outputs, 2.0, status)
    assert (outcome.points, outcome.notes) == (points, notes)
    assert outcome.unsure == bool(
        {"result_refused", "run_unknown", "test_left_out"} & set(notes)
    )  # a person looks where a mark may be wrong


VALUES = st.one_of(
    st.floats().map(str), st.integers().map(str), st.text(), st.lists(st.text(), max_size=2), st.just("1e400")
)
OUTPUTS = st.lists(st.one_of(st.sampled_from([ERROR, OUT, WARNING, SHOWN]), VALUES.map(result)), max_size=4)


@given(outputs=OUTPUTS, most=st.floats(0, 100))
def test_strict_mode_never_gives_more_than_the_maximum(outputs: list[Any], most: float) -> None:
    """Whatever the outputs, points are in [0, maximum], and an added output never raises them."""
    points = score_strictly(outputs, most, "ok").points
    assert 0.0 <= points <= most
    for added in (ERROR, result(str(most)), result("True"), OUT):
        assert score_strictly([*outputs, added], most, "ok").points <= points
        assert score_strictly([added, *outputs], most, "ok").points <= points


@pytest.mark.grader
@given(outputs=OUTPUTS, most=st.floats(0, 100))
def test_outputs_are_worth_what_nbgrader_says(outputs: list[Any], most: float) -> None:
    """On any outputs our points are those of nbgrader's own ``determine_grade``, or it raises."""
    import nbformat
    from nbgrader.utils import determine_grade

    about = {"grade": True, "solution": False, "grade_id": "a", "points": most}
    cell = nbformat.from_dict({"cell_type": "code", "metadata": {"nbgrader": about}, "outputs": outputs})
    outcome = score_as_nbgrader(outputs, most, None)
    try:
        expected, _ = determine_grade(cell)
    except (ValueError, KeyError):
        assert "stops_result" in outcome.notes
    else:
        assert outcome.points == expected
        assert "stops_result" not in outcome.notes


@pytest.mark.grader
@given(
    source=st.text(st.characters(exclude_categories=("Cs",))),
    kind=st.sampled_from(["code", "markdown", "raw"]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    points=st.one_of(st.integers(0, 10**6), st.floats(0)),
)
def test_the_checksum_is_nbgraders(
    source: str, kind: str, flags: tuple[bool, bool, bool], points: float
) -> None:
    """The checksum of any cell is the one of nbgrader's own ``compute_checksum``."""
    import nbformat
    from nbgrader.utils import compute_checksum

    grade, solution, locked = flags
    about = {"grade": grade, "solution": solution, "locked": locked, "grade_id": "a-1", "points": points}
    cell = {"cell_type": kind, "source": source, "metadata": {"nbgrader": about}}
    assert checksum(cell) == compute_checksum(nbformat.from_dict(cell))


def test_half_a_surrogate_pair_has_a_checksum() -> None:
    """A text that cannot be encoded, on which nbgrader stops, does not stop us."""
    about = {"grade": False, "solution": True, "locked": False, "grade_id": "a"}
    cell = {"cell_type": "code", "source": "\ud800", "metadata": {"nbgrader": about}}
    assert len(checksum(cell)) == 32


@pytest.mark.grader
@pytest.mark.parametrize("most", [-1, 0, 1, 2, 3, 5, 1000])
@given(texts=st.lists(st.tuples(st.booleans(), st.text("a\n", max_size=9)), max_size=4))
def test_outputs_are_cut_as_nbgrader_cuts(most: int, texts: list[tuple[bool, str]]) -> None:
    """Lines and tracebacks are cut, and patterns ignored, as LimitOutput and IgnorePattern do (S33)."""
    import nbformat
    from nbgrader.preprocessors import IgnorePattern, LimitOutput

    outputs: list[Any] = [
        {"output_type": "stream", "name": "stderr" if warns else "stdout", "text": said}
        for warns, said in texts
    ]
    outputs.append({**ERROR, "traceback": [str(number) for number in range(4)]})
    outputs.append(result("1"))
    notebook = nbformat.from_dict({"cells": [{"cell_type": "code", "metadata": {}, "outputs": outputs}]})
    for step in (IgnorePattern(pattern="aa"), LimitOutput(max_lines=most, max_traceback=most)):
        notebook, _ = step.preprocess(notebook, {})
    before = copy.deepcopy(outputs)
    assert limited(outputs, OutputRules(most, most, "aa")) == notebook.cells[0].outputs
    assert outputs == before


def sheet() -> dict[str, Any]:
    return recorded_source(all_kinds(), release())


def release() -> dict[str, Any]:
    """Return the learner's version of the sheet, with nbgrader's stubs."""
    made = copy.deepcopy(all_kinds())
    stubs = {"half": "def half(x):\n    raise NotImplementedError()", "plot": "raise NotImplementedError()"}
    for cell in made["cells"]:
        cell["source"] = stubs.get(cell["id"], cell["source"].split("\n### BEGIN")[0])
        if cell["id"] == "why":
            cell["source"] = "YOUR ANSWER HERE"
    return made


def run_of(notebook: dict[str, Any], **statuses: Status) -> CopyRun:
    """Return a run in which each code cell ended well, but for those named."""
    return CopyRun(
        tuple(
            CellRun(index, name, statuses.get(name, "ok"))
            for index, cell in enumerate(notebook["cells"])
            if cell["cell_type"] == "code"
            for name in [cell["metadata"].get("nbgrader", {}).get("grade_id", "")]
        )
    )


def by_name(verdicts: tuple[CellVerdict, ...]) -> dict[str, tuple[float | None, bool, str | None]]:
    return {v.grade_id: (v.auto_score, v.needs_manual, v.comment) for v in verdicts}


def test_a_whole_copy_in_strict_mode() -> None:
    """Tests get their points, untouched answers none, written ones and tasks go to a person."""
    brought = release()
    next(cell for cell in brought["cells"] if cell["id"] == "why")["source"] = "Because."
    notebook = restore(brought, sheet()).notebook
    verdicts, findings = score(notebook, sheet(), run_of(notebook, half_zero="error"))
    assert by_name(verdicts) == {
        "half": (None, False, "No response."),
        "half_test": (3.0, False, None),
        "half_zero": (0.0, False, None),
        "plot": (0.0, False, "No response."),
        "why": (None, True, None),
        "compare": (None, True, None),
        "partial": (2.0, False, None),
        "nothing": (0.0, False, None),
    }
    assert [(found.key, found.cell) for found in findings] == [("error_hidden", "half_zero")]
    assert [v.max_score for v in verdicts] == [0.0, 3.0, 1.5, 2.0, 4.0, 2.5, 2.0, 0.0]
    assert [v.judged for v in verdicts if v.kind == "grade" and v.auto_score is not None] == [
        "same_process", "same_process", "none", "same_process", "same_process",
    ]  # fmt: skip


def test_without_a_run_nothing_is_earned_by_silence() -> None:
    """Strict: with outputs alone a test that shows nothing earns nothing, and a person is asked."""
    notebook = restore(release(), sheet()).notebook
    found = by_name(score(notebook, sheet(), None)[0])
    assert found["half_test"] == (0.0, True, None)
    assert by_name(score(notebook, sheet(), None, "nbgrader")[0])["half_test"] == (3.0, False, None)


def test_a_run_of_other_cells_earns_nothing() -> None:
    """A run that does not speak of a test, by place and id, says that the test was not run."""
    notebook = restore(release(), sheet()).notebook
    verdicts, findings = score(notebook, sheet(), CopyRun((CellRun(4, "other", "ok"),)))
    assert sum(v.auto_score or 0.0 for v in verdicts) == 0.0
    assert {found.key for found in findings} == {"run_ended"}


def test_a_cell_that_is_not_there_is_nothing_in_strict_mode_and_a_persons_in_nbgrader() -> None:
    """S19: nbgrader leaves the row empty; so do both modes, and strict says so (it puts cells back)."""
    notebook = restore(release(), sheet()).notebook
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "half_test"]
    for mode, keys in (("strict", ["cell_missing"]), ("nbgrader", [])):
        verdicts, findings = score(notebook, sheet(), run_of(notebook), mode)
        assert by_name(verdicts)["half_test"] == (None, True, None)
        assert [found.key for found in findings] == keys


def test_a_notebook_that_was_not_handed_in() -> None:
    """S20: every mark is 0, and nobody has to look."""
    assert {(v.auto_score, v.needs_manual) for v in score_absent(sheet()) if v.kind != "solution"} == {
        (0.0, False)
    }
    assert len(score_absent(sheet())) == 8


@pytest.mark.parametrize(
    ("auto", "manual", "extra", "total"),
    [(1, None, None, 1), (1, 2, None, 2), (1, 2, 0.5, 2.5), (None, None, None, 0), (None, None, 1, 0),
     (1, 0, None, 0), (3, None, 9, 12)],
)  # fmt: skip
def test_totals_are_not_clipped(
    auto: float | None, manual: float | None, extra: float | None, total: float
) -> None:
    """S27: the person's mark counts, even 0; extra credit comes on top."""
    assert cell_total(auto, manual, extra) == total


def test_the_persons_comment_counts() -> None:
    """S28: the manual comment is shown if there is one."""
    assert cell_comment("No response.", "Well done.") == "Well done."
    assert cell_comment("No response.") == "No response."


def test_failed_tests_are_code_below_the_maximum() -> None:
    """S35: partial credit counts as failed; what has no mark does not."""
    source = read_source(sheet())
    verdict = CellVerdict("half_test", "grade", 3.0, 2.9, needs_manual=False)
    assert failed_tests(verdict, source)
    assert not failed_tests(CellVerdict("half_test", "grade", 3.0, 3.0, needs_manual=False), source)
    assert not failed_tests(CellVerdict("plot", "grade", 2.0, None, needs_manual=True), source)
    assert not failed_tests(CellVerdict("compare", "task", 2.5, 0.0, needs_manual=False), source)


def test_points_in_the_copy_do_not_count() -> None:
    """The maximum is the course's, even when the copy was not restored."""
    notebook = restore(release(), sheet()).notebook
    block(notebook["cells"][4])["points"] = 99
    verdicts, _ = score(notebook, sheet(), run_of(notebook))
    assert by_name(verdicts)["half_test"][0] == 3.0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", [NBGRADER, STRICT])
def test_each_note_has_its_words(language: Any, table: dict[str, Any]) -> None:
    """Every finding of scoring is said in both languages."""
    for _, _, _, notes in table.values():
        for note in notes:
            said = text(f"grading_findings.{note}", language, found="x", points=1.0, max_points=2.0)
            assert said
            assert "{" not in said
