"""What there is to build, unit by unit: which sources each reads, which files it writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from alliances.course.cases import CASE_TABLES, read_cases
from alliances.course.exercise_manifest import read_exercise
from alliances.course.exercises import assignment_name, build_assignment
from alliances.course.gallery_views import gallery_notebook
from alliances.course.module_manifest import read_module
from alliances.course.notebooks import app_notebook, lesson_notebook
from alliances.course.references import References, read_references
from alliances.course.syllabus import Syllabus, read_syllabus
from alliances.i18n import LANGUAGES, Language
from alliances.questions.answers import DOORS, Door
from alliances.questions.released import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from alliances.course.csv_source import CsvRow
    from alliances.course.tree import CourseTree

__all__ = ["Course", "Unit", "apps", "exercises", "lessons", "pages"]


@dataclass(frozen=True)
class Unit:
    """One thing to build. ``make`` returns what to write, or None when it wrote its files itself."""

    name: str
    inputs: tuple[Path, ...]
    make: Callable[[], dict[Path, bytes] | None]
    witness: Path | None = None


class Course:
    """One checkout while it is built: what several units need is read once, and only when needed."""

    def __init__(self, tree: CourseTree) -> None:
        self.tree = tree

    @cached_property
    def syllabus(self) -> Syllabus:
        """The order of modules."""
        return read_syllabus(self.tree)

    @cached_property
    def references(self) -> References:
        """Sources and facts."""
        return read_references(self.tree)

    @cached_property
    def cases(self) -> dict[str, CsvRow]:
        """Cases by identifier."""
        return read_cases(self.tree)


def lessons(course: Course) -> Iterator[Unit]:
    """Yield a unit a lesson and language: the notebook under ``build/`` and its committed twin."""
    tree = course.tree
    for slug in course.syllabus.written:
        if slug == "capstone":  # an exercise only
            continue
        for language in LANGUAGES:
            manifest = tree.modules / slug / "module.toml"
            inputs = (manifest, tree.lesson(slug, language), *_tables(tree, "sources", "facts"))

            def make(slug: str = slug, language: Language = language) -> dict[Path, bytes]:
                module = read_module(tree.modules / slug / "module.toml")
                content = lesson_notebook(tree, module, language, course.references)
                twin = tree.lesson(slug, language).with_suffix(".ipynb")
                return {tree.built_lesson(slug, language): content, twin: content}

            yield Unit(f"lessons/{slug}/{language}", inputs, make)


def apps(course: Course) -> Iterator[Unit]:
    """Yield a unit a tool and language, and the gallery of components as a notebook."""
    tree = course.tree
    for slug in course.syllabus.written:
        source = tree.modules / slug / "app.md"
        if not source.is_file():
            continue
        for language in LANGUAGES:

            def make(slug: str = slug, language: Language = language) -> dict[Path, bytes]:
                return {tree.apps(language) / f"{slug}.ipynb": app_notebook(tree, slug, language)}

            yield Unit(f"apps/{slug}/{language}", (source,), make)
    gallery = tuple(_files(tree.site / "gallery", "*.yaml"))
    for language in LANGUAGES if gallery else ():

        def show(language: Language = language) -> dict[Path, bytes]:
            return {tree.gallery(language): gallery_notebook(tree, language)}

        yield Unit(f"apps/gallery/{language}", gallery, show)


def exercises(course: Course) -> Iterator[Unit]:
    """Yield a unit an exercise, door and language: nbgrader's source, and the learner's copy."""
    tree = course.tree
    for manifest in sorted(tree.exercises.glob("*/exercise.toml")):
        folder = manifest.parent
        for door in DOORS:
            if door == "code" and not any(folder.glob("code.*.md")):
                continue
            for language in LANGUAGES:
                inputs = [manifest, folder / "form.yaml", *_tables(tree, *CASE_TABLES, "sources", "facts")]
                if door == "code":
                    inputs.append(folder / f"code.{language}.md")

                def make(
                    manifest: Path = manifest, door: Door = door, language: Language = language
                ) -> dict[Path, bytes]:
                    exercise = read_exercise(manifest)
                    made = build_assignment(
                        tree, exercise, door, language, cases=course.cases, references=course.references
                    )
                    source, release = (
                        folder(language) / made.name
                        for folder in (tree.exercise_sources, tree.exercise_releases)
                    )
                    notebook = f"{made.name}.ipynb"
                    return {
                        source / notebook: made.source,
                        source / FILE: made.questions,
                        release / notebook: made.release,
                        release / FILE: made.questions,
                    }

                name = assignment_name(folder.name, door)
                yield Unit(f"exercises/{name}/{language}", tuple(inputs), make)


def pages(course: Course) -> Iterator[Unit]:
    """Yield a unit a language: all its pages, made by Sphinx from the built notebooks."""
    tree = course.tree
    package = ("*.py", "*.js", "*.css", "*.toml")
    inputs = [
        *_files(tree.build / "lessons", "*.ipynb"),
        *_files(tree.modules, "*"),
        *_files(tree.exercises, "*.yaml", "*.toml"),
        *_files(tree.datasets, "*.csv", "*.json"),
        *_files(tree.site, "*"),
        *_files(tree.root / "src" / "alliances", *package),
    ]
    for language in LANGUAGES:

        def make(language: Language = language) -> None:
            from alliances.course.pages import build_pages

            build_pages(tree, language)

        yield Unit(f"pages/{language}", tuple(inputs), make, tree.pages(language) / "index.html")


def _tables(tree: CourseTree, *names: str) -> list[Path]:
    return [tree.datasets / f"{name}.csv" for name in names]


def _files(folder: Path, *patterns: str) -> list[Path]:
    found = {path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts)
