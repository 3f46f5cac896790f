"""What a run starts before it has loaded what it needs itself: workers, and in them the warm parents.

A warm parent takes about a second to import what an exercise declares, most of the time before a first
verdict. Nothing of a learner's is run here, and nothing is concluded: a worker that was made for another
sandbox, or for other modules, than the kit asks for starts anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.modules import modules_of, programs_of
from alliances_grader.pool_growth import Growth, Pace
from alliances_grader.pool_processes import WorkerProcesses, workers_for
from alliances_grader.warm_parent import Wanted, WarmParent

if TYPE_CHECKING:
    from alliances_grader.course_manifest import Course
    from alliances_grader.kit import SandboxName

__all__ = ["Early", "begin", "nothing"]


@dataclass(frozen=True)
class Early:
    """What has been started.

    Attributes:
        processes: workers, for a class.
        parent: a warm parent for this process, for a few copies.
    """

    processes: WorkerProcesses | None = None
    parent: WarmParent | None = None


@contextmanager
def begin(course: Course, copies: Mapping[str, int], sandbox: SandboxName, jobs: int) -> Iterator[Early]:
    """Start what grading some assignments will need, and end what is left of it.

    Args:
        course: the course folder.
        copies: how many there may be of each assignment, by nbgrader's name of it.
        sandbox: how learners' code will most likely be held.
        jobs: how many processes there may be; 0 for one a core.
    """
    wanted = _wanted(course, copies, sandbox)
    workers = workers_for(sum(copies.values()), jobs)
    if workers:
        paces = {name: Pace(count, course.door_of(name) == "form") for name, count in copies.items()}
        begun = Growth(workers, paces).wanted(0, 0.0)
        with WorkerProcesses(begun, wanted.to_bytes() if wanted is not None else b"") as processes:
            yield Early(processes)
        return
    parent = _parent(wanted)
    try:
        yield Early(parent=parent)
    finally:
        if parent is not None:
            parent.close()


@contextmanager
def nothing() -> Iterator[Early]:
    """Start nothing."""
    yield Early()


def _wanted(course: Course, copies: Iterable[str], sandbox: SandboxName) -> Wanted | None:
    found = [modules for name in copies if (modules := _modules(course, name)) is not None]
    return Wanted.together(sandbox, found) if found else None


def _modules(course: Course, assignment: str) -> tuple[str, ...] | None:
    """Return what an assignment imports; None when no learner's code is run, or nobody can say."""
    if course.door_of(assignment) == "form":
        return None
    try:
        return modules_of(programs_of(course.root, assignment))
    except (AlliancesError, OSError):
        # Whoever reads the course next says what is wrong with it.
        return None


def _parent(wanted: Wanted | None) -> WarmParent | None:
    if wanted is None:
        return None
    try:
        return WarmParent(wanted)
    except (EnvironmentFault, OSError):
        # What stands in its way is told when a copy needs it.
        return None
