"""An exercise keeps the contract: one scale for both doors, keys equal to the cases' readings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from alliances.course.cases import admissible_readings
from alliances.course.code_cells import code_door_cells
from alliances.course.cohort_source import read_cohort_source
from alliances.course.form_source import SHARED_PART
from alliances.course.rules.finding import Finding, error
from alliances.course.rules.item_rules import next_steps
from alliances.course.rules.lesson_rules import code_syntax
from alliances.i18n import LANGUAGES
from alliances.questions.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from alliances.course.csv_source import CsvRow
    from alliances.course.exercise_manifest import ExerciseManifest
    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.rules.inspected import Inspected
    from alliances.questions.spec import Entry, Form

__all__ = ["exercise_rules"]

_NO_ALLIANCE: Final = "no_alliance"


def exercise_rules(course: Inspected) -> Iterator[Finding]:
    """Yield what is to mend in the exercises."""
    for exercise in course.exercises:
        module = course.module_of_exercise(exercise.slug)
        if module is None:
            yield error("exercise_alone", exercise.path, 0, slug=exercise.slug)
        form = course.form(exercise.slug)
        if form is None:
            continue
        path = course.tree.exercises / exercise.slug / "form.yaml"
        if form.exercise != exercise.slug:
            yield error("item_module", path, 1, found=form.exercise, expected=exercise.slug)
        yield from _outcomes(exercise, module, form.questions, path)
        yield from _rubrics(exercise, form, path)
        yield from _shared_points(exercise, form, path)
        yield from _doors(course, exercise, form)
        yield from next_steps(form.questions, module, path)
        # What a cohort draws is read for its refusals: a seed is no time to meet a misspelt field.
        drawn = path.with_name("cohort.yaml")
        course.attempt(drawn, lambda drawn=drawn, form=form: read_cohort_source(drawn, form))  # type: ignore[misc]
        if course.cases is not None:
            yield from _keys(form, course.cases, path)


def _outcomes(
    exercise: ExerciseManifest, module: ModuleManifest | None, entries: Iterable[Entry], path: Path
) -> Iterator[Finding]:
    known = set(exercise.outcomes)
    for entry in entries:
        if entry.raw["outcome"] not in known:
            yield error(
                "unknown_outcome",
                path,
                entry.line,
                outcome=entry.raw["outcome"],
                known=", ".join(sorted(known)),
            )
    taught = {outcome.id for outcome in module.outcomes} if module is not None else known
    for outcome in exercise.outcomes:
        if outcome not in taught:
            yield error("unknown_outcome", exercise.path, 0, outcome=outcome, known=", ".join(sorted(taught)))


def _rubrics(exercise: ExerciseManifest, form: Form, path: Path) -> Iterator[Finding]:
    texts = [entry for entry in form.questions if _read_by_person(entry)]
    for entry in texts:
        if entry.raw.get("criteria") not in exercise.rubrics:
            yield error("unknown_rubric", path, entry.line, rubric=entry.raw.get("criteria", "—"))
    for entry in texts[1:]:
        yield error("second_text", path, entry.line, first=texts[0].id)


def _worth(entries: Iterable[Entry], exercise: ExerciseManifest) -> dict[str, float]:
    """Return the points of questions by outcome; an open question is worth its criteria."""
    worth: dict[str, float] = defaultdict(float)
    for entry in entries:
        if _read_by_person(entry):
            points: float = sum(c.points for c in exercise.rubrics.get(entry.raw.get("criteria", ""), ()))
        else:
            points = entry.raw["points"] if type_of(entry.raw["type"]).counts else 0
        worth[entry.raw["outcome"]] += points
    return worth


def _read_by_person(entry: Entry) -> bool:
    return type_of(entry.raw["type"]).read_by_person(entry.raw)


def _shared_points(exercise: ExerciseManifest, form: Form, path: Path) -> Iterator[Finding]:
    shared = [part for part in form.parts if part.id == SHARED_PART]
    if not shared:
        yield error("no_shared", path, 0, part=SHARED_PART)
        return
    found = sum(_worth(shared[0].questions, exercise).values())
    if found != exercise.shared_points:
        yield error("points", exercise.path, 0, part="shared", found=found, expected=exercise.shared_points)
    if exercise.shared_points * 2 < exercise.points:
        yield error("shared_half", exercise.path, 0, shared=exercise.shared_points, total=exercise.points)


def _doors(course: Inspected, exercise: ExerciseManifest, form: Form) -> Iterator[Finding]:
    rest = _worth(
        (entry for part in form.parts if part.id != SHARED_PART for entry in part.questions), exercise
    )
    if sum(rest.values()) != exercise.rest_points:
        yield error(
            "points", exercise.path, 0, part="rest", found=sum(rest.values()), expected=exercise.rest_points
        )
    if "code" not in exercise.doors:
        return
    for language in LANGUAGES:
        path = course.tree.exercises / exercise.slug / f"code.{language}.md"
        cells = course.attempt(path, lambda path=path, language=language: code_door_cells(path, [], language))  # type: ignore[misc]
        text = course.text(path)
        if cells is None or text is None:
            continue
        yield from code_syntax(text)
        code: dict[str, float] = defaultdict(float)
        for cell in cells:
            marks = cell["metadata"].get("nbgrader", {})
            if marks.get("grade"):
                code[cell["metadata"]["alliances"]["outcome"]] += marks["points"]
        for outcome in sorted(rest.keys() | code.keys()):
            if rest[outcome] != code[outcome]:
                yield error("doors_differ", path, 0, outcome=outcome, form=rest[outcome], code=code[outcome])


def _keys(form: Form, cases: Mapping[str, CsvRow], path: Path) -> Iterator[Finding]:
    families: set[str] = set()
    for entry in form.questions:
        name = entry.raw.get("case")
        if entry.raw["type"] != "classify" or not isinstance(name, str):
            continue
        if name not in cases:
            yield error("unknown_case", path, entry.line, case=name)
            continue
        families |= set(entry.raw["readings"])
        wanted = admissible_readings(cases[name])
        for family in sorted(wanted.keys() | entry.raw["readings"].keys()):
            left, right = set(entry.raw["readings"].get(family, ())), set(wanted.get(family, ()))
            if left != right:
                yield error(
                    "readings",
                    path,
                    entry.line,
                    question=entry.id,
                    family=family,
                    form=", ".join(sorted(left)) or "—",
                    table=", ".join(sorted(right)) or "—",
                )
    offered = {entry["id"] for entry in form.sets.get("families", ())}
    if _NO_ALLIANCE in offered and families and _NO_ALLIANCE not in families:
        yield error("always_alliance", path, 0)
