"""What a run starts before it has loaded what it needs itself: workers, and in them the warm parents.

A warm parent takes about a second to import what an exercise declares, most of the time before a first
verdict. Nothing of a learner's is run here, and nothing is concluded: a worker that was made for another
sandbox, or for other modules, than the kit asks for starts anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.modules import modules_of, programs_of
from alliances_grader.pool_processes import WorkerProcesses, workers_for
from alliances_grader.warm_parent import Wanted, WarmParent

if TYPE_CHECKING:
    from alliances_grader.course_manifest import Course
    from alliances_grader.kit import SandboxName

__all__ = ["Early", "begin", "nothing", "workers_for"]


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
def begin(course: Course, assignment: str, sandbox: SandboxName, workers: int) -> Iterator[Early]:
    """Start what grading an assignment will need, and end what is left of it.

    Args:
        course: the course folder.
        assignment: nbgrader's name of it.
        sandbox: how learners' code will most likely be held.
        workers: how many processes there may be, of which one starts; 0 when this process grades.
    """
    wanted = _wanted(course, assignment, sandbox)
    if workers:
        with WorkerProcesses(1, wanted.to_bytes() if wanted is not None else b"") as processes:
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


def _wanted(course: Course, assignment: str, sandbox: SandboxName) -> Wanted | None:
    if course.door_of(assignment) == "form":
        return None
    try:
        return Wanted(sandbox, modules_of(programs_of(course.root, assignment)))
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
