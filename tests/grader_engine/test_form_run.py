"""A form copy graded without a process: what a real run gives, output for output, and what is refused."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD, private_tree, tiny_release
from executed import request_of

from alliances.course.build import build
from alliances.course.tree import CourseTree, find_tree
from alliances.questions import mark
from alliances.questions.answers import read_answers
from alliances.questions.notebook import MARK_TYPE
from alliances_grader.files import read_notebook
from alliances_grader.form_run import NeedsProcessError, run_form
from alliances_grader.grading_source import Source, block_of, name_of, read_source, recorded_source
from alliances_grader.merge import merge_form
from alliances_grader.probe_split import split_test
from alliances_grader.restore import restore
from alliances_grader.shell_inputs import CellSource, RunLimits
from alliances_grader.verdicts import CopyRun
from alliances_grader.zygote_client import ZygoteClient

CHECKOUT = find_tree()
SAMPLES = sorted(
    path.parent
    for path in CHECKOUT.exercises.glob("*/submissions/*/expected.toml")
    if tomllib.loads(path.read_text(encoding="utf-8"))["door"] == "form"
    and "error" not in tomllib.loads(path.read_text(encoding="utf-8"))
)

Form = tuple[Any, Source]
"""The release and the recorded source of one form."""


@pytest.fixture(scope="module")
def client() -> Iterator[ZygoteClient]:
    with ZygoteClient(["alliances.questions", "alliances_grader.probe"]) as made:
        yield made


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Form:
    root = tmp_path_factory.mktemp("tiny")
    release = tiny_release(root)
    tree = CourseTree(root)
    return release, _recorded(tree, "fr", "tiny", release)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Form]:
    """Return what gives the form of an exercise of this checkout in one language."""
    tree = CourseTree(private_tree(CHECKOUT.root, tmp_path_factory.mktemp("forms")))
    assert build(tree, only="exercises", pages=False).refusals == []

    def form(slug: str, language: str) -> Form:
        name = f"{slug}_form"
        release = read_notebook(tree.exercise_releases(language) / name / f"{name}.ipynb")  # type: ignore[arg-type]
        return release, _recorded(tree, language, slug, release)

    return form


def _recorded(tree: CourseTree, language: Any, slug: str, release: Any) -> Source:
    name = f"{slug}_form"
    source = read_notebook(tree.exercise_sources(language) / name / f"{name}.ipynb")
    return read_source(recorded_source(source, release))


def _cells(form: Form, answers: dict[str, Any]) -> tuple[CellSource, ...]:
    release, course = form
    restored = restore(merge_form(release, answers).notebook, course).notebook
    made = []
    for index, cell in enumerate(restored["cells"]):
        if cell["cell_type"] == "code":
            own = course.cells[name_of(cell)]
            test = split_test(cell["source"]) if block_of(cell).get("grade") else None
            made.append(CellSource(index, own.name, cell["source"], guarded=own.locked, test=test))
    return tuple(made)


def _told(run: CopyRun) -> list[tuple[Any, ...]]:
    return [
        (cell.index, cell.grade_id, cell.status, cell.outputs, cell.execution_count) for cell in run.cells
    ]


ODD: dict[str, dict[str, Any]] = {
    "good": GOOD,
    "blank": {},
    "null": dict.fromkeys(GOOD),
    "wrong_shapes": {"c01": ["giving"], "c02": 3, "n01": "4", "q01": {"option": ["a"]}},
    "unknown": {name: {"unknown": True} for name in GOOD},
    "text_of_code": {"n01": {"value": "raise SystemExit"}, "c01": {"category": "'] or True", "reason": "{}"}},
    "surrogate": {"n01": {"value": "\ud800"}, "q01": {"option": "<script>x</script>"}},
    "unsafe": {"n01": {"value": 10**30}, "q01": {"option": "x" * 200_000}},
}


@pytest.mark.parametrize("name", ODD)
def test_a_tiny_form_gives_what_a_run_gives(
    client: ZygoteClient, tiny: Form, tmp_path: Path, name: str
) -> None:
    """Statuses, outputs and counts are those of a process, whatever the answers are."""
    cells = _cells(tiny, ODD[name])
    apart, run = run_form(cells), client.run(request_of(list(cells), tmp_path / "c"))
    assert _told(apart) == _told(run)
    assert (apart.ended, apart.findings) == (run.ended, run.findings) == ("", ())


@pytest.mark.checkout
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.parent.name}-{sample.name}")
def test_a_sample_gives_what_a_run_gives(
    client: ZygoteClient, forms: Callable[[str, str], Form], tmp_path: Path, sample: Path
) -> None:
    """Every sample copy of every form: outputs equal to a run's, points equal to those announced."""
    wanted = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
    form = forms(sample.parent.parent.name, wanted["language"])
    cells = _cells(form, read_answers(sample / "answers.json").answers)
    apart, run = run_form(cells), client.run(request_of(list(cells), tmp_path / "c"))
    assert _told(apart) == _told(run)
    points = {
        cell.grade_id.removesuffix("_test"): float(cell.outputs[-1]["data"]["text/plain"])
        for cell in apart.cells
        if cell.grade_id.endswith("_test")
    }
    assert points == wanted["scores"]


