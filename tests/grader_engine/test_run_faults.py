"""A whole run meets a fault: no mark is lost, none doubled, none half-written, and the next run finishes."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from postgres import postgres_server
from run_course import (
    GOOD,
    Gate,
    command,
    copy_of,
    executed,
    gated,
    hand_in,
    logged,
    make_course,
    marks,
    parent_of,
    processes_below,
)

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import box
from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.course_manifest import Course
from alliances_grader.journal import journal_path
from alliances_grader.pipeline import grade_notebook

pytestmark = [
    pytest.mark.grader,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which is Linux's"),
]
CLASS = [f"s{number:02}" for number in range(9)]
STOPPED = "s04"
PASSED = {"test": (2.0, None, False), "essay": (None, None, True)}
UNBOXED = ("--no-sandbox", "--json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return the course in which nobody has handed in yet."""
    return make_course(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def course(made: Course, tmp_path: Path) -> Course:
    """Return a fresh course with a class of nine, whose copies note that they are run."""
    fresh = copy_of(made, tmp_path / "course")
    for student in CLASS:
        hand_in(fresh, student, logged(tmp_path / "executed", student))
    return fresh


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where the copies note that they are run."""
    return tmp_path / "executed"


@pytest.fixture
def gate(course: Course, log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Return the gate at which the copy of ``STOPPED`` waits."""
    with Gate(tmp_path_factory.mktemp("g")) as made:
        hand_in(course, STOPPED, logged(log, STOPPED, gated(made)))
        yield made


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, said = process.communicate(timeout=180)
    return process.returncode, out, said


def graded_whole(course: Course) -> bool:
    """Say whether each of the class has each of its marks, once."""
    return marks(course) == dict.fromkeys(CLASS, PASSED)


def grade(course: Course, students: list[str] | None = None, **options: Any) -> list[Outcome]:
    asked = ClassRun({"ps": students or CLASS}, **{"sandbox": "none", "jobs": 1, **options})
    return list(run_class(course, asked))


def test_a_killed_worker_costs_its_copy_nothing(course: Course, log: Path, gate: Gate) -> None:
    """After kill -9 of a worker its copy is graded by another one, and the others go on."""
    run = command(course, *UNBOXED, "--jobs", "2")
    stop = gate.stop()
    worker = parent_of(stop.parent)
    assert parent_of(worker) == run.pid
    os.kill(worker, signal.SIGKILL)
    stop.wait_for_its_end()
    gate.stop().let_go()
    status, _, said = ended(run)
    assert (status, said.count("/9]")) == (0, 9)
    assert graded_whole(course)
    assert sorted(executed(log)) == sorted([*CLASS, STOPPED])


def test_a_copy_whose_workers_die_is_refused_by_name(course: Course, log: Path, gate: Gate) -> None:
    """The second time the copy is refused, the others are graded; the next run has only it to do."""
    run = command(course, *UNBOXED, "--jobs", "2")
    for _ in range(2):
        stop = gate.stop()
        os.kill(parent_of(stop.parent), signal.SIGKILL)
        stop.wait_for_its_end()
    status, _, said = ended(run)
    assert status == 1
    assert f"{STOPPED}  " in said
    assert "s'est arrêté deux fois" in said
    assert marks(course) == dict.fromkeys([name for name in CLASS if name != STOPPED], PASSED)
    gate.close()
    before = len(executed(log))
    assert ended(command(course, *UNBOXED))[0] == 0
    assert executed(log)[before:] == [STOPPED]
    assert graded_whole(course)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_warm_parent_costs_no_mark(course: Course, gate: Gate, jobs: str) -> None:
    """After kill -9 of the warm parent the copy is run again by a new one, and has all its marks."""
    run = command(course, *UNBOXED, "--jobs", jobs)
    stop = gate.stop()
    os.kill(stop.parent, signal.SIGKILL)
    stop.wait_for_its_end()
    gate.stop().let_go()
    assert ended(run)[0] == 0
    assert graded_whole(course)


def test_a_copy_whose_warm_parents_die_is_refused_by_name(course: Course, gate: Gate) -> None:
    """A copy is not given less than it earned because something outside kills what runs it."""
    run = command(course, *UNBOXED, "--jobs", "1")
    for _ in range(2):
        stop = gate.stop()
        os.kill(stop.parent, signal.SIGKILL)
        stop.wait_for_its_end()
    status, _, said = ended(run)
    assert (status, "s'est arrêté deux fois" in said) == (1, True)
    assert STOPPED not in marks(course)
    assert len(marks(course)) == len(CLASS) - 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_run_is_finished_by_the_next(course: Course, log: Path, gate: Gate, jobs: str) -> None:
    """After kill -9 in the middle of a batch nothing goes on, and the next run leaves each mark once."""
    run = command(course, *UNBOXED, "--jobs", jobs)
    stop = gate.stop()
    below = list(processes_below(run.pid))
    assert stop.pid in below
    os.kill(run.pid, signal.SIGKILL)
    stop.wait_for_its_end()
    assert ended(run)[0] == -signal.SIGKILL
    found = marks(course)
    assert all(found[student] == PASSED for student in found)
    gate.close()
    assert ended(command(course, *UNBOXED, "--jobs", jobs))[0] == 0
    assert graded_whole(course)
    count = len(executed(log))
    status, out, _ = ended(command(course, *UNBOXED))
    assert (status, out.count('"unchanged"')) == (0, len(CLASS))
    assert len(executed(log)) == count, "a third run has nothing left to do"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_keeps_what_is_finished(course: Course, log: Path, gate: Gate, jobs: str) -> None:
    """Ctrl+C gives status 130 and a sentence, leaves no process, and keeps every copy that was finished."""
    run = command(course, *UNBOXED, "--jobs", jobs)
    stop = gate.stop()
    # As a terminal does: to every process of the group.
    os.killpg(run.pid, signal.SIGINT)
    status, _, said = ended(run)
    assert status == 130, said
    assert "Traceback" not in said
    stop.wait_for_its_end()
    finished = marks(course)
    assert STOPPED not in finished
    # Besides the one at the gate, each other worker may have been in the middle of a copy.
    assert len(set(executed(log)) - {STOPPED} - set(finished)) < int(jobs)
    assert all(cells == PASSED for cells in finished.values())
    before = executed(log)
    gate.close()
    assert ended(command(course, *UNBOXED))[0] == 0
    assert graded_whole(course)
    assert not set(executed(log)[len(before) :]) & set(finished)


def limited(size: int) -> Callable[[], None]:
    """Return what makes a process find that its disk takes no file of more than ``size`` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_for_graded_notebooks_ends_the_run(course: Course, log: Path) -> None:
    """A disk on which no graded notebook fits is named; nothing is written, and the next run does it all."""
    run = command(course, *UNBOXED, preexec_fn=limited(600))
    status, _, said = ended(run)
    assert status == 1
    assert "disque" in said
    assert marks(course) == {}
    assert not list(course.root.rglob("*.part"))
    assert ended(command(course, *UNBOXED))[0] == 0
    assert graded_whole(course)
    assert set(executed(log)) == set(CLASS)


def test_no_room_in_the_gradebook_loses_no_copy(course: Course, log: Path) -> None:
    """A batch that the gradebook cannot take is in the journal: the next run writes it, executing nothing."""
    # Its last pages are beyond what may be written; the journal is not.
    size = (course.root / "gradebook.db").stat().st_size // 2
    status, _, said = ended(command(course, *UNBOXED, preexec_fn=limited(size)))
    assert status == 1
    assert "carnet de notes" in said
    assert marks(course) == {}
    assert journal_path(course.root, "ps").stat().st_size < size
    assert sorted(executed(log)) == CLASS
    status, out, _ = ended(command(course, *UNBOXED))
    assert (status, out.count('"unchanged"')) == (0, len(CLASS))
    assert sorted(executed(log)) == CLASS
    assert graded_whole(course)


FILL = """
set -e
mount -t tmpfs -o size=3m none "$1"
cp -r "$2"/. "$1"
dd if=/dev/zero of="$1/filler" bs=1k count=8000 2>/dev/null || true
status=0
"$3" -m alliances.cli grade ps --course "$1" --no-sandbox || status=$?
rm "$1/filler"
"$3" -m alliances.cli grade ps --course "$1" --no-sandbox
cp -r "$1"/. "$2"
exit $((status + 40))
"""


def test_a_full_disk_is_named_and_the_next_run_finishes(course: Course, log: Path, tmp_path: Path) -> None:
    """On a small file system that is really full the run ends with its name; with room again it finishes."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["unshare", "--mount", "--map-root-user", "--user"]
    if os.geteuid() == 0:
        words = words[:2]
    tried = subprocess.run(
        [*words, "mount", "-t", "tmpfs", "none", str(place)], check=False, capture_output=True
    )
    if tried.returncode:
        pytest.skip(f"needs the right to mount: {tried.stderr.decode().strip()}")
    done = subprocess.run(
        [*words, "sh", "-c", FILL, "sh", str(place), str(course.root), sys.executable],
        capture_output=True, text=True, timeout=180, check=False, env={**os.environ, "ALLIANCES_LANG": "fr"},
    )  # fmt: skip
    assert done.returncode == 41, done.stderr
    assert "plus de place" in done.stderr or "disque est plein" in done.stderr
    assert graded_whole(course)
    assert set(executed(log)) == set(CLASS)


def test_a_gradebook_that_is_held_costs_no_copy(course: Course, log: Path) -> None:
    """Another program's lock ends the run after its patience; the next executes nothing again."""
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault, match="un autre programme tient le carnet de notes"):
        grade(course, patience=0.2)
    other.close()
    assert executed(log) == CLASS
    assert {outcome.state for outcome in grade(course)} == {"unchanged"}
    assert executed(log) == CLASS
    assert graded_whole(course)


