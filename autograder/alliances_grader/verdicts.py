"""What the steps of grading hand to each other: small frozen values, nothing of Jupyter or nbgrader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

__all__ = ["CellRun", "CellVerdict", "CopyRun", "CopyVerdict", "Finding", "Mode", "Status"]

Mode = Literal["strict", "nbgrader"]
Status = Literal["ok", "error", "timeout", "killed", "skipped", "not_run"]


@dataclass(frozen=True)
class Finding:
    """Something a trainer should know: a text of ``grading_findings``, the cell it is about, its values."""

    key: str
    cell: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class CellRun:
    """What running one code cell gave.

    Attributes:
        index: place among the notebook's cells, from 0.
        grade_id: nbgrader's id of the cell, empty when it has none.
        status: how it ended; ``skipped`` was left out on purpose, ``not_run`` came after the end of the run.
        outputs: nbformat 4 outputs, in order, bounded.
        execution_count: as a kernel would number it.
    """

    index: int
    grade_id: str
    status: Status
    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None


@dataclass(frozen=True)
class CopyRun:
    """What running one copy gave.

    ``ended`` is empty, or names the limit or crash that ended it early; ``apart`` says whether tests that
    were cut in two were compared outside the learner's process, as asked. ``digest`` names a run that other
    copies of the same content may share, and ``reused`` says that this copy does so; see ``reuse``.
    """

    cells: tuple[CellRun, ...]
    ended: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_bytes: int = 0
    findings: tuple[Finding, ...] = ()
    apart: bool = True
    digest: str = ""
    reused: bool = False


@dataclass(frozen=True)
class CellVerdict:
    """What one cell earns.

    Attributes:
        grade_id: nbgrader's id.
        kind: ``grade`` (tests or a manual answer), ``solution`` (comment only) or ``task``.
        max_score: points of the cell in the source.
        auto_score: points given by machine, None where a person gives them.
        needs_manual: a person has to look.
        comment: nbgrader's automatic comment, None for none.
        judged: where the values were compared: with the learner's code, apart from it, or nowhere.
    """

    grade_id: str
    kind: Literal["grade", "solution", "task"]
    max_score: float
    auto_score: float | None
    needs_manual: bool
    comment: str | None = None
    judged: Literal["same_process", "two_process", "none"] = "none"


@dataclass(frozen=True)
class CopyVerdict:
    """What one copy earns; times are UTC without zone, as nbgrader keeps them."""

    student: str
    assignment: str
    notebook: str
    timestamp: datetime | None
    late_seconds: float
    penalty: float
    cells: tuple[CellVerdict, ...]
    findings: tuple[Finding, ...] = ()
    mode: Mode = "strict"
