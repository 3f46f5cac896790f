"""Compares stock nbgrader and ours on many mutants of our exercises: ``conformance.py --copies 100``.

The test run compares a few of each; this is for more of them, or for other seeds, by hand. Takes about two
seconds a copy. What differs without a reason is listed, and the status is then 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from exercise_course import all_exercises, class_of_mutants, code_doors

__all__ = ["main"]


def main(words: list[str] | None = None) -> int:
    """Compare, and return 1 when something differs without a reason."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--copies", type=int, default=100, help="of each exercise")
    parser.add_argument("--seed", default="1", help="what the copies are drawn by")
    parser.add_argument("--exercise", action="append", choices=code_doors(), help="one exercise; may repeat")
    options = parser.parse_args(words)
    os.environ["ALLIANCES_LANG"] = "en"
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="alliances-conformance-") as name:
        made = all_exercises(Path(name, "made"))
        asked = class_of_mutants(
            made, Path(name, "class"), options.copies, options.seed, options.exercise or ()
        )
        found = asked.compare()
    print(f"{found.copies} copies, {found.cells} marked cells compared, {time.monotonic() - began:.0f} s")
    print(
        f"{len(found.stopped)} copies on which nbgrader stops, {len(found.refused)} of them refused by ours"
    )
    for reason, count in sorted(found.reasons.items()):
        print(f"meant, {count} times: {reason}")
    for place, key in found.refused.items():
        print(f"refused: {place} ({key})")
    for difference in found.differences:
        print(f"DIFFERS: {difference}")
    return int(bool(found.differences))


if __name__ == "__main__":
    sys.exit(main())
