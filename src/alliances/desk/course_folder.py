"""An nbgrader course folder made from the built exercises: sources, releases, configuration, manifest.

Run again on the same folder it renews sources and releases and leaves copies, marks and the trainer's
configuration as they are. A course drawn for a cohort stays that cohort's: its exercises come from a seed
that is not kept, so renewing asks for it again.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from alliances.course.build import build
from alliances.course.build_units import Course as Sources
from alliances.course.cohort import Cohort, draw_cohort
from alliances.course.exercise_manifest import Criterion, ExerciseManifest, read_exercise
from alliances.course.exercises import assignment_name
from alliances.course.form_cells import key_of
from alliances.course.form_source import FormPart, form_parts
from alliances.course.module_manifest import read_module
from alliances.course.nbgrader_cells import CODE_STUBS, TEXT_STUBS
from alliances.course.tree import CourseTree
from alliances.course.typography import typeset
from alliances.desk.cohort_record import read_record, record_of, write_record
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, Language, text
from alliances.questions.registry import type_of
from alliances.questions.released import FILE as QUESTIONS
from alliances.questions.spec import public
from alliances.storage import write_fault, write_safely
from alliances_grader.course_keys import Key, write_keys
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
_Keys = dict[str, dict[Language, dict[str, Key]]]


@dataclass(frozen=True)
class Created:
    """What ``create_course`` made: the course, its assignments, and whether the folder was one before.

    ``notes`` says, for a cohort, what could not vary or has to be done again.
    """

    course: Course
    assignments: tuple[str, ...]
    renewed: bool
    notes: tuple[str, ...] = ()


def create_course(
    tree: CourseTree, folder: Path, language: Language, cohort: Cohort | None = None
) -> Created:
    """Make or renew the course folder with every exercise in one language.

    What feedback on a form says is kept in the other language too: forms are served in both.

    Args:
        tree: the sources.
        folder: the course, new or made by this function.
        language: of the assignments.
        cohort: what the exercises are drawn from; None for the published ones. The same cohort gives the
            same sources, releases and manifest, byte for byte.

    Raises:
        AlliancesError: the folder holds something else, a course in the other language, or copies of another
            cohort; there is no exercise; a pool is too small; or nbgrader refuses an assignment (its cells
            changed after copies came in).
        SourceError: an exercise or the private file is malformed.
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    renewed = _check_folder(folder, language)
    _check_cohort(folder, cohort, renewed=renewed)
    modules = tree.modules
    with contextlib.ExitStack() as stack:
        notes: tuple[str, ...] = ()
        if cohort is not None:
            # Keys of a cohort never lie beside the published sources; the folder goes with this block.
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="alliances-cohort-"))
            drawn = draw_cohort(tree, cohort, Path(place))
            tree, notes = drawn.tree, drawn.notes
        names, course, keys = _build(tree, folder, language, modules)
        if cohort is not None:
            notes += _keep_cohort(tree, folder, names, cohort, language)
        _write(tree, course, names, keys)
    return Created(course, names, renewed, notes)


def _build(
    tree: CourseTree, folder: Path, language: Language, modules: Path
) -> tuple[tuple[str, ...], Course, _Keys]:
    """Build the assignments; return their names, the course that they make, its keys in other languages."""
    manifests = [read_exercise(path) for path in sorted(tree.exercises.glob("*/exercise.toml"))]
    if not manifests:
        raise AlliancesError("course_folder.no_exercise", path=tree.exercises)
    report = build(tree, only="exercises", pages=False)
    if report.refusals:
        raise report.refusals[0]
    sources = Sources(tree)
    exercises: dict[str, Exercise] = {}
    keys: _Keys = {}
    for manifest in manifests:
        parts = {
            known: form_parts(tree, manifest, known, sources.cases, sources.references) for known in LANGUAGES
        }
        said = {known: _exercise(parts[known], manifest, known, modules) for known in LANGUAGES}
        own = said.pop(language)
        exercises[manifest.slug] = replace(own, translations=said)
        keys[manifest.slug] = {known: _keys(parts[known]) for known in said}
    names = tuple(assignment_name(manifest.slug, door) for manifest in manifests for door in manifest.doors)
    return names, Course(folder, language, exercises), keys


