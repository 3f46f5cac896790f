"""What honest notebooks do must work in the box, at each level: the twins of the attacks."""

# Programs in strings.
# ruff: noqa: E501

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from box_attacks import MIB, BoxRunner

from alliances_grader.box_check import reason_text, try_level

TWINS = {
    "numpy": "import numpy\nprint(int(numpy.arange(10).sum()), float(numpy.linalg.norm(numpy.ones((50, 50)) @ numpy.ones(50))) > 0)",
    "pandas": "import pandas\ntable = pandas.DataFrame({'a': [1, 2], 'b': ['x', 'y']})\nprint(table.groupby('b').a.sum().sum())",
    "a data file": "import pandas\nprint(len(pandas.read_csv('data.csv')))",
    "data of the exercise": "print(open(DATA).read().strip())",
    "writing": "Path('out').mkdir()\nPath('out/result.csv').write_text('a')\nprint(Path('out/result.csv').read_text())",
    "renaming": "Path('a').write_text('x')\nPath('b').mkdir()\nos.rename('a', 'b/a')\nos.link('b/a', 'c')\nprint(os.listdir('b'))",
    "tempfile": "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    Path(folder, 'x').write_text('x')\n"
    "with tempfile.NamedTemporaryFile() as file:\n    file.write(b'x')\nprint('done')",
    "threads": "found = []\nthreads = [threading.Thread(target=found.append, args=(n,)) for n in range(4)]\n"
    "[t.start() for t in threads]; [t.join() for t in threads]\nprint(sorted(found))",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool:\n    print(list(pool.map(abs, [-1, -2])))",
    "asyncio": "import asyncio\nasync def main():\n    await asyncio.gather(*[asyncio.sleep(0.01) for _ in range(5)])\n"
    "    return await asyncio.to_thread(sum, [1, 2])\nprint(asyncio.run(main()))",
    "subprocess": "import subprocess\nprint(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True, check=True).stdout)",
    "a shell": "import subprocess\nprint(subprocess.check_output('echo hello | tr a-z A-Z', shell=True, text=True))",
    "fork": "child = os.fork()\nif child == 0:\n    os._exit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
    "killing a child": "import subprocess\nchild = subprocess.Popen(['sleep', '30'])\nchild.terminate()\nprint(child.wait())",
    "unicode": "print('été ☀ 中文 \\U0001f600')",
    "recursion": "def deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\nprint(deep(900))",
    "a late import": "import sqlite3, decimal, xml.etree.ElementTree, zoneinfo\nprint(sqlite3.connect('x.db').execute('select 1').fetchone())",
    "the time": "import datetime\ntime.sleep(0.2)\nprint(datetime.datetime.now().year > 2000)",
    "who am I": "import getpass, tempfile\nprint(getpass.getuser(), os.path.expanduser('~') == os.getcwd(), os.cpu_count() > 0)",
    "random numbers": "import random, secrets, uuid\nprint(len(secrets.token_hex(4)), random.Random(1).random() < 1, uuid.uuid4().version)",
    "large output": "print('x' * 200_000)",
    "compression": "import gzip, zipfile\nwith zipfile.ZipFile('a.zip', 'w') as file:\n    file.writestr('a', 'x')\nprint(zipfile.ZipFile('a.zip').read('a'))",
}

# What Landlock's first interfaces cannot allow in part: moving between folders, signalling one's own children.
NOT_BY_INTERFACE_1 = {"renaming": "Invalid cross-device link", "killing a child": "PermissionError"}


@pytest.fixture(
    scope="module", params=("namespaces", "namespaces by keeper", "landlock", "landlock by interface 1")
)
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxRunner]:
    """One warm parent a level, with one data file of the exercise readable."""
    level, _, how = str(request.param).partition(" by ")
    version = int(how.removeprefix("interface ")) if how.startswith("interface") else None
    report = try_level(level, landlock=version)
    if not report.holds:
        pytest.skip(f"{level}: " + " ".join(reason_text(reason, "en") for reason in report.reasons))
    data = tmp_path_factory.mktemp("data")
    data.chmod(0o755)
    (data / "cases.csv").write_text("42\n", encoding="ascii")
    # Unprepared, the warm parent may not fork into process namespaces: a keeper does it then.
    made = BoxRunner(level, landlock=version, readable=(data,), prepared=how != "keeper")
    made.data = data / "cases.csv"  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.mark.parametrize("name", TWINS)
