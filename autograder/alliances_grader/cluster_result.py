"""What a worker of a cluster says, read with distrust: bytes of JSON, bounded, about what was asked for."""

from __future__ import annotations

import json
from typing import Final, Literal

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import text
from alliances_grader.box import Reason
from alliances_grader.box_check import reason_text
from alliances_grader.cluster_worker import MAX_RESULT
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded

__all__ = ["read_look", "read_result"]

_MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
_MAX_LOOK: Final = 100_000
_MAX_REASON: Final = 500
_SYSTEMS: Final = {"darwin": "on_macos", "win32": "on_windows"}


def read_result(content: object, copy: Brought, notebooks: frozenset[str], worker: str) -> Graded:
    """Return what became of a copy; a result that cannot be believed is a refusal of that copy, by name.

    Args:
        content: what came, of whatever type.
        copy: what was sent.
        notebooks: names that the assignment has.
        worker: address, for the message.
    """
    if not isinstance(content, bytes) or len(content) > MAX_RESULT:
        return _refused(copy, worker)
    try:
        graded = Graded.from_bytes(content)
        verdicts = [item.entry.verdict for item in graded.notebooks]
        names = [verdict.notebook for verdict in verdicts]
        fits = (
            graded.student == copy.student
            and all(
                (verdict.student, verdict.assignment) == (copy.student, copy.assignment)
                for verdict in verdicts
            )
            and len(set(names)) == len(names)
            and (set(names) == notebooks if graded.refused is None else not names)
        )
        # A refusal whose words are in no catalogue would break the trainer's list of them.
        said = graded.refused is None or bool(str(graded.refused))
    except _MALFORMED:
        return _refused(copy, worker)
    return graded if fits and said else _refused(copy, worker)


def read_look(look: object, worker: str) -> Literal["ready", "gone"]:
    """Read what ``cluster_worker.settle`` said, or the error that came in its place.

    Returns:
        ``ready``, or ``gone`` when the worker was lost while it was asked.

    Raises:
        EnvironmentFault: no level of the sandbox holds on that worker; or the kit could not be read there.
    """
    if isinstance(look, OSError):
        return "gone"
    try:
        if not isinstance(look, bytes) or len(look) > _MAX_LOOK:
            raise TypeError(f"{type(look).__name__}: {look}"[:_MAX_REASON])
        told = json.loads(look)
        if "error" in told:
            raise ValueError(str(told["error"])[:_MAX_REASON])
        reasons = [Reason(str(key), dict(values), str(mend)) for key, values, mend in told["reasons"]]
        words = list(dict.fromkeys(_reason(item).removesuffix(".") for item in reasons))
        sandbox = told["sandbox"]
    except _MALFORMED as error:
        raise EnvironmentFault("cluster.worker_fault", worker=worker, reason=error) from error
    if sandbox == "none" and reasons:
        raise EnvironmentFault("cluster.no_sandbox", worker=worker, reason="; ".join(words))
    return "ready"


def _reason(reason: Reason) -> str:
    """Say why a level does not hold there; a system that has none is told its own ways."""
    if reason.key == "not_linux":
        return text(f"sandbox.{_SYSTEMS.get(str(reason.values.get('system')), 'on_other')}", **reason.values)
    return reason_text(reason)


def _refused(copy: Brought, worker: str) -> Graded:
    return Graded(copy.student, refused=AlliancesError("cluster.bad_result", worker=worker))
