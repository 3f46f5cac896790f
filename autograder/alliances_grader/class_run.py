"""Copies graded: which ones, what was done before, what came of each, all of it on the disk at the end.

One run a course at a time. This process alone sees the course folder and writes; workers get bytes and give
bytes. A run that is killed is taken up by the next one: nothing is graded twice, nothing is half-written.
"""

from __future__ import annotations

import platform
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import metadata
from itertools import chain
from typing import TYPE_CHECKING

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.class_asked import ClassRun, Grader, Outcome
from alliances_grader.class_remarks import ClassRemarks
from alliances_grader.copies import TIMESTAMP, Brought, read_copy
from alliances_grader.course_manifest import Course
from alliances_grader.deadlines import late_seconds, parse_timestamp
from alliances_grader.fingerprints import fingerprint
from alliances_grader.gradebook import GradebookWriter, SubmissionTimes
from alliances_grader.gradebook_address import gradebook_address
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.graded import Graded
from alliances_grader.graded_files import are_there, put_graded
from alliances_grader.journal import Journal, journal_path
from alliances_grader.kit import Kit, SandboxName
from alliances_grader.kit_load import late_rule, load_kit
from alliances_grader.ledger import Ledger
from alliances_grader.pool import Done, InThisProcess, LocalPool
from alliances_grader.pool_processes import workers_for
from alliances_grader.receipts_graded import Terms, read_receipt
from alliances_grader.run_lock import RunLock

if TYPE_CHECKING:
    from alliances_grader.deadlines import LateMethod

__all__ = ["run_class"]


@dataclass
class _Run:
    """The copies of one assignment under way."""

    course: Course
    asked: ClassRun
    kit: Kit
    terms: Terms
    ledger: Ledger
    journal: Journal
    due: datetime | None
    times: dict[str, SubmissionTimes]
    sources: dict[str, str] = field(default_factory=dict)
    remarks: ClassRemarks = field(default_factory=ClassRemarks)
    told: dict[str, Outcome] = field(default_factory=dict)

    @property
    def assignment(self) -> str:
        """The name that nbgrader knows it by."""
        return self.kit.assignment

    @property
    def names(self) -> tuple[str, ...]:
        """The notebooks of the assignment."""
        return tuple(notebook.name for notebook in self.kit.notebooks)

    def outcome(self, student: str, state: str, entries: Sequence[BookEntry] = ()) -> Outcome:
        """Return what came of a copy, by its entries for the gradebook."""
        cells = [cell for entry in entries for cell in entry.verdict.cells if cell.kind != "solution"]
        return Outcome(
            self.assignment,
            student,
            state,
            points=sum(cell.auto_score or 0.0 for cell in cells),
            max_points=sum(cell.max_score for cell in cells),
            to_mark=sum(cell.needs_manual for cell in cells),
            findings=tuple(finding for entry in entries for finding in entry.verdict.findings),
        )

    def refused(self, student: str, reason: AlliancesError, seconds: float = 0.0) -> Outcome:
        """Return that a copy was refused, and why."""
        return Outcome(self.assignment, student, "refused", reason=reason, seconds=seconds)


def run_class(course: Course, asked: ClassRun) -> Generator[Outcome, None, None]:
    """Grade copies and yield what came of each as it is known; all is written when the iterator ends.

    Copies of several assignments are graded together, by the same workers: forms first, while what runs code
    gets ready. Of a copy about which the whole class says something more, a second outcome comes at the end:
    it stands in the place of the first.

    Raises:
        AlliancesError: another run is on; an assignment was not released; the configuration cannot be read.
        EnvironmentFault: the machine is at fault: no sandbox, a full disk, a gradebook out of reach. What was
            finished stays.
    """
    with ExitStack() as stack:
        stack.enter_context(RunLock(course.root).acquire(wait=asked.wait, tell=asked.tell))
        address, course_id = gradebook_address(course.root)
        rule = late_rule(course.root)
        writer = GradebookWriter(address, course_id=course_id, patience=asked.patience, late_penalty=rule)
        runs = list(_runs(course, asked, writer, stack))
        yield from _outcomes(runs)
        for run in runs:
            run.ledger.flush()
        for run in runs:
            yield from _last_words(run, writer, rule)


