"""Starting and stopping what ``alliances serve`` runs: Jupyter's server and Voilà, as two children."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alliances.course.tree import CourseTree
from alliances.desk.children import start_child, write_private
from alliances.desk.learners import DEFAULT_LEARNER
from alliances.desk.voila import VoilaPlan, start_voila
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances.i18n import Language

__all__ = ["DEFAULT_PORT", "ServePlan", "Serving", "choose_port", "free_port", "serving"]

DEFAULT_PORT: Final = 8890
_PORTS_TRIED = 20
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535
_START_SECONDS = 90


@dataclass(frozen=True)
class ServePlan:
    """What to serve and to whom. ``course`` is the nbgrader course that the formgrader opens."""

    tree: CourseTree
    port: int
    course: Path
    learner: str = DEFAULT_LEARNER
    language: Language = "fr"
    author: bool = False
    module: str = "alliance_models"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def lab_root(self) -> Path:
        """The folder that JupyterLab shows: the learner's work, or the whole checkout for an author."""
        return self.tree.root if self.author else self.tree.work

    @property
    def url(self) -> str:
        """The address to open, token included."""
        return f"http://127.0.0.1:{self.port}/alliances/?token={self.token}&lang={self.language}"


@dataclass(frozen=True)
class Serving:
    """A running course. ``folder`` is private and holds settings and logs."""

    plan: ServePlan
    folder: Path
    jupyter: subprocess.Popen[bytes]
    voila: subprocess.Popen[bytes]
    tools_token: str
    tools_port: int
    seconds: float


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do, so that a port whose last connections are winding down counts as free.
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def choose_port(asked: int | None) -> int:
    """Return the port to serve on: ``asked``, which must be free, else the first free from the default on.

    Raises:
        UsageError: ``asked`` is not a port that a user may open.
        EnvironmentFault: it is taken, or all of the default ones are.
    """
    if asked is not None:
        if not _LOWEST_PORT <= asked <= _HIGHEST_PORT:
            raise UsageError("desk.bad_port", port=asked)
        if not _is_free(asked):
            raise EnvironmentFault("desk.port_in_use", port=asked, other=free_port())
        return asked
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED):
        if _is_free(port):
            return port
    raise EnvironmentFault("desk.port_in_use", port=DEFAULT_PORT, other=free_port())


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    # nbgrader calls alembic by name: it must be found without an activated environment.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    return environment


def _start_jupyter(
    plan: ServePlan, voila: VoilaPlan, folder: Path, voila_process: int
) -> subprocess.Popen[bytes]:
    desk = {
        "supervisor": os.getpid(),
        "voila_process": voila_process,
        "root": str(plan.tree.root),
        "lab_root": str(plan.lab_root),
        # A state a language: JupyterLab keeps the language it was first opened in.
        "state": str(plan.tree.work / ".jupyter" / plan.language),
        "port": plan.port,
        "token": plan.token,
        "learner": plan.learner,
        "language": plan.language,
        "author": plan.author,
        "tools_port": voila.port,
        "tools_token": voila.token,
    }
    write_private(folder / "desk.json", json.dumps(desk))
    environment = _environment()
    # Somebody's own Jupyter settings must not open a door here.
    environment["JUPYTER_CONFIG_DIR"] = str(folder)
    environment["JUPYTER_RUNTIME_DIR"] = str(folder)
    environment["ALLIANCES_WORK"] = str(plan.tree.work / plan.learner)
    environment["ALLIANCES_LEARNER"] = plan.learner
    words = ["-m", "alliances.desk.jupyter", str(folder)]
    return start_child(words, cwd=plan.course, environment=environment, log=folder / "jupyter.log")


def _answers(url: str, token: str) -> bool:
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})  # noqa: S310 - 127.0.0.1
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310
            return True
    except OSError:  # nobody listens yet, or an HTTP error
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AlliancesError("desk.child_died", name=name, log=log)
        if ready():
            return
        time.sleep(0.1)
    raise AlliancesError("desk.child_slow", name=name, seconds=_START_SECONDS, log=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started: kernels are in its session."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def serving(plan: ServePlan) -> Iterator[Serving]:
    """Run the course while the block runs; yield once both children answer.

    Raises:
        AlliancesError: a child stops or does not answer; its log is kept and named.
    """
    started = time.monotonic()
    plan.course.mkdir(parents=True, exist_ok=True)
    (plan.tree.work / plan.learner).mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="alliances-"))  # mode 0700
    voila_plan = VoilaPlan.fresh(free_port(), plan.module)
    children: list[subprocess.Popen[bytes]] = []
    kept = True
    try:
        voila = start_voila(plan.tree, voila_plan, folder, plan.tree.work / plan.learner)
        children.append(voila)
        jupyter = _start_jupyter(plan, voila_plan, folder, voila.pid)
        children.append(jupyter)
        status = f"http://127.0.0.1:{plan.port}/api/status"
        _wait("Jupyter", jupyter, folder / "jupyter.log", lambda: _answers(status, plan.token))
        _wait("Voilà", voila, folder / "voila.log", lambda: _listens(voila_plan.port))
        kept = False  # from here on the logs have nothing to explain
        yield Serving(
            plan, folder, jupyter, voila, voila_plan.token, voila_plan.port, time.monotonic() - started
        )
    finally:
        for child in reversed(children):
            _stop(child)
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
