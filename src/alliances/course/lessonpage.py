"""What frames a lesson's page and a trainer's guide: outcomes, minutes, neighbours, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.course.landing import has_lesson, has_trainer_guide
from alliances.course.typography import typeset

if TYPE_CHECKING:
    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.syllabus import Syllabus
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["lesson_page", "trainer_page"]


def lesson_page(
    tree: CourseTree, syllabus: Syllabus, module: ModuleManifest, language: Language
) -> dict[str, Any]:
    """Return the data of a lesson's page; ``minutes`` are an estimate for the whole lesson."""
    tracks = [track for track in syllabus.tracks if track.id in module.tracks]
    exercise = module.exercise
    return {
        "kind": "lesson",
        "slug": module.slug,
        "number": syllabus.order.index(module.slug) + 1,
        "title": typeset(module.title[language], language),
        "summary": typeset(module.summary[language], language),
        "minutes": module.minutes,
        "tracks": [typeset(track.title[language], language) for track in tracks],
        "outcomes": [typeset(outcome.text[language], language) for outcome in module.outcomes],
        "tool": typeset(module.tool.title[language], language) if module.tool else "",
        "exercise": exercise if exercise and (tree.exercises / exercise / "form.yaml").is_file() else "",
        "guide": has_trainer_guide(tree, module.slug, language),
        **_neighbours(tree, syllabus, module.slug, language),
    }


def trainer_page(tree: CourseTree, module: ModuleManifest, language: Language) -> dict[str, Any]:
    """Return the data of a trainer's guide."""
    return {
        "kind": "trainer",
        "slug": module.slug,
        "title": typeset(module.title[language], language),
        "minutes": module.minutes,
        "lesson": has_lesson(tree, module.slug),
    }


def _neighbours(tree: CourseTree, syllabus: Syllabus, slug: str, language: Language) -> dict[str, Any]:
    """Return the written modules just before and after, in the syllabus's order."""
    written = [name for name in syllabus.written if name == slug or has_lesson(tree, name)]
    place = written.index(slug)
    around = {
        "previous": written[place - 1] if place else None,
        "next": written[place + 1] if place + 1 < len(written) else None,
    }
    return {
        side: {"slug": name, "title": typeset(syllabus.title(name)[language], language)} if name else None
        for side, name in around.items()
    }