def test_honest_code_runs(name: str, runner: BoxRunner) -> None:
    """Ordinary work of a notebook gives in the box what it gives outside."""
    code = f"DATA = {str(runner.data)!r}\n" + TWINS[name]
    outcome = runner.run(code, files={"data.csv": b"a,b\n1,2\n3,4\n"}, output_bytes=MIB)
    if runner.box.landlock == 1 and name in NOT_BY_INTERFACE_1:
        assert NOT_BY_INTERFACE_1[name] in outcome.output
        return
    assert outcome.end == "", outcome.output[-800:]
    assert outcome.output.strip()
    assert not outcome.survivors


def test_large_table(runner: BoxRunner) -> None:
    """A CSV of 50 MB can be written and read."""
    code = """
import pandas
line = "alliance,territoire,12345678\\n"
with open("large.csv", "w") as file:
    file.write("a,b,c\\n" + line * (50_000_000 // len(line)))
table = pandas.read_csv("large.csv", dtype={"a": "category", "b": "category"})
print(os.path.getsize("large.csv") // 1_000_000, len(table) > 1_500_000)
"""
    outcome = runner.run(
        code,
        file_bytes=64 * MIB,
        disk_bytes=128 * MIB,
        memory_bytes=700 * MIB,
        cpu_seconds=60,
        wall_seconds=120,
    )
    assert (outcome.end, outcome.output.split()) == ("", ["49", "True"]), outcome.output[-800:]


def test_plot(runner: BoxRunner) -> None:
    """A plot becomes a PNG file."""
    code = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2, 3])
figure.savefig("plot.png")
print(Path("plot.png").read_bytes()[1:4])
"""
    outcome = runner.run(code, memory_bytes=500 * MIB)
    assert (outcome.end, outcome.output.strip()) == ("", "b'PNG'"), outcome.output[-800:]


def test_two_workers(runner: BoxRunner) -> None:
    """Two worker processes run where the box has a shared memory, and fail plainly where it has none."""
    code = """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
"""
    outcome = runner.run(code, processes=24)
    if runner.box.level == "namespaces":
        assert (outcome.end, outcome.output.strip()) == ("", "[1, 2]"), outcome.output[-800:]
    else:
        assert "PermissionError" in outcome.output


def test_nothing_carries_over(runner: BoxRunner) -> None:
    """Files, modules changed in memory and locks of one copy are unknown to the next."""
    first = runner.run("""
import json, builtins, fcntl, random
json.marker = builtins.marker = 1
random.seed(1)
for folder in (".", os.environ["TMPDIR"], "/tmp", "/dev/shm", os.environ["HOME"]):
    try:
        Path(folder, "message").write_text("x")
    except OSError:
        pass
print("left")
""")
    assert first.output.strip() == "left", first.output
    second = runner.run("""
import json
found = [place for folder in ("/tmp", "/dev/shm", ".", "..", os.environ["HOME"])
         for place, _, names in os.walk(folder) if "message" in names]
print(found, hasattr(json, "marker"), "marker" in dir(__builtins__))
""")
    assert second.output.strip() == "[] False False"


def test_links_are_never_followed(runner: BoxRunner, tmp_path: Path) -> None:
    """Removing a copy's folder removes its links, not what they point to."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x", encoding="ascii")
    outcome = runner.run(
        f"os.symlink({str(kept)!r}, 'a')\nos.symlink({str(kept / 'file')!r}, 'b')\nprint('made')"
    )
    assert outcome.output.strip() == "made"
    assert (kept / "file").read_text(encoding="ascii") == "x"


def test_a_crash_is_named(runner: BoxRunner) -> None:
    """A copy that crashes ends as it crashed, and the next one runs."""
    outcome = runner.run("ctypes.string_at(0)")
    assert outcome.end == "exit -11"
    assert runner.run("os._exit(3)").end == "exit 3"
    assert runner.run("print(1)").output.strip() == "1"


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_nothing_outlives_the_warm_parent(level: str) -> None:
    """When the warm parent is killed in the middle of a copy, the copy goes with it, daemons included."""
    if not try_level(level).holds:
        pytest.skip(f"{level} does not hold here")
    doomed = BoxRunner(level)
    try:
        code = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        time.sleep(100)
    os._exit(0)
os.wait()
print("ready")
time.sleep(100)
"""
        doomed.send(code)
        left = doomed.everything_below()
        assert len(left) >= 2
        os.kill(doomed.parent, signal.SIGKILL)
        until = time.monotonic() + 10
        while (
            any(Path(f"/proc/{pid}").exists() and not gone(pid) for pid in left) and time.monotonic() < until
        ):
            time.sleep(0.02)
        assert [pid for pid in left if Path(f"/proc/{pid}").exists() and not gone(pid)] == []
    finally:
        doomed.close()


def gone(pid: int) -> bool:
    """Whether a process is no more, or only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
