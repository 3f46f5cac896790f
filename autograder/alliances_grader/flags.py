"""Things about a copy that a person should know: kept as a key and values, said in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from alliances.i18n import Language, text

__all__ = ["ATTENTION", "Flag"]

ATTENTION: Final = frozenset(
    {"disagreement", "hash_mismatch", "learner_differs", "receipt_mismatch", "unsafe_answer"}
)
"""Flags for which the copy is also flagged in formgrader."""


@dataclass(frozen=True)
class Flag:
    """One remark on one copy: ``grader.flag_<key>`` filled with ``values``."""

    key: str
    values: dict[str, str] = field(default_factory=dict)

    def say(self, language: Language | None = None) -> str:
        """Return the remark in ``language``."""
        return text(f"grader.flag_{self.key}", language, **self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return what goes into the record."""
        return {"key": self.key, "values": dict(self.values)}
