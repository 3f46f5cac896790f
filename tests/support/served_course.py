"""The real course, built in a temporary folder and served: what people see after ``make serve``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alliances.course.build import build
from alliances.course.tree import CourseTree
from alliances.desk.commands.serve import ensure_course
from alliances.desk.serving import ServePlan, Serving, free_port, serving
from alliances.i18n import LANGUAGES, Language, use

__all__ = ["built_copy", "served"]

CHECKOUT = Path(__file__).resolve().parents[2]


def built_copy(folder: Path) -> CourseTree:
    """Copy the sources into ``folder`` and build all there: pages, and a trainer's course a language."""
    for name in ("modules", "exercises", "datasets", "site"):
        shutil.copytree(CHECKOUT / name, folder / name)
    tree = CourseTree(folder)
    report = build(tree)
    assert [str(refusal) for refusal in report.refusals] == []
    tree.work.mkdir()
    for language in LANGUAGES:
        use(language)
        ensure_course(tree, _course(tree, language), language)
    return tree


def _course(tree: CourseTree, language: Language) -> Path:
    return tree.work / f"course-{language}"


@contextmanager
def served(tree: CourseTree, language: Language, learner: str = "") -> Iterator[Serving]:
    """Serve a built copy in one language, with its own nbgrader course in ``work/course-<language>``.

    ``learner`` is the code of who opens it: ``learner-<language>`` unless it is said.
    """
    use(language)
    course = _course(tree, language)
    plan = ServePlan(tree, free_port(), course, learner=learner or f"learner-{language}", language=language)
    with serving(plan) as running:
        yield running
