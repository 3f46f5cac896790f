"""One grading run a course: the second waits or refuses by name, a dead one is no hindrance."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.run_lock import LOCK_PLACE, RunLock

HOLD = """
import sys
from pathlib import Path
from alliances_grader.run_lock import RunLock
RunLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""

RACE = """
import os, sys, time
from pathlib import Path
from alliances.errors import AlliancesError
from alliances_grader.run_lock import RunLock
root, gate = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
wins = 0
for _ in range(100):
    try:
        with RunLock(root).acquire():
            # Made exclusively: it would fail if another process were in here too.
            os.close(os.open(gate, os.O_CREAT | os.O_EXCL))
            time.sleep(0.001)
            gate.unlink()
            wins += 1
    except AlliancesError as error:
        assert error.key == "grading_run.busy", error
print(wins)
"""


def start(program: str, *words: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def holder(root: Path) -> subprocess.Popen[str]:
    process = start(HOLD, root)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def named(root: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / LOCK_PLACE).read_bytes())
    return found


def leave_behind(root: Path, **changes: object) -> Path:
    """Leave a lock file as a run that died would."""
    with RunLock(root).acquire():
        content = named(root) | changes
    path = root / LOCK_PLACE
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_lock_names_its_holder_and_goes_away(tmp_path: Path) -> None:
    """While it is held the file says process, host and since when; afterwards there is no file."""
    with RunLock(tmp_path).acquire():
        found = named(tmp_path)
        assert (found["pid"], found["host"]) == (os.getpid(), socket.gethostname())
        assert str(found["since"]).startswith("20")
    assert not (tmp_path / LOCK_PLACE).exists()


def test_a_second_run_is_refused_by_name(tmp_path: Path) -> None:
    """The refusal names the process and host of the first run, in both languages, and takes nothing away."""
    process = holder(tmp_path)
    try:
        with pytest.raises(
            AlliancesError, match=f"processus {process.pid} sur {socket.gethostname()}"
        ) as caught:
            RunLock(tmp_path).acquire()
        assert f"process {process.pid} on" in caught.value.in_language("en")
        assert named(tmp_path)["pid"] == process.pid
    finally:
        end(process)


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    """Waiting is announced once, by name, and ends when the first run ends."""
    process = holder(tmp_path)
    assert process.stdout is not None
    said: list[str] = []

    def tell(sentence: str) -> None:
        said.append(sentence)
        assert process.stdin is not None
        process.stdin.close()

    with RunLock(tmp_path).acquire(wait=60, tell=tell):
        assert named(tmp_path)["pid"] == os.getpid()
    assert len(said) == 1
    assert f"processus {process.pid}" in said[0]
    assert process.wait() == 0
    process.stdout.close()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    """After the time that was given the second run is refused as if it had not waited."""
    with RunLock(tmp_path).acquire():
        began = time.monotonic()
        with pytest.raises(AlliancesError, match="est en cours"):
            RunLock(tmp_path).acquire(wait=0.3)
        assert time.monotonic() - began >= 0.3


def test_the_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    """After kill -9 the file is left behind; the next run takes it over without asking."""
    process = holder(tmp_path)
    end(process)
    assert named(tmp_path)["pid"] == process.pid
    with RunLock(tmp_path).acquire():
        assert named(tmp_path)["pid"] == os.getpid()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\0" * 50], ids=repr)
def test_an_unreadable_lock_file_is_taken_over(tmp_path: Path, content: bytes) -> None:
    """A run that died while it made the file, or a disk that lost its text, hinders nobody."""
    path = leave_behind(tmp_path)
    path.write_bytes(content)
    with RunLock(tmp_path).acquire():
        assert named(tmp_path)["pid"] == os.getpid()


def test_a_lock_from_another_machine_is_never_broken(tmp_path: Path) -> None:
    """Where nothing tells whether that run goes on, a person is told which file to delete."""
    path = leave_behind(tmp_path, host="salle-12", boot="another", pid=4242)
    with pytest.raises(AlliancesError, match="processus 4242 sur salle-12") as caught:
        RunLock(tmp_path).acquire(wait=5)
    assert str(path) in str(caught.value)
    assert named(tmp_path)["host"] == "salle-12"


@pytest.mark.parametrize(
    "changes", [{"boot": "before the restart"}, {"host": "another container"}], ids=["restart", "container"]
)
def test_a_dead_run_of_this_machine_is_known(tmp_path: Path, changes: dict[str, str]) -> None:
    """The same host after a restart, or another container under the same kernel, is this machine."""
    if "host" in changes and not named_boot():
        pytest.skip("this system has no boot id")
    leave_behind(tmp_path, **changes)
    with RunLock(tmp_path).acquire():
        assert named(tmp_path)["pid"] == os.getpid()


def named_boot() -> bool:
    return Path("/proc/sys/kernel/random/boot_id").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_worker_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A worker that outlives its run neither holds the lock nor removes it by ending."""
    lock = RunLock(tmp_path).acquire()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        # The worker: gives back what it thinks it has, then waits to be ended.
        lock.release()
        os.write(write, b"x")
        signal.pause()
        os._exit(0)
    try:
        assert os.read(read, 1) == b"x"
        with pytest.raises(AlliancesError, match="est en cours"):
            RunLock(tmp_path).acquire()
        lock.release()
        with RunLock(tmp_path).acquire():
            assert named(tmp_path)["pid"] == os.getpid()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)


def test_of_many_runs_at_once_one_is_in(tmp_path: Path) -> None:
    """Four processes that take and give the lock all the time are never two inside."""
    processes = [start(RACE, tmp_path, tmp_path / "inside") for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sum(map(int, answers)) > 0
    assert not (tmp_path / LOCK_PLACE).exists()


def test_a_course_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """A file where the folder should be is said in words."""
    (tmp_path / ".alliances").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        RunLock(tmp_path).acquire()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A lock file that is a link to somewhere else is not written through."""
    target = tmp_path / "target"
    target.write_text("mine", encoding="utf-8")
    (tmp_path / ".alliances").mkdir()
    (tmp_path / LOCK_PLACE).symlink_to(target)
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        RunLock(tmp_path).acquire()
    assert target.read_text(encoding="utf-8") == "mine"


def test_without_file_locks_a_lock_left_behind_needs_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without flock the making of the file decides; one that is there is never broken."""
    from alliances_grader import run_lock

    monkeypatch.setattr(run_lock, "_flock", lambda handle: None)
    with (
        RunLock(tmp_path).acquire(),
        pytest.raises(AlliancesError, match="Ce disque ne sait pas dire si elle continue"),
    ):
        RunLock(tmp_path).acquire()
    assert not (tmp_path / LOCK_PLACE).exists()
