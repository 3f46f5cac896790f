"""A learner's answers on this machine: saved at each change, handed in as they are, never lost."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alliances.desk.learners import assignment_name, check_learner
from alliances.errors import AlliancesError
from alliances.questions.answers import AnswerFile, answers_from_dict, read_answers, write_answers
from alliances.storage import write_fault

__all__ = ["MAX_BYTES", "AnswerStore", "Receipt"]

MAX_BYTES: Final = 1_000_000
_FILE = "answers.json"
# The form that nbgrader reads: UTC.
_TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f UTC"


@dataclass(frozen=True)
class Receipt:
    """What the learner keeps of a copy handed in: UTC time (ISO 8601) and a short number of its content."""

    time: str
    number: str


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

    def load(self, exercise: str, door: str) -> dict[str, Any]:
        """Return the answers file as a dict, ``{}`` when nothing was ever saved.

        A damaged file gives its previous version, and says so by ``"recovered": true``.

        Raises:
            AlliancesError: the file cannot be read and no previous version can.
        """
        path = self.folder(exercise, door) / _FILE
        if not path.exists():
            return {}
        file = read_answers(path)
        return {**file.to_dict(), "recovered": True} if file.recovered else file.to_dict()

    def save(self, exercise: str, door: str, body: bytes) -> dict[str, Any]:
        """Save the answers in ``body`` (JSON of an answers file) and return what was saved.

        Learner, exercise and door are this store's, whatever the body says.

        Raises:
            AlliancesError: the body is too large or is no answers file; what was saved before is untouched.
            EnvironmentFault: read-only folder or full disk; what was saved before is untouched.
        """
        path = self.folder(exercise, door) / _FILE
        if len(body) > MAX_BYTES:
            raise AlliancesError("desk.answers_too_large", limit=MAX_BYTES // 1000)
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise AlliancesError("desk.answers_unreadable") from error
        if not isinstance(sent, dict):
            raise AlliancesError("desk.answers_unreadable")
        owned = {**sent, "learner": self.learner, "exercise": exercise, "door": door}
        file = replace(answers_from_dict(owned, _FILE), intact=True)
        write_answers(path, file)
        return file.to_dict()

    def erase(self, exercise: str, door: str) -> None:
        """Erase the saved answers and their previous version; what was handed in stays.

        Raises:
            EnvironmentFault: the folder cannot be written.
        """
        folder = self.folder(exercise, door)
        try:
            for path in folder.glob(f"{_FILE}*"):
                path.unlink()
        except OSError as error:
            raise write_fault(folder, error) from error

    def hand_in(self, exercise: str, door: str) -> Receipt:
        """Put a copy into the drop; an earlier one moves to ``.previous`` beside it.

        The code door hands in the notebook as saved; both doors hand in ``answers.json`` if there is one.

        Raises:
            AlliancesError: there is nothing to hand in, or the answers cannot be read.
            EnvironmentFault: the drop cannot be written; the earlier copy is untouched.
        """
        source, target = self.folder(exercise, door), self.drop(exercise, door)
        name = assignment_name(exercise, door)
        files = [path for path in (source / _FILE, source / f"{name}.ipynb") if path.is_file()]
        if not files or (door == "form" and files[0].name != _FILE):
            raise AlliancesError("desk.nothing_to_hand_in", name=name)
        now = datetime.now(UTC)
        fresh = target.parent / f".{target.name}-arriving"
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            digest = self._copy(files, fresh)
            (fresh / "timestamp.txt").write_text(now.strftime(_TIMESTAMP), encoding="utf-8")
            if target.exists():
                older = target.parent / ".previous" / f"{name}-{now:%Y%m%dT%H%M%S%f}"
                older.parent.mkdir(exist_ok=True)
                target.rename(older)
            fresh.rename(target)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise write_fault(target, error) from error
        return Receipt(now.isoformat(timespec="seconds"), digest[:8].upper())

    @staticmethod
    def _copy(files: list[Path], folder: Path) -> str:
        """Copy ``files`` and return their hash; a damaged answers file gives its previous version."""
        digest = hashlib.sha256()
        for path in files:
            if path.name == _FILE:
                answers: AnswerFile = read_answers(path)
                write_answers(folder / _FILE, answers)
            else:
                shutil.copyfile(path, folder / path.name)
            digest.update((folder / path.name).read_bytes())
        return digest.hexdigest()
