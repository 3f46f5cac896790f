"""Rows of text to tidy frames, a piece at a time, with the report of what happened on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alliances.data_labels import Labels
from alliances.errors import AlliancesError, SourceError
from alliances.i18n import format_number, text
from alliances.readers.checking import Checker
from alliances.readers.columns import column_title, column_unit, source_line
from alliances.readers.fields import DTYPES, Value
from alliances.readers.identifiers import department_of
from alliances.readers.layouts import Layout, Match, match, plain
from alliances.readers.report import Report, Tally
from alliances.readers.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHUNK", "Reading", "Stream"]

CHUNK: Final = 20_000
SYNTHETIC: Final = "synthetic"


@dataclass(frozen=True)
class Reading:
    """What was read: a row a record in ``frame``, columns under their official names, and its ``report``."""

    frame: pd.DataFrame
    report: Report


class Stream:
    """An open file, read as frames of at most ``chunk`` rows.

    Args:
        source: the rows; closed at the end of the iteration, or by ``close``.
        layouts: the layouts that the file may have; the header chooses.
        department: keep only the rows of one département (``"35"``, ``"2A"``, ``"971"``; ``1`` is ``"01"``).
        columns: keep only these columns in the frames, and check no others but those that decide on a row.
        keep: what says, for a frame, which rows to keep (a boolean series).
        chunk: the most rows a frame has; memory grows with it.

    A row is refused when it is blank, when it has too many or too few cells, when a cell that must be filled
    is empty or cannot be read, when it has none of the identifiers of which it needs one, or when its key was
    met before.
    Any other cell that cannot be read is emptied. The report counts each, with its place.

    Raises:
        SourceError: the header is not one of the layouts; while reading: the text is damaged, or no row at
            all could be kept.
        AlliancesError: ``department`` or ``columns`` names what the layout does not have.
    """

    def __init__(  # noqa: PLR0913 - each is one choice of the person who reads
        self,
        source: Rows,
        layouts: Sequence[Layout],
        *,
        department: str | int | None = None,
        columns: Collection[str] | None = None,
        keep: Callable[[pd.DataFrame], pd.Series] | None = None,
        chunk: int = CHUNK,
    ) -> None:
        self._source = source
        if department is not None:
            department = str(department).strip().upper().zfill(2)
        try:
            self.match: Match = match(source.path, source.header, layouts)
            self._check(department, columns)
        except AlliancesError:
            source.close()
            raise
        self._department = department
        self._keep = keep
        self._chunk = chunk
        layout = self.layout
        present = [field for field in layout.fields if field.name in self.match.columns]
        self._wanted = [field for field in present if columns is None or field.name in columns]
        # Read in any case: what decides whether a row is kept, and what the report counts.
        needed = {
            *layout.key,
            *layout.place,
            *layout.identifiers,
            *(n for group in layout.one_of for n in group),
        }
        self._fields = [
            field for field in present if field in self._wanted or field.filled or field.name in needed
        ]
        self._tally = Tally()
        self._checker = Checker(self.layout, self._fields, self._tally)
        self._foreign = 0

    @property
    def layout(self) -> Layout:
        """The layout of the file."""
        return self.match.layout

    def _check(self, department: str | None, columns: Collection[str] | None) -> None:
        """Refuse a choice that this file cannot follow."""
        if department is not None and department_of(f"{department}009"[:5]) != department:
            raise AlliancesError("readers.bad_department", department=department)
        if department is not None and not set(self.layout.place) & set(self.match.columns):
            raise AlliancesError(
                "readers.no_place", layout=text(f"readers.layout_{self.layout.name}"), department=department
            )
        names = [field.name for field in self.layout.fields]
        if strange := sorted(set(columns or ()) - set(names)):
            raise AlliancesError("readers.unknown_columns", names=", ".join(strange), known=", ".join(names))

    def close(self) -> None:
        """Close the file, read to its end or not."""
        self._source.close()

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the frames; the last one may be empty, and there is always one."""
        width = len(self._source.header)
        picks = [self.match.columns[field.name] for field in self._fields]
        places: list[int] = []
        rows: list[list[str]] = []
        yielded = False
        try:
            for place, row in self._source.rows:
                self._tally.read += 1
                if len(row) != width:
                    reason = "too_many_cells" if len(row) > width else "too_few_cells"
                    self._tally.refuse(place, "", reason, f"{len(row)} / {width}")
                    continue
                if not any(row):
                    self._tally.refuse(place, "", "blank", "")
                    continue
                places.append(place)
                rows.append([row[index] for index in picks])
                if len(rows) == self._chunk:
                    yield self._frame(places, rows)
                    yielded = True
                    places, rows = [], []
            if rows or not yielded:
                yield self._frame(places, rows)
        finally:
            self.close()
        if self._tally.read and self._tally.refused == self._tally.read:
            raise self._nothing_kept()

    def read(self) -> Reading:
        """Read the file to its end, and put the frames together."""
        import pandas as pd

        frames = list(self)
        filled = [frame for frame in frames if len(frame)] or frames[:1]
        frame = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
        report = self.report
        frame.attrs = self._attributes()
        return Reading(frame, report)

    @property
    def report(self) -> Report:
        """The report of what was read so far."""
        tally, source = self._tally, self._source
        for place in source.foreign[self._foreign :]:
            tally.note("repaired", place, "", "encoding", "")
        self._foreign = len(source.foreign)
        present = [name for name in self.layout.identifiers if name in self.match.columns]
        return Report(
            source=source.path.name,
            layout=self.layout.name,
            encoding=source.encoding,
            separator=source.separator,
            numbered=source.numbered,
            read=tally.read,
            kept=tally.kept,
            refused=tally.refused,
            set_aside=tally.set_aside,
            counts=tally.counts(),
            identified={name: tally.identified[name] for name in present},
            absent=self.match.absent,
            unknown=self.match.unknown,
            personal=self.match.personal,
            findings=tuple(tally.findings()),
        )

    def _nothing_kept(self) -> SourceError:
        first = self._tally.first("refused")
        place, why = (first.place, text(f"readers.reason_{first.reason}")) if first else (0, "")
        value = f" {first.shown()}" if first and first.value else ""
        where = {"line": place} if self._source.numbered == "line" else {}
        return SourceError(
            "readers.nothing_kept", path=self._source.path, rows=format_number(self._tally.read),
            field=first.field if first and first.field else "–", first=f"{why}{value}", **where,
        )  # fmt: skip

    def _attributes(self) -> dict[Hashable | None, Any]:
        """Return what the frame says of itself, under the same names as the course's tables.

        ``layout`` and ``file`` let ``describe`` say it in the other language too.
        """
        name = self._source.path.name
        marks = {plain(column) for column in self._source.header}
        synthetic = SYNTHETIC in marks or any(mark in name.casefold() for mark in ("syn_", "fictif"))
        columns = [field.name for field in self._wanted]
        return {
            "layout": self.layout.name,
            "file": name,
            "title": text(f"readers.layout_{self.layout.name}"),
            "source_line": source_line(self.layout.name, name, synthetic=synthetic),
            "synthetic": synthetic,
            "titles": Labels({column: column_title(self.layout.name, column) for column in columns}),
            "units": Labels({column: unit for column in columns if (unit := column_unit(column))}),
        }

    def _frame(self, places: list[int], rows: list[list[str]]) -> pd.DataFrame:
        """Turn rows of text into a frame of those that are kept."""
        values, doubtful, refused = self._checker.check(places, rows)
        kept = [at for at in range(len(places)) if at not in refused]
        kept = self._here(values, kept)
        frame = self._built(values, kept)
        if self._keep is not None:
            mask = self._keep(frame).fillna(value=False).astype(bool).to_numpy()
            self._tally.set_aside += int((~mask).sum())
            kept = [at for at, true in zip(kept, mask, strict=True) if true]
            frame = frame[mask].reset_index(drop=True)
        self._tally.kept += len(kept)
        for name in self.layout.identifiers:
            if name in values:
                column_values, doubts = values[name], doubtful[name]
                self._tally.identified[name] += sum(
                    column_values[at] is not None and at not in doubts for at in kept
                )
        return frame

    def _here(self, values: dict[str, list[Value]], kept: list[int]) -> list[int]:
        """Set aside the rows of other départements."""
        if self._department is None:
            return kept
        columns = [values[name] for name in self.layout.place if name in values]
        here = []
        for at in kept:
            code = next((str(column[at]) for column in columns if column[at] is not None), "")
            if department_of(code) == self._department:
                here.append(at)
        self._tally.set_aside += len(kept) - len(here)
        return here

    def _built(self, values: dict[str, list[Value]], kept: list[int]) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        built: dict[str, pd.Series] = {}
        for field in self._wanted:
            column = [values[field.name][at] for at in kept]
            dtype = DTYPES.get(field.kind, "text")
            if dtype.startswith("datetime64"):
                dates = np.array([value or "NaT" for value in column], dtype=dtype)
                built[field.name] = pd.Series(dates)
            else:
                wanted: Any = pd.StringDtype("python") if dtype == "text" else dtype
                built[field.name] = pd.Series(column, dtype=wanted)
        return pd.DataFrame(built)
