"""A real kernel in the box: which notebooks need one, what it is kept from, equal results."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from executed import SNIPPETS, comparable, request_of
from run_course import Gate, command, copy_of, course_in, gated, hand_in, make_course, marks, notebook

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import box
from alliances_grader.box_limits import Limits
from alliances_grader.class_asked import ClassRun, Outcome
from alliances_grader.class_run import run_class
from alliances_grader.course_manifest import Course
from alliances_grader.grading_source import recorded_source
from alliances_grader.kernel_box import run_in_boxed_kernel
from alliances_grader.kernel_choice import InstalledKernel, kernel_of
from alliances_grader.kernel_route import run_in_kernel
from alliances_grader.kit import NotebookKit
from alliances_grader.verdicts import CopyRun

pytestmark = pytest.mark.grader
OTHER = "python3-other"
SPEC = {"name": OTHER, "display_name": "Other", "language": "python"}
LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")


def install(folder: Path, name: str = OTHER, **changes: Any) -> None:
    """Install a kernel's specification below a folder of ``JUPYTER_PATH``."""
    place = folder / "kernels" / name
    place.mkdir(parents=True)
    spec = {"argv": [sys.executable, *LAUNCH], "display_name": name, "language": "python"}
    (place / "kernel.json").write_text(json.dumps(spec | {"env": {"OTHER": "yes"}} | changes))


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder where kernels can be installed; the other Python is."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    install(tmp_path / "jupyter")
    return tmp_path / "jupyter"


@pytest.fixture
def boxed(kernels: Path) -> Path:
    """Leave a test out where the level « namespaces » is not to be had; the other Python is installed."""
    if box.level().name != "namespaces":
        pytest.skip("needs the sandbox's level « namespaces »")
    return kernels


def kit_of(kernel: dict[str, str], **metadata: Any) -> NotebookKit:
    source, release = notebook(kernel=kernel), notebook(kernel=kernel)
    for each in (source, release):
        each["metadata"] |= metadata
    return NotebookKit("nb", recorded_source(source, release), release)


def named(name: str, language: str = "") -> dict[str, str]:
    return {"name": name, "display_name": name} | ({"language": language} if language else {})


@pytest.mark.parametrize("name", ["python3", "python", "conda-env-x-py", "venv"])
def test_a_python_that_is_not_installed_is_plain_python(kernels: Path, name: str) -> None:
    """The name of the author's environment is no reason to refuse a course whose language is Python."""
    assert kernel_of(kit_of(named(name, "python"))) is None
    assert kernel_of(kit_of(named(name), language_info={"name": "python"})) is None


@pytest.mark.parametrize("language", ["", "R"])
def test_another_language_has_to_be_installed(kernels: Path, language: str) -> None:
    """A kernel that is neither installed nor known to be Python is named."""
    with pytest.raises(EnvironmentFault, match="« ir » n'est pas installé"):
        kernel_of(kit_of(named("ir", language)))


@pytest.mark.parametrize(
    ("spec", "plain"),
    [
        ({"env": {}}, True),
        ({"env": {}, "argv": ["python", "-Xfrozen_modules=off", *LAUNCH]}, True),
        ({"env": {"A": "b"}}, False),
        ({"env": {}, "argv": ["/opt/other/bin/python", *LAUNCH]}, False),
        ({"env": {}, "argv": [sys.executable, "-m", "another_kernel", "-f", "{connection_file}"]}, False),
        ({"env": {}, "argv": []}, False),
    ],
)
def test_an_installed_kernel_is_another_unless_it_is_this_python(
    kernels: Path, spec: dict[str, Any], plain: bool
) -> None:
    """What ``ipykernel install --name`` leaves is this Python under another name; anything else is not."""
    install(kernels, "mine", **spec)
    found = kernel_of(kit_of(named("mine", "python")))
    assert (found is None) == plain


def boxed_run(
    cells: list[str], tmp_path: Path, files: dict[str, bytes] | None = None, **options: Any
) -> CopyRun:
    limits = options.pop("limits", Limits())
    kernel = InstalledKernel(OTHER, (sys.executable, *LAUNCH), {"OTHER": "yes"})
    return run_in_boxed_kernel(request_of(cells, tmp_path / "c", **options), kernel, files or {}, limits)


@pytest.fixture
def own_temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder for this test's temporary files, open to the box's account; others run beside it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


