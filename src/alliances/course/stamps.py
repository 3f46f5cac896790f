"""What was built from what: ``build/.stamps.json``, by content and never by date.

A unit is up to date when its inputs and what it wrote are as they were: touching a file rebuilds nothing,
editing a built file by hand does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.storage import write_safely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Stamps", "builder_hash", "hash_of_files"]

_FORMAT: Final = 1
# What decides how a source is built, besides the source itself.
_BUILDER: Final = ("course/*.py", "questions/*.py", "i18n/*.py", "i18n/*.toml")


def hash_of_files(paths: Iterable[Path]) -> str:
    """Return one hash for the names and contents of files; an absent file counts as such."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else b"\0absent"
        total.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


@cache
def builder_hash() -> str:
    """Return the hash of the builder's own code and texts."""
    package = Path(__file__).resolve().parent.parent
    return hash_of_files(path for pattern in _BUILDER for path in sorted(package.glob(pattern)))


@dataclass
class Stamps:
    """The stamps of one checkout; paths are kept relative to its ``root``."""

    root: Path
    path: Path
    units: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, path: Path) -> Stamps:
        """Read the stamps; a missing, half-written or older file only means that all is built again."""
        try:
            content = json.loads(path.read_bytes())
            units = content["units"] if content["format"] == _FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError):
            units = {}
        return cls(root, path, units if isinstance(units, dict) else {})

    def fresh(self, name: str, inputs: str) -> bool:
        """Say whether a unit was built from these inputs and what it wrote is still there, unchanged."""
        unit = self.units.get(name)
        if not isinstance(unit, dict) or unit.get("inputs") != inputs:
            return False
        return all(self._same(self.root / place, mark) for place, mark in unit.get("outputs", {}).items())

    @staticmethod
    def _same(path: Path, mark: str) -> bool:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == mark

    def record(self, name: str, inputs: str, outputs: Mapping[Path, bytes]) -> None:
        """Remember what a unit was built from and what it wrote."""
        marks = {
            path.relative_to(self.root).as_posix(): hashlib.sha256(content).hexdigest()
            for path, content in outputs.items()
        }
        self.units[name] = {"inputs": inputs, "outputs": marks}

    def forget(self, name: str) -> list[Path]:
        """Forget a unit and return the files that it wrote."""
        unit = self.units.pop(name, {})
        return [self.root / place for place in unit.get("outputs", {})]

    def write(self) -> None:
        """Write the stamps.

        Raises:
            EnvironmentFault: the build folder cannot be written, or the disk is full.
        """
        content = json.dumps({"format": _FORMAT, "units": self.units}, indent=1, sort_keys=True)
        write_safely(self.path, (content + "\n").encode())
