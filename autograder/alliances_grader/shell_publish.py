"""What cells show, turned into messages: streams, results and displays of the shell in the child."""

# These libraries say that they are typed; most of what is called here is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import base64
import builtins
import io
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

__all__ = ["CellDisplayHook", "CellDisplayPublisher", "OutStream", "Showing"]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_FLUSH_AT: Final = 1 << 16


class Showing(Protocol):
    """The shell, as its streams see it."""

    pid: int

    def owns_output(self) -> bool:
        """Say whether the running code belongs to the cell that runs now."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message of the running cell."""


class OutStream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the cells: kept until something else is shown, then sent as one."""

    encoding = "UTF-8"

    def __init__(self, name: Literal["stdout", "stderr"], shell: Showing) -> None:
        self.name = name
        self._shell = shell
        self._parts: list[str] = []
        self._size = 0
        self._lock = threading.Lock()

    def fileno(self) -> int:
        """Return the descriptor that compiled code writes to."""
        return 1 if self.name == "stdout" else 2

    def isatty(self) -> bool:
        """Say that nobody is watching."""
        return False

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep ``text`` for the cell that runs; what a thread of an earlier cell writes is dropped."""
        if not isinstance(text, str):
            msg = f"write() argument must be str, not {type(text)}"
            raise TypeError(msg)
        if os.getpid() != self._shell.pid:
            # A forked process of the learner's has no part in our messages.
            os.write(self.fileno(), text.encode("utf-8", "backslashreplace"))
            return len(text)
        if not self._shell.owns_output():
            return len(text)
        with self._lock:
            self._parts.append(text)
            self._size += len(text)
            full = self._size >= _FLUSH_AT
        if full:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was kept."""
        if os.getpid() != self._shell.pid:
            return
        with self._lock:
            text, self._parts, self._size = "".join(self._parts), [], 0
        for start in range(0, len(text), _FLUSH_AT):
            part = text[start : start + _FLUSH_AT]
            self._shell.send({"type": "stream", "name": self.name, "text": part})


class CellDisplayHook(DisplayHook):
    """Sends the value of a cell's last expression as ``execute_result``."""

    message: dict[str, Any] | None = None

    def start_displayhook(self) -> None:
        """Begin a result."""
        self.message = {"type": "execute_result", "data": {}, "metadata": {}}

    def write_output_prompt(self) -> None:
        """Number it."""
        if self.message is not None:
            self.message["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Fill it."""
        if self.message is not None:
            self.message["data"] = _encoded(format_dict)
            self.message["metadata"] = md_dict or {}

    def finish_displayhook(self) -> None:
        """Send it, behind what was printed before."""
        sys.stdout.flush()
        sys.stderr.flush()
        if self.message is not None and self.message["data"]:
            # A hook without a shell would be nobody's.
            cast("Any", self.shell).show(self.message)
        self.message = None


class CellDisplayPublisher(DisplayPublisher):
    """Sends ``display_data``, ``update_display_data`` and ``clear_output``."""

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,  # noqa: ANN401 - parameters of other versions
    ) -> None:
        """Send one display."""
        self._flush()
        self._validate_data(data, metadata or {})
        message = {
            "type": "update_display_data" if update else "display_data",
            "data": _encoded(data),
            "metadata": metadata or {},
            "display_id": (transient or {}).get("display_id"),
        }
        self.shell.show(message)

    def clear_output(self, wait: bool = False) -> None:
        """Take back what the cell has shown."""
        self._flush()
        self.shell.show({"type": "clear_output", "wait": bool(wait)})

    @staticmethod
    def _flush() -> None:
        sys.stdout.flush()
        sys.stderr.flush()


def _encoded(bundle: Mapping[str, Any]) -> dict[str, Any]:
    # What Python holds as bytes travels as base64, as in the messages of a kernel.
    return {
        str(mime): base64.b64encode(value).decode("ascii") if isinstance(value, bytes | bytearray) else value
        for mime, value in bundle.items()
    }
