"""Puts a run's messages together as nbformat 4 outputs, as nbclient does.

In the worker: learner code cannot take back or rewrite what has arrived here, except by the messages that a
kernel's front end would obey too.

Everything is checked and bounded. Beyond the bounds, displays and text are left out and a notice says so; an
error and a result's plain text are always kept, cut if need be, because marks depend on them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from alliances.i18n import text
from alliances_grader.shell_inputs import RunLimits

__all__ = ["OutputRecorder"]

_ALWAYS_KEPT: Final = 20_000
_MAX_LINES: Final = 500
_TEXT_PLAIN: Final = "text/plain"


class OutputRecorder:
    """The outputs of all cells of one copy; ``start`` opens a cell, ``take`` adds one message to it.

    Args:
        limits: how much is kept.
        keep_results: clearing a cell leaves its results, which marks depend on: a test that gives parts
            gives all when its result is gone.
    """

    def __init__(self, limits: RunLimits, *, keep_results: bool = False) -> None:
        self._keep_results = keep_results
        self._limits = limits
        self._cells: dict[int, list[dict[str, Any]]] = {}
        self._displays: dict[str, dict[int, list[int]]] = {}
        self._current = -1
        self._clear_next = False
        self._cell_left = 0
        self._copy_left = limits.copy_bytes
        self._outputs_left = 0
        self._cut: set[int] = set()
        self.had_error = False

    @property
    def cut(self) -> frozenset[int]:
        """The cells whose outputs were cut."""
        return frozenset(self._cut)

    def start(self, cell: int) -> None:
        """Open a cell."""
        self._current = cell
        self._cells[cell] = []
        self._clear_next = False
        self._cell_left = self._limits.cell_bytes
        self._outputs_left = self._limits.outputs_per_cell
        self.had_error = False

    def of(self, cell: int) -> tuple[dict[str, Any], ...]:
        """Return the outputs of one cell, in order."""
        return tuple(self._cells.get(cell, ()))

    def take(self, message: object) -> bool:
        """Add one message; False when it is not one of ours."""
        if not isinstance(message, dict):
            return False
        kind = message.get("type")
        if kind == "stream":
            return self._stream(message)
        if kind in ("display_data", "execute_result", "update_display_data"):
            return self._bundle(str(kind), message)
        if kind == "error":
            return self.error(message.get("ename"), message.get("evalue"), message.get("traceback"))
        if kind == "clear_output":
            if message.get("wait"):
                self._clear_next = True
            else:
                self._clear()
            return True
        return False

    def stream(self, name: str, content: str) -> None:
        """Add text that a program wrote to a descriptor."""
        self._stream({"name": name, "text": content})

    def error(self, name: object, value: object, traceback: object) -> bool:
        """Add an error; its texts are cut, never left out."""
        if not (isinstance(name, str) and isinstance(value, str) and isinstance(traceback, list)):
            return False
        self.had_error = True
        lines = [_clean(line)[:_ALWAYS_KEPT] for line in traceback if isinstance(line, str)]
        self._settle_clear()
        self._append(
            {
                "output_type": "error",
                "ename": _clean(name)[:200],
                "evalue": _clean(value)[:_ALWAYS_KEPT],
                "traceback": lines[-_MAX_LINES:],
            }
        )
        return True

    def has_error(self, name: str) -> bool:
        """Say whether an error of that name stands in the current cell."""
        return any(
            one["output_type"] == "error" and one["ename"] == name for one in self._cells[self._current]
        )

    def _stream(self, message: Mapping[str, Any]) -> bool:
        name, content = message.get("name"), message.get("text")
        if name not in ("stdout", "stderr") or not isinstance(content, str):
            return False
        kept = content[: max(0, min(self._cell_left, self._copy_left))]
        if kept:
            self._spend(len(kept))
            self._settle_clear()
            self._write(str(name), _clean(kept))
        if len(kept) < len(content):
            self._notice()
        return True

    def _write(self, name: str, content: str) -> None:
        outputs = self._cells[self._current]
        if outputs and outputs[-1]["output_type"] == "stream" and outputs[-1]["name"] == name:
            outputs[-1]["text"] += content
        else:
            outputs.append({"output_type": "stream", "name": name, "text": content})

    def _bundle(self, kind: str, message: Mapping[str, Any]) -> bool:
        data, metadata = message.get("data"), message.get("metadata", {})
        display = message.get("display_id")
        if not isinstance(data, dict) or not isinstance(metadata, dict):
            return False
        if not (display is None or isinstance(display, str)):
            return False
        size = len(json.dumps(data)) + len(json.dumps(metadata))
        fits = size <= min(self._cell_left, self._copy_left) and self._outputs_left > 0
        if not fits:
            self._notice()
            plain = data.get(_TEXT_PLAIN)
            if kind != "execute_result" or not isinstance(plain, str):
                return True
            data, metadata, size = {_TEXT_PLAIN: plain[:_ALWAYS_KEPT]}, {}, 0
        self._spend(size)
        data = {str(mime): _clean_value(value) for mime, value in data.items()}
        if display is not None:
            self._update(display, data, metadata)
        if kind == "update_display_data":
            return True
        self._settle_clear()
        output: dict[str, Any] = {"output_type": kind, "data": data, "metadata": metadata}
        if kind == "execute_result":
            count = message.get("execution_count")
            output["execution_count"] = count if isinstance(count, int) else None
        if display is not None:
            place = self._displays.setdefault(display, {}).setdefault(self._current, [])
            place.append(len(self._cells[self._current]))
        self._outputs_left -= 1
        self._append(output)
        return True

    def _update(self, display: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        for cell, places in self._displays.get(display, {}).items():
            for place in places:
                self._cells[cell][place]["data"] = data
                self._cells[cell][place]["metadata"] = metadata

    def _append(self, output: dict[str, Any]) -> None:
        self._cells[self._current].append(output)

    def _settle_clear(self) -> None:
        if self._clear_next:
            self._clear()

    def _clear(self) -> None:
        self._clear_next = False
        kept = [one for one in self._cells[self._current] if self._keep_results and _is_result(one)]
        self._cells[self._current] = kept
        for places in self._displays.values():
            if self._current in places:
                places[self._current] = []

    def _spend(self, size: int) -> None:
        self._cell_left -= size
        self._copy_left -= size

    def _notice(self) -> None:
        # On the standard output, which no mark depends on; once a cell.
        if self._current not in self._cut:
            self._cut.add(self._current)
            self._settle_clear()
            self._write("stdout", "\n" + text("execution.output_cut") + "\n")


def _is_result(output: Mapping[str, Any]) -> bool:
    return bool(output["output_type"] == "execute_result")


def _clean(content: str) -> str:
    # Half a character (a lone surrogate) can be shown and stored nowhere.
    return content.encode("utf-8", "replace").decode("utf-8")


def _clean_value(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_value(item) for item in value]
    if isinstance(value, dict):
        return {_clean(str(key)): _clean_value(item) for key, item in value.items()}
    return value
