"""A learner's answers on this machine: merged at each change, handed in as they are, never lost."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alliances.desk.learners import assignment_name, check_learner
from alliances.desk.receipts import RECEIPT, Receipt
from alliances.errors import AlliancesError, EnvironmentFault
from alliances.questions.answer_merge import Base, Entry, answered_count, is_answered, merge_answers
from alliances.questions.answers import (
    AnswerFile,
    answers_from_dict,
    answers_to_bytes,
    read_answers,
    read_or_set_aside,
    seed_for,
    write_answers,
)
from alliances.questions.strict_json import load_json
from alliances.storage import one_at_a_time, write_fault, write_safely

__all__ = ["MAX_BYTES", "AnswerStore"]

MAX_BYTES: Final = 1_000_000
_FILE = "answers.json"
# The form that nbgrader reads: UTC.
_TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
_MOST_STATES: Final = 20  # of one question that a page says it had before


@dataclass(frozen=True)
class AnswerStore:
    """The answers and hand-ins of one learner below the folder ``work``."""

    work: Path
    learner: str

    def __post_init__(self) -> None:
        """Refuse a code that cannot be a folder's name."""
        check_learner(self.learner)

    def folder(self, exercise: str, door: str) -> Path:
        """Return where the answers to an exercise by one door are kept."""
        return self.work / self.learner / assignment_name(exercise, door)

    def drop(self, exercise: str, door: str) -> Path:
        """Return where a copy handed in is put, for the trainer to collect."""
        return self.work / "handin" / self.learner / assignment_name(exercise, door)

    def load(self, exercise: str, door: str, language: str = "fr") -> dict[str, Any]:
        """Return the answers file as a dict: without answers but with its seed when nothing was ever saved.

        A damaged file gives its previous version, and says so by ``"recovered": true``; without one it is set
        aside, under the name in ``"set_aside"``.

        Raises:
            AlliancesError: the file is too big or of a newer version.
            EnvironmentFault: it cannot be read.
        """
        seed = seed_for(self.learner, exercise)
        file, aside = read_or_set_aside(self.folder(exercise, door) / _FILE)
        if file is None:
            empty = AnswerFile(self.learner, exercise, door, language, seed).to_dict()
            return {**empty, "set_aside": aside.name} if aside else empty
        seeded = file if file.seed is not None else replace(file, seed=seed)
        return {**seeded.to_dict(), "recovered": True} if file.recovered else seeded.to_dict()

    def save(self, exercise: str, door: str, body: bytes) -> dict[str, Any]:
        """Merge the answers in ``body`` into what is saved, and return the file that comes of it.

        ``body`` is the JSON of an answers file, of all questions or of some; its own field ``base`` may hold,
        by question id, earlier states ``{"answer", "revision"}`` that its answers were written over.
        Learner, exercise and door are this store's, whatever the body says; the seed is the first one saved.

        Raises:
            AlliancesError: the body is too large or is no answers file; what was saved before is untouched.
            EnvironmentFault: read-only folder or full disk; what was saved before is untouched.
        """
        path = self.folder(exercise, door) / _FILE
        if len(body) > MAX_BYTES:
            raise AlliancesError("desk.answers_too_large", limit=MAX_BYTES // 1000)
        try:
            sent = load_json(body)
        except ValueError as error:
            raise AlliancesError("desk.answers_unreadable") from error
        if not isinstance(sent, dict):
            raise AlliancesError("desk.answers_unreadable")
        base = _base(sent.pop("base", None))
        owned = {**sent, "learner": self.learner, "exercise": exercise, "door": door}
        file = answers_from_dict(owned, _FILE)
        # A kernel may be writing the same file: between reading and writing back nobody else does.
        with one_at_a_time(path.parent):
            return self._merged_in(path, file, base, exercise).to_dict()

    def _merged_in(self, path: Path, file: AnswerFile, base: Base, exercise: str) -> AnswerFile:
        """Merge a file into the one on the disk, write it if that changes anything, and return it."""
        held, _ = read_or_set_aside(path)
        merged = file if held is None else merge_answers(file, held, base)
        first = held.seed if held is not None else file.seed
        seed = first if first is not None else seed_for(self.learner, exercise)
        merged = replace(merged, learner=self.learner, seed=seed, intact=True, recovered=False)
        if len(answers_to_bytes(merged)) > MAX_BYTES:
            raise AlliancesError("desk.answers_too_large", limit=MAX_BYTES // 1000)
        if held is None or held.recovered or not held.intact or merged != held:
            write_answers(path, merged)
        return merged

    def erase(self, exercise: str, door: str) -> None:
        """Erase the saved answers, replaced ones and previous version included; what was handed in stays.

        Raises:
            EnvironmentFault: the folder cannot be written.
        """
        folder = self.folder(exercise, door)
        try:
            for path in folder.glob(f"{_FILE}*"):
                path.unlink()
        except OSError as error:
            raise write_fault(folder, error) from error

    def hand_in(self, exercise: str, door: str, questions: Sequence[str] | None = None) -> Receipt:
        """Put a copy into the drop, with its receipt; an earlier one moves to ``.previous`` beside it.

        The code door hands in the notebook as saved; both doors hand in ``answers.json`` if there is one.

        Args:
            exercise: slug.
            door: ``form`` or ``code``.
            questions: ids of the exercise's questions where the caller knows them, to count the answers.

        Raises:
            AlliancesError: there is nothing to hand in, or the answers cannot be read.
            EnvironmentFault: the drop cannot be written; the earlier copy is untouched.
        """
        source, target = self.folder(exercise, door), self.drop(exercise, door)
        name = assignment_name(exercise, door)
        files = _contents(source, (_FILE, f"{name}.ipynb"))
        if not files or (door == "form" and _FILE not in files):
            raise AlliancesError("desk.nothing_to_hand_in", name=name)
        counts = _counts(source / _FILE if _FILE in files else None, questions)
        receipt = Receipt.of(files, exercise=exercise, door=door, learner=self.learner, **counts)
        now = datetime.now(UTC)
        stamp = now.strftime(_TIMESTAMP).encode()
        fresh = target.parent / f".{target.name}-arriving"
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            for file, content in {**files, RECEIPT: receipt.to_bytes(), "timestamp.txt": stamp}.items():
                # Waited for: what a receipt was given for outlives a power cut.
                write_safely(fresh / file, content)
            _put_in_place(fresh, target, target.parent / ".previous" / f"{name}-{now:%Y%m%dT%H%M%S%f}")
        except OSError as error:
            raise write_fault(target, error) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return receipt


def _put_in_place(fresh: Path, target: Path, older: Path) -> None:
    """Move a copy into the drop, and the one that is there to ``older``; back again if the first fails."""
    replaced = target.exists()
    if replaced:
        older.parent.mkdir(exist_ok=True)
        target.rename(older)
    try:
        fresh.rename(target)
    except OSError:
        if replaced:
            older.rename(target)
        raise


def _base(value: object) -> Base:
    """Read what a page says its answers were written over; anything of another form says nothing."""
    if not isinstance(value, dict):
        return {}
    return {name: _states(states) for name, states in value.items() if isinstance(states, list)}


def _states(states: list[Any]) -> tuple[Entry, ...]:
    return tuple(
        Entry(state.get("answer"), state["revision"])
        for state in states[:_MOST_STATES]
        if isinstance(state, dict) and type(state.get("revision")) is int
    )


def _contents(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Return the files of a copy; a damaged answers file gives its previous version."""
    found: dict[str, bytes] = {}
    for path in (folder / name for name in names):
        if not path.is_file():
            continue
        if path.name == _FILE:
            found[path.name] = answers_to_bytes(read_answers(path))
            continue
        try:
            found[path.name] = path.read_bytes()
        except OSError as error:
            raise EnvironmentFault(
                "questions.cannot_read", path=path, reason=error.strerror or error
            ) from error
    return found


def _counts(path: Path | None, questions: Sequence[str] | None) -> Mapping[str, int | None]:
    if path is None:
        return {"answered": None, "total": None}
    file = read_answers(path)
    if questions is None:
        return {"answered": answered_count(file), "total": None}
    asked = dict.fromkeys(questions)
    return {"answered": sum(is_answered(file.answers.get(name)) for name in asked), "total": len(asked)}
