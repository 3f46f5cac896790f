"""Feedback pages written from what is graded: ``feedback/<learner>/<assignment>/<assignment>.html``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alliances.desk.grading import check_assignment
from alliances.desk.learners import check_learner
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_safely
from alliances_grader.course_manifest import Course
from alliances_grader.feedback_items import gather_items
from alliances_grader.feedback_page import render_page
from alliances_grader.feedback_words import Page
from alliances_grader.files import read_notebook
from alliances_grader.nbgrader_api import open_gradebook
from alliances_grader.record import read_record
from alliances_grader.results import CopyResult, copy_results

__all__ = ["Written", "write_feedback"]


@dataclass(frozen=True)
class Written:
    """One page written, or why it was not; ``to_mark`` counts what a person still has to mark."""

    student: str
    path: Path
    to_mark: int = 0
    reason: AlliancesError | None = None


def write_feedback(
    course: Course, assignment: str, student: str | None = None, *, agents: bool = False
) -> list[Written]:
    """Write the pages of all graded copies of an assignment, or of one learner's.

    Raises:
        AlliancesError: the course has no such assignment, or no graded copy of it.
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    check_assignment(course, assignment)
    if student is not None:
        check_learner(student)
    with open_gradebook(course.root) as gradebook:
        results = [
            result
            for result in copy_results(gradebook, assignment)
            if student in {None, result.student} and _graded(course, result).is_file()
        ]
    if not results:
        raise AlliancesError("course_folder.nothing_graded", name=assignment)
    return [_write(course, result, agents=agents) for result in results]


def _graded(course: Course, result: CopyResult) -> Path:
    return course.root / "autograded" / result.student / result.assignment / f"{result.assignment}.ipynb"


def _write(course: Course, result: CopyResult, *, agents: bool) -> Written:
    name = result.assignment
    path = course.root / "feedback" / result.student / name / f"{name}.html"
    try:
        release = read_notebook(course.root / "release" / name / f"{name}.ipynb")
        graded = _graded(course, result)
        exercise = course.exercise_of(name)
        record = read_record(graded.parent)
        page = Page(
            language=course.language,
            title=exercise.title if exercise is not None else name,
            door=course.door_of(name),
            student=result.student,
            handed_in=result.handed_in,
            items=tuple(gather_items(exercise, release, read_notebook(graded), result)),
            points=result.points,
            max_points=result.max_points,
            late_penalty=result.late_penalty,
            sandbox=record.sandbox if record is not None else "",
            agents=agents,
        )
        write_safely(path, render_page(page).encode("utf-8", "backslashreplace"))
    except EnvironmentFault:
        raise
    except AlliancesError as error:
        return Written(result.student, path, reason=error)
    return Written(result.student, path, result.to_mark)
