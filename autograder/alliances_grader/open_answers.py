"""After scoring, the gradebook says exactly what a person still has to mark.

nbgrader asks for a mark on every changed open answer, even one worth no point, and on every criterion, even
of an answer left blank. And it does not ask again when the text behind a marked criterion has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alliances.i18n import Language, text
from alliances_grader.cells import Notebook, by_id, criteria_of, is_open_answer
from alliances_grader.merge import written_answer

__all__ = ["OpenAnswer", "open_answers", "settle"]


@dataclass(frozen=True)
class OpenAnswer:
    """One open question of one copy: its text, empty when left blank, and its criteria's cell ids."""

    question: str
    written: str
    criteria: tuple[str, ...]


def open_answers(notebook: Notebook, release: Notebook) -> list[OpenAnswer]:
    """Return the open questions of a merged notebook, in the release's order."""
    cells = by_id(notebook)
    found = []
    for name, source in by_id(release).items():
        if is_open_answer(source):
            written = written_answer(cells[name], source) if name in cells else ""
            found.append(OpenAnswer(name, written, tuple(criteria_of(release, name))))
    return found


def settle(submission: Any, answers: list[OpenAnswer], changed: set[str], language: Language) -> None:  # noqa: ANN401
    """Set marks to give on one ``SubmittedNotebook``; the caller commits.

    Args:
        submission: nbgrader's row, with its ``grades`` and ``comments``.
        answers: what ``open_answers`` found in the merged notebook.
        changed: ids of questions whose text differs from the one graded before.
        language: of the comment on a blank answer.
    """
    grades = {grade.name: grade for grade in submission.grades}
    comments = {comment.name: comment for comment in submission.comments}
    for answer in answers:
        own = grades.get(answer.question)
        if own is not None and not own.max_score:
            own.auto_score, own.needs_manual_grade = 0.0, False
        for criterion in answer.criteria:
            grade = grades.get(criterion)
            if grade is None:
                continue
            blank = not answer.written
            grade.auto_score = 0.0 if blank else None
            marked = grade.manual_score is not None
            grade.needs_manual_grade = answer.question in changed if marked else not blank
            if criterion in comments:
                comments[criterion].auto_comment = text("grader.no_answer", language) if blank else None
