"""Copies that lie loose, as the form door's page downloads them: ``tiny_form.json``, ``tiny_form (1).json``.

Whose copy it is stands in the file. Two files that claim the same person and exercise are both refused:
choosing one of them would drop the other in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from alliances.desk.copy_names import shown
from alliances.desk.intake_types import Entry, Found, Limits, Reader
from alliances.errors import AlliancesError
from alliances.questions.answers import parse_answers

__all__ = ["constant", "flat_copies", "is_flat_name"]

# The name of a download, with what a browser or a person added to it.
_NAME: Final = re.compile(r"([a-z][a-z0-9_]{0,63}_form)(?![a-z0-9_])[^/]*\.json")


def is_flat_name(parts: tuple[str, ...]) -> bool:
    """Say whether a path is that of a downloaded copy at the top of its source."""
    return len(parts) == 1 and _NAME.fullmatch(parts[0]) is not None


def flat_copies(files: Iterable[Entry], limits: Limits) -> list[Found]:
    """Return the copies in loose files, by learner and assignment; each unreadable one with its reason."""
    copies: list[Found] = []
    claims: dict[tuple[str, str], list[tuple[str, bytes, datetime]]] = {}
    for file in files:
        name = file.parts[-1]
        try:
            content, changed = _read(file, limits)
            answers = parse_answers(content, shown(name), strict=False)
        except AlliancesError as error:
            copies.append(_refused(name, error))
            continue
        if answers.door != "form":
            copies.append(_refused(name, AlliancesError("course_folder.loose_code", name=shown(name))))
            continue
        place = (answers.learner, f"{answers.exercise}_{answers.door}")
        claims.setdefault(place, []).append((name, content, changed))
    for (learner, assignment), claimed in sorted(claims.items()):
        if len({content for _, content, _ in claimed}) > 1:
            names = ", ".join(shown(name) for name, _, _ in claimed[:5])
            problem = AlliancesError("course_folder.loose_twice", names=names, code=shown(learner))
            copies.append(Found(shown(learner), shown(assignment), "loose", problem=problem))
            continue
        _, content, changed = claimed[0]
        copy = Found(learner, assignment, "loose")
        copy.add("answers.json", constant(content, changed), None)
        copies.append(copy)
    return copies


def _read(file: Entry, limits: Limits) -> tuple[bytes, datetime]:
    if file.problem is not None:
        raise file.problem
    return file.reader(limits.answers)


def constant(content: bytes, changed: datetime) -> Reader:
    """Return a reader of what was read already."""
    return lambda _limit: (content, changed)


def _refused(name: str, error: AlliancesError) -> Found:
    found = _NAME.fullmatch(name)
    return Found(shown(name), found.group(1) if found else "", "loose", problem=error)
