"""Stock nbgrader 0.9.6 and our restoring and scoring, in one run, on the same copies: equal, or it stopped.

The one deviation: a copy on which nbgrader stops has no score to be equal to. Ours grades it and says so by a
``stops_…`` finding; and says so of no copy that nbgrader grades.
"""

from __future__ import annotations

import copy as copy_module
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbgrader
import pytest
from mutants import (
    STOPPING_OUTPUTS,
    all_kinds,
    block,
    mixed_mutants,
    mutants,
    output_sequences,
    put_outputs,
)
from nbgrader.nbgraderformat import SchemaTooOldError
from nbgrader_peer import Graded, Peer, Recorded, plain
from tiny_course import write_tiny_course

from alliances.course.build_units import Course
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import build_assignment
from alliances.course.tree import find_tree
from alliances.errors import AlliancesError
from alliances_grader.grading_source import Source, name_of, read_source, recorded_source
from alliances_grader.restore import restore, would_stop
from alliances_grader.scoring import failed_tests, score

pytestmark = pytest.mark.grader
WHEEL = Path(nbgrader.__file__).parent / "tests"


@dataclass
class Tally:
    """What was compared: cells with a mark in nbgrader's gradebook, and copies on which nbgrader stopped."""

    cells: int = 0
    copies: int = 0
    stopped: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def close(self, cells: int) -> None:
        """Check that nothing differed, over enough cells."""
        assert self.differences == []
        assert self.cells >= cells

    def add(self, name: str, source: Source, copy: dict[str, Any], stock: Graded, outputs: list[Any]) -> None:
        """Grade one copy by our steps and compare."""
        self.copies += 1
        restored = restore(copy, source, "nbgrader")
        notebook = restored.notebook
        stopped = would_stop(restored.findings)
        if stock.sanitized is not None and not stopped:
            if bare(stock.sanitized) != bare(notebook):
                self.differences.append(f"{name}: restored otherwise")
                return
            notebook = stock.executed or notebook
        else:
            put_outputs(notebook, itertools.cycle(outputs))
        verdicts, findings = score(notebook, source, None, "nbgrader")
        stopped = stopped or would_stop(findings)
        readable = is_valid(copy)
        if readable and bool(stock.stopped) != stopped:
            self.differences.append(f"{name}: nbgrader {stock.stopped or 'goes on'!r}, ours says {stopped}")
        if stock.stopped:
            self.stopped.append(f"{name}: {stock.stopped}")
            # Graded all the same, each cell.
            known = [own for own in source.cells.values() if own.marked or own.solution]
            assert len(verdicts) == len(known), name
            return
        marked = [verdict for verdict in verdicts if verdict.kind != "solution"]
        grades = {verdict.grade_id: (verdict.auto_score, verdict.needs_manual) for verdict in marked}
        comments = {
            verdict.grade_id: verdict.comment
            for verdict in verdicts
            if source.cells[verdict.grade_id].solution or source.cells[verdict.grade_id].task
        }
        failed = {verdict.grade_id for verdict in marked if failed_tests(verdict, source)}
        ours = (grades, comments, failed)
        theirs = (dict(stock.grades or {}), dict(stock.comments or {}), set(stock.failed))
        if ours != theirs:
            self.differences.append(f"{name}: {ours} != {theirs}")
        self.cells += len(grades)


def is_valid(notebook: dict[str, Any]) -> bool:
    """Say whether a copy is a notebook at all; one that is none is the reading step's to mend or refuse."""
    import nbformat

    try:
        nbformat.validate(copy_module.deepcopy(notebook))
    except nbformat.ValidationError:
        return False
    return True


def bare(notebook: dict[str, Any]) -> Any:
    """Return what restoring decides: nbformat's own ids and minor version are not part of it."""
    cells = [{key: value for key, value in cell.items() if key != "id"} for cell in notebook["cells"]]
    return json.dumps([cells, notebook["metadata"]], sort_keys=True)


