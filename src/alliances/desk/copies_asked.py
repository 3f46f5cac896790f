"""Which copies of a course folder are asked for: by assignment, by learner, by when they were handed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError
from alliances_grader.copies import TIMESTAMP
from alliances_grader.deadlines import parse_timestamp

if TYPE_CHECKING:
    from alliances_grader.course_manifest import Course
    from alliances_grader.verdicts import Mode

__all__ = ["GradeRequest", "check_assignment", "copies_asked_for", "learners_of"]

_MAX_STAMP: Final = 1_000


@dataclass(frozen=True)
class GradeRequest:
    """What to grade and how.

    Attributes:
        assignments: nbgrader's names of them; none for all those of which there are copies.
        student: this learner only.
        since: copies handed in at this moment (UTC) or later only.
        mode: ``strict`` or ``nbgrader``.
        no_sandbox: the trainer's typed consent to run learners' code in their own account.
        force: grade again what was graded.
        check_stability: run code twice and say where the marks differ.
        jobs: worker processes, 0 for one a core.
        cluster: address of a Dask scheduler, None for this machine.
        insecure: the typed consent to a cluster that anybody on its network can use.
        wait: seconds to wait for another run on this course.
    """

    assignments: Sequence[str] = ()
    student: str | None = None
    since: datetime | None = None
    mode: Mode = "strict"
    no_sandbox: bool = False
    force: bool = False
    check_stability: bool = False
    jobs: int = 0
    cluster: str | None = None
    insecure: bool = False
    wait: float = 0.0


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
    folder = course.root / step
    if not folder.is_dir():
        return []
    return sorted(
        place.name for place in folder.iterdir() if place.name[0] != "." and _is_there(place / assignment)
    )


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except PermissionError:
        # It cannot be looked into: whoever reads it says so, by name.
        return True


def copies_asked_for(course: Course, request: GradeRequest) -> dict[str, list[str]]:
    """Return the learners whose copies are asked for, by assignment.

    Raises:
        AlliancesError: there is none; of an assignment that was named there is none, or the course has none
            of that name.
    """
    if request.student is not None:
        check_learner(request.student)
    for name in request.assignments:
        check_assignment(course, name)
    names = request.assignments or course.assignments()
    copies = {name: found for name in names if (found := _asked_for(course, request, name))}
    lacking = [name for name in request.assignments if name not in copies]
    if lacking:
        raise _nothing_of(course, request, lacking[0])
    if not copies:
        raise _nothing_at_all(course, request)
    return copies


def _asked_for(course: Course, request: GradeRequest, assignment: str) -> list[str]:
    learners = learners_of(course, assignment)
    if request.student is not None:
        learners = [learner for learner in learners if learner == request.student]
    if request.since is not None:
        learners = list(_since(course, assignment, learners, request.since))
    return learners


def _nothing_of(course: Course, request: GradeRequest, assignment: str) -> AlliancesError:
    """Return why there is nothing to grade of an assignment that was named."""
    learners = learners_of(course, assignment)
    if request.student is not None and request.student not in learners:
        return AlliancesError("grader.no_copy", student=request.student, assignment=assignment)
    if not learners:
        return AlliancesError("course_folder.no_copies", name=assignment)
    return AlliancesError("grade.none_since", name=assignment, since=_moment(request.since))


def _nothing_at_all(course: Course, request: GradeRequest) -> AlliancesError:
    if request.since is not None:
        return AlliancesError("grade.none_since_at_all", since=_moment(request.since))
    if request.student is not None:
        return AlliancesError("grade.none_of_student", student=request.student)
    return AlliancesError("grade.none_at_all", path=course.root)


def _moment(since: datetime | None) -> str:
    return f"{since:%Y-%m-%d %H:%M} UTC" if since is not None else "–"


def _since(course: Course, assignment: str, learners: list[str], since: datetime) -> Iterator[str]:
    for learner in learners:
        if _handed_in(course.root / "submitted" / learner / assignment) >= since:
            yield learner


def _handed_in(folder: Path) -> datetime:
    """Return when a copy came: as its time stamp says, else as its folder does."""
    try:
        with (folder / TIMESTAMP).open(encoding="utf-8", errors="replace") as file:
            said, _ = parse_timestamp(file.read(_MAX_STAMP))
    except OSError:
        said = None
    if said is not None:
        return said.replace(tzinfo=UTC)
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