def _runs(course: Course, asked: ClassRun, writer: GradebookWriter, stack: ExitStack) -> Iterator[_Run]:
    """Yield what is graded, forms first; ``stack`` ends it."""
    for name in sorted(asked.copies, key=lambda name: course.door_of(name) != "form"):
        try:
            yield _run(course, asked, name, writer, stack)
        except EnvironmentFault:
            raise
        except AlliancesError as error:
            if asked.failed is None:
                raise
            asked.failed(name, error)


def _run(course: Course, asked: ClassRun, assignment: str, writer: GradebookWriter, stack: ExitStack) -> _Run:
    due = writer.due_date(assignment)
    texts = writer.source_texts(assignment)
    sandbox: SandboxName = "not_needed" if course.door_of(assignment) == "form" else asked.sandbox
    kit = load_kit(course, assignment, texts, mode=asked.mode, sandbox=sandbox)
    kit = replace(kit, repeat=asked.check_stability)
    terms = _terms(kit)
    journal = stack.enter_context(Journal(journal_path(course.root, assignment), assignment, terms))
    ledger = stack.enter_context(Ledger(journal, writer))
    return _Run(course, asked, kit, terms, ledger, journal, due, writer.submissions(assignment))


def _last_words(run: _Run, writer: GradebookWriter, rule: LateMethod) -> Iterator[Outcome]:
    """Yield what is known of copies only now: refused by the gradebook, or remarked on by the whole class."""
    source = run.course.root / "source" / run.assignment
    remarks = run.remarks.findings(source, writer.engine, rule)
    for refused in run.ledger.refused:
        run.told.pop(refused.student, None)
        yield run.refused(refused.student, refused.reason)
    for student, outcome in run.told.items():
        if student in remarks:
            yield replace(outcome, findings=outcome.findings + remarks[student])


def _terms(kit: Kit) -> Terms:
    versions = {"alliances": metadata.version("faire-alliance"), "python": platform.python_version()}
    return Terms(kit.mode, kit.sandbox, versions, kit.box_limits.as_json())


def _outcomes(runs: Sequence[_Run]) -> Iterator[Outcome]:
    known: list[Outcome] = []
    # Reading ahead would hold a class in memory: copies are read as workers ask for them.
    waiting = chain.from_iterable(map(_looked_at, runs))
    for item in waiting:
        if isinstance(item, Brought):
            first = item
            break
        yield item
    else:
        return

    def copies() -> Iterator[Brought]:
        yield first
        for item in waiting:
            if isinstance(item, Brought):
                yield item
            else:
                known.append(item)

    by_name = {run.assignment: run for run in runs}
    with _grader(runs) as grader:
        for done in grader.grade(copies()):
            yield from known
            known.clear()
            yield _kept(by_name[done.copy.assignment], done)
    yield from known


def _grader(runs: Sequence[_Run]) -> AbstractContextManager[Grader]:
    asked, kits = runs[0].asked, [run.kit for run in runs]
    if asked.grader is not None:
        return asked.grader(kits)
    copies = {run.assignment: len(asked.copies[run.assignment]) for run in runs}
    jobs = workers_for(sum(copies.values()), asked.jobs)
    if not jobs:
        return InThisProcess(kits, asked.early.parent)
    return LocalPool(kits, jobs, copies=copies, early=asked.early.processes)


