"""A class graded copy by copy: which copies, with what right to run code, and what came of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError
from alliances_grader.course_manifest import Course
from alliances_grader.engine import open_engine
from alliances_grader.pipeline import Outcome, Work, grade_copy

__all__ = ["GradeRequest", "check_assignment", "grade_class", "learners_of"]


@dataclass(frozen=True)
class GradeRequest:
    """What to grade; ``no_sandbox`` is the trainer's typed consent to run learners' code in their account."""

    assignment: str
    student: str | None = None
    no_sandbox: bool = False
    force: bool = False
    engine: str = "nbgrader"


def check_assignment(course: Course, name: str) -> str:
    """Return the name of an assignment of the course.

    Raises:
        AlliancesError: the course has none of that name; the message lists those it has.
    """
    if name not in course.assignments():
        known = ", ".join(course.assignments()) or "–"
        raise AlliancesError("course_folder.unknown_assignment", name=name, known=known)
    return name


def learners_of(course: Course, assignment: str, step: str = "submitted") -> list[str]:
    """Return the codes that have a copy of an assignment in one of nbgrader's steps."""
    places = (course.root / step).glob(f"[!.]*/{assignment}")
    return sorted(place.parent.name for place in places if place.is_dir())


def grade_class(
    course: Course, request: GradeRequest, progress: Callable[[int, int, Outcome], None]
) -> list[Outcome]:
    """Grade the copies asked for, in order of codes; ``progress(done, all, outcome)`` follows each.

    Raises:
        AlliancesError: nothing to grade, or learners' code would be run without the typed consent.
        EnvironmentFault: nbgrader is missing, or the folder cannot be written.
    """
    assignment = check_assignment(course, request.assignment)
    runs_code = course.door_of(assignment) != "form"
    if runs_code and not request.no_sandbox:
        raise AlliancesError("course_folder.needs_sandbox", name=assignment)
    if not (course.root / "release" / assignment / f"{assignment}.ipynb").is_file():
        raise AlliancesError("course_folder.no_release", name=assignment, path=course.root)
    learners = learners_of(course, assignment)
    if request.student is not None:
        if check_learner(request.student) not in learners:
            raise AlliancesError("grader.no_copy", student=request.student, assignment=assignment)
        learners = [request.student]
    if not learners:
        raise AlliancesError("course_folder.no_copies", name=assignment)
    engine = open_engine(request.engine, course.root)
    outcomes = []
    for place, learner in enumerate(learners, start=1):
        sandbox = "none" if runs_code else "not_needed"
        outcome = grade_copy(Work(course, engine, assignment, learner, sandbox, force=request.force))
        outcomes.append(outcome)
        progress(place, len(learners), outcome)
    return outcomes
