"""What is kept beside a graded copy: engine, sandbox, time, flags, and of what it was made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alliances.storage import write_safely
from alliances_grader.flags import Flag

__all__ = ["RECORD_NAME", "Record", "fingerprint", "read_record", "write_record"]

RECORD_NAME: Final = "grading.json"
_FORMAT: Final = "alliances-grading"
_VERSION: Final = 1


@dataclass(frozen=True)
class Record:
    """One grading of one copy.

    ``sandbox`` is ``not_needed`` (nothing of the learner's was run) or ``none`` (run in the trainer's own
    account, as typed with ``--no-sandbox``); ``graded_at`` is UTC, ISO 8601; ``source`` is the fingerprint of
    what went in.
    """

    engine: str
    sandbox: str
    graded_at: str
    source: str
    flags: tuple[Flag, ...] = ()


def fingerprint(*parts: bytes) -> str:
    """Return a digest of the parts, in order; the lengths keep two splits of one text apart."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return "sha256:" + digest.hexdigest()


def read_record(folder: Path) -> Record | None:
    """Return the record in an autograded copy's folder; ``None`` when stock nbgrader made the copy."""
    try:
        data = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        if data["format"] != _FORMAT or data["version"] != _VERSION:
            return None
        flags = tuple(
            Flag(str(flag["key"]), {str(k): str(v) for k, v in flag["values"].items()})
            for flag in data["flags"]
        )
        return Record(data["engine"], data["sandbox"], data["graded_at"], data["source"], flags)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_record(folder: Path, record: Record) -> None:
    """Write the record.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    data: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "engine": record.engine,
        "sandbox": record.sandbox,
        "graded_at": record.graded_at,
        "source": record.source,
        "flags": [flag.to_dict() for flag in record.flags],
    }
    content = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_safely(folder / RECORD_NAME, content.encode())
