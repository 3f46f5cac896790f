"""``receipt.json``: what was handed in, when, and the hash of each file, for the learner and the trainer.

A receipt is no proof against somebody who writes one: it tells a file that was cut or changed on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from alliances.questions.strict_json import load_json

__all__ = ["RECEIPT", "Receipt", "receipt_trouble"]

RECEIPT: Final = "receipt.json"
FORMAT: Final = "alliances-receipt"
VERSION: Final = 1
_NUMBER: Final = 8  # hexadecimal characters shown to people


@dataclass(frozen=True)
class Receipt:
    """One copy handed in.

    Attributes:
        exercise: slug.
        door: ``form`` or ``code``.
        learner: pseudonymous code.
        handed_in: UTC time, ISO 8601, to the second.
        files: SHA-256 in hexadecimal, by file name.
        answered: questions with a complete answer; None when the copy has no answers file.
        total: questions of the exercise; None when not known.
    """

    exercise: str
    door: str
    learner: str
    handed_in: str
    files: dict[str, str]
    answered: int | None = None
    total: int | None = None

    @property
    def number(self) -> str:
        """The short number that people keep: the start of the hash of everything else."""
        return _number(self._content())

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "exercise": self.exercise,
            "door": self.door,
            "learner": self.learner,
            "handed_in": self.handed_in,
            "files": self.files,
            "answered": self.answered,
            "total": self.total,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the file's JSON value."""
        return {**self._content(), "number": self.number}

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return (json.dumps(self.to_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def of(
        cls, files: Mapping[str, bytes], *, exercise: str, door: str, learner: str, **counts: int | None
    ) -> Receipt:
        """Return the receipt of ``files``, handed in now; ``counts`` are ``answered`` and ``total``."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        return cls(exercise, door, learner, now, hashes, **counts)


def receipt_trouble(content: bytes, files: Mapping[str, bytes]) -> str:
    """Return what a receipt does not agree with, as names separated by commas; empty when all is well.

    A name is that of a file which is missing or differs from ``files``, or ``receipt.json`` itself.
    """
    try:
        data = load_json(content)
    except ValueError:
        return RECEIPT
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("files"), dict):
        return RECEIPT
    wrong = [
        str(name)[:80]
        for name, digest in data["files"].items()
        if name not in files or hashlib.sha256(files[name]).hexdigest() != digest
    ]
    if data.get("number") != _number({name: value for name, value in data.items() if name != "number"}):
        wrong.append(RECEIPT)
    return ", ".join(wrong[:5])


def _number(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:_NUMBER].upper()
