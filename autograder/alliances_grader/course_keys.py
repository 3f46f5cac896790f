"""``alliances.keys.json``: keys of the forms in the other languages than the course's, for feedback only.

Marks come from the keys in ``source/``, in the language of the course. These say the reasons of a mark again
in the language in which somebody filled the form in. Like ``source/``, the file stays with the trainer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances.i18n import Language
from alliances.questions.registry import TYPES
from alliances.storage import write_safely
from alliances_grader.files import read_bounded

__all__ = ["KEYS_NAME", "Key", "read_keys", "write_keys"]

KEYS_NAME: Final = "alliances.keys.json"
_FORMAT: Final = "alliances-course-keys"
_VERSION: Final = 1
_MAX: Final = 20_000_000

Key = Mapping[str, Any]
"""A compiled question as marking reads it."""


def write_keys(root: Path, keys: Mapping[str, Mapping[Language, Mapping[str, Key]]]) -> None:
    """Write the keys of a course: by exercise, language and question.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    data = {"format": _FORMAT, "version": _VERSION, "exercises": keys}
    write_safely(root / KEYS_NAME, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def read_keys(root: Path, slug: str, language: Language) -> dict[str, Key]:
    """Return the keys of one exercise by question; none when the course keeps none for it.

    Raises:
        AlliancesError: the file is malformed, or of a newer version.
        EnvironmentFault: it cannot be read.
    """
    path = root / KEYS_NAME
    if not path.exists():
        return {}
    try:
        data = json.loads(read_bounded(path, _MAX))
        if data["format"] != _FORMAT:
            raise AlliancesError("grader.bad_manifest", path=path)
        if data["version"] > _VERSION:
            raise AlliancesError("grader.newer_manifest", path=path, found=data["version"], known=_VERSION)
        keys: dict[str, Key] = dict(data["exercises"].get(slug, {}).get(language, {}))
        if any(key["type"] not in TYPES for key in keys.values()):
            raise AlliancesError("grader.bad_manifest", path=path)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AlliancesError("grader.bad_manifest", path=path) from error
    return keys
