"""A class graded: which copies, what was done before, what came of each, all of it on the disk at the end.

One run a course at a time. This process alone sees the course folder and writes; workers get bytes and give
bytes. A run that is killed is taken up by the next one: nothing is graded twice, nothing is half-written.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import metadata
from typing import Protocol

from alliances.errors import AlliancesError
from alliances_grader.class_remarks import ClassRemarks
from alliances_grader.copies import TIMESTAMP, Brought, read_copy
from alliances_grader.course_manifest import Course
from alliances_grader.deadlines import late_seconds, parse_timestamp
from alliances_grader.early import Early
from alliances_grader.fingerprints import fingerprint
from alliances_grader.gradebook import GradebookWriter, SubmissionTimes
from alliances_grader.gradebook_address import gradebook_address
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.graded_files import are_there, put_graded
from alliances_grader.journal import Journal, journal_path
from alliances_grader.kit import Kit, SandboxName
from alliances_grader.kit_load import late_rule, load_kit
from alliances_grader.ledger import Ledger
from alliances_grader.pool import Done, InThisProcess, LocalPool
from alliances_grader.pool_processes import workers_for
from alliances_grader.receipts_graded import Terms, read_receipt
from alliances_grader.run_lock import RunLock
from alliances_grader.verdicts import Finding, Mode
from alliances_grader.worker import Graded

__all__ = ["ClassRun", "Grader", "Outcome", "run_class"]


class Grader(Protocol):
    """What grades copies: processes of this machine, or of others."""

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished, in any order."""


@dataclass(frozen=True)
class Outcome:
    """What came of one copy.

    Attributes:
        student: code of the learner.
        state: ``graded``, ``unchanged`` (graded before, by the same rules) or ``refused``.
        points: marks that the machine gave; ``max_points`` of the assignment.
        to_mark: cells that wait for a person.
        findings: what the trainer should know.
        reason: why it was refused.
        seconds: how long its grading took, start to end.
        reused: all that was run of it had been run before, in a copy with the same cells.
    """

    student: str
    state: str
    points: float = 0.0
    max_points: float = 0.0
    to_mark: int = 0
    findings: tuple[Finding, ...] = ()
    reason: AlliancesError | None = None
    seconds: float = 0.0
    reused: bool = False


@dataclass(frozen=True)
class ClassRun:
    """What to grade and how.

    Attributes:
        assignment: nbgrader's name of it.
        students: codes of the learners, in the order wanted.
        mode: ``strict`` or ``nbgrader``.
        sandbox: how learners' code is held.
        jobs: worker processes; 0 for one a core.
        force: grade again what was graded.
        check_stability: run each copy's code twice, nothing used again, and say where the marks differ.
        wait: seconds to wait for another run on this course.
        patience: seconds to wait for a gradebook that another program holds.
        tell: called once with a sentence when the run has to wait.
        grader: makes what grades from the kit; None for this machine.
        early: what has been started already; whoever started it ends it.
    """

    assignment: str
    students: Sequence[str]
    mode: Mode = "strict"
    sandbox: SandboxName = "namespaces"
    jobs: int = 0
    force: bool = False
    check_stability: bool = False
    wait: float = 0.0
    patience: float = 30.0
    tell: Callable[[str], None] | None = None
    grader: Callable[[Kit], AbstractContextManager[Grader]] | None = None
    early: Early = field(default_factory=Early)


@dataclass
class _Run:
    """A run under way."""

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
    def names(self) -> tuple[str, ...]:
        """The notebooks of the assignment."""
        return tuple(notebook.name for notebook in self.kit.notebooks)


def run_class(course: Course, asked: ClassRun) -> Generator[Outcome, None, None]:
    """Grade copies and yield what came of each as it is known; all is written when the iterator ends.

    Of a copy about which the whole class says something more, a second outcome comes at the end: it stands in
    the place of the first.

    Raises:
        AlliancesError: another run is on; the assignment was not released; the configuration cannot be read.
        EnvironmentFault: the machine is at fault: no sandbox, a full disk, a gradebook out of reach. What was
            finished stays.
    """
    with ExitStack() as stack:
        stack.enter_context(RunLock(course.root).acquire(wait=asked.wait, tell=asked.tell))
        address, course_id = gradebook_address(course.root)
        rule = late_rule(course.root)
        writer = GradebookWriter(address, course_id=course_id, patience=asked.patience, late_penalty=rule)
        due = writer.due_date(asked.assignment)
        texts = writer.source_texts(asked.assignment)
        kit = load_kit(course, asked.assignment, texts, mode=asked.mode, sandbox=asked.sandbox)
        kit = replace(kit, repeat=asked.check_stability)
        terms = _terms(kit)
        journal = stack.enter_context(
            Journal(journal_path(course.root, asked.assignment), asked.assignment, terms)
        )
        ledger = stack.enter_context(Ledger(journal, writer))
        times = writer.submissions(asked.assignment)
        run = _Run(course, asked, kit, terms, ledger, journal, due, times)
        yield from _outcomes(run)
        ledger.flush()
        source = course.root / "source" / asked.assignment
        remarks = run.remarks.findings(source, writer.engine, rule)
        for refused in ledger.refused:
            run.told.pop(refused.student, None)
            yield Outcome(refused.student, "refused", reason=refused.reason)
        for student, outcome in run.told.items():
            if student in remarks:
                yield replace(outcome, findings=outcome.findings + remarks[student])


