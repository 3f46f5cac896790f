"""Attacks that are no copy by themselves: files in a folder, changes meanwhile, a noisy neighbour."""

from __future__ import annotations

import ast
import multiprocessing
import os
import socket
from pathlib import Path

import pytest
from escape_corpus.attack import ALL, cheats
from escape_course import ASSIGNMENT, as_bytes, honest
from escape_grading import graded_in

import alliances_grader
from alliances.errors import AlliancesError
from alliances_grader import box
from alliances_grader.copies import read_copy

HONEST = {"escape.ipynb": as_bytes(honest())}
HOLD = (
    "import threading\ndef spin():\n    while True: pass\n"
    "for _ in range(4): threading.Thread(target=spin, daemon=True).start()\nwhile True: pass"
)


def _submitted(root: Path) -> Path:
    folder = root / "submitted" / "mallory" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "escape.ipynb").write_bytes(HONEST["escape.ipynb"])
    return folder


def _symlink(folder: Path) -> None:
    (folder / "data.csv").symlink_to("/etc/passwd")


def _linked_notebook(folder: Path) -> None:
    (folder / "escape.ipynb").unlink()
    (folder / "escape.ipynb").symlink_to("/etc/passwd")


def _linked_folder(folder: Path) -> None:
    (folder / "sub").symlink_to(folder.parent.parent)


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "data.csv")


def _socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("x.sock")
    finally:
        os.chdir(here)


@pytest.mark.parametrize("plant", [_symlink, _linked_notebook, _linked_folder, _fifo, _socket])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, plant) -> None:
    """B21: a link, a pipe or a socket in a copy's folder is named and never opened."""
    plant(_submitted(tmp_path))
    with pytest.raises(AlliancesError, match=r"data\.csv|escape\.ipynb|sub|x\.sock"):
        read_copy(tmp_path, "mallory", ASSIGNMENT)


def test_a_copys_own_folder_may_not_be_a_link(tmp_path: Path) -> None:
    """B21: another learner's folder under one's own name is no copy."""
    folder = _submitted(tmp_path)
    other = tmp_path / "submitted" / "other"
    other.mkdir()
    (other / ASSIGNMENT).symlink_to(folder)
    with pytest.raises(AlliancesError, match="other"):
        read_copy(tmp_path, "other", ASSIGNMENT)


def test_a_copy_is_graded_as_it_was_read(tmp_path: Path) -> None:
    """B25: what changes in the folder afterwards changes neither the bytes that are graded nor their hash."""
    folder = _submitted(tmp_path)
    copy = read_copy(tmp_path, "mallory", ASSIGNMENT)
    before = copy.fingerprint
    (folder / "escape.ipynb").write_bytes(b"{}")
    assert (copy.files, copy.fingerprint) == (HONEST, before)
    assert read_copy(tmp_path, "mallory", ASSIGNMENT).fingerprint != before


def test_caches_and_checkpoints_are_no_part_of_a_copy(tmp_path: Path) -> None:
    """A22: compiled modules that were handed in are not read at all."""
    folder = _submitted(tmp_path)
    for name in ("__pycache__", ".ipynb_checkpoints"):
        (folder / name).mkdir()
        (folder / name / "numpy.cpython-311.pyc").write_bytes(b"x")
    assert set(read_copy(tmp_path, "mallory", ASSIGNMENT).files) == {"escape.ipynb"}


def test_nothing_is_ever_unpickled() -> None:
    """C29, B18: no module of the engine imports pickle or one of its kin."""
    for path in Path(alliances_grader.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            names.append(getattr(node, "module", None) or "")
            found = {name.partition(".")[0] for name in names} & {
                "pickle",
                "dill",
                "cloudpickle",
                "marshal",
                "shelve",
                "joblib",
            }
            assert not found, f"{path.name}: {found}"


def _grade_hostile(level: str, started, stop) -> None:
    with graded_in(level) as grading:
        grading.copy(HONEST)
        started.set()
        while not stop.is_set():
            grading.copy(
                cheats(HOLD)(honest()), "mallory", cell_seconds=1.0, copy_seconds=2.0, cpu_seconds=2.0
            )


@pytest.mark.grader
def test_a_noisy_neighbour_costs_nobody_a_mark() -> None:
    """E4: while two other workers run copies that take every processor, an honest copy gets its points."""
    level = box.level().name
    if level == "none":
        pytest.skip("no sandbox holds: alliances sandbox check")
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    signs = [context.Event() for _ in range(2)]
    noisy = [context.Process(target=_grade_hostile, args=(level, sign, stop)) for sign in signs]
    for process in noisy:
        process.start()
    try:
        assert all(sign.wait(120) for sign in signs)
        with graded_in(level) as grading:
            for _ in range(5):
                result = grading.copy(HONEST)
                assert (result.points, result.keys, result.ended) == (ALL, set(), "")
    finally:
        stop.set()
        for process in noisy:
            process.join(60)
    assert [process.exitcode for process in noisy] == [0, 0]
