"""The gradebook, written batch by batch: nbgrader's own rows, hundreds of times as fast.

nbgrader opens its database some nine times a copy and commits once a cell. Here a batch of copies is one
transaction of a few statements: all of it is there afterwards, or nothing. The rows are nbgrader's own, ids
apart, so that formgrader, ``generate_feedback`` and ``export`` go on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.engine import Connection

from alliances.errors import AlliancesError
from alliances_grader import gradebook_rows as rows
from alliances_grader.gradebook_address import READING, database_faults, ensure_gradebook, open_database
from alliances_grader.gradebook_entries import BookEntry, as_entry
from alliances_grader.gradebook_plan import PlannedAssignment, cell_rows, read_assignments, refusal
from alliances_grader.verdicts import CopyVerdict

__all__ = ["GradebookWriter", "PenaltyRule", "Refused", "SubmissionTimes", "Written"]

PenaltyRule: TypeAlias = Callable[[str, float, float], float | None]
"""Student, score of the notebook, seconds late → points to take off, ``None`` for no word on it."""

_CHUNK: Final = 500


@dataclass(frozen=True)
class Refused:
    """A copy of a batch that the gradebook could not take, and why; the others were written."""

    student: str
    notebook: str
    reason: AlliancesError


@dataclass(frozen=True)
class Written:
    """What became of a batch."""

    copies: int
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class SubmissionTimes:
    """When a copy was handed in (UTC without zone) and how much longer its learner had."""

    timestamp: datetime | None
    extension: timedelta | None


class GradebookWriter:
    """Writes verdicts into one gradebook.

    One at a time for a course: take ``run_lock.RunLock`` first. formgrader may be open meanwhile.
    """

    def __init__(
        self,
        address: str,
        *,
        course_id: str = "default_course",
        patience: float = 30.0,
        late_penalty: PenaltyRule | None = None,
    ) -> None:
        """Open the gradebook at ``address``, made by nbgrader's own hand where there is none.

        Args:
            address: as in ``nbgrader_config.py``: ``sqlite:///path`` or ``postgresql://…``.
            course_id: of a gradebook that has to be made.
            patience: seconds to wait for another program's lock.
            late_penalty: asked about each late notebook once its marks are written, with the score that
                stands in the gradebook, a person's marks included (nbgrader asks its plugin so), and kept
                within 0 and that score. Without it the verdict's penalty is written as it is.

        Raises:
            AlliancesError: the address is malformed, or the gradebook is too old to be written.
            EnvironmentFault: it cannot be reached, read or made.
        """
        self.engine = open_database(address, patience)
        self._late_penalty = late_penalty
        self._statements = rows.statements(self.engine.url.get_backend_name())
        ensure_gradebook(self.engine, course_id)

    def write(self, batch: Iterable[BookEntry | CopyVerdict]) -> Written:
        """Write a batch of copies in one transaction.

        Marks, extra credit and comments by a person are never touched. Of two entries for one notebook of
        one learner the later counts. Writing a batch again changes nothing.

        Raises:
            EnvironmentFault: the database is locked, full, read-only, out of reach; nothing was written.
        """
        entries = {entry.place: entry for entry in map(as_entry, batch)}
        if not entries:
            return Written(0)
        with database_faults(self.engine), self.engine.begin() as connection:
            assignments = read_assignments(connection, sorted({name for _, name, _ in entries}))
            refused = []
            accepted: dict[str, list[BookEntry]] = {}
            for entry in entries.values():
                reason = refusal(entry, assignments)
                if reason is None:
                    accepted.setdefault(entry.verdict.assignment, []).append(entry)
                else:
                    refused.append(Refused(entry.verdict.student, entry.verdict.notebook, reason))
            for name, group in accepted.items():
                self._write_assignment(connection, assignments[name], group)
        return Written(len(entries) - len(refused), tuple(refused))

    def _write_assignment(
        self, connection: Connection, target: PlannedAssignment, group: list[BookEntry]
    ) -> None:
        times: dict[str, datetime | None] = {}
        for entry in group:
            student = entry.verdict.student
            times[student] = entry.verdict.timestamp or times.get(student)
        do = self._statements
        new_id = rows.id_maker()
        _run(connection, do.student, [{"id": student} for student in times])
        _run(
            connection,
            do.submission,
            [
                {"id": new_id(), "assignment_id": target.id, "student_id": student, "timestamp": time}
                for student, time in times.items()
            ],
        )
        copies: dict[str, str] = {}
        for chunk in _chunks(list(times)):
            found = connection.execute(rows.submission_ids(target.id, chunk))
            copies |= {str(student): str(copy) for student, copy in found}
        submitted = self._write_notebooks(connection, target, group, copies)
        cells = cell_rows(target, group, copies, submitted)
        for name, values in vars(cells).items():
            # In the order of the index that keeps a cell from being graded twice.
            values.sort(key=lambda row: (row["cell_id"], row["notebook_id"]))
            _run(connection, getattr(do, name), [{"id": new_id(), **row} for row in values])
        if self._late_penalty is not None:
            late = {
                submitted[copies[e.verdict.student], target.notebooks[e.verdict.notebook].id]: e.verdict
                for e in group
                if e.verdict.late_seconds > 0 and not e.missing
            }
            self._write_penalties(connection, late, self._late_penalty)

    def _write_notebooks(
        self,
        connection: Connection,
        target: PlannedAssignment,
        group: list[BookEntry],
        copies: dict[str, str],
    ) -> dict[tuple[str, str], str]:
        """Write the notebooks of copies and return their ids by copy id and notebook id."""
        new_id = rows.id_maker()
        told: list[dict[str, Any]] = []
        others: list[dict[str, Any]] = []
        said = {(copies[e.verdict.student], target.notebooks[e.verdict.notebook].id): e for e in group}
        for copy in copies.values():
            for notebook in target.notebooks.values():
                entry = said.get((copy, notebook.id))
                row: dict[str, Any] = {
                    "id": new_id(),
                    "assignment_id": copy,
                    "notebook_id": notebook.id,
                    "flagged": entry is not None and entry.flagged,
                    "late_submission_penalty": None,
                }
                # nbgrader never opens a notebook that is missing, and so leaves its penalty as it was.
                if entry is None or entry.missing:
                    others.append(row)
                    continue
                if self._late_penalty is None:
                    row["late_submission_penalty"] = entry.verdict.penalty or None
                told.append(row)
        _run(connection, self._statements.submitted, told)
        _run(connection, self._statements.other_submitted, others)
        found: dict[tuple[str, str], str] = {}
        for chunk in _chunks(list(copies.values())):
            for copy, notebook_id, name in connection.execute(rows.submitted_ids(chunk)):
                found[copy, notebook_id] = name
        return found

    @staticmethod
    def _write_penalties(connection: Connection, late: dict[str, CopyVerdict], rule: PenaltyRule) -> None:
        updates = []
        for chunk in _chunks(list(late)):
            found = connection.execute(rows.notebook_scores(chunk))
            scores = {str(name): float(score) for name, score in found}
            for name in chunk:
                verdict, score = late[name], scores.get(name, 0.0)
                penalty = rule(verdict.student, score, verdict.late_seconds)
                if penalty is not None:
                    updates.append({"submitted": name, "penalty": min(max(penalty, 0.0), score)})
        _run(connection, rows.penalty_update(), updates)

    def submissions(self, assignment: str) -> dict[str, SubmissionTimes]:
        """Return what the gradebook knows of the copies of an assignment, by learner.

        Raises:
            EnvironmentFault: the database cannot be read.
        """
        wanted = (
            select(rows.SUBMISSION.c.student_id, rows.SUBMISSION.c.timestamp, rows.SUBMISSION.c.extension)
            .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == rows.SUBMISSION.c.assignment_id)
            .where(rows.ASSIGNMENT.c.name == assignment)
        )
        return {student: SubmissionTimes(time, more) for student, time, more in self._read(wanted)}

    def recorded(self, assignment: str) -> frozenset[tuple[str, str]]:
        """Return student and notebook of every copy of an assignment that the gradebook has a row of.

        Raises:
            EnvironmentFault: the database cannot be read.
        """
        wanted = (
            select(rows.SUBMISSION.c.student_id, rows.NOTEBOOK.c.name)
            .join(rows.SUBMITTED, rows.SUBMITTED.c.assignment_id == rows.SUBMISSION.c.id)
            .join(rows.NOTEBOOK, rows.NOTEBOOK.c.id == rows.SUBMITTED.c.notebook_id)
            .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == rows.SUBMISSION.c.assignment_id)
            .where(rows.ASSIGNMENT.c.name == assignment)
        )
        return frozenset((student, notebook) for student, notebook in self._read(wanted))

    def due_date(self, assignment: str) -> datetime | None:
        """Return when an assignment is due (UTC without zone), ``None`` for never.

        Raises:
            AlliancesError: the gradebook does not know the assignment.
            EnvironmentFault: the database cannot be read.
        """
        wanted = select(rows.ASSIGNMENT.c.duedate).where(rows.ASSIGNMENT.c.name == assignment)
        for (due,) in self._read(wanted):
            return due  # type: ignore[no-any-return]
        raise AlliancesError("grading_run.unknown_assignment", assignment=assignment)

    def source_texts(self, assignment: str) -> dict[str, dict[str, str]]:
        """Return the texts that nbgrader grades an assignment by: notebook to cell to text.

        Raises:
            EnvironmentFault: the database cannot be read.
        """
        wanted = (
            select(rows.NOTEBOOK.c.name, rows.SOURCE_CELL.c.name, rows.SOURCE_CELL.c.source)
            .join(rows.NOTEBOOK, rows.NOTEBOOK.c.id == rows.SOURCE_CELL.c.notebook_id)
            .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == rows.NOTEBOOK.c.assignment_id)
            .where(rows.ASSIGNMENT.c.name == assignment)
        )
        found: dict[str, dict[str, str]] = {}
        for notebook, cell, source in self._read(wanted):
            found.setdefault(notebook, {})[cell] = source or ""
        return found

    def _read(self, query: rows.Query) -> Sequence[Any]:
        with database_faults(self.engine), self.engine.connect() as connection:
            return connection.execution_options(**{READING: True}).execute(query).all()


def _run(connection: Connection, statement: rows.Writing, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(statement, values)


def _chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
