"""An nbgrader course folder made from the built exercises: sources, releases, configuration, manifest.

Run again on the same folder it renews sources and releases and leaves copies, marks and the trainer's
configuration as they are.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alliances.course.build import build
from alliances.course.build_units import Course as Sources
from alliances.course.exercise_manifest import Criterion, ExerciseManifest, read_exercise
from alliances.course.exercises import assignment_name
from alliances.course.form_source import form_parts
from alliances.course.nbgrader_cells import CODE_STUBS, TEXT_STUBS
from alliances.course.tree import CourseTree
from alliances.course.typography import typeset
from alliances.errors import AlliancesError
from alliances.i18n import Language, text
from alliances.questions.spec import public
from alliances.storage import write_fault, write_safely
from alliances_grader.course_manifest import (
    MANIFEST_NAME,
    Course,
    CriterionText,
    Exercise,
    read_course,
    write_course,
)
from alliances_grader.nbgrader_api import open_api

__all__ = ["Created", "create_course"]

_CONFIG: Final = "nbgrader_config.py"


@dataclass(frozen=True)
class Created:
    """What ``create_course`` made: the course, its assignments, and whether the folder was one before."""

    course: Course
    assignments: tuple[str, ...]
    renewed: bool


def create_course(tree: CourseTree, folder: Path, language: Language) -> Created:
    """Make or renew the course folder with every exercise in one language.

    Raises:
        AlliancesError: the folder holds something else, or a course in the other language; there is no
            exercise; or nbgrader refuses an assignment (its cells changed after copies came in).
        SourceError: an exercise is malformed.
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    renewed = _check_folder(folder, language)
    manifests = [read_exercise(path) for path in sorted(tree.exercises.glob("*/exercise.toml"))]
    if not manifests:
        raise AlliancesError("course_folder.no_exercise", path=tree.exercises)
    report = build(tree, only="exercises", pages=False)
    if report.refusals:
        raise report.refusals[0]
    sources = Sources(tree)
    exercises = {manifest.slug: _exercise(sources, manifest, language) for manifest in manifests}
    course = Course(folder, language, exercises)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_fault(folder, error) from error
    if not (folder / _CONFIG).exists():
        write_safely(folder / _CONFIG, _config(folder, language).encode())
    write_course(course)
    names = tuple(assignment_name(manifest.slug, door) for manifest in manifests for door in manifest.doors)
    api = open_api(folder)
    for name in names:
        _release(api, tree.exercise_sources(language) / name, folder, name)
    return Created(course, names, renewed)


def _check_folder(folder: Path, language: Language) -> bool:
    """Return whether the folder is a course already; refuse it when it is something else."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise AlliancesError("course_folder.not_a_folder", path=folder)
    if (folder / MANIFEST_NAME).is_file():
        known = read_course(folder).language
        if known != language:
            raise AlliancesError("course_folder.other_language", path=folder, known=known, asked=language)
        return True
    if any(folder.iterdir()):
        raise AlliancesError("course_folder.not_empty", path=folder)
    return False


def _exercise(sources: Sources, manifest: ExerciseManifest, language: Language) -> Exercise:
    """Return what learners may see of an exercise, in one language."""
    questions: dict[str, dict[str, Any]] = {}
    rubrics: dict[str, tuple[CriterionText, ...]] = {}
    for part in form_parts(sources.tree, manifest, language, sources.cases, sources.references):
        for question in part.questions:
            questions[question["id"]] = public(question)
        for question_id, rubric in part.rubrics.items():
            rubrics[question_id] = tuple(_criterion(item, language) for item in manifest.rubrics[rubric])
    title = typeset(manifest.title[language], language)
    return Exercise(manifest.slug, title, manifest.doors, questions, rubrics)


def _criterion(item: Criterion, language: Language) -> CriterionText:
    levels = tuple(typeset(level[language], language) for level in item.levels)
    return CriterionText(item.id, typeset(item.text[language], language), item.points, levels)


def _release(api: Any, built: Path, folder: Path, name: str) -> None:  # noqa: ANN401 - nbgrader ships no types
    """Put one source in place and have stock nbgrader release it; a refusal puts the old source back."""
    place = folder / "source" / name
    kept = folder / "source" / f".{name}.kept"
    try:
        shutil.rmtree(kept, ignore_errors=True)
        if place.exists():
            place.rename(kept)
        shutil.copytree(built, place)
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            log = str(result.get("log") or "") + "\n" + str(result.get("error") or "")
            write_safely(folder / "logs" / f"{name}.log", log.encode("utf-8", "backslashreplace"))
            shutil.rmtree(place, ignore_errors=True)
            if kept.exists():
                kept.rename(place)
                api.generate_assignment(name, force=True, create=True)
            raise AlliancesError(
                "course_folder.release_refused", name=name, log=folder / "logs" / f"{name}.log"
            )
    except OSError as error:
        raise write_fault(place, error) from error
    finally:
        if place.exists():
            shutil.rmtree(kept, ignore_errors=True)


def _config(folder: Path, language: Language) -> str:
    name = (
        "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in folder.resolve().name)
        or "course"
    )
    return "\n".join(
        [
            *(f"# {line}" for line in text("course_folder.config_head", language).split("\n")),
            "c = get_config()  # noqa: F821",
            "",
            f"c.CourseDirectory.course_id = {name!r}",
            f"c.ClearSolutions.code_stub = {{'python': {CODE_STUBS[language]!r}}}",
            f"c.ClearSolutions.text_stub = {TEXT_STUBS[language]!r}",
            "",
        ]
    )
