"""Opening a box, its limits, its measuring from outside, and its control group."""

# Programs in strings.
# ruff: noqa: E501

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliances.errors import EnvironmentFault
from alliances_grader import box, box_linux, box_uid
from alliances_grader.box_cgroup import ControlGroup, open_control_group
from alliances_grader.box_inside import NotInABox, enter
from alliances_grader.box_limits import Limits
from alliances_grader.box_start import FAILED, MARK, _barrier, _wanted
from alliances_grader.box_watch import Watch, end_processes_of, warm_parent_of

pytestmark = pytest.mark.skipif(not box_linux.is_linux(), reason="boxes need Linux")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change its uid")


@pytest.mark.parametrize("name", Limits().as_json())
@pytest.mark.parametrize("value", [0, -1])
def test_limits_are_above_zero(name: str, value: int) -> None:
    """A limit that would let nothing run is refused by name."""
    with pytest.raises(ValueError, match=f"{name} must be above 0"):
        Limits(**{name: value})


def test_limits_travel_as_json() -> None:
    """Limits survive a message; an unknown field is refused."""
    limits = Limits(cpu_seconds=1.5, processes=3)
    assert Limits.from_json(limits.as_json()) == limits
    with pytest.raises(TypeError, match="unknown"):
        Limits.from_json({"unknown": 1})


def test_enter_refuses_outside_a_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was not started through wrap cannot enter: nothing runs unboxed by accident."""
    monkeypatch.delenv("ALLIANCES_BOX", raising=False)
    with pytest.raises(NotInABox, match="wrap"):
        enter(Limits(), tmp_path)


@pytest.fixture(params=box.LEVELS)
def opened(request: pytest.FixtureRequest) -> Iterator[box.Box]:
    """A box of each level."""
    with box.open_box(request.param) as made:
        yield made


def test_files_of_a_copy(opened: box.Box) -> None:
    """A copy's files are in its own folder, whose owner is the box's uid."""
    folder = opened.folder({"answer.py": b"x", "data/cases.csv": b"y"})
    assert (folder / "data" / "cases.csv").read_bytes() == b"y"
    expected = os.geteuid() if opened.uid is None else opened.uid
    assert {path.stat().st_uid for path in (folder, *folder.rglob("*"))} == {expected}
    opened.remove(folder)
    assert list(opened.root.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "."])
def test_files_stay_in_the_folder(opened: box.Box, name: str) -> None:
    """A file name that leaves the folder of the copy is refused."""
    with pytest.raises(ValueError, match="leaves the folder"):
        opened.folder({name: b"x"})


def test_only_folders_of_the_box_are_removed(opened: box.Box, tmp_path: Path) -> None:
    """Removing takes a folder of this box only."""
    with pytest.raises(ValueError, match="not a folder of this box"):
        opened.remove(tmp_path)
    assert tmp_path.is_dir()


def test_deep_trees_are_removed(opened: box.Box) -> None:
    """A tree nested deeper than names and recursion reach is removed whole, closed folders included."""
    folder = opened.folder()
    code = """
import os
for _ in range(1200):
    os.mkdir("folder")
    os.chdir("folder")
os.chmod(".", 0)
"""
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    opened.remove(folder)
    assert not folder.exists()


@AS_ROOT
def test_closed_data_is_named(opened: box.Box, tmp_path: Path) -> None:
    """As root, data that the box's uid could not read are named before anything starts."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EnvironmentFault, match=r"(?s)closed.*chmod"):
        box.wrap([sys.executable], readable=[closed], writable=opened.root, level=opened.level)


@AS_ROOT
def test_uids_are_high_and_never_shared() -> None:
    """Each box has a uid of its own, far above what systems give away."""
    boxes = [box.open_box("landlock") for _ in range(3)]
    uids = {each.uid for each in boxes}
    for each in boxes:
        each.close()
    assert len(uids) == 3
    assert all(uid is not None and uid >= box_uid._HIGH_UID for uid in uids)


def test_uid_within_a_small_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container that maps 65,536 uids, the chosen one is among them and nobody's."""
    import pwd

    monkeypatch.setattr(box_uid, "_uid_map", lambda: (0, 65_536))
    uid = box_uid.free_uid()
    assert 0 < uid < 65_535
    assert uid not in {entry.pw_uid for entry in pwd.getpwall()}


