"""The worker's side of a warm parent: starts it, hands it one copy at a time, ends what has to end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import alliances_grader
from alliances import errors
from alliances.errors import EnvironmentFault
from alliances_grader.shell_inputs import CellSource, CopyRequest
from alliances_grader.verdicts import CellRun, CopyRun
from alliances_grader.zygote import MAX_PACKET

if TYPE_CHECKING:
    from alliances_grader.box import Box
    from alliances_grader.zygote_talk import Conversation
    from alliances_grader.zygote_wire import Watcher

__all__ = ["ENVIRONMENT", "Watching", "Wrap", "ZygoteClient", "boxed_client", "parent_command"]

ENVIRONMENT: Final = {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""What the parent's environment needs beside the box's own: the same order of sets in every run."""

Wrap = Callable[[Sequence[str]], Sequence[str]]
"""Gives the command line that starts the parent inside the outer box: ``Box.wrap``."""
Watching = Callable[[int, int, CopyRequest], "Watcher"]
"""Makes the measuring of a copy: pid of the started command, pid that the parent calls its own, the copy."""

_START_SECONDS: Final = 120.0
_END_SECONDS: Final = 10.0


def boxed_client(
    box: Box, modules: Sequence[str], environment: Mapping[str, str] | None = None
) -> ZygoteClient:
    """Return a warm parent in ``box``; the ``box`` of its requests is ``Limits.as_json()``.

    ``environment`` holds variables beside the parent's own; nothing else is passed on.
    """
    from alliances_grader.box_limits import Limits
    from alliances_grader.box_watch import Watch, warm_parent_of

    parents: dict[tuple[int, int], int] = {}

    def watching(started: int, inner: int, request: CopyRequest) -> Watch:
        if (started, inner) not in parents:
            parents[started, inner] = warm_parent_of(started, inner) or started
        # With namespaces what a copy writes stays in memory, bounded there.
        folder = Path(request.folder) if box.level == "landlock" else None
        return Watch(parents[started, inner], Limits.from_json(dict(request.box)), folder, box.group)

    given = {**(environment or {}), **ENVIRONMENT}
    return ZygoteClient(modules, wrap=partial(box.wrap, environment=given), watching=watching)


def parent_command(modules: Iterable[str], *, boxed: bool) -> list[str]:
    """Return the command line of a warm parent; nothing of this environment decides what it imports."""
    # A module of each package tells where the package lies.
    roots = [str(Path(str(module.__file__)).parent.parent) for module in (errors, alliances_grader)]
    start = (
        f"import sys; sys.path[:0] = {roots!r}; from alliances_grader.zygote import main; "
        f"main({list(modules)!r}, boxed={boxed!r})"
    )
    return [sys.executable, "-s", "-P", "-B", "-c", start]


