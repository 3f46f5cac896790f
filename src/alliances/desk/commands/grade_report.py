"""What ``alliances grade`` says: copies as they are graded, rate and time left, and a summary at the end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from alliances.i18n import format_number, text
from alliances_grader.findings import needs_attention, say

if TYPE_CHECKING:
    from alliances.errors import AlliancesError
    from alliances_grader.class_asked import Outcome

__all__ = ["Progress", "summary", "to_json"]

_EACH: Final = 40
"""Up to that many copies, each has its line; above, what needs a person has."""
_EVERY: Final = 0.2
_LOG_EVERY: Final = 10.0
_SLOWEST: Final = 5
_SLOW: Final = 1.0
_MOST_FINDINGS: Final = 8
_MOST_SHARED: Final = 20
_MINUTE: Final = 60


class Progress:
    """Writes while a class is graded: on a terminal into one line that changes, elsewhere in lines.

    ``named``: each copy's line says of which assignment it is.
    """

    def __init__(self, out: TextIO, *, named: bool = False) -> None:
        self._out = out
        self._named = named
        self._began = time.monotonic()
        self._last = 0.0
        self._open = False

    def __call__(self, done: int, count: int, outcome: Outcome) -> None:
        """Tell of one more copy."""
        notable = outcome.reason is not None or any(map(needs_attention, outcome.findings))
        if count <= _EACH or notable:
            self.end()
            self._tell(done, count, outcome)
        now = time.monotonic()
        on_terminal = self._out.isatty()
        if count > _EACH and now - self._last >= (_EVERY if on_terminal else _LOG_EVERY):
            self._last = now
            line = text("grade.progress", done=done, count=count, **self._pace(done, count, now))
            self._out.write(f"\r\x1b[2K{line}" if on_terminal else line + "\n")
            self._open = on_terminal
        self._out.flush()

    def _pace(self, done: int, count: int, now: float) -> dict[str, str]:
        rate = done / max(now - self._began, 0.001)
        return {"rate": format_number(rate, 1), "left": duration((count - done) / max(rate, 0.001))}

    def _tell(self, done: int, count: int, outcome: Outcome) -> None:
        copy = f"{outcome.assignment}/{outcome.student}" if self._named else outcome.student
        head = f"[{done:>{len(str(count))}}/{count}] {copy}"
        if outcome.reason is not None:
            self._out.write(f"{head}  " + text("course_folder.grade_refused", reason=outcome.reason) + "\n")
            return
        points = text(
            "feedback.points",
            points=format_number(outcome.points, 2),
            max=format_number(outcome.max_points, 2),
        )
        words = text(f"course_folder.grade_{outcome.state}", points=points, to_mark=outcome.to_mark)
        self._out.write(f"{head}  {words}\n")
        for finding in outcome.findings[:_MOST_FINDINGS]:
            self._out.write(f"    {say(finding)}\n")
        if len(outcome.findings) > _MOST_FINDINGS:
            self._out.write("    " + text("grade.more", count=len(outcome.findings) - _MOST_FINDINGS) + "\n")

    def end(self) -> None:
        """Leave the line that changes."""
        if self._open:
            self._out.write("\r\x1b[2K")
            self._open = False


def duration(seconds: float) -> str:
    """Return a time in words: ``12 s``, ``3 min 05 s``."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"


def summary(outcomes: Sequence[Outcome], seconds: float, *, named: bool = False) -> str:
    """Return what to read at the end; ``named``: assignment by assignment, each under its name."""
    graded = sum(outcome.state == "graded" for outcome in outcomes)
    rate = format_number(graded / max(seconds, 0.001), 1)
    took = text("grade.took", time=duration(seconds), rate=rate)
    lines: list[str] = []
    if named:
        for name, some in _by_assignment(outcomes).items():
            first, *others = _told(some, each=len(outcomes) <= _EACH)
            lines += [text("grade.of", name=name, counts=first), *(f"  {line}" for line in others)]
        lines.append(took)
    else:
        first, second, *others = _told(outcomes, each=len(outcomes) <= _EACH)
        lines = [first, second, took, *others]
    if any(outcome.to_mark for outcome in outcomes):
        lines.append(text("course_folder.then_mark"))
    return "\n".join(lines) + "\n"


