"""One worker: copies of an assignment in, what they earn out. It sees no course folder and no gradebook."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded, GradedNotebook
from alliances_grader.kit import Kit
from alliances_grader.pipeline import Work, grade_notebook
from alliances_grader.receipts_graded import used
from alliances_grader.runners import CopyRunner

if TYPE_CHECKING:
    from alliances_grader.gradebook_entries import BookEntry
    from alliances_grader.warm_parents import WarmParents

__all__ = ["Worker"]


class Worker:
    """Grades the copies of one assignment, one after the other, in one thread."""

    def __init__(self, kit: Kit, parents: WarmParents | None = None) -> None:
        """Make ready; ``parents`` are those of the process, closed by whoever made them; None for its own."""
        self.kit = kit
        self._runner = CopyRunner(kit, parents)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what the worker started."""
        self._runner.__exit__(kind, error, trace)

    def grade(self, copy: Brought) -> Graded:
        """Grade one copy. What is wrong with it is told, never raised.

        Raises:
            EnvironmentFault: the machine is at fault (no sandbox, a module of the exercise is missing): it
                would meet every copy.
        """
        try:
            works = [Work(self.kit, notebook, copy, self._runner) for notebook in self.kit.notebooks]
            done = [grade_notebook(work) for work in works]
        except EnvironmentFault:
            raise
        except AlliancesError as error:
            return Graded(copy.student, refused=error)
        except Exception as error:  # noqa: BLE001 - one copy that we did not foresee must not stop a class
            reason = f"{type(error).__name__}: {error}"[:300]
            return Graded(copy.student, refused=AlliancesError("grading_run.unforeseen", reason=reason))
        if all(work.restored is None for work in done):
            nothing = AlliancesError("grading_run.no_notebook", student=copy.student)
            return Graded(copy.student, refused=nothing)
        return Graded(
            copy.student,
            tuple(GradedNotebook(_entry(work), work.graded, self._used(work)) for work in done),
        )

    def _used(self, work: Work) -> dict[str, Any]:
        taken = used(work.run)
        return {**taken, "sandbox": self.kit.sandbox} if taken else taken


def _entry(work: Work) -> BookEntry:
    if work.entry is None:
        raise RuntimeError("the step that records did not run")
    return work.entry