def test_no_other_uid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The root of a container that maps one uid has none to go to, and says so."""
    monkeypatch.setattr(box_uid, "_uid_map", lambda: (0, 1))
    assert not box_uid.can_change_uid()


def test_readable_keeps_the_widest() -> None:
    """What lies in a tree that is readable already is not listed again."""
    paths = box.system_readable([Path(sys.prefix) / "lib", Path(__file__)])
    assert Path(sys.prefix) / "lib" not in paths
    assert Path(__file__) in paths
    assert Path("/etc/passwd") not in paths
    assert Path("/etc") not in paths


def test_environment_is_the_boxs_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this process's environment is handed on, in no form."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    command = box.wrap([sys.executable], readable=[], writable=tmp_path, level="landlock")
    assert not any("very-secret" in word for word in command)
    assert set(box._environment(tmp_path, {"X": "1"})) >= {"PATH", "HOME", "X", "OPENBLAS_NUM_THREADS"}


def test_a_box_that_cannot_be_built_starts_nothing(opened: box.Box) -> None:
    """A command that is not there ends with one marked line or bubblewrap's own, never with a run."""
    done = subprocess.run(opened.wrap(["/nowhere/python"]), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    if opened.level == "landlock":
        assert done.returncode == FAILED
        assert done.stderr.startswith(MARK)


def test_missing_bubblewrap_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without bubblewrap, the level of namespaces starts nothing and names what is missing."""
    monkeypatch.setattr(box, "bubblewrap", lambda: None)
    tmp_path.chmod(0o755)
    command = box.wrap(
        [sys.executable, "-c", "print('ran')"], readable=[], writable=tmp_path, level="namespaces"
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "bubblewrap: missing" in done.stderr


def test_barriers(tmp_path: Path) -> None:
    """The first closed folder on the way to a path is found, and each stop of a chain of links."""
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    (closed / "python").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(closed / "python")
    assert _barrier(tmp_path / "x") in {None, *tmp_path.parents}
    assert closed / "python" in _wanted([link])
    assert tmp_path in _wanted([link])
    closed.chmod(0o700)
    way = [folder for folder in reversed((closed / "python").parents) if not folder.stat().st_mode & 1]
    assert _barrier(closed / "python") == way[0]


@pytest.fixture
def family() -> Iterator[subprocess.Popen[str]]:
    """A stand-in for a warm parent: it starts a keeper, which starts what the test says."""
    code = """
import os, sys
child = os.fork()
if child == 0:
    if os.fork() == 0:
        exec(sys.stdin.read())
    os.wait()
    os._exit(0)
print("started", flush=True)
os.wait()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _watched(process: subprocess.Popen[str], code: str, limits: Limits, patience: float = 20) -> Watch:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    watch = Watch(process.pid, limits)
    process.stdin.write(code)
    process.stdin.close()
    until = time.monotonic() + patience
    while (named := watch.check()) is None and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    watch.named = named  # type: ignore[attr-defined]
    watch.end()
    return watch


@pytest.mark.parametrize(
    ("code", "limits", "named"),
    [
        ("while True: pass", Limits(cpu_seconds=0.3), "cpu"),
        ("import time; time.sleep(60)", Limits(wall_seconds=0.3), "wall"),
        ("import time; x = bytearray(64 << 20); time.sleep(60)", Limits(memory_bytes=32 << 20), "memory"),
        (
            "import os, time\nfor _ in range(9):\n    if os.fork() == 0: break\ntime.sleep(60)",
            Limits(processes=4),
            "processes",
        ),
    ],
)
def test_limits_are_named_and_end_the_copy(
    family: subprocess.Popen[str], code: str, limits: Limits, named: str
) -> None:
    """A limit that is passed is named, every process of the copy ends, and the warm parent lives on to see it."""
    watch = _watched(family, code, limits)
    assert watch.named == named
    assert family.wait(10) == 0


def test_memory_counts_what_was_added(family: subprocess.Popen[str]) -> None:
    """Memory shared with the warm parent does not count, memory shared by two learner processes counts once."""
    code = "import os, time\nx = bytearray(os.urandom(40 << 20))\nos.fork(); os.fork()\ntime.sleep(0.5)\nos._exit(0)"
    watch = _watched(family, code, Limits(memory_bytes=80 << 20), patience=2)
    assert watch.named is None
    assert watch.usage().peak_bytes >= 40 << 20


def test_output_is_counted() -> None:
    """Bytes told to the watcher count towards the limit of output."""
    # What this process has started before is not what is measured here.
    ample = Limits(output_bytes=10, processes=10**6, memory_bytes=1 << 50, cpu_seconds=10**6)
    watch = Watch(os.getpid(), ample)
    watch.add_output(10)
    assert watch.check() is None
    watch.add_output(1)
    assert watch.check() == "output"
    assert watch.usage().output_bytes == 11


def test_pids_are_translated() -> None:
    """A process is found by the number that it calls its own."""
    assert warm_parent_of(os.getpid(), os.getpid()) == os.getpid()
    assert warm_parent_of(os.getpid(), 4_194_303) is None


@AS_ROOT
def test_processes_of_a_uid_end() -> None:
    """Closing a box ends whatever its uid still runs, daemons included."""
    uid = box_uid.free_uid()
    started = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 60 & setsid sleep 61 & echo ready; wait"],
        user=uid,
        group=uid,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    assert started.stdout is not None
    started.stdout.readline()
    assert end_processes_of(uid) >= 2
    assert started.wait(10) == -signal.SIGKILL
    started.stdout.close()
    assert end_processes_of(uid) == 0


def _made_up(folder: Path) -> tuple[Path, Path]:
    (folder / "mine").mkdir()
    mounts = folder / "mounts"
    mounts.write_text(f"cgroup2 {folder} cgroup2 rw 0 0\n", encoding="ascii")
    membership = folder / "membership"
    membership.write_text("3:cpuset:/\n0::/mine\n", encoding="ascii")
    return mounts, membership


def test_control_group_figures(tmp_path: Path) -> None:
    """A group holds what its controllers can hold, and reads what the kernel writes."""
    group = open_control_group(*_made_up(tmp_path))
    assert group is not None
    assert group.path.parent == tmp_path
    for name, content in {
        "memory.current": "1000\n", "memory.max": "max\n", "pids.current": "2\n", "pids.max": "max\n",
        "cpu.stat": "usage_usec 2500000\nuser_usec 1\n", "memory.events": "low 0\noom_kill 3\n", "cgroup.kill": "",
    }.items():  # fmt: skip
        (group.path / name).write_text(content, encoding="ascii")
    group.hold(Limits(memory_bytes=1 << 20, disk_bytes=1 << 20, processes=4))
    assert int((group.path / "memory.max").read_text(encoding="ascii")) == 1000 + (66 << 20)
    assert int((group.path / "pids.max").read_text(encoding="ascii")) == 2 + 4 + 8
    assert group.cpu_seconds() == 2.5
    assert group.memory_kills() == 3
    assert group.end()
    assert not (group.path / "memory.swap.max").exists()


def test_no_control_group(tmp_path: Path) -> None:
    """Where version 2 is not mounted or refuses, there is no group, and nothing fails."""
    nothing = tmp_path / "none"
    nothing.write_text("proc /proc proc rw 0 0\n", encoding="ascii")
    assert open_control_group(nothing, nothing) is None
    assert ControlGroup(tmp_path).cpu_seconds() is None
    assert ControlGroup(tmp_path).memory_kills() == 0
    assert not ControlGroup(tmp_path).end()


def test_control_group_for_real() -> None:
    """Where this machine gives a group, a process in it is timed and ended, and the group goes."""
    group = open_control_group()
    if group is None:
        pytest.skip("this machine gives no control group of version 2")
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        (group.path / "cgroup.procs").write_text(str(process.pid), encoding="ascii")
        until = time.monotonic() + 10
        while (group.cpu_seconds() or 0) < 0.05 and time.monotonic() < until:
            time.sleep(0.01)
        assert (group.cpu_seconds() or 0) >= 0.05
        assert group.end()
        assert process.wait(10) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        group.remove()
    assert not group.path.exists()
