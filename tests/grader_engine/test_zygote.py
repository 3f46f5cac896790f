"""The warm parent: whatever a copy does, it ends under a name, and the next copy finds everything as it was."""

# ruff: noqa: E501 - tables of programs

from __future__ import annotations

import os
import select
import signal
from dataclasses import replace

import pytest
from executed import request_of

from alliances.errors import EnvironmentFault
from alliances_grader.shell_inputs import CellSource
from alliances_grader.zygote_client import ZygoteClient


@pytest.fixture(scope="module")
def client():
    with ZygoteClient(["numpy", "pandas", "unittest", "math"]) as made:
        yield made


def _plain(cell):
    return cell.outputs[0]["data"]["text/plain"]


def _statuses(run):
    return [cell.status for cell in run.cells]


ENDINGS = {
    "leaves": ("import os\nos._exit(0)", "crash", "killed"),
    "kills_itself": ("import os\nos.kill(os.getpid(), 9)", "crash:SIGKILL", "killed"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "crash:SIGSEGV", "killed"),
    "abort": ("import os\nos.abort()", "crash:SIGABRT", "killed"),
    "closes_everything": ("import os\nos.closerange(3, 300)", "crash", "killed"),
    "replaces_itself": ("import os\nos.execv('/bin/true', ['true'])", "crash", "killed"),
    "stops_itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "cell_time", "killed"),
    "cannot_be_interrupted": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", "cell_time", "killed"),
    "one_interrupt_is_enough": (
        "try:\n    while True: pass\nexcept KeyboardInterrupt: pass\nprint('caught')", "", "timeout"),
    "stops_the_loop": ("import asyncio\nasyncio.get_running_loop().stop()", "crash", "ok"),
    "garbage_in_the_channel": ("import os\nn = os.write(3, b'\\xff' * 100)", "bad_result", "killed"),
    "a_frame_that_is_no_object": ("import os\nn = os.write(3, b'\\x00\\x00\\x00\\x02[]')", "bad_result", "killed"),
    "floods": ("print('x' * 7_000_000)", "output", "killed"),
    "floods_the_descriptor": ("import os\nwhile True: os.write(1, b'x' * 60_000)", "output", "killed"),
    "quits": ("quit()", "quit", "ok"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDINGS)
def test_each_end_has_a_name(client, tmp_path, name):
    """A copy that ends early says how; the cell that did it is marked; the next copy is graded as ever."""
    source, ended, status = ENDINGS[name]
    seconds = 0.7 if status == "timeout" or ended == "cell_time" else 20.0
    request = request_of(
        ["1", source, "2"],
        tmp_path / "c",
        cell_seconds=seconds,
        grace_seconds=0.3 if ended == "cell_time" else 10.0,
        flood_bytes=5_000_000,
    )
    run = client.run(request)
    assert (run.ended, run.cells[0].status, run.cells[1].status) == (ended, "ok", status)
    # What ends between two cells ends the one that is asked for next.
    assert run.cells[2].status == (
        "ok" if not ended else "killed" if (ended, status) == ("crash", "ok") else "not_run"
    )
    after = client.run(request_of(["1 + 1"], tmp_path / "d"))
    assert (after.ended, _plain(after.cells[0])) == ("", "2")


def test_the_budget_of_a_copy_ends_it(client, tmp_path):
    """Many cells that each stay below their limit cannot hold a worker longer than the copy may."""
    cells = ["import time\ntime.sleep(0.4)"] * 20
    run = client.run(request_of(cells, tmp_path / "c", copy_seconds=1.0))
    assert run.ended == "copy_time"
    assert run.wall_seconds < 5
    assert _statuses(run).count("not_run") >= 15


def test_a_timeout_is_recorded_as_nbgrader_does(client, tmp_path):
    """The interrupt, then nbclient's timeout error; what was printed before is kept; the next cell runs."""
    run = client.run(request_of(["print('begun')\nwhile True: pass", "1"], tmp_path / "c", cell_seconds=0.5))
    assert _statuses(run) == ["timeout", "ok"]
    begun, interrupt, timeout = run.cells[0].outputs
    assert begun["text"] == "begun\n"
    assert (interrupt["ename"], timeout["ename"]) == ("KeyboardInterrupt", "CellTimeoutError")


def test_an_awaiting_cell_can_be_interrupted(client, tmp_path):
    """A cell that waits for ever is cancelled, and the next one runs."""
    run = client.run(
        request_of(["import asyncio\nawait asyncio.sleep(100)", "1"], tmp_path / "c", cell_seconds=0.5)
    )
    assert _statuses(run) == ["timeout", "ok"]


def test_the_parent_is_not_changed_by_a_copy(client, tmp_path):
    """Modules, builtins, generators, environment, folder and streams are a fresh copy's own."""
    look = (
        "import builtins, numpy, pandas, random, os, sys, threading\n"
        "(len([1]), numpy.pi, pandas.options.display.max_rows, 'POISON' in os.environ, 'poison' in sys.modules,\n"
        " threading.active_count(), random.random(), numpy.random.rand(), sys.getrecursionlimit(),\n"
        " hasattr(get_ipython(), 'poison'), len(get_ipython().ast_transformers), 'secret' in globals())"
    )
    before = client.run(request_of([look], tmp_path / "a"))
    spoil = (
        "import builtins, numpy, pandas, random, os, sys, threading, time\n"
        "builtins.len = lambda x: 42\nnumpy.pi = 3\npandas.options.display.max_rows = 7\nos.environ['POISON'] = '1'\n"
        "sys.modules['poison'] = sys\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "random.seed(1)\nnumpy.random.seed(1)\nsys.setrecursionlimit(5000)\nget_ipython().poison = 1\n"
        "get_ipython().ast_transformers.append(object())\nsecret = 1\ndel builtins.abs"
    )
    client.run(request_of([spoil, "1"], tmp_path / "b"))
    after = client.run(request_of([look], tmp_path / "c"))
    assert _plain(before.cells[0]) == _plain(after.cells[0])


def test_the_seed_decides_random_numbers(client, tmp_path):
    """The same seed gives the same numbers, another one others; hashes of text are the same in every run."""
    look = "import random, numpy\n(random.random(), numpy.random.rand(), hash('a'))"
    request = request_of([look], tmp_path / "a")
    one, two, other = (_plain(client.run(replace(request, seed=seed)).cells[0]) for seed in (5, 5, 6))
    assert one == two != other
    with ZygoteClient(["numpy"]) as second:
        assert _plain(second.run(replace(request, seed=5)).cells[0]) == one


def test_what_has_not_run_is_not_in_memory(client, tmp_path):
    """A cell cannot find the text of a later one, nor the words of the channel, by looking at every object."""
    look = (
        "import gc, sys\n"
        "found = [o for o in gc.get_objects() if isinstance(o, dict) and any('MAR' + 'KER' in str(v) for v in "
        "list(o.values()) if isinstance(v, str))]\nlen(found)"
    )
    run = client.run(request_of([look, "'hidden ' + 'MARKER'[:0]  # MARKER"], tmp_path / "c"))
    assert _plain(run.cells[0]) == "0"


def test_no_descriptor_but_the_copys_own(client, tmp_path):
    """Nothing of the parent or of another copy is open: three streams, one connection, what the loop needs."""
    look = (
        "import os\nsorted(os.readlink(f'/proc/self/fd/{n}').partition(':')[0] for n in os.listdir('/proc/self/fd')"
        " if os.path.islink(f'/proc/self/fd/{n}'))"
    )
    run = client.run(request_of([look], tmp_path / "c"))
    assert _plain(run.cells[0]).count("socket") <= 3  # the connection, and asyncio's own pair
    assert _plain(run.cells[0]).count("pipe") == 2


FORGERIES = {
    "result_with_a_wrong_word": {"op": "out", "cell": 1, "word": "0" * 16,
        "message": {"type": "execute_result", "data": {"text/plain": "1.0"}, "metadata": {}}},
    "done_with_a_wrong_word": {"op": "done", "word": "0" * 16, "status": "ok"},
    "no_word": {"op": "done", "status": "ok"},
    "hello_again": {"op": "hello"},
    "unknown": {"op": "grade", "word": "", "score": 100},
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_messages_are_put_aside(client, tmp_path, name):
    """What learner code writes into the channel before a test changes nothing, and is reported."""
    forged = (
        "import json, os\n"
        f"body = json.dumps({FORGERIES[name]!r}).encode()\n"
        "n = os.write(3, len(body).to_bytes(4, 'big') + body)"
    )
    run = client.run(request_of([forged, "assert False"], tmp_path / "c"))
    assert _statuses(run) == ["ok", "error"]
    assert [finding.key for finding in run.findings] == ["forged_message"]


def test_threads_and_tasks_of_earlier_cells_show_nothing_later(client, tmp_path):
    """Output, displays and clearing from what an earlier cell left running do not reach a later cell."""
    left = (
        "import threading, time\nfrom IPython.display import clear_output, display\n"
        "def late():\n"
        "    while True:\n"
        "        time.sleep(0.01)\n"
        "        print('late')\n        display('late')\n        clear_output()\n"
        "threading.Thread(target=late, daemon=True).start()"
    )
    run = client.run(request_of([left, "import time\ntime.sleep(0.2)\nassert False"], tmp_path / "c"))
    assert run.cells[1].status == "error"
    assert [one["output_type"] for one in run.cells[1].outputs] == ["error"]


def test_an_error_taken_back_stays_an_error(client, tmp_path):
    """A cell that clears its own error is marked as failed all the same."""
    cell = (
        "from IPython.display import clear_output\nip = get_ipython()\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    ip.showtraceback()\nclear_output()"
    )
    run = client.run(request_of([cell], tmp_path / "c"))
    assert (run.cells[0].status, run.cells[0].outputs) == ("error", ())


def test_a_fork_that_comes_back_does_not_answer(client, tmp_path):
    """The other half of a fork in a cell ends quietly; only one answer is heard, and no message is forged."""
    run = client.run(request_of(["import os\nx = os.fork()", "1"], tmp_path / "c"))
    assert (_statuses(run), run.findings) == (["ok", "ok"], ())


def test_survivors_of_a_copy_are_gone(client, tmp_path):
    """A process that a copy left behind in its session does not outlive it."""
    cells = ["import subprocess\np = subprocess.Popen(['sleep', '1000'])\np.pid"]
    pid = int(_plain(client.run(request_of(cells, tmp_path / "c")).cells[0]))
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    assert waiting.poll(10_000)


def test_a_dead_parent_is_started_again(tmp_path):
    """A copy that kills the parent ends under that name; the next one has a new parent."""
    with ZygoteClient([]) as own:
        run = own.run(
            request_of(["import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n1", "2"], tmp_path / "a")
        )
        assert run.ended == "parent_died"
        assert _plain(own.run(request_of(["3"], tmp_path / "b")).cells[0]) == "3"
        os.kill(own.pid, signal.SIGKILL)
        assert _plain(own.run(request_of(["4"], tmp_path / "c")).cells[0]) == "4"


def test_a_missing_module_is_named():
    """An exercise that declares what this machine lacks is refused before any copy runs."""
    with pytest.raises(EnvironmentFault, match="no_such_module_here"):
        ZygoteClient(["math", "no_such_module_here"]).ready()


def test_a_parent_that_does_not_start_says_why():
    """The last line of what it wrote is in the message."""
    with pytest.raises(EnvironmentFault, match="box is broken"):
        ZygoteClient(
            [], wrap=lambda command: ["/bin/sh", "-c", "echo the box is broken >&2; exit 1", *command]
        ).ready()


def test_modules_of_the_folder_do_not_stand_before_the_libraries(client, tmp_path):
    """In strict mode a file called like a library is ignored; a helper of another name is found in both modes."""
    folder = tmp_path / "c"
    request = request_of(
        ["import colorsys, helper_of_mine\n(hasattr(colorsys, 'fake'), helper_of_mine.x)"], folder
    )
    (folder / "colorsys.py").write_text("fake = 1")
    (folder / "helper_of_mine.py").write_text("x = 7")
    assert _plain(client.run(replace(request, mode="strict")).cells[0]) == "(False, 7)"
    assert _plain(client.run(request).cells[0]) == "(True, 7)"


BENT = {
    "showtraceback": ("get_ipython().showtraceback = lambda *a, **k: None", "shell.showtraceback"),
    "showtraceback_of_the_class": (
        "type(get_ipython()).showtraceback = lambda *a, **k: None", "CellShell.showtraceback"),
    "custom_handler": (
        "get_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)", "shell.custom_exceptions"),
    "transformer": (
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Assert(self, n): return ast.Pass()\nget_ipython().ast_transformers.append(T())",
        "shell.ast_transformers"),
    "input_transformer": (
        "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])", "shell.input_transformers_post"),
    "cleanup_transform": (
        "get_ipython().input_transformer_manager.cleanup_transforms.append(lambda lines: ['pass\\n'])",
        "shell.input_transformers"),
    "run_code": ("get_ipython().run_code = lambda *a, **k: False", "shell.run_code"),
    "run_cell": ("type(get_ipython()).run_ast_nodes = None", "CellShell.run_ast_nodes"),
    "builtin": ("import builtins\nbuiltins.len = lambda x: 1", "builtins.len"),
    "unittest": ("import unittest\nunittest.TestCase.assertEqual = lambda *a: None", "TestCase.assertEqual"),
    "numpy_testing": ("import numpy\nnumpy.testing.assert_equal = lambda *a: None", "numpy.testing.assert_equal"),
    "code_of_a_function": (
        "import math, unittest\nunittest.TestCase.assertTrue.__code__ = (lambda self, expr, msg=None: None).__code__",
        "unittest.case.assertTrue"),
    "stdout": ("import sys, io\nsys.stdout = io.StringIO()", "sys.stdout"),
    "trace": ("import sys\nsys.settrace(lambda *a: None)", "sys.settrace"),
    "display_hook": ("get_ipython().displayhook.__class__.__call__ = lambda s, r=None: None", "CellDisplayHook"),
    "comparison": ("class Yes:\n    def __eq__(self, other): return True", "comparison:Yes"),
}  # fmt: skip


@pytest.mark.parametrize("mode", ["strict", "nbgrader"])
@pytest.mark.parametrize("name", BENT)
def test_what_is_bent_is_reported_and_put_back(client, tmp_path, name, mode):
    """Before a test, a bent shell, builtin or test library is named; in strict mode the test is not fooled."""
    source, sign = BENT[name]
    test = (
        "import unittest, numpy\nassert len([1, 2]) == 2\nunittest.TestCase().assertEqual(1, 1)\n"
        "t = unittest.TestCase()\nt.assertEqual(1, 2)\nt.assertTrue(False)\nnumpy.testing.assert_equal(1, 2)"
    )
    cells = [CellSource(0, "", source), CellSource(1, "tests", test, guarded=True)]
    run = client.run(replace(request_of(cells, tmp_path / "c"), mode=mode))
    found = [finding for finding in run.findings if finding.key == "bent"]
    if mode == "strict" or not run.ended:
        assert [finding.cell for finding in found] == ["tests"]
        assert sign in str(found[0].values["signs"])
    if mode == "strict":
        assert run.cells[1].status == "error"


def test_an_honest_copy_shows_no_signs(client, tmp_path):
    """Imports, plots of pandas, own functions, magics and own classes are nothing to report."""
    cells = [
        "import numpy as np\nimport pandas as pd\nimport unittest, warnings\nwarnings.filterwarnings('ignore')",
        "%precision 3\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    x: int",
        "def f(x):\n    return x + 1\npd.DataFrame({'a': [1]})",
        "import asyncio\nawait asyncio.sleep(0)",
        "%%capture\nprint(1)",
        CellSource(5, "tests", "assert f(1) == 2\nnp.testing.assert_equal(f(1), 2)", guarded=True),
    ]
    cells = [
        cell if isinstance(cell, CellSource) else CellSource(n, "", cell) for n, cell in enumerate(cells)
    ]
    run = client.run(replace(request_of(cells, tmp_path / "c"), mode="strict"))
    assert (_statuses(run), run.findings) == (["ok"] * 6, ())


def test_usage_is_measured(client, tmp_path):
    """Computing time and memory of a copy come from the kernel's accounts, not from the copy."""
    run = client.run(
        request_of(["x = bytearray(200_000_000)\nfor i in range(3_000_000): pass"], tmp_path / "c")
    )
    assert run.cpu_seconds > 0.02
    assert run.peak_bytes > 200_000_000
