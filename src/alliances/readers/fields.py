"""How a cell of an official file is read: one function a kind of field.

A function takes a filled cell, without spaces around it, and returns ``(value, reason)``. A value with a
reason was put right (``day_first``: ``01/02/2020`` became ``2020-02-01``) or is doubtful; no value means that
the cell cannot be read. Values are text, except numbers; dates come as ISO text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeAlias

from alliances.readers.identifiers import former_rna_shape, is_siren, is_siret, rna_shape

__all__ = ["DOUBTFUL", "DTYPES", "KINDS", "Cell", "Field", "Value", "repaired_accents"]

Value: TypeAlias = str | float | int | bool | None
Cell: TypeAlias = tuple[Value, str]

DOUBTFUL: Final = frozenset({"check_digit"})

_NOT_A_DATE: Final = frozenset({"0001-01-01", "1900-01-01T00:00:00", "0000-00-00"})
_SPACES: Final = re.compile(r"[\s.'\u00a0\u202f]+")
_FLOAT: Final = re.compile(r"\d+\.0", re.ASCII)
_THOUSANDS: Final = re.compile(r"\d{1,3}(\.\d{3})+,\d{1,2}", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d[.,]?\d*[eE]\+?\d+", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_YES: Final = frozenset({"true", "vrai", "oui", "o", "1", "yes"})
_NO: Final = frozenset({"false", "faux", "non", "n", "0", "no"})
_COMMUNE: Final = re.compile(r"(\d\d|2[AB])\d{3}", re.ASCII)
_POSTCODE: Final = re.compile(r"\d{5}", re.ASCII)
_LEAST_YEAR: Final = 1600


@dataclass(frozen=True)
class Field:
    """A column of an official file.

    ``name`` is the official name, which the frame keeps; ``aliases`` are other spellings that were published
    (case and dots do not matter). ``column`` says that the file must have it, ``filled`` that a row without a
    sound value in it is refused. ``allowed`` has the only values allowed, lower case, each with what is kept.
    """

    name: str
    kind: str = "text"
    column: bool = False
    filled: bool = False
    aliases: tuple[str, ...] = ()
    allowed: Mapping[str, str] | None = None


def repaired_accents(cell: str) -> str:
    """Return a text whose UTF-8 was once read as Windows-1252 (``Ã©``) as it was; any other as it is."""
    if "Ã" not in cell and "â€" not in cell and "Å“" not in cell:
        return cell
    try:
        return cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return cell


def _text(cell: str) -> Cell:
    found = repaired_accents(cell)
    return found, "" if found is cell else "mojibake"


def _number_of(cell: str, length: int, check: Callable[[str], bool], reasons: tuple[str, str]) -> Cell:
    """Read a SIREN or SIRET: spaces and dots go, lost leading zeros come back if the check digit agrees.

    A number that still begins with a zero was cut at its end instead, and a SIREN is no short SIRET.
    """
    reason = ""
    if _SCIENTIFIC.fullmatch(cell):
        return None, "scientific"  # a spreadsheet kept a few digits of it: the others are lost
    if not cell.isdecimal():
        cell, reason = cell[:-2] if _FLOAT.fullmatch(cell) else _SPACES.sub("", cell), "spaces"
    if not (cell.isascii() and cell.isdecimal()):
        return None, reasons[0]
    if len(cell) < length and not cell.startswith("0") and not is_siren(cell) and check(cell.zfill(length)):
        return cell.zfill(length), "leading_zero"
    if len(cell) != length:
        return None, reasons[1]
    return cell, reason if check(cell) else "check_digit"


def _siren(cell: str) -> Cell:
    return _number_of(cell, 9, is_siren, ("siren_shape", "siren_length"))


def _siret(cell: str) -> Cell:
    return _number_of(cell, 14, is_siret, ("siret_shape", "siret_length"))


def _rna(cell: str) -> Cell:
    if rna_shape(cell):
        return cell, ""
    tidy = _SPACES.sub("", cell).upper()
    return (tidy, "spaces") if rna_shape(tidy) else (None, "rna_shape")


def _former_rna(cell: str) -> Cell:
    if former_rna_shape(cell):
        return cell, ""
    return (cell, "") if rna_shape(cell) else (None, "former_rna_shape")


@lru_cache(maxsize=65_536)
def _date(cell: str) -> Cell:
    if cell in _NOT_A_DATE:
        return None, ""  # how registers write « unknown »
    reason = ""
    if day_first := _DAY_FIRST.fullmatch(cell):
        day, month, year = day_first.groups()
        cell, reason = f"{year}-{month:0>2}-{day:0>2}", "day_first"
    try:
        found = date.fromisoformat(cell[:10]) if cell[4:5] == "-" else None
    except ValueError:
        found = None
    if found is None or found.year < _LEAST_YEAR:
        return None, "date"
    return found.isoformat(), reason


def _period(cell: str) -> Cell:
    """Read one date, or two around a slash, which old files write as an underscore."""
    parts = cell.split("/") if cell.count("/") == 1 else cell.split("_")
    read = [_date(part.strip()) for part in parts]
    if len(read) > 2 or any(value is None for value, _ in read):  # noqa: PLR2004 - begin and end
        return None, "period"
    reasons = [reason for _, reason in read if reason]
    reason = reasons[0] if reasons else "underscore" if "_" in cell else ""
    return "/".join(str(value) for value, _ in read), reason


def _decimal(cell: str) -> Cell:
    reason = ""
    if not _NUMBER.fullmatch(cell):
        bare = re.sub(r"[\s\u00a0\u202f€]", "", cell)
        reason = "spaces" if bare != cell else ""
        if _THOUSANDS.fullmatch(bare):
            bare = bare.replace(".", "")
        if bare.count(",") == 1 and "." not in bare:
            bare, reason = bare.replace(",", "."), "comma"
        if not _NUMBER.fullmatch(bare):
            return None, "number"
        cell = bare
    found = float(cell)
    return (found, reason) if math.isfinite(found) else (None, "number")


def _whole(cell: str) -> Cell:
    found, reason = _decimal(cell)
    if not isinstance(found, float) or not found.is_integer():
        return None, "whole"
    return int(found), reason


def _amount(cell: str) -> Cell:
    found, reason = _decimal(cell)
    return (None, "negative") if isinstance(found, float) and found < 0 else (found, reason)


def _share(cell: str) -> Cell:
    """Read a share of 1, which some files write as a percentage."""
    percent = cell.endswith("%")
    found, reason = _decimal(cell.removesuffix("%").strip())
    if not isinstance(found, float):
        return None, reason
    if percent or 1 < found <= 100:  # noqa: PLR2004 - percent
        found, reason = found / 100, "percent"
    return (found, reason) if 0 <= found <= 1 else (None, "share")


def _boolean(cell: str) -> Cell:
    word = cell.casefold()
    if word in _YES:
        return True, ""
    return (False, "") if word in _NO else (None, "boolean")


@lru_cache(maxsize=65_536)
def _commune(cell: str) -> Cell:
    if _COMMUNE.fullmatch(cell):
        return (None, "") if cell == "00000" else (cell, "")
    raised = cell.upper()
    if _COMMUNE.fullmatch(raised.zfill(5)):
        return raised.zfill(5), "spaces" if len(raised) == len(cell.zfill(5)) else "leading_zero"
    return None, "commune"


@lru_cache(maxsize=65_536)
def _postcode(cell: str) -> Cell:
    if _POSTCODE.fullmatch(cell):
        return (None, "") if cell == "00000" else (cell, "")
    if _POSTCODE.fullmatch(f"0{cell}"):
        return f"0{cell}", "leading_zero"
    return None, "postcode"


KINDS: Final[Mapping[str, Callable[[str], Cell]]] = {
    "text": _text,
    "siren": _siren,
    "siret": _siret,
    "rna": _rna,
    "former_rna": _former_rna,
    "date": _date,
    "period": _period,
    "number": _decimal,
    "amount": _amount,
    "whole": _whole,
    "share": _share,
    "boolean": _boolean,
    "commune": _commune,
    "postcode": _postcode,
}

# The pandas type of a column; text is "python" storage, the same with and without pyarrow.
DTYPES: Final[Mapping[str, str]] = {
    "date": "datetime64[s]",
    "number": "float64",
    "amount": "float64",
    "whole": "Int64",
    "share": "float64",
    "boolean": "boolean",
}
