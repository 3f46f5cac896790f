"""Fifth step: what is kept of a graded copy: its notebook made inert, its entry for the gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alliances.errors import AlliancesError
from alliances_grader.active_content import active_content
from alliances_grader.cells import by_id
from alliances_grader.duplicates import written_answers
from alliances_grader.files import compact_bytes, parse_without_outputs
from alliances_grader.findings import needs_attention
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.inert import make_inert
from alliances_grader.inert_text import visible
from alliances_grader.merge import written_answer
from alliances_grader.open_answers import open_answers
from alliances_grader.verdicts import CopyVerdict, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alliances_grader.cells import Cell, Notebook
    from alliances_grader.pipeline import Work

__all__ = ["record"]


def record(work: Work) -> None:
    """Make the graded notebook and the entry; late seconds and penalty are the gradebook's to say."""
    if work.restored is not None:
        work.findings += active_content(work.restored, work.notebook.release)
    verdict = CopyVerdict(
        student=work.copy.student,
        assignment=work.kit.assignment,
        notebook=work.notebook.name,
        timestamp=work.timestamp,
        late_seconds=0.0,
        penalty=0.0,
        cells=work.cells,
        findings=tuple(_once(work.findings)),
        mode=work.kit.mode,
    )
    if work.restored is None:
        work.entry = BookEntry(verdict, missing=True)
        return
    changed, unchanged = _compared(work)
    flagged = any(map(needs_attention, verdict.findings))
    answers = written_answers(work.restored, work.kit, work.notebook)
    work.entry = BookEntry(verdict, flagged, changed, unchanged, answers=answers)
    work.graded = compact_bytes(make_inert(work.restored, work.notebook.release))


def _once(findings: Iterable[Finding]) -> Iterable[Finding]:
    seen: list[Finding] = []
    for finding in findings:
        if finding not in seen:
            seen.append(finding)
            yield finding


def _compared(work: Work) -> tuple[frozenset[str], frozenset[str]]:
    """Return the cells marked by a person whose text is new since the last grading, and the others.

    In ``nbgrader`` mode its own habit holds for answers that carry points: each regrade asks again.
    """
    before, now = _previous(work), by_id(work.restored)
    release = by_id(work.notebook.release)
    told: dict[str, bool] = {}
    if work.kit.mode == "strict":
        for name, own in work.notebook.source.cells.items():
            if own.grade and own.solution and name in now and name in release:
                told[name] = _text(now, release, name) != _text(before, release, name)
    if work.kit.ours:
        for answer in open_answers(work.restored, work.notebook.release):
            new = _text(now, release, answer.question) != _text(before, release, answer.question)
            told |= dict.fromkeys(answer.criteria, new)
    return (
        frozenset(name for name, is_new in told.items() if is_new),
        frozenset(name for name, is_new in told.items() if not is_new),
    )


def _previous(work: Work) -> Mapping[str, Cell]:
    content = work.copy.previous.get(work.notebook.name)
    if content is None:
        return {}
    try:
        found: Notebook = parse_without_outputs(content, Path(work.notebook.name))
    except AlliancesError:
        return {}
    return by_id(found)


def _text(cells: Mapping[str, Cell], release: Mapping[str, Cell], name: str) -> str | None:
    cell = cells.get(name)
    if cell is None:
        return None
    # A graded notebook holds answers as they may be shown; both sides are compared so.
    return visible(cell["source"] if cell["cell_type"] == "code" else written_answer(cell, release[name]))
