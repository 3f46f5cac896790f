"""The layout of an official file, and which layout a header is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alliances.errors import SourceError
from alliances.i18n import text
from alliances.readers.fields import Field
from alliances.readers.other_formats import reader_for

__all__ = ["Layout", "Match", "match", "plain"]


@dataclass(frozen=True)
class Layout:
    """The columns of a published file.

    ``key`` names the fields that together must not occur twice; ``one_of`` the groups of fields of which a
    row must have at least one; ``place`` the fields that tell the département, best first; ``personal`` the
    columns that are never read, since they tell about people; ``missing`` the words that stand for nothing,
    lower case; ``identifiers`` the fields whose share the report gives.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    place: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A layout laid over a header: the index of the column of each field that is there."""

    layout: Layout
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    personal: tuple[str, ...]

    @property
    def absent(self) -> tuple[str, ...]:
        """The optional fields that the file does not have."""
        return tuple(field.name for field in self.layout.fields if field.name not in self.columns)


def plain(name: str) -> str:
    """Return a column name as names are compared: without case, spaces, dots or byte order mark."""
    return name.strip("\ufeff \t\"'").casefold().replace(".", "_").replace(" ", "_").replace("-", "_")


def known(layouts: Sequence[Layout], header: Sequence[str]) -> int:
    """Return how many columns of a header one of the layouts knows, the best of them."""
    here = {plain(name) for name in header}
    return max(len(here & set(_names(layout))) for layout in layouts)


def _names(layout: Layout) -> dict[str, str]:
    """Return the official name by each plain spelling of it."""
    return {
        plain(spelling): field.name for field in layout.fields for spelling in (field.name, *field.aliases)
    }


def match(path: Path, header: Sequence[str], layouts: Sequence[Layout]) -> Match:
    """Lay the layout that fits best over a header; the first of equals.

    Raises:
        SourceError: the header is that of another official file, names no known column, one twice, or lacks
            one that the layout needs.
    """
    matches = [_over(path, header, layout) for layout in layouts]
    other = reader_for({plain(name) for name in header})
    if other and other[1] not in {layout.name for layout in layouts}:
        raise SourceError(
            "readers.other_format", path=path, line=1, reader=other[0],
            layout=text(f"readers.layout_{other[1]}"),
            asked=_named(layouts),
        )  # fmt: skip
    fitting = [one for one in matches if not _missing(one)]
    best = max(fitting or matches, key=lambda one: len(one.columns))
    if not best.columns:
        raise SourceError(
            "readers.unknown_header", path=path, line=1, found=_shown(header),
            layouts=_named(layouts),
            expected=_shown([field.name for field in best.layout.fields if field.column]),
        )  # fmt: skip
    if not fitting:
        raise SourceError(
            "readers.missing_columns", path=path, line=1, missing=", ".join(_missing(best)),
            layout=text(f"readers.layout_{best.layout.name}"), near=_near(best, header),
        )  # fmt: skip
    return best


def _named(layouts: Sequence[Layout]) -> str:
    return text("readers.join").join(text(f"readers.layout_{layout.name}") for layout in layouts)


def _missing(found: Match) -> list[str]:
    return [field.name for field in found.layout.fields if field.column and field.name not in found.columns]


def _over(path: Path, header: Sequence[str], layout: Layout) -> Match:
    names = _names(layout)
    personal = {plain(name) for name in layout.personal}
    columns: dict[str, int] = {}
    unknown: list[str] = []
    left: list[str] = []
    for index, spelling in enumerate(header):
        if not spelling.strip():
            continue
        name = names.get(plain(spelling))
        if name is None:
            (left if plain(spelling) in personal else unknown).append(spelling)
        elif name in columns:
            raise SourceError("readers.column_twice", path=path, line=1, name=name)
        else:
            columns[name] = index
    return Match(layout, columns, tuple(unknown), tuple(left))


def _near(found: Match, header: Sequence[str]) -> str:
    """Name the columns of the file that look like the missing ones."""
    near = [
        close
        for name in _missing(found)
        for close in difflib.get_close_matches(name, list(found.unknown), n=1, cutoff=0.75)
    ]
    if near:
        return text("readers.near", names=", ".join(dict.fromkeys(near)))
    return text("readers.columns_found", names=_shown(header))


def _shown(names: Sequence[str], most: int = 8) -> str:
    named = [name for name in names if name.strip()]
    shown = ["".join(sign if sign.isprintable() else "�" for sign in name[:40]) for name in named[:most]]
    return ", ".join(shown) + (", …" if len(named) > most else "")
