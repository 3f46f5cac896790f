"""The warm parent: imports once what an exercise needs, then forks a fresh child for each copy.

Started as ``python -c`` with descriptor 0 a socket of datagram-like packets to its worker. It runs no
learner code
and reads nothing that learner code wrote: a child talks to the worker over a connection of its own, whose
end the
worker hands over with the request. One thread: what libraries would start is switched off before they are
imported.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from alliances_grader import box_linux

__all__ = ["MAX_PACKET", "THREADS", "main"]

MAX_PACKET: Final = 1 << 16
THREADS: Final = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS")
}
_FDS: Final = 3
_CONNECTION: Final = 3
Enter = Callable[[Mapping[str, Any], str], None]


def main(modules: list[str], *, boxed: bool) -> None:
    """Import ``modules``, report, and serve the worker until it closes.

    Args:
        modules: names of modules to import; one that cannot be is named in the report.
        boxed: each child enters a box of its own; this process was then started through ``box.wrap``.
    """
    # Nothing that is imported goes away again: looking for what might costs as much as a library.
    gc.disable()
    os.environ.update(THREADS)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    control = socket.socket(fileno=os.dup(0))
    # Descriptor 0 must read as an empty file, for us and for every child.
    _become_null(0)
    # Ctrl+C reaches it where no box gives it a session of its own: the worker says when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Imported before the first fork: a child that imports pays for it in each copy.
    from alliances_grader.shell import make_shell
    from alliances_grader.shell_child import run_child
    from alliances_grader.shell_guard import Guard
    from alliances_grader.warm_traceback import show_slips
    from alliances_grader.warm_up import warm_up

    shell = make_shell()
    failed = {name: reason for name in modules if (reason := _import(name))}
    warm_up()
    # After them: the first traceback looks at the file of each module.
    shell.warm_up()
    way_in = _box() if boxed else None
    guard = Guard(shell)
    parent = _Parent(control, partial(run_child, shell, guard, enter=way_in), partial(show_slips, shell))
    gc.freeze()
    gc.enable()
    parent.tell({"op": "ready", "failed": failed, "threads": _threads(), "pid": os.getpid()})
    parent.serve()


def _become_null(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _import(name: str) -> str:
    try:
        importlib.import_module(name)
    except Exception as problem:  # noqa: BLE001 - any module may fail in any way; the worker says so
        return f"{type(problem).__name__}: {problem}"[:500]
    return ""


def _box() -> Enter:
    from alliances_grader.box_inside import enter, prepare
    from alliances_grader.box_limits import Limits

    prepare()

    def way_in(limits: Mapping[str, Any], folder: str) -> None:
        enter(Limits.from_json(dict(limits)), folder, keep=(1, 2, _CONNECTION))

    return way_in


def _threads() -> int:
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1  # noqa: PTH208, PTH112


class _Parent:
    """Serves the worker; ``spare`` is done once, when there is nothing else to do."""

    def __init__(
        self,
        control: socket.socket,
        run_child: Callable[[socket.socket, Mapping[str, Any]], object],
        spare: Callable[[], None],
    ) -> None:
        self._control = control
        self._run_child = run_child
        self._spare: Callable[[], None] | None = spare
        self._child = 0

    def tell(self, content: Mapping[str, Any]) -> None:
        self._control.send(json.dumps(content).encode())

    def serve(self) -> None:
        watch = select.poll()
        watch.register(self._control, select.POLLIN)
        exits: dict[int, int] = {}
        while True:
            found = watch.poll(0) if self._spare is not None and not self._child else watch.poll()
            if not found:
                self._use_spare_time()
            for descriptor, _ in found:
                if descriptor in exits:
                    watch.unregister(descriptor)
                    os.close(descriptor)
                    self._report(exits.pop(descriptor))
                elif not self._take(watch, exits):
                    self._kill()
                    return

    def _use_spare_time(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            gc.disable()
            spare()
            gc.freeze()
            gc.enable()

    def _take(self, watch: select.poll, exits: dict[int, int]) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self._control, MAX_PACKET, _FDS)
        if not packet:
            return False
        asked = json.loads(packet)
        if asked["op"] == "kill":
            self._kill()
        elif asked["op"] == "run" and len(descriptors) == _FDS:
            self._fork(asked, descriptors)
            exit_of = os.pidfd_open(self._child)
            exits[exit_of] = self._child
            watch.register(exit_of, select.POLLIN)
        return True

    def _fork(self, asked: Mapping[str, Any], descriptors: list[int]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            for descriptor in descriptors:
                os.close(descriptor)
            self._child = child
            return
        try:
            connection, out, err = descriptors
            # Killed, the parent can end nobody: without a box its copy would go on alone.
            box_linux.die_with_parent()
            os.setsid()
            os.dup2(out, 1)
            os.dup2(err, 2)
            self._control.close()
            # The worker's connection takes the first number after the three usual ones; nothing else stays
            # open.
            os.dup2(connection, _CONNECTION, inheritable=False)
            os.closerange(_CONNECTION + 1, os.sysconf("SC_OPEN_MAX"))
            self._run_child(socket.socket(fileno=_CONNECTION), asked)
        finally:
            os._exit(1)

    def _kill(self) -> None:
        if self._child:
            for end in (os.killpg, os.kill):
                try:
                    end(self._child, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue

    def _report(self, child: int) -> None:
        _, status, used = os.wait4(child, 0)
        if child == self._child:
            # Whatever it started in its session and left behind goes with it.
            self._kill_session(child)
            self._child = 0
        self.tell(
            {
                "op": "ended",
                "status": os.waitstatus_to_exitcode(status),
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss * 1024,
            }
        )

    @staticmethod
    def _kill_session(child: int) -> None:
        try:
            os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
