"""One run for copies whose executed content is the same, in exercises that their author declared pure.

Most of a class's untouched copies, and many of those that hold the expected program, come to the same cells
once they are put back on the course's notebook: the same text, or the same program with other comments and
layout (``reuse_alike``). What running them gave is then kept, in this worker and for this command only, and
given to the next one; everything else of a copy (answers for a person, lateness, comments, what was repaired)
is its own and is worked out for each.
"""

from __future__ import annotations

import json
import platform
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from alliances_grader.fingerprints import fingerprint
from alliances_grader.plain_copy import copied
from alliances_grader.reuse_alike import counts_shown, names_in, programs_of
from alliances_grader.verdicts import CellRun, CopyRun

if TYPE_CHECKING:
    from alliances_grader.kit import Kit, NotebookKit
    from alliances_grader.shell_inputs import CellSource

__all__ = ["Memory", "Reusing", "is_dependable", "same_each_time"]

_MOST_RUNS: Final = 500
_MOST_BYTES: Final = 32_000_000
"""Of kept outputs, as JSON: a class of copies that all differ must not fill a worker's memory."""
_NEAR: Final = 0.5
"""Share of a limit beyond which a run is not kept: on a busier moment it might have been stopped."""
_ORDINARY: Final = frozenset({"ok", "error", "skipped"})

_OUTSIDE: Final = frozenset(
    """
    SystemRandom __import__ asyncio clock_gettime ctypes datetime default_rng eval exec gc getpid id importlib
    inspect multiprocessing now open os pathlib perf_counter platform process_time psutil resource secrets
    seed socket subprocess sys tempfile thread_time threading time today token_bytes token_hex urandom utcnow
    uuid uuid1 uuid4
    """.split()  # noqa: SIM905 - a list of words reads better so
)
"""Names by which a program reaches the clock, chance of its own, or the state of the machine."""


Places = tuple[int, ...]
"""Of code cells in a copy, from 0."""


class _Runner(Protocol):
    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells of one copy."""


@dataclass
class Memory:
    """Runs of one kit that may be used again. It may be shared by the threads of a process.

    It begins empty with each command and never leaves its process: nothing has to be proved about a run that
    another program, on another day, may have made.
    """

    rules: bytes
    _shapes: dict[str, set[Places]] = field(default_factory=dict)
    _runs: OrderedDict[str, tuple[CopyRun, int]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, kit: Kit) -> Memory:
        """Return an empty memory for the runs of a kit, by this version of the grader."""
        versions = f"{metadata.version('faire-alliance')} {platform.python_version()}"
        # The kit holds mode, level of the sandbox, limits, the course's files and its tests.
        return cls(fingerprint(kit.to_bytes(), versions.encode()).encode())

    def find(self, program: str, texts: Sequence[str]) -> CopyRun | None:
        """Return the run that a copy may take over, its outputs the caller's to change; None for nothing.

        Args:
            program: digest of all that the copy gives to run, comments and layout aside.
            texts: of its code cells.
        """
        with self._lock:
            for places in self._shapes.get(program, ()):
                key = _with_texts(program, places, texts)
                if key in self._runs:
                    self._runs.move_to_end(key)
                    return _apart(self._runs[key][0])
        return None

    def keep(self, program: str, texts: Sequence[str], places: Places, run: CopyRun) -> CopyRun:
        """Keep a run and return it with its digest; those unused for longest give way.

        ``places`` are those of the cells of which it shows lines: who takes it over has the same text there.
        """
        shown, key = _shown(run), _with_texts(program, places, texts)
        run = replace(run, digest=fingerprint(key.encode(), shown))
        if len(shown) > _MOST_BYTES // 4:
            return run
        with self._lock:
            if key in self._runs:
                return run
            self._shapes.setdefault(program, set()).add(places)
            self._runs[key] = (_apart(run), len(shown))
            self._bytes += len(shown)
            while len(self._runs) > _MOST_RUNS or self._bytes > _MOST_BYTES:
                _, (_, gone) = self._runs.popitem(last=False)
                self._bytes -= gone
        return run


@dataclass(frozen=True)
class Reusing:
    """A runner that runs the same content once.

    Its random generators start from a seed of the content, not of the learner: what is drawn without a seed
    of the program's own is the same for equal copies, whether they were run or not.
    """

    runner: _Runner
    kit: Kit

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells, or return what the same cells gave; ``seed`` counts where a copy runs for itself.

        Raises:
            AlliancesError, EnvironmentFault: as the runner.
        """
        if not same_each_time(cell.source for cell in cells if not cell.guarded):
            return self.runner.run(notebook, cells, files, seed)
        memory = self.kit.runs
        texts = [cell.source for cell in cells]
        program = _key(memory.rules, notebook.name, cells, programs_of(texts) or ["text", *texts], files)
        known = memory.find(program, texts)
        if known is not None:
            return replace(known, reused=True, cpu_seconds=0.0, wall_seconds=0.0, peak_bytes=0)
        # Of the program, not of its text: what is drawn is then the same with other comments.
        run = self.runner.run(notebook, cells, files, int(program[-8:], 16))
        if not is_dependable(run, self.kit):
            return run
        return memory.keep(program, texts, _shown_places(cells, run), run)


