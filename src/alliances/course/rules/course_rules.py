"""What spans the course: slugs, files that must be there, names in manifests, cases, built twins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.course.cases import CASE_TABLES, admissible_readings
from alliances.course.notebooks import app_notebook, lesson_notebook
from alliances.course.rules.finding import Finding, error
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.rules.inspected import Inspected

__all__ = ["course_rules"]


def course_rules(course: Inspected) -> Iterator[Finding]:
    """Yield what is to mend across the course."""
    yield from _slugs(course)
    for module in course.modules:
        yield from _files(course, module)
        yield from _names(course, module)
        yield from _twins(course, module)
    yield from _cases(course)


def _slugs(course: Inspected) -> Iterator[Finding]:
    if course.syllabus is None:
        return
    order = course.syllabus.order
    for folder in sorted(path for path in course.tree.modules.iterdir() if path.is_dir()):
        if folder.name not in order:
            yield error("stray_folder", folder, 0, slug=folder.name)
    for path in sorted(course.tree.exercises.glob("*/form.yaml")):
        if not path.with_name("exercise.toml").is_file():
            yield error("file_needed", path.with_name("exercise.toml"), 0)
    tracks = {track.id for track in course.syllabus.tracks}
    for module in course.modules:
        yield from _places(module, order, tracks)


def _places(module: ModuleManifest, order: tuple[str, ...], tracks: set[str]) -> Iterator[Finding]:
    """Yield tracks and prerequisites that the syllabus does not have, or has in another order."""
    for track in module.tracks:
        if track not in tracks:
            yield error("unknown_track", module.path, 0, track=track, known=", ".join(sorted(tracks)))
    for slug in module.prerequisites:
        if slug not in order:
            yield error("unknown_module", module.path, 0, slug=slug)
        elif module.slug in order and order.index(slug) >= order.index(module.slug):
            yield error("late_prerequisite", module.path, 0, slug=slug)


def _files(course: Inspected, module: ModuleManifest) -> Iterator[Finding]:
    folder = course.tree.modules / module.slug
    for name in ("lesson", "trainer"):
        for language in LANGUAGES:
            course.text(folder / f"{name}.{language}.md")  # a missing file is a refusal, told once
    course.bank(module.slug)
    if module.exercise and not (course.tree.exercises / module.exercise / "exercise.toml").is_file():
        yield error("file_needed", course.tree.exercises / module.exercise / "exercise.toml", 0)
    if module.tool:
        for language in LANGUAGES:
            path = folder / "app.md"
            course.attempt(path, lambda language=language: app_notebook(course.tree, module.slug, language))  # type: ignore[misc]


def _names(course: Inspected, module: ModuleManifest) -> Iterator[Finding]:
    for name in module.datasets:
        if not (course.tree.datasets / f"{name}.csv").is_file():
            yield error("unknown_dataset", module.path, 0, dataset=name)
    if course.references is not None:
        for source in module.sources:
            if source not in course.references.sources:
                yield error("unknown_source", module.path, 0, source=source)
    if module.tool and course.cases is not None:
        for case in module.tool.cases:
            if case not in course.cases:
                yield error("unknown_case", module.path, 0, case=case)


def _twins(course: Inspected, module: ModuleManifest) -> Iterator[Finding]:
    """Build each lesson and compare it with the committed notebook; building also tries every mark."""
    references = course.references
    if references is None:
        return
    for language in LANGUAGES:
        path = course.tree.lesson(module.slug, language)
        if course.lesson(module.slug, language) is None:
            continue
        built = course.attempt(
            path,
            lambda language=language: lesson_notebook(course.tree, module, language, references),  # type: ignore[misc]
        )
        twin = path.with_suffix(".ipynb")
        if built is not None and (not twin.is_file() or twin.read_bytes() != built):
            yield error("twin", twin, 0)


def _cases(course: Inspected) -> Iterator[Finding]:
    if course.cases is None or course.references is None:
        return
    for name, row in course.cases.items():
        synthetic = row.values.get("synthetic", "").strip().lower() == "true"
        path = course.tree.datasets / f"{CASE_TABLES[1] if synthetic else CASE_TABLES[0]}.csv"
        sources = [source.strip() for source in row["sources"].split(";") if source.strip()]
        for source in sources:
            if source not in course.references.sources:
                yield error("unknown_source", path, row.line, source=source)
        if not sources and not synthetic:
            yield error("case_unsourced", path, row.line, case=name)
        readings = admissible_readings(row)
        if row["team_reading"] not in readings:
            yield error("team_reading", path, row.line, case=name, family=row["team_reading"])
        for family, criteria in readings.items():
            if not criteria:
                yield error("reading_alone", path, row.line, case=name, family=family)
