"""Late penalties of copies that are not graded again: what the late rule says of them today.

A trainer who changes the rule expects the next run to apply it; running learners' code again for that would
be waste, and raising what persons have settled a nuisance. Only the penalty is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.engine import Engine

from alliances_grader import gradebook_rows as rows
from alliances_grader.deadlines import LateMethod, late_penalty
from alliances_grader.gradebook_address import database_faults
from alliances_grader.verdicts import CopyVerdict

__all__ = ["penalise"]

_CHUNK: Final = 500
_SAME: Final = 1e-9


def penalise(
    engine: Engine, rule: LateMethod, verdicts: Iterable[CopyVerdict]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Ask the rule about late copies whose marks stand, and write what it says where that is new.

    Args:
        engine: of a gradebook that has these copies.
        rule: ``kit_load.late_rule``; asked with the score that stands, persons' marks included.
        verdicts: of one assignment; those that are not late are passed over.

    Returns:
        By learner and notebook the penalty (marks) before and now, where they differ.

    Raises:
        EnvironmentFault: the gradebook cannot be read or written; nothing was written.
    """
    late = {(v.student, v.notebook): v for v in verdicts if v.late_seconds > 0}
    if not late:
        return {}
    assignment = next(iter(late.values())).assignment
    students = sorted({student for student, _ in late})
    changed: dict[tuple[str, str], tuple[float, float]] = {}
    updates = []
    with database_faults(engine), engine.begin() as connection:
        for start in range(0, len(students), _CHUNK):
            chunk = students[start : start + _CHUNK]
            found = connection.execute(_penalties(assignment, chunk)).all()
            told = connection.execute(rows.notebook_scores([row.id for row in found]))
            scores = {str(name): float(score) for name, score in told}
            for row in found:
                verdict = late.get((row.student_id, row.name))
                if verdict is None:
                    continue
                asked = late_penalty(rule, verdict.student, scores.get(row.id, 0.0), verdict.late_seconds)
                before, now = float(row.late_submission_penalty or 0.0), asked or 0.0
                if abs(before - now) > _SAME:
                    changed[verdict.student, verdict.notebook] = (before, now)
                    updates.append({"submitted": row.id, "penalty": asked})
        if updates:
            connection.execute(rows.penalty_update(), updates)
    return changed


def _penalties(assignment: str, students: list[str]) -> rows.Query:
    return (
        select(
            rows.SUBMITTED.c.id,
            rows.SUBMISSION.c.student_id,
            rows.NOTEBOOK.c.name,
            rows.SUBMITTED.c.late_submission_penalty,
        )
        .join(rows.SUBMISSION, rows.SUBMISSION.c.id == rows.SUBMITTED.c.assignment_id)
        .join(rows.NOTEBOOK, rows.NOTEBOOK.c.id == rows.SUBMITTED.c.notebook_id)
        .join(rows.ASSIGNMENT, rows.ASSIGNMENT.c.id == rows.SUBMISSION.c.assignment_id)
        .where(and_(rows.ASSIGNMENT.c.name == assignment, rows.SUBMISSION.c.student_id.in_(students)))
    )
