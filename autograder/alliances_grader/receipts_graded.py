"""The receipt beside a graded copy: what was graded, by which rules, within which limits, with what result.

It is for people: a trainer who wonders about a mark, a learner who asks how it came about. No mark depends on
it; what is done already stands in the journal, and a run only compares the two to know whether the graded
notebook that stands there is the one that the journal means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError
from alliances.storage import write_safely
from alliances_grader.files import read_bounded
from alliances_grader.fingerprints import fingerprint
from alliances_grader.gradebook_entries import BookEntry, finding_to_json
from alliances_grader.verdicts import CopyRun

__all__ = ["RECEIPT_SUFFIX", "Receipt", "Terms", "read_receipt", "receipt_of", "used", "write_receipt"]

RECEIPT_SUFFIX: Final = ".receipt.json"
"""``<notebook>.receipt.json`` in ``autograded/<student>/<assignment>/``."""
_FORMAT: Final = "alliances-receipt"
_VERSION: Final = 1
_MAX: Final = 2_000_000


@dataclass(frozen=True)
class Terms:
    """By what a copy is graded: with other terms it has to be graded again.

    Attributes:
        mode: ``strict`` or ``nbgrader``.
        sandbox: named level of the sandbox, ``not_needed`` or ``none``.
        versions: of the programs that have a say in the result, by name.
        limits: of one copy, by name; seconds, bytes or counts, as ``box_limits`` names them.
    """

    mode: str
    sandbox: str
    versions: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the terms as JSON values."""
        return {
            "mode": self.mode,
            "sandbox": self.sandbox,
            "versions": dict(self.versions),
            "limits": dict(self.limits),
        }

    @property
    def digest(self) -> str:
        """A short name of these terms: equal terms, equal name."""
        content = json.dumps(self.to_json(), sort_keys=True).encode()
        return fingerprint(content).removeprefix("sha256:")[:16]


@dataclass(frozen=True)
class Receipt:
    """One grading of one notebook.

    Attributes:
        assignment: nbgrader's name of it.
        notebook: its name without ``.ipynb``.
        source: fingerprint of what went in: copy, course source, hidden tests.
        graded: fingerprint of the graded notebook as it was written.
        graded_at: UTC, ISO 8601.
        terms: mode, sandbox, versions and limits, as JSON values.
        run: seconds of processor and wall clock, peak memory in bytes, how it ended; empty when nothing ran.
            In an exercise declared pure, ``digest`` of the run; of a copy that took over what the same cells
            gave in another one, ``reused_from``: the digest of that run, and no seconds of its own.
        cells: per cell its id, kind, points, points by machine, whether a person has to look, where compared.
        findings: what a trainer should know.
    """

    assignment: str
    notebook: str
    source: str
    graded: str
    graded_at: str
    terms: Mapping[str, Any]
    run: Mapping[str, Any] = field(default_factory=dict)
    cells: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()


def used(run: CopyRun | None) -> dict[str, Any]:
    """Return how a run ended and what it took, as a receipt tells it; empty when nothing was run."""
    if run is None:
        return {}
    told = {
        "ended": run.ended,
        "cpu_seconds": round(run.cpu_seconds, 3),
        "wall_seconds": round(run.wall_seconds, 3),
        "peak_bytes": run.peak_bytes,
    }
    if run.digest:
        told["reused_from" if run.reused else "digest"] = run.digest
    return told


def receipt_of(
    entry: BookEntry,
    *,
    source: str,
    graded: bytes,
    terms: Terms,
    run: Mapping[str, Any] | None = None,
) -> Receipt:
    """Return the receipt of a verdict; ``graded`` is the notebook's bytes, ``run`` what ``used`` gave."""
    verdict = entry.verdict
    return Receipt(
        assignment=verdict.assignment,
        notebook=verdict.notebook,
        source=source,
        graded=fingerprint(graded),
        graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        terms=terms.to_json(),
        run=dict(run or {}),
        cells=tuple(
            {
                "id": cell.grade_id,
                "kind": cell.kind,
                "max": cell.max_score,
                "auto": cell.auto_score,
                "to_mark": cell.needs_manual,
                "judged": cell.judged,
            }
            for cell in verdict.cells
        ),
        findings=tuple(finding_to_json(finding) for finding in verdict.findings),
    )


def write_receipt(folder: Path, receipt: Receipt) -> Path:
    """Write a receipt into a graded copy's folder, whole or not at all, and return its path.

    It is not waited for until the disk has it: after a power cut a receipt may be missing, a mark may not,
    and one wait a copy would cost more than the rest of the writing.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    path = folder / (receipt.notebook + RECEIPT_SUFFIX)
    data = {"format": _FORMAT, "version": _VERSION, **vars(receipt)}
    # A line a field: what json writes with indents takes five times as long.
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in data.items())
    content = f"{{\n{lines}\n}}\n".encode("ascii")
    write_safely(path, content, wait=False)
    return path


def read_receipt(folder: Path, notebook: str) -> Receipt | None:
    """Return the receipt of a graded notebook; ``None`` when there is none that can be read."""
    try:
        data = json.loads(read_bounded(folder / (notebook + RECEIPT_SUFFIX), _MAX))
        if data.pop("format") != _FORMAT or data.pop("version") != _VERSION:
            return None
        cells, findings = tuple(data.pop("cells")), tuple(data.pop("findings"))
        return Receipt(**data, cells=cells, findings=findings)
    except (AlliancesError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
