"""The form of an exercise in one language: questions compiled, cases and rubrics put in their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliances.course.cases import case_texts
from alliances.course.typography import typeset
from alliances.errors import SourceError
from alliances.questions.registry import type_of
from alliances.questions.spec import Entry, compile_question, load_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.course.csv_source import CsvRow
    from alliances.course.exercise_manifest import ExerciseManifest
    from alliances.course.references import References
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["SHARED_PART", "FormPart", "form_parts"]

SHARED_PART = "shared"


@dataclass(frozen=True)
class FormPart:
    """One part of a form in one language; ``rubrics`` names the rubric of each open question."""

    id: str
    title: str
    intro: str
    questions: tuple[dict[str, Any], ...]
    rubrics: dict[str, str]


def form_parts(
    tree: CourseTree,
    exercise: ExerciseManifest,
    language: Language,
    cases: Mapping[str, CsvRow],
    references: References,
) -> tuple[FormPart, ...]:
    """Return the parts of a form, keys included (``alliances.questions.spec.public`` takes them away).

    Raises:
        SourceError: the form is malformed, or names a case or a rubric that does not exist.
    """
    path = tree.exercises / exercise.slug / "form.yaml"
    form = load_form(path)
    parts: list[FormPart] = []
    for part in form.parts:
        questions: list[dict[str, Any]] = []
        rubrics: dict[str, str] = {}
        for entry in part.questions:
            raw = entry.raw
            known: dict[str, Any] = {}
            if isinstance(name := raw.get("case"), str):
                if name not in cases:
                    raise SourceError("course.unknown_case", path=path, line=entry.line, case=name)
                known[name] = case_texts(cases[name], references)
            if type_of(raw["type"]).read_by_person(raw):
                rubrics[entry.id] = _rubric(entry, exercise, path)
            questions.append(_typeset(compile_question(raw, language, form.sets, known), language))
        _name_what_confidence_is_about(questions)
        title, intro = (typeset(texts[language].strip(), language) for texts in (part.title, part.intro))
        parts.append(FormPart(part.id, title, intro, tuple(questions), rubrics))
    if not any(part.id == SHARED_PART for part in parts):
        raise SourceError("course.no_shared_part", path=path, part=SHARED_PART)
    return tuple(parts)


def _name_what_confidence_is_about(questions: list[dict[str, Any]]) -> None:
    """Give each « how sure are you » the title of the question that it is about."""
    titles = {question["id"]: (question.get("case") or question).get("title") for question in questions}
    for question in questions:
        if question["type"] == "confidence" and not question.get("about_title"):
            question["about_title"] = titles.get(question["about"]) or question["about"]


def _rubric(entry: Entry, exercise: ExerciseManifest, path: object) -> str:
    name = str(entry.raw.get("criteria", ""))
    if name not in exercise.rubrics:
        known = ", ".join(exercise.rubrics) or "—"
        raise SourceError("course.unknown_rubric", path=str(path), line=entry.line, rubric=name, known=known)
    return name


# Prose of a compiled question; the rest is identifiers, numbers and HTML made from this prose.
_PROSE = ("text", "reason", "team_reason", "otherwise", "next_step", "prompt", "title")


def _typeset(value: Any, language: Language) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {
            name: typeset(item, language)
            if name in _PROSE and isinstance(item, str)
            else _typeset(item, language)
            for name, item in value.items()
        }
    return [_typeset(item, language) for item in value] if isinstance(value, list) else value
