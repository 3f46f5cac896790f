"""The real-kernel route: a copy's cells through nbclient, for notebooks whose kernel is not plain Python.

Slower by a kernel's start, and equal to the warm parent on the corpus of ``tests/grader_engine``. The
kernel talks
over sockets in a folder (``ipc``), never over the network, so that a box without network can hold it.
"""

# These libraries say that they are typed; most of what is called here is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from alliances.errors import EnvironmentFault
from alliances_grader.shell_inputs import CellSource, CopyRequest
from alliances_grader.verdicts import CellRun, CopyRun, Status

__all__ = ["run_in_kernel"]

_TIMEOUT: Final = "CellTimeoutError"
_ON_TIMEOUT: Final = {
    "ename": _TIMEOUT,
    "evalue": "",
    "traceback": [f"\x1b[0;31m{_TIMEOUT}\x1b[0m: No reply from kernel before timeout"],
}
_SILENCED: Final = "ERROR: An error occurred while showtraceback was disabled"
_START_SECONDS: Final = 60


def run_in_kernel(
    request: CopyRequest,
    kernel: str = "python3",
    wrap: Callable[[Sequence[str], Path], Sequence[str]] | None = None,
) -> CopyRun:
    """Run one copy in a fresh kernel and return what it gave, as ``ZygoteClient.run`` does.

    Tests that are split in two run whole here: this route has no judge.

    Args:
        request: the copy; ``seed`` and ``box`` are not used.
        kernel: name of an installed kernel.
        wrap: puts the kernel's command line into a box in which the given folder can be written.

    Raises:
        EnvironmentFault: the kernel is not installed.
    """
    from jupyter_client.kernelspec import NoSuchKernel

    folder = Path(tempfile.mkdtemp(prefix="alliances-kernel-"))
    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        cells, ended = asyncio.run(_run(request, kernel, folder, wrap))
    except NoSuchKernel:
        raise EnvironmentFault("execution.no_kernel", kernel=kernel) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return CopyRun(
        cells=tuple(cells),
        ended=ended,
        cpu_seconds=max(0.0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime),
        wall_seconds=time.monotonic() - began,
        peak_bytes=after.ru_maxrss * 1024,
    )


def _manager(kernel: str, folder: Path, wrap: Callable[[Sequence[str], Path], Sequence[str]] | None) -> Any:  # noqa: ANN401 - a library without types
    from jupyter_client.manager import AsyncKernelManager

    class BoxedManager(AsyncKernelManager):
        """Starts the kernel's command inside the box."""

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            command = super().format_kernel_cmd(extra_arguments)
            return command if wrap is None else list(wrap(command, folder))

    # Short names: a socket's path may have about a hundred characters.
    return BoxedManager(
        kernel_name=kernel,
        transport="ipc",
        ip=str(folder / "s"),
        connection_file=str(folder / "connection.json"),
    )


async def _run(
    request: CopyRequest,
    kernel: str,
    folder: Path,
    wrap: Callable[[Sequence[str], Path], Sequence[str]] | None,
) -> tuple[list[CellRun], str]:
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell(cell.source) for cell in request.cells])
    limits = request.limits
    manager = _manager(kernel, folder, wrap)
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=limits.cell_seconds,
        startup_timeout=_START_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        error_on_timeout=_ON_TIMEOUT,
        raise_on_iopub_timeout=True,
        iopub_timeout=limits.grace_seconds,
        on_cell_executed=_complete_error,
        extra_arguments=_EXTRA.get(kernel, []),
    )
    # Nothing of the worker's environment: what a kernel needs besides stands in its own specification.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": request.folder,
        "NBGRADER_EXECUTION": "autograde",
    }
    runs: list[tuple[CellSource, Status, int | None]] = []
    deadline = time.monotonic() + limits.copy_seconds
    ended = ""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    async with client.async_setup_kernel(cwd=request.folder, env=environment, **silent):
        for cell, node in zip(request.cells, notebook.cells, strict=True):
            if cell.skip or not cell.source.strip():
                runs.append((cell, "skipped", None))
                continue
            count = 1 + sum(status != "skipped" for _, status, _ in runs)
            try:
                left = max(0.1, deadline - time.monotonic())
                await asyncio.wait_for(
                    client.async_execute_cell(node, notebook.cells.index(node), execution_count=count), left
                )
            except DeadKernelError:
                ended = "crash"
            except TimeoutError:
                ended = "copy_time"
            except Exception as problem:  # noqa: BLE001 - whatever the kernel did, the class goes on
                ended = "cell_time" if type(problem).__name__ == _TIMEOUT else "crash"
            runs.append((cell, "killed" if ended else _status(node.outputs), None if ended else count))
            if ended:
                break
        if ended:
            await manager.shutdown_kernel(now=True)
    # Only now: a later cell may have updated what an earlier one shows.
    done = [_as_run(*run, node.outputs) for run, node in zip(runs, notebook.cells, strict=False)]
    return done + [
        CellRun(cell.index, cell.grade_id, "not_run") for cell in request.cells[len(runs) :]
    ], ended


_EXTRA: Final = {"python3": ["--HistoryManager.hist_file=:memory:"]}


def _as_run(cell: CellSource, status: Status, count: int | None, outputs: list[dict[str, Any]]) -> CellRun:
    from nbformat import NotebookNode

    def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, NotebookNode | dict):
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list) else value

    return CellRun(cell.index, cell.grade_id, status, tuple(plain(output) for output in outputs), count)


def _status(outputs: list[dict[str, Any]]) -> Status:
    errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
    if _TIMEOUT in errors:
        return "timeout"
    return "error" if errors else "ok"


def _complete_error(cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ANN401, ARG001 - nbclient's call
    """Add the error of a reply that was shown nowhere, as nbgrader does (a silenced shell)."""
    from nbformat.v4 import new_output

    content = execute_reply["content"]
    if content["status"] != "error":
        return
    if not any(one["output_type"] == "error" and one["ename"] == content["ename"] for one in cell.outputs):
        lines = content["traceback"] or [_SILENCED]
        error = new_output("error", ename=content["ename"], evalue=content["evalue"], traceback=lines)
        cell.outputs.append(error)
