"""Prints how many copies a second ``alliances grade`` and ``nbgrader autograde`` mark, on the same copies.

    PYTHONPATH=src:autograder python tests/bench/grading.py [--copies 200] [--stock 24] [--rounds 2]
        [--plots N] [--many 10000] [--among]

The mix: half are form copies of our exercise, a quarter code copies of it, a quarter copies of an ordinary
pandas sheet (eight code cells, a small CSV file, no plot); the same sheet with two plots is reported apart.
All stand in one course. Our command grades a course at once, nbgrader's an assignment at a time: the mix is
one command of ours, each assignment by itself another one. Cold start included, and everything is written:
gradebook, graded notebooks, receipts. Ours runs in its sandbox, on all cores, in both modes.

Stock marks a part of the copies: its time for all is its time for one plus, for each other, what another one
takes. Rounds take turns, so that noise meets both; the best round of each counts. Processor seconds say more
than the clock on a machine that others use. Scores are compared cell by cell.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from process_tree import Measure, measured

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from bench_courses import (  # noqa: E402 - found by the line above
    EXERCISE,
    ORDINARY,
    PLOTS,
    distinct,
    hand_in_many,
    hand_in_ordinary,
    our_course,
)
from gradebook_cells import compared, settled_by_us  # noqa: E402

ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "autograder")]),
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "ALLIANCES_LANG": "fr",
}
_FORM, _CODE = f"{EXERCISE}_form", f"{EXERCISE}_code"
_SHARES = {_FORM: 2, _CODE: 1, ORDINARY: 1}
MIX = "the mix, one command"


def shares(count: int, names: Iterable[str] = _SHARES) -> dict[str, int]:
    """Return how many of ``count`` copies each assignment gets: at least one."""
    whole = sum(_SHARES.get(name, 1) for name in names)
    return {name: max(1, count * _SHARES.get(name, 1) // whole) for name in names}


def hand_in(root: Path, name: str, count: int, first: int = 0) -> None:
    """Hand copies of one assignment in."""
    if name in (_FORM, _CODE):
        hand_in_many(root, name.rpartition("_")[2], count, first)
    else:
        hand_in_ordinary(root, count, name, first)


def course_with(course: Path, counts: Mapping[str, int], place: Path) -> Path:
    """Return a fresh course in ``place`` with so many copies of each assignment."""
    shutil.copytree(course, place)
    for name, count in counts.items():
        hand_in(place, name, count)
    return place


def learners(root: Path) -> set[str]:
    """Return who handed something in."""
    return {place.name for place in (root / "submitted").iterdir()}


def begun(root: Path) -> bool:
    """Say whether a first graded notebook stands in the course."""
    return any((root / "autograded").glob("*/*/*.ipynb"))


def ours(root: Path, names: Iterable[str], mode: str) -> Measure:
    """Mark some assignments by one command of ours; none for all that were handed in."""
    command = [sys.executable, "-m", "alliances.cli", "grade", *names, "--course", str(root), "--mode", mode]
    return measured(command, root, ENVIRONMENT, seen=lambda: begun(root))


def stock(root: Path, name: str, count: int) -> tuple[Measure, float]:
    """Mark one copy and then ``count`` others by nbgrader's command.

    Returns:
        The measure of the first, and the seconds that each other one takes.
    """
    command = [sys.executable, "-m", "nbgrader", "autograde", name]
    one = measured(command, root, ENVIRONMENT)
    hand_in(root, name, count, first=1)
    rest = measured(command, root, ENVIRONMENT)
    # Both have one start: what the second took longer is what its copies beyond the first took.
    return one, max(0.0, rest.seconds - one.seconds) / (count - 1)


def best(found: Iterable[Measure]) -> Measure:
    """Return the quickest of several measures, with the highest peak of them all."""
    known = list(found)
    quickest = min(known, key=lambda one: one.seconds)
    return Measure(
        quickest.seconds,
        min(one.cpu for one in known),
        max(one.peak for one in known),
        min((one.first for one in known if one.first is not None), default=None),
    )


@dataclass
class Table:
    """What was measured: ours by what was graded together and mode; stock's first copy and each other one."""

    counts: dict[str, int]
    ours: dict[tuple[str, str], list[Measure]] = field(default_factory=dict)
    stock: dict[str, list[tuple[Measure, float]]] = field(default_factory=dict)
    cells: int = 0
    differences: list[str] = field(default_factory=list)
    distinct: dict[str, tuple[int, int]] = field(default_factory=dict)

    def stock_seconds(self, names: Iterable[str]) -> float:
        """Return what stock would take for all the copies of some assignments."""
        total = 0.0
        for name in names:
            found = self.stock[name]
            first = min(one.seconds for one, _ in found)
            total += first + (self.counts[name] - 1) * min(each for _, each in found)
        return total