def source_of(recorded: Recorded) -> Source:
    """Read an assignment that nbgrader made, hidden tests from its gradebook."""
    return read_source(recorded_source(recorded.release, recorded.release, recorded.texts))


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Return stock nbgrader on one gradebook: making one takes it seconds."""
    with pytest.MonkeyPatch.context() as patch:
        yield Peer(tmp_path_factory.mktemp("peer"), patch)


def graded(peer: Peer, recorded: Recorded, copy: dict[str, Any], outputs: list[Any]) -> Graded:
    return peer.grade(recorded, copy, lambda notebook: put_outputs(notebook, itertools.cycle(outputs)))


MILD = [
    outputs
    for name, outputs in output_sequences()
    if name in {"none", "zero", "error", "stdout+stderr", "true"}
]


def exercise_source(name: str, root: Path) -> dict[str, Any]:
    """Return the author's notebook of an exercise's code door, or of the sheet with each kind of cell."""
    if name == "all_kinds":
        return all_kinds()
    tree = write_tiny_course(root / "tree") if name == "tiny" else find_tree()
    course = Course(tree)
    exercise = read_exercise(tree.exercises / name / "exercise.toml")
    made = build_assignment(tree, exercise, "code", "fr", cases=course.cases, references=course.references)
    return joined(json.loads(made.source))


def joined(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook with each text in one piece, as reading gives it."""
    import nbformat

    found: dict[str, Any] = plain(nbformat.from_dict(nbformat.reads(json.dumps(notebook), as_version=4)))
    return found


SHEETS = ("all_kinds", "tiny", "alliance_models")


@pytest.mark.parametrize("name", SHEETS)
def test_a_damaged_copy_scores_as_in_nbgrader(peer: Peer, tmp_path: Path, name: str) -> None:
    """Each damage of a cell or a copy gives nbgrader's restored notebook, scores, flags and comments."""
    recorded = peer.make(f"damaged_{name}", exercise_source(name, tmp_path))
    source, tally = source_of(recorded), Tally()
    whole = name == "all_kinds"
    # Each kind of damage on the sheet with each kind of cell; on real exercises a sample.
    damaged = itertools.islice(mutants(recorded.release), 0, None, 1 if whole else 13)
    for label, copy in itertools.chain(damaged, mixed_mutants(recorded.release, 40 if whole else 15)):
        tally.add(label, source, copy, graded(peer, recorded, copy, MILD), MILD)
    tally.close(cells=1500 if whole else 50)
    assert 0 < len(tally.stopped) < tally.copies


@pytest.mark.parametrize("name", SHEETS)
def test_what_nbgrader_records_is_made_from_source_and_release(peer: Peer, tmp_path: Path, name: str) -> None:
    """Without its gradebook, texts, checksums, points and locks are those that nbgrader recorded."""
    authored = exercise_source(name, tmp_path)
    recorded = peer.make(f"recorded_{name}", authored)
    assert read_source(recorded_source(authored, recorded.release)) == source_of(recorded)
    rows = peer.book.find_notebook("p1", recorded.name)
    ours = source_of(recorded).cells
    stored = {row.name: (row.cell_type, row.locked, row.source, row.checksum) for row in rows.source_cells}
    assert {own.name: (own.cell_type, own.locked, own.text, own.checksum) for own in ours.values()} == stored
    marked = [*rows.grade_cells, *rows.task_cells]
    assert {own.name: own.points for own in ours.values() if own.marked} == {
        row.name: row.max_score for row in marked
    }


def test_outputs_score_as_in_nbgrader(peer: Peer) -> None:
    """Outputs in every order of one and two, cut where nbgrader cuts, give its score (S4 to S17, S33)."""
    sheet = all_kinds()
    test = next(cell for cell in sheet["cells"] if cell["id"] == "half_zero")
    sheet["cells"] = [
        {**test, "id": f"t{n}", "metadata": {"nbgrader": {**block(test), "grade_id": f"t{n}", "points": 1}}}
        for n in range(12)
    ]
    recorded = peer.make("outputs", sheet)
    source, tally = source_of(recorded), Tally()
    sequences = list(output_sequences())
    for place in range(0, len(sequences), 12):
        names, outputs = zip(*sequences[place : place + 12], strict=True)
        tally.add(
            names[0], source, recorded.release, graded(peer, recorded, recorded.release, [*outputs]), []
        )
    tally.close(cells=340)
    assert tally.stopped == []
    for name, output in STOPPING_OUTPUTS.items():
        tally.add(
            name, source, recorded.release, graded(peer, recorded, recorded.release, [[output]]), [[output]]
        )
    assert tally.differences == []
    assert len(tally.stopped) == len(STOPPING_OUTPUTS)


