"""From a copy handed in to a copy marked: the steps, in order, each doing one thing.

read → merge → score → settle → conceal → record. A step that cannot go on raises ``AlliancesError``; the
caller reports the copy and goes on with the class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances.questions.answers import read_answers
from alliances_grader.cells import Notebook
from alliances_grader.course_manifest import Course, split_assignment
from alliances_grader.engine import Engine
from alliances_grader.files import notebook_bytes, read_bounded, read_notebook, write_notebook
from alliances_grader.flags import ATTENTION, Flag
from alliances_grader.inert import make_inert
from alliances_grader.inert_text import visible
from alliances_grader.merge import merge_code, merge_form
from alliances_grader.record import Record, fingerprint, read_record, write_record
from alliances_grader.settle import open_answers, settle

__all__ = ["STEPS", "Outcome", "Work", "grade_copy", "merge_copy"]

MAX_ANSWERS: Final = 1_000_000
"""Bytes of the largest ``answers.json`` that is read."""


@dataclass(frozen=True)
class Outcome:
    """What came of one copy: ``state`` is ``graded``, ``unchanged`` or ``refused``; points are marks."""

    student: str
    state: str
    points: float = 0.0
    max_points: float = 0.0
    to_mark: int = 0
    flags: tuple[Flag, ...] = ()
    reason: AlliancesError | None = None


@dataclass
class Work:
    """One copy on its way through the steps."""

    course: Course
    engine: Engine
    assignment: str
    student: str
    sandbox: str
    force: bool = False
    release: Notebook = None
    merged: Notebook = None
    previous: Notebook = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    source: str = ""
    done: bool = False
    totals: tuple[float, float, int] = (0.0, 0.0, 0)

    def folder(self, step: str) -> Path:
        """Return the copy's folder in one of nbgrader's steps."""
        return self.course.root / step / self.student / self.assignment

    @property
    def file_name(self) -> str:
        """Name of the copy's notebook."""
        return f"{self.assignment}.ipynb"


def merge_copy(course: Course, assignment: str, folder: Path) -> tuple[Notebook, list[Flag]]:
    """Merge the answers in a copy's folder into its notebook and return it with what was noticed.

    Raises:
        AlliancesError: the answers or the notebook cannot be read, or belong to something else.
    """
    release = read_notebook(course.root / "release" / assignment / f"{assignment}.ipynb")
    answers, flags = _answers(assignment, folder)
    if course.door_of(assignment) == "form":
        merged = merge_form(release, answers)
    else:
        merged = merge_code(read_notebook(folder / f"{assignment}.ipynb"), release, answers)
    return merged.notebook, [*flags, *merged.flags]


def _answers(assignment: str, folder: Path) -> tuple[Mapping[str, Any], list[Flag]]:
    path = folder / "answers.json"
    slug, door = split_assignment(assignment)
    if not path.exists():
        if door == "form":
            raise AlliancesError("grader.no_answers", path=path)
        return {}, []
    read_bounded(path, MAX_ANSWERS)
    file = read_answers(path)
    if (file.exercise, file.door) != (slug, door):
        raise AlliancesError(
            "grader.other_assignment",
            path=path,
            found=visible(f"{file.exercise}_{file.door}", 80),
            expected=assignment,
        )
    flags = []
    if file.learner != folder.parent.name:
        flags.append(Flag("learner_differs", {"found": visible(file.learner, 70)}))
    if not file.intact:
        flags.append(Flag("hash_mismatch"))
    if file.recovered:
        flags.append(Flag("recovered"))
    return file.answers, flags


def _read(work: Work) -> None:
    """Find out whether anything changed since the copy was graded."""
    work.release = read_notebook(work.course.root / "release" / work.assignment / work.file_name)
    submitted = work.folder("submitted")
    if not submitted.is_dir():
        raise AlliancesError("grader.no_copy", student=work.student, assignment=work.assignment)
    work.merged, work.flags = merge_copy(work.course, work.assignment, submitted)
    graded = work.folder("autograded") / work.file_name
    work.previous = read_notebook(graded) if graded.is_file() else None


def _merge(work: Work) -> None:
    """Write the merged notebook where nbgrader looks for it; stop here when it was graded already."""
    work.source = fingerprint(
        work.engine.name.encode(),
        _bytes_of(work.course, work.assignment),
        notebook_bytes(work.merged),
    )
    record = read_record(work.folder("autograded"))
    if not work.force and work.previous is not None and record is not None and record.source == work.source:
        work.flags = list(record.flags)
        work.done = True
        return
    write_notebook(work.folder("submitted") / work.file_name, work.merged)


def _bytes_of(course: Course, assignment: str) -> bytes:
    # Hidden tests are in the source only: a changed test must be graded again.
    source = course.root / "source" / assignment / f"{assignment}.ipynb"
    return source.read_bytes() if source.is_file() else b""


def _score(work: Work) -> None:
    """Run the engine."""
    if not work.done:
        work.engine.grade(work.assignment, work.student)


def _settle(work: Work) -> None:
    """Make the gradebook ask for the marks that are still to give, and read the totals."""
    gradebook = work.engine.api.gradebook
    try:
        row = gradebook.find_submission_notebook(work.assignment, work.assignment, work.student)
        if not work.done:
            settle(row, open_answers(work.merged, work.release), _changed(work), work.course.language)
            if any(flag.key in ATTENTION for flag in work.flags):
                row.flagged = True
            gradebook.db.commit()
            gradebook.db.expire_all()
        to_mark = sum(1 for grade in row.grades if grade.needs_manual_grade)
        work.totals = (float(row.score), float(row.max_score), to_mark)
    finally:
        gradebook.close()


def _changed(work: Work) -> set[str]:
    """Return the open questions whose text is not the one that was there to be marked."""
    before = (
        {answer.question: answer.written for answer in open_answers(work.previous, work.release)}
        if work.previous
        else {}
    )
    return {
        answer.question
        for answer in open_answers(work.merged, work.release)
        if visible(answer.written) != visible(before.get(answer.question, "\0"))
    }


def _conceal(work: Work) -> None:
    """Make what formgrader and stock feedback will show inert."""
    if not work.done:
        path = work.folder("autograded") / work.file_name
        write_notebook(path, make_inert(read_notebook(path), work.release))


def _record(work: Work) -> None:
    """Write down by what, how and of what the marks were made."""
    if not work.done:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        record = Record(work.engine.name, work.sandbox, now, work.source, tuple(work.flags))
        write_record(work.folder("autograded"), record)


STEPS: Final[tuple[Callable[[Work], None], ...]] = (_read, _merge, _score, _settle, _conceal, _record)


def grade_copy(work: Work) -> Outcome:
    """Take one copy through all steps; a refusal is returned, not raised.

    A fault of the machine (disk full, no nbgrader) is raised: it would meet every copy.
    """
    from alliances.errors import EnvironmentFault

    try:
        for step in STEPS:
            step(work)
    except EnvironmentFault:
        raise
    except AlliancesError as error:
        return Outcome(work.student, "refused", reason=error)
    points, max_points, to_mark = work.totals
    state = "unchanged" if work.done else "graded"
    return Outcome(work.student, state, points, max_points, to_mark, tuple(work.flags))
