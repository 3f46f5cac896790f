"""The form door as a page: public questions, points, rubric, rule on AI. No key ever reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.course.cases import read_cases
from alliances.course.exercise_manifest import read_exercise
from alliances.course.form_source import SHARED_PART, form_parts
from alliances.course.landing import has_lesson
from alliances.course.references import read_references
from alliances.course.typography import typeset
from alliances.i18n import area_texts, text
from alliances.questions.marks import written_points
from alliances.questions.prose import block_html
from alliances.questions.spec import public
from alliances.widgets.static import static_question

if TYPE_CHECKING:
    from alliances.course.exercise_manifest import Criterion, ExerciseManifest
    from alliances.course.form_source import FormPart
    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.syllabus import Syllabus
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["FORM_TEXTS", "form_page"]

# What form.js says: every text of the catalogue whose name starts so.
FORM_TEXTS: Final = "form_"


def form_page(
    tree: CourseTree, syllabus: Syllabus, module: ModuleManifest, language: Language
) -> dict[str, Any]:
    """Return the data of the form door of a module's exercise.

    Raises:
        SourceError: the exercise or its form is malformed.
        ValueError: the module has no exercise.
    """
    if module.exercise is None:
        raise ValueError(f"the module {module.slug!r} has no exercise")
    exercise = read_exercise(tree.exercises / module.exercise / "exercise.toml")
    parts = form_parts(tree, exercise, language, read_cases(tree), read_references(tree))
    shown = _parts(parts, exercise, language)
    rubrics = {name for part in parts for name in part.rubrics.values()}
    return {
        "kind": "form",
        "slug": exercise.slug,
        "title": text("pages.form_title", language, title=typeset(exercise.title[language], language)),
        "module": {
            "slug": module.slug,
            "title": typeset(syllabus.title(module.slug)[language], language),
            "written": has_lesson(tree, module.slug),
        },
        "minutes": exercise.minutes,
        "points": _points(exercise.points, language),
        "shared": written_points(exercise.shared_points, language),
        "rest": written_points(exercise.rest_points, language),
        "doors": list(exercise.doors),
        "ai_rule": block_html(typeset(exercise.ai_rule[language], language)),
        "parts": shown,
        "contents": _contents(exercise, shown, language),
        "rubrics": [_rubric(exercise.rubrics[name], language) for name in sorted(rubrics)],
        "form_texts": _form_texts(language),
    }


def _parts(
    parts: tuple[FormPart, ...], exercise: ExerciseManifest, language: Language
) -> list[dict[str, Any]]:
    number = 0
    shown: list[dict[str, Any]] = []
    for part in parts:
        questions: list[dict[str, Any]] = []
        for question in part.questions:
            number += 1
            rubric = part.rubrics.get(question["id"])
            points = sum(c.points for c in exercise.rubrics[rubric]) if rubric else question["points"]
            by_person = "pages.marked_by_person" if rubric else None
            questions.append(
                {
                    "id": question["id"],
                    "number": number,
                    "points": text(by_person, language, points=written_points(points, language))
                    if by_person
                    else _points(points, language),
                    "mount": static_question(public(question)),
                }
            )
        shown.append(
            {
                "id": part.id,
                "title": part.title,
                "intro": block_html(part.intro) if part.intro else "",
                "shared": part.id == SHARED_PART,
                "questions": questions,
            }
        )
    return shown


def _contents(
    exercise: ExerciseManifest, parts: list[dict[str, Any]], language: Language
) -> list[dict[str, str]]:
    """Return the entries of the page's table of contents, with the anchors of ``form.html``."""
    entries = [("portes", text("pages.two_doors", language))] if len(exercise.doors) > 1 else []
    entries.append(("bareme", text("pages.how_marked", language)))
    entries += [(f"part-{part['id']}", part["title"]) for part in parts]
    entries.append(("finir", text("pages.finish", language)))
    return [{"anchor": anchor, "title": title, "minutes": ""} for anchor, title in entries]


def _rubric(criteria: tuple[Criterion, ...], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "text": typeset(criterion.text[language], language),
            "points": _points(criterion.points, language),
            "levels": [typeset(level[language], language) for level in criterion.levels],
        }
        for criterion in criteria
    ]


def _form_texts(language: Language) -> dict[str, str]:
    texts = area_texts("pages").items()
    return {
        name.removeprefix(FORM_TEXTS): typeset(entry[language], language)
        for name, entry in texts
        if name.startswith(FORM_TEXTS)
    }


def _points(points: float, language: Language) -> str:
    if points == 1:
        return text("pages.point_one", language)
    return text("pages.points", language, points=written_points(points, language))