def ids(notebook: dict[str, Any]) -> set[str]:
    return {name_of(cell) for cell in notebook["cells"]} - {""}


@pytest.mark.parametrize("folder", ["apps", "preprocessors", "ui-tests"])
def test_the_notebooks_of_the_wheel_score_as_in_nbgrader(peer: Peer, folder: str) -> None:
    """Each of nbgrader's own test notebooks, as a copy of each assignment that shares an id with it."""
    books = {
        path.stem: joined(json.loads(path.read_bytes()))
        for path in sorted((WHEEL / folder / "files").glob("*.ipynb"))
    }
    # Made by running code: in the next test.
    books = {name: book for name, book in books.items() if not name.startswith("autotest")}
    tally, refused = Tally(), []
    for name, book in books.items():
        if not ids(book):
            continue
        try:
            recorded = peer.make(f"{folder}_{name}", book)
        except Exception as error:  # noqa: BLE001 - whatever nbgrader says of it
            refused.append(f"{name}: {type(error).__name__}")
            # An older schema is brought up to date instead, as « nbgrader update » does.
            if is_valid(book) and not isinstance(error, SchemaTooOldError):
                with pytest.raises(AlliancesError):
                    read_source(recorded_source(book, book))
            continue
        source = source_of(recorded)
        for other, copy in books.items():
            if ids(copy) & ids(book):
                tally.add(f"{name} < {other}", source, copy, graded(peer, recorded, copy, MILD), MILD)
    assert len(refused) < len(books) / 2
    tally.close(cells=30)


EXECUTED = [
    ("apps", "submitted-unchanged", ["submitted-unchanged", "submitted-changed", "submitted-cheat-attempt",
                                     "submitted-cheat-attempt-alternative", "submitted-grade-cell-changed",
                                     "submitted-locked-cell-changed"]),
    ("apps", "test-hidden-tests", ["test-hidden-tests"]),
    ("apps", "timeout", ["timeout"]),
    ("apps", "autotest-hidden", ["autotest-hidden-changed-right", "autotest-hidden-changed-wrong"]),
    ("apps", "autotest-simple", ["autotest-simple-changed"]),
    ("preprocessors", "test_taskcell", ["test_taskcell"]),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "name", "copies"), EXECUTED)
def test_executed_notebooks_score_as_in_nbgrader(
    peer: Peer, folder: str, name: str, copies: list[str]
) -> None:
    """Run by nbgrader's own Execute in a kernel, the same outputs give the same scores."""
    files = WHEEL / folder / "files"
    recorded = peer.make(f"run_{name}", joined(json.loads((files / f"{name}.ipynb").read_bytes())), files)
    source, tally = source_of(recorded), Tally()
    for other in copies:
        copy = joined(json.loads((files / f"{other}.ipynb").read_bytes()))
        tally.add(f"{name} < {other}", source, copy, peer.grade(recorded, copy, execute=True), [])
    tally.close(cells=1)
    assert tally.stopped == []


def test_a_mark_of_a_person_survives_and_a_cell_that_vanished_is_asked_for(peer: Peer) -> None:
    """S29 is the writer's; of a cell missing from a second copy nbgrader keeps the first copy's score."""
    recorded = peer.make("again", all_kinds())
    source = source_of(recorded)
    first = graded(peer, recorded, recorded.release, [[]])
    assert first.grades is not None
    assert first.grades["half_test"] == (3.0, False)
    second = copy_module.deepcopy(recorded.release)
    second["cells"] = [cell for cell in second["cells"] if name_of(cell) != "half_test"]
    again = peer.grade(recorded, second, student=f"s{peer.students}")
    assert again.grades is not None
    assert again.grades["half_test"] == (3.0, False)
    # A reasoned deviation: a mark for work that is no longer there is not a mark of this copy.
    verdicts, _ = score(restore(second, source, "nbgrader").notebook, source, None, "nbgrader")
    assert [(v.auto_score, v.needs_manual) for v in verdicts if v.grade_id == "half_test"] == [(None, True)]
