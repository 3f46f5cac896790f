"""Programs that name chance or the clock, in exercises whose author never does: their marks may not stay.

Nothing is run and nothing is concluded: the names are read, and the trainer is told which option runs such a
copy twice (``step_repeat``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from alliances_grader.reuse_alike import names_in
from alliances_grader.verdicts import Finding

if TYPE_CHECKING:
    from alliances_grader.shell_inputs import CellSource

__all__ = ["is_steady", "named_by"]

_CHANCE: Final = frozenset(
    """
    SystemRandom getpid monotonic now perf_counter process_time random secrets time_ns today token_bytes
    token_hex urandom utcnow uuid1 uuid4
    """.split()  # noqa: SIM905 - a list of words reads better so
)
_SEED: Final = frozenset({"seed", "default_rng", "RandomState"})
"""Who sets the start of what is drawn draws the same each time."""


def is_steady(programs: Iterable[str]) -> bool:
    """Say whether an author's programs, tests and answers included, name neither chance nor the clock."""
    return not any(_words(program) & _CHANCE for program in programs)


def named_by(cells: Iterable[CellSource]) -> Iterator[Finding]:
    """Yield a finding for each answer that names chance or the clock, in a copy that sets no seed.

    Cells of the learner's own, which nobody marks, may draw what they like.
    """
    theirs = [(cell, names_in(cell.source) or frozenset()) for cell in cells if not cell.guarded]
    if any(names & _SEED for _, names in theirs):
        return
    for cell, names in theirs:
        found = sorted(names & _CHANCE) if cell.grade_id else []
        if found:
            yield Finding("chance_or_clock", cell.grade_id, {"names": ", ".join(found[:5])})


def _words(program: str) -> frozenset[str]:
    """Return the names of a notebook's program, line by line where a magic keeps it from being read whole."""
    whole = names_in(program)
    if whole is not None:
        return whole
    lines = (names_in(line.strip()) for line in program.splitlines())
    return frozenset(name for names in lines if names is not None for name in names)