def measure(course: Path, counts: dict[str, int], part: dict[str, int], rounds: int) -> Table:
    """Measure both engines, taking turns."""
    table = Table(counts)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            theirs = {}
            for name in counts:
                theirs[name] = course_with(course, {name: 1}, Path(folder, f"stock_{name}"))
                table.stock.setdefault(name, []).append(stock(theirs[name], name, max(2, part[name] - 1)))
            together = {name: counts[name] for name in _SHARES}
            for label, some in ((MIX, together), *((name, {name: counts[name]}) for name in counts)):
                for mode in ("nbgrader", "strict"):
                    root = course_with(course, some, Path(folder, f"{label}_{mode}"))
                    found = ours(root, () if label == MIX else some, mode)
                    table.ours.setdefault((label, mode), []).append(found)
                    if mode == "nbgrader":
                        for name in some:
                            compare(table, theirs[name], root, name)
                    shutil.rmtree(root)
    return table


def compare(table: Table, theirs: Path, root: Path, name: str) -> None:
    """Compare the scores of an assignment, cell by cell, and note what they are."""
    # In our own exercises what nobody has to read is settled: no score changes by it.
    meant = {"reason": settled_by_us} if name in (_FORM, _CODE) else {}
    table.distinct[name] = distinct(root, name)
    # Stock may have been given more copies than ours, to see what another one takes.
    alone = learners(theirs) - learners(root)
    cells, differences = compared(theirs, root, name, without=alone, **meant)
    table.cells += cells
    table.differences += differences
    print(f"  {name}: {cells} cells compared, {len(differences)} differ", flush=True)


def say(label: str, table: Table, names: list[str]) -> None:
    """Print the figures of what was graded together."""
    copies = sum(table.counts[name] for name in names)
    theirs = table.stock_seconds(names)
    each = ", ".join(f"{table.counts[name]} {name}" for name in names)
    print(f"\n{label}: {copies} copies ({each})")
    said, programs = (sum(table.distinct[name][kind] for name in names) for kind in (0, 1))
    print(f"  distinct: {said} by what they say, {programs} with comments aside")
    print(f"  nbgrader autograde    {copies / theirs:8.2f} copies/s   {theirs:8.1f} s (scaled)")
    for mode in ("nbgrader", "strict"):
        found = best(table.ours[label, mode])
        rate = f"{copies / found.seconds:8.2f} copies/s   {found.seconds:8.1f} s   cpu {found.cpu:7.1f} s"
        first = "" if found.first is None else f"   first verdict {found.first:4.1f} s"
        print(f"  alliances, {mode:10} {rate}   peak {found.peak / 1e6:5.0f} MB{first}")
        print(f"      ratio {theirs / found.seconds:8.1f}")
    modes = [best(table.ours[label, mode]) for mode in ("strict", "nbgrader")]
    print(f"  strict / nbgrader     {modes[0].seconds / modes[1].seconds:8.3f} (clock)", end="")
    print(f"   {modes[0].cpu / max(modes[1].cpu, 1e-9):8.3f} (processor)")


def many(course: Path, count: int) -> None:
    """Mark a large class by our command alone."""
    some = shares(count)
    with tempfile.TemporaryDirectory() as folder:
        root = course_with(course, some, Path(folder, "many"))
        found = ours(root, (), "strict")
    each = ", ".join(f"{number} {name}" for name, number in some.items())
    print(
        f"\n{sum(some.values())} copies ({each}): {found.seconds:.1f} s, processor {found.cpu:.1f} s", end=""
    )
    print(f", peak {found.peak / 1e6:.0f} MB")


def among(count: int) -> None:
    """Put one attack of each class among good copies, and print what came of them."""
    from among_many import chosen, one_among

    from alliances_grader.box import level

    held = level().name
    print(f"\none hostile copy among {count} good ones, held by {held}")
    for attack in chosen().values():
        came = one_among(attack, count, held)
        told = ", ".join(came.report) or "nothing"
        print(f"  {attack}: {came.right} right, {len(came.wrong)} wrong, {came.seconds:.1f} s; said: {told}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--stock", type=int, default=24, help="copies that nbgrader marks, of the same mix")
    parser.add_argument("--plots", type=int, default=20, help="copies of the sheet with plots; 0 for none")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--many", type=int, default=0, help="then this many copies by our command alone")
    parser.add_argument("--among", action="store_true", help="then each attack among 999 good copies")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = our_course(Path(folder))
        if args.copies:
            counts, part = shares(args.copies), shares(args.stock)
            if args.plots:
                counts[PLOTS], part[PLOTS] = args.plots, max(2, args.stock // 6)
            table = measure(course, counts, part, args.rounds)
            say(MIX, table, list(_SHARES))
            for name in counts:
                say(name, table, [name])
            equal = table.cells > 0 and not table.differences
            print(f"\nequal scores: {'yes' if equal else 'no'} ({table.cells} cells compared)")
            print("\n".join(table.differences[:20]))
        if args.many:
            many(course, args.many)
    if args.among:
        among(999)
    return 0


if __name__ == "__main__":
    sys.exit(main())
