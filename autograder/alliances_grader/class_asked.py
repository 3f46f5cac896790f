"""What is asked of a grading run, and what it says of each copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from alliances_grader.early import Early

if TYPE_CHECKING:
    from alliances.errors import AlliancesError
    from alliances_grader.copies import Brought
    from alliances_grader.kit import Kit, SandboxName
    from alliances_grader.pool import Done
    from alliances_grader.verdicts import Finding, Mode

__all__ = ["ClassRun", "Grader", "Outcome"]


class Grader(Protocol):
    """What grades copies: processes of this machine, or of others."""

    def grade(self, copies: Iterable[Brought]) -> Iterator[Done]:
        """Yield each copy as it is finished, in any order."""


@dataclass(frozen=True)
class Outcome:
    """What came of one copy.

    Attributes:
        assignment: nbgrader's name of it.
        student: code of the learner.
        state: ``graded``, ``unchanged`` (graded before, by the same rules) or ``refused``.
        points: marks that the machine gave; ``max_points`` of the assignment.
        to_mark: cells that wait for a person.
        findings: what the trainer should know.
        reason: why it was refused.
        seconds: how long its grading took, start to end.
        reused: all that was run of it had been run before, in a copy with the same cells.
    """

    assignment: str
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
        copies: by nbgrader's name of an assignment, codes of learners, in the order wanted.
        mode: ``strict`` or ``nbgrader``.
        sandbox: how learners' code is held, where there is any.
        jobs: worker processes; 0 for one a core.
        force: grade again what was graded.
        check_stability: run each copy's code twice, nothing used again, and say where the marks differ.
        wait: seconds to wait for another run on this course.
        patience: seconds to wait for a gradebook that another program holds.
        tell: called once with a sentence when the run has to wait.
        grader: makes what grades from the kits; None for this machine.
        early: what has been started already; whoever started it ends it.
        failed: called with an assignment that cannot be graded, and why: the others are; None to raise that.
    """

    copies: Mapping[str, Sequence[str]]
    mode: Mode = "strict"
    sandbox: SandboxName = "namespaces"
    jobs: int = 0
    force: bool = False
    check_stability: bool = False
    wait: float = 0.0
    patience: float = 30.0
    tell: Callable[[str], None] | None = None
    grader: Callable[[Sequence[Kit]], AbstractContextManager[Grader]] | None = None
    early: Early = field(default_factory=Early)
    failed: Callable[[str, AlliancesError], None] | None = None
