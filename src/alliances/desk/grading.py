"""Copies graded from a course folder: with what right to run code, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alliances.desk.copies_asked import copies_asked_for
from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader import early

if TYPE_CHECKING:
    from alliances.desk.copies_asked import GradeRequest
    from alliances_grader.class_asked import Outcome
    from alliances_grader.course_manifest import Course
    from alliances_grader.kit import SandboxName

__all__ = ["grade_class", "sandbox_for"]


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