def test_what_a_fault_interrupts_keeps_what_was_finished(
    course: Course, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the machine in the middle of a class is told, and the copies before it are kept."""

    def failing(work: Any) -> Any:
        if work.copy.student == STOPPED:
            raise EnvironmentFault("execution.modules_missing", modules="numpy")
        return grade_notebook(work)

    monkeypatch.setattr("alliances_grader.worker.grade_notebook", failing)
    with pytest.raises(EnvironmentFault, match="numpy"):
        grade(course)
    assert list(marks(course)) == CLASS[:4]
    monkeypatch.undo()
    states = {outcome.student: outcome.state for outcome in grade(course)}
    assert [name for name in CLASS if states[name] == "unchanged"] == CLASS[:4]
    assert executed(log) == CLASS


def test_a_server_that_goes_away_costs_no_copy(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """PostgreSQL gone during a run is named; when it is back the next run executes nothing again."""
    folder = tmp_path_factory.mktemp("pg")
    log = tmp_path / "executed"
    with postgres_server(folder) as address, Gate(tmp_path_factory.mktemp("g")) as gate:
        course = make_course(tmp_path / "course", config=f"c.CourseDirectory.db_url = {address!r}\n")
        for student in CLASS[:3]:
            hand_in(course, student, logged(log, student))
        hand_in(course, CLASS[2], logged(log, CLASS[2], gated(gate)))
        run = command(course, *UNBOXED)
        stop = gate.stop()
        words = (folder / "data/postmaster.opts").read_text(encoding="utf-8")
        postmaster = int((folder / "data/postmaster.pid").read_text(encoding="utf-8").split("\n")[0])
        end_server(postmaster)
        stop.let_go()
        status, _, said = ended(run)
        assert status == 1
        assert "carnet de notes" in said
        gate.close()
        with server_again(words, folder):
            outcomes = grade(course, CLASS[:3])
        assert {outcome.state for outcome in outcomes} == {"unchanged"}
        assert [outcome.points for outcome in outcomes] == [2.0] * 3
        assert executed(log) == CLASS[:3]


def end_server(pid: int) -> None:
    """End PostgreSQL at once, and wait for its end."""
    handle = os.pidfd_open(pid)
    try:
        os.kill(pid, signal.SIGQUIT)
        import select

        assert select.select([handle], [], [], 60)[0]
    finally:
        os.close(handle)


class server_again:  # noqa: N801 - used as a context, like a function
    """PostgreSQL started again by the words it was started with."""

    def __init__(self, words: str, folder: Path) -> None:
        self._command = words.strip()
        self._data = folder / "data"

    def __enter__(self) -> None:
        """Start it and wait until it answers."""
        control = next(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), None) or shutil.which("pg_ctl")
        options = self._command.partition(" ")[2].replace('"', "'")
        words = [str(control), "-D", str(self._data), "-l", str(self._data.parent / "log"), "-w", "start"]
        if os.geteuid() == 0:
            words = ["unshare", "--user", "--map-user=1000", "--map-group=1000", *words]
        subprocess.run([*words, "-o", options], check=True, stdout=subprocess.DEVNULL, timeout=60)

    def __exit__(self, *_: object) -> None:
        """Leave it to the fixture that made it."""


def test_the_second_run_on_a_course_is_refused_by_name(course: Course, log: Path, gate: Gate) -> None:
    """While one run is at work another is refused, naming it; with --wait it waits and has nothing to do."""
    first = command(course, *UNBOXED)
    stop = gate.stop()
    status, _, said = ended(command(course, *UNBOXED))
    assert status == 1
    assert f"processus {first.pid}" in said
    patient = command(course, *UNBOXED, "--wait", "120")
    assert patient.stderr is not None
    assert f"processus {first.pid}" in patient.stderr.readline()
    stop.let_go()
    assert ended(first)[0] == 0
    status, out, _ = ended(patient)
    assert (status, out.count('"unchanged"')) == (0, len(CLASS))
    assert sorted(executed(log)) == CLASS
    assert graded_whole(course)


def closed_to_everybody(folder: Path) -> str:
    """Let nobody read the notebook."""
    (folder / "nb.ipynb").chmod(0)
    return "nb.ipynb"


def closed_folder(folder: Path) -> str:
    """Let nobody look into a folder of the copy."""
    (folder / "data").mkdir()
    (folder / "data").chmod(0)
    return "data"


def a_folder_for_a_notebook(folder: Path) -> str:
    """Put a folder where the notebook should be."""
    (folder / "nb.ipynb").unlink()
    (folder / "nb.ipynb").mkdir()
    return "aucun carnet"


def a_link(folder: Path) -> str:
    """Put a link where the notebook should be."""
    (folder / "nb.ipynb").unlink()
    (folder / "nb.ipynb").symlink_to("/etc/passwd")
    return "lien"


def a_pipe(folder: Path) -> str:
    """Put a pipe among the files."""
    os.mkfifo(folder / "pipe")
    return "tube"


def too_deep(folder: Path) -> str:
    """Put folders inside one another, without end."""
    (folder / Path(*["d"] * 60)).mkdir(parents=True)
    return "dossiers"


TROUBLES = [closed_to_everybody, closed_folder, a_folder_for_a_notebook, a_link, a_pipe, too_deep]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: str(trouble.__name__))
def test_a_copy_that_cannot_be_read_is_refused_by_name(
    course: Course, trouble: Callable[[Path], str]
) -> None:
    """It costs that copy; the others are graded, and an earlier mark of it would stay."""
    words = trouble(course.root / "submitted" / STOPPED / "ps")
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("as root, needs setpriv to give up reading everything")
        before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    status, _, said = ended(command(course, *UNBOXED, before=before))
    line = next(line for line in said.split("\n") if STOPPED in line)
    assert status == 1, said
    assert words in line
    assert marks(course) == dict.fromkeys([name for name in CLASS if name != STOPPED], PASSED)


def test_a_copy_that_goes_away_is_refused_by_name(course: Course) -> None:
    """A copy that was there when the class was listed, and no longer when it is read, is named."""
    run = run_class(course, ClassRun({"ps": CLASS}, sandbox="none", jobs=1))
    first = next(run)
    shutil.rmtree(course.root / "submitted" / STOPPED)
    rest = {outcome.student: outcome for outcome in run}
    assert first.state == "graded"
    assert str(rest[STOPPED].reason) == f"Aucune copie de « {STOPPED} » pour « ps »."
    assert len(marks(course)) == len(CLASS) - 1


def test_a_name_that_is_no_text_is_no_hindrance(course: Course) -> None:
    """A file whose name is not UTF-8 goes with its copy into the work folder, and through a worker."""
    folder = course.root / "submitted" / STOPPED / "ps"
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv"))).write_bytes(b"1")
    look = "import os\nassert b'caf\\xe9.csv' in os.listdir(b'.')\n"
    hand_in(course, STOPPED, look + GOOD)
    assert {outcome.state for outcome in grade(course, jobs=2)} == {"graded"}
    assert graded_whole(course)


def test_a_file_in_the_way_of_the_courses_own_is_left_out(course: Course) -> None:
    """A copy's file where the course has a folder, or the other way round, does not cost the copy."""
    (course.root / "source/ps/data").mkdir()
    (course.root / "source/ps/data/table.csv").write_bytes(b"3")
    (course.root / "source/ps/notes").write_bytes(b"course")
    look = "assert open('data/table.csv').read() == '3'\nassert open('notes').read() == 'course'\n"
    hand_in(course, STOPPED, look + GOOD, files={"data": b"a file", "notes/mine": b"a folder"})
    assert grade(course, [STOPPED])[0].state == "graded"
    assert marks(course)[STOPPED] == PASSED


@pytest.mark.parametrize("victim", ["worker", "run"])
def test_in_the_box_too_nothing_is_lost(made: Course, tmp_path: Path, victim: str) -> None:
    """With the sandbox on, after kill -9 of a worker or of the run, the marks are those of a quiet run."""
    if box.level().name == "none":
        pytest.skip("needs a sandbox")
    course = copy_of(made, tmp_path / "course")
    for student in CLASS:
        hand_in(course, student)
    run = command(course, "--jobs", "2")
    assert run.stderr is not None
    # Once one copy is told of, workers are at work on others.
    assert "/9]" in run.stderr.readline()
    workers = [pid for pid in processes_below(run.pid) if parent_of(pid) == run.pid and is_worker(pid)]
    os.kill(workers[0] if victim == "worker" else run.pid, signal.SIGKILL)
    status, _, said = ended(run)
    assert status == (0 if victim == "worker" else -signal.SIGKILL), said
    if victim == "run":
        assert ended(command(course, "--jobs", "2"))[0] == 0
    assert graded_whole(course)


def is_worker(pid: int) -> bool:
    """Say whether a process was started as a worker by multiprocessing."""
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_an_unknown_assignment_is_refused(course: Course) -> None:
    """An assignment that the gradebook does not know is named, and the course is free again afterwards."""
    with pytest.raises(AlliancesError, match="other"):
        list(run_class(course, ClassRun({"other": CLASS})))
    assert not (course.root / ".alliances/grading.lock").exists()
