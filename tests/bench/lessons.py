"""Prints what each lesson takes to run in the ordinary kernel: seconds, and mebibytes at most.

    python run.py bench lessons

The peer is a notebook of one empty cell, run in the same way before each lesson: what the kernel takes alone.
The bounds are those of issue 6: 20 seconds and 300 MiB.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient

from alliances.course.syllabus import read_syllabus
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from peak_memory import PEAK

BOUND_SECONDS = 20
BOUND_MEBIBYTES = 300


def run(notebook: nbformat.NotebookNode, folder: Path) -> tuple[float, int]:
    """Return the seconds from the start of the kernel to its end, and its resident memory at most (MiB)."""
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    started = time.perf_counter()
    manager = AsyncKernelManager(transport="ipc", ip=str(folder / "kernel"))
    NotebookClient(notebook, km=manager, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    taken = time.perf_counter() - started
    return taken, int(notebook.cells[-1].outputs[0].text)


def main() -> int:
    """Print a line a lesson; 1 when one passes a bound."""
    tree = find_tree()
    missed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for slug in read_syllabus(tree).written:
            for language in LANGUAGES:
                bare, least = run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")]), folder)
                path = tree.lesson(slug, language).with_suffix(".ipynb")
                taken, most = run(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4), folder)
                missed = missed or taken >= BOUND_SECONDS or most >= BOUND_MEBIBYTES
                ratio = f"{taken / bare:.1f} x an empty notebook ({bare:.1f} s, {least} MiB)"
                print(f"lessons, {slug} {language}: {taken:.1f} s, {most} MiB, {ratio}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
