"""What a reader says of a file: rows read, kept, refused and why, cells emptied or put right, identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from alliances.i18n import Language, format_number, format_percent, text

__all__ = ["Finding", "Outcome", "Report", "Tally"]

Outcome = Literal["refused", "emptied", "doubtful", "repaired"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
EXAMPLES: Final = 5
SHOWN: Final = 60


@dataclass(frozen=True)
class Finding:
    """One thing noticed in one place.

    ``place`` is the line of a text file (from 1, the header counts), elsewhere the number of the record.
    ``field`` is empty when the whole row is meant; ``reason`` is a key ``reason_…`` of the catalogue. A row
    is refused; a cell is emptied, kept although doubtful (a wrong check digit), or repaired.
    """

    outcome: Outcome
    place: int
    field: str
    reason: str
    value: str

    def say(self, language: Language | None = None) -> str:
        """Return the finding in words, behind its place."""
        reason = text(f"readers.reason_{self.reason}", language)
        key = "readers.finding_row" if not self.field else "readers.finding_cell"
        return text(key, language, place=self.place, field=self.field, value=self.value, reason=reason)

    def shown(self, language: Language | None = None) -> str:
        """Return the value that was found, empty if there was none."""
        return text("readers.finding_value", language, value=self.value) if self.value else ""


@dataclass(frozen=True)
class Report:
    """The quality of one reading.

    ``read = kept + refused + set aside``: a row set aside is sound but was not asked for (another
    département). ``counts`` has one entry an outcome, field and reason, ``findings`` the first five examples
    of each. ``identified`` counts, among the rows kept, those whose identifier is present and sound.
    ``numbered`` says what places count: ``line`` or ``record``.
    """

    source: str
    layout: str
    encoding: str
    separator: str
    numbered: Literal["line", "record"]
    read: int
    kept: int
    refused: int
    set_aside: int
    counts: Mapping[tuple[Outcome, str, str], int]
    identified: Mapping[str, int]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    personal: tuple[str, ...]
    findings: tuple[Finding, ...]

    def share_identified(self, field: str) -> float:
        """Return the share of the rows kept that have a sound ``field``, from 0 to 1 (0 without rows).

        Raises:
            KeyError: ``field`` is no identifier of this layout.
        """
        return self.identified[field] / self.kept if self.kept else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "source": self.source,
            "layout": self.layout,
            "encoding": self.encoding,
            "separator": self.separator,
            "rows": {
                "read": self.read, "kept": self.kept, "refused": self.refused, "set_aside": self.set_aside,
            },
            "counts": [
                {"outcome": outcome, "field": field, "reason": reason, "count": count}
                for (outcome, field, reason), count in self.counts.items()
            ],
            "identified": {name: round(self.share_identified(name), 4) for name in self.identified},
            "columns": {
                "absent": list(self.absent), "unknown": list(self.unknown), "not_read": list(self.personal),
            },
            "examples": [vars(finding) for finding in self.findings],
        }  # fmt: skip

    def say(self, language: Language | None = None) -> str:
        """Return the report in words, a line a fact, in ``language`` (the current one by default)."""
        lines = [
            text("readers.report_title", language, source=self.source,
                 layout=text(f"readers.layout_{self.layout}", language)),
            text("readers.report_form", language, encoding=self.encoding,
                 separator=self._separator(language)),
            text("readers.report_rows", language, **{
                name: format_number(getattr(self, name), 0, language)
                for name in ("read", "kept", "refused", "set_aside")
            }),
        ]  # fmt: skip
        if not self.kept:
            lines.append(text("readers.report_none" if self.read else "readers.report_no_row", language))
        for name in self.identified if self.kept else ():
            share = format_percent(100 * self.share_identified(name), 1, language)
            lines.append(text("readers.report_identified", language, field=name, share=share))
        lists = (("absent", self.absent), ("unknown", self.unknown), ("personal", self.personal))
        for key, names in lists:
            if names:
                lines.append(text(f"readers.report_{key}", language, names=", ".join(names)))
        for (outcome, field, reason), count in self.counts.items():
            lines.append(
                text(f"readers.report_{outcome}" + ("" if field else "_row"), language, field=field,
                     count=format_number(count, 0, language),
                     reason=text(f"readers.reason_{reason}", language))
            )  # fmt: skip
            same = (f for f in self.findings if (f.outcome, f.field, f.reason) == (outcome, field, reason))
            where = text(f"readers.{self.numbered}", language)
            lines += [f"    {where} {finding.place} {finding.shown(language)}".rstrip() for finding in same]
        return "\n".join(lines)

    def _separator(self, language: Language | None) -> str:
        named = {"\t": "tab", "": "none"}.get(self.separator)
        return text(f"readers.separator_{named}", language) if named else self.separator


class Tally:
    """Counts what happens while rows go by, and keeps the first examples of each thing."""

    def __init__(self) -> None:
        self.read = 0
        self.kept = 0
        self.refused = 0
        self.set_aside = 0
        self.identified: Counter[str] = Counter()
        self._counts: Counter[tuple[Outcome, str, str]] = Counter()
        self._findings: list[Finding] = []

    def note(self, outcome: Outcome, place: int, field: str, reason: str, value: str) -> None:
        """Count one finding."""
        key = (outcome, field, reason)
        self._counts[key] += 1
        if self._counts[key] <= EXAMPLES:
            shown = value if len(value) <= SHOWN else f"{value[: SHOWN - 1]}…"
            shown = "".join(sign if sign.isprintable() else "�" for sign in shown)
            self._findings.append(Finding(outcome, place, field, reason, shown))

    def refuse(self, place: int, field: str, reason: str, value: str) -> None:
        """Count one row refused."""
        self.refused += 1
        self.note("refused", place, field, reason, value)

    def first(self, outcome: Outcome) -> Finding | None:
        """Return the first finding of an outcome."""
        return next((finding for finding in self.findings() if finding.outcome == outcome), None)

    def counts(self) -> dict[tuple[Outcome, str, str], int]:
        """Return the counts: rows refused first, then cells emptied, doubtful, put right; largest first."""
        order = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}
        found = sorted(self._counts.items(), key=lambda one: (order[one[0][0]], -one[1], one[0]))
        return dict(found)

    def findings(self) -> Iterable[Finding]:
        """Return the examples kept, in the order of the file."""
        return sorted(self._findings, key=lambda one: (one.place, one.field, one.reason))
