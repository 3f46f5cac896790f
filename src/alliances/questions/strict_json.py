"""JSON that anybody may have sent: decoded within bounds, and hashed in one form whatever wrote it."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, Final, NoReturn

__all__ = ["DEEPEST", "content_hash", "load_json"]

DEEPEST: Final = 40
"""Lists and objects inside one another that are read; the deepest answer of the course has six."""


def content_hash(content: dict[str, Any]) -> str:
    """Return ``sha256:`` and the hash of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Half of a surrogate pair can be typed into JSON as \ud800; it must not stop a save.
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def load_json(content: bytes) -> Any:  # noqa: ANN401 - decoded JSON
    """Decode JSON: finite numbers only, at most ``DEEPEST`` levels, a byte order mark passed over.

    Of a field written twice the last one counts, as for every reader of the course.

    Raises:
        ValueError: it is anything else; the message is one short line.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200] or type(error).__name__) from error
    if _too_deep(data):
        raise ValueError(f"> {DEEPEST} levels")
    return data


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    """Refuse 1e999: it would be written back as Infinity, which nothing reads."""
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large")
    return number


def _too_deep(data: object) -> bool:
    """Say whether a decoded value would exhaust what walks through it; this walk does not recurse."""
    level = [data]
    for _ in range(DEEPEST):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        if not inner:
            return False
        level = inner
    return True
