"""Prints how fast the tool « Feuille de route 21 » answers, in the kernel: milliseconds, medians.

    python run.py bench tools

An answer is a change of the programme followed by the step that shows it; the bound is that of the issue.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

from alliances.apps.roadmap21 import Roadmap21

RUNS = 15
BOUND_MS = 150
STEPS = {"read": 0, "check": 2, "follow": 3, "take home": 4}


def answer_times(step: int) -> list[float]:
    """Return the milliseconds that changes take to be shown in one step."""
    tool = Roadmap21("fr")
    if step == STEPS["follow"]:
        tool._heard(None, {"kind": "run", "draw": "4", "first": 6}, [])
    start = tool.editor.question["start"]["measures"]
    taken = []
    for place in range(RUNS):
        started = time.perf_counter()
        tool.editor.answer = {"measures": [one for at, one in enumerate(start) if at != place]}
        tool._heard(None, {"kind": "go", "step": step}, [])
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def main() -> int:
    """Print a line a step, and fail when one is too slow."""
    os.environ.pop("ALLIANCES_WORK", None)
    slow = 0
    for name, step in STEPS.items():
        middle = statistics.median(answer_times(step))
        slow += middle >= BOUND_MS
        print(f"roadmap21, {name:<10} {middle:7.1f} ms (bound {BOUND_MS})")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
