"""A class graded from a course folder: which copies, with what right to run code, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import early
from alliances_grader.copies import TIMESTAMP
from alliances_grader.course_manifest import Course
from alliances_grader.deadlines import parse_timestamp

if TYPE_CHECKING:
    from alliances_grader.class_run import Outcome
    from alliances_grader.kit import SandboxName
    from alliances_grader.verdicts import Mode

__all__ = ["GradeRequest", "check_assignment", "grade_class", "learners_of", "sandbox_for"]

_MAX_STAMP: Final = 1_000


@dataclass(frozen=True)
class GradeRequest:
    """What to grade and how.

    Attributes:
        assignment: nbgrader's name of it.
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

    assignment: str
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


def sandbox_for(course: Course, assignment: str, *, no_sandbox: bool) -> SandboxName:
    """Return how learners' code is held: not at all for forms, else by the best level of this machine.

    Raises:
        EnvironmentFault: no level holds here, and running without one was not typed.
    """
    if course.door_of(assignment) == "form":
        return "not_needed"
    if no_sandbox:
        return "none"
    from alliances_grader.box import level

    found = level()
    if found.name == "none":
        raise EnvironmentFault("course_folder.needs_sandbox", name=assignment)
    return found.name


def grade_class(
    course: Course,
    request: GradeRequest,
    progress: Callable[[int, int, Outcome], None],
    tell: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """Grade the copies asked for and return what came of each; ``progress(done, all, outcome)`` follows.

    Raises:
        AlliancesError: nothing to grade, another run is on, or the course cannot be graded.
        EnvironmentFault: no sandbox, nbgrader is missing, a folder or the gradebook cannot be written.
    """
    check_assignment(course, request.assignment)
    learners = _asked_for(course, request)
    with _begun(course, request, learners) as begun, ThreadPoolExecutor(1) as trial:
        # The sandbox is tried, and workers load what they need, while this process does.
        held = trial.submit(_held, course, request)
        return _graded(course, request, learners, begun, held.result, progress=progress, tell=tell)


def _begun(
    course: Course, request: GradeRequest, learners: Sequence[str]
) -> AbstractContextManager[early.Early]:
    """Start what grading will need, where there is something to grade on this machine."""
    name = request.assignment
    fresh = request.force or not all(_is_graded(course.root, learner, name) for learner in learners)
    if request.cluster is not None or not fresh:
        return early.nothing()
    # Another one than the better level is rare, and costs a second start.
    sandbox: SandboxName = "none" if request.no_sandbox else "namespaces"
    return early.begin(course, name, sandbox, early.workers_for(len(learners), request.jobs))


def _is_graded(root: Path, learner: str, assignment: str) -> bool:
    """Say whether a copy was graded since it came, as far as the folders tell."""
    try:
        done = (root / "autograded" / learner / assignment).stat().st_mtime
        return done >= (root / "submitted" / learner / assignment).stat().st_mtime
    except OSError:
        return False


def _held(course: Course, request: GradeRequest) -> SandboxName:
    if request.cluster is None:
        return sandbox_for(course, request.assignment, no_sandbox=request.no_sandbox)
    # The workers of a cluster have sandboxes of their own, which they check themselves.
    if course.door_of(request.assignment) == "form":
        return "not_needed"
    return "none" if request.no_sandbox else "namespaces"


def _graded(  # noqa: PLR0913 - what a run is made of
    course: Course,
    request: GradeRequest,
    learners: list[str],
    begun: early.Early,
    held: Callable[[], SandboxName],
    *,
    progress: Callable[[int, int, Outcome], None],
    tell: Callable[[str], None] | None,
) -> list[Outcome]:
    from alliances_grader.class_run import ClassRun, run_class

    grader = None
    if request.cluster is not None:
        from alliances_grader.cluster import cluster_grader

        grader = cluster_grader(request.cluster, insecure=request.insecure)
    asked = ClassRun(
        assignment=request.assignment,
        students=learners,
        mode=request.mode,
        sandbox=held(),
        jobs=request.jobs,
        force=request.force,
        check_stability=request.check_stability,
        wait=request.wait,
        tell=tell,
        grader=grader,
        early=begun,
    )
    outcomes: dict[str, Outcome] = {}
    # Closed by name: interrupted, the run writes down what was finished before anything else happens.
    with closing(run_class(course, asked)) as run:
        for outcome in run:
            known = outcome.student in outcomes
            outcomes[outcome.student] = outcome
            # What the class as a whole says of a copy stands in the summary; its line was written before.
            if not known or outcome.state == "refused":
                progress(len(outcomes), len(learners), outcome)
    whole = [outcomes[learner] for learner in learners]
    return list(_with_persons_marks(course, request.assignment, whole))


def _with_persons_marks(course: Course, assignment: str, outcomes: list[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes with the points that stand in the gradebook, those that persons gave included."""
    from alliances_grader.results_sql import notebook_results
    from alliances_grader.results_whole import whole_copies

    only = outcomes[0].student if len(outcomes) == 1 else None
    found = whole_copies(notebook_results(course.root, assignment, only))
    for outcome in outcomes:
        result = found.get(outcome.student)
        if result is None or outcome.state == "refused":
            yield outcome
        else:
            yield replace(outcome, points=result.points, to_mark=result.to_mark)


def _asked_for(course: Course, request: GradeRequest) -> list[str]:
    learners = learners_of(course, request.assignment)
    if request.student is not None:
        if check_learner(request.student) not in learners:
            raise AlliancesError("grader.no_copy", student=request.student, assignment=request.assignment)
        learners = [request.student]
    if not learners:
        raise AlliancesError("course_folder.no_copies", name=request.assignment)
    if request.since is not None:
        learners = list(_since(course, request.assignment, learners, request.since))
        if not learners:
            raise AlliancesError(
                "grade.none_since", name=request.assignment, since=f"{request.since:%Y-%m-%d %H:%M} UTC"
            )
    return learners


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
