"""Prints how fast the tool « Lecteur de cas » answers a choice, in milliseconds.

    python run.py bench case_reader

Each choice of each part is made in turn, in both languages. The target is a median under 150 ms; what the
browser then takes to draw is not counted.
"""

from __future__ import annotations

import statistics
import sys
import time

from alliances.apps.case_reader import CaseReader
from alliances.i18n import LANGUAGES

TARGET_MS = 150


def answers(tool: CaseReader) -> dict[str, list[float]]:
    """Return, for each part, how long each choice took, in milliseconds."""
    taken: dict[str, list[float]] = {}
    for name, part in tool.parts.items():
        for control in part.data["controls"]:
            for option in control["options"]:
                started = time.perf_counter()
                part.value = {"choices": {**tool.choices[name], control["id"]: option["id"]}}
                taken.setdefault(name, []).append(1000 * (time.perf_counter() - started))
    return taken


def main() -> int:
    """Print the median and the slowest answer of each part; 1 when a median misses the target."""
    missed = False
    for language in LANGUAGES:
        for name, taken in answers(CaseReader(language)).items():
            median = statistics.median(taken)
            missed = missed or median >= TARGET_MS
            said = f"median {median:5.1f} ms, slowest {max(taken):5.1f} ms (bound {TARGET_MS})"
            print(f"case_reader, {language} {name:<8} {len(taken):3} answers: {said}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
