"""The real-kernel route: a copy's cells through nbclient, for notebooks whose kernel is not plain Python.

Slower by a kernel's start, and equal to the warm parent on the corpus of ``tests/grader_engine``. The kernel
talks over sockets in a folder (``ipc``), never over the network, so that a box without network can hold it.
What it sends is learners': bounded in size and number before it is read, and again before it is kept.
"""

# These libraries say that they are typed; most of what is called here is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.kernel_client import bounded_client, bounded_context
from alliances_grader.shell_inputs import CellSource, CopyRequest
from alliances_grader.shell_outputs import OutputRecorder
from alliances_grader.verdicts import CellRun, CopyRun, Finding, Status
from alliances_grader.zygote_wire import Watcher

__all__ = ["Held", "run_in_kernel"]

_TIMEOUT: Final = "CellTimeoutError"
_TICK: Final = 0.05
_END_SECONDS: Final = 5.0
_EXTRA: Final = {"python3": ["--HistoryManager.hist_file=:memory:"]}


class Held:
    """How a kernel is held: as it is, in this account. ``kernel_box`` holds one in a box."""

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder for the kernel's sockets; short, because a socket's path may have 107 characters."""
        made = Path(tempfile.mkdtemp(prefix="alliances-kernel-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def command(self, command: Sequence[str], folder: Path) -> list[str]:  # noqa: ARG002 - others use it
        """Return the command line to start, for the one that the kernel's specification gives."""
        return list(command)

    def watch(self, started: int) -> Watcher | None:  # noqa: ARG002 - others use it
        """Return the measuring of the copy whose kernel was started as that process."""
        return None

    def interrupt(self, started: int) -> bool:  # noqa: ARG002 - others use it
        """Interrupt the kernel; False leaves it to jupyter_client, which signals the process it started."""
        return False


_AS_IT_IS: Final = Held()


def run_in_kernel(request: CopyRequest, kernel: str = "python3", held: Held = _AS_IT_IS) -> CopyRun:
    """Run one copy in a fresh kernel and return what it gave, as ``ZygoteClient.run`` does.

    Tests that are split in two run whole here: this route has no judge. Nothing is looked for in the shell.

    Args:
        request: the copy; ``seed`` and ``box`` are not used.
        kernel: name of an installed kernel.
        held: how it is held.

    Raises:
        AlliancesError: the kernel does not come up; the copy's own files may be why.
        EnvironmentFault: the kernel is not installed.
    """
    from jupyter_client.kernelspec import NoSuchKernel

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = _Run(request, kernel, held)
    try:
        with held.folder() as folder, tempfile.TemporaryFile() as log:
            asyncio.run(run.go(folder, log))
    except NoSuchKernel:
        raise EnvironmentFault("execution.no_kernel", kernel=kernel) from None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return run.result(cpu, after.ru_maxrss * 1024)


