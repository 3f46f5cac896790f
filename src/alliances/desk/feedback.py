"""Feedback pages written from what is graded: ``feedback/<learner>/<assignment>/<notebook>.html``.

One page a notebook, under the name that ``nbgrader generate_feedback`` would use, for courses of ours and of
stock nbgrader; in the language in which a form was filled in, else in the course's. What did not change is
left as it is; a large class is shared out over the cores.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alliances.desk.feedback_inputs import inputs_of, is_current, put_page
from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances.i18n import Language
from alliances_grader.course_manifest import Course, Exercise
from alliances_grader.feedback_items import gather_items
from alliances_grader.feedback_language import Telling, language_of, retold, telling_of
from alliances_grader.feedback_page import render_page
from alliances_grader.feedback_release import Release, release_of
from alliances_grader.feedback_remarks import remarks_on
from alliances_grader.feedback_source import plain_notebook
from alliances_grader.feedback_words import Page
from alliances_grader.files import MAX_NOTEBOOK, read_bounded
from alliances_grader.fingerprints import fingerprint
from alliances_grader.receipts_graded import RECEIPT_SUFFIX
from alliances_grader.results import CopyResult
from alliances_grader.results_sql import notebook_results

__all__ = ["Written", "graded_assignments", "write_feedback"]

_SHARED_FROM: Final = 100
"""Pages from which a second process is worth its start."""
_MOST_JOBS: Final = 64
_CHUNK: Final = 16

Progress = Callable[[int, int, "Written"], None]


@dataclass(frozen=True)
class Written:
    """One page, or why there is none.

    Attributes:
        student: the learner's code.
        path: of the page.
        to_mark: how many cells a person still has to mark.
        reason: why it could not be made, ``None`` when it is there.
        notebook: its name.
        changed: false when the page was up to date and left alone.
    """

    student: str
    path: Path
    to_mark: int = 0
    reason: AlliancesError | None = None
    notebook: str = ""
    changed: bool = True


@dataclass
class _Class:
    """What all pages of one run share; releases and languages are read when first asked for."""

    course: Course
    assignment: str
    exercise: Exercise | None
    agents: bool
    force: bool
    releases: dict[str, tuple[Release, str]] = field(default_factory=dict)
    tellings: dict[Language, Telling] = field(default_factory=dict)

    def release(self, notebook: str) -> tuple[Release, str]:
        """Return the learner's version of a notebook, and a fingerprint of it."""
        if notebook not in self.releases:
            path = self.course.root / "release" / self.assignment / f"{notebook}.ipynb"
            if not path.is_file():
                raise AlliancesError("feedback.no_release", name=notebook, path=path)
            content = read_bounded(path, MAX_NOTEBOOK)
            release = release_of(plain_notebook(content, path), self.exercise)
            self.releases[notebook] = (release, fingerprint(content))
        return self.releases[notebook]

    def telling(self, result: CopyResult) -> Telling:
        """Return what the pages in the language of a copy share."""
        language = language_of(self.course, self.exercise, result)
        if language not in self.tellings:
            self.tellings[language] = telling_of(self.course, self.exercise, language)
        return self.tellings[language]


def write_feedback(  # noqa: PLR0913 - one keyword an option of the command
    course: Course,
    assignment: str,
    student: str | None = None,
    *,
    agents: bool = False,
    force: bool = False,
    jobs: int | None = None,
    progress: Progress = lambda _done, _count, _page: None,
) -> list[Written]:
    """Write the pages of all graded copies of an assignment, or of one learner's.

    Args:
        course: a course of ours or of stock nbgrader.
        assignment: nbgrader's name of it.
        student: this learner only.
        agents: show levels in words instead of points.
        force: write pages again that are up to date.
        jobs: processes; by default as many as pay.
        progress: called after each page with how many are done, how many there are, and the page.

    Raises:
        AlliancesError: the course has no such assignment, or no graded copy of it.
        UsageError: ``student`` cannot be a learner, or ``jobs`` is below 1.
        EnvironmentFault: the gradebook cannot be read, or the folder not written.
    """
    _check_assignment(course, assignment)
    if student is not None:
        check_learner(student) if course.ours else _check_name(student)
    if jobs is not None and jobs < 1:
        raise UsageError("feedback.bad_jobs", found=jobs)
    results = [
        result
        for result in notebook_results(course.root, assignment, student)
        if not _is_name(result.student, result.notebook) or _graded(course, result).is_file()
    ]
    if not results:
        raise AlliancesError("course_folder.nothing_graded", name=assignment)
    shared = _Class(course, assignment, course.exercise_of(assignment), agents, force)
    pages = []
    for page in _pages(shared, results, _jobs(jobs, len(results))):
        if isinstance(page.reason, EnvironmentFault):
            # It would meet every page.
            raise page.reason
        pages.append(page)
        progress(len(pages), len(results), page)
    return pages