def is_dependable(run: CopyRun, kit: Kit) -> bool:
    """Say whether a run went as runs should: to its end, far from every limit, with nothing to report."""
    limits = kit.box_limits
    return (
        not run.ended
        and not run.findings
        and run.apart
        and all(cell.status in _ORDINARY for cell in run.cells)
        and run.cpu_seconds <= _NEAR * limits.cpu_seconds
        and run.wall_seconds <= _NEAR * min(limits.wall_seconds, kit.run_limits.cell_seconds)
        and run.peak_bytes <= _NEAR * limits.memory_bytes
    )


def same_each_time(sources: Iterable[str]) -> bool:
    """Say whether nothing in a learner's cells looks at the clock, at chance, or at the machine.

    The author's promise is about the exercise; what learners write is read, never run, by its names. A cell
    that is no plain Python (a magic, a slip) counts as one that looks.
    """
    found = map(names_in, sources)
    return all(names is not None and not names & _OUTSIDE for names in found)


def _key(
    rules: bytes,
    notebook: str,
    cells: Iterable[CellSource],
    texts: Iterable[str],
    files: Mapping[str, bytes],
) -> str:
    """Return a digest of all that a run is given: rules, code cells at their places, files of the folder.

    ``texts`` stand for what the cells hold.
    """
    given = [[*texts], *([c.index, c.grade_id, c.guarded, c.skip, c.test is not None] for c in cells)]
    parts = [rules, notebook.encode("utf-8", "surrogatepass"), json.dumps(given).encode()]
    for name in sorted(files):
        parts += [name.encode("utf-8", "surrogatepass"), files[name]]
    return fingerprint(*parts)


def _shown_places(cells: Sequence[CellSource], run: CopyRun) -> Places:
    """Return the places, from 0, of the cells of which a run shows lines: all of them when nobody can say."""
    every = tuple(range(len(cells)))
    counts = counts_shown(run.cells)
    if counts is None:
        return every
    counted = {one.execution_count: one.index for one in run.cells}
    if not counts <= counted.keys():
        return every
    indexes = {counted[count] for count in counts}
    return tuple(place for place, cell in enumerate(cells) if cell.index in indexes)


def _with_texts(program: str, places: Places, texts: Sequence[str]) -> str:
    """Return a digest of a program and of the texts at some places.

    Two cells of the same text are one file to a traceback: which cells share it counts as well.
    """
    said = [[texts[place], [at for at, text in enumerate(texts) if text == texts[place]]] for place in places]
    return fingerprint(program.encode(), json.dumps(said).encode())


def _shown(run: CopyRun) -> bytes:
    """Return what the cells of a run gave as bytes."""
    cells = [[c.index, c.status, c.execution_count, c.outputs] for c in run.cells]
    return json.dumps(cells, default=str).encode()


def _apart(run: CopyRun) -> CopyRun:
    """Return a run whose outputs are nobody else's: the steps that follow change them in their place."""
    cells = tuple(
        CellRun(c.index, c.grade_id, c.status, tuple(map(copied, c.outputs)), c.execution_count)
        for c in run.cells
    )
    return replace(run, cells=cells)
