"""``alliances.json``: what a course folder knows of its exercises, to be graded away from the sources.

It holds what learners may see (questions without key, rubric in words), in the language of the course and,
for feedback on forms that were filled in in another one, in the other languages of the exercises.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

from alliances.errors import AlliancesError
from alliances.i18n import Language, current_language, is_language
from alliances.storage import write_safely
from alliances_grader.files import read_bounded

__all__ = [
    "MANIFEST_NAME",
    "Course",
    "CriterionText",
    "Exercise",
    "read_course",
    "split_assignment",
    "write_course",
]

MANIFEST_NAME: Final = "alliances.json"
_FORMAT: Final = "alliances-course"
_VERSION: Final = 1
_MAX: Final = 20_000_000


@dataclass(frozen=True)
class CriterionText:
    """One criterion of a rubric: its words, its points, and the words of each level from the lowest."""

    id: str
    text: str
    points: float
    levels: tuple[str, ...]

    def level(self, points: float) -> str:
        """Return the words of the level that ``points`` stand for."""
        top = len(self.levels) - 1
        share = min(max(points / self.points, 0.0), 1.0) if self.points else 0.0
        return self.levels[round(share * top)]


@dataclass(frozen=True)
class Exercise:
    """One exercise: public ``questions`` by id, ``rubrics`` by open question, words of ``outcomes`` by id.

    ``pure``: its author declares that the code door gives the same result for the same cells, always.
    ``translations``: the same exercise in other languages than the course's; empty in a course of before.
    """

    slug: str
    title: str
    doors: tuple[str, ...]
    questions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rubrics: Mapping[str, tuple[CriterionText, ...]] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    pure: bool = False
    translations: Mapping[Language, Exercise] = field(default_factory=dict)

    def alone(self, language: Language) -> Exercise:
        """Return the exercise in one language, without the others: its own where it has no translation."""
        return replace(self.translations.get(language, self), translations={})


@dataclass(frozen=True)
class Course:
    """One nbgrader course folder. ``ours`` is false for a course that stock nbgrader made."""

    root: Path
    language: Language
    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    ours: bool = True

    def exercise_of(self, assignment: str) -> Exercise | None:
        """Return the exercise behind an assignment's name."""
        slug, door = split_assignment(assignment)
        exercise = self.exercises.get(slug)
        return exercise if exercise is not None and door in exercise.doors else None

    def door_of(self, assignment: str) -> str:
        """Return ``form`` when nothing a learner brings is run, else ``code``."""
        return split_assignment(assignment)[1] if self.exercise_of(assignment) else "code"

    def assignments(self) -> list[str]:
        """Return the names of the assignments that have a source."""
        return sorted(path.name for path in (self.root / "source").glob("*") if path.is_dir())


def split_assignment(name: str) -> tuple[str, str]:
    """Split ``<slug>_<door>``; the door is empty when the name has none."""
    slug, _, door = name.rpartition("_")
    return (slug, door) if slug and door in {"form", "code"} else (name, "")


def read_course(root: Path) -> Course:
    """Read a course folder.

    Raises:
        AlliancesError: it is no course, or its manifest is malformed or of a newer version.
    """
    path = root / MANIFEST_NAME
    if not path.is_file():
        if (root / "nbgrader_config.py").is_file() and (root / "source").is_dir():
            return Course(root, current_language(), ours=False)
        raise AlliancesError("grader.not_a_course", path=root)
    try:
        data = json.loads(read_bounded(path, _MAX))
        if data["format"] != _FORMAT or not is_language(data["language"]):
            raise AlliancesError("grader.bad_manifest", path=path)
        if data["version"] > _VERSION:
            raise AlliancesError("grader.newer_manifest", path=path, found=data["version"], known=_VERSION)
        exercises = {slug: _exercise(slug, value) for slug, value in data["exercises"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AlliancesError("grader.bad_manifest", path=path) from error
    return Course(root, cast("Language", data["language"]), exercises)


def _exercise(slug: str, data: Mapping[str, Any]) -> Exercise:
    rubrics = {
        question: tuple(
            CriterionText(item["id"], item["text"], float(item["points"]), tuple(item["levels"]))
            for item in items
        )
        for question, items in data["rubrics"].items()
    }
    questions = {item["id"]: item for item in data["questions"]}
    outcomes = {str(name): str(words) for name, words in data.get("outcomes", {}).items()}
    pure = data.get("pure", False) is True
    same = {"doors": data["doors"], "pure": pure}
    translations = {
        cast("Language", language): _exercise(slug, words | same)
        for language, words in data.get("translations", {}).items()
        if is_language(language)
    }
    return Exercise(
        slug, data["title"], tuple(data["doors"]), questions, rubrics, outcomes, pure, translations
    )


def write_course(course: Course) -> None:
    """Write the manifest.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    data = {
        "format": _FORMAT,
        "version": _VERSION,
        "language": course.language,
        "exercises": {slug: _written(exercise) for slug, exercise in course.exercises.items()},
    }
    content = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    write_safely(course.root / MANIFEST_NAME, content.encode())


def _written(exercise: Exercise) -> dict[str, Any]:
    written: dict[str, Any] = {
        "title": exercise.title,
        "doors": list(exercise.doors),
        "pure": exercise.pure,
        **_words(exercise),
    }
    others = exercise.translations.items()
    if others:
        written["translations"] = {language: {"title": one.title, **_words(one)} for language, one in others}
    return written


def _words(exercise: Exercise) -> dict[str, Any]:
    return {
        "outcomes": dict(exercise.outcomes),
        "questions": [dict(question) for question in exercise.questions.values()],
        "rubrics": {
            question: [
                {"id": item.id, "text": item.text, "points": item.points, "levels": list(item.levels)}
                for item in items
            ]
            for question, items in exercise.rubrics.items()
        },
    }
