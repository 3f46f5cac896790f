"""One worker: copies in, what they earn out, both as bytes. It sees no course folder and no gradebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.copies import Brought
from alliances_grader.gradebook_entries import BookEntry, entry_from_json, entry_to_json
from alliances_grader.kit import Kit
from alliances_grader.pipeline import Work, grade_notebook
from alliances_grader.receipts_graded import used
from alliances_grader.runners import CopyRunner

if TYPE_CHECKING:
    from alliances_grader.warm_parent import WarmParent

__all__ = ["Graded", "GradedNotebook", "Worker"]


@dataclass(frozen=True)
class GradedNotebook:
    """One notebook of a copy, graded.

    Attributes:
        entry: for the gradebook.
        content: the graded notebook as it may be shown; None for one that was not handed in.
        run: what ``receipts_graded.used`` says of it, and under ``sandbox`` how the learner's code was held.
    """

    entry: BookEntry
    content: bytes | None
    run: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """What became of one copy: its notebooks, or why it was refused."""

    student: str
    notebooks: tuple[GradedNotebook, ...] = ()
    refused: AlliancesError | None = None

    def to_bytes(self) -> bytes:
        """Return this as JSON."""
        refused = self.refused
        data = {
            "student": self.student,
            "notebooks": [
                {
                    "entry": entry_to_json(item.entry),
                    "content": None if item.content is None else item.content.decode(),
                    "run": dict(item.run),
                }
                for item in self.notebooks
            ],
            "refused": None if refused is None else _told(refused),
        }
        return json.dumps(data).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return what ``to_bytes`` wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: it is no such thing.
        """
        data = json.loads(content)
        notebooks = tuple(
            GradedNotebook(
                entry_from_json(item["entry"]),
                None if item["content"] is None else item["content"].encode(),
                dict(item["run"]),
            )
            for item in data["notebooks"]
        )
        refused = data["refused"]
        if refused is None:
            return cls(str(data["student"]), notebooks)
        kind = EnvironmentFault if refused["machine"] else AlliancesError
        values = {name: Path(value) if is_path else value for name, value, is_path in refused["values"]}
        return cls(str(data["student"]), (), kind(str(refused["key"]), **values))


def _told(error: AlliancesError) -> dict[str, Any]:
    values = [
        (name, value if isinstance(value, int | float) else str(value), isinstance(value, Path))
        for name, value in error.values.items()
    ]
    return {"key": error.key, "values": values, "machine": isinstance(error, EnvironmentFault)}


class Worker:
    """Grades the copies of one assignment, one after the other, in one thread."""

    def __init__(self, kit: Kit, early: WarmParent | None = None) -> None:
        """Make ready; ``early`` is a warm parent that was started before the kit was known."""
        self.kit = kit
        self._runner = CopyRunner(kit, early)

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
