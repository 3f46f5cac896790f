"""nbclient's front end of a kernel, whose every message is bounded before it is read and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from alliances_grader.shell_inputs import MAX_FRAME, CopyRequest
from alliances_grader.shell_outputs import OutputRecorder

__all__ = ["bounded_client", "bounded_context"]

_START_SECONDS: Final = 60
_WAITING_AT_MOST: Final = 64
"""Messages of one channel, of at most ``MAX_FRAME`` bytes each, that wait to be read."""
_SHOWN: Final = frozenset(
    {"stream", "display_data", "execute_result", "update_display_data", "error", "clear_output"}
)
_ON_TIMEOUT: Final = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"],
}
_SILENCED: Final = "ERROR: An error occurred while showtraceback was disabled"


@contextmanager
def bounded_context() -> Iterator[Any]:
    """Give a ZeroMQ context whose sockets drop a peer that sends too much at once."""
    import zmq.asyncio

    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME)
    context.setsockopt(zmq.RCVHWM, _WAITING_AT_MOST)
    try:
        yield context
    finally:
        context.destroy(linger=0)


def bounded_client(
    request: CopyRequest,
    manager: Any,  # noqa: ANN401 - a library without types
    recorder: OutputRecorder,
    arguments: list[str],
) -> Any:  # noqa: ANN401 - a library without types
    """Return a client of nbclient's that gives what cells show to ``recorder``; ``received`` counts it.

    Args:
        request: the copy.
        manager: of the kernel, not started yet.
        recorder: started by the caller for each cell.
        arguments: for the kernel's command line.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionComplete
    from nbformat.v4 import new_code_cell, new_notebook

    class BoundedClient(NotebookClient):
        """Keeps outputs out of the notebook: they are the recorder's, where they are bounded."""

        received = 0

        def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> None:  # noqa: ANN401, ARG002 - nbclient's call
            """Take one message of the cell that runs.

            Raises:
                CellExecutionComplete: it was the last.
            """
            kind, content = msg["msg_type"], msg["content"]
            if kind == "status":
                if content.get("execution_state") == "idle":
                    raise CellExecutionComplete
            elif kind in _SHOWN:
                self.received += _size(content)
                display = (content.get("transient") or {}).get("display_id")
                recorder.take({**content, "type": kind, "display_id": display})

    def complete_error(cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ANN401, ARG001 - nbclient's call
        """Add the error of a reply that was shown nowhere, as nbgrader does (a silenced shell)."""
        content = execute_reply["content"]
        if content["status"] == "error" and not recorder.has_error(content["ename"]):
            lines = content["traceback"] or [_SILENCED]
            recorder.error(content["ename"], content["evalue"], lines)

    notebook = new_notebook(cells=[new_code_cell(cell.source) for cell in request.cells])  # type: ignore[no-untyped-call]
    return BoundedClient(
        notebook,
        km=manager,
        timeout=request.limits.cell_seconds,
        startup_timeout=_START_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        error_on_timeout=_ON_TIMEOUT,
        raise_on_iopub_timeout=True,
        iopub_timeout=request.limits.grace_seconds,
        on_cell_executed=complete_error,
        extra_arguments=arguments,
    )


def _size(content: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(len(str(key)) + _size(value) for key, value in content.items())
    return sum(map(_size, content)) if isinstance(content, list) else 1
