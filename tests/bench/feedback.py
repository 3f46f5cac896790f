"""Prints how many feedback pages a second we and stock ``nbgrader generate_feedback`` make, on one course.

    PYTHONPATH=src:autograder python tests/bench/feedback.py [--copies N] [--door form|code] [--course DIR]

Both run as commands of their own, start included, on the same graded copies (the samples of ``exercises``,
copied until there are N; grading them takes a few minutes). A second line leaves the start out: the time of N
copies less the time of one. ``--course`` measures a course that is graded already; its ``feedback/`` is
written anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

EXERCISE = "alliance_models"


@dataclass(frozen=True)
class Measure:
    """Seconds of one command, and the most memory of its processes together, in bytes."""

    seconds: float
    peak: int


def make_course(folder: Path, door: str, copies: int) -> Path:
    """Make a course, hand the French samples of one door in, copy them, and have them graded."""
    from copies import private_tree, put_sample

    from alliances.course.tree import CourseTree, find_tree
    from alliances.desk.collecting import collect
    from alliances.desk.course_folder import create_course

    checkout = find_tree()
    tree = CourseTree(private_tree(checkout.root, folder / "tree"))
    course = create_course(tree, folder / "course", "fr").course
    name = f"{EXERCISE}_{door}"
    for sample in sorted((checkout.exercises / EXERCISE / "submissions").iterdir()):
        expected = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
        if (expected["language"], expected["door"]) == ("fr", door) and "error" not in expected:
            put_sample(sample, folder / "in", course.root / "release" / name / f"{name}.ipynb")
    collect(course, folder / "in")
    submitted = course.root / "submitted"
    samples = sorted(place.parent for place in submitted.glob(f"[!.]*/{name}"))
    for number in range(len(samples), copies):
        sample = samples[number % len(samples)]
        shutil.copytree(sample / name, submitted / f"{sample.name}_{number}" / name)
    run([sys.executable, "-m", "alliances.cli", "grade", name, "--course", str(course.root), "--no-sandbox"])
    return course.root


def run(command: list[str], folder: Path = ROOT, allowed: tuple[int, ...] = (0, 1)) -> Measure:
    """Run a command quietly and measure it."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "autograder")]),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "ALLIANCES_LANG": "fr",
    }
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        peak = [0]
        watcher = threading.Thread(target=watch, args=(process, peak))
        watcher.start()
        status = process.wait()
        seconds = time.perf_counter() - start
        watcher.join()
        if status not in allowed:
            log.seek(0)
            sys.exit(log.read().decode(errors="replace")[-3000:])
    return Measure(seconds, peak[0])


def watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Keep the largest sum of memory of a process and its children (proportional share)."""
    import psutil

    while process.poll() is None:
        try:
            parent = psutil.Process(process.pid)
            peak[0] = max(peak[0], sum(share(one) for one in [parent, *parent.children(recursive=True)]))
        except psutil.Error:
            pass
        time.sleep(0.05)


def share(process: object) -> int:
    """Return a process's memory: pages that several share counted in part, where the system says."""
    full = process.memory_full_info()  # type: ignore[attr-defined]
    return int(getattr(full, "pss", full.rss))


def measure(root: Path, name: str, one: str) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """Return the measures of all copies and of one copy, by who made the pages."""
    ours = [sys.executable, "-m", "alliances.cli", "feedback", name, "--course", str(root), "--force"]
    stock = [sys.executable, "-m", "nbgrader", "generate_feedback", name, "--force"]
    everything, single = {}, {}
    for label, command, option in (
        ("ours", ours, ["--student", one]),
        ("nbgrader", stock, [f"--student={one}"]),
    ):
        shutil.rmtree(root / "feedback", ignore_errors=True)
        everything[label] = run(command, root)
        made = len(list((root / "feedback").glob(f"*/{name}/*.html")))
        graded = len(list((root / "autograded").glob(f"*/{name}/*.ipynb")))
        if made != graded:
            sys.exit(f"{label}: {made} pages of {graded}")
        single[label] = run([*command, *option], root)
    unchanged = [part for part in ours if part != "--force"]
    run(ours, root)
    everything["ours, nothing changed"] = run(unchanged, root)
    return everything, single


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=40)
    parser.add_argument("--door", choices=["form", "code"], default="code")
    parser.add_argument("--course", type=Path)
    args = parser.parse_args()
    name = f"{EXERCISE}_{args.door}"
    with tempfile.TemporaryDirectory() as folder:
        root = args.course.resolve() if args.course else make_course(Path(folder), args.door, args.copies)
        students = sorted(path.parent.parent.name for path in (root / "autograded").glob(f"*/{name}/*.ipynb"))
        everything, single = measure(root, name, students[0])
    count = len(students)
    print(f"{name}, {count} copies")
    for label, found in everything.items():
        rate = f"{count / found.seconds:8.1f} copies/s   {found.seconds:7.2f} s"
        print(f"{label:24} {rate}   peak {found.peak / 1e6:5.0f} MB")
    print(f"ratio, start included    {everything['nbgrader'].seconds / everything['ours'].seconds:8.1f}")
    if count > 1:
        each = {label: (everything[label].seconds - single[label].seconds) / (count - 1) for label in single}
        for label, seconds in each.items():
            print(f"{label + ', start left out':24} {1000 * seconds:8.1f} ms a copy")
        print(f"ratio, start left out    {each['nbgrader'] / max(each['ours'], 1e-6):8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
