"""What the outputs of one test cell are worth: nbgrader's rules, and ours where nbgrader's can be cheated.

Rules S4 to S17 and S33 of the scoring table in ``reference/grading.md``, read from ``nbgrader.utils`` 0.9.6.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from alliances_grader.verdicts import Status

__all__ = ["Outcome", "OutputRules", "limited", "score_as_nbgrader", "score_strictly"]

Output = Mapping[str, Any]

_CUT: Final = "... Output truncated ..."
_CUT_TRACEBACK: Final = "... Traceback truncated ..."


@dataclass(frozen=True)
class OutputRules:
    """What nbgrader's configuration says of outputs before they are scored.

    Attributes:
        max_lines: ``LimitOutput.max_lines``, -1 for no limit.
        max_traceback: ``LimitOutput.max_traceback``, -1 for no limit.
        ignore_pattern: ``IgnorePattern.pattern`` if that is enabled, else empty.
    """

    max_lines: int = 1000
    max_traceback: int = 100
    ignore_pattern: str = ""


@dataclass(frozen=True)
class Outcome:
    """Points of a test cell, and why they are not simply all or none.

    Attributes:
        points: marks, between 0 and the cell's maximum.
        notes: keys of findings, without prefix for quirks; ``stops_result`` where nbgrader would stop.
        found: the value that decided, as text, for the findings.
        unsure: a person has to look.
    """

    points: float
    notes: tuple[str, ...] = ()
    found: str = ""
    unsure: bool = False


def limited(outputs: Iterable[Output], rules: OutputRules) -> list[dict[str, Any]]:
    """Return outputs as ``IgnorePattern`` and ``LimitOutput`` leave them; the arguments are not changed."""
    pattern = re.compile(rules.ignore_pattern) if rules.ignore_pattern else None
    kept: list[dict[str, Any]] = []
    lines = 0
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            if pattern is not None and output["name"] == "stderr" and pattern.search(output["text"]):
                continue
            if rules.max_lines != -1 and lines == rules.max_lines:
                continue
            text, lines = _limited_text(output["text"], lines, rules.max_lines)
            kept.append({**output, "text": text})
        elif kind == "error" and -1 < rules.max_traceback < len(output["traceback"]):
            kept.append({**output, "traceback": _limited_traceback(output["traceback"], rules.max_traceback)})
        else:
            kept.append(dict(output))
    return kept


def _limited_text(text: str, before: int, most: int) -> tuple[str, int]:
    parts = text.split("\n")
    if most != -1 and len(parts) + before > most:
        parts = [*parts[: most - before - 1], _CUT]
    return "\n".join(parts), before + len(parts)


def _limited_traceback(lines: Sequence[str], most: int) -> list[str]:
    start = most // 2
    return [*lines[:start], _CUT_TRACEBACK, *lines[-(most - start - 1) :]]


def _is_error(output: Output) -> bool:
    return bool(output["output_type"] == "error")


def _is_warning(output: Output) -> bool:
    return bool(output["output_type"] == "stream" and output["name"] == "stderr")


def _is_result(output: Output) -> bool:
    return bool(output["output_type"] == "execute_result")


def score_as_nbgrader(  # noqa: PLR0911 - a list of rules
    outputs: Sequence[Output], most: float, status: Status | None
) -> Outcome:
    """Return what nbgrader gives a test cell worth ``most`` points for these outputs (S4 to S17).

    ``status`` says how the cell ended, ``None`` if that is not known: an error that left no output counts as
    one behind the others (S17); a cell that the end of the run left out has no score in nbgrader, and 0 here.
    """
    if status in ("killed", "not_run"):
        return Outcome(0.0, ("stops_run",))
    failed = status in ("error", "timeout") and not any(map(_is_error, outputs))
    for place, output in enumerate(outputs):
        if _is_error(output):
            return Outcome(0.0)
        if _is_warning(output):
            alone = not failed and not any(map(_is_error, outputs))
            return Outcome(0.0, ("warning_cost",) if alone else ())
        if _is_result(output):
            outcome = _partial_as_nbgrader(output, most)
            if failed or any(map(_is_error, outputs[place + 1 :])):
                return Outcome(
                    outcome.points, (*outcome.notes, "error_after_result"), outcome.found, outcome.unsure
                )
            return outcome
    if failed:
        return Outcome(0.0, ("error_hidden",))
    return Outcome(most, () if status == "ok" or outputs else ("full_without_output",))


def _partial_as_nbgrader(output: Output, most: float) -> Outcome:
    stopped = Outcome(0.0, ("stops_result",), unsure=True)
    value = output["data"].get("text/plain")
    if not value:
        return stopped
    if isinstance(value, list):
        if len(value) > 1:
            return Outcome(most, ("result_strange",), str(value))
        value = value[0]
    kind, number = _number(value)
    if kind == "no_text" or (kind == "number" and number > most):
        return Outcome(0.0, ("stops_result",), str(value), unsure=True)
    if kind == "other" or not number >= 0.0:
        return Outcome(most, ("result_strange",), str(value))
    return Outcome(number)


def _number(value: Any) -> tuple[Literal["number", "other", "no_text"], float]:  # noqa: ANN401
    """Read a value as Python's ``float`` does; ``other`` for a text that is no number."""
    try:
        return "number", float(value)
    except ValueError:
        return "other", 0.0
    except (TypeError, OverflowError):
        return "no_text", 0.0


def score_strictly(  # noqa: PLR0911 - a list of rules
    outputs: Sequence[Output], most: float, status: Status | None
) -> Outcome:
    """Return what a test cell worth ``most`` points earns when nothing but a sound run earns points.

    An error anywhere, or an end other than ``ok``, gives 0. Warnings cost nothing. A result must be a number
    in [0, ``most``]; anything else gives 0 and asks for a person; of several results the least counts, so
    a forged one can only lower the mark. All points without a result need a run that says ``ok``.
    """
    if status in ("killed", "not_run"):
        return Outcome(0.0, ("run_ended",))
    if status == "skipped":
        return Outcome(0.0, ("test_left_out",), unsure=True)
    if any(map(_is_error, outputs)):
        return Outcome(0.0)
    if status in ("error", "timeout"):
        return Outcome(0.0, ("error_hidden",) if status == "error" else ())
    results = [output for output in outputs if _is_result(output)]
    if not results:
        return Outcome(most) if status == "ok" else Outcome(0.0, ("run_unknown",), unsure=True)
    values = [output["data"].get("text/plain") for output in results]
    numbers = [_sound_number(value, most) for value in values]
    wrong = next((value for value, number in zip(values, numbers, strict=True) if number is None), None)
    several = ("results_several",) if len(results) > 1 else ()
    if None in numbers:
        return Outcome(0.0, ("result_refused", *several), str(wrong), unsure=True)
    least = min(number for number in numbers if number is not None)
    return Outcome(least, several, str(least) if several else "")


def _sound_number(value: object, most: float) -> float | None:
    if not isinstance(value, str):
        return None
    kind, number = _number(value)
    return number if kind == "number" and math.isfinite(number) and 0.0 <= number <= most else None