KEPT_FROM = {
    "the network": ("import socket\nsocket.create_connection(('192.0.2.1', 80), 1)", "OSError"),
    "a port": ("import socket\nsocket.socket().bind(('127.0.0.1', 0))", "OSError"),
    "the trainer's files": (f"open({__file__!r})", "PermissionError FileNotFoundError"),
    "the root's files": ("import os\nos.listdir('/root')", "PermissionError FileNotFoundError"),
    "writing to the system": ("open('/usr/x', 'w')", "OSError PermissionError"),
    "new namespaces": ("import ctypes\nassert not ctypes.CDLL(None).unshare(1 << 28)", "AssertionError"),
    "a device": ("import os\nos.mknod('x', 0o60600, os.makedev(8, 0))", "PermissionError"),
    "another's memory": ("import os\nopen('/proc/1/mem', 'rb')", "PermissionError"),
    "a large file": ("open('x', 'wb').write(bytes(200_000_000))", "OSError"),
}  # fmt: skip


def test_what_a_boxed_kernel_is_kept_from(boxed: Path, tmp_path: Path) -> None:
    """Each of these fails in the learner's code, and none ends the copy."""
    cells = [program for program, _ in KEPT_FROM.values()]
    run = boxed_run([*cells, "'still here'"], tmp_path)
    assert run.ended == ""
    for (name, (_, expected)), cell in zip(KEPT_FROM.items(), run.cells, strict=False):
        errors = [output["ename"] for output in cell.outputs if output["output_type"] == "error"]
        assert errors, name
        assert errors[0] in expected, name
    assert run.cells[-1].outputs[0]["data"]["text/plain"] == "'still here'"


def test_what_a_boxed_kernel_finds(boxed: Path, tmp_path: Path, own_temporary: Path) -> None:
    """Its folder holds the copy's files only, its environment what its kernel asks for; it has no right."""
    look = (
        "import os\nrights = [line.split()[1] for line in open('/proc/self/status') if line.startswith"
        "(('CapEff', 'NoNewPrivs', 'Seccomp:'))]\n"
        "sorted(os.listdir()), open('a/b.txt').read(), os.environ['OTHER'], 'SECRET' in os.environ, rights"
    )
    run = boxed_run([look], tmp_path, {"a/b.txt": b"there"})
    (output,) = run.cells[0].outputs
    assert output["data"]["text/plain"] == "(['a'], 'there', 'yes', False, ['0000000000000000', '1', '2'])"
    assert run.cpu_seconds > 0
    assert run.peak_bytes > 10_000_000
    assert list(own_temporary.iterdir()) == []


ENDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "memory": ("kept = bytearray(400_000_000)\nwhile True: pass", {"memory_bytes": 300_000_000}, "memory ok"),
    "processor": ("while True: pass", {"cpu_seconds": 4.0}, "cpu"),
    "clock": ("import time\ntime.sleep(60)", {"wall_seconds": 6.0}, "wall"),
    "output": ("while True: print('x' * 10_000)", {"output_bytes": 2_000_000}, "output"),
    "disk": (
        "for n in range(8): open(f'f{n}', 'wb').write(bytes(5_000_000))\nimport time\ntime.sleep(60)",
        {"disk_bytes": 20_000_000},
        "disk",
    ),
    "itself": ("import os\nos._exit(3)", {}, "crash"),
}


@pytest.mark.parametrize("name", [name for name in ENDS if name != "memory"])
def test_a_copy_that_passes_a_limit_is_ended(boxed: Path, tmp_path: Path, name: str) -> None:
    """The limits are measured from outside; the end has their name, and the next cell did not run."""
    program, limits, ended = ENDS[name]
    run = boxed_run(["1", program, "2"], tmp_path, limits=Limits(**limits))
    assert run.ended == ended
    assert [cell.status for cell in run.cells] == ["ok", "killed", "not_run"]


def test_a_copy_that_wants_too_much_memory_does_not_get_it(boxed: Path, tmp_path: Path) -> None:
    """What is beyond the limit is refused in the learner's code, or ends the copy by its name."""
    program, limits, _ = ENDS["memory"]
    run = boxed_run([program], tmp_path, limits=Limits(**limits))
    errors = [output.get("ename") for output in run.cells[0].outputs]
    assert run.ended == "memory" or errors == ["MemoryError"]


def test_a_cell_too_long_is_interrupted(boxed: Path, tmp_path: Path) -> None:
    """The interrupt reaches the kernel inside the box, and the copy goes on."""
    run = boxed_run(["while True: pass", "1"], tmp_path, cell_seconds=1)
    assert [cell.status for cell in run.cells] == ["timeout", "ok"]
    assert [one["ename"] for one in run.cells[0].outputs] == ["KeyboardInterrupt", "CellTimeoutError"]


