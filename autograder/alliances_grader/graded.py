"""What a worker gives back for a copy: its notebooks, graded, or why it was refused; as bytes of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.gradebook_entries import BookEntry, entry_from_json, entry_to_json

__all__ = ["Graded", "GradedNotebook"]


@dataclass(frozen=True)
class GradedNotebook:
    """One notebook of a copy, graded.

    Attributes:
        entry: for the gradebook.
        content: the graded notebook as it may be shown; None for one that was not handed in.
        run: what ``receipts_graded.used`` says of it, and under ``sandbox`` how the learner's code was held.
    """

    entry: BookEntry
    content: bytes | None
    run: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """What became of one copy: its notebooks, or why it was refused."""

    student: str
    notebooks: tuple[GradedNotebook, ...] = ()
    refused: AlliancesError | None = None

    def to_bytes(self) -> bytes:
        """Return this as JSON."""
        refused = self.refused
        data = {
            "student": self.student,
            "notebooks": [
                {
                    "entry": entry_to_json(item.entry),
                    "content": None if item.content is None else item.content.decode(),
                    "run": dict(item.run),
                }
                for item in self.notebooks
            ],
            "refused": None if refused is None else _told(refused),
        }
        return json.dumps(data).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return what ``to_bytes`` wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: it is no such thing.
        """
        data = json.loads(content)
        notebooks = tuple(
            GradedNotebook(
                entry_from_json(item["entry"]),
                None if item["content"] is None else item["content"].encode(),
                dict(item["run"]),
            )
            for item in data["notebooks"]
        )
        refused = data["refused"]
        if refused is None:
            return cls(str(data["student"]), notebooks)
        kind = EnvironmentFault if refused["machine"] else AlliancesError
        values = {name: Path(value) if is_path else value for name, value, is_path in refused["values"]}
        return cls(str(data["student"]), (), kind(str(refused["key"]), **values))


def _told(error: AlliancesError) -> dict[str, Any]:
    values = [
        (name, value if isinstance(value, int | float) else str(value), isinstance(value, Path))
        for name, value in error.values.items()
    ]
    return {"key": error.key, "values": values, "machine": isinstance(error, EnvironmentFault)}
