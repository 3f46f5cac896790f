"""Every attack on the box that grading.md 3.4 lists, tried for real at each level that this machine gives."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from box_attacks import ATTACKS, PRELUDE, Attack, BoxRunner

from alliances_grader.box_check import reason_text, try_level

LEVELS = ("namespaces", "landlock")
TOKEN = "alliances-secret-word"


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """What the attacks aim at: all of it open to everybody, so that only the box stands in between."""
    folder = tmp_path_factory.mktemp("course")
    folder.chmod(0o777)
    secret = folder / "gradebook.db"
    secret.write_text("marks", encoding="ascii")
    secret.chmod(0o666)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        path = Path("/tmp", f"alliances-test-{os.getpid()}")  # noqa: S108 - names of sockets are short
        unix.bind(str(path))
        path.chmod(0o777)
        unix.listen()
        abstract.bind(f"\0alliances-test-{os.getpid()}")
        abstract.listen()
        yield {
            "secret": str(secret),
            "folder": str(folder),
            "port": server.getsockname()[1],
            "unix": str(path),
            "abstract": f"alliances-test-{os.getpid()}",
            "pid": os.getpid(),
            "token": TOKEN,
        }
        path.unlink()


@pytest.fixture(scope="module", params=LEVELS)
def runner(request: pytest.FixtureRequest) -> Iterator[BoxRunner]:
    """One warm parent a level; a level that this machine refuses is named with its mend."""
    report = try_level(request.param)
    if not report.holds:
        pytest.skip(f"{request.param}: " + " ".join(reason_text(reason, "en") for reason in report.reasons))
    os.environ["ALLIANCES_TEST_TOKEN"] = TOKEN
    made = BoxRunner(request.param)
    del os.environ["ALLIANCES_TEST_TOKEN"]
    yield made
    made.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_box_holds(attack: Attack, runner: BoxRunner, traps: dict[str, object]) -> None:
    """Nothing gets through, nothing outlives the copy, and it ends as the table says; the next copy runs."""
    if runner.box.level not in attack.levels:
        pytest.skip(f"not at the level {runner.box.level}")
    neighbour = runner.box.folder({"answer.py": b"x = 1"})
    values = {**traps, "neighbour": str(neighbour / "answer.py")}
    outcome = runner.run(attack.code.format(**values), **attack.limits)
    runner.box.remove(neighbour)
    assert outcome.through == []
    assert not outcome.survivors
    assert "Traceback" not in outcome.output
    if attack.ends:
        assert outcome.end in {*attack.ends, ""} if "held" in outcome.output else outcome.end in attack.ends
    else:
        assert outcome.end == "", outcome.output[-500:]
        assert "held" in outcome.output
    after = runner.run("print('well')")
    assert (after.output.strip(), after.end) == ("well", "")
    assert Path(str(traps["secret"])).read_text(encoding="ascii") == "marks"


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.control], ids=str)
def test_attack_is_real(attack: Attack, traps: dict[str, object], tmp_path: Path) -> None:
    """Outside a box the same code gets through: what holds it in the box is the box."""
    values = {**traps, "neighbour": traps["secret"]}
    code = PRELUDE + attack.code.format(**values)
    if attack.number == "C25":  # on a copy of one module, not on this Python's own
        module = tmp_path / "os.py"
        module.write_text("", encoding="ascii")
        code = PRELUDE + f"attempt('a module', lambda: open({str(module)!r}, 'a'))"
    done = subprocess.run(
        [sys.executable, "-u", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert "THROUGH" in done.stdout, done.stdout + done.stderr
