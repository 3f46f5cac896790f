"""Reading the JSON of an artefact that anybody may have written.

Every reader is total: it returns a value of the type announced, within bounds, or raises ``ArtefactError``
(a ``ValueError``) with a message of the catalogue that names the place. Nothing is read deeper than the
shape asks, so that depth costs nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Final, NoReturn

from alliances.errors import AlliancesError
from alliances.i18n import Language, text
from alliances.logic.findings import Term

__all__ = [
    "LONGEST_TEXT",
    "ArtefactError",
    "amount",
    "count_words",
    "entries",
    "flag",
    "identifier",
    "identifiers",
    "mapping",
    "one_of",
    "unique",
    "whole",
    "words",
]

LONGEST_TEXT: Final = 2_000  # characters
_LONGEST_ID: Final = 60  # characters
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")
_LONGEST_FIGURE: Final = 1e15  # beyond, a number typed where a text is expected is no figure of an alliance

Fields = Mapping[str, object]


class ArtefactError(AlliancesError, ValueError):
    """What was sent is no artefact; ``in_language`` says where, what was found, and what to do."""

    def in_language(self, language: Language | None = None) -> str:
        """Return the message in ``language``."""
        values = {
            name: text(value.key, language) if isinstance(value, Term) else value
            for name, value in self.values.items()
        }
        return text(self.key, language, **values)


def mapping(value: object, place: str | Term) -> Fields:
    """Return a table of fields.

    Raises:
        ArtefactError: ``value`` is something else.
    """
    if not isinstance(value, dict):
        _refuse("mapping", place, found=_kind(value))
    return value


def entries(fields: Fields, name: str, most: int) -> list[tuple[str, Fields]]:
    """Return the tables of a list, each with its place in words; no list counts as an empty one.

    Raises:
        ArtefactError: the field is no list of tables, or has more than ``most`` entries.
    """
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        _refuse("list", name, found=_kind(value))
    if len(value) > most:
        _refuse("too_many", name, count=len(value), most=most)
    places = [f"{name}[{number}]" for number in range(1, len(value) + 1)]
    return [(place, mapping(entry, place)) for place, entry in zip(places, value, strict=True)]


def identifier(fields: Fields, name: str, place: str, *, unset: bool = False) -> str:
    """Return an id: a text of 1 to 60 characters; with ``unset``, an empty one where none was chosen yet.

    Raises:
        ArtefactError: it is missing, empty, too long or no text.
    """
    value = fields.get(name)
    if unset and value in (None, ""):
        return ""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        _refuse("id", f"{place}.{name}", most=_LONGEST_ID)
    return value


def identifiers(fields: Fields, name: str, place: str, most: int) -> tuple[str, ...]:
    """Return a list of ids, each once, in the order given; no list counts as an empty one.

    Raises:
        ArtefactError: the field is no list of ids, or has more than ``most`` entries.
    """
    value = fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        _refuse("list", f"{place}.{name}", found=_kind(value))
    if len(value) > most:
        _refuse("too_many", f"{place}.{name}", count=len(value), most=most)
    return tuple(dict.fromkeys(identifier({name: entry}, name, place) for entry in value))


def unique(ids: Collection[str], name: str) -> None:
    """Check that no two entries of a list share an id.

    Raises:
        ArtefactError: two do.
    """
    if len(set(ids)) < len(ids):
        _refuse("repeated_id", name)


def words(fields: Fields, name: str, place: str) -> str:
    """Return a text without the spaces around it; a missing field is an empty text, a number is written out.

    ``place`` is empty for a field of the artefact itself.

    Raises:
        ArtefactError: the field is no text, or is longer than 2,000 characters.
    """
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LONGEST_FIGURE:
        return f"{value:g}" if isinstance(value, float) else str(value)
    where = f"{place}.{name}" if place else name
    if not isinstance(value, str):
        _refuse("text", where, found=_kind(value))
    if len(value) > LONGEST_TEXT:
        _refuse("too_long", where, count=len(value), most=LONGEST_TEXT)
    return value.strip()


def one_of(fields: Fields, name: str, place: str, allowed: Collection[str], *, unset: bool = False) -> str:
    """Return a word of a list; with ``unset``, an empty text where none was chosen yet.

    Raises:
        ArtefactError: the field is missing or holds another word.
    """
    value = fields.get(name)
    if unset and value in (None, ""):
        return ""
    if not isinstance(value, str) or value not in allowed:
        _refuse("one_of", f"{place}.{name}", allowed=", ".join(allowed))
    return value


def flag(fields: Fields, name: str, place: str) -> bool | None:
    """Return yes, no, or None when nothing was said.

    Raises:
        ArtefactError: the field is something else.
    """
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return value
    return _refuse("flag", f"{place}.{name}", found=_kind(value))


def whole(fields: Fields, name: str, place: str, least: int, most: int) -> int | None:
    """Return a whole number from ``least`` to ``most``; None where none was given, or none that can be used.

    A figure typed badly costs its figure, not the whole artefact: a rule then says that it was not found.

    Raises:
        ArtefactError: the field holds neither a number nor a text.
    """
    value = _figure(fields, name, place)
    if value is None or not least <= value <= most or value != int(value):
        return None
    return int(value)


def amount(fields: Fields, name: str, place: str, most: float) -> float:
    """Return a number from 0 to ``most``; 0 where none was given, or none that can be used.

    Raises:
        ArtefactError: the field holds neither a number nor a text.
    """
    value = _figure(fields, name, place)
    if value is None or not 0 <= value <= most:
        return 0.0
    return math.fabs(float(value))  # no « -0 » on a chart


def _figure(fields: Fields, name: str, place: str) -> float | None:
    """Return the number of a field, or the one typed in it as people type it; None when there is none."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float, str, type(None))):
        _refuse("number", f"{place}.{name}", found=_kind(value))
    if not isinstance(value, str):
        return value
    written = value.strip()
    return float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None


def count_words(written: str) -> int:
    """Count the words of a text: what spaces separate and holds a letter or a digit."""
    return sum(any(sign.isalnum() for sign in part) for part in re.split(r"\s+", written))


def _kind(value: object) -> Term:
    """Say in words what was found; the value itself may be huge or hostile."""
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "flag"), ((int, float), "number"), (str, "text"), (list, "list"), (dict, "mapping"),
        (type(None), "nothing"),
    )  # fmt: skip
    name = next((name for kind, name in names if isinstance(value, kind)), "other")
    return Term(f"findings.kind_{name}")


def _refuse(key: str, place: str | Term, **values: object) -> NoReturn:
    raise ArtefactError(f"findings.read_{key}", place=place, **values)