def graded_assignments(course: Course, student: str | None = None) -> list[str]:
    """Return the assignments of which there are graded copies, or one by a learner, in order of name.

    Raises:
        AlliancesError: there are none.
    """
    learners = [
        place for place in (course.root / "autograded").glob("*") if student is None or place.name == student
    ]
    found = [
        name for name in course.assignments() if any(any(place.glob(f"{name}/*.ipynb")) for place in learners)
    ]
    if not found:
        raise AlliancesError("feedback.nothing_graded", path=course.root)
    return found


def _check_assignment(course: Course, name: str) -> None:
    # As ``grading.check_assignment``, without loading what grades: that alone takes as long as 20 pages.
    if name not in (known := course.assignments()):
        raise AlliancesError("course_folder.unknown_assignment", name=name, known=", ".join(known) or "–")


def _jobs(asked: int | None, pages: int) -> int:
    if asked is None:
        asked = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        asked = asked if pages >= _SHARED_FROM else 1
    return max(1, min(asked, pages, _MOST_JOBS))


def _pages(shared: _Class, results: list[CopyResult], jobs: int) -> Iterator[Written]:
    """Yield the pages in order."""
    if jobs == 1:
        yield from (_write(shared, result) for result in results)
        return
    # Forked where the system can: a fresh interpreter would import everything again.
    kind = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    done = 0
    pool = ProcessPoolExecutor(jobs, kind, _start, (shared,))
    try:
        for page in pool.map(_write_here, results, chunksize=_CHUNK):
            done += 1
            yield page
    except BrokenProcessPool:
        # The system ended a process, for want of memory as a rule: one alone needs less.
        yield from (_write(shared, result) for result in results[done:])
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[_Class] = []


def _start(shared: _Class) -> None:
    _here[:] = [shared]


def _write_here(result: CopyResult) -> Written:
    return _write(_here[0], result)


def _graded(course: Course, result: CopyResult) -> Path:
    return course.root / "autograded" / result.student / result.assignment / f"{result.notebook}.ipynb"


def _is_name(*names: str) -> bool:
    """Say whether names from the gradebook stay inside their folder."""
    return all(name and name == Path(name).name and not name.startswith(".") for name in names)


def _check_name(name: str) -> None:
    if not _is_name(name):
        raise UsageError("feedback.unsafe_name", name=name)


def _write(shared: _Class, result: CopyResult) -> Written:
    course, name = shared.course, result.notebook
    path = course.root / "feedback" / result.student / result.assignment / f"{name}.html"
    try:
        for part in (result.student, name):
            _check_name(part)
        release, released = shared.release(name)
        telling = shared.telling(result)
        graded = _graded(course, result)
        content = read_bounded(graded, MAX_NOTEBOOK)
        told = f"{released} {telling.told} {shared.agents}".encode()
        inputs = inputs_of(result, told, content, _receipt(graded))
        if not shared.force and is_current(path, inputs):
            return Written(result.student, path, result.to_mark, notebook=name, changed=False)
        page = _page(shared, result, release, telling, content=content, inputs=inputs)
        put_page(path, render_page(page).encode("utf-8", "backslashreplace"))
    except AlliancesError as error:
        return Written(result.student, path, reason=error, notebook=name)
    return Written(result.student, path, result.to_mark, notebook=name)


def _receipt(graded: Path) -> bytes:
    """Return the receipt of a graded notebook, empty where there is none."""
    try:
        return read_bounded(graded.with_name(graded.stem + RECEIPT_SUFFIX), MAX_NOTEBOOK)
    except AlliancesError:
        return b""


def _page(  # noqa: PLR0913 - what a page is made of
    shared: _Class, result: CopyResult, release: Release, telling: Telling, *, content: bytes, inputs: str
) -> Page:
    course, exercise, name = shared.course, telling.exercise, result.assignment
    graded = _graded(course, result)
    copy = plain_notebook(content, graded)
    title = exercise.title if exercise is not None else name
    if exercise is None and result.notebook != name:
        title = f"{name} – {result.notebook}"
    return Page(
        language=telling.language,
        title=title,
        door=course.door_of(name) if exercise is not None else "",
        student=result.student,
        handed_in=result.handed_in,
        items=retold(gather_items(exercise, release, copy, result), result, telling),
        points=result.points,
        max_points=result.max_points,
        late_penalty=result.late_penalty,
        agents=shared.agents,
        outcomes=dict(exercise.outcomes) if exercise is not None else {},
        remarks=remarks_on(graded.parent, result.notebook, release.by_id.keys()),
        inputs=inputs,
    )
