"""First step: the files of a copy become a notebook and answers, bounded and checked, nothing of them run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.errors import AlliancesError
from alliances.questions.answers import AnswerFile, parse_answers
from alliances_grader.copies import ANSWERS, TIMESTAMP
from alliances_grader.deadlines import parse_timestamp
from alliances_grader.files import parse_copy
from alliances_grader.findings import as_findings
from alliances_grader.flags import Flag
from alliances_grader.inert_text import visible
from alliances_grader.merge import merge_form

if TYPE_CHECKING:
    from alliances_grader.pipeline import Work

__all__ = ["MAX_ANSWERS", "answer_flags", "read"]

MAX_ANSWERS: Final = 1_000_000
"""Bytes of the largest ``answers.json`` that is read."""


def read(work: Work) -> None:
    """Read the notebook, the answers and the time of a copy.

    Raises:
        AlliancesError: they cannot be read, or belong to another exercise.
    """
    kit, copy = work.kit, work.copy
    place = Path(copy.student, copy.assignment)
    stamp = copy.files.get(TIMESTAMP, b"")
    work.timestamp, noticed = parse_timestamp(stamp.decode("utf-8", "replace"))
    work.findings += noticed
    if kit.ours:
        _read_answers(work, place)
    if kit.door == "form":
        merged = merge_form(work.notebook.release, work.answers)
        work.brought = merged.notebook
        work.findings += as_findings(merged.flags)
        return
    name = f"{work.notebook.name}.ipynb"
    if name in copy.files:
        work.brought, noticed = parse_copy(copy.files[name], place / name, kit.mode)
        work.findings += noticed


def _read_answers(work: Work, place: Path) -> None:
    content = work.copy.files.get(ANSWERS)
    if content is None:
        if work.kit.door == "form":
            raise AlliancesError("grader.no_answers", path=place / ANSWERS)
        return
    if len(content) > MAX_ANSWERS:
        raise AlliancesError("grader.too_large", path=place / ANSWERS, limit=MAX_ANSWERS // 1000)
    file = parse_answers(content, place / ANSWERS, strict=False)
    flags = answer_flags(file, work.copy.student, work.kit.slug, work.kit.door, place / ANSWERS)
    work.answers = file.answers
    work.findings += as_findings(flags)


def answer_flags(file: AnswerFile, student: str, slug: str, door: str, path: Path) -> list[Flag]:
    """Return what is odd about an answers file that a learner handed in.

    Raises:
        AlliancesError: it answers another exercise, or by the other door.
    """
    if (file.exercise, file.door) != (slug, door):
        found = visible(f"{file.exercise}_{file.door}", 80)
        raise AlliancesError("grader.other_assignment", path=path, found=found, expected=f"{slug}_{door}")
    flags = []
    if file.learner != student:
        flags.append(Flag("learner_differs", {"found": visible(file.learner, 70)}))
    if not file.intact:
        flags.append(Flag("hash_mismatch"))
    if file.recovered:
        flags.append(Flag("recovered"))
    return flags