# What is written to a descriptor is read by a thread of ipykernel's, now and then after the cell's end.
_BY_A_THREAD = {"descriptor_output", "subprocess_output"}


def test_results_are_those_outside_the_box(boxed: Path, tmp_path: Path) -> None:
    """On the corpus that proves the two routes equal, the box changes no status, count or output."""
    corpus = [snippet for snippet in SNIPPETS if not snippet.alone and snippet.name not in _BY_A_THREAD]
    cells = [cell for snippet in corpus for cell in snippet.cells]
    inside = comparable(boxed_run(cells, tmp_path))
    outside = comparable(run_in_kernel(request_of(cells, tmp_path / "d")))
    assert [
        (cells[place], inside[place], other) for place, other in enumerate(outside) if inside[place] != other
    ] == []


@pytest.fixture(scope="module")
def other_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course that asks for the other Python."""
    return make_course(tmp_path_factory.mktemp("made") / "course", kernel=SPEC)


def grade(course: Course, **options: Any) -> list[Outcome]:
    students = [path.name for path in sorted((course.root / "submitted").iterdir())]
    return list(run_class(course, ClassRun({"ps": students}, jobs=1, **options)))


LOOK = "import os\nassert os.environ['OTHER'] == 'yes'\ndef total(numbers):\n    return sum(numbers)"


@pytest.mark.parametrize("sandbox", ["namespaces", "none"])
def test_a_course_with_another_kernel_is_graded(
    boxed: Path, other_course: Course, tmp_path: Path, kernels: Path, sandbox: Any
) -> None:
    """Copies run in the kernel that the course names, good ones and bad ones, in the box and without."""
    course = copy_of(other_course, tmp_path / "course")
    hand_in(course, "ada", LOOK)
    hand_in(course, "bob", "total = len")
    hand_in(course, "eva", "import os\nos._exit(0)")
    assert [item.points for item in grade(course, sandbox=sandbox)] == [2.0, 0.0, 0.0]
    assert {name: cells["test"][0] for name, cells in marks(course).items()} == {
        "ada": 2.0, "bob": 0.0, "eva": 0.0,
    }  # fmt: skip


def test_landlock_alone_does_not_hold_a_kernel(other_course: Course, tmp_path: Path, kernels: Path) -> None:
    """At that level each copy is refused, the kernel named and what to do said."""
    course = copy_of(other_course, tmp_path / "course")
    hand_in(course, "ada")
    (outcome,) = grade(course, sandbox="landlock")
    assert "« python3-other »" in str(outcome.reason)
    assert "namespaces" in str(outcome.reason)


def test_a_kernel_that_never_starts_is_the_machines_fault(
    other_course: Course, tmp_path: Path, kernels: Path
) -> None:
    """The run ends by one message instead of refusing the class copy by copy."""
    install(kernels, "broken", argv=[sys.executable, "-c", "raise SystemExit('no luck')"])
    course = course_in(copy_of(other_course, tmp_path / "course").root)
    for step in ("source", "release"):
        path = course.root / step / "ps/nb.ipynb"
        path.write_text(path.read_text(encoding="utf-8").replace(OTHER, "broken"), encoding="utf-8")
    hand_in(course, "ada")
    with pytest.raises(EnvironmentFault, match=r"même sans copie.*no luck"):
        grade(course, sandbox="none")


def test_a_copy_whose_files_keep_the_kernel_from_starting_is_refused(
    boxed: Path, other_course: Course, tmp_path: Path, kernels: Path
) -> None:
    """A file that stands in the way of the kernel's own modules costs that copy, not the class."""
    course = copy_of(other_course, tmp_path / "course")
    hand_in(course, "ada", LOOK, files={"ipykernel_launcher.py": b"raise SystemExit('taken')"})
    hand_in(course, "bob", LOOK)
    ada, bob = grade(course, sandbox="namespaces")
    assert (ada.state, bob.points) == ("refused", 2.0)
    assert isinstance(ada.reason, AlliancesError)
    assert ada.reason.key == "execution.kernel_failed"


def test_an_interrupt_ends_the_run_and_not_a_mark(
    other_course: Course, tmp_path: Path, kernels: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ctrl+C while a kernel runs a copy ends both with status 130; the copy loses no mark by it."""
    course = copy_of(other_course, tmp_path / "course")
    with Gate(tmp_path_factory.mktemp("g")) as gate:
        hand_in(course, "ada", gated(gate))
        run = command(course, "--no-sandbox")
        stop = gate.stop()
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130, said
        stop.wait_for_its_end()
    assert marks(course) == {}
