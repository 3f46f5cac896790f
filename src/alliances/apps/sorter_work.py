"""What a person did in the tool « Trieur de cas », and the file that keeps it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.apps.kept_work import WorkStore, tool_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Reading", "SorterWork", "Store", "readings_csv", "work_file"]

_LONGEST: Final = 5_000  # characters of a sentence kept
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Reading:
    """One case read: a family and maybe the criterion that decided, or ``unsure``."""

    family: str = ""
    reason: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class SorterWork:
    """Readings by case, and two defences ``(case, sentence)``."""

    readings: dict[str, Reading] = field(default_factory=dict)
    defences: tuple[tuple[str, str], tuple[str, str]] = (("", ""), ("", ""))

    def sentence(self, case: str) -> str:
        """Return the sentence that defends a case, empty without one."""
        return next((text.strip() for name, text in self.defences if name == case and text.strip()), "")

    def answers(self) -> dict[str, dict[str, Any]]:
        """Return the readings as the component has them."""
        return {
            name: {"unknown": True}
            if reading.unsure
            else {"category": reading.family, "reason": reading.reason}
            for name, reading in self.readings.items()
        }

    @classmethod
    def from_values(cls, answers: object, defences: object) -> SorterWork:
        """Take what a browser or a file gave; what has not the right form is left out."""
        readings = {}
        for name, answer in answers.items() if isinstance(answers, dict) else ():
            if not isinstance(answer, dict):
                continue
            if answer.get("unknown") is True:
                readings[str(name)] = Reading(unsure=True)
            elif isinstance(answer.get("category"), str) and answer["category"]:
                reason = answer.get("reason")
                readings[str(name)] = Reading(answer["category"], reason if isinstance(reason, str) else "")
        pairs = [("", ""), ("", "")]
        for place, entry in enumerate(defences[:2] if isinstance(defences, list) else ()):
            if isinstance(entry, dict):
                case, text = entry.get("case"), entry.get("text")
                pairs[place] = (
                    case if isinstance(case, str) else "",
                    text[:_LONGEST] if isinstance(text, str) else "",
                )
        return cls(readings, (pairs[0], pairs[1]))


def work_file() -> Path | None:
    """Return where the learner's folder keeps the work; None when the environment names no folder."""
    return tool_file("case_sorter.json")


class Store(WorkStore[SorterWork]):
    """The file of this tool."""

    form = "alliances-case-sorter"

    def from_dict(self, data: dict[str, Any]) -> SorterWork:
        """Read any JSON object."""
        return SorterWork.from_values(data.get("readings"), data.get("defences"))

    def to_dict(self, work: SorterWork) -> dict[str, Any]:
        """Return the JSON value."""
        return {
            "readings": work.answers(),
            "defences": [{"case": case, "text": text} for case, text in work.defences],
        }


def readings_csv(work: SorterWork, cases: list[str], rater: str) -> str:
    """Return the readings as CSV, in the columns of the table of readings and two more.

    Every cell is quoted, and one that a spreadsheet would take for a formula starts with an apostrophe.
    """
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["rater", "case_id", "family", "reason", "sentence"])
    for name in cases:
        reading = work.readings.get(name)
        if reading is None:
            continue
        family = "unknown" if reading.unsure else reading.family
        writer.writerow(_safe(cell) for cell in (rater, name, family, reading.reason, work.sentence(name)))
    return target.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell
