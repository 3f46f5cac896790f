"""One thing that the author's lint has to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from alliances.errors import AlliancesError, SourceError
from alliances.i18n import Language, text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Finding", "Level", "error", "of_refusal", "warning"]

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to do; ``line`` counts from 1, 0 when the whole file is meant."""

    path: Path
    line: int
    level: Level
    key: str
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def rule(self) -> str:
        """Name of the rule, for those who sort findings."""
        return self.key.partition(".")[2].removeprefix("check_")

    def message(self, language: Language | None = None) -> str:
        """Return « what → what to do » in ``language``."""
        return text(self.key, language, **self.values)

    def place(self, root: Path) -> str:
        """Return ``file:line``, the file relative to ``root``."""
        path = self.path.relative_to(root) if self.path.is_relative_to(root) else self.path
        return f"{path.as_posix()}:{self.line}" if self.line else path.as_posix()


def error(rule: str, path: Path, line: int = 0, /, **values: object) -> Finding:
    """Return a finding that must be mended."""
    return Finding(path, line, "error", f"course.check_{rule}", values)


def warning(rule: str, path: Path, line: int = 0, /, **values: object) -> Finding:
    """Return a finding that deserves a look."""
    return Finding(path, line, "warning", f"course.check_{rule}", values)


def of_refusal(refusal: AlliancesError, path: Path) -> Finding:
    """Return a reader's refusal as a finding; ``path`` where the refusal names no file."""
    if isinstance(refusal, SourceError):
        return Finding(refusal.path, refusal.line, "error", refusal.key, refusal.values)
    return Finding(path, 0, "error", refusal.key, refusal.values)
