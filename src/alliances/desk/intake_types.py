"""What the intake of a folder and of a zip have in common: limits, and a copy found but not read yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from alliances.desk.copy_names import wanted_files
from alliances.errors import AlliancesError

__all__ = ["LIMITS", "Found", "Limits", "Reader"]

Reader = Callable[[int], tuple[bytes, datetime]]
"""Reads a file of at most so many bytes; gives its content and when it was changed (UTC)."""


@dataclass(frozen=True)
class Limits:
    """What is taken at most; sizes in bytes, unpacked; ``ratio`` of unpacked to packed size."""

    entries: int = 100_000
    answers: int = 1_000_000
    notebook: int = 20_000_000
    total: int = 8_000_000_000
    ratio: int = 200


LIMITS: Final = Limits()


@dataclass
class Found:
    """One copy whose files are known by name; ``problem`` is the first reason to refuse it."""

    learner: str
    assignment: str
    files: dict[str, Reader] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    problem: AlliancesError | None = None

    def add(self, name: str, reader: Reader, problem: AlliancesError | None) -> None:
        """Note one file."""
        self.problem = self.problem or problem
        if name in wanted_files(self.assignment):
            self.files[name] = reader
        else:
            self.passed_over.append(name)
