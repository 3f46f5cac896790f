"""Learner codes and assignment names: what may become the name of a folder."""

from __future__ import annotations

import re
from typing import Final

from alliances.desk.copy_names import is_hidden, is_odd_name
from alliances.errors import UsageError
from alliances.questions.answers import DOORS

__all__ = ["DEFAULT_LEARNER", "assignment_name", "check_learner", "check_slug", "check_student"]

DEFAULT_LEARNER: Final = "moi"

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LONGEST: Final = 128
"""Characters of a learner's name in nbgrader's gradebook."""
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")
# work/course is the trainer's folder and work/handin the drop: nobody may be called so.
_RESERVED = frozenset({"course", "handin"})


def check_learner(code: str) -> str:
    """Return ``code`` if it may name a learner.

    Raises:
        UsageError: it may not; the message says what a code looks like.
    """
    if not _CODE.fullmatch(code) or code.lower() in _RESERVED:
        raise UsageError("desk.bad_learner", code=code)
    return code


def check_student(code: str, *, ours: bool) -> str:
    """Return ``code`` if it may name a learner in a course.

    Where stock nbgrader made the course, its own names of learners go on: whatever can be a folder's name.

    Raises:
        UsageError: it may not.
    """
    if ours:
        return check_learner(code)
    if is_odd_name(code) or is_hidden(code) or "+" in code or len(code) > _LONGEST:
        raise UsageError("desk.bad_learner", code=code)
    return code


def check_slug(name: str) -> str:
    """Return ``name`` if it is shaped like the slug of a module or exercise.

    Raises:
        UsageError: it is not.
    """
    if not _SLUG.fullmatch(name):
        raise UsageError("desk.bad_name", name=name)
    return name


def assignment_name(exercise: str, door: str) -> str:
    """Return what nbgrader calls an exercise by one door, ``<slug>_<door>``.

    Raises:
        UsageError: the slug or the door is not one.
    """
    if door not in DOORS:
        raise UsageError("desk.bad_name", name=f"{exercise}_{door}")
    return f"{check_slug(exercise)}_{door}"
