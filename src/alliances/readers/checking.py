"""Checks rows of text against a layout: reads each cell, refuses rows, notes what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alliances.readers.fields import DOUBTFUL, KINDS, Field, Value, repaired_accents
from alliances.readers.keys import SeenKeys
from alliances.readers.layouts import Layout
from alliances.readers.report import Outcome, Tally

__all__ = ["Checker"]

POOL: Final = 50_000
SHORT: Final = 40
LONGEST_MISSING: Final = 8


class Checker:
    """Checks the rows of one file, piece after piece; it remembers the keys of all of them."""

    def __init__(self, layout: Layout, fields: Sequence[Field], tally: Tally) -> None:
        self._layout = layout
        self._fields = fields
        self._tally = tally
        self._seen = SeenKeys()
        # Words that come back (communes, codes) are kept once: half the memory of a large file.
        self._pool: dict[str, str] = {}

    def check(
        self, places: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> tuple[dict[str, list[Value]], dict[str, set[int]], set[int]]:
        """Read the cells of some rows.

        Returns:
            The values of each field, the indices of its doubtful ones, and the indices of the rows refused.
        """
        cells: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [()] * len(self._fields)
        refused: set[int] = set()
        doubtful: dict[str, set[int]] = {}
        values: dict[str, list[Value]] = {}
        for field, column in zip(self._fields, cells, strict=True):
            doubtful[field.name] = set()
            values[field.name] = self._column(field, column, places, refused, doubtful[field.name])
        self._one_of(values, places, refused)
        self._keys(values, places, refused)
        return values, doubtful, refused

    def _column(
        self,
        field: Field,
        column: Sequence[str],
        places: Sequence[int],
        refused: set[int],
        doubtful: set[int],
    ) -> list[Value]:
        """Read the cells of one column, and note what is wrong with them."""
        if field.kind == "text" and field.allowed is None and not field.filled:
            return self._texts(field, column, places)
        read, missing, allowed = KINDS[field.kind], self._layout.missing, field.allowed
        found: list[Value] = []
        value: Value
        for at, raw in enumerate(column):
            cell = raw.strip()
            if not cell or (len(cell) <= LONGEST_MISSING and cell.casefold() in missing):
                value, reason = None, "empty" if field.filled else ""
            elif allowed is not None:
                value = allowed.get(cell.casefold())
                reason = "" if value is not None else "not_in_list"
            else:
                value, reason = read(cell)
            found.append(value)
            if value is None and field.filled:
                if at not in refused:
                    refused.add(at)
                    self._tally.refuse(places[at], field.name, reason or "empty", cell)
            elif reason in DOUBTFUL:
                doubtful.add(at)
                self._tally.note("doubtful", places[at], field.name, reason, cell)
            elif reason:
                outcome: Outcome = "emptied" if value is None else "repaired"
                self._tally.note(outcome, places[at], field.name, reason, cell)
        return found

    def _texts(self, field: Field, column: Sequence[str], places: Sequence[int]) -> list[Value]:
        """Read free texts, in which only accents can be wrong: most of the cells of a register."""
        missing, pool = self._layout.missing, self._pool
        found: list[Value] = []
        for at, raw in enumerate(column):
            cell = raw.strip()
            if not cell.isascii() and (right := repaired_accents(cell)) != cell:
                self._tally.note("repaired", places[at], field.name, "mojibake", cell)
                cell = right
            if len(cell) > SHORT:
                found.append(cell)
            elif not cell or (len(cell) <= LONGEST_MISSING and cell.casefold() in missing):
                found.append(None)
            elif len(pool) < POOL:
                found.append(pool.setdefault(cell, cell))
            else:
                found.append(pool.get(cell, cell))
        return found

    def _one_of(self, values: dict[str, list[Value]], places: Sequence[int], refused: set[int]) -> None:
        for group in self._layout.one_of:
            columns = [values[name] for name in group if name in values]
            for at in range(len(places)):
                if at not in refused and all(column[at] is None for column in columns):
                    refused.add(at)
                    self._tally.refuse(places[at], " / ".join(group), "no_identifier", "")

    def _keys(self, values: dict[str, list[Value]], places: Sequence[int], refused: set[int]) -> None:
        columns = [values[name] for name in self._layout.key if name in values]
        if not columns:
            return
        sound = [at for at in range(len(places)) if at not in refused]
        keys = ["\x1f".join(str(column[at] or "") for column in columns) for at in sound]
        for index, first in sorted(self._seen.add(keys, [places[at] for at in sound]).items()):
            at = sound[index]
            refused.add(at)
            shown = keys[index].replace("\x1f", " | ")
            self._tally.refuse(places[at], " + ".join(self._layout.key), "duplicate", f"(= {first}) {shown}")
