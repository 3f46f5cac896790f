"""Which paths are a learner's copy, and which names are no name for a file anywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Container
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alliances_grader.inert_text import visible

__all__ = ["is_hidden", "is_odd_name", "place_of", "read_timestamp", "shown", "wanted_files"]

_ASSIGNMENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}_(?:form|code)")
_WINDOWS: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
# Controls and marks that reorder text are written by number: in this file they would be invisible too.
_ODD: Final = re.compile('[\x00-\x1f\x7f<>:"|?*/\\\\\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_LONGEST_NAME: Final = 255
_LONGEST_TIME: Final = 100
_WITH_ZONE: Final = 3
_ZONE: Final = re.compile(r"[A-Za-z]{1,6}")


def place_of(parts: tuple[str, ...], known: Container[str] = ()) -> tuple[str, str, str] | None:
    """Return learner, assignment and file of ``[folder/]learner/assignment/file``, else ``None``.

    An assignment is one of ``known``, or shaped as ours are: ``slug_form``, ``slug_code``. The file may lie
    in folders of its own, separated by ``/``.
    """
    if any(is_hidden(part) for part in parts):
        return None
    for number in (1, 2):
        rest = parts[number + 1 :]
        if rest and (parts[number] in known or _ASSIGNMENT.fullmatch(parts[number])):
            return parts[number - 1], parts[number], "/".join(rest)
    return None


def is_hidden(name: str) -> bool:
    """Say whether a file or folder is a program's own: its name starts with a dot, or macOS made it."""
    return name.startswith(".") or name in {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"}


def wanted_files(assignment: str) -> dict[str, str]:
    """Return the files that are taken from a copy of ours, each with the name of the limit on its size."""
    return {
        "answers.json": "answers",
        "answers.json.previous": "answers",
        f"{assignment}.ipynb": "notebook",
        "receipt.json": "answers",
        "timestamp.txt": "answers",
        # nbgrader's exchange finds by it where to give the feedback back.
        "submission_secret.txt": "answers",
    }


def is_odd_name(name: str) -> bool:
    """Say whether a name cannot be kept on every system, or would read otherwise than it is written."""
    return (
        not name
        or _ODD.search(name) is not None
        or _WINDOWS.fullmatch(name) is not None
        or name != name.strip()
        or name.endswith(".")
        or len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME
    )


def read_timestamp(content: bytes) -> datetime | None:
    """Read the time that the drop or nbgrader wrote.

    ISO 8601, or nbgrader's ``2026-11-23 10:00:00.000000 UTC`` with any zone's name or offset in its place.
    """
    try:
        said = content[:_LONGEST_TIME].decode("ascii").strip()
        moment = datetime.fromisoformat(said.removesuffix(" UTC"))
    except UnicodeDecodeError:
        return None
    except ValueError:
        return _in_zone(said)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else _as_utc(moment)


def _in_zone(said: str) -> datetime | None:
    """Read ``date time zone``: an offset, or the abbreviation that ``%Z`` gives."""
    words = said.split(" ")
    if len(words) != _WITH_ZONE:
        return None
    try:
        return _as_utc(datetime.fromisoformat(f"{words[0]} {words[1]}{words[2]}"))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(f"{words[0]} {words[1]}")
        # Zones are looked up as files: a learner's word must not name another one.
        if not _ZONE.fullmatch(words[2]) or moment.tzinfo is not None:
            return None
        # Summer's abbreviations are no zone's name: this machine's own is understood, as nbgrader does.
        zone = None if words[2] in time.tzname else ZoneInfo(words[2])
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None
    return _as_utc(moment.replace(tzinfo=zone))


def _as_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def shown(name: str) -> str:
    """Return a name as messages repeat it: on one line, nothing hidden, not too long."""
    return visible(name.replace("\n", "⏎"), 120)
