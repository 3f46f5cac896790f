"""What the landing page shows: the syllabus, the tracks, where to start. The theme holds the HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.course.exercise_manifest import read_exercise
from alliances.course.typography import typeset
from alliances.i18n import area_texts, text

if TYPE_CHECKING:
    from alliances.course.exercise_manifest import ExerciseManifest
    from alliances.course.syllabus import Syllabus
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["has_lesson", "has_trainer_guide", "landing_page"]


def landing_page(tree: CourseTree, syllabus: Syllabus, language: Language) -> dict[str, Any]:
    """Return the data of the landing page in one language.

    ``modules`` follow the syllabus; one without a lesson has ``written`` false, no minutes and no link.

    Raises:
        SourceError: an exercise's manifest is malformed.
    """
    modules = [
        _module(tree, syllabus, slug, number, language) for number, slug in enumerate(syllabus.order, 1)
    ]
    by_slug = {module["slug"]: module for module in modules}
    known = area_texts("pages")
    tracks = [
        {
            "id": track.id,
            "title": typeset(track.title[language], language),
            "aim": text(f"pages.track_{track.id}", language) if f"track_{track.id}" in known else "",
            "modules": [by_slug[slug] for slug in track.modules],
        }
        for track in syllabus.tracks
    ]
    return {
        "kind": "landing",
        "title": text("pages.landing_title", language),
        "start": next((module for module in modules if module["written"]), None),
        "modules": modules,
        "tracks": tracks,
        "exercises": [module for module in modules if module["exercise"]],
        "guides": [module for module in modules if module["guide"]],
    }


def has_lesson(tree: CourseTree, slug: str) -> bool:
    """Say whether a module has a lesson in French, which the other language must follow."""
    return tree.lesson(slug, "fr").is_file()


def has_trainer_guide(tree: CourseTree, slug: str, language: Language) -> bool:
    """Say whether a module has a trainer's guide in ``language``."""
    return (tree.modules / slug / f"trainer.{language}.md").is_file()


def _module(
    tree: CourseTree, syllabus: Syllabus, slug: str, number: int, language: Language
) -> dict[str, Any]:
    manifest = syllabus.module(slug)
    written = manifest is not None and has_lesson(tree, slug)
    function = syllabus.functions.get(slug)
    exercise = _exercise(tree, manifest.exercise) if manifest is not None else None
    return {
        "slug": slug,
        "number": number,
        "title": typeset(syllabus.title(slug)[language], language),
        "function": typeset(function[language], language) if function else "",
        "summary": typeset(manifest.summary[language], language) if manifest and written else "",
        "minutes": manifest.minutes if manifest and written else 0,
        "written": written,
        "exercise": exercise.slug if exercise else "",
        "exercise_title": typeset(exercise.title[language], language) if exercise else "",
        "tool": bool(manifest and manifest.tool),
        "guide": has_trainer_guide(tree, slug, language),
    }


def _exercise(tree: CourseTree, slug: str | None) -> ExerciseManifest | None:
    """Return the exercise of that name if it has a form to do, else ``None``."""
    if not slug or not (tree.exercises / slug / "form.yaml").is_file():
        return None
    return read_exercise(tree.exercises / slug / "exercise.toml")
