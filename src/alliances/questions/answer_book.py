"""The answers of one person to one exercise, for the Python side: notebook, Voilà, JupyterLite.

Every answer is written at once and merged with what is on the disk, where a page or another kernel may have
written meanwhile. A disk that refuses is said, never raised: the answers stay in memory, and the next one
tries again with all of them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances.i18n import Language, current_language
from alliances.questions.answer_merge import changed, entries, merge_answers, same, taken_back
from alliances.questions.answers import (
    AnswerFile,
    Door,
    Replaced,
    read_or_set_aside,
    seed_for,
    write_answers,
)
from alliances.storage import one_at_a_time, write_fault

__all__ = ["DEFAULT_CODE", "AnswerBook"]

DEFAULT_CODE: Final = "moi"
"""Code of a person who was given none."""
_FILE: Final = "answers.json"


class AnswerBook:
    """Answers kept in ``<folder>/answers.json``.

    Opening never fails: ``fault`` says why the file could not be read or written, None when all is well.

    Attributes:
        path: the file.
        fault: the last refusal, with its message (``str(fault)``, ``fault.in_language("en")``).
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        exercise: str,
        door: Door = "code",
        learner: str = DEFAULT_CODE,
        lang: Language | None = None,
    ) -> None:
        self.path = Path(folder) / _FILE
        self.fault: AlliancesError | None = None
        seed = seed_for(learner, exercise)
        self._file = AnswerFile(learner, exercise, door, lang or current_language(), seed)
        # What this book and the disk last agreed on: what changed since then changed elsewhere.
        self._agreed = replace(self._file)
        self.refresh()

    @property
    def file(self) -> AnswerFile:
        """Everything, as it would be written."""
        return self._file

    @property
    def seed(self) -> int | str | None:
        """What figures are drawn from; it never changes once a file exists."""
        return self._file.seed

    @property
    def answers(self) -> dict[str, Any]:
        """The answers given, by question id."""
        return {name: answer for name, answer in self._file.answers.items() if answer is not None}

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """Answers that a newer one replaced without their author having seen it."""
        return self._file.replaced

    def get(self, question: str) -> Any:  # noqa: ANN401 - decoded JSON
        """Return the answer to a question as the disk and memory have it, None when there is none."""
        self.refresh()
        return self._file.answers.get(question)

    def put(self, question: str, answer: Any) -> AlliancesError | None:  # noqa: ANN401 - decoded JSON
        """Keep an answer (None erases it), write it at once, and return why that failed, or None.

        Raises:
            ValueError: ``answer`` is neither a dict of JSON values nor None.
        """
        if not (answer is None or isinstance(answer, dict)):
            raise ValueError(f"answer must be a dict or None (got {type(answer).__name__})")
        try:
            copy = json.loads(json.dumps(answer, allow_nan=False))
        except TypeError as error:
            raise ValueError(str(error)) from error
        with one_at_a_time(self.path.parent):
            # Read first: the number of this change must be greater than any that is there.
            fault = self.refresh()
            if same(self._file.answers.get(question), copy) and self._file == self._agreed:
                return fault
            self._file = changed(self._file, question, copy)
            return fault or self._write()

    def take_back(self, entry: Replaced) -> AlliancesError | None:
        """Give a replaced answer again; the one in force goes to ``replaced``. Returns as ``put`` does."""
        with one_at_a_time(self.path.parent):
            fault = self.refresh()
            self._file = taken_back(self._file, entry)
            return fault or self._write()

    def save(self) -> AlliancesError | None:
        """Write what memory holds, merged with the disk; return why that failed, or None."""
        with one_at_a_time(self.path.parent):
            return self.refresh() or self._write()

    def _write(self) -> AlliancesError | None:
        try:
            write_answers(self.path, self._file)
        except AlliancesError as error:
            self.fault = error
            return error
        self._agreed = self._file
        return None

    def refresh(self) -> AlliancesError | None:
        """Take in what another tab or program has written; return why that failed, or None."""
        self.fault = None
        try:
            found = self._read()
        except AlliancesError as error:
            self.fault = error
            return error
        if found is not None:
            base = {name: (entry,) for name, entry in entries(self._agreed).items()}
            merged = merge_answers(self._file, found, base)
            # The file that is there keeps its seed: its figures may have been answered.
            seed = merged.seed if found.seed is None else found.seed
            learner = found.learner if merged.learner == DEFAULT_CODE else merged.learner
            self._file = replace(merged, seed=seed, learner=learner)
            self._agreed = found
        return None

    def erase(self) -> None:
        """Forget every answer, here and on the disk: previous version and files set aside included.

        Raises:
            EnvironmentFault: the folder cannot be written.
        """
        try:
            for path in self.path.parent.glob(f"{_FILE}*"):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise write_fault(self.path, error) from error
        self._file = replace(self._file, answers={}, revisions={}, replaced=())
        self._agreed = self._file

    def _read(self) -> AnswerFile | None:
        """Return the file of this exercise on the disk, None when there is none that can be read.

        Raises:
            AlliancesError: the file there is another exercise's, newer, or out of reach.
        """
        found, _ = read_or_set_aside(self.path)
        if found is None:
            return None
        mine = self._file
        if (found.exercise, found.door) != (mine.exercise, mine.door):
            raise AlliancesError(
                "questions.answers_other",
                path=self.path,
                found=f"{found.exercise}_{found.door}",
                expected=f"{mine.exercise}_{mine.door}",
            )
        return found