def _write(tree: CourseTree, course: Course, names: tuple[str, ...], keys: _Keys) -> None:
    """Write configuration and manifest, and release every assignment."""
    folder = course.root
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_fault(folder, error) from error
    if not (folder / _CONFIG).exists():
        write_safely(folder / _CONFIG, _config(folder, course.language).encode())
    write_keys(folder, keys)
    write_course(course)
    api = open_api(folder)
    for name in names:
        _release(api, tree.exercise_sources(course.language) / name, folder, name)


def _has_copies(folder: Path) -> bool:
    return any((folder / "submitted").glob("*/*"))


def _check_cohort(folder: Path, cohort: Cohort | None, *, renewed: bool) -> None:
    """Refuse to put one cohort, or the published exercises, in the place of another."""
    if not renewed:
        return
    known = read_record(folder)
    if cohort is None:
        if known is not None:
            raise AlliancesError("cohort.seed_needed", path=folder)
    elif _has_copies(folder):
        if known is None:
            raise AlliancesError("cohort.was_published", path=folder)
        if not known.same_seed(cohort):
            raise AlliancesError("cohort.other_seed", path=folder)


def _keep_cohort(
    tree: CourseTree, folder: Path, names: tuple[str, ...], cohort: Cohort, language: Language
) -> tuple[str, ...]:
    """Write which cohort the course is, unless a changed private file would change what copies answer."""
    known = read_record(folder)
    if known is not None and known.same_seed(cohort) and known.same_private(cohort):
        return ()
    notes: tuple[str, ...] = ()
    if known is not None and _has_copies(folder):
        changed = [
            name
            for name in names
            if _bytes(tree.exercise_releases(language) / name / QUESTIONS)
            != _bytes(folder / "release" / name / QUESTIONS)
        ]
        if changed:
            raise AlliancesError("cohort.other_private", path=folder, names=", ".join(changed))
        notes = (text("cohort.keys_changed"),)
    write_record(folder, record_of(cohort))
    return notes


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


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


def _exercise(
    parts: tuple[FormPart, ...], manifest: ExerciseManifest, language: Language, modules: Path
) -> Exercise:
    """Return what learners may see of an exercise, in one language."""
    questions: dict[str, dict[str, Any]] = {}
    rubrics: dict[str, tuple[CriterionText, ...]] = {}
    for part in parts:
        for question in part.questions:
            questions[question["id"]] = public(question)
        for question_id, rubric in part.rubrics.items():
            rubrics[question_id] = tuple(_criterion(item, language) for item in manifest.rubrics[rubric])
    title = typeset(manifest.title[language], language)
    outcomes = _outcomes(modules / manifest.slug / "module.toml", language)
    return Exercise(manifest.slug, title, manifest.doors, questions, rubrics, outcomes, manifest.pure)


def _keys(parts: tuple[FormPart, ...]) -> dict[str, Key]:
    """Return the keys of the questions that rules mark."""
    questions = (question for part in parts for question in part.questions)
    return {
        question["id"]: key_of(question)
        for question in questions
        if not type_of(question["type"]).read_by_person(question)
    }


def _outcomes(path: Path, language: Language) -> dict[str, str]:
    """Return the words of a module's outcomes; an exercise may stand without a module."""
    if not path.is_file():
        return {}
    return {item.id: typeset(item.text[language], language) for item in read_module(path).outcomes}


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
            # What this project keeps beside copies and grades is not part of an assignment.
            "c.CourseDirectory.ignore.extend(['*.receipt.json'])",
            f"c.ClearSolutions.code_stub = {{'python': {CODE_STUBS[language]!r}}}",
            f"c.ClearSolutions.text_stub = {TEXT_STUBS[language]!r}",
            "",
        ]
    )
