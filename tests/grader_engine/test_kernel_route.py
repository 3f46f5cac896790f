"""The real-kernel route: what it says of copies that hang, die or ask for a kernel that is not there."""

from __future__ import annotations

import sys

import pytest
from executed import request_of

from alliances.errors import EnvironmentFault
from alliances_grader.kernel_route import Held, run_in_kernel
from alliances_grader.shell_inputs import CellSource

pytestmark = pytest.mark.grader


def test_an_unknown_kernel_is_named(tmp_path):
    """A kernel that is not installed is refused by name."""
    with pytest.raises(EnvironmentFault, match="no-such-kernel"):
        run_in_kernel(request_of(["1"], tmp_path / "c"), "no-such-kernel")


def test_a_dead_kernel_ends_the_copy(tmp_path):
    """The cell that killed the kernel is marked so, and the rest did not run."""
    run = run_in_kernel(request_of(["1", "import os\nos._exit(0)", "2"], tmp_path / "c"))
    assert (run.ended, [cell.status for cell in run.cells]) == ("crash", ["ok", "killed", "not_run"])


def test_a_cell_too_long_is_interrupted_and_the_next_ones_run(tmp_path):
    """As under nbgrader: the interrupt and the timeout are recorded, and the copy goes on."""
    run = run_in_kernel(request_of(["while True: pass", "1"], tmp_path / "c", cell_seconds=1))
    assert [cell.status for cell in run.cells] == ["timeout", "ok"]
    assert [one["ename"] for one in run.cells[0].outputs] == ["KeyboardInterrupt", "CellTimeoutError"]


class Named(Held):
    """Starts the kernel through another command."""

    def __init__(self) -> None:
        self.seen: list[tuple[list[str], bool]] = []

    def command(self, command, folder):
        """Add a variable to the kernel's environment."""
        self.seen.append((list(command), folder.is_dir()))
        return ["/usr/bin/env", "BOXED=yes", *command]


def test_the_command_goes_through_the_box(tmp_path):
    """The kernel starts by the command that whoever holds it gives, with a folder for its sockets."""
    held = Named()
    run = run_in_kernel(request_of(["import os\nos.environ['BOXED']"], tmp_path / "c"), held=held)
    assert run.cells[0].outputs[0]["data"]["text/plain"] == "'yes'"
    ((command, existed),) = held.seen
    assert existed
    assert command[0] == sys.executable


def test_cells_left_out_are_skipped(tmp_path):
    """A cell to skip and a blank one show nothing and are not counted."""
    cells = [CellSource(0, "a", "1", skip=True), CellSource(1, "b", " "), CellSource(2, "c", "2")]
    run = run_in_kernel(request_of(cells, tmp_path / "c"))
    assert [(cell.status, cell.execution_count) for cell in run.cells] == [
        ("skipped", None),
        ("skipped", None),
        ("ok", 1),
    ]
