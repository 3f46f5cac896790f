"""What a learner should know about how their copy was read: put back, left out, cut, stopped.

The receipt beside the graded notebook says it, or the older record of the copy. Signs of tampering are for
the trainer and are not told here. A copy may bring files of these names: only known keys are taken from
them, and ids that the course knows; the words are the catalogue's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alliances_grader.receipts_graded import Receipt, read_receipt

__all__ = ["Remark", "remarks_on", "told_keys"]

_TOLD: Final = {
    "block_restored": "metadata",
    "cell_double": "double",
    "cell_missing": "missing",
    "cell_put_back": "put_back",
    "cell_recognised": "renamed",
    "cells_unreadable": "unreadable",
    "disagreement": "disagreement",
    "double_cell": "double",
    "id_swapped": "renamed",
    "id_unknown": "stranger",
    "kernel_restored": "kernel",
    "lock_restored": "locked",
    "locked_cell": "locked",
    "missing_cell": "put_back",
    "order_restored": "order",
    "output_cut": "cut",
    "points_restored": "metadata",
    "recovered": "recovered",
    "retyped_cell": "retyped",
    "run_ended": "not_reached",
    "stops_block": "metadata",
    "stops_double": "double",
    "stops_flags": "metadata",
    "stops_id": "stranger",
    "stops_points": "metadata",
    "stops_run": "not_reached",
    "stops_type": "retyped",
    "tags_ignored": "tags",
    "test_left_out": "tags",
    "test_tampered": "tags",
    "text_restored": "locked",
    "timestamp_unreadable": "undated",
    "type_restored": "retyped",
    "unknown_question": "unknown",
    "unsafe_answer": "unsafe",
    "warning_cost": "warning",
}
_ENDED: Final = {
    "cell_time": "time",
    "copy_time": "time",
    "cpu": "time",
    "disk": "size",
    "memory": "memory",
    "output": "size",
    "processes": "processes",
    "quit": "quit",
    "wall": "time",
}
_CRASH: Final = "crash"
# A remark on the whole copy; the ids that may come with it say nothing to a learner.
_WHOLE: Final = frozenset({"kernel", "order", "recovered", "stranger", "undated", "unknown", "unreadable"})


@dataclass(frozen=True)
class Remark:
    """One remark: ``feedback.told_<key>``, about a cell of the course or, with an empty id, the copy."""

    key: str
    cell: str = ""


def told_keys() -> frozenset[str]:
    """Return every key that a remark may have."""
    ended = {f"ended_{name}" for name in (*_ENDED.values(), _CRASH)}
    return frozenset({*_TOLD.values(), *ended})


def remarks_on(folder: Path, notebook: str, known: Collection[str]) -> tuple[Remark, ...]:
    """Return the remarks on one graded notebook, each once; none when stock nbgrader graded it.

    Args:
        folder: ``autograded/<student>/<assignment>``.
        notebook: its name without ``.ipynb``.
        known: ids of the course's cells; a remark on any other is passed over.
    """
    receipt = read_receipt(folder, notebook)
    found = _of_receipt(receipt) if receipt is not None else ()
    kept = (remark for remark in found if not remark.cell or remark.cell in known)
    return tuple(dict.fromkeys(kept))


def _of_receipt(receipt: Receipt) -> Iterator[Remark]:
    run: Any = receipt.run
    ended = run.get("ended") if isinstance(run, dict) else None
    if isinstance(ended, str) and ended:
        yield Remark(f"ended_{_ENDED.get(ended, _CRASH)}")
    for finding in receipt.findings:
        if isinstance(finding, dict):
            yield from _remark(finding.get("key"), finding.get("cell"))


def _remark(key: object, cell: object) -> Iterator[Remark]:
    name = _TOLD.get(key) if isinstance(key, str) else None
    if name is None:
        return
    if name in _WHOLE:
        yield Remark(name)
    elif isinstance(cell, str) and cell:
        yield Remark(name, cell)
