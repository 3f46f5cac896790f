"""What can be said of copies only once the whole class was looked at: answers they share, penalties anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from alliances.errors import AlliancesError
from alliances_grader.duplicates import Answers, Place, examples
from alliances_grader.files import MAX_NOTEBOOK, parse_without_outputs, read_bounded
from alliances_grader.gradebook_late import penalise
from alliances_grader.verdicts import CopyVerdict, Finding

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from alliances_grader.deadlines import LateMethod
    from alliances_grader.gradebook_entries import BookEntry

__all__ = ["ClassRemarks"]


@dataclass
class ClassRemarks:
    """Gathers while a class is graded; ``findings`` at its end.

    What is said here is for the trainer, for now: it changes with what others hand in, and so goes neither
    into receipts nor into the gradebook, of which learners get to read.
    """

    _answers: Answers = field(default_factory=Answers)
    _late: list[CopyVerdict] = field(default_factory=list)

    def add(self, entries: Iterable[BookEntry], *, graded: bool) -> None:
        """Note the entries of one copy; ``graded`` by this run, and so by today's late rule."""
        for entry in entries:
            verdict = entry.verdict
            self._answers.add(verdict.student, verdict.notebook, entry.answers)
            if not graded and not entry.missing and verdict.late_seconds > 0:
                self._late.append(verdict)

    def findings(self, source: Path, engine: Engine, rule: LateMethod) -> dict[str, tuple[Finding, ...]]:
        """Return what to add to each learner's findings, once the gradebook has the whole class.

        Args:
            source: the assignment's folder in the course's ``source``.
            engine: of the gradebook; penalties that are other ones now are written there.
            rule: what the course takes off late copies.

        Raises:
            EnvironmentFault: the gradebook cannot be read or written.
        """
        told: dict[str, list[Finding]] = {}
        for (student, _), (before, now) in sorted(penalise(engine, rule, self._late).items()):
            values = {"before": f"{before:g}", "now": f"{now:g}"}
            told.setdefault(student, []).append(Finding("late_rule", values=values))
        if self._answers.shared():
            for item in self._answers.shared(_shown(sorted(source.glob("*.ipynb")))):
                for student in item.students:
                    told.setdefault(student, []).append(item.finding(student))
        return {student: tuple(found) for student, found in told.items()}


def _shown(notebooks: Sequence[Path]) -> Iterator[tuple[Place, str]]:
    """Yield the solutions that the course itself holds."""
    for path in notebooks:
        try:
            notebook = parse_without_outputs(read_bounded(path, MAX_NOTEBOOK), path)
        except AlliancesError:
            # The course was graded without it: it can only have shown more.
            continue
        yield from examples(notebook, path.stem)
