"""Second step: the copy put back on the course's notebook, then its answers into the cells that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances_grader.findings import as_findings
from alliances_grader.merge import fill
from alliances_grader.restore import restore

if TYPE_CHECKING:
    from alliances_grader.pipeline import Work

__all__ = ["repair"]


def repair(work: Work) -> None:
    """Restore the notebook; a notebook that was not handed in stays away (S20)."""
    if work.brought is None:
        return
    restored = restore(work.brought, work.notebook.source, work.kit.mode)
    work.restored = restored.notebook
    work.findings += restored.findings
    if work.kit.door != "form" and work.answers:
        work.findings += as_findings(fill(work.restored, work.notebook.release, work.answers))
