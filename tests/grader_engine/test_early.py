"""What is started before a run knows its assignment: taken over where it fits, closed where it does not."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pool_copies import brought, kit_of, points
from run_course import GOOD, copy_of, hand_in, make_course, marks

from alliances.desk.copies_asked import GradeRequest
from alliances.desk.grading import grade_class
from alliances.errors import EnvironmentFault
from alliances_grader import early
from alliances_grader.course_manifest import Course
from alliances_grader.pool import InThisProcess, LocalPool
from alliances_grader.pool_processes import WorkerProcesses, workers_for
from alliances_grader.warm_parent import Wanted, WarmParent
from alliances_grader.warm_parents import WarmParents

pytestmark = pytest.mark.grader
FITS = Wanted("none", ())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that temporary files of this process go to."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which six learners have handed in."""
    course = make_course(tmp_path_factory.mktemp("made") / "course")
    for number in range(6):
        hand_in(course, f"s{number}", GOOD)
    return course


@pytest.mark.parametrize(
    ("copies", "jobs", "workers"),
    [(1, 4, 0), (5, 4, 0), (6, 4, 2), (7, 2, 2), (30, 4, 4), (30, 1, 0), (0, 4, 0)],
)
def test_a_few_copies_need_no_process_of_their_own(copies: int, jobs: int, workers: int) -> None:
    """A worker is started for each three copies, and none for a single one."""
    assert workers_for(copies, jobs) == workers


@pytest.mark.parametrize(
    "wanted",
    [FITS, Wanted("none", ("json",)), Wanted("none", ("no_such_module",))],
    ids=["fits", "other", "bad"],
)
def test_a_worker_that_waited_grades_what_it_is_given(wanted: Wanted, temporary: Path) -> None:
    """Its warm parent is taken over, or replaced where the kit asks for another one; marks are the same."""
    with WorkerProcesses(2, wanted.to_bytes()) as processes:
        early_pids = {worker.process.pid for worker in processes._all}
        with LocalPool([kit_of()], 2, early=processes) as pool:
            done = {one.copy.student: points(one) for one in pool.grade(brought(f"s{n}") for n in range(4))}
            assert {worker.process.pid for worker in pool._workers} == early_pids
    assert done == {f"s{n}": 2.0 for n in range(4)}
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [(FITS, True), (Wanted("none", ("json", "no_such_module")), True), (Wanted("namespaces", ()), False)],
    ids=["same", "more", "boxed"],
)
def test_a_parent_that_fits_is_not_started_twice(wanted: Wanted, fits: bool, temporary: Path) -> None:
    """What was started early runs the copies if it has their modules, and is gone at the end in any case."""
    parent = WarmParent(wanted)
    pid = parent.client.pid
    with InThisProcess([kit_of()], parent) as grader:
        (done,) = grader.grade(iter([brought("s0")]))
        assert points(done) == 2.0
        assert (grader._parents.known(FITS) is parent) is fits
        assert parent.client.pid == pid
    assert not Path(f"/proc/{pid}").exists()
    assert list(temporary.iterdir()) == []


def test_a_parent_that_lacks_a_module_gives_way() -> None:
    """One at a time: what an assignment needs and the first one does not have is started in its place."""
    with WarmParents(WarmParent(FITS)) as parents:
        first = parents.one(FITS)
        second = parents.one(Wanted("none", ("json",)))
        assert second is not first
        assert first.client.pid == 0
        assert parents.one(FITS) is second


def test_a_module_that_another_assignment_needs_is_no_fault_of_this_one() -> None:
    """A warm parent that could not import something still runs the copies of who does not ask for it."""
    early_one = WarmParent(Wanted("none", ("json", "no_such_module")))
    kits = [kit_of(("json",)), replace(kit_of(("no_such_module",)), assignment="other")]
    with InThisProcess(kits, early_one) as grader:
        (done,) = grader.grade(iter([brought("s0")]))
        assert points(done) == 2.0
        with pytest.raises(EnvironmentFault, match="no_such_module"):
            list(grader.grade(iter([replace(brought("s1"), assignment="other")])))


def test_as_many_work_as_were_begun() -> None:
    """A class of which nearly all is graded begins with one worker, though it may be large."""
    early_ones = WorkerProcesses(1, FITS.to_bytes())
    with early_ones, LocalPool([kit_of()], 2, copies={"ps": 10_000}, early=early_ones) as pool:
        list(pool.grade(iter([brought("s0")])))
        assert len(pool._workers) == 1


def test_a_worker_that_died_while_it_waited_is_replaced() -> None:
    """Nobody had given it a copy: another one grades, and no copy is refused."""
    with WorkerProcesses(2, FITS.to_bytes()) as processes:
        worker = processes._all[0]
        os.kill(worker.process.pid or 0, signal.SIGKILL)
        worker.process.join()
        with LocalPool([kit_of()], 2, early=processes) as pool:
            done = {one.copy.student: points(one) for one in pool.grade(brought(f"s{n}") for n in range(3))}
    assert done == {f"s{n}": 2.0 for n in range(3)}


def test_what_nobody_asked_for_leaves_nothing(temporary: Path) -> None:
    """Workers and warm parents that were started for nothing are gone at the end, with their files."""
    with WorkerProcesses(2, FITS.to_bytes()) as processes:
        started = [worker.process for worker in processes._all]
    assert [process.is_alive() for process in started] == [False, False]
    parent = WarmParent(FITS)
    pid = parent.client.pid
    parent.close()
    parent.close()
    assert not Path(f"/proc/{pid}").exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("count", [1, 6])
def test_a_class_is_begun_early_once(
    made: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Where there is something to grade, workers start with the command; where all is graded, none do."""
    course = copy_of(made, tmp_path / "course")
    for number in range(count, 6):
        for path in sorted((course.root / f"submitted/s{number}").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    begun: list[early.Early] = []
    kept = early.begin

    @contextmanager
    def counted(*words: object) -> Iterator[early.Early]:
        with kept(*words) as found:  # type: ignore[arg-type]
            begun.append(found)
            yield found

    monkeypatch.setattr(early, "begin", counted)
    request = GradeRequest(["ps"], no_sandbox=True, jobs=2)
    for again in (False, True):
        outcomes = grade_class(course, request, lambda *_: None)
        assert {one.state for one in outcomes} == {"unchanged" if again else "graded"}
        assert len(begun) == 1
    (found,) = begun
    assert (found.processes is None, found.parent is None) == (count == 1, count == 6)
    assert len(marks(course)) >= 1
    grade_class(course, replace(request, force=True), lambda *_: None)
    assert len(begun) == 2


def test_a_course_that_cannot_be_read_is_told_by_who_reads_it(made: Course, tmp_path: Path) -> None:
    """Starting early says nothing of a broken notebook: the run does, by name."""
    course = copy_of(made, tmp_path / "course")
    (course.root / "source/ps/nb.ipynb").write_text("{", encoding="utf-8")
    with early.begin(course, {"ps": 1}, "none", 2) as found:
        assert found.parent is None
    with early.begin(course, {"ps": 6}, "none", 2) as found:
        assert found.processes is not None


def test_what_is_wanted_travels() -> None:
    """A worker reads the same as was written."""
    wanted = Wanted("namespaces", ("numpy", "pandas"))
    assert Wanted.from_bytes(wanted.to_bytes()) == wanted
    assert Wanted.of(replace(kit_of(), door="form", sandbox="not_needed")) == FITS