def _terms(kit: Kit) -> Terms:
    versions = {"alliances": metadata.version("faire-alliance"), "python": platform.python_version()}
    return Terms(kit.mode, kit.sandbox, versions, kit.box_limits.as_json())


def _outcomes(run: _Run) -> Iterator[Outcome]:
    known: list[Outcome] = []
    # Reading ahead would hold a class in memory: copies are read as workers ask for them.
    waiting = _looked_at(run)
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

    with _grader(run) as grader:
        for done in grader.grade(copies()):
            yield from known
            known.clear()
            yield _kept(run, done)
    yield from known


def _grader(run: _Run) -> AbstractContextManager[Grader]:
    if run.asked.grader is not None:
        return run.asked.grader(run.kit)
    jobs = workers_for(len(run.asked.students), run.asked.jobs)
    early = run.asked.early
    if not jobs:
        return InThisProcess(run.kit, early.parent)
    return LocalPool(run.kit, jobs, copies=len(run.asked.students), early=early.processes)


def _looked_at(run: _Run) -> Iterator[Brought | Outcome]:
    """Yield the copies that have to be graded, and of the others what is known."""
    rules = fingerprint(replace(run.kit, repeat=False).to_bytes())
    for student in run.asked.students:
        try:
            copy = read_copy(run.course.root, student, run.asked.assignment)
        except AlliancesError as error:
            # One file that cannot be read is that copy's trouble.
            yield Outcome(student, "refused", reason=error)
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
    folder = run.course.root / "autograded" / student / run.asked.assignment
    present = tuple(entry.verdict.notebook for entry in found if not entry.missing)
    if len(found) < len(entries) or not are_there(folder, present, source, run.terms):
        return None
    run.remarks.add(found, graded=False)
    run.told[student] = _outcome(student, "unchanged", found)
    return run.told[student]


def _with_trusted_past(run: _Run, copy: Brought) -> Brought:
    """Leave out earlier graded notebooks that the journal does not vouch for.

    A run may have been killed between writing one and telling the gradebook: what was marked by a person
    would then seem to be of the text that stands there now.
    """
    folder = run.course.root / "autograded" / copy.student / run.asked.assignment
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
        return Outcome(student, "refused", reason=graded.refused, seconds=done.seconds)
    folder = run.course.root / "autograded" / student / run.asked.assignment
    more = _extension(run, student)
    notebooks = tuple(replace(item, entry=_dated(item.entry, run.due, more)) for item in graded.notebooks)
    put_graded(folder, done.copy, Graded(student, notebooks), source, run.terms)
    for item in notebooks:
        run.ledger.add(item.entry, source)
    outcome = _outcome(student, "graded", [item.entry for item in notebooks])
    runs = [item.run for item in notebooks if item.run]
    reused = bool(runs) and all("reused_from" in run for run in runs)
    run.remarks.add((item.entry for item in notebooks), graded=True)
    run.told[student] = replace(outcome, seconds=done.seconds, reused=reused)
    return run.told[student]


def _dated(entry: BookEntry, due: datetime | None, extension: timedelta | None) -> BookEntry:
    seconds = late_seconds(entry.verdict.timestamp, due, extension)
    return replace(entry, verdict=replace(entry.verdict, late_seconds=seconds))


def _outcome(student: str, state: str, entries: Sequence[BookEntry]) -> Outcome:
    cells = [cell for entry in entries for cell in entry.verdict.cells if cell.kind != "solution"]
    findings = tuple(finding for entry in entries for finding in entry.verdict.findings)
    return Outcome(
        student,
        state,
        points=sum(cell.auto_score or 0.0 for cell in cells),
        max_points=sum(cell.max_score for cell in cells),
        to_mark=sum(cell.needs_manual for cell in cells),
        findings=findings,
    )
