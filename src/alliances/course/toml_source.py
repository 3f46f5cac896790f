"""TOML files of the course, read field by field: a wrong field is named with its file and line.

``tomllib`` gives a line for a syntax error only; ``_places`` finds the lines of tables and keys.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alliances.course.files import read_text
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Bilingual", "TomlNode", "read_toml"]

_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")
_TABLE: Final = re.compile(r"^\s*(\[\[?)\s*([\w.\-\" ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"^\s*([\w.\-]+|\"[^\"]+\")\s*=")


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages."""

    fr: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the text in ``language``."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True)
class TomlNode:
    """One table of a TOML file: its values, and where it stands in the file."""

    path: Path
    values: dict[str, Any]
    where: tuple[str | int, ...]
    places: dict[tuple[str | int, ...], int]

    def line(self, key: str | None = None) -> int:
        """Return the line of ``key``, or of the table; 0 when it cannot be told."""
        where = self.where if key is None else (*self.where, key)
        while where:
            if where in self.places:
                return self.places[where]
            where = where[:-1]
        return 0

    def error(self, message: str, key: str | None = None, /, **values: object) -> SourceError:
        """Return the error ``message`` at the line of ``key``; its text may use ``{field}``."""
        field = ".".join(str(part) for part in (*self.where, *([key] if key else [])))
        return SourceError(message, path=self.path, line=self.line(key), field=field, **values)

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse a key that is not ``allowed``: most often a slip of the pen.

        Raises:
            SourceError: there is such a key; the message lists the allowed ones.
        """
        names = list(allowed)
        for key in self.values:
            if key not in names:
                raise self.error("course.field_unknown", key, allowed=", ".join(names))

    def get(self, key: str, kind: type | tuple[type, ...], expected: str) -> Any:  # noqa: ANN401
        """Return the value of a required key.

        Raises:
            SourceError: it is missing or of another type than ``kind``; ``expected`` says what is wanted.
        """
        if key not in self.values:
            raise self.error("course.field_missing", key, expected=expected)
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error("course.field_type", key, expected=expected, found=repr(value))
        return value

    def text(self, key: str) -> str:
        """Return a required string, not blank."""
        value: str = self.get(key, str, '"…"')
        if not value.strip():
            raise self.error("course.field_type", key, expected='"…"', found=repr(value))
        return value

    def whole(self, key: str, least: int = 0) -> int:
        """Return a required whole number, at least ``least``."""
        value: int = self.get(key, int, f"0, 1, 2… (≥ {least})")
        if value < least:
            raise self.error("course.field_type", key, expected=f"≥ {least}", found=value)
        return value

    def number(self, key: str) -> float:
        """Return a required number, not negative."""
        value = float(self.get(key, (int, float), "≥ 0"))
        if value < 0:
            raise self.error("course.field_type", key, expected="≥ 0", found=value)
        return value

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of strings; empty when it is absent and not ``required``."""
        if key not in self.values and not required:
            return ()
        values = self.get(key, list, '["…", "…"]')
        for value in values:
            if not isinstance(value, str):
                raise self.error("course.field_type", key, expected='["…", "…"]', found=repr(value))
        return tuple(values)

    def child(self, key: str) -> TomlNode:
        """Return a required table."""
        return TomlNode(self.path, self.get(key, dict, f"[{key}]"), (*self.where, key), self.places)

    def children(self, key: str, *, required: bool = True) -> tuple[TomlNode, ...]:
        """Return the tables of a list ``[[key]]``, in order."""
        if key not in self.values and not required:
            return ()
        values = self.get(key, list, f"[[{key}]]")
        if not all(isinstance(value, dict) for value in values):
            raise self.error("course.field_type", key, expected=f"[[{key}]]", found=repr(values))
        return tuple(
            TomlNode(self.path, value, (*self.where, key, index), self.places)
            for index, value in enumerate(values)
        )

    def bilingual(self, key: str | None = None) -> Bilingual:
        """Return the text ``key = { fr = …, en = … }``, or this table's own ``fr`` and ``en``.

        Raises:
            SourceError: one of the two languages is missing or blank.
        """
        node = self if key is None else self.child(key)
        for language in LANGUAGES:
            value = node.values.get(language)
            if not isinstance(value, str) or not value.strip():
                raise node.error("course.translation_missing", language=language)
        return Bilingual(node.values["fr"], node.values["en"])


def read_toml(path: Path) -> TomlNode:
    """Read a TOML file.

    Raises:
        SourceError: it is missing, not UTF-8 or not TOML; the line is named.
    """
    content = read_text(path)
    try:
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(r"at line (\d+)", message)
        line = int(found[1]) if found else content.count("\n") + 1
        reason = _AT_LINE.sub("", message)
        raise SourceError("course.toml_syntax", path=path, line=line, reason=reason) from None
    return TomlNode(path, values, (), _places(content))


def _places(content: str) -> dict[tuple[str | int, ...], int]:
    """Map each table and key, as a path of names and list indices, to its line."""
    places: dict[tuple[str | int, ...], int] = {}
    lengths: dict[tuple[str | int, ...], int] = {}
    current: tuple[str | int, ...] = ()
    for number, line in enumerate(content.split("\n"), start=1):
        if table := _TABLE.match(line):
            current = ()
            names = table[2].split(".")
            for rank, name in enumerate(names, start=1):
                current = (*current, name.strip().strip('"'))
                if rank < len(names) and current in lengths:
                    current = (*current, lengths[current] - 1)
            if table[1] == "[[":
                lengths[current] = lengths.get(current, 0) + 1
                places.setdefault(current, number)
                current = (*current, lengths[current] - 1)
            places.setdefault(current, number)
        elif key := _KEY.match(line):
            where = current
            for name in key[1].strip('"').split("."):
                where = (*where, name)
                places.setdefault(where, number)
    return places
