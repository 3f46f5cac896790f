"""A course being proof-read: each source is read once, and a refusal becomes one finding."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from alliances.course.cases import read_cases
from alliances.course.exercise_manifest import ExerciseManifest, read_exercise
from alliances.course.module_manifest import ModuleManifest, read_module
from alliances.course.myst_source import read_notebook
from alliances.course.references import References, read_references
from alliances.course.rules.finding import Finding, of_refusal
from alliances.course.rules.text_view import TextView, view
from alliances.course.syllabus import Syllabus, read_syllabus
from alliances.errors import AlliancesError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from alliances.course.csv_source import CsvRow
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language
    from alliances.questions.spec import Bank, Form

__all__ = ["Inspected"]

_T = TypeVar("_T")


class Inspected:
    """The sources of a checkout as far as they can be read; ``refusals`` says what could not."""

    def __init__(self, tree: CourseTree) -> None:
        self.tree = tree
        self.refusals: list[Finding] = []
        self._read: dict[tuple[object, Path], Any] = {}

    def attempt(self, path: Path, reader: Callable[[], _T]) -> _T | None:
        """Return what ``reader`` reads from ``path``; None, and one finding, when it is refused."""
        try:
            return reader()
        except AlliancesError as refusal:
            finding = of_refusal(refusal, path)
            if finding not in self.refusals:
                self.refusals.append(finding)
            return None

    def _once(self, kind: str, path: Path, reader: Callable[[Path], _T]) -> _T | None:
        if (kind, path) not in self._read:
            self._read[kind, path] = self.attempt(path, lambda: reader(path))
        found: _T | None = self._read[kind, path]
        return found

    @cached_property
    def syllabus(self) -> Syllabus | None:
        """The order of modules."""
        return self.attempt(self.tree.syllabus, lambda: read_syllabus(self.tree))

    @cached_property
    def references(self) -> References | None:
        """Sources and facts."""
        return self.attempt(self.tree.datasets, lambda: read_references(self.tree))

    @cached_property
    def cases(self) -> dict[str, CsvRow] | None:
        """Cases by identifier."""
        return self.attempt(self.tree.datasets, lambda: read_cases(self.tree))

    @cached_property
    def modules(self) -> list[ModuleManifest]:
        """Every written module whose manifest can be read, the course's order first."""
        order = self.syllabus.order if self.syllabus else ()
        slugs = [path.parent.name for path in sorted(self.tree.modules.glob("*/module.toml"))]
        slugs.sort(key=lambda slug: order.index(slug) if slug in order else len(order))
        found = [
            self._once("module", self.tree.modules / slug / "module.toml", read_module) for slug in slugs
        ]
        return [module for module in found if module is not None]

    @cached_property
    def exercises(self) -> list[ExerciseManifest]:
        """Every exercise whose manifest can be read."""
        paths = sorted(self.tree.exercises.glob("*/exercise.toml"))
        found = [self._once("exercise", path, read_exercise) for path in paths]
        return [exercise for exercise in found if exercise is not None]

    def text(self, path: Path) -> TextView | None:
        """Return a text of the course as the lint sees it."""
        return self._once("text", path, lambda place: view(read_notebook(place)))

    def lesson(self, slug: str, language: Language) -> TextView | None:
        """Return a lesson as the lint sees it."""
        return self.text(self.tree.lesson(slug, language))

    def bank(self, slug: str) -> Bank | None:
        """Return the items of a module."""
        from alliances.questions.spec import load_items

        return self._once("bank", self.tree.modules / slug / "items.yaml", load_items)

    def form(self, slug: str) -> Form | None:
        """Return the form of an exercise."""
        from alliances.questions.spec import load_form

        return self._once("form", self.tree.exercises / slug / "form.yaml", load_form)

    def module_of_exercise(self, slug: str) -> ModuleManifest | None:
        """Return the module that an exercise belongs to."""
        return next((module for module in self.modules if module.exercise == slug), None)
