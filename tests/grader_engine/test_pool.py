"""Worker processes: who gets which copy, what becomes of one whose worker dies or hangs, what stays."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pool_copies import brought, kit_of, points
from run_course import GOOD, Gate, gated, parent_of

from alliances.errors import EnvironmentFault
from alliances_grader.copies import Brought
from alliances_grader.pool import InThisProcess, LocalPool

pytestmark = pytest.mark.grader


@pytest.fixture
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Return a gate at which copies wait."""
    with Gate(tmp_path_factory.mktemp("g")) as made:
        yield made


def test_each_copy_comes_back_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every copy is graded by one worker and given back with its own marks, and no temporary file stays."""
    copies = {f"s{number}": number % 2 == 0 for number in range(8)}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with LocalPool([kit_of()], 2) as pool:
        asked = (brought(name, GOOD if good else "total = sum(None)") for name, good in copies.items())
        done = {item.copy.student: points(item) for item in pool.grade(asked)}
    assert done == {name: 2.0 if good else 0.0 for name, good in copies.items()}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_copies_of_several_assignments_are_graded_by_the_same_workers(jobs: int) -> None:
    """One learner's two copies are two; each is graded by its own assignment's rules."""
    kits = [kit_of(), replace(kit_of(), assignment="other", mode="nbgrader")]
    copies = [replace(brought(f"s{n}"), assignment=name) for n in range(4) for name in ("ps", "other")]
    with LocalPool(kits, jobs) as pool:
        done = list(pool.grade(iter(copies)))
        assert len(pool._workers) <= jobs
    assert sorted((one.copy.assignment, one.copy.student) for one in done) == sorted(
        (copy.assignment, copy.student) for copy in copies
    )
    assert {points(one) for one in done} == {2.0}
    assert {(one.copy.assignment, one.graded.notebooks[0].entry.verdict.assignment) for one in done} == {
        ("ps", "ps"),
        ("other", "other"),
    }


def test_a_fast_copy_overtakes_a_slow_one(gate: Gate) -> None:
    """Copies come back in the order in which they are finished."""
    with LocalPool([kit_of()], 2) as pool:
        asked = iter([brought("slow", gated(gate)), brought("fast"), brought("next")])
        grading = pool.grade(asked)
        first = next(grading).copy.student
        gate.stop().let_go()
        rest = [item.copy.student for item in grading]
    assert first == "fast"
    assert sorted(rest) == ["next", "slow"]


def test_copies_are_read_as_workers_ask_for_them(gate: Gate) -> None:
    """While one worker is busy, no more of the class is in memory than there are workers."""
    taken: list[str] = []

    def copies() -> Iterator[Brought]:
        for number in range(6):
            taken.append(f"s{number}")
            yield brought(f"s{number}", gated(gate) if number == 0 else GOOD)

    with LocalPool([kit_of()], 2) as pool:
        grading = pool.grade(copies())
        for count in range(3, 6):
            next(grading)
            # The two that are being graded, and those that came back.
            assert len(taken) == count
        gate.stop().let_go()
        assert len(list(grading)) == 3


def kill_worker_of(gate: Gate) -> None:
    """Kill the worker of the copy at the gate, and wait until the copy's process is gone too."""
    stop = gate.stop()
    os.kill(parent_of(stop.parent), signal.SIGKILL)
    stop.wait_for_its_end()


def in_background(*steps: object) -> Iterator[None]:
    """Run steps in a thread while the caller waits for copies."""
    import threading

    failed: list[BaseException] = []

    def work() -> None:
        try:
            for step in steps:
                step()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join(60)
    assert not failed


def test_a_copy_whose_worker_died_is_tried_again(gate: Gate) -> None:
    """The copy of a worker that was killed is graded by the next one, with all its marks."""
    steps = in_background(lambda: kill_worker_of(gate), lambda: gate.stop().let_go())
    next(steps)
    with LocalPool([kit_of()], 2) as pool:
        done = list(pool.grade(iter([brought("s0", gated(gate)), brought("s1")])))
    next(steps, None)
    assert {item.copy.student: points(item) for item in done} == {"s0": 2.0, "s1": 2.0}


def test_a_copy_whose_workers_died_is_refused_by_name(gate: Gate) -> None:
    """The second death refuses the copy; those after it are graded."""
    steps = in_background(lambda: kill_worker_of(gate), lambda: kill_worker_of(gate))
    next(steps)
    with LocalPool([kit_of()], 1) as pool:
        done = list(pool.grade(iter([brought("s0", gated(gate)), brought("s1")])))
    next(steps, None)
    refused = {item.copy.student: item.graded.refused for item in done}
    assert refused["s1"] is None
    assert "s'est arrêté deux fois" in str(refused["s0"])


def test_a_copy_that_hangs_is_ended_and_refused_by_name(gate: Gate) -> None:
    """A worker that does not answer in time is killed; the message says so, and how long was waited."""
    kit = kit_of()
    allowed = kit.run_limits.copy_seconds + kit.box_limits.wall_seconds
    with LocalPool([kit], 1, slack=10.0 - allowed) as pool:
        done = list(pool.grade(iter([brought("s0", gated(gate)), brought("s1")])))
    refused = {item.copy.student: item.graded.refused for item in done}
    assert refused["s1"] is None
    assert refused["s0"] is not None
    assert refused["s0"].key == "grading_run.worker_hung"
    assert "ne répondait plus au bout de 10 s" in str(refused["s0"])


def test_workers_that_do_nothing_but_die_are_a_fault(gate: Gate) -> None:
    """A machine on which every worker dies is named once; the class is not refused copy by copy."""
    steps = in_background(*[lambda: kill_worker_of(gate)] * 4)
    next(steps)
    with LocalPool([kit_of()], 1) as pool, pytest.raises(EnvironmentFault, match="4 arrêts de suite"):
        list(pool.grade(brought(f"s{number}", gated(gate)) for number in range(9)))
    next(steps, None)


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_fault_of_the_machine_is_raised(jobs: int) -> None:
    """A module that is missing ends the run by one message, wherever it was noticed."""
    kit = kit_of(("no_such_module",))
    maker = LocalPool([kit], jobs) if jobs else InThisProcess([kit])
    with maker as grader, pytest.raises(EnvironmentFault, match="no_such_module"):
        list(grader.grade(iter([brought(f"s{number}") for number in range(5)])))


def test_leaving_early_ends_the_copies_that_run(gate: Gate) -> None:
    """A run that is given up leaves neither a worker nor what it had started, nor a temporary file."""
    with LocalPool([kit_of()], 2) as pool:
        grading = pool.grade(iter([brought("s0"), brought("s1", gated(gate)), brought("s2")]))
        next(grading)
        stop = gate.stop()
        worker = parent_of(stop.parent)
        folder = pool._processes.folder
        raised = KeyboardInterrupt()
        pool.__exit__(KeyboardInterrupt, raised, None)
    stop.wait_for_its_end()
    assert not Path(f"/proc/{worker}").exists()
    assert folder is not None
    assert not folder.exists()
