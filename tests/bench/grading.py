"""Prints how many copies a second ``alliances grade`` and ``nbgrader autograde`` mark, on the same copies.

    PYTHONPATH=src:autograder python tests/bench/grading.py [--copies 200] [--stock 24] [--rounds 2]
        [--plots N] [--many 10000] [--among]

The mix: half are form copies of our exercise, a quarter code copies of it, a quarter copies of an ordinary
pandas sheet (eight code cells, a small CSV file, no plot); the same sheet with two plots is reported apart.
Every run is a command of its own, one an assignment, cold start included, and writes everything: gradebook,
graded notebooks, receipts. Ours runs in its sandbox, on all cores, in both modes.

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
from collections.abc import Callable, Iterable
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
    ordinary_course,
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


@dataclass(frozen=True)
class Courses:
    """The two courses as they are handed out, without a copy: ``of`` an assignment, by its name."""

    ours: Path
    ordinary: Path

    def of(self, name: str) -> Path:
        """Return the course that an assignment belongs to."""
        return self.ours if name in (_FORM, _CODE) else self.ordinary


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


def course_with(courses: Courses, name: str, count: int, place: Path) -> Path:
    """Return a fresh course in ``place`` with ``count`` copies of one assignment."""
    shutil.copytree(courses.of(name), place)
    hand_in(place, name, count)
    return place


def learners(root: Path) -> set[str]:
    """Return who handed something in."""
    return {place.name for place in (root / "submitted").iterdir()}


def there(root: Path, name: str) -> Callable[[], bool]:
    """Return what says whether a first graded notebook stands in the course."""
    return lambda: any((root / "autograded").glob(f"*/{name}/{name}.ipynb"))


def ours(root: Path, name: str, mode: str) -> Measure:
    """Mark an assignment by our command."""
    command = [sys.executable, "-m", "alliances.cli", "grade", name, "--course", str(root), "--mode", mode]
    return measured(command, root, ENVIRONMENT, seen=there(root, name))


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
    """What was measured, by assignment: ours by mode; stock's first copy and each other one."""

    counts: dict[str, int]
    ours: dict[tuple[str, str], list[Measure]]
    stock: dict[str, list[tuple[Measure, float]]]
    cells: int = 0
    differences: list[str] | None = None
    distinct: dict[str, tuple[int, int]] = field(default_factory=dict)

    def total(self, mode: str, names: Iterable[str]) -> Measure:
        """Return the sum of our best measures of some assignments."""
        found = [best(self.ours[name, mode]) for name in names]
        firsts = [one.first for one in found if one.first is not None]
        return Measure(
            sum(one.seconds for one in found),
            sum(one.cpu for one in found),
            max(one.peak for one in found),
            max(firsts, default=None),
        )

    def stock_seconds(self, names: Iterable[str]) -> float:
        """Return what stock would take for all the copies of some assignments."""
        total = 0.0
        for name in names:
            found = self.stock[name]
            first = min(one.seconds for one, _ in found)
            total += first + (self.counts[name] - 1) * min(each for _, each in found)
        return total


def measure(courses: Courses, counts: dict[str, int], part: dict[str, int], rounds: int) -> Table:
    """Measure both engines, taking turns."""
    table = Table(counts, {}, {}, differences=[])
    for _ in range(rounds):
        for name, count in counts.items():
            with tempfile.TemporaryDirectory() as folder:
                theirs = course_with(courses, name, 1, Path(folder, "stock"))
                table.stock.setdefault(name, []).append(stock(theirs, name, max(2, part[name] - 1)))
                for mode in ("nbgrader", "strict"):
                    root = course_with(courses, name, count, Path(folder, mode))
                    table.ours.setdefault((name, mode), []).append(ours(root, name, mode))
                # In our own exercises what nobody has to read is settled: no score changes by it.
                meant = {"reason": settled_by_us} if name in (_FORM, _CODE) else {}
                table.distinct[name] = distinct(Path(folder, "nbgrader"), name)
                # Stock may have been given more copies than ours, to see what another one takes.
                alone = learners(theirs) - learners(Path(folder, "nbgrader"))
                cells, differences = compared(theirs, Path(folder, "nbgrader"), name, without=alone, **meant)
                table.cells += cells
                table.differences = [*(table.differences or []), *differences]
                print(f"  {name}: {cells} cells compared, {len(differences)} differ", flush=True)
    return table


def say(label: str, table: Table, names: list[str]) -> None:
    """Print the figures of some assignments together."""
    copies = sum(table.counts[name] for name in names)
    theirs = table.stock_seconds(names)
    each = ", ".join(f"{table.counts[name]} {name}" for name in names)
    print(f"\n{label}: {copies} copies ({each})")
    said, programs = (sum(table.distinct[name][kind] for name in names) for kind in (0, 1))
    print(f"  distinct: {said} by what they say, {programs} with comments aside")
    print(f"  nbgrader autograde    {copies / theirs:8.2f} copies/s   {theirs:8.1f} s (scaled)")
    for mode in ("nbgrader", "strict"):
        found = table.total(mode, names)
        rate = f"{copies / found.seconds:8.2f} copies/s   {found.seconds:8.1f} s   cpu {found.cpu:7.1f} s"
        first = "" if found.first is None else f"   first verdict {found.first:4.1f} s"
        print(f"  alliances, {mode:10} {rate}   peak {found.peak / 1e6:5.0f} MB{first}")
        print(f"      ratio {theirs / found.seconds:8.1f}")
    modes = [table.total(mode, names) for mode in ("strict", "nbgrader")]
    print(f"  strict / nbgrader     {modes[0].seconds / modes[1].seconds:8.3f} (clock)", end="")
    print(f"   {modes[0].cpu / max(modes[1].cpu, 1e-9):8.3f} (processor)")


def many(courses: Courses, count: int) -> None:
    """Mark a large class by our command alone."""
    total, peak = 0.0, 0
    cpu = 0.0
    for name, share in shares(count).items():
        with tempfile.TemporaryDirectory() as folder:
            root = course_with(courses, name, share, Path(folder, "many"))
            found = ours(root, name, "strict")
            total, cpu, peak = total + found.seconds, cpu + found.cpu, max(peak, found.peak)
            rate = share / found.seconds
            print(f"  {share:6} {name:24} {found.seconds:7.1f} s  {rate:7.1f}/s  {found.peak / 1e6:5.0f} MB")
    print(f"{count} copies: {total:.1f} s, processor {cpu:.1f} s, peak {peak / 1e6:.0f} MB")


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
        courses = Courses(our_course(Path(folder)), ordinary_course(Path(folder, "ordinary")))
        if args.copies:
            counts, part = shares(args.copies), shares(args.stock)
            if args.plots:
                counts[PLOTS], part[PLOTS] = args.plots, max(2, args.stock // 6)
            table = measure(courses, counts, part, args.rounds)
            say("the mix", table, list(_SHARES))
            for name in counts:
                say(name, table, [name])
            differences = table.differences or []
            equal = table.cells > 0 and not differences
            print(f"\nequal scores: {'yes' if equal else 'no'} ({table.cells} cells compared)")
            print("\n".join(differences[:20]))
        if args.many:
            many(courses, args.many)
    if args.among:
        among(999)
    return 0


if __name__ == "__main__":
    sys.exit(main())
