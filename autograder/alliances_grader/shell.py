"""An IPython shell that runs cells as ipykernel does and sends what they show as messages, without a kernel.

It runs inside the learner's process. Streams, results, displays, tracebacks, magics, ``await`` at top level
and
the refusal of ``input()`` follow ipykernel 7 (read in its ``zmqshell``, ``displayhook`` and ``ipkernel``);
the
corpus in ``tests/grader_engine/test_shell.py`` compares both. No thread, no socket of ZeroMQ, no history
file.
"""

# IPython says that it is typed; most of what a shell overrides is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import builtins
import getpass
import os
import signal
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, cast

from IPython.core import page
from IPython.core.async_helpers import _asyncio_runner
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC
from traitlets import Bool, CBool, Instance, Type, default
from traitlets.config import Config

from alliances_grader.shell_publish import CellDisplayHook, CellDisplayPublisher, OutStream
from alliances_grader.warm_traceback import belongs_to_no_module

__all__ = ["CellShell", "Reply", "Send", "make_shell"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

Send = Callable[[Mapping[str, Any]], None]
"""Takes one message, as a kernel's iopub would send it: ``{"type": "stream", "name": …, "text": …}``."""
Reply = dict[str, Any]
"""How a cell ended: ``status`` ok or error, ``ename``, ``evalue``, ``traceback``, ``quit``."""

# Which cell the running code belongs to; tasks inherit it, threads are stamped when they start.
_owner: ContextVar[int] = ContextVar("alliances_cell")
_NO_INPUT: Final = "raw_input was called, but this frontend does not support input requests."
_NO_PASSWORD: Final = "getpass was called, but this frontend does not support input requests."  # noqa: S105 - a message


class CellCompiler(CachingCompiler):
    """Names cells as ipykernel does, after a file that is not there: tracebacks are then written alike."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:  # noqa: ARG002 - IPython's call
        """Return a name that depends on the text of the cell."""
        folder = tempfile.gettempdir()
        name = f"{folder}/ipykernel_{os.getpid()}/{zlib.crc32(raw_code.encode('utf-8', 'replace'))}.py"
        belongs_to_no_module(name)
        return name


class CellShell(InteractiveShell):
    """The shell; one per process, made before the fork and given a channel after it."""

    displayhook_class = Type(CellDisplayHook)
    display_pub_class = Type(CellDisplayPublisher)
    compiler_class = Type(CellCompiler)
    colors_force = CBool(True)
    readline_use = CBool(False)
    autoindent = CBool(False)
    exiter = Instance(ZMQExitAutocall)
    exit_now = Bool(False)
    keepkernel_on_exit = None

    pid = 0
    cell = -1
    _send: Send | None = None
    _last_traceback: list[str] | None = None
    _failed_display = False

    @default("exiter")
    def _default_exiter(self) -> ZMQExitAutocall:
        return ZMQExitAutocall(self)

    def init_environment(self) -> None:
        """Give programs that cells start the colours and pagers that a kernel gives them."""
        os.environ.update(
            TERM="xterm-color",
            CLICOLOR="1",
            FORCE_COLOR="1",
            CLICOLOR_FORCE="1",
            PAGER="cat",
            GIT_PAGER="cat",
        )

    def init_hooks(self) -> None:
        """Page nothing: help goes where a kernel sends it, to the front end and not into the notebook."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda *_, **__: None), 99)

    def enable_gui(self, gui: str | None = None) -> None:
        """Refuse windows: there is no screen."""
        if gui not in (None, "inline", "agg"):
            raise UsageError(f"no event loop for {gui!r} here")

    def system_piped(self, cmd: str) -> None:
        """Run ``!cmd``; a box has no terminals to lend, and the program then writes to a pipe."""
        try:
            os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
        except OSError:
            self._system_without_terminal(cmd)
        else:
            super().system_piped(cmd)

    system = system_piped

    def _system_without_terminal(self, cmd: str) -> None:
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        command = ["/bin/sh", "-c", self.var_expand(cmd, depth=2)]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as program:
            for line in program.stdout or ():
                # A terminal would have ended the line this way.
                sys.stdout.write(line.decode("utf-8", "replace").replace("\n", "\r\n"))
        self.user_ns["_exit_code"] = program.returncode

    def ask_exit(self) -> None:
        """Note that the learner ended the session (``exit``, ``quit()``)."""
        self.exit_now = True

    def warm_up(self) -> None:
        """Load what IPython puts off until a cell shows a value, fails, or uses a magic."""
        cast("Any", self.display_formatter).format(1)
        self.transform_cell("%time 1\n!true\nx = 1")
        try:
            exec(compile("def f():\n    return 1 / 0\nf()", "<warm-up>", "exec"), {})  # noqa: S102 - two lines of ours
        except ZeroDivisionError:
            self.write_traceback(*sys.exc_info())

    def write_traceback(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write a traceback for nobody: what that needs is then loaded."""
        cast("Any", self.InteractiveTB).structured_traceback(kind, error, trace, 1)

    def attach(self, send: Send) -> None:
        """Send from now on through ``send``, in this process; called once after the fork."""
        self._send = send
        self.pid = os.getpid()

    def owns_output(self) -> bool:
        """Say whether the running code belongs to the cell that runs now."""
        cell = _owner.get(None)
        if cell is None:
            cell = getattr(threading.current_thread(), "alliances_cell", None)
        return cell == self.cell

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message of the running cell."""
        if self._send is not None and os.getpid() == self.pid:
            self._send(message)

    def show(self, message: Mapping[str, Any]) -> None:
        """Send a display, unless it comes from a thread or a task of an earlier cell."""
        if self.owns_output():
            self.send(message)

    def _showtraceback(self, etype: type, evalue: BaseException | None, stb: list[str]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._failed_display = getattr(self.displayhook, "message", None) is not None
        content = {"ename": str(etype.__name__), "evalue": _text_of(evalue), "traceback": stb}
        self.show({"type": "error", **content})
        self._last_traceback = stb

    def _format_exception_for_storage(
        self, exception: BaseException, filename: str | None = None, running_compiled_code: bool = False
    ) -> dict[str, Any]:
        """Remember the traceback that was shown: IPython would write it a second time, at the same cost."""
        if isinstance(exception, SyntaxError | UsageError) or not self._last_traceback:
            inherited: Any = super()._format_exception_for_storage
            return cast("dict[str, Any]", inherited(exception, filename, running_compiled_code))
        shown = list(self._last_traceback)
        return {"ename": type(exception).__name__, "evalue": str(exception), "traceback": shown}

    async def run(self, source: str, cell: int) -> Reply:
        """Run one cell as ipykernel's ``do_execute`` does; ``cell`` marks what it shows."""
        self.cell = cell
        _owner.set(cell)
        self._last_traceback = None
        self._failed_display = False
        with _no_input():
            # Reading a cell twice costs more than most cells: only one that may wait is read before it runs.
            waits = self.loop_runner is _asyncio_runner and ("await" in source or "async" in source)
            result = await self._run_waiting(source) if waits else self.run_cell(source, store_history=True)
        self.flush_streams()
        error = result.error_before_exec if result.error_before_exec is not None else result.error_in_exec
        if result.success and not self._failed_display:
            return {"status": "ok", "quit": self.exit_now}
        return {
            "status": "error",
            "ename": type(error).__name__,
            "evalue": _text_of(error),
            "traceback": self._last_traceback or [],
            "quit": self.exit_now,
        }

    async def _run_waiting(self, source: str) -> Any:  # noqa: ANN401 - IPython's own
        try:
            transformed, bad_input = self.transform_cell(source), None
        except Exception:  # noqa: BLE001 - learner code may transform cells; the shell reports what it raised
            transformed, bad_input = source, sys.exc_info()
        if not self.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=bad_input):
            return self.run_cell(source, store_history=True)
        coroutine = self.run_cell_async(
            source,
            store_history=True,
            silent=False,
            transformed_cell=transformed,
            preprocessing_exc_tuple=bad_input,
        )
        future = asyncio.ensure_future(coroutine)
        with _cancelled_by_interrupt(future):
            result = None
            try:
                result = await future
            finally:
                self.events.trigger("post_execute")
                self.events.trigger("post_run_cell", result)
        return result

    def flush_streams(self) -> None:
        """Send what was printed, whatever learner code put in the place of the streams."""
        for stream in self.streams:
            stream.flush()

    @property
    def streams(self) -> tuple[OutStream, OutStream]:
        """The two streams of the cells."""
        return self._streams

    def open_streams(self) -> None:
        """Put the streams of the cells in the place of the process's own."""
        self._streams = (OutStream("stdout", self), OutStream("stderr", self))
        self.use_streams()

    def use_streams(self) -> None:
        """Make Python write to them."""
        sys.stdout, sys.stderr = self._streams


InteractiveShellABC.register(CellShell)


def _text_of(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a learner's exception may not be able to say what it is
        return ""


@contextmanager
def _no_input() -> Iterator[None]:
    kept = builtins.input, getpass.getpass

    def no_input(_prompt: object = "") -> str:
        raise StdinNotImplementedError(_NO_INPUT)

    def no_password(_prompt: str = "", _stream: object = None) -> str:
        raise StdinNotImplementedError(_NO_PASSWORD)

    builtins.input, getpass.getpass = no_input, no_password  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.input, getpass.getpass = kept


@contextmanager
def _cancelled_by_interrupt(future: asyncio.Future[Any]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def interrupt(*_: object) -> None:
        loop.call_soon_threadsafe(future.cancel)

    kept = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, kept)


def _stamp_threads() -> None:
    # What a thread shows belongs to the cell that started it, as with ipykernel, however long it lives.
    start = threading.Thread.start

    def stamped(thread: threading.Thread) -> None:
        cell = _owner.get(None)
        if cell is None:
            cell = getattr(threading.current_thread(), "alliances_cell", None)
        thread.alliances_cell = cell  # type: ignore[attr-defined]
        start(thread)

    threading.Thread.start = stamped  # type: ignore[assignment, method-assign]


def make_shell() -> CellShell:
    """Make the one shell of this process, without history on disk, profile of a user or thread of its own."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    with tempfile.TemporaryDirectory(prefix="alliances-shell-") as folder:
        # IPython wants a profile to exist while it starts; it must never be a person's own.
        shell: CellShell = CellShell.instance(config=config, ipython_dir=folder)
    shell.open_streams()
    _stamp_threads()
    return shell
