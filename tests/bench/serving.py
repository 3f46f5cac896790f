"""Prints how fast the served course is, each figure beside a peer measured in the same run.

    make bench

Start-up: seconds until Jupyter's server and Voilà answer. Tool page: the warm kernel of the module of the
day against a Voilà page that starts its kernel when asked, as stock Voilà does. Lesson page: a static page
against the warm tool page. Medians; the machine is assumed noisy.
"""

from __future__ import annotations

import statistics
import sys
import time
import urllib.request
from dataclasses import replace

from alliances.course.build import build
from alliances.course.tree import find_tree
from alliances.desk.commands.serve import ensure_course
from alliances.desk.serving import ServePlan, Serving, free_port, serving

RUNS = 5
SLUG = "alliance_models"
# Voilà says that a pool is filled when it starts the kernel; running the page takes a few seconds more.
HEAT_SECONDS = 6.0


def fetch(running: Serving, path: str) -> float:
    """Return the seconds that a page takes, read to its end."""
    url = f"http://127.0.0.1:{running.plan.port}/alliances/{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"token {running.plan.token}"})
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - 127.0.0.1
        answer.read()
    return time.perf_counter() - started


def tool_times(running: Serving, *, warm: bool) -> list[float]:
    """Return the seconds of the tool's page, several times; a warm one waits until its kernel is ready."""
    times = []
    for _ in range(RUNS):
        if warm:
            time.sleep(HEAT_SECONDS)
        times.append(fetch(running, f"tools/voila/render/fr/{SLUG}.ipynb"))
    return times


def main() -> int:
    """Measure and print."""
    tree = find_tree()
    build(tree)
    plan = ServePlan(tree, free_port(), tree.work / "course")
    ensure_course(tree, plan.course, "fr")
    starts: list[float] = []
    warm: list[float] = []
    page: list[float] = []
    for _ in range(3):
        with serving(replace(plan, port=free_port())) as running:
            starts.append(running.seconds)
            if not warm:
                warm = tool_times(running, warm=True)
                page = [fetch(running, f"fr/lessons/{SLUG}.html") for _ in range(RUNS)]
    with serving(replace(plan, port=free_port(), module="none")) as running:
        cold = tool_times(running, warm=False)
    median = statistics.median
    print(f"ready after start      {median(starts):6.2f} s   (target: under 10 s)")
    print(f"tool page, warm        {median(warm):6.2f} s   (target: under 0.3 s)")
    print(f"tool page, cold        {median(cold):6.2f} s   ratio cold/warm {median(cold) / median(warm):.1f}")
    print(
        f"lesson page            {median(page):6.3f} s   ratio tool/lesson {median(warm) / median(page):.0f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