def test_a_mark_is_shown_and_then_its_points(tiny: Form) -> None:
    """A test cell displays the reasons and ends with the points, as ``mark_cell`` does in a notebook."""
    cells = {cell.grade_id: cell for cell in run_form(_cells(tiny, GOOD)).cells}
    shown, result = cells["c01_test"].outputs
    assert (shown["output_type"], shown["metadata"], result["output_type"]) == (
        "display_data",
        {},
        "execute_result",
    )
    assert shown["data"]["text/plain"].startswith("Réponse juste (1 sur 1).")
    assert (shown["data"][MARK_TYPE]["id"], shown["data"][MARK_TYPE]["verdict"]) == ("c01", "right")
    assert (result["data"], result["metadata"]) == ({"text/plain": "1.0"}, {})
    assert result["execution_count"] == cells["c01_test"].execution_count == 2


def test_nothing_of_a_copy_stays_for_the_next(tiny: Form) -> None:
    """What is kept between copies is the course's; a copy's answers are its own."""
    first, second = _cells(tiny, GOOD), _cells(tiny, {})
    before = _told(run_form(second))
    run_form(first)
    assert _told(run_form(second)) == before


def test_what_is_kept_is_bounded(tiny: Form, client: ZygoteClient, tmp_path: Path) -> None:
    """Beyond the limits reasons are left out and points stay, as in a run; the trainer is told."""
    limits = RunLimits(cell_bytes=100)
    cells = _cells(tiny, GOOD)
    apart = run_form(cells, limits)
    assert _told(apart) == _told(client.run(request_of(list(cells), tmp_path / "c", cell_bytes=100)))
    assert {finding.key for finding in apart.findings} == {"output_cut"}
    assert apart.cells[1].outputs[-1]["data"] == {"text/plain": "1.0"}


PROBED = """### BEGIN HIDDEN TESTS
from alliances_grader.probe import probe
{}
### END HIDDEN TESTS"""


def _pair(answer: str, test: str) -> list[CellSource]:
    return [
        CellSource(0, "c01", answer),
        CellSource(1, "c01_test", test, guarded=True, test=split_test(test)),
    ]


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("c01 = {'a': [1, 2.5, None, True]}", PROBED.format("assert probe('c01')['a'][1] == 2.5")),
        ("c01 = 3", PROBED.format("assert probe('c01') == 4, 'look again'")),
        ("c01 = 3", "assert c01 == 4, f'{c01} is not 4'"),
        ("c01 = (1, 2)", PROBED.format("import math\n2.0 * math.isclose(probe('c01')[0], 1)")),
        ("c01 = 'x'", PROBED.format("assert probe('c01')['a'] == 2.5")),
    ],
)
def test_other_tests_of_answers_agree(client: ZygoteClient, tmp_path: Path, answer: str, test: str) -> None:
    """Any test that the judge decides from answers alone gives what a run gives."""
    cells = _pair(answer, test)
    assert _told(run_form(cells)) == _told(client.run(request_of(cells, tmp_path / "c")))


def test_set_up_needs_no_process(client: ZygoteClient, tmp_path: Path) -> None:
    """Imports of the course's modules and its language do nothing that grading sees."""
    cells = [CellSource(0, "setup", "from alliances import use\n\nuse('fr')", guarded=True)]
    cells += [CellSource(2, "", " \n"), CellSource(3, "", "# words", guarded=True)]
    apart = run_form(cells)
    assert _told(apart) == _told(client.run(request_of(cells, tmp_path / "c")))
    assert [cell.status for cell in apart.cells] == ["ok", "skipped", "ok"]


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("c01 = open('x')", PROBED.format("assert probe('c01') == 1")),
        ("c01 = 1\nraise NotImplementedError()", PROBED.format("assert probe('c01') == 1")),
        ("c02 = 1", PROBED.format("assert probe('c01') == 1")),
        ("import alliances as c01", PROBED.format("assert probe('c01') == 1")),
        ("c01 = ", PROBED.format("assert probe('c01') == 1")),
        ("c01 = 1", PROBED.format("assert probe('c02') == 1")),
        ("c01 = 1", PROBED.format("assert probe('c01 + 1') == 2")),
        ("c01 = b'1'", PROBED.format("assert probe('c01') == 2")),
        ("c01 = 1", "assert c01"),
        ("c01 = 1", "import os\nassert c01 == 1"),
        ("c01 = 1", "import math as c01\nassert c01 == 1"),
        ("c01 = 1", "%time c01"),
    ],
)
def test_what_needs_a_process_says_so(answer: str, test: str) -> None:
    """A cell or a test that does more than name answers is never guessed at."""
    with pytest.raises(NeedsProcessError):
        run_form(_pair(answer, test))


def test_reasons_are_those_of_marking(tiny: Form) -> None:
    """The bundle that is shown is the mark itself, as JSON."""
    (call,) = [
        node
        for node in ast.walk(ast.parse(tiny[1].cells["n01_test"].text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mark_cell"
    ]
    question, answer = ast.literal_eval(call.args[0]), {"value": "5"}
    cells = {cell.grade_id: cell for cell in run_form(_cells(tiny, {"n01": answer})).cells}
    shown = cells["n01_test"].outputs[0]["data"][MARK_TYPE]
    assert shown == {"id": "n01", **mark(question, answer, "fr").to_dict()}
