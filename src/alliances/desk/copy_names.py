"""Which paths are a learner's copy, and which names are no name for a file anywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from alliances_grader.inert_text import visible

__all__ = ["is_odd_name", "place_of", "read_timestamp", "shown", "wanted_files"]

_ASSIGNMENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}_(?:form|code)")
_WINDOWS: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
# Controls and marks that reorder text are written by number: in this file they would be invisible too.
_ODD: Final = re.compile('[\x00-\x1f\x7f<>:"|?*\\\\\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_LONGEST_NAME: Final = 255


def place_of(parts: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Return learner, assignment and file name of ``[folder/]learner/slug_door/file``, else ``None``."""
    if len(parts) not in {3, 4} or any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return None
    learner, assignment, name = parts[-3:]
    return (learner, assignment, name) if _ASSIGNMENT.fullmatch(assignment) else None


def wanted_files(assignment: str) -> dict[str, str]:
    """Return the files that are taken from a copy, each with the name of the limit on its size."""
    return {
        "answers.json": "answers",
        "answers.json.previous": "answers",
        f"{assignment}.ipynb": "notebook",
        "receipt.json": "answers",
        "timestamp.txt": "answers",
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
    """Read the time that the drop or nbgrader wrote: ISO 8601, or ``2026-11-23 10:00:00.000000 UTC``."""
    try:
        moment = datetime.fromisoformat(content[:100].decode("ascii").strip().removesuffix(" UTC"))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def shown(name: str) -> str:
    """Return a name as messages repeat it: on one line, nothing hidden, not too long."""
    return visible(name.replace("\n", "⏎"), 120)
