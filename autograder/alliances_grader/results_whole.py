"""The notebooks of each copy put together: what an assignment is worth to a learner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alliances_grader.results import CopyResult

__all__ = ["whole_copies"]


def whole_copies(notebooks: Iterable[CopyResult]) -> dict[str, CopyResult]:
    """Return one result a learner: points, maxima and penalties of the copy's notebooks added up.

    nbgrader takes a penalty off each notebook, never below zero, and so does the sum.
    """
    found: dict[str, CopyResult] = {}
    for item in notebooks:
        before = found.get(item.student)
        if before is None:
            found[item.student] = replace(item, notebook="")
            continue
        found[item.student] = replace(
            before,
            cells=(*before.cells, *item.cells),
            comments={**before.comments, **item.comments},
            points=before.points + item.points,
            max_points=before.max_points + item.max_points,
            late_penalty=before.late_penalty + item.late_penalty,
        )
    return found
