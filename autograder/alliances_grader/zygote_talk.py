"""The worker's conversation with the process of one copy: asks for each cell, and believes nothing it hears.

Cells go out one at a time. What comes back is counted, checked and kept here; a message with the wrong
word, a
frame that is none, a flood, silence beyond the limit each end the run of that copy under a name.
"""

from __future__ import annotations

import secrets
import signal
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from alliances.i18n import text
from alliances_grader.probe import NotPlainError, from_wire
from alliances_grader.probe_judge import Judge, Judgement, JudgingStoppedError, LearnerError
from alliances_grader.probe_split import ProbeTest, Step
from alliances_grader.shell_inputs import MAX_FRAME, BadFrameError, CellSource, CopyRequest
from alliances_grader.shell_outputs import OutputRecorder
from alliances_grader.verdicts import CellRun, Finding, Status
from alliances_grader.zygote_wire import EndedError, SilentError, Watcher, Wire

__all__ = ["Conversation", "EndedAfterError"]

_GOODBYE: Final = 2.0
_TOO_LONG: Final = "CellTooLongError"
_TIMEOUT: Final = "CellTimeoutError"
_SILENCED: Final = "ERROR: An error occurred while showtraceback was disabled"


class Conversation:
    """Runs the cells of one copy over its connection.

    Args:
        request: the copy.
        connection: our end; the other one is in the learner's process only.
        pipes: our ends of what programs write to descriptors 1 and 2.
        watcher: the measuring of the box, None without one.
    """

    def __init__(
        self, request: CopyRequest, connection: socket.socket, pipes: tuple[int, int], watcher: Watcher | None
    ) -> None:
        self._request = request
        self._limits = request.limits
        self._recorder = OutputRecorder(request.limits, keep_results=request.mode == "strict")
        self._waiting: list[dict[str, Any]] = []
        self._word = ""
        self._words: dict[str, CellSource] = {}
        self._doubted: set[int] = set()
        self._cell: CellSource | None = None
        self._previous: CellSource | None = None
        self._heard = True
        self._findings: list[Finding] = []
        self._deadline = time.monotonic() + request.limits.copy_seconds
        self._asked = False
        self._number = 0
        self._read: dict[tuple[str, bool], Any] = {}
        self.begun = False
        self._wire = Wire(
            connection,
            pipes,
            hear=self._sort,
            pour=self._pour,
            watcher=watcher,
            flood=request.limits.flood_bytes,
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the trainer should know."""
        cut = (cell for cell in self._request.cells if cell.index in self._recorder.cut)
        return (*self._findings, *(Finding("output_cut", cell.grade_id) for cell in cut))

    def outputs_of(self, cell: CellSource) -> tuple[dict[str, Any], ...]:
        """Return what one cell has shown so far."""
        return self._recorder.of(cell.index)

    def kill(self) -> None:
        """End the process of the copy, when its parent no longer can."""
        self._wire.signal(signal.SIGKILL)

    def close(self) -> None:
        """Stop listening."""
        self._wire.close()

    def begin(self) -> None:
        """Wait for the process to say that it is in its box.

        Raises:
            EndedError: it never did.
        """
        self._word = ""
        if self._next(self._deadline).get("op") != "hello":
            raise EndedError("bad_result")
        self.begun = True

    def run_cell(self, cell: CellSource, count: int) -> CellRun:
        """Run one cell; ``count`` is its execution count.

        Raises:
            EndedError: the copy ends here.
        """
        self._previous, self._cell = self._cell, cell
        self._asked = False
        self._read.clear()
        self._number = count
        self._recorder.start(cell.index)
        until = time.monotonic() + self._limits.cell_seconds
        if cell.test is None:
            status, ended = self._run_source(cell.source, until, guarded=cell.guarded)
        else:
            status, ended = self._run_test(cell.test, until), ""
        self._wire.drain()
        run = CellRun(cell.index, cell.grade_id, status, self._recorder.of(cell.index), count)
        if ended:
            raise EndedAfterError(ended, run)
        return run

    def end(self) -> None:
        """Hear a goodbye after the last cell: who answered a test in advance and left cannot say it."""
        self._word = secrets.token_hex(8)
        try:
            self._wire.send({"op": "end", "word": self._word}, self._deadline)
            self._answer(time.monotonic() + _GOODBYE)
        except SilentError:
            self._note("no_goodbye")
        except EndedError as over:
            if over.name in ("crash", "bad_result"):
                self._doubt_left(self._cell)

    def doubted(self, run: CellRun) -> CellRun:
        """Return the run of a cell as it is believed: one that was answered twice did not end well."""
        return replace(run, status="error") if run.index in self._doubted and run.status == "ok" else run

    def _doubt_left(self, cell: CellSource | None) -> None:
        # Nothing of a learner's runs between two cells: who is gone there had answered for itself.
        if cell is not None and cell.guarded:
            self._note_of(cell, "no_goodbye", {})
            self._doubted.add(cell.index)

    def _run_source(self, source: str, until: float, *, guarded: bool) -> tuple[Status, str]:
        asked = {"op": "run", "source": source, "guarded": guarded, "count": self._number}
        try:
            reply, timed_out = self._ask(asked, until)
        except BadFrameError:
            # It never left: the cell fails, the others go on.
            said = text("execution.cell_too_long", limit=MAX_FRAME // 1_000_000)
            self._recorder.error(_TOO_LONG, said, [f"{_TOO_LONG}: {said}"])
            return "error", ""
        self._wire.drain()
        if timed_out:
            coloured = f"\x1b[0;31m{_TIMEOUT}\x1b[0m: No reply from kernel before timeout"
            self._recorder.error(_TIMEOUT, "", [coloured])
            return "timeout", ""
        if reply.get("status") == "ok":
            # An error that was shown and then taken back was an error.
            return ("error" if self._recorder.had_error else "ok"), (
                "quit" if reply.get("quit") is True else ""
            )
        name, value = reply.get("ename"), reply.get("evalue")
        lines = reply.get("traceback")
        if not (isinstance(name, str) and isinstance(value, str) and isinstance(lines, list)):
            raise EndedError("bad_result")
        if not self._recorder.has_error(name):
            self._recorder.error(name, value, lines or [_SILENCED])
        return "error", ("quit" if reply.get("quit") is True else "")

    def _run_test(self, test: ProbeTest, until: float) -> Status:
        judge = Judge(lambda expression, *, exact: self._value(expression, until, exact=exact), test.aliases)
        guarded = self._cell is not None and self._cell.guarded
        steps = tuple(_joined(test.steps))
        for place, step in enumerate(steps):
            if step.side == "run":
                status, _ = self._run_source(step.source, until, guarded=guarded)
                if status != "ok":
                    return status
                continue
            try:
                verdict = self._judged(judge, step)
            except _CellTimeoutError:
                coloured = f"\x1b[0;31m{_TIMEOUT}\x1b[0m: No reply from kernel before timeout"
                self._recorder.error(_TIMEOUT, "", [coloured])
                return "timeout"
            if verdict.not_plain and step.original:
                self._note("judged_beside", type=verdict.not_plain)
                status, _ = self._run_source(step.original, until, guarded=guarded)
                if status != "ok":
                    return status
            elif verdict.error:
                self._show(verdict, step)
                return "error"
            elif verdict.value is not None and place == len(steps) - 1:
                data = {"text/plain": verdict.value}
                self._recorder.take({"type": "execute_result", "data": data, "execution_count": self._number})
        return "ok"

    def _judged(self, judge: Judge, step: Step) -> Judgement:
        verdict = judge.step(step.source)
        if verdict.not_plain and step.second:
            verdict = judge.step(step.second)
        for bundle in verdict.displays:
            self._recorder.take({"type": "display_data", "data": bundle})
        return verdict

    def _show(self, verdict: Judgement, step: Step) -> None:
        lines = list(verdict.traceback)
        if not step.hidden:
            lines.append(step.original or step.source)
        lines.append(f"{verdict.error}: {verdict.text}" if verdict.text else verdict.error)
        self._recorder.error(verdict.error, verdict.text, lines)

    def _value(self, expression: str, until: float, *, exact: bool) -> Any:  # noqa: ANN401 - plain data
        guarded = self._cell is not None and self._cell.guarded
        guarded = guarded and not self._asked
        if not guarded and (expression, exact) in self._read:
            return from_wire(self._read[expression, exact])
        asked = {"op": "value", "expression": expression, "exact": exact, "guarded": guarded}
        reply, timed_out = self._ask(asked, until)
        self._wire.drain()
        if timed_out:
            raise _CellTimeoutError
        status = reply.get("status")
        if status == "value":
            if expression.isidentifier():
                # Nothing of the learner's runs before the next thing is asked for.
                self._read[expression, exact] = reply.get("value")
            return from_wire(reply.get("value"))
        if status == "not_plain":
            raise NotPlainError(str(reply.get("evalue"))[:500])
        names, lines = reply.get("names"), reply.get("traceback")
        if status != "raised" or not isinstance(names, list) or not isinstance(lines, list):
            raise EndedError("bad_result")
        raise LearnerError(
            tuple(str(name)[:200] for name in names),
            str(reply.get("evalue")),
            tuple(str(line) for line in lines),
        )

    def _ask(self, asked: Mapping[str, Any], until: float) -> tuple[dict[str, Any], bool]:
        """Send one request and wait for its answer; True when it had to be interrupted."""
        self._word = secrets.token_hex(8)
        if asked["op"] != "value" or not str(asked["expression"]).isidentifier():
            self._read.clear()
        if self._cell is not None:
            self._words[self._word] = self._cell
        first, self._asked = not self._asked, True
        index = self._cell.index if self._cell is not None else -1
        self._heard = False
        try:
            self._wire.send({**asked, "word": self._word, "cell": index}, self._deadline)
            return self._answer(min(until, self._deadline)), False
        except EndedError:
            if not self._heard and first:
                self._doubt_left(self._previous)
            raise
        except SilentError:
            if not self._heard and first:
                self._doubt_left(self._previous)
            if time.monotonic() >= self._deadline:
                raise EndedError("copy_time") from None
        self._wire.signal(signal.SIGINT)
        try:
            self._answer(min(time.monotonic() + self._limits.grace_seconds, self._deadline))
        except SilentError:
            raise EndedError("cell_time") from None
        return {}, True

    def _answer(self, until: float) -> dict[str, Any]:
        reply = self._next(until)
        if reply.get("op") != "done":
            raise EndedError("bad_result")
        signs = reply.get("signs")
        if isinstance(signs, list) and signs and self._cell is not None:
            self._note("bent", signs=", ".join(str(sign)[:80] for sign in signs[:20]))
        return reply

    def _note(self, key: str, **values: object) -> None:
        self._note_of(self._cell, key, values)

    def _note_of(self, cell: CellSource | None, key: str, values: Mapping[str, object]) -> None:
        finding = Finding(key, cell.grade_id if cell is not None else "", values)
        if finding not in self._findings:
            self._findings.append(finding)

    def _next(self, until: float) -> dict[str, Any]:
        while not self._waiting:
            self._wire.wait(until)
        return self._waiting.pop(0)

    def _pour(self, name: str, content: str) -> None:
        if self._cell is not None:
            self._recorder.stream(name, content)

    def _sort(self, content: dict[str, Any]) -> None:
        if content.get("op") == "hello" and self._word == "":
            self._waiting.append(content)
            return
        if self._cell is None or content.get("word") != self._word:
            self._put_aside(content)
            return
        if content.get("op") == "out":
            message = content.get("message")
            if content.get("cell") == self._cell.index and not self._recorder.take(message):
                self._note("forged_message")
        elif content.get("op") == "done":
            if self._waiting:
                self._note("forged_message")
            else:
                self._waiting.append(content)
        elif content.get("op") == "begun":
            self._heard = True
        elif content.get("op") == "lost":
            self._recorder.stream("stdout", "\n" + text("execution.output_cut") + "\n")
        else:
            self._note("forged_message")

    def _put_aside(self, content: Mapping[str, Any]) -> None:
        word = content.get("word")
        earlier = self._words.get(word) if isinstance(word, str) else None
        if earlier is not None and content.get("op") == "out":
            # A thread was writing while its cell ended.
            return
        self._note_of(earlier or self._cell, "forged_message", {})
        if earlier is not None and content.get("op") == "done":
            # Two answers to one question: one of them was not ours.
            self._doubted.add(earlier.index)


def _joined(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps, those that run beside the learner's code one after the other as one."""
    before: Step | None = None
    for step in steps:
        # What is hidden stays apart: a traceback shows the lines around the one that failed.
        if before is not None and before.side == step.side == "run" and before.hidden == step.hidden:
            before = replace(before, source=f"{before.source}\n{step.source}")
            continue
        if before is not None:
            yield before
        before = step
    if before is not None:
        yield before


class _CellTimeoutError(JudgingStoppedError):
    """A probe was interrupted."""


class EndedAfterError(EndedError):
    """The copy ends after a cell that itself ended well (``quit()``)."""

    def __init__(self, name: str, run: CellRun) -> None:
        super().__init__(name)
        self.run = run