def _by_assignment(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.assignment, []).append(outcome)
    return found


def _told(outcomes: Sequence[Outcome], *, each: bool) -> list[str]:
    """Return what to say of an assignment, its two lines of counts first.

    ``each``: every copy had a line of its own.
    """
    by_state = {state: [item for item in outcomes if item.state == state] for state in ("graded", "refused")}
    repaired = [item for item in outcomes if item.findings]
    flagged = [item for item in outcomes if any(map(needs_attention, item.findings))]
    to_mark = sum(outcome.to_mark > 0 for outcome in outcomes)
    done = len(outcomes) - len(by_state["refused"])
    lines = [
        text("course_folder.graded", done=done, refused=len(by_state["refused"]), to_mark=to_mark),
        text("grade.counts", new=len(by_state["graded"]), noted=len(repaired), flagged=len(flagged)),
    ]
    if not each:
        lines += [
            "  " + text("grade.refused_line", student=item.student, reason=item.reason)
            for item in by_state["refused"]
        ]
    shared = shared_answers(outcomes)
    if shared:
        copies = {student for item in shared for student in item["students"]}
        lines.append(text("grade.shared", answers=len(shared), copies=len(copies)))
        lines += [
            "  " + text("grade.shared_line", cell=item["cell"], students=", ".join(item["students"]))
            for item in shared[:_MOST_SHARED]
        ]
        if len(shared) > _MOST_SHARED:
            lines.append("  " + text("grade.shared_more", count=len(shared) - _MOST_SHARED))
    for key in ("late_rule", "unstable"):
        count = sum(any(finding.key == key for finding in item.findings) for item in outcomes)
        if count:
            lines.append(text(f"grade.{key}", count=count))
    reused = sum(item.reused for item in outcomes)
    if reused:
        lines.append(text("grade.reused", count=reused))
    slow = sorted(by_state["graded"], key=lambda item: -item.seconds)[:_SLOWEST]
    late = [f"{item.student} ({format_number(item.seconds, 1)} s)" for item in slow if item.seconds > _SLOW]
    return [*lines, text("grade.slowest", copies=", ".join(late))] if late else lines


def shared_answers(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the answers that stand in several copies: cell, and the learners in order."""
    found: dict[tuple[str, object], list[str]] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            if finding.key == "same_text":
                found.setdefault((finding.cell, finding.values["text"]), []).append(outcome.student)
    return [{"cell": cell, "students": sorted(students)} for (cell, _), students in sorted(found.items())]


def to_json(
    mode: str,
    outcomes: Sequence[Outcome],
    seconds: float,
    assignment: str | None = None,
    failed: Mapping[str, AlliancesError] | None = None,
) -> dict[str, Any]:
    """Return the same as JSON values.

    Args:
        mode: by which rules.
        outcomes: what came of each copy.
        seconds: of the whole run.
        assignment: the only one that was asked for; None for a value with a list of ``assignments``.
        failed: those that could not be graded.
    """
    if assignment is not None:
        return {**_one(assignment, outcomes), "mode": mode, "seconds": round(seconds, 2)}
    return {
        "mode": mode,
        "seconds": round(seconds, 2),
        "assignments": [_one(name, some) for name, some in _by_assignment(outcomes).items()],
        "failed": [{"assignment": name, "reason": str(why)} for name, why in (failed or {}).items()],
    }


def _one(assignment: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "shared_answers": shared_answers(outcomes),
        "copies": [
            {
                "student": outcome.student,
                "state": outcome.state,
                "points": round(outcome.points, 2),
                "max_points": round(outcome.max_points, 2),
                "to_mark": outcome.to_mark,
                "seconds": round(outcome.seconds, 3),
                "reused": outcome.reused,
                "flagged": any(map(needs_attention, outcome.findings)),
                "findings": [
                    {"key": finding.key, "cell": finding.cell, "says": say(finding)}
                    for finding in outcome.findings
                ],
                "reason": str(outcome.reason) if outcome.reason is not None else None,
            }
            for outcome in outcomes
        ],
    }
