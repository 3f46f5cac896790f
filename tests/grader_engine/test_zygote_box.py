"""The warm parent inside its box: copies run as outside it, and what the box holds back ends under a name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from executed import request_of

from alliances_grader import box
from alliances_grader.box_limits import Limits
from alliances_grader.box_namespaces import bubblewrap
from alliances_grader.probe_split import split_test
from alliances_grader.shell_inputs import CellSource
from alliances_grader.zygote_client import boxed_client

LEVELS = ("namespaces", "landlock")


@pytest.fixture(scope="module", params=LEVELS)
def boxed(request):
    if box.level().name == "none":
        pytest.skip("no level of the sandbox holds on this machine: alliances sandbox check")
    if request.param == "namespaces" and bubblewrap() is None:
        pytest.skip("the level « namespaces » needs bubblewrap, which is not installed here")
    with box.open_box(request.param) as opened, boxed_client(opened, ["numpy", "pandas"]) as client:

        def run(*cells, limits=None, **times):
            folder = opened.folder({"data.csv": b"a,b\n1,2\n"})
            asked = request_of(cells, folder, **times)
            found = client.run(replace(asked, mode="strict", box=(limits or Limits()).as_json()))
            opened.remove(folder)
            return found

        yield run


def _plain(cell):
    return cell.outputs[0]["data"]["text/plain"]


def test_an_ordinary_copy_runs(boxed):
    """Libraries, files of the copy, errors, awaits, threads and shell commands work as outside the box."""
    run = boxed(
        "import pandas as pd\npd.read_csv('data.csv').b.sum()",
        "open('mine.txt', 'w').write('x')",
        "1 / 0",
        "import asyncio\nawait asyncio.sleep(0)\n'ok'",
        "import threading\nt = threading.Thread(target=print, args=('t',))\nt.start()\nt.join()",
        "!echo hi",
        "import tempfile\ntempfile.TemporaryFile().write(b'x')",
    )
    assert run.ended == ""
    assert [cell.status for cell in run.cells] == ["ok", "ok", "error", "ok", "ok", "ok", "ok"]
    assert _plain(run.cells[0]) == "np.int64(2)"
    assert run.cells[5].outputs[0]["text"] == "hi\r\n"


def test_the_judge_asks_through_the_box(boxed):
    """A test in two parts works the same way."""
    source = "assert f(3) == 9"
    cells = ["def f(x): return x * x", CellSource(1, "tests", source, guarded=True, test=split_test(source))]
    assert [cell.status for cell in boxed(*cells).cells] == ["ok", "ok"]


ENDINGS = {
    "leaves": ("import os\nos._exit(0)", {}, {"crash"}),
    "segfault": ("import ctypes\nctypes.string_at(0)", {}, {"crash:SIGSEGV"}),
    "computes": ("while True: pass", {"cpu_seconds": 1}, {"cpu"}),
    "waits": ("import time\ntime.sleep(100)", {"wall_seconds": 1}, {"wall"}),
    "floods": ("while True: print('x' * 1000)", {"output_bytes": 1_000_000}, {"output"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDINGS)
def test_a_limit_ends_the_copy_by_name(boxed, name):
    """What passes a limit is ended, is named, and leaves the parent ready for the next copy."""
    source, limits, ended = ENDINGS[name]
    run = boxed("1", source, "2", limits=Limits(**limits))
    assert run.ended in ended
    assert [cell.status for cell in run.cells] == ["ok", "killed", "not_run"]
    assert _plain(boxed("1 + 1").cells[0]) == "2"


def test_a_cell_can_be_interrupted(boxed):
    """The interrupt of a cell that takes too long reaches into the box, and the next cell runs."""
    run = boxed("while True: pass", "2", cell_seconds=0.7)
    assert [cell.status for cell in run.cells] == ["timeout", "ok"]
