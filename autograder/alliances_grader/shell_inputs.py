"""What is asked of a run, and the frames in which the worker and the learner's process talk: JSON only.

A frame is four bytes of length (big-endian) and that many bytes of JSON. What comes from the learner's
process is bounded before it is decoded, checked after it is, and never unpickled.
"""

from __future__ import annotations

import builtins
import json
import math
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from alliances_grader.probe_split import ProbeTest
from alliances_grader.verdicts import Mode

__all__ = [
    "MAX_FRAME",
    "BadFrameError",
    "CellSource",
    "CopyRequest",
    "FrameReader",
    "RunLimits",
    "encode_frame",
    "read_frame",
]

# Learner code may replace builtins; what is defined here keeps the ones it was loaded with.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

MAX_FRAME: Final = 8 * 1024 * 1024
"""Bytes of the longest frame; what a cell shows is kept to less anyway."""
_MAX_PARTS: Final = 1_000_000
_HEAD: Final = struct.Struct(">I")
_ENCODER: Final[Any] = vars(json.encoder)["c_make_encoder"]
_ENCODE_TEXT: Final = json.encoder.encode_basestring_ascii
_RECV: Final = socket.SocketType.recv
_MAX_DIGITS: Final = 4_000


class BadFrameError(ValueError):
    """What the other end sent is no frame of ours: too long, no JSON, or not an object."""


@dataclass(frozen=True)
class CellSource:
    """One code cell to run.

    Attributes:
        index: place among the notebook's cells, from 0.
        grade_id: nbgrader's id, empty when it has none.
        source: what runs in the learner's process.
        guarded: a cell of the course's own (locked, with tests): before it runs, what learner code may have
            bent in the shell is looked for, reported, and in strict mode put back.
        skip: leave it out (nbclient's ``skip-execution``, honoured in nbgrader mode only).
        test: the test split in two, when its comparisons are made outside the learner's process.
    """

    index: int
    grade_id: str
    source: str
    guarded: bool = False
    skip: bool = False
    test: ProbeTest | None = None


@dataclass(frozen=True)
class RunLimits:
    """How long and how much; seconds are of the wall, bytes of what is kept in the notebook.

    ``grace_seconds`` is what an interrupted cell gets to end before the copy is killed (nbclient waits 4 s).
    ``flood_bytes`` ends the run of a copy that keeps writing beyond what is kept.
    """

    cell_seconds: float = 30.0
    copy_seconds: float = 120.0
    grace_seconds: float = 4.0
    cell_bytes: int = 2_000_000
    copy_bytes: int = 10_000_000
    outputs_per_cell: int = 500
    flood_bytes: int = 200_000_000


@dataclass(frozen=True)
class CopyRequest:
    """One copy to run.

    Attributes:
        cells: its code cells, in order.
        folder: its private work folder, as the warm parent sees it.
        seed: of the random generators, fixed per copy, so that a regrade gives the same numbers.
        mode: ``strict`` puts back what learner code bent before each test; ``nbgrader`` leaves it bent.
        limits: of this module.
        box: what ``enter`` of the sandbox takes, handed on as it is.
        modules: what the warm parent must have imported; None for all that it was asked to.
    """

    cells: tuple[CellSource, ...]
    folder: str
    seed: int = 0
    mode: Mode = "strict"
    limits: RunLimits = field(default_factory=RunLimits)
    box: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[str, ...] | None = None


def encode_frame(content: Mapping[str, Any]) -> bytes:
    """Return ``content`` as one frame; what JSON does not know is written as text."""
    try:
        body = _written(content)
    except (ValueError, TypeError, RecursionError):
        # A bundle with NaN, odd keys or a loop in it: a kernel would send text in its place as well.
        body = _written(_cleaned(content, 0))
    if len(body) > MAX_FRAME or _parts(body) > _MAX_PARTS:
        raise BadFrameError(f"{len(body)} bytes")
    return _HEAD.pack(len(body)) + body


def _written(content: object) -> bytes:
    # What json.dumps calls in the end, bound before learner code runs: it cannot put itself in between.
    # Arguments: known containers, default, text, indent, separators, sorted, odd keys left out, NaN allowed.
    parts = _ENCODER({}, _as_text, _ENCODE_TEXT, None, ":", ",", False, False, False)(content, 0)
    return "".join(parts).encode()


def _as_text(value: object) -> object:
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def _cleaned(value: Any, depth: int) -> Any:  # noqa: ANN401 - JSON
    if depth > 60:  # noqa: PLR2004 - deeper than any bundle of a real library
        return "…"
    if isinstance(value, Mapping):
        return {str(key): _cleaned(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    return str(value)


class FrameReader:
    """Puts frames together from the bytes of a stream; holds at most one frame more than it has given out."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Take what arrived and yield each complete frame.

        Raises:
            BadFrameError: a frame is too long or is no JSON object.
        """
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._buffer)
            if length > self._limit:
                raise BadFrameError(f"{length} bytes announced")
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield _decode(body)


def _parts(body: bytes) -> int:
    # An upper bound, found fast: a few bytes of JSON can become a hundred of memory each.
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _decode(body: bytes) -> dict[str, Any]:
    if _parts(body) > _MAX_PARTS:
        raise BadFrameError("too many parts")
    try:
        text = body.decode().strip()
        content, end = _SCAN(text, 0)
        if end != len(text):
            raise BadFrameError("more than one value")
    except StopIteration:
        raise BadFrameError("no JSON") from None
    except (ValueError, RecursionError, MemoryError) as problem:
        raise BadFrameError(str(problem)[:200]) from None
    if not isinstance(content, dict):
        raise BadFrameError("not an object")
    return content


def _refuse(name: str) -> object:
    raise BadFrameError(name)


def _bounded_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise BadFrameError(f"a number of {len(digits)} digits")
    return int(digits)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise BadFrameError("a key twice")
    return content


# The compiled scanner of a decoder, made before learner code runs (see _written).
_SCAN: Final[Any] = vars(
    json.JSONDecoder(parse_constant=_refuse, parse_int=_bounded_int, object_pairs_hook=_no_twins)
)["scan_once"]


def read_frame(connection: socket.socket) -> dict[str, Any] | None:
    """Wait for one whole frame and return it, or None when the other end has closed.

    Raises:
        BadFrameError: as ``FrameReader.feed``.
    """
    head = _read_exactly(connection, _HEAD.size)
    if head is None:
        return None
    (length,) = _HEAD.unpack(head)
    if length > MAX_FRAME:
        raise BadFrameError(f"{length} bytes announced")
    body = _read_exactly(connection, length)
    return None if body is None else _decode(body)


def _read_exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = _RECV(connection, min(length - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