def _looked_at(run: _Run) -> Iterator[Brought | Outcome]:
    """Yield the copies that have to be graded, and of the others what is known."""
    rules = fingerprint(replace(run.kit, repeat=False).to_bytes())
    for student in run.asked.copies[run.assignment]:
        try:
            copy = read_copy(run.course.root, student, run.assignment)
        except AlliancesError as error:
            # One file that cannot be read is that copy's trouble.
            yield run.refused(student, error)
            continue
        parts = [rules.encode(), copy.fingerprint.encode(), *_lateness(run, copy)]
        once, twice = fingerprint(*parts), fingerprint(*parts, b"twice")
        # What was run twice is graded; what was run once has yet to be run twice.
        sources = [twice] if run.kit.repeat else [once, twice]
        before = (_before(run, student, source) for source in sources)
        known = None if run.asked.force else next((item for item in before if item is not None), None)
        if known is not None:
            yield known
            continue
        run.sources[student] = sources[0]
        yield _with_trusted_past(run, copy)


def _lateness(run: _Run, copy: Brought) -> tuple[bytes, ...]:
    """Return what a delay adds to a fingerprint: a new due date or extension may change the marks."""
    if run.due is None:
        return ()
    stamp = copy.files.get(TIMESTAMP, b"").decode("utf-8", "replace")
    late = late_seconds(parse_timestamp(stamp)[0], run.due, _extension(run, copy.student))
    return (str(late).encode(),) if late else ()


def _extension(run: _Run, student: str) -> timedelta | None:
    times = run.times.get(student)
    return times.extension if times is not None else None


def _before(run: _Run, student: str, source: str) -> Outcome | None:
    """Return the outcome of a copy that was graded already, the same and by the same rules.

    A run may have been killed between writing a graded notebook and telling the journal: what stands there
    must be what the journal speaks of.
    """
    entries = [run.ledger.find(student, name, source) for name in run.names]
    found = [entry for entry in entries if entry is not None]
    folder = run.course.root / "autograded" / student / run.assignment
    present = tuple(entry.verdict.notebook for entry in found if not entry.missing)
    if len(found) < len(entries) or not are_there(folder, present, source, run.terms):
        return None
    run.remarks.add(found, graded=False)
    run.told[student] = run.outcome(student, "unchanged", found)
    return run.told[student]


def _with_trusted_past(run: _Run, copy: Brought) -> Brought:
    """Leave out earlier graded notebooks that the journal does not vouch for.

    A run may have been killed between writing one and telling the gradebook: what was marked by a person
    would then seem to be of the text that stands there now.
    """
    folder = run.course.root / "autograded" / copy.student / run.assignment
    past = {}
    for name, content in copy.previous.items():
        receipt = read_receipt(folder, name)
        if receipt is not None and receipt.source == run.journal.source_of(copy.student, name):
            past[name] = content
    return replace(copy, previous=past)


def _kept(run: _Run, done: Done) -> Outcome:
    """Write what came of a copy: its files first, then the ledger."""
    graded, student = done.graded, done.copy.student
    source = run.sources.pop(student)
    if graded.refused is not None:
        return run.refused(student, graded.refused, done.seconds)
    folder = run.course.root / "autograded" / student / run.assignment
    more = _extension(run, student)
    notebooks = tuple(replace(item, entry=_dated(item.entry, run.due, more)) for item in graded.notebooks)
    put_graded(folder, done.copy, Graded(student, notebooks), source, run.terms)
    for item in notebooks:
        run.ledger.add(item.entry, source)
    entries = [item.entry for item in notebooks]
    ran = [item.run for item in notebooks if item.run]
    reused = bool(ran) and all("reused_from" in used for used in ran)
    run.remarks.add(entries, graded=True)
    outcome = run.outcome(student, "graded", entries)
    run.told[student] = replace(outcome, seconds=done.seconds, reused=reused)
    return run.told[student]


def _dated(entry: BookEntry, due: datetime | None, extension: timedelta | None) -> BookEntry:
    seconds = late_seconds(entry.verdict.timestamp, due, extension)
    return replace(entry, verdict=replace(entry.verdict, late_seconds=seconds))
