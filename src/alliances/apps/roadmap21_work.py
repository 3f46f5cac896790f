"""What a person did in the tool « Feuille de route 21 », and the file that keeps it."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.roadmap import Roadmap, from_dict
from alliances.storage import previous_of, write_fault, write_safely

__all__ = ["FIRST_DRAW", "FIRST_MONTH", "MONTH_ZERO", "Store", "Work", "month_zero", "work_file"]

_FORMAT: Final = "alliances-roadmap21"
_VERSION: Final = 1
_LONGEST: Final = 300  # characters of a title, a draw
_LATEST: Final = 60
FIRST_DRAW: Final = "4"
FIRST_MONTH: Final = 6
MONTH_ZERO: Final = "2026-01"
_YEAR_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Work:
    """A roadmap (None: the one that the tool opens on), titles noted by place, a draw, a first month.

    ``zero`` is the calendar month of month 0, as ``2026-01``.
    """

    roadmap: Roadmap | None = None
    titles: dict[str, str] = field(default_factory=dict, hash=False)
    draw: str = FIRST_DRAW
    first: int = FIRST_MONTH
    zero: str = MONTH_ZERO

    @classmethod
    def from_values(cls, values: object) -> Work:
        """Read any JSON; what has another form counts as not given."""
        table = values if isinstance(values, dict) else {}
        roadmap = None
        if table.get("roadmap") is not None:
            with contextlib.suppress(ArtefactError):
                roadmap = from_dict(table["roadmap"])
        titles = table.get("titles")
        draw, first, zero = table.get("draw"), table.get("first"), table.get("zero")
        return cls(
            roadmap,
            {
                str(name)[:_LONGEST]: words.strip()[:_LONGEST]
                for name, words in (titles.items() if isinstance(titles, dict) else ())
                if isinstance(words, str) and words.strip()
            },
            draw.strip()[:_LONGEST] if isinstance(draw, str) and draw.strip() else FIRST_DRAW,
            first if type(first) is int and 0 <= first <= _LATEST else FIRST_MONTH,
            zero if isinstance(zero, str) and month_zero(zero) else MONTH_ZERO,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value."""
        return {
            "roadmap": self.roadmap.to_dict() if self.roadmap is not None else None,
            "titles": self.titles,
            "draw": self.draw,
            "first": self.first,
            "zero": self.zero,
        }


def month_zero(written: str) -> tuple[int, int] | None:
    """Return year and month of ``2026-01``; None when it is written otherwise."""
    found = _YEAR_MONTH.fullmatch(written.strip())
    return (int(found[1]), int(found[2])) if found else None


def work_file() -> Path | None:
    """Return where the learner's folder keeps the work; None when the environment names no folder."""
    folder = os.environ.get("ALLIANCES_WORK")
    return Path(folder) / "roadmap21.json" if folder else None


class Store:
    """Reads and writes the work; without a folder it keeps nothing.

    ``notice`` is the key of a text of the tool with its values, when something happened at reading.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notice: tuple[str, dict[str, str]] | None = None

    def read(self) -> Work:
        """Return the kept work; a damaged file is replaced by the version before it, or set aside."""
        self.notice = None
        if self.path is None:
            return Work()
        for place, path in enumerate((self.path, previous_of(self.path))):
            work = _read(path)
            if work is not None:
                if place and self.path.exists():
                    self.notice = ("recovered", {})
                return work
        if self.path.exists():
            aside = self.path.with_name(self.path.name + ".damaged")
            with contextlib.suppress(OSError):
                self.path.replace(aside)
            self.notice = ("set_aside", {"name": aside.name})
        return Work()

    def write(self, work: Work) -> None:
        """Keep the work, and the version before it.

        Raises:
            EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
        """
        if self.path is None:
            return
        content = {"format": _FORMAT, "version": _VERSION, **work.to_dict()}
        data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        whole = _read(self.path) is not None
        write_safely(self.path, data.encode("utf-8", "backslashreplace"), keep_previous=whole)

    def erase(self) -> None:
        """Remove the work and every copy of it.

        Raises:
            EnvironmentFault: a file cannot be removed.
        """
        if self.path is None:
            return
        for path in (self.path, previous_of(self.path), self.path.with_name(self.path.name + ".damaged")):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise write_fault(path, error) from error


def _read(path: Path) -> Work | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        return None
    return Work.from_values(data)