class ZygoteClient:
    """One warm parent and the copies that it runs, one after the other.

    Make it, and use it, from one thread: a box ends with the thread that started it.

    Args:
        modules: what the exercise declares that its code imports.
        wrap: puts the parent into the outer box; None runs it as it is (``--no-sandbox``, and tests).
        watching: makes the measuring of a copy; None leaves times to the limits of the request.

    The parent starts at once and imports on its own; who needs to know that it could calls ``ready``.
    """

    def __init__(
        self, modules: Sequence[str] = (), *, wrap: Wrap | None = None, watching: Watching | None = None
    ) -> None:
        self._modules = tuple(modules)
        self._wrap = wrap
        self._watching = watching
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._inner = 0
        self._failed: dict[str, str] = {}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object
        self._launch()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    @property
    def pid(self) -> int:
        """Process number of the command that was started."""
        return self._process.pid if self._process is not None else 0

    def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = parent_command(self._modules, boxed=self._wrap is not None)
        if self._wrap is not None:
            command = list(self._wrap(command))
        with theirs:
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **ENVIRONMENT}
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=self._log, stderr=self._log, env=environment
            )
        self._control = ours
        self._inner = 0

    def ready(self, modules: Iterable[str] | None = None) -> None:
        """Wait until the parent has imported everything.

        Args:
            modules: those that it must have; None for all that it was asked for.

        Raises:
            EnvironmentFault: it does not start, or lacks one of them.
        """
        if not self._inner:
            self._start()
        needed = set(self._modules if modules is None else modules)
        lacking = [f"{name} ({self._failed[name]})" for name in sorted(needed & self._failed.keys())]
        if lacking:
            self._end()
            raise EnvironmentFault("execution.modules_missing", modules=", ".join(lacking))

    def _start(self) -> None:
        ready = self._hear(time.monotonic() + _START_SECONDS)
        if ready is None or ready.get("op") != "ready":
            reason = self._last_words()
            self._end()
            raise EnvironmentFault("execution.parent_failed", reason=reason)
        self._failed = {str(name): str(reason) for name, reason in dict(ready.get("failed") or {}).items()}
        self._inner = int(ready["pid"])

    def close(self) -> None:
        """End the parent and whatever runs below it."""
        self._end()
        self._log.close()

    def run(self, request: CopyRequest) -> CopyRun:
        """Run one copy; never raises for anything that learner code does.

        Cells that did not run are ``not_run``; ``ended`` names why: ``copy_time``, ``cell_time``, ``output``,
        ``quit``, ``bad_result``, ``crash`` (also ``crash:SIGSEGV`` and the like), ``parent_died``, or what
        the
        watcher measured (``cpu``, ``wall``, ``memory``, ``processes``, ``disk``).

        Raises:
            EnvironmentFault: the parent had died, and does not start again.
        """
        run, begun = self._run(request)
        if run.ended == "parent_died" and not begun:
            # Nothing of the copy had run: the parent had died before, and a new one may try.
            run, _ = self._run(request)
        return run

    def _run(self, request: CopyRequest) -> tuple[CopyRun, bool]:
        """Run one copy; False when its process never said that it had begun."""
        # Imported late: the parent that was started is then already at its own imports.
        from alliances_grader.zygote_talk import Conversation

        if self._process is None or (self._inner and self._process.poll() is not None):
            self._end()
            self._launch()
        self.ready(request.modules)
        began = time.monotonic()
        connection, theirs = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        asked = {
            "op": "run",
            "folder": request.folder,
            "seed": request.seed,
            "strict": request.mode == "strict",
            "box": dict(request.box),
        }
        descriptors = [theirs.fileno(), out_end, err_end]
        sent = self._tell(asked, descriptors)
        theirs.close()
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        watcher = self._watching(self.pid, self._inner, request) if self._watching is not None else None
        conversation = Conversation(request, connection, (out, err), watcher)
        try:
            runs, ended = _converse(conversation, request.cells) if sent else ([], "parent_died")
            if self._process is None or self._process.poll() is not None:
                conversation.kill()
        finally:
            conversation.close()
            connection.close()
            os.close(out)
            os.close(err)
        used = self._finish(watcher, ended)
        run = CopyRun(
            cells=tuple(map(conversation.doubted, _completed(request.cells, runs, conversation, ended))),
            ended=_named(ended, used),
            cpu_seconds=float(used.get("cpu", 0.0)),
            wall_seconds=time.monotonic() - began,
            peak_bytes=int(used.get("peak", 0)),
            findings=conversation.findings,
        )
        return run, conversation.begun

    def _finish(self, watcher: Watcher | None, ended: str) -> dict[str, Any]:
        """End what is left of the copy and return what it used."""
        deadline = time.monotonic() + _END_SECONDS
        # What ended by itself is on its way out.
        patience = 0.5 if ended in ("", "quit", "crash") else 0.0
        end = getattr(watcher, "end", None)
        if patience == 0.0 and end is not None:
            # Its box is emptied from outside; the keeper then clears up and ends by itself.
            end()
            patience = 2.0
        used = self._hear(time.monotonic() + patience)
        if used is None and self._tell({"op": "kill"}, []):
            used = self._hear(deadline)
        if used is None:
            # The parent does not answer: it goes, and the next copy gets a new one.
            self._end()
            return {"op": "parent_died"}
        usage = getattr(watcher, "usage", None)
        if usage is not None:
            measured = usage()
            used = {**used, "peak": max(int(used.get("peak", 0)), measured.peak_bytes)}
        return used

    def _tell(self, content: dict[str, Any], descriptors: list[int]) -> bool:
        if self._control is None:
            return False
        try:
            socket.send_fds(self._control, [json.dumps(content).encode()], descriptors)
        except OSError:
            return False
        return True

    def _hear(self, until: float) -> dict[str, Any] | None:
        if self._control is None:
            return None
        left = max(0.0, until - time.monotonic())
        waiting = select.poll()
        waiting.register(self._control, select.POLLIN)
        if not waiting.poll(left * 1000):
            return None
        try:
            packet = self._control.recv(MAX_PACKET)
        except OSError:
            return None
        return json.loads(packet) if packet else None

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:500] if lines else "?"

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is None:
            return
        if not self._inner:
            # Nobody waits for it any more: it need not import to its end.
            self._process.kill()
        try:
            # It ends by itself, and its children before it, when the worker closes.
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        self._process = None
        self._inner = 0


def _converse(conversation: Conversation, cells: Iterable[CellSource]) -> tuple[list[CellRun], str]:
    from alliances_grader.zygote_talk import EndedAfterError
    from alliances_grader.zygote_wire import EndedError

    runs: list[CellRun] = []
    try:
        conversation.begin()
        for cell in cells:
            if cell.skip or not cell.source.strip():
                runs.append(CellRun(cell.index, cell.grade_id, "skipped"))
                continue
            runs.append(conversation.run_cell(cell, 1 + sum(run.status != "skipped" for run in runs)))
        conversation.end()
    except EndedAfterError as over:
        runs.append(over.run)
        return runs, over.name
    except EndedError as over:
        return runs, over.name
    return runs, ""


def _completed(
    cells: Sequence[CellSource], runs: list[CellRun], conversation: Conversation, ended: str
) -> Iterable[CellRun]:
    yield from runs
    for place, cell in enumerate(cells[len(runs) :]):
        if place == 0 and ended != "quit":
            # The cell that was running when it ended: what it had shown is kept.
            yield CellRun(cell.index, cell.grade_id, "killed", conversation.outputs_of(cell))
        else:
            yield CellRun(cell.index, cell.grade_id, "not_run")


def _named(ended: str, used: dict[str, Any]) -> str:
    if used.get("op") == "parent_died":
        return "parent_died"
    status = used.get("status")
    if ended == "crash" and isinstance(status, int) and status < 0:
        try:
            return f"crash:{signal.Signals(-status).name}"
        except ValueError:
            return ended
    return ended
