"""Opening a file that somebody downloaded: what it really is, its encoding, its separator, its rows.

Nothing is taken from the name of the file. Text is decoded piece by piece: a file of 2 GB never stands in
memory, and a byte that is not UTF-8 in the middle of a UTF-8 file is read as Windows-1252, and counted.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Literal, TextIO

from alliances.errors import SourceError
from alliances.i18n import format_number

__all__ = ["MOST_COLUMNS", "SEPARATORS", "FileKind", "Lines", "kind_of", "open_text"]

FileKind = Literal["text", "json", "parquet", "workbook"]
SEPARATORS: Final = (";", ",", "\t", "|")
SAMPLE: Final = 1 << 20
LONGEST_LINE: Final = 1_000_000
MOST_COLUMNS: Final = 500
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_CONTROL: Final = re.compile("[\x80-\x9f]")
_WESTERN: Final = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte))
    for byte in range(0x80, 0x100)
}
_CONTROLS: Final = {byte: _WESTERN[0xDC00 + byte] for byte in range(0x80, 0xA0)}
_SHOWN_MEMBERS: Final = 3


def kind_of(path: Path) -> FileKind:
    """Return what a file is, by its first bytes.

    Raises:
        SourceError: it cannot be read, is empty, or is an archive, a web page or something else.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise SourceError("readers.unreadable", path=path, reason=error.strerror or error) from error
    if not start:
        raise SourceError("readers.empty", path=path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if start.startswith(b"PAR1"):
        return "parquet"
    return _text_or_json(path, start)


def _text_or_json(path: Path, start: bytes) -> FileKind:
    """Tell a table from JSON, and both from what is no text."""
    for magic, key in ((b"\x1f\x8b", "gzip"), (b"%PDF", "pdf"), (b"\xd0\xcf\x11\xe0", "old_workbook")):
        if start.startswith(magic):
            raise SourceError(f"readers.is_{key}", path=path)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode("utf-8", "replace")
    if b"\0" in start:
        raise SourceError("readers.not_text", path=path)
    words = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not words:
        raise SourceError("readers.empty", path=path)
    if words[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceError("readers.is_page", path=path)
    if words.startswith(b"<?xml"):
        raise SourceError("readers.is_xml", path=path)
    return "json" if words[:1] in b"{[" else "text"


def _zipped(path: Path) -> FileKind:
    """Tell a workbook, which is a zip too, from an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError("readers.broken_zip", path=path) from error
    if "xl/workbook.xml" in names:
        return "workbook"
    shown = ["".join(sign if sign.isprintable() else "�" for sign in name[:80]) for name in names]
    more = ", …" if len(shown) > _SHOWN_MEMBERS else ""
    raise SourceError("readers.is_zip", path=path, names=", ".join(shown[:_SHOWN_MEMBERS]) + more)


@dataclass
class Lines:
    """The lines of a text file, with the encoding that was found; ``foreign`` holds lines put right."""

    path: Path
    encoding: str
    file: TextIO
    number: int = 0
    foreign: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its end.

        Raises:
            SourceError: a line is longer than a million characters, or the file cannot be read further.
        """
        while True:
            try:
                line = self.file.readline(LONGEST_LINE)
            except (OSError, UnicodeError) as error:
                raise SourceError(
                    "readers.unreadable", path=self.path, line=self.number + 1, reason=error
                ) from error
            if not line:
                return
            self.number += 1
            if len(line) == LONGEST_LINE:
                raise self._too_long(line)
            yield self._decoded(line)

    def piece(self, size: int) -> str:
        """Return at most ``size`` more characters, empty at the end; not to be mixed with lines.

        Raises:
            SourceError: the file cannot be read further.
        """
        try:
            return self._decoded(self.file.read(size))
        except (OSError, UnicodeError) as error:
            raise SourceError("readers.unreadable", path=self.path, reason=error) from error

    def _decoded(self, text: str) -> str:
        """Put bytes of Windows-1252 right."""
        if text.isascii():
            return text
        if self.encoding == "windows-1252":  # read as ISO-8859-1, from which it differs by 27 signs
            return text.translate(_CONTROLS) if _CONTROL.search(text) else text
        if _ESCAPED.search(text):
            self.foreign.append(self.number)
            return text.translate(_WESTERN)
        return text

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _too_long(self, line: str) -> SourceError:
        columns = max(line.count(separator) for separator in SEPARATORS) + 1
        if self.number == 1 and columns > MOST_COLUMNS:
            return SourceError(
                "readers.wide_header",
                path=self.path,
                line=1,
                columns=format_number(columns),
                most=MOST_COLUMNS,
            )
        return SourceError(
            "readers.long_line", path=self.path, line=self.number, most=format_number(LONGEST_LINE)
        )


def open_text(path: Path) -> Lines:
    """Open a text file, its byte order mark put aside.

    UTF-8 if its first million bytes are, or UTF-16 if it begins with that mark; Windows-1252 otherwise,
    which covers ISO-8859-1.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        binary: BinaryIO = path.open("rb")
        sample = binary.read(SAMPLE)
        binary.seek(0)
    except OSError as error:
        raise SourceError("readers.unreadable", path=path, reason=error.strerror or error) from error
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Lines(path, "utf-16", io.TextIOWrapper(binary, "utf-16", newline=""))
    if _is_utf8(sample):
        text = io.TextIOWrapper(binary, "utf-8-sig", errors="surrogateescape", newline="")
        return Lines(path, "utf-8", text)
    return Lines(path, "windows-1252", io.TextIOWrapper(binary, "latin-1", newline=""))


def _is_utf8(sample: bytes) -> bool:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # The sample may end in the middle of a character.
        return len(sample) == SAMPLE and error.start >= len(sample) - 3
    return True
