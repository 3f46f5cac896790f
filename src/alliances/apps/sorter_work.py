"""What a person did in the tool « Trieur de cas », and the file that keeps it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alliances.storage import previous_of, write_fault, write_safely

__all__ = ["Reading", "SorterWork", "Store", "readings_csv", "work_file"]

_FORMAT: Final = "alliances-case-sorter"
_VERSION: Final = 1
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
    folder = os.environ.get("ALLIANCES_WORK")
    return Path(folder) / "case_sorter.json" if folder else None


class Store:
    """Reads and writes the work; without a folder it keeps nothing. ``notice`` says what happened at reading.

    ``notice`` is the key of a text of the tool with its values, or None.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.notice: tuple[str, dict[str, str]] | None = None

    def read(self) -> SorterWork:
        """Return the kept work; a damaged file is replaced by the version before it, or set aside."""
        self.notice = None
        if self.path is None:
            return SorterWork()
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
        return SorterWork()

    def write(self, work: SorterWork) -> None:
        """Keep the work, and the version before it.

        Raises:
            EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
        """
        if self.path is None:
            return
        content = {
            "format": _FORMAT,
            "version": _VERSION,
            "readings": work.answers(),
            "defences": [{"case": case, "text": text} for case, text in work.defences],
        }
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


def _read(path: Path) -> SorterWork | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        return None
    return SorterWork.from_values(data.get("readings"), data.get("defences"))


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
