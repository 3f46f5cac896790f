"""``questions.json``: the questions of one assignment as they may be shown, beside the learner's notebook.

It holds no key: whoever reads it learns nothing that the form page does not show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import is_language
from alliances.questions.answers import DOORS
from alliances.questions.compiling import public
from alliances.questions.registry import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["FILE", "Released", "read_released", "released_bytes"]

FILE: Final = "questions.json"
_FORMAT: Final = "alliances-questions"
_VERSION: Final = 1
_LARGEST: Final = 2_000_000  # bytes


@dataclass(frozen=True)
class Released:
    """The questions of one door of an exercise, by id, in one language."""

    exercise: str
    door: Any
    language: Any
    questions: dict[str, dict[str, Any]]


def released_bytes(exercise: str, door: str, language: str, questions: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the file's content; keys are taken away here, whatever the questions hold."""
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "exercise": exercise,
        "door": door,
        "language": language,
        "questions": {question["id"]: public(question) for question in questions},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_released(folder: Path) -> Released:
    """Read the questions that lie in a folder.

    Raises:
        AlliancesError: there are none, or the file is not what the course wrote.
        EnvironmentFault: it cannot be read.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > _LARGEST:
            raise AlliancesError("questions.released_unreadable", path=path)
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise AlliancesError("questions.released_missing", path=path) from None
    except OSError as error:
        raise EnvironmentFault("questions.cannot_read", path=path, reason=error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        raise AlliancesError("questions.released_unreadable", path=path) from error
    if not _is_released(data):
        raise AlliancesError("questions.released_unreadable", path=path)
    return Released(data["exercise"], data["door"], data["language"], data["questions"])


def _is_released(data: object) -> bool:
    return (
        isinstance(data, dict)
        and data.get("format") == _FORMAT
        and data.get("version") == _VERSION
        and isinstance(data.get("exercise"), str)
        and data.get("door") in DOORS
        and is_language(str(data.get("language")))
        and isinstance(data.get("questions"), dict)
        and all(
            isinstance(question, dict) and question.get("type") in TYPES
            for question in data["questions"].values()
        )
    )
