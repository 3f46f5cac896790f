"""Where things are in a checkout of the course: the only place that knows the folders' names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from alliances.errors import AlliancesError
from alliances.i18n import Language

__all__ = ["CourseTree", "find_tree"]


@dataclass(frozen=True)
class CourseTree:
    """The folders of one checkout."""

    root: Path

    @property
    def modules(self) -> Path:
        """Sources of the modules, a folder a slug."""
        return self.root / "modules"

    @property
    def syllabus(self) -> Path:
        """The order of modules and tracks."""
        return self.modules / "syllabus.toml"

    @property
    def exercises(self) -> Path:
        """Sources of the exercises, with keys, solutions and hidden tests."""
        return self.root / "exercises"

    @property
    def datasets(self) -> Path:
        """CSV files and their descriptor."""
        return self.root / "datasets"

    @property
    def site(self) -> Path:
        """Theme, templates and configuration of the pages."""
        return self.root / "site"

    @property
    def build(self) -> Path:
        """Everything derived; may be deleted at any time."""
        return self.root / "build"

    @property
    def work(self) -> Path:
        """What people wrote; no command overwrites it."""
        return self.root / "work"

    def lesson(self, slug: str, language: Language) -> Path:
        """Return the text source of a lesson."""
        return self.modules / slug / f"lesson.{language}.md"

    def built_lesson(self, slug: str, language: Language) -> Path:
        """Return the built notebook of a lesson under ``build/``."""
        return self.build / "lessons" / f"{slug}.{language}.ipynb"

    def apps(self, language: Language) -> Path:
        """Return the folder of built tools in one language (``build/apps`` is Voilà's root)."""
        return self.build / "apps" / language

    def gallery(self, language: Language) -> Path:
        """Return the notebook of the gallery of components."""
        return self.build / "gallery" / f"gallery.{language}.ipynb"

    def pages(self, language: Language) -> Path:
        """Return the folder of built pages in one language."""
        return self.build / "pages" / language

    def exercise_sources(self, language: Language) -> Path:
        """Return the built nbgrader ``source`` folder: a folder an assignment, keys inside."""
        return self.build / "exercises" / language / "source"

    def exercise_releases(self, language: Language) -> Path:
        """Return the built learner's copies: a folder an assignment, without any key."""
        return self.build / "exercises" / language / "release"


def find_tree(start: Path | None = None) -> CourseTree:
    """Find the checkout: ``ALLIANCES_ROOT``, else upward from ``start``, else this file's own.

    ``start`` is the current folder unless given.

    Raises:
        AlliancesError: there is no ``modules/syllabus.toml`` at any of these places.
    """
    named = os.environ.get("ALLIANCES_ROOT")
    if named:
        candidates = [Path(named)]
    else:
        here = (start or Path.cwd()).resolve()
        package = Path(__file__).resolve()
        candidates = [here, *here.parents, *package.parents]
    for folder in candidates:
        if (folder / "modules" / "syllabus.toml").is_file():
            return CourseTree(folder)
    raise AlliancesError("course.no_tree", start=candidates[0])
