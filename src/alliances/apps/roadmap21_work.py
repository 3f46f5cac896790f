"""What a person did in the tool « Feuille de route 21 », and the file that keeps it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.apps.kept_work import WorkStore, tool_file
from alliances.apps.roadmap21_sheet import ROWS
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.roadmap import Roadmap, from_dict

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FIRST_DRAW", "FIRST_MONTH", "MONTH_ZERO", "Store", "Work", "month_zero", "work_file"]

_LONGEST: Final = 300  # characters of a title, a draw
_LONGEST_LINE: Final = 2000  # characters of a line of a sheet, as logic.measure reads them
_LATEST: Final = 60
FIRST_DRAW: Final = "4"
FIRST_MONTH: Final = 6
MONTH_ZERO: Final = "2026-01"
_YEAR_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Work:
    """A roadmap (None: the one that the tool opens on), titles noted by place, a draw, a first month.

    ``zero`` is the calendar month of month 0, as ``2026-01``; ``sheet`` the words of a measure's sheet, by
    line (None: the example).
    """

    roadmap: Roadmap | None = None
    titles: dict[str, str] = field(default_factory=dict, hash=False)
    draw: str = FIRST_DRAW
    first: int = FIRST_MONTH
    zero: str = MONTH_ZERO
    sheet: dict[str, str] | None = field(default=None, hash=False)

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
            _sheet(table.get("sheet")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value."""
        return {
            "roadmap": self.roadmap.to_dict() if self.roadmap is not None else None,
            "titles": self.titles,
            "draw": self.draw,
            "first": self.first,
            "zero": self.zero,
            "sheet": self.sheet,
        }


def _sheet(written: object) -> dict[str, str] | None:
    if not isinstance(written, dict):
        return None
    return {
        name: words.strip()[:_LONGEST_LINE]
        for name in ROWS
        if isinstance(words := written.get(name), str) and words.strip()
    }


def month_zero(written: str) -> tuple[int, int] | None:
    """Return year and month of ``2026-01``; None when it is written otherwise."""
    found = _YEAR_MONTH.fullmatch(written.strip())
    return (int(found[1]), int(found[2])) if found else None


def work_file() -> Path | None:
    """Return where the learner's folder keeps the work; None when the environment names no folder."""
    return tool_file("roadmap21.json")


class Store(WorkStore[Work]):
    """The file of this tool."""

    form = "alliances-roadmap21"

    def from_dict(self, data: dict[str, Any]) -> Work:
        """Read any JSON object."""
        return Work.from_values(data)

    def to_dict(self, work: Work) -> dict[str, Any]:
        """Return the JSON value."""
        return work.to_dict()
