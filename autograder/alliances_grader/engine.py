"""What runs a copy and writes its scores: today nbgrader's own autograde, called as a library."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any, Final, Protocol

from alliances.errors import AlliancesError
from alliances.storage import write_safely
from alliances_grader.nbgrader_api import NBGRADER, open_api

__all__ = ["ENGINES", "Engine", "NbgraderEngine", "open_engine"]

_ERROR: Final = re.compile(
    r"^[ \t]*(?:[\w.]+\.)?(\w+(?:Error|Exception|Entry|Interrupt)\b(?::.*)?)$", re.MULTILINE
)
_MAX_REASON: Final = 300


class Engine(Protocol):
    """Grades one copy from ``submitted/`` into ``autograded/`` and the gradebook."""

    name: str
    api: Any

    def grade(self, assignment: str, student: str) -> None:
        """Grade one copy, whether or not it was graded before.

        Raises:
            AlliancesError: this copy cannot be graded; the message says why and where the log is.
        """


class NbgraderEngine:
    """nbgrader 0.9's ``autograde``, score for score, with its gradebook."""

    name = NBGRADER

    def __init__(self, root: Path) -> None:
        self.root = root
        self.api = open_api(root)

    def grade(self, assignment: str, student: str) -> None:
        """Run autograde on one copy; its log is kept when it fails."""
        with warnings.catch_warnings():
            # SQLAlchemy's remarks on nbgrader's own code are for nbgrader's maintainers.
            warnings.simplefilter("ignore")
            result = self.api.autograde(assignment, student, force=True, create=True)
        log_file = self.root / "logs" / student / f"{assignment}.log"
        if result["success"]:
            log_file.unlink(missing_ok=True)
            return
        log = str(result.get("log") or "") + "\n" + str(result.get("error") or "")
        write_safely(log_file, log.encode("utf-8", "backslashreplace"))
        raise AlliancesError("grader.engine_failed", reason=_reason(log), log=log_file)


def _reason(log: str) -> str:
    # The last line of a traceback names the error; nbgrader then raises one of its own that says nothing.
    named = [line for line in _ERROR.findall(log) if not line.startswith("NbGraderException")]
    return (named[-1] if named else log.strip().split("\n")[-1])[:_MAX_REASON]


ENGINES: Final = {NBGRADER: NbgraderEngine}


def open_engine(name: str, root: Path) -> Engine:
    """Return the engine called ``name`` on the course at ``root``."""
    return ENGINES[name](root)