class _Run:
    """One copy on its way through a kernel."""

    def __init__(self, request: CopyRequest, kernel: str, held: Held) -> None:
        self._request = request
        self._kernel = kernel
        self._held = held
        self._recorder = OutputRecorder(request.limits, keep_results=request.mode == "strict")
        self._runs: list[tuple[CellSource, Status, int | None]] = []
        self._ended = ""
        self._began = time.monotonic()
        self._watch: Watcher | None = None

    def result(self, cpu: float, peak: int) -> CopyRun:
        """Return what the copy gave; measured from outside where the kernel is in a box."""
        usage = getattr(self._watch, "usage", None)
        if usage is not None:
            measured = usage()
            cpu, peak = max(cpu, measured.cpu_seconds), measured.peak_bytes
        # Only now: a later cell may have updated what an earlier one shows.
        done = [
            CellRun(cell.index, cell.grade_id, status, self._recorder.of(cell.index), count)
            for cell, status, count in self._runs
        ]
        rest = self._request.cells[len(done) :]
        cut = (cell for cell in self._request.cells if cell.index in self._recorder.cut)
        return CopyRun(
            cells=(*done, *(CellRun(cell.index, cell.grade_id, "not_run") for cell in rest)),
            ended=self._ended,
            cpu_seconds=max(0.0, cpu),
            wall_seconds=time.monotonic() - self._began,
            peak_bytes=peak,
            findings=tuple(Finding("output_cut", cell.grade_id) for cell in cut),
            apart=False,
        )

    async def go(self, folder: Path, log: BinaryIO) -> None:
        """Start a kernel, run the cells, end it."""
        async with self._started(folder, log) as client:
            guard = asyncio.ensure_future(self._guard(client))
            try:
                for place, cell in enumerate(self._request.cells):
                    await self._cell(client, place, cell, guard)
                    if self._ended:
                        break
            finally:
                guard.cancel()
                end = getattr(self._watch, "end", None)
                if self._ended and end is not None:
                    end()

    @asynccontextmanager
    async def _started(self, folder: Path, log: BinaryIO) -> AsyncIterator[Any]:
        # nbclient's own way to start a kernel takes SIGINT and SIGTERM over: a run that is interrupted
        # would go on with a dead kernel, and the copy would pay for it.
        with bounded_context() as context:
            manager = _manager(self._kernel, folder, self._held, context)
            client = bounded_client(self._request, manager, self._recorder, _EXTRA.get(self._kernel, []))
            try:
                try:
                    await client.async_start_new_kernel(
                        cwd=self._request.folder, env=self._environment(), stdout=log, stderr=log
                    )
                    self._watch = self._held.watch(_started_process(manager))
                    await client.async_start_new_kernel_client()
                except (RuntimeError, OSError) as problem:
                    reason = _last_line(log) or str(problem)
                    raise AlliancesError(
                        "execution.kernel_failed", kernel=self._kernel, reason=reason
                    ) from problem
                yield client
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()
                with suppress(RuntimeError):
                    await asyncio.wait_for(manager.shutdown_kernel(now=True), _END_SECONDS)
                await manager.cleanup_resources()

    def _environment(self) -> dict[str, str]:
        # Nothing of the worker's environment: what a kernel needs besides stands in its own specification.
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": self._request.folder,
            "NBGRADER_EXECUTION": "autograde",
        }

    async def _guard(self, client: Any) -> str:  # noqa: ANN401 - a library without types
        """Return the name of the first limit that the copy passes."""
        told = 0
        while True:
            if client.received > self._request.limits.flood_bytes:
                return "output"
            if self._watch is not None:
                self._watch.add_output(client.received - told)
                told = client.received
                if (limit := self._watch.check()) is not None:
                    return limit
            await asyncio.sleep(_TICK)

    async def _cell(
        self,
        client: Any,  # noqa: ANN401 - a library without types
        place: int,
        cell: CellSource,
        guard: asyncio.Future[str],
    ) -> None:
        from nbclient.exceptions import DeadKernelError

        if cell.skip or not cell.source.strip():
            self._runs.append((cell, "skipped", None))
            return
        count = 1 + sum(status != "skipped" for _, status, _ in self._runs)
        self._recorder.start(cell.index)
        run = asyncio.ensure_future(
            client.async_execute_cell(client.nb.cells[place], place, execution_count=count)
        )
        left = max(0.1, self._began + self._request.limits.copy_seconds - time.monotonic())
        await asyncio.wait({run, guard}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if run.done():
            try:
                run.result()
            except DeadKernelError:
                self._ended = "crash"
            except Exception as problem:  # noqa: BLE001 - whatever the kernel did, the class goes on
                self._ended = "cell_time" if type(problem).__name__ == _TIMEOUT else "crash"
        else:
            run.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await run
        if guard.done():
            self._ended = guard.result()
        elif not run.done() or run.cancelled():
            self._ended = "copy_time"
        status: Status = "killed" if self._ended else _status(self._recorder.of(cell.index))
        self._runs.append((cell, status, None if self._ended else count))


def _manager(kernel: str, folder: Path, held: Held, context: Any) -> Any:  # noqa: ANN401 - no types
    from jupyter_client.manager import AsyncKernelManager

    class HeldManager(AsyncKernelManager):
        """Starts and interrupts the kernel as ``held`` says."""

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return held.command(super().format_kernel_cmd(extra_arguments), folder)

        async def _async_signal_kernel(self, signum: int) -> None:
            if signum != signal.SIGINT or not held.interrupt(_started_process(self)):
                await super()._async_signal_kernel(signum)

    return HeldManager(
        kernel_name=kernel,
        transport="ipc",
        ip=str(folder / "s"),
        connection_file=str(folder / "connection.json"),
        context=context,
    )


def _started_process(manager: Any) -> int:  # noqa: ANN401 - a library without types
    return int(manager.provisioner.pid or 0)


def _last_line(log: BinaryIO) -> str:
    log.seek(0)
    lines = log.read(100_000).decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _status(outputs: Sequence[dict[str, Any]]) -> Status:
    errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
    if _TIMEOUT in errors:
        return "timeout"
    return "error" if errors else "ok"
