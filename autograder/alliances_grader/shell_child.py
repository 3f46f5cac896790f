"""What the forked child does: enter the box, run the cells that it is asked for, say what came of each.

It is told one cell at a time, so that what has not run yet is nowhere in its memory, and each request
carries a
word of its own that its messages repeat: what was written before a request cannot answer it.
"""

from __future__ import annotations

import asyncio
import builtins
import os
import random
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from alliances_grader.probe import NotPlainError, to_wire
from alliances_grader.shell import CellShell
from alliances_grader.shell_guard import Guard
from alliances_grader.shell_inputs import BadFrameError, encode_frame, read_frame

__all__ = ["Enter", "run_child"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

Enter = Callable[[Mapping[str, Any], str], None]
"""Puts the calling process into its box: limits as plain data, and its work folder."""

# Bound before any learner code runs.
_SIGNAL: Final = signal.signal
_SENDALL: Final = socket.SocketType.sendall
_CLOSED: Final = 3
_MAX_TEXT: Final = 2_000


class _Channel:
    """Writes whole frames to the worker, from any thread of this process only."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.word = ""
        self.cell = -1

    def send(self, content: Mapping[str, Any]) -> None:
        try:
            frame = encode_frame(content)
        except BadFrameError:
            frame = encode_frame({"op": "lost", "word": self.word})
        try:
            with self._lock:
                _SENDALL(self._connection, frame)
        except OSError:
            # Learner code closed it, or the worker is gone: nobody is left to run for.
            os._exit(_CLOSED)

    def output(self, message: Mapping[str, Any]) -> None:
        self.send({"op": "out", "cell": self.cell, "word": self.word, "message": message})


def run_child(
    shell: CellShell, guard: Guard, connection: socket.socket, request: Mapping[str, Any], enter: Enter | None
) -> NoReturn:
    """Run the cells of one copy; never returns.

    Args:
        shell: made by the parent.
        guard: the parent's snapshot of it.
        connection: to the worker.
        request: ``folder``, ``seed``, ``strict``, ``box`` and, for the streams, nothing: descriptors 1 and
            2 are set.
        enter: the way into the box.
    """
    status = 1
    try:
        os.chdir(request["folder"])
        os.environ.update(HOME=request["folder"], NBGRADER_EXECUTION="autograde")
        if enter is not None:
            enter(request["box"], request["folder"])
        _hello(connection)
        _seed(int(request["seed"]))
        _hide_ourselves()
        # Own helper modules can be imported; in strict mode they never stand before the real libraries.
        sys.path.insert(len(sys.path) if request["strict"] else 0, "")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        channel = _Channel(connection)
        shell.attach(channel.output)
        # Not asyncio.run: it takes interrupts for itself, and a cell must get its own.
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_serve(shell, guard, channel, connection, strict=bool(request["strict"])))
        status = 0
    except BaseException:  # noqa: BLE001 - whatever happens, this process must not go on as its parent
        status = 1
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _hello(connection: socket.socket) -> None:
    # The kernel itself writes who is speaking: the worker learns the process's number as it sees it.
    who = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    connection.sendmsg([encode_frame({"op": "hello"})], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, who)])


def _hide_ourselves() -> None:
    """Leave none of our modules to be found by name: an import gives learner code others of its own."""
    package = sys.modules.get("alliances_grader")
    for name in [name for name in sys.modules if name.partition(".")[0] == "alliances_grader"]:
        del sys.modules[name]
        if package is not None and "." in name:
            vars(package).pop(name.partition(".")[2], None)


def _seed(seed: int) -> None:
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


async def _serve(
    shell: CellShell, guard: Guard, channel: _Channel, connection: socket.socket, *, strict: bool
) -> None:
    loop = asyncio.get_running_loop()
    bent: dict[str, object] = {}
    guard.begin()
    while True:
        if not _idle(loop):
            # Tasks that a cell left behind go on while we wait, as they do in a kernel.
            ready = asyncio.Event()
            loop.add_reader(connection.fileno(), ready.set)
            await ready.wait()
            loop.remove_reader(connection.fileno())
        asked = read_frame(connection)
        if asked is None:
            return
        channel.word, channel.cell = str(asked.get("word", "")), int(asked.get("cell", -1))
        if asked["op"] == "end":
            # Who has left, or hangs, cannot say goodbye.
            channel.send({"op": "done", "word": channel.word})
            return
        # Said at once: whoever answered the last request in advance and left is known by his silence.
        channel.send({"op": "begun", "word": channel.word})
        guard.show_builtins(bent)
        guarded, runs = bool(asked.get("guarded")), asked["op"] == "run"
        source = str(asked["source"] if runs else asked["expression"])
        _SIGNAL(signal.SIGINT, signal.default_int_handler)
        signs = guard.signs(source, restore=strict) if guarded else []
        if guarded and runs:
            guard.begin_test(source)
        if runs:
            # What was judged elsewhere counts as well: tracebacks and results then say the cell's own number.
            shell.execution_count = int(asked.get("count") or shell.execution_count)
            reply = await _run(shell, source, channel.cell)
        else:
            reply = _value(shell, source, bool(asked.get("exact")))
        # An interrupt that comes too late is for nobody.
        _SIGNAL(signal.SIGINT, signal.SIG_IGN)
        if guarded and runs:
            signs += [sign for sign in guard.end_test(restore=strict) if sign not in signs]
        bent = guard.hide_builtins()
        if os.getpid() != shell.pid:
            # A fork in the learner's cell came back here: it is not the one that was asked.
            os._exit(0)
        channel.send({"op": "done", "word": channel.word, "signs": signs, **reply})


def _idle(loop: asyncio.AbstractEventLoop) -> bool:
    """Say whether nothing that learner code left behind could run while we wait: waiting is then cheaper."""
    if threading.active_count() > 1 or len(asyncio.all_tasks(loop)) > 1:
        return False
    try:
        # What asyncio keeps of callbacks and watched descriptors has no public name; one is its own.
        parts: Any = vars(loop)
        waiting = parts["_ready"] or parts["_scheduled"] or parts["_stopping"]
        return not waiting and len(parts["_selector"].get_map()) <= 1
    except (AttributeError, KeyError, TypeError):
        return False


async def _run(shell: CellShell, source: str, cell: int) -> dict[str, Any]:
    try:
        return await shell.run(source, cell)
    except KeyboardInterrupt:
        shell.flush_streams()
        return {"status": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": [], "quit": False}
    except asyncio.CancelledError:
        shell.flush_streams()
        return {"status": "error", "ename": "CancelledError", "evalue": "", "traceback": [], "quit": False}


def _value(shell: CellShell, expression: str, exact: bool) -> dict[str, Any]:
    try:
        value = eval(compile(expression, "<probe>", "eval"), shell.user_ns)  # noqa: S307 - the trainer's expression
        return {"status": "value", "value": to_wire(value, exact=exact)}
    except NotPlainError as problem:
        return {"status": "not_plain", "evalue": str(problem)[:_MAX_TEXT]}
    except BaseException as problem:  # noqa: BLE001 - also SystemExit and KeyboardInterrupt of the learner's code
        names = [str(base.__name__)[:200] for base in type(problem).__mro__ if base is not object][:20]
        return {"status": "raised", "names": names, "evalue": _said(problem), "traceback": _frames(problem)}
    finally:
        shell.flush_streams()


def _said(problem: BaseException) -> str:
    try:
        return str(problem)[:_MAX_TEXT]
    except Exception:  # noqa: BLE001 - a learner's exception may not be able to say what it is
        return ""


def _frames(problem: BaseException) -> list[str]:
    try:
        # Without the line of ours that evaluated the expression.
        below = problem.__traceback__.tb_next if problem.__traceback__ is not None else None
        lines = traceback.format_exception(type(problem), problem, below, limit=-8)
    except Exception:  # noqa: BLE001 - as above
        return []
    return [line[:_MAX_TEXT] for line in lines][:20]
