"""Records of a JSON file one after another, without holding the file: published JSON has hundreds of MB."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from alliances.errors import SourceError
from alliances.readers.opening import open_text

__all__ = ["json_records"]

PIECE: Final = 1 << 18
LONGEST_RECORD: Final = 1 << 23
LONGEST_KEY: Final = 200
_GAP: Final = re.compile(r"[\s,]*")


class _Text:
    """A window on the text of a file, which grows at its end and is cut at its beginning."""

    def __init__(self, path: Path) -> None:
        self._lines = open_text(path)
        self.path = path
        self.text = ""
        self.at = 0
        self.ended = False

    def grow(self) -> bool:
        """Read one more piece; say whether there was one."""
        piece = self._lines.piece(PIECE)
        self.text = self.text[self.at :] + piece
        self.at = 0
        self.ended = not piece
        return bool(piece)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def json_records(path: Path, names: tuple[str, ...]) -> Generator[tuple[int, dict[str, Any]], None, None]:
    """Yield the records of a list, each behind its number from 1.

    The list is the whole file, or stands under the first key of ``names`` met in the file. Under the first
    of ``names`` a single record counts as a list of one.

    Raises:
        SourceError: there is no such list, a record is malformed, or the file ends in the middle.
    """
    text = _Text(path)
    try:
        if not _enter(text, names):
            yield 1, _record(text, 1)
            return
        number = 0
        while not _at_end(text, number):
            number += 1
            yield number, _record(text, number)
    finally:
        text.close()


def _enter(text: _Text, names: tuple[str, ...]) -> bool:
    """Go to the first record; say whether it stands in a list."""
    text.grow()
    if whole := re.match(r"[\s\ufeff]*\[", text.text):
        text.at = whole.end()
        return True
    keys = "|".join(re.escape(name) for name in names)
    # An escaped quote before the key would make it a word inside a text.
    start = (
        re.compile(rf'(?<!\\)"(?:(?:{keys})"\s*:\s*\[|{re.escape(names[0])}"\s*:\s*(?=\{{))')
        if names
        else None
    )
    while start is not None:
        found = start.search(text.text)
        if found:
            text.at = found.end()
            return found.group().endswith("[")
        text.at = max(0, len(text.text) - LONGEST_KEY)
        if not text.grow():
            break
    raise SourceError("readers.no_records", path=text.path, names=", ".join(names) or "[…]")


def _at_end(text: _Text, number: int) -> bool:
    """Go past what stands between two records; say whether the list ends there."""
    while True:
        gap = _GAP.match(text.text, text.at)
        text.at = gap.end() if gap else text.at
        if text.at < len(text.text):
            return text.text[text.at] == "]"
        if not text.grow():
            raise SourceError("readers.json_cut", path=text.path, record=number)


def _record(text: _Text, number: int) -> dict[str, Any]:
    """Decode one record."""
    decoder = json.JSONDecoder()
    while True:
        try:
            found, end = decoder.raw_decode(text.text, text.at)
        except json.JSONDecodeError as error:
            if len(text.text) - text.at <= LONGEST_RECORD and text.grow():
                continue
            key = "readers.json_cut" if text.ended else "readers.bad_json"
            raise SourceError(key, path=text.path, record=number, reason=error.msg) from error
        except RecursionError as error:
            raise SourceError("readers.bad_json", path=text.path, record=number, reason="…") from error
        text.at = end
        if not isinstance(found, dict):
            raise SourceError("readers.not_a_record", path=text.path, record=number)
        return found
