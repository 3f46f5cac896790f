"""``alliances build``: the steps as one list, each unit built only when its sources changed.

A source that is malformed stops its own unit only, and is named at the end; a machine that cannot write
stops everything at once. What was built before stays until something whole takes its place.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from alliances.course import build_units
from alliances.course.build_units import Course, Unit
from alliances.course.stamps import Stamps, builder_hash, hash_of_files
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_safely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alliances.course.tree import CourseTree

__all__ = ["STEPS", "BuildReport", "StepReport", "build"]

# The whole build, in order: pages are made from built lessons.
STEPS: Final[dict[str, Callable[[Course], Iterable[Unit]]]] = {
    "lessons": build_units.lessons,
    "apps": build_units.apps,
    "exercises": build_units.exercises,
    "pages": build_units.pages,
}


@dataclass(frozen=True)
class StepReport:
    """What one step did, in units; ``seconds`` is wall time."""

    name: str
    built: int
    kept: int
    refused: int
    seconds: float


@dataclass
class BuildReport:
    """What a build did, and the sources that it refused."""

    steps: list[StepReport] = field(default_factory=list)
    refusals: list[AlliancesError] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Wall time of all steps."""
        return sum(step.seconds for step in self.steps)


def build(
    tree: CourseTree,
    *,
    only: str | None = None,
    pages: bool = True,
    progress: Callable[[StepReport], None] = lambda _step: None,
) -> BuildReport:
    """Build what is not up to date.

    Args:
        tree: the checkout.
        only: name of the one step to do; all of them by default.
        pages: whether to do the step ``pages``, which takes a minute the first time.
        progress: called after each step.

    Returns:
        What was done, and the refusals (a malformed source refuses only what is built from it).

    Raises:
        EnvironmentFault: something cannot be written; what was there is intact.
        SourceError: the syllabus itself is malformed.
    """
    course = Course(tree)
    stamps = Stamps.read(tree.root, tree.build / ".stamps.json")
    report = BuildReport()
    for name, units in STEPS.items():
        wanted = name == only if only else (pages or name != "pages")
        # Pages made from lessons that did not build would show yesterday's text as today's.
        if not wanted or (name == "pages" and report.refusals):
            continue
        done = _step(name, list(units(course)), stamps, report.refusals)
        report.steps.append(done)
        progress(done)
    return report


def _step(name: str, units: list[Unit], stamps: Stamps, refusals: list[AlliancesError]) -> StepReport:
    started = time.perf_counter()
    built = kept = refused = 0
    try:
        for unit in units:
            inputs = builder_hash() + hash_of_files(unit.inputs)
            if stamps.fresh(unit.name, inputs) and (unit.witness is None or unit.witness.is_file()):
                kept += 1
                continue
            try:
                outputs = unit.make()
            except EnvironmentFault:
                raise
            except AlliancesError as error:
                refused += 1
                if str(error) not in map(str, refusals):  # one form makes four assignments
                    refusals.append(error)
                continue
            for path, content in (outputs or {}).items():
                write_safely(path, content)
            stamps.record(unit.name, inputs, outputs or {})
            built += 1
        _sweep(name, units, stamps)
    finally:
        # Also after a fault: what was built is built. The fault itself is what has to be told.
        with contextlib.suppress(EnvironmentFault):
            stamps.write()
    return StepReport(name, built, kept, refused, time.perf_counter() - started)


def _sweep(step: str, units: list[Unit], stamps: Stamps) -> None:
    """Remove what a step built from sources that are no more; never anything outside ``build/``."""
    current = {unit.name for unit in units}
    for name in [name for name in stamps.units if name.startswith(f"{step}/") and name not in current]:
        for path in stamps.forget(name):
            if path.is_relative_to(stamps.path.parent):
                path.unlink(missing_ok=True)
