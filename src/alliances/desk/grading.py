"""Copies graded from a course folder: which ones, with what right to run code, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    from alliances_grader.class_asked import Outcome
    from alliances_grader.kit import SandboxName
    from alliances_grader.verdicts import Mode

__all__ = [
    "GradeRequest",
    "check_assignment",
    "copies_asked_for",
    "grade_class",
    "learners_of",
    "sandbox_for",
]

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


def sandbox_for(course: Course, assignments: Iterable[str], *, no_sandbox: bool) -> SandboxName:
    """Return how learners' code is held: not at all for forms alone, else by the best level of this machine.

    Raises:
        EnvironmentFault: no level holds here, and running without one was not typed.
    """
    names = [name for name in assignments if course.door_of(name) != "form"]
    if not names:
        return "not_needed"
    if no_sandbox:
        return "none"
    from alliances_grader.box import level

    found = level()
    if found.name == "none":
        raise EnvironmentFault("course_folder.needs_sandbox", name=", ".join(names))
    return found.name


Failed = Callable[[str, AlliancesError], None]


def grade_class(
    course: Course,
    request: GradeRequest,
    progress: Callable[[int, int, Outcome], None],
    tell: Callable[[str], None] | None = None,
    failed: Failed | None = None,
) -> list[Outcome]:
    """Grade the copies asked for and return what came of each, assignment by assignment.

    Args:
        course: the course folder.
        request: what to grade.
        progress: called with the number of copies done, of all, and what came of one.
        tell: called with a sentence when the run has to wait.
        failed: called with an assignment that cannot be graded, and why: the others are. None to raise that.

    Raises:
        AlliancesError: nothing to grade, another run is on, or the course cannot be graded.
        EnvironmentFault: no sandbox, nbgrader is missing, a folder or the gradebook cannot be written.
    """
    copies = copies_asked_for(course, request)
    with _begun(course, request, copies) as begun, ThreadPoolExecutor(1) as trial:
        # The sandbox is tried, and workers load what they need, while this process does.
        held = trial.submit(_held, course, request, list(copies))
        return _graded(
            course, request, copies, begun, held.result, progress=progress, tell=tell, failed=failed
        )


def _begun(
    course: Course, request: GradeRequest, copies: Mapping[str, Sequence[str]]
) -> AbstractContextManager[early.Early]:
    """Start what grading will need, where there is something to grade on this machine."""
    new = {
        name: [one for one in learners if request.force or not _is_graded(course.root, one, name)]
        for name, learners in copies.items()
    }
    counts = {name: len(learners) for name, learners in new.items() if learners}
    if request.cluster is not None or not counts:
        return early.nothing()
    # Another one than the better level is rare, and costs a second start.
    sandbox: SandboxName = "none" if request.no_sandbox else "namespaces"
    return early.begin(course, counts, sandbox, request.jobs)


def _is_graded(root: Path, learner: str, assignment: str) -> bool:
    """Say whether a copy was graded since it came, as far as the folders tell."""
    try:
        done = (root / "autograded" / learner / assignment).stat().st_mtime
        return done >= (root / "submitted" / learner / assignment).stat().st_mtime
    except OSError:
        return False


def _held(course: Course, request: GradeRequest, assignments: Sequence[str]) -> SandboxName:
    if request.cluster is None:
        return sandbox_for(course, assignments, no_sandbox=request.no_sandbox)
    # The workers of a cluster have sandboxes of their own, which they check themselves.
    return "none" if request.no_sandbox else "namespaces"


def _graded(  # noqa: PLR0913 - what a run is made of
    course: Course,
    request: GradeRequest,
    copies: Mapping[str, Sequence[str]],
    begun: early.Early,
    held: Callable[[], SandboxName],
    *,
    progress: Callable[[int, int, Outcome], None],
    tell: Callable[[str], None] | None,
    failed: Failed | None,
) -> list[Outcome]:
    from alliances_grader.class_asked import ClassRun
    from alliances_grader.class_run import run_class

    grader = None
    if request.cluster is not None:
        from alliances_grader.cluster import cluster_grader

        grader = cluster_grader(request.cluster, insecure=request.insecure)
    sandbox, copies = _with_what_holds(course, copies, held, failed)
    asked = ClassRun(
        copies,
        mode=request.mode,
        sandbox=sandbox,
        jobs=request.jobs,
        force=request.force,
        check_stability=request.check_stability,
        wait=request.wait,
        tell=tell,
        grader=grader,
        early=begun,
        failed=failed,
    )
    count = sum(map(len, copies.values()))
    outcomes: dict[tuple[str, str], Outcome] = {}
    # Closed by name: interrupted, the run writes down what was finished before anything else happens.
    with closing(run_class(course, asked)) as run:
        for outcome in run:
            copy = outcome.assignment, outcome.student
            known = copy in outcomes
            outcomes[copy] = outcome
            # What the class as a whole says of a copy stands in the summary; its line was written before.
            if not known or outcome.state == "refused":
                progress(len(outcomes), count, outcome)
    whole: list[Outcome] = []
    for name, learners in copies.items():
        found = [outcomes[name, learner] for learner in learners if (name, learner) in outcomes]
        whole += _with_persons_marks(course, name, found)
    return whole


def _with_what_holds(
    course: Course,
    copies: Mapping[str, Sequence[str]],
    held: Callable[[], SandboxName],
    failed: Failed | None,
) -> tuple[SandboxName, Mapping[str, Sequence[str]]]:
    """Return how learners' code is held, and what can be graded: forms alone where nothing holds it."""
    forms = {name: learners for name, learners in copies.items() if course.door_of(name) == "form"}
    try:
        return held(), copies
    except EnvironmentFault as fault:
        if failed is None or not forms:
            raise
        for name in copies:
            if name not in forms:
                failed(name, fault)
        return "not_needed", forms


def _with_persons_marks(course: Course, assignment: str, outcomes: list[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes with the points that stand in the gradebook, those that persons gave included."""
    if not outcomes:
        return
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
